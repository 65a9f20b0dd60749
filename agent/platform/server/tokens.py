"""Tokens: what a browser may do in the room of a call.

LiveKit's part takes 0.1 s to import, which the first page need not wait for.
"""

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from livekit.api import AccessToken, VideoGrants

JOIN_TIME = timedelta(minutes=10)  # only the first connect needs it; the server renews it then
MOST_LISTENERS = 20
"""People who may listen to one call; the room holds them and the call."""
PARTICIPANTS = (
    3 + MOST_LISTENERS
)  # trainee, one to spare for a reconnect that overlaps, and who listens


def trainee_token(
    *,
    key: str,
    secret: str,
    identity: str,
    name: str,
    room: str,
    ttl: timedelta = JOIN_TIME,
) -> str:
    """A token for one trainee in one room: join, speak and hear there, no more.

    The first to join opens the room, which asks for no agent by itself. ``ValueError`` when ``ttl``
    is over ten minutes.
    """
    if not timedelta(0) < ttl <= JOIN_TIME:
        raise ValueError("a token lives ten minutes at most")
    return _token(key, secret, identity, _grants(room)).with_name(name).with_ttl(ttl).to_jwt()


def listener_token(*, key: str, secret: str, identity: str, room: str) -> str:
    """A token to hear one room and to be neither seen nor heard there; it asks for no agent.

    LiveKit tells nobody of a hidden participant, and its ear does not count as one that takes the
    persona's voice, so that the persona still waits for the trainee.
    """
    from livekit.api import VideoGrants

    grants = VideoGrants(
        room_join=True,
        room=_named(room),
        hidden=True,
        can_publish=False,
        can_publish_data=False,
        can_subscribe=True,
        can_update_own_metadata=False,
    )
    return _token(key, secret, identity, grants).with_ttl(JOIN_TIME).to_jwt()


def _named(room: str) -> str:
    if not room:
        raise ValueError("a token without a room would fit every room")
    return room


def _grants(room: str) -> "VideoGrants":
    from livekit.api import VideoGrants

    return VideoGrants(
        room_join=True,
        room=_named(room),
        can_publish=True,
        can_publish_sources=["microphone"],
        can_subscribe=True,
        can_publish_data=False,
        can_update_own_metadata=False,
    )


def _token(key: str, secret: str, identity: str, grants: "VideoGrants") -> "AccessToken":
    from livekit.api import AccessToken
    from livekit.protocol.room import RoomConfiguration

    token = AccessToken(key, secret).with_identity(identity).with_grants(grants)
    return token.with_room_config(RoomConfiguration(max_participants=PARTICIPANTS))
