"""How long a call goes on without its trainee's page, the connection, or the persona's worker."""

RECONNECT_TIMEOUT = 30.0
"""Seconds after which a call ends that nobody has come back to; until then it can be taken up.

The one time for all that can be lost of a call: the page and its websocket, the participant in
LiveKit's room, the browser's tries to join it again, and a worker elsewhere. The setting
``REHEARSAL_RECONNECT_TIMEOUT`` changes it; a job learns it from its brief.
"""

LONGEST = 600
"""Seconds that may be set: a call that nobody is in holds one of the machine's lines."""

_SPARE = 15


def room_timeout(seconds: float) -> int:
    """For how many seconds a room of LiveKit must outlast its trainee: longer than the call, so
    that the call ends by our own reckoning, with its reason."""
    return int(seconds) + _SPARE
