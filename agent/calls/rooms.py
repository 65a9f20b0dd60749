"""What calls ask of the LiveKit server, whatever answers."""

from typing import Protocol

from agent.protocol.brief import Brief


class RoomsError(Exception):
    """The LiveKit server did not do what it was asked; the text says why."""


class Rooms(Protocol):
    """What a call needs of the LiveKit server; see ``livekit_rooms``, which is slow to import."""

    def trainee_access(self, room: str, identity: str, name: str) -> tuple[str, str]: ...

    def listener_access(self, room: str, identity: str) -> tuple[str, str]: ...

    async def participants(self, room: str) -> list[str]: ...

    async def remove(self, room: str, identity: str) -> None: ...

    async def dispatch(self, room: str, brief: Brief) -> None: ...

    async def close_room(self, room: str) -> None: ...
