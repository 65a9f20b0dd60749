"""The LiveKit server's API: dispatch a persona to a room, let people in, close it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

import aiohttp
from livekit import api

from agent.calls.rooms import RoomsError
from agent.platform.reconnect import RECONNECT_TIMEOUT, room_timeout
from agent.platform.server.endpoint import Endpoint
from agent.platform.server.tokens import PARTICIPANTS, listener_token, trainee_token
from agent.protocol.brief import Brief

log = logging.getLogger(__name__)

T = TypeVar("T")

LIMIT = 4.0
"""Seconds for one request to the LiveKit server."""


class LiveKitRooms:
    """LiveKit's server API for one agent name; ``endpoint`` gives the present server.

    A room stays for a trainee who is gone for ``reconnect_timeout`` seconds.
    """

    def __init__(
        self,
        endpoint: Callable[[], Endpoint],
        agent_name: str,
        reconnect_timeout: float = RECONNECT_TIMEOUT,
    ) -> None:
        self._endpoint = endpoint
        self._agent_name = agent_name
        self._kept = room_timeout(reconnect_timeout)

    def trainee_access(self, room: str, identity: str, name: str) -> tuple[str, str]:
        """Server URL and token with which that trainee's browser may enter that room."""
        endpoint = self._endpoint()
        token = trainee_token(
            key=endpoint.key, secret=endpoint.secret, identity=identity, name=name, room=room
        )
        return endpoint.url, token

    def listener_access(self, room: str, identity: str) -> tuple[str, str]:
        """Server URL and token with which a browser may hear that room, hidden from all in it."""
        endpoint = self._endpoint()
        token = listener_token(
            key=endpoint.key, secret=endpoint.secret, identity=identity, room=room
        )
        return endpoint.url, token

    async def dispatch(self, room: str, brief: Brief) -> None:
        """Make that room, unless it is there, and ask for the persona's job in it."""
        made = api.CreateRoomRequest(
            name=room,
            empty_timeout=self._kept,
            departure_timeout=self._kept,
            max_participants=PARTICIPANTS,
        )
        request = api.CreateAgentDispatchRequest(
            agent_name=self._agent_name, room=room, metadata=brief.dump()
        )
        async with self._api() as client:
            # The dispatch would make it, too, but with the server's own times.
            await _ask(client.room.create_room(made))
            await _ask(client.agent_dispatch.create_dispatch(request))

    async def participants(self, room: str) -> list[str]:
        """The identities of all in that room, the hidden ones too; none when it is not there."""
        request = api.ListParticipantsRequest(room=room)
        async with self._api() as client:
            answer = await _ask(client.room.list_participants(request))
        return [each.identity for each in answer.participants]

    async def remove(self, room: str, identity: str) -> None:
        """Put that participant out of the room; one who is gone already is fine."""
        request = api.RoomParticipantIdentity(room=room, identity=identity)
        try:
            async with self._api() as client:
                await _ask(client.room.remove_participant(request))
        except RoomsError as error:
            log.info("%s is not removed from room %s: %s", identity, room, error)

    async def close_room(self, room: str) -> None:
        """Remove the room and whoever is in it; a room that is gone already is fine."""
        try:
            async with self._api() as client:
                await _ask(client.room.delete_room(api.DeleteRoomRequest(room=room)))
        except RoomsError as error:
            log.info("room %s not closed: %s", room, error)

    def _api(self) -> api.LiveKitAPI:
        endpoint = self._endpoint()
        return api.LiveKitAPI(
            endpoint.url,
            endpoint.key,
            endpoint.secret,
            timeout=aiohttp.ClientTimeout(total=LIMIT),
        )


async def _ask(request: Awaitable[T]) -> T:
    try:
        return await asyncio.wait_for(request, LIMIT)
    except api.TwirpError as error:
        raise RoomsError(
            f"the LiveKit server refused it ({error.code}: {error.message})"
        ) from error
    except (TimeoutError, aiohttp.ClientError, OSError) as error:
        raise RoomsError(f"the LiveKit server cannot be reached ({error})") from error
