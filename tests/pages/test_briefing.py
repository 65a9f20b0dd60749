"""What a trainee knows before a call: the briefing, and in an exam no mood and no objectives."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from nicegui import ElementFilter, ui
from nicegui.elements.mixins.text_element import TextElement
from nicegui.testing import User

from agent.calls.call_events import Archived
from agent.protocol.messages import Ended, Mood, TurnDone
from data.records import CallEnd, CallStart, Turn
from tests.support.call_world import CallWorld, note_methods, start
from tests.support.places import ROOT
from tests.support.studio import World, log_in, persona_text, visit, visiting
from ui.call.voice_call import VoiceCall
from ui.kit.briefing import as_html
from ui.kit.lang import spoken

BRIEFING = """
# Briefing
You work for **Quickpost**, which sends parcels.

## My screen
- The depot is in Leeds <img src=x onerror=alert(1)>
- A refund takes three days
"""
THAI = "\n# Briefing\nคุณทำงานที่ไปรษณีย์\n"


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CallWorld:
    made = CallWorld(tmp_path)
    made.write("ann-lee", persona_text() + BRIEFING)
    made.write("mali", persona_text("Mali Suk", "Alpha", language="th-TH") + THAI)
    note_methods(monkeypatch, made.told, VoiceCall)
    return made


@pytest.fixture
async def user(world: CallWorld) -> AsyncIterator[User]:
    async with visiting(world, "trainee", "/call/ann-lee") as user:
        yield user


def briefing(user: User) -> ui.element:
    (found,) = user.find(marker="briefing").elements
    return found


def briefed(user: User) -> ui.html:
    """The briefing's text on the page."""
    with user:
        (found,) = ElementFilter(kind=ui.html).within(marker="briefing")
    return found


async def test_it_is_open_before_the_call_and_folded_during_it(
    user: User, world: CallWorld
) -> None:
    await user.should_see("Your briefing")
    await user.should_not_see("What to expect", retries=1)
    await user.should_not_see("A customer who has waited too long.", retries=1)
    assert briefing(user).props["open"] is True
    assert "<li>A refund takes three days</li>" in briefed(user).content
    call = await start(user, world)
    assert briefing(user).props["open"] is False
    briefing(user).props["open"] = True  # the trainee looks something up
    call.receive(TurnDone(call.id, Turn(0, "trainee", "Hello", 3.0)))
    await user.should_see("Hello")
    assert briefing(user).props["open"] is True


async def test_without_one_the_page_says_who_calls(tmp_path: Path) -> None:
    async with visiting(CallWorld(tmp_path), "trainee", "/call/ann-lee") as user:
        await user.should_see("What to expect")
        await user.should_see("A customer who has waited too long.")
        await user.should_not_see("Your briefing", retries=1)


async def test_a_thai_one_says_so_to_screen_readers(world: CallWorld) -> None:
    async with visiting(world, "trainee", "/call/mali") as user:
        text = briefed(user)
        assert text.props["lang"] == "th-TH"
        assert text.content == "<p>คุณทำงานที่ไปรษณีย์</p>"


def test_marks_become_elements_and_everything_else_is_text() -> None:
    assert as_html(BRIEFING.replace("# Briefing\n", "", 1)) == (
        "<p>You work for <strong>Quickpost</strong>, which sends parcels.</p><h3>My screen</h3>"
        "<ul><li>The depot is in Leeds &lt;img src=x onerror=alert(1)&gt;</li>"
        "<li>A refund takes three days</li></ul>"
    )
    assert as_html("1. One\n   more\n2) *Two*\n```\n`x` <b>\n```\n- [a](javascript:b)") == (
        "<ol><li>One more</li><li><em>Two</em></li></ol><p><code>x</code> &lt;b&gt;</p>"
        "<ul><li>[a](javascript:b)</li></ul>"
    )


async def test_a_card_has_the_briefing_and_nothing_that_only_authors_know(
    world: CallWorld,
) -> None:
    world.write("victor-lang", (ROOT / "personas/victor-lang.md").read_text(encoding="utf-8"))
    async with visiting(world, "trainee", "/") as user:
        await user.should_see("You work for Quickpost, which sends parcels.")
        await user.should_see("A caller gives the name of Robert Whitfield")
        await user.should_not_see("The parcel came broken", retries=1)
        with user:
            said = " ".join(each.text for each in ElementFilter(kind=TextElement)).casefold()
        for words in ("as a small favor", "social engineer", "stolen", "suspicious", "pushes"):
            assert words not in said
        user.find(marker="search").type("social engineer")
        await user.should_see("Nothing fits that search")


