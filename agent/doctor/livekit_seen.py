"""What can be learned of a LiveKit server from outside: four short requests."""

import asyncio
import secrets
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from livekit.api import AccessToken, VideoGrants
from livekit.protocol.agent import JT_ROOM, ServerMessage, WorkerMessage

from agent.doctor.http import LIMIT, Answer, ask, session, trouble_of
from agent.platform.server.endpoint import Endpoint
from agent.platform.server.tokens import trainee_token


@dataclass(frozen=True, slots=True)
class Socket:
    """How a worker's websocket fared: the server's version, or the answer that came instead."""

    version: str = ""
    answer: Answer = field(default_factory=Answer)


@dataclass(frozen=True, slots=True)
class Seen:
    """``root`` is the answer of the address itself, ``ticket`` what came of a trainee's token."""

    endpoint: Endpoint
    root: Answer
    ticket: Answer
    socket: Socket


async def see(endpoint: Endpoint, limit: float = LIMIT) -> Seen:
    """Look at that server; never raises for what the server does. No room is made there."""
    base = http_address(endpoint.url)
    token = trainee_token(
        key=endpoint.key,
        secret=endpoint.secret,
        identity="doctor",
        name="doctor",
        room=f"doctor-{secrets.token_hex(4)}",
    )
    root, ticket, socket = await asyncio.gather(
        ask(f"{base}/", limit=limit),
        ask(f"{base}/rtc/validate", params={"access_token": token}, limit=limit),
        _sign_on(base, endpoint, limit),
    )
    return Seen(endpoint, root, ticket, socket)


def http_address(url: str) -> str:
    """The address for plain requests: ``ws`` becomes ``http``, ``wss`` becomes ``https``."""
    parts = urlsplit(url)
    scheme = "https" if parts.scheme in ("wss", "https") else "http"
    return f"{scheme}://{parts.netloc}{parts.path.rstrip('/')}"


async def _sign_on(base: str, endpoint: Endpoint, limit: float) -> Socket:
    """Sign on as a worker whom nobody will ever call, and leave."""
    grants = VideoGrants(agent=True)
    token = AccessToken(endpoint.key, endpoint.secret).with_grants(grants).to_jwt()
    hello = WorkerMessage()
    hello.register.type = JT_ROOM
    hello.register.agent_name = f"doctor-{secrets.token_hex(4)}"
    try:
        async with (
            asyncio.timeout(limit),
            session(base) as client,
            client.ws_connect(
                f"{base}/agent", headers={"Authorization": f"Bearer {token}"}
            ) as socket,
        ):
            await socket.send_bytes(hello.SerializeToString())
            while True:
                said = ServerMessage.FromString(await socket.receive_bytes())
                if said.HasField("register"):
                    return Socket(said.register.server_info.version or "unknown")
    except Exception as error:
        status = getattr(error, "status", 0)
        trouble, detail = trouble_of(error)
        return Socket(answer=Answer(status if isinstance(status, int) else 0, "", trouble, detail))
