"""The list of everyone's calls: looked through by person, customer and result."""

from functools import partial
from pathlib import Path

import pytest
from nicegui import ElementFilter, ui
from nicegui.testing import User

from data.calls import Search
from data.records import CallEnd, CallStart
from data.store import StoreError
from tests.support.clock import until
from tests.support.studio import World, log_in, persona_text, visit
from ui.kit.search import SEARCH
from ui.report.calls_filter import Wanted
from ui.report.calls_page import STEP


def finish(world: World, number: int, user: str, name: str, *, draft: bool = False) -> None:
    start = CallStart(
        f"{number:016x}", user, "ann-lee", name, f"Scenario {number}", "aaaa", "offline", "en-US",
        1_790_000_000.0 + number, draft=draft,
    )  # fmt: skip
    world.archive.open(start, persona_text()).close(CallEnd(start.started + 60, "lost"))


def shown(user: User) -> set[str]:
    with user:
        links = [link for link in ElementFilter(kind=ui.link) if "rh-row" in link.classes]
    return {link.props["href"].rsplit("/", 1)[1].lstrip("0") for link in links}


def choose(user: User, marker: str, value: str) -> None:
    with user:
        (select,) = ElementFilter(kind=ui.select, marker=marker)
        select.set_value(value)


async def test_an_author_finds_calls_by_person_customer_and_result(tmp_path: Path) -> None:
    world = World(tmp_path)
    finish(world, 1, "trainee", "Ann Lee")
    finish(world, 2, "trainee", "Bo Ek", draft=True)
    finish(world, 3, "admin", "Ann Lee")
    world.finished_call("admin", "4".rjust(16, "0"))
    async with visit(world.studio()) as make:
        user = make()
        await log_in(user, "author")
        await user.open("/calls")
        await user.should_see("4 calls")
        await user.should_see("Unsaved text")
        choose(user, "person", "trainee")
        await user.should_see("2 calls")
        assert shown(user) == {"1", "2"}
        choose(user, "persona", "Bo Ek")
        await user.should_see("1 call")
        assert shown(user) == {"2"}
        choose(user, "result", "passed")
        await user.should_see("No call fits that")
        user.find(marker="clear-filters").click()
        await user.should_see("4 calls")
        user.find(marker="search").type("demo admin ann")
        await user.should_see("2 calls")
        assert shown(user) == {"3", "4"}
        choose(user, "result", "none")
        await user.should_see("No call fits that")


async def test_a_search_of_a_megabyte_looks_for_its_beginning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def of(wanted: Wanted, *_: object) -> Search:
        asked.append(wanted.search)
        return Search()

    monkeypatch.setattr(Wanted, "of", of)
    world = World(tmp_path)
    finish(world, 1, "trainee", "Ann Lee")
    async with visit(world.studio()) as make:
        user = make()
        await log_in(user, "author")
        await user.open("/calls")
        asked.clear()
        user.find(marker="search").type("ann " * 250_000)
        await until(lambda: asked)
        assert {len(search) for search in asked} == {SEARCH}


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [
        (Wanted(), "12"),
        (Wanted(search="CONNECTION lost"), "12"),
        (Wanted(search="connection resolved"), ""),
        (Wanted(search="scenario 2"), "2"),
        (Wanted(search="TRAINEE demo"), "12"),
        (Wanted(search="someone"), ""),
        (Wanted(search="100%"), ""),
        (Wanted(persona="Ann Lee"), "1"),
        (Wanted(person="admin"), ""),
        (Wanted(result="failed"), "12"),
        (Wanted(result="none"), ""),
        (Wanted(result="else"), ""),
    ],
)
def test_the_words_of_a_call(tmp_path: Path, wanted: Wanted, fits: str) -> None:
    world = World(tmp_path)
    finish(world, 1, "trainee", "Ann Lee")
    finish(world, 2, "trainee", "Bo Ek")
    search = wanted.of({"trainee": "Demo trainee", "admin": "Someone"})
    found, number = world.archive.over(search, 10)
    assert {call.call.lstrip("0") for call in found} == set(fits)
    assert number == len(fits)
    world.store.close()


def all_shown(user: User) -> bool:
    return len(shown(user)) == STEP + 7


async def test_calls_come_in_steps_the_newest_first(tmp_path: Path) -> None:
    world = World(tmp_path)
    for number in range(1, STEP + 8):
        finish(world, number, "trainee", "Ann Lee")
    async with visit(world.studio()) as make:
        for name in ("author", "trainee"):
            user = make()
            await log_in(user, name)
            await user.open("/calls")
            await user.should_see("Show 7 more")
            assert len(shown(user)) == STEP
            assert "7" not in shown(user)
            user.find("Show 7 more").click()
            await until(partial(all_shown, user))


async def test_a_list_that_cannot_be_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(tmp_path)
    finish(world, 1, "trainee", "Ann Lee")
    async with visit(world.studio()) as make:
        user = make()
        await log_in(user, "author")

        def damaged(*_: object) -> None:
            raise StoreError("index.sqlite3 is damaged. Restart Rehearsal.")

        monkeypatch.setattr(world.store.database, "read", damaged)
        for page in ("/calls", "/progress", "/progress/trainee", "/studio/ann-lee/versions"):
            await user.open(page)
            await user.should_see("index.sqlite3 is damaged. Restart Rehearsal.")
        await user.open("/")
        await user.should_see("Start Practice")
