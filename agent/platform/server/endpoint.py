"""Where the LiveKit server is and how to speak with it."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Endpoint:
    """URL (``ws`` or ``wss``), API key and secret of a LiveKit server."""

    url: str
    key: str
    secret: str = field(repr=False)
