"""The list of everyone's calls: looked through by person, customer and result."""

from pathlib import Path

import pytest
from nicegui import ElementFilter, ui
from nicegui.testing import User

from data.records import CallEnd, CallStart
from tests.support.clock import until
from tests.support.studio import World, log_in, persona_text, visit
from ui.kit.search import SEARCH
from ui.report.calls_filter import Wanted


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

    def fits(wanted: Wanted, *_: object) -> bool:
        asked.append(wanted.search)
        return True

    monkeypatch.setattr(Wanted, "fits", fits)
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
        (Wanted(), True),
        (Wanted(search="CONNECTION lost"), True),
        (Wanted(search="connection resolved"), False),
        (Wanted(result="failed"), True),
        (Wanted(result="none"), False),
    ],
)
def test_the_words_of_a_call(tmp_path: Path, wanted: Wanted, fits: bool) -> None:
    world = World(tmp_path)
    finish(world, 1, "trainee", "Ann Lee")
    (call,) = world.archive.list()
    assert wanted.fits(call, "Demo trainee") is fits
