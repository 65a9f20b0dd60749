"""A call's recording over HTTP: in parts, as files, and in words when there is none."""

import asyncio
import io
import time
import zipfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import httpx
import pytest
from nicegui.elements.mixins.text_element import TextElement
from nicegui.testing import User

from data.annotations import Annotation
from data.journal import CallRecord
from data.records import CallEnd, CallStart, Recording, Turn
from tests.support.clock import until
from tests.support.recorded import keep, voices
from tests.support.studio import Make, World, log_in, persona_text, visit
from ui.report.player import Player
from ui.report.sound_state import cut_short

CALL = "0123456789abcdef"
DAY = 86_400.0


@pytest.fixture
async def make(world: World) -> AsyncIterator[Make]:
    async with visit(world.studio()) as factory:
        yield factory
    await asyncio.to_thread(world.transcoder.close)


@pytest.fixture
async def client(make: Make) -> httpx.AsyncClient:
    user = make()
    await log_in(user)
    return user.http_client


def data(world: World) -> Path:
    return world.personas.parent / "data"


def recorded(
    world: World, *, user: str = "trainee", reason: str = "", started: float | None = None,
    unrecorded: str = "", known: bool = True, turns: Sequence[Turn] = (),
) -> None:  # fmt: skip
    """A call of 10 seconds that was recorded (if ``known``), but for its file."""
    started = time.time() - 60 if started is None else started
    start = CallStart(
        CALL, user, "ann-lee", "Ann Lee", "Returns", "v1", "offline", "en-US", started,
        unrecorded=unrecorded,
    )  # fmt: skip
    call = world.archive.open(start, persona_text())
    for turn in turns:
        call.turn(turn)
    if known:
        call.recording(Recording("on", "", 0.5))
        call.recording(Recording("ended", reason, 9.0))
    call.close(CallEnd(started + 10, "ended", at=10.0))


def with_sound(world: World, **how: str) -> bytes:
    recorded(world, **how)  # type: ignore[arg-type]
    return keep(data(world), CALL, voices(10.0, (1, 1.0, 3.0), (0, 4.0, 6.0))).read_bytes()


async def test_it_comes_whole_and_in_parts(client: httpx.AsyncClient, world: World) -> None:
    sound = with_sound(world)
    address = f"/api/calls/{CALL}.ogg"
    whole = await client.get(address)
    assert (whole.status_code, whole.content) == (200, sound)
    assert whole.headers["content-type"] == "audio/ogg"
    assert whole.headers["accept-ranges"] == "bytes"
    assert whole.headers["cache-control"] == "private, no-cache"
    name = whole.headers["content-disposition"]
    assert name.startswith('attachment; filename="ann-lee-20')
    assert name.endswith('.ogg"')
    size, tag = len(sound), whole.headers["etag"]
    for wanted, first, last in (
        ("bytes=0-", 0, size - 1), ("bytes=100-199", 100, 199), ("bytes=-50", size - 50, size - 1),
        (f"bytes=200-{size * 2}", 200, size - 1),
    ):  # fmt: skip
        part = await client.get(address, headers={"Range": wanted, "If-Range": tag})
        assert part.status_code == 206, wanted
        assert part.headers["content-range"] == f"bytes {first}-{last}/{size}"
        assert part.content == sound[first : last + 1]
        assert part.headers["content-length"] == str(len(part.content))
    another = {"Range": "bytes=100-199", "If-Range": '"of before"'}
    assert (await client.get(address, headers=another)).content == sound
    beyond = await client.get(address, headers={"Range": f"bytes={size}-"})
    assert beyond.status_code == 416
    assert beyond.headers["content-range"] == f"bytes */{size}"


@pytest.mark.parametrize("ending", ["ogg", "m4a", "wav", "zip"])
async def test_only_who_may_see_the_call(make: Make, world: World, ending: str) -> None:
    with_sound(world, user="admin")
    address = f"/api/calls/{CALL}.{ending}"
    stranger, trainee, author = make(), make(), make()
    assert (await stranger.http_client.get(address)).status_code == 401
    await log_in(trainee)
    assert (await trainee.http_client.get(address)).status_code == 403
    await log_in(author, "author")
    assert (await author.http_client.get(address)).status_code == 200


