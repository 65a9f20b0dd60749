"""Every page as its user meets it, in NiceGUI's simulation."""

import asyncio
import threading
from collections.abc import AsyncIterator
from inspect import getclosurevars, iscoroutinefunction
from pathlib import Path
from typing import TypeVar
from urllib.parse import parse_qsl, urlsplit

import pytest
from fastapi.routing import APIRoute
from nicegui import ElementFilter, app, core, ui
from nicegui.elements.mixins.text_element import TextElement
from nicegui.testing import User

from agent.calls.call_events import Archived
from agent.platform.setup.preparation import Part
from agent.protocol.messages import TurnDone
from data.records import CallEnd, CallStart, Edit, Turn
from personas.persona_files import PersonaFiles
from tests.support.clock import PATIENCE, until
from tests.support.studio import FakeLiveCall, World, log_in, persona_text, visit, visiting
from ui import kit
from ui.auth.access import local_path
from ui.catalogue.page import Choice
from ui.kit.search import SEARCH
from ui.library import page as library
from ui.studio.conflict import parts

T = TypeVar("T", bound=ui.element)


@pytest.fixture
async def user(world: World) -> AsyncIterator[User]:
    async with visit(world.studio()) as make:
        yield make()


async def test_nobody_gets_in_without_login(user: User) -> None:
    response = await user.http_client.get("/calls?x=1")
    assert response.status_code == 303
    assert response.headers["location"] == "/login?next=%2Fcalls%3Fx%3D1"


async def test_a_demo_account_logs_in_and_out(user: User) -> None:
    await log_in(user)
    await user.should_see("Ann Lee")
    user.find(marker="log-out").click()
    await user.should_see("Demo accounts")
    assert (await user.http_client.get("/")).status_code == 303


async def test_login_goes_where_the_user_wanted(user: User) -> None:
    await user.open("/login?next=%2Fcalls")
    user.find(marker="demo-trainee").click()
    await user.should_see("No calls yet")


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "",
        "/\t/x",
    ],
)
def test_login_never_leads_to_another_site(target: str) -> None:
    assert local_path(target) == "/"


async def test_wrong_and_too_many_passwords_are_told(user: User) -> None:
    await user.open("/login")
    (secret,) = user.find(kind=ui.input, marker="password").elements
    for _ in range(5):
        user.find(marker="name").clear().type("trainee")
        user.find(marker="password").clear().type("wrong")
        user.find(kind=ui.button, content="Log in").click()
        await user.should_see("do not belong together")
        await until(lambda: not secret.value)
    user.find(marker="password").type("trainee-demo")
    user.find(kind=ui.button, content="Log in").click()
    await user.should_see("Too many failed tries")