@pytest.mark.parametrize(
    ("accepted", "names"),
    [
        ("th-TH,th;q=0.9,en;q=0.8", ["Alpha", "Returns"]),
        ("en-US,en;q=0.9,th;q=0.1", ["Returns", "Alpha"]),
        ("de", ["Returns", "Alpha"]),
    ],
)
async def test_whom_the_browser_speaks_with_comes_first(
    world: CallWorld, accepted: str, names: list[str]
) -> None:
    async with visit(world.studio()) as make:
        user = make()
        user.http_client.headers["accept-language"] = accepted
        await log_in(user)
        with user:
            headings = [each for each in ElementFilter(kind=TextElement) if each.tag == "h2"]
            assert [each.text for each in headings if each.text in names] == names


def test_a_browser_s_languages_stand_in_its_order() -> None:
    assert spoken("en;q=0.5, th-TH, *, fr;q=0, de;q=0.7;x, nb ; q=0.6") == ["th", "de", "nb", "en"]
    assert spoken("") == []


EXAM = persona_text().replace("language:", "exam: yes\nlanguage:")


@pytest.fixture
async def examined(world: CallWorld) -> AsyncIterator[User]:
    world.write("ann-lee", EXAM + BRIEFING)
    async with visiting(world, "trainee", "/call/ann-lee") as user:
        yield user


async def test_an_exam_hides_mood_causes_and_objectives(examined: User, world: CallWorld) -> None:
    user = examined
    await user.should_see("This is an exam.")
    await user.should_see("Your briefing")
    await user.should_see("In an exam they send no hints.")
    call = await start(user, world)
    call.receive(Mood(call.id, "resolution", 2, "met: a refund", resolved=True))
    call.receive(TurnDone(call.id, Turn(0, "trainee", "I am sorry", 3.0)))
    await user.should_see("I am sorry")
    for words in ("of 10", "Apologise for", "you gave something", "Phase", "is content"):
        await user.should_not_see(words, retries=1)
    await user.should_not_see(marker="solved", retries=1)
    with user:
        faces = [each for each in ElementFilter(kind=ui.html) if "rh-avatar" in each.classes]
    assert not any(name.startswith("rh-avatar-") for face in faces for name in face.classes)
    call.receive(Ended(call.id, "ended"))
    await user.should_see(marker="report")
    await user.should_not_see("of 10", retries=1)


async def test_what_becomes_an_exam_while_its_page_is_open_is_one(
    user: User, world: CallWorld
) -> None:
    await user.should_see("7 of 10")
    world.write("ann-lee", EXAM + BRIEFING)
    world.library.look("ann-lee", author="author")
    await start(user, world)
    await user.should_see("This is an exam.")
    await user.should_not_see("of 10", retries=1)
    await user.should_not_see("Apologise for", retries=1)


async def test_an_author_sees_all_of_an_exam_and_reads_that_trainees_do_not(
    world: CallWorld,
) -> None:
    world.write("ann-lee", EXAM)
    async with visiting(world, "author", "/call/ann-lee") as user:
        await user.should_see("Trainees see neither mood nor objectives before the report.")
        await user.should_see("7 of 10")
        await user.should_see("Apologise for the broken parcel")


async def test_the_report_of_an_exam_waits_for_its_end(world: World) -> None:
    begun = CallStart(
        "4" * 16, "trainee", "ann-lee", "Ann Lee", "Returns", "aaaa", "offline", "en-US", 1.79e9
    )
    call = world.archive.open(begun, EXAM)
    call.turn(Turn(1, "trainee", "I am sorry.", 4.0, phase="deescalation", intensity=5))
    async with visiting(world, "trainee", f"/calls/{begun.call}") as user:
        await user.should_see("Its report comes when it has ended.")
        for words in ("Calming down", "I am sorry.", "Objectives", "Export"):
            await user.should_not_see(words, retries=1)
        answer = await user.http_client.get(f"/api/calls/{begun.call}.json")
        assert (answer.status_code, "exam" in answer.text) == (409, True)
        call.close(CallEnd(1.79e9 + 5, "ended"))
        world.calls.followers.tell(Archived(begun.call))
        await user.should_see("Calming down, tense (5 of 10)")
        assert (await user.http_client.get(f"/api/calls/{begun.call}.json")).status_code == 200