async def test_all_of_it_in_one_file(client: httpx.AsyncClient, world: World) -> None:
    sound = with_sound(world)
    answer = await client.get(f"/api/calls/{CALL}.zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as file:
        assert file.testzip() is None
        names = file.namelist()
        contents = {name.rpartition(".")[2]: file.read(name) for name in names}
    assert all(name.startswith("ann-lee-20") for name in names)
    assert set(contents) == {"json", "txt", "vtt", "ogg", "m4a", "wav"}
    assert contents["ogg"] == sound
    for ending in ("txt", "vtt", "m4a", "wav"):
        assert contents[ending] == (await client.get(f"/api/calls/{CALL}.{ending}")).content
    assert not list(data(world).glob("exports/*")), "what has been sent is gone"


async def test_a_damaged_recording_is_said_and_the_rest_comes(
    client: httpx.AsyncClient, world: World
) -> None:
    recorded(world)
    (data(world) / "calls" / f"{CALL}.ogg").write_bytes(b"no sound")
    for ending in ("m4a", "wav"):
        answer = await client.get(f"/api/calls/{CALL}.{ending}")
        assert answer.status_code == 422
        assert "damaged" in answer.json()["error"]
    answer = await client.get(f"/api/calls/{CALL}.zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as file:
        assert b"damaged" in file.read("recording.txt")
        assert any(name.endswith(".ogg") for name in file.namelist())


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"known": False}, "This call was not recorded."),
        ({"known": False, "unrecorded": "declined"}, "recorded: nobody agreed to a recording"),
        ({"known": False, "unrecorded": "persona"}, "calls with this customer never are"),
        ({"known": False, "unrecorded": "try"}, "a moment that is tried again is not"),
        ({"reason": "disk"}, "the disk of the server was full"),
        ({}, "It may have been deleted"),
        ({"started": time.time() - 40 * DAY}, "recordings are kept for 30 days"),
    ],
    ids=["of before", "declined", "persona", "try", "disk", "missing", "old"],
)  # fmt: skip
async def test_why_there_is_none(
    client: httpx.AsyncClient, world: World, how: dict[str, object], words: str
) -> None:
    recorded(world, **how)  # type: ignore[arg-type]
    for ending in ("ogg", "m4a", "wav"):
        answer = await client.get(f"/api/calls/{CALL}.{ending}")
        assert answer.status_code == 404
        assert words in answer.json()["error"]
    assert (await client.get(f"/api/calls/{CALL}.zip")).status_code == 200
    page = (await client.get(f"/calls/{CALL}")).text
    assert words in page
    assert ".ogg" not in page, "no link, and nothing to play"


async def test_not_while_the_call_goes_on(client: httpx.AsyncClient, world: World) -> None:
    start = CallStart(
        CALL, "trainee", "ann-lee", "Ann Lee", "Returns", "v1", "offline", "en-US", 1.0
    )
    call = world.archive.open(start, persona_text())
    keep(data(world), CALL, voices(1.0))
    answer = await client.get(f"/api/calls/{CALL}.ogg")
    assert answer.status_code == 409
    assert "still going on" in answer.json()["error"]
    call.close(CallEnd(2.0, "ended"))


@pytest.mark.parametrize(
    ("state", "reason", "seconds", "words"),
    [
        ("ended", "", 9.0, ""),
        (
            "ended",
            "disk",
            4.0,
            "ends at 0:04, before the call did: the disk of the server was full.",
        ),
        ("on", "", 4.0, "before the call did: Rehearsal was stopped."),
        ("ended", "", 4.0, "ends at 0:04, before the call did."),
    ],
)
def test_one_that_ends_too_soon(state: str, reason: str, seconds: float, words: str) -> None:
    start = CallStart(CALL, "ann", "ann-lee", "Ann Lee", "Returns", "v1", "offline", "en-US", 1.0)
    record = CallRecord(
        start, end=CallEnd(11.0, "ended", at=10.0), recording=Recording(state, reason, seconds)
    )
    assert cut_short(record, seconds).endswith(words)
    assert bool(cut_short(record, seconds)) == bool(words)