async def test_enter_begins_no_second_login_while_one_is_checked(
    world: World, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, go = [], threading.Event()

    def slow(name: str, *_: object, **__: object) -> None:
        asked.append(name)
        assert go.wait(PATIENCE)

    monkeypatch.setattr(world.users, "verify", slow)
    await user.open("/login")
    for number in range(50):
        user.find(marker="name").clear().type(f"name-{number}").trigger("keydown.enter")
    await until(lambda: asked)
    user.find(marker="name").trigger("keydown.enter")
    await asyncio.sleep(0)
    await user.should_not_see("still being checked", retries=1)
    go.set()
    await user.should_see("do not belong together")
    assert len(asked) == 1


async def test_others_can_reach_it_so_a_first_password_is_asked_for(tmp_path: Path) -> None:
    world = World(tmp_path, host="0.0.0.0")
    async with visit(world.studio()) as make:
        user = make()
        await user.open("/login")
        await user.should_not_see("Demo accounts")
        user.find(marker="first").type("long enough")
        user.find(marker="second").type("long enouhg")
        user.find("Save and log in").click()
        await user.should_see("The two passwords differ")
        user.find(marker="second").clear().type("long enough")
        user.find("Save and log in").click()
        await user.should_see("Ann Lee")
        other = make()
        await other.open("/login")
        await other.should_not_see("Choose the admin's password")


async def test_a_demo_session_ends_when_others_can_reach_the_app(tmp_path: Path) -> None:
    world = World(tmp_path)
    async with visit(world.studio()) as make:
        user = make()
        await log_in(user)
        object.__setattr__(world.settings, "host", "0.0.0.0")
        assert (await user.http_client.get("/")).status_code == 303


async def test_catalogue_tells_what_a_trainee_needs(world: World, user: User) -> None:
    world.finished_call()
    await log_in(user)
    for text in ("Returns", "Ann Lee", "Easy", "English", "There is no briefing", "Last score"):
        await user.should_see(text)
    await user.should_not_see("en-US")
    await user.should_not_see("Studio")
    starts = user.find(
        kind=ui.link, content="Start Practice"
    ).elements  # a card's, and what is next
    assert {start.props["href"].partition("?")[0] for start in starts} == {"/call/ann-lee"}


@pytest.fixture
async def before_ann_and_nok(tmp_path: Path) -> AsyncIterator[User]:
    """A trainee on the catalogue with an English and a Thai customer."""
    world = World(tmp_path)
    world.write("nok", persona_text("Nok Dee", "Billing", "hard", "th-TH"))
    async with visiting(world, "trainee", "/") as user:
        yield user


async def test_catalogue_tells_whose_trainee_types(before_ann_and_nok: User) -> None:
    user = before_ann_and_nok
    await user.should_see("Nok Dee")
    cards = user.find("You type").elements
    assert len(cards) == 1
    user.find(marker="search").type("ann")
    await user.should_not_see("You type")


async def test_a_last_score_goes_along_with_a_persona_s_name(world: World, user: User) -> None:
    world.finished_call()
    persona_files = PersonaFiles(world.library)
    persona_files.rename("ann-lee", "ann-smith", author="author")
    await log_in(user)
    await user.should_see("Last score")
    persona_files.archive("ann-smith", author="author")
    persona_files.create("ann-smith", persona_text(), author="author")
    await user.open("/")
    await user.should_see("Ann Lee")
    await user.should_not_see("Last score", retries=1)


@pytest.mark.parametrize(("who", "path"), [("trainee", "/"), ("author", "/studio")])
async def test_a_search_of_a_megabyte_looks_for_its_beginning(
    who: str, path: str, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def fits(choice: Choice, *_: object) -> bool:
        asked.append(choice.search)
        return True

    for kind in (Choice, library.Choice):
        monkeypatch.setattr(kind, "fits", fits)
    await log_in(user, who)
    await user.open(path)
    asked.clear()
    user.find(marker="search").type("ann " * 250_000)
    await until(lambda: asked)
    assert {len(search) for search in asked} == {SEARCH}


async def test_catalogue_searches_and_filters(before_ann_and_nok: User) -> None:
    user = before_ann_and_nok
    user.find(marker="search").type("nok")
    await user.should_not_see("Ann Lee")
    user.find(marker="search").clear()
    await user.should_see("Ann Lee")
    with user:
        _one(user, "language", ui.select).set_value("Thai")
    await user.should_not_see("Ann Lee")
    with user:
        _one(user, "difficulty", ui.select).set_value("easy")
    await user.should_see("Nothing fits that search")
    user.find(marker="clear-filters").click()
    await user.should_see("Ann Lee")
    await user.should_see("Nok Dee")


async def test_a_language_that_nobody_has_any_more_hides_nobody(world: World, user: User) -> None:
    await log_in(user)
    await user.open("/?language=Thai")
    await user.should_see("Ann Lee")
    assert _one(user, "language", ui.select).value == "any"


@pytest.mark.parametrize("badge", ["thai", "HARD", "th-TH"])
async def test_the_search_finds_what_the_badges_say(tmp_path: Path, badge: str) -> None:
    world = World(tmp_path)
    world.write("nok", persona_text("Nok Dee", "Billing", "hard", "th-TH"))
    async with visit(world.studio()) as make:
        user = make()
        await log_in(user)
        user.find(marker="search").type(badge)
        await user.should_not_see("Ann Lee")
        await user.should_see("Nok Dee")


async def test_what_was_searched_for_is_there_again_on_the_way_back(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.write("nok", persona_text("Nok Dee", "Billing", "hard", "th-TH"))
    async with visit(world.studio()) as make:
        user = make()
        await log_in(user)
        choice = Choice("dee", "hard", "Thai")
        assert Choice.of(dict(parse_qsl(urlsplit(choice.address).query))) == choice
        await user.open(choice.address)
        await user.should_see("Nok Dee")
        await user.should_not_see("Ann Lee", retries=1)
        assert (_one(user, "search", ui.input).value, _one(user, "language", ui.select).value) == (
            "dee", "Thai",
        )  # fmt: skip
        await user.open("/?difficulty=no-such")
        await user.should_see("2 simulations")


async def test_who_is_understood_comes_first_and_the_easy_ones_before_the_hard(
    tmp_path: Path,
) -> None:
    world = World(tmp_path)
    world.write("nok", persona_text("Nok Dee", "Alpha", "easy", "th-TH"))
    world.write("max", persona_text("Max Ray", "Beta", "hard"))
    async with visit(world.studio()) as make:
        user = make()
        await log_in(user)
        with user:
            headings = [each for each in ElementFilter(kind=TextElement) if each.tag == "h2"]
            names = [each.text for each in headings if each.text != "Keyboard shortcuts"]
        assert names == ["Returns", "Beta", "Alpha"]


async def test_an_open_catalogue_follows_the_folder(world: World, user: User) -> None:
    await log_in(user, "author")
    await user.should_see("1 simulation")
    user.find(marker="search").type("fraud")
    await user.should_see("Nothing fits that search")
    french = persona_text("Bo Ek", "Fraud Alert", language="fr-FR")
    world.library.save("bo-ek", french, base=None, author="author")
    await user.should_see("Bo Ek")
    await user.should_see("French")
    await user.should_not_see("Ann Lee")  # what was searched for stays
    version = world.library.entries()[0].version
    world.library.save("bo-ek", "nonsense", base=version, author="author")
    await user.should_see("Files with errors")
    await user.should_see("Bo Ek")  # its last good version can be called


async def test_only_authors_see_files_with_errors(world: World, tmp_path: Path) -> None:
    world.write("broken", "# Persona: Nobody\n")
    async with visit(world.studio()) as make:
        trainee, author = make(), make()
        await log_in(trainee)
        await trainee.should_not_see("broken.md")
        await log_in(author, "author")
        await author.should_see("broken.md")
        await author.should_see("Line ")


async def test_hundreds_of_personas_are_drawn_a_page_at_a_time(world: World) -> None:
    for number in range(50):
        world.write(f"p{number}", persona_text(f"Person {number}", f"Scenario {number:02}"))
    async with visit(world.studio()) as make:
        user = make()
        await log_in(user)
        await user.should_see("51 simulations")
        assert len(user.find("Start Practice").elements) == 15
        user.find("Show 15 more").click()
        await user.should_see("Show 15 more")
        assert len(user.find("Start Practice").elements) == 30


async def test_no_persona_at_all(world: World) -> None:
    (world.personas / "ann-lee.md").unlink()
    async with visit(world.studio()) as make:
        user = make()
        await log_in(user)
        await user.should_see("There is no customer to practise with yet")


async def test_calls_teach_the_first_one(user: User) -> None:
    await log_in(user)
    await user.open("/calls")
    await user.should_see("Three steps to the first one")
    await user.should_see("Press Start Voice Call")
    await user.should_see("Or press Start Typed Call: you type, and the customer speaks.")


async def test_own_calls_for_a_trainee_and_all_for_an_author(world: World) -> None:
    world.finished_call("author", "1" * 16)
    async with visit(world.studio()) as make:
        trainee, author = make(), make()
        await log_in(trainee)
        await trainee.open("/calls")
        await trainee.should_see("No calls yet")
        world.finished_call("trainee", "2" * 16)
        await log_in(author, "author")
        await author.open("/calls")
        await author.should_see("Demo trainee")
        assert len(author.find(kind=ui.link, content="").elements) >= 2


async def test_report_says_first_how_it_came_out_and_what_to_do(world: World, user: User) -> None:
    call = world.finished_call()
    await log_in(user)
    await user.open(f"/calls/{call}")
    page = _text(user)
    why = "Ann Lee did not accept a solution: the mood ended at 7 of 10 (angry), and 5 or lower"
    order = (
        "of 100", "Not solved", "Not passed", why, "Best moment", "I am sorry", "What cost most",
        "calm down", "What to do next time", "Name a day for the refund.",
        "Don't tell the customer", "Confirm a refund.", "Objectives",
        "Apologise for the broken parcel",
        "How upset the customer was", "Transcript",
    )  # fmt: skip
    rest = page
    for words in order:
        assert words in rest, f"{words} is out of order"
        rest = rest[rest.index(words) + len(words) :]
    for glued in ("Still to show", "What went well", "was still waiting", "Apologises for"):
        assert glued not in page
    (best,) = user.find(marker="best-moment").elements
    assert "#turn-3" in [each.props.get("href") for each in best.descendants()]
    (worst,) = user.find(marker="worst-moment").elements
    assert "#turn-1" in [each.props.get("href") for each in worst.descendants()]
    cause = "Angrier by 2: told to calm down"
    for text in ("of 100", "Objectives", "Not shown", cause, "typed", "<b>now"):
        await user.should_see(text)
    assert page.index("Shown") < page.index("sorry about the parcel") < page.index("Not shown")
    links = [element.props.get("href") for element in user.current_layout.descendants()]
    assert "#turn-3" in links
    assert {f"/api/calls/{call}.{ending}" for ending in ("txt", "json", "vtt")} <= {*links}
    await user.should_see("From turn 3 on, version bbbb00000000 of the persona spoke.")
    await user.should_see("Began at 7 of 10 (angry), peaked at 9 after turn 2")


async def test_report_of_someone_else_and_of_nothing(world: World, user: User) -> None:
    call = world.finished_call("author")
    await log_in(user)
    other = await user.http_client.get(f"/calls/{call}")
    assert other.status_code == 403
    assert "This call belongs to someone else" in other.text
    for path in ("/calls/ffffffffffffffff", "/calls/..%2Fusers", "/nowhere"):
        missing = await user.http_client.get(path)
        assert missing.status_code == 404
        assert "Go to the simulations" in missing.text


async def test_a_fault_shows_no_trace(
    world: World, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    await log_in(user)

    def fail() -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(world.library, "entries", fail)
    response = await user.http_client.get("/")
    assert response.status_code == 500
    assert "Something went wrong" in response.text
    assert "secret detail" not in response.text
    assert "Traceback" not in response.text


async def test_the_studio_is_for_authors(user: User) -> None:
    await log_in(user)
    for path in ("/studio", "/studio/ann-lee"):
        response = await user.http_client.get(path)
        assert response.status_code == 403
        assert "The studio is for authors" in response.text


async def test_studio_lists_files_with_findings(world: World) -> None:
    world.write("broken", "# Persona: Nobody\n")
    world.calls.goes_on(FakeLiveCall("1" * 16, "trainee", "ann-lee"))
    async with visit(world.studio()) as make:
        user = make()
        await log_in(user, "author")
        await user.open("/studio")
        for text in ("ann-lee.md", "No problems", "broken.md", "error", "1 call live"):
            await user.should_see(text)


async def test_a_save_writes_the_file_and_reaches_the_live_call(world: World, user: User) -> None:
    live = FakeLiveCall("1" * 16, "trainee", "ann-lee")
    world.calls.goes_on(live)
    await log_in(user, "author")
    await user.open("/studio/ann-lee")
    await user.should_see("No save during this call yet.")
    await _write(user, persona_text("Ann Lee-Jones"))
    await user.should_see("Unsaved changes")
    user.find(kind=ui.button, content="Save").click()
    await user.should_see("Calls with this persona have it from the next line on.")
    assert "Ann Lee-Jones" in (world.personas / "ann-lee.md").read_text("utf-8")
    live.fare(Edit("cccc00000000", "applied", "", 4, 20.0))
    await user.should_see("Version cccc00000000, from turn 5 on.")
    live.fare(Edit("dddd00000000", "refused", "The model cannot take it.", 6, 30.0))
    await user.should_see("The model cannot take it.")


async def test_a_save_with_errors_says_that_calls_keep_the_good_version(user: User) -> None:
    await log_in(user, "author")
    await user.open("/studio/ann-lee")
    await _write(user, "# Persona: Ann Lee\n")
    user.find(kind=ui.button, content="Save").click()
    await user.should_see("calls go on with the last good version")
    await user.should_see("Line ")


async def test_the_checker_follows_the_typing(user: User) -> None:
    await log_in(user, "author")
    await user.open("/studio/ann-lee")
    await user.should_see("The checker finds nothing to mend")
    await _write(user, persona_text(difficulty="terrible"))
    await user.should_see("1 error")


@pytest.mark.parametrize(("button", "stays"), [("Keep mine", "Mine"), ("Take theirs", "Theirs")])
async def test_a_conflict_lets_the_author_choose(
    world: World, user: User, button: str, stays: str
) -> None:
    await log_in(user, "author")
    await user.open("/studio/ann-lee")
    await _write(user, persona_text("Mine"))
    base = world.library.get("ann-lee")
    assert base is not None
    assert base.persona is not None
    world.library.save("ann-lee", persona_text("Theirs"), base=base.persona.version, author="admin")
    await user.should_see("changed by someone else")
    user.find(kind=ui.button, content="Save").click()
    await user.should_see("Someone else changed this file")
    user.find(button).click()
    await user.should_not_see("Unsaved changes")
    assert f"# Persona: {stays}\n" in (world.personas / "ann-lee.md").read_text("utf-8")
    assert f"# Persona: {stays}\n" in _one(user, "text", ui.codemirror).value


async def test_a_change_elsewhere_shows_up_in_the_editor(world: World, user: User) -> None:
    await log_in(user, "author")
    await user.open("/studio/ann-lee")
    entry = world.library.get("ann-lee")
    assert entry is not None
    assert entry.persona is not None
    text = persona_text("Other Name")
    world.library.save("ann-lee", text, base=entry.persona.version, author="admin")
    await user.should_see("the file was changed by admin")
    assert _one(user, "text", ui.codemirror).value == text


async def test_the_banner_tells_what_is_prepared_and_goes(world: World, user: User) -> None:
    part = Part("livekit-server", "LiveKit server", "working", "Compiling 12 of 90")
    world.preparation.parts.append(part)
    await log_in(user)
    await user.should_see("Compiling 12 of 90")
    part.state, part.error, part.remedy = "failed", "No network.", "Connect, then press Retry."
    world.preparation.tell()
    await user.should_see("What helps: Connect, then press Retry.")
    user.find(kind=ui.button, content="Retry").click()
    part.state = "ready"
    world.preparation.tell()
    await user.should_not_see("No network.")
    assert world.preparation.retried == 1


async def test_authors_are_told_that_the_trained_reader_is_away(world: World) -> None:
    world.unreadable = "reader.npz is damaged. Get it again from git: git checkout -- agent/reader"
    for who, told in (("trainee", False), ("author", True), ("admin", True)):
        async with visit(world.studio()) as make:
            user = make()
            await log_in(user, who)
            await user.should_see("Ann Lee")
            if told:
                await user.should_see("Only word lists read what trainees say")
                await user.should_see("git checkout -- agent/reader, and restart.")
            else:
                await user.should_not_see(marker="reader-banner")


async def test_no_banner_stands_over_a_reader_that_works(user: User) -> None:
    await log_in(user, "admin")
    await user.should_see("Ann Lee")
    await user.should_not_see(marker="reader-banner")


async def test_the_look_is_kept(user: User) -> None:
    await log_in(user)
    user.find(marker="look-dark").click()
    await user.open("/calls")
    assert user.client is not None
    assert user.client.page.dark is True
    with user:
        assert app.storage.user["look"] == "dark"


async def test_landmarks_and_keyboard_help(user: User) -> None:
    await log_in(user)
    await user.should_see(ui.header)
    await user.should_see("Skip to the content")
    page = _text(user)
    assert "Keyboard shortcuts" in page
    assert "Goes to the search" in page
    with user:
        assert [each.props["aria-label"] for each in ElementFilter(kind=ui.dialog)] == [
            "Keyboard shortcuts"
        ]


def test_a_conflict_marks_what_differs() -> None:
    assert parts("a\nb\nc\n", "a\nx\nc\n") == [(False, "a\n"), (True, "b\n"), (False, "c\n")]
    assert parts("", "x") == []


async def test_the_report_of_a_live_call_waits_for_its_end(world: World, user: User) -> None:
    start = CallStart(
        "3" * 16, "trainee", "ann-lee", "Ann Lee", "Returns", "aaaa", "offline", "en-US", 1.79e9
    )
    call = world.archive.open(start, persona_text())
    await log_in(user)
    await user.open(f"/calls/{start.call}")
    await user.should_see("This call is still going on")
    await user.should_see("Nobody spoke in this call.")
    first, told, second = (
        Turn(0, "persona", "My parcel is broken.", 1.0),
        Turn(1, "trainee", "I am sorry.", 4.0),
        Turn(1, "trainee", "I am sorry.", 4.0, phase="deescalation", intensity=5),
    )
    for turn in (first, told, second):
        call.turn(turn)
        world.calls.followers.tell(TurnDone(start.call, turn))
        await user.should_see(turn.text)
    await user.should_see("Calming down, tense (5 of 10)")
    await user.should_not_see("Nobody spoke in this call.")
    with user:
        turns = [each for each in ElementFilter() if "rh-turn" in each.classes]
    assert [each.props["id"] for each in turns] == ["turn-0", "turn-1"]
    call.close(CallEnd(1.79e9 + 5, "ended"))
    world.calls.followers.tell(Archived(start.call))
    await user.should_not_see("This call is still going on")
    await user.should_see("Not passed")


async def _write(user: User, text: str) -> None:
    with user:
        _one(user, "text", ui.codemirror).set_value(text)


def _one(user: User, marker: str, kind: type[T]) -> T:
    [element] = user.find(kind=kind, marker=marker).elements
    return element


def _text(user: User) -> str:
    """Every text on the page, in the order of the document."""
    found = (getattr(element, "text", "") for element in user.current_layout.descendants())
    return "\n".join(filter(None, found))


async def test_no_page_that_waits_for_a_slow_machine_is_given_up(user: User) -> None:
    """After 3 s NiceGUI shows an error of its own, in words for programmers."""
    ends = [route.endpoint for route in core.app.routes if isinstance(route, APIRoute)]
    known = [found for end in ends if "self" in (found := getclosurevars(end).nonlocals)]
    waiting = {
        found["func"].__name__: found["self"].response_timeout
        for found in known
        if isinstance(found["self"], ui.page) and iscoroutinefunction(found["func"])
    }
    assert {"catalogue", "calls", "edit"} <= waiting.keys()
    assert min(waiting.values()) > 30, waiting


async def test_what_went_with_its_page_is_not_taken_off_again(user: User) -> None:
    """A dialog is waited for, and its page may be left meanwhile."""
    await user.open("/login")
    with user:
        box = kit.tag("div")
        with box:
            inner = kit.tag("p", "Save it?")
    kit.discard(inner)
    assert inner.is_deleted
    box.clear()
    with user, box:
        again = kit.tag("p", "Save it?")
    box.delete()
    kit.discard(again)
    kit.discard(inner)
