"""A server that speaks OpenAI's Realtime protocol (GA) on loopback, and can fail in every way.

Each connection is an ``openai_talk.Talk``.
"""

import itertools
from collections import deque

from aiohttp import web

from tests.support.fakes.openai_talk import Failure, Reply, Session, Talk
from tests.support.fakes.served import Served, listening

__all__ = ["KEY", "MODEL", "Failure", "OpenAIRealtimeFake", "Session"]

KEY = "test"
MODEL = "gpt-realtime"


class OpenAIRealtimeFake(Served):
    """A context manager; ``fail`` takes effect at the next chance, ``times`` often (-1: always)."""

    def __init__(self) -> None:
        super().__init__()
        self.sessions: list[Session] = []
        self.handshakes: list[dict[str, str]] = []
        self.fail: Failure = ""
        self.times = -1
        self.heard: deque[str] = deque()
        """Words of the trainee's next spoken turns; "Hello?" when there are none."""
        self.lines: deque[str] = deque()
        """The persona's next lines; see ``reply`` for the rest."""
        self.reply: Reply = lambda session, instructions: f"This is line {len(session.played_by)}."
        self.words_late = 0.2
        """Seconds from the end of a turn to its last words."""
        self.thinks = 0.1
        """Seconds from the end of a turn, or a request, to the first sound."""
        self.models = {MODEL}
        self.ids = itertools.count(1)
        self.url = ""
        self.problems: list[str] = []
        """What went wrong in here; empty after a good test."""
        self._talks: set[Talk] = set()
        self._runner: web.AppRunner

    @property
    def environ(self) -> dict[str, str]:
        """What points the app here."""
        return {"OPENAI_BASE_URL": self.url, "OPENAI_API_KEY": KEY}

    @property
    def session(self) -> Session:
        """The newest connection."""
        return self.sessions[-1]

    def cut(self) -> None:
        """Break all connections, without a closing handshake."""
        self._loop.call_soon_threadsafe(self._cut)

    def complain(self, code: str, message: str) -> None:
        """Refuse a message of each connection, after which it goes on."""
        for talk in list(self._talks):
            self._do(talk.error("invalid_request_error", code, message))

    def failing(self, *kinds: Failure) -> str:
        """The failure that is due now, if it is one of these; counts it."""
        if self.fail not in kinds or not self.times:
            return ""
        self.times -= 1
        return self.fail

    def _cut(self) -> None:
        for talk in self._talks:
            talk.abort()

    async def _open(self) -> None:
        app = web.Application()
        app.router.add_get("/v1/realtime", self._talk)
        app.router.add_get("/v1/models/{model}", self._model)
        self._runner, port = await listening(app, shutdown_timeout=0.1)
        self.url = f"http://127.0.0.1:{port}/v1"

    async def _shut(self) -> None:
        self._cut()
        await self._runner.cleanup()

    def _refusal(self, request: web.Request) -> web.Response | None:
        if self.fail == "region":
            return _refused(
                403,
                "request_forbidden",
                "unsupported_country_region_territory",
                "Country, region, or territory not supported",
            )
        return None

    async def _model(self, request: web.Request) -> web.Response:
        refusal = self._refusal(request)
        if refusal is not None:
            return refusal
        if not self._authorized(request):
            return _refused(401, "invalid_request_error", "invalid_api_key", _BAD_KEY)
        name = request.match_info["model"]
        if name not in self.models:
            return _refused(404, "invalid_request_error", "model_not_found", _no_model(name))
        return web.json_response({"id": name, "object": "model"})

    def _authorized(self, request: web.Request) -> bool:
        return request.headers.get("Authorization") == f"Bearer {KEY}"

    async def _talk(self, request: web.Request) -> web.StreamResponse:
        self.handshakes.append(dict(request.headers))
        refusal = self._refusal(request)
        if refusal is None and self.failing("no_access"):
            refusal = web.Response(status=403)
        if refusal is not None:
            return refusal
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        session = Session(request.query.get("model", ""))
        self.sessions.append(session)
        talk = Talk(self, session, socket, request.transport)
        self._talks.add(talk)
        try:
            if self.failing("wrong_key") or not self._authorized(request):
                await talk.error("invalid_request_error", "invalid_api_key", _BAD_KEY)
                await socket.close(code=3000, message=b"invalid_request_error.invalid_api_key")
            else:
                await talk.run()
        except ConnectionError:
            pass  # the other side has gone, or ``cut`` has been called
        except Exception as error:
            self.problems.append(repr(error))
            raise
        finally:
            session.open = False
            self._talks.discard(talk)
            await talk.stop()
        return socket


_BAD_KEY = (
    "Incorrect API key provided: sk-fa***ke. You can find your API key at "
    "https://platform.openai.com/account/api-keys."
)


def _no_model(name: str) -> str:
    return f"The model `{name}` does not exist or you do not have access to it."


def _refused(status: int, kind: str, code: str, message: str) -> web.Response:
    error = {"message": message, "type": kind, "param": None, "code": code}
    return web.json_response({"error": error}, status=status)