SAID = (
    Turn(0, "trainee", "What of before?", 0.0, replayed=True, phase="opening", intensity=7),
    Turn(1, "persona", "My parcel is broken.", 1.0, end=3.0),
    Turn(2, "trainee", "Calm down.", 4.0, end=6.0, phase="escalation", intensity=9,
         cause="+2: told to calm down"),
    Turn(3, "persona", "Do not tell me to calm down!", 7.0, end=8.0),
)  # fmt: skip


async def test_the_report_plays_it(make: Make, world: World) -> None:
    recorded(world, turns=SAID)
    keep(data(world), CALL, voices(10.0, (1, 1.0, 3.0), (0, 4.0, 6.0), (1, 7.0, 8.0)))
    user = make()
    await log_in(user)
    await user.open(f"/calls/{CALL}")
    await until(lambda: "peaks" in player(user).props)  # drawn while one looks at the page
    props = player(user).props
    assert props["ogg"] == f"/api/calls/{CALL}.ogg"
    assert props["names"] == ["You", "Ann Lee"]
    assert [turn[:4] for turn in props["turns"]] == [
        (1, 1, 1.0, 3.0), (2, 0, 4.0, 6.0), (3, 1, 7.0, 8.0)
    ]  # fmt: skip
    assert props["marks"] == [(4.0, "worse", "Angrier by 2: told to calm down")]
    assert props["peaks"]["seconds"] == pytest.approx(10.0, abs=0.1)
    trainee, customer = props["peaks"]["voices"]
    heard = [sum(side) > 0 for side in (trainee, customer)]
    assert heard == [True, True]
    moments = {each.props["data-play"] for each in user.find(kind=TextElement).elements
               if each.tag == "button" and "data-play" in each.props}  # fmt: skip
    assert moments == {"1.00", "4.00", "7.00"}, "what was said in the call before has no sound"
    await user.open(f"/calls/{CALL}")
    assert "peaks" in player(user).props, "at once, since they are kept"


async def test_a_coach_s_comment_on_a_second_stands_there_and_in_the_transcript(
    make: Make, world: World
) -> None:
    recorded(world, turns=SAID)
    keep(data(world), CALL, voices(10.0, (1, 1.0, 3.0), (0, 4.0, 6.0), (1, 7.0, 8.0)))
    coach = make()
    await log_in(coach, "author")
    await coach.open(f"/calls/{CALL}")
    assert player(coach).props["coach"] is True
    for second, turn, text in ((7.26, 3, "Hear her."), (0.2, 1, "Smile."), (99.0, 3, "Good end.")):
        coach.find(kind=Player).trigger("comment", second)
        await coach.should_see(marker="comment-text")
        coach.find(marker="comment-text").type(text)
        coach.find(marker="do-it").click()
        said = await kept_of(world, text)
        assert (said.kind, said.turn, said.text) == ("comment", turn, text)
        await coach.should_not_see(marker="comment-text")
    await until(lambda: len(player(coach).props["comments"]) == 3)
    moments = [(moment, text) for moment, _, text in player(coach).props["comments"]]
    assert moments[:2] == [(0.2, "Smile."), (7.3, "Hear her.")]
    assert moments[2][0] <= 60.0, "no comment stands behind the end"
    trainee = make()
    await log_in(trainee)
    await trainee.open(f"/calls/{CALL}")
    assert player(trainee).props["coach"] is False
    assert [text for _, _, text in player(trainee).props["comments"]] == [
        "Smile.", "Hear her.", "Good end."
    ]  # fmt: skip
    await trainee.should_see(", at 0:07")


async def kept_of(world: World, text: str) -> Annotation:
    """What was said in these words, once it is kept."""

    def known() -> list[Annotation]:
        return [each for each in world.annotations.of(CALL) if each.text == text]

    await until(lambda: bool(known()))
    return known()[-1]


async def test_a_damaged_one_leaves_no_player(make: Make, world: World) -> None:
    recorded(world, turns=SAID)
    (data(world) / "calls" / f"{CALL}.ogg").write_bytes(b"no sound")
    user = make()
    await log_in(user)
    await user.open(f"/calls/{CALL}")
    await user.should_see("This recording is damaged: no sound in it can be read.")
    await user.should_not_see(kind=Player)
    await user.should_not_see(marker="export-ogg")
    await user.should_see(marker="export-zip")


def player(user: User) -> Player:
    (element,) = user.find(kind=Player).elements
    return element
