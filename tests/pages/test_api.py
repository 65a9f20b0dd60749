"""The HTTP endpoints as a client meets them."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from agent.calls.admission import Refused
from agent.platform.setup.preparation import Part
from data.records import CallEnd, CallStart, Turn
from tests.support.studio import Make, World, log_in, persona_text, visit
from ui.auth.shield import Shield


@pytest.fixture
async def make(world: World) -> AsyncIterator[Make]:
    world.write("broken", "# Persona: Nobody\n")
    async with visit(world.studio()) as factory:
        yield factory


@pytest.fixture
async def client(make: Make) -> httpx.AsyncClient:
    user = make()
    await log_in(user)
    return user.http_client


async def test_a_token_for_one_persona(client: httpx.AsyncClient, world: World) -> None:
    response = await client.post("/api/token", json={"persona": "ann-lee"})
    assert response.status_code == 201
    assert response.json() == {
        "server_url": "ws://127.0.0.1:7880",
        "participant_token": "header.payload.signature",
        "room_name": "rehearsal-0123456789abcdef",
    }
    assert world.calls.begun == [("trainee", "ann-lee")]
    assert response.headers["cache-control"] == "no-store"


async def test_login_comes_first(make: Make, world: World) -> None:
    stranger = make().http_client
    for response in (
        await stranger.post("/api/token", json={"persona": "ann-lee"}),
        await stranger.get("/api/calls/0123456789abcdef.json"),
    ):
        assert response.status_code == 401
        assert response.json() == {"error": "Log in first."}
    assert world.calls.begun == []


@pytest.mark.parametrize(
    "field",
    ["room_name", "participant_identity", "participant_name", "room_config", "engine", "Persona"],
)
async def test_what_the_client_may_not_choose(
    client: httpx.AsyncClient, world: World, field: str
) -> None:
    response = await client.post("/api/token", json={"persona": "ann-lee", field: "x"})
    assert response.status_code == 422
    assert response.json()["field"] == field
    assert field in response.json()["error"]
    assert world.calls.begun == []


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[" * 4000, 400),
        (b"[1]", 400),
        (b"\xff", 400),
        (b'{"persona": 7}', 422),
        (b'{"persona": ""}', 422),
        (b"{}", 422),
        (b'{"persona": "nobody"}', 404),
        (b'{"persona": "../users"}', 404),
        (b'{"persona": "\\ud800"}', 404),
        (b'{"\\ud800": 1}', 422),
        (b'{"persona": "' + b"x" * 5000 + b'"}', 413),
    ],
)
async def test_bad_bodies(client: httpx.AsyncClient, content: bytes, status: int) -> None:
    headers = {"content-type": "application/json"}
    response = await client.post("/api/token", content=content, headers=headers)
    assert response.status_code == status
    assert response.json()["error"]


async def test_only_json_from_this_site(client: httpx.AsyncClient, world: World) -> None:
    form = await client.post("/api/token", data={"persona": "ann-lee"})
    assert form.status_code == 415
    for origin in ("https://evil.example", "null", "http://localhost.evil.example"):
        headers = {"origin": origin}
        other = await client.post("/api/token", json={"persona": "ann-lee"}, headers=headers)
        assert other.status_code == 403
    assert world.calls.begun == []
    headers = {"origin": "http://localhost"}
    own = await client.post("/api/token", json={"persona": "ann-lee"}, headers=headers)
    assert own.status_code == 201


@pytest.mark.parametrize(("slug", "status"), [("ann-lee", 503), ("broken", 409)])
async def test_a_refusal_says_why(
    client: httpx.AsyncClient, world: World, slug: str, status: int
) -> None:
    world.calls.refusal = Refused("All 4 lines are busy.")
    response = await client.post("/api/token", json={"persona": slug})
    assert response.status_code == status
    assert response.json()["error"] == "All 4 lines are busy."


async def test_health_needs_no_login(make: Make, world: World) -> None:
    stranger = make().http_client
    assert (await stranger.get("/healthz")).json() == {
        "status": "ok",
        "ready": True,
        "preparation": {},
        "live": 0,
        "most": 4,
        "problem": "",
    }


@pytest.mark.parametrize(
    ("state", "status"), [("working", "preparing"), ("failed", "failed"), ("ready", "unavailable")]
)
async def test_health_says_what_is_missing(
    make: Make, world: World, state: Any, status: str
) -> None:
    world.calls.words = "The call server is not ready."
    world.preparation.parts.append(Part("livekit-server", "LiveKit server", state))
    answer = (await make().http_client.get("/healthz")).json()
    assert (answer["status"], answer["ready"]) == (status, False)
    assert answer["preparation"] == {"livekit-server": state}


@pytest.mark.parametrize(
    ("ending", "kind", "holds"),
    [
        ("json", "application/json", '"score"'),
        ("txt", "text/plain", "I am sorry about the parcel"),
        ("vtt", "text/vtt", "WEBVTT"),
    ],
)
async def test_exports(
    client: httpx.AsyncClient, world: World, ending: str, kind: str, holds: str
) -> None:
    call = world.finished_call()
    response = await client.get(f"/api/calls/{call}.{ending}")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith(kind)
    assert "attachment" in response.headers["content-disposition"]
    assert holds in response.text


async def test_exports_go_only_to_who_may_see_the_call(
    make: Make, client: httpx.AsyncClient, world: World
) -> None:
    call = world.finished_call("admin")
    assert (await client.get(f"/api/calls/{call}.json")).status_code == 403
    author = make()
    await log_in(author, "author")
    assert (await author.http_client.get(f"/api/calls/{call}.json")).status_code == 200


@pytest.mark.parametrize("ending", ["json", "txt"])
async def test_an_export_tells_a_trainee_no_more_than_the_page_does(
    make: Make, client: httpx.AsyncClient, world: World, ending: str
) -> None:
    call = "fedcba9876543210"
    text = persona_text()
    start = CallStart(
        call, "trainee", "ann-lee", "Ann Lee", "Returns", "aaaa", "offline", "en-US", 1_790_000_000
    )
    record = world.archive.open(start, text)
    cause = "-2: a sincere apology; met: the receipt is found"
    record.turn(Turn(0, "trainee", "Here you are", 5.0, phase="resolution", cause=cause))
    record.close(CallEnd(1_790_000_060.0, "ended"))
    own = (await client.get(f"/api/calls/{call}.{ending}")).text
    assert "Calmer by 2: a sincere apology; you gave something they were waiting for" in own
    assert "the receipt is found" not in own
    author = make()
    await log_in(author, "author")
    assert cause in (await author.http_client.get(f"/api/calls/{call}.{ending}")).text


@pytest.mark.parametrize("name", ["0123456789abcdef.exe", "ffffffffffffffff.json", "..%2Fx.json"])
async def test_exports_of_nothing(client: httpx.AsyncClient, world: World, name: str) -> None:
    world.finished_call()
    response = await client.get(f"/api/calls/{name}")
    assert response.status_code == 404


async def test_headers_of_every_answer(client: httpx.AsyncClient) -> None:
    response = await client.get("/")
    assert "frame-ancestors 'none'" in response.headers["content-security-policy"]
    assert response.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("origin", "passes"),
    [(b"http://test", True), (b"https://evil.example", False), (b"null", False)],
)
async def test_websockets_only_from_this_site(origin: bytes, passes: bool) -> None:
    reached, sent = [], []

    async def pages(*_: Any) -> None:
        reached.append(True)

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message["type"])

    headers = [(b"host", b"test"), (b"origin", origin)]
    scope = {"type": "websocket", "path": "/_nicegui_ws/socket.io/", "headers": headers}
    await Shield(pages)(scope, receive, send)
    assert (bool(reached), sent) == ((True, []) if passes else (False, ["websocket.close"]))
