"""One persona file on which we fail ourselves costs only itself, and following starts again."""

import asyncio
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.common.parts import kept_up
from personas import files, parse, parsed
from personas.arrivals import CHOICES, arrivals, take
from personas.bundle import Loose, opened
from personas.cli import run_check
from personas.library import Library
from tests.support.clock import PATIENCE, at_once, now, until
from tests.support.persona_text import FULL, PLAIN, swap

FATAL = swap("- Lives in Leeds", "- Lives in FATAL", PLAIN)
LOUDER = swap("- Speaks fast", "- Speaks louder")


@pytest.fixture(autouse=True)
def fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of the reader that one text meets, as any fault that nobody knows of yet."""

    def read(text: str, *rest: object) -> parsed.ParsedPersona:
        if "FATAL" in text:
            raise ZeroDivisionError("a fault of ours")
        return parsed.parse_text(text, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(parse, "parse_text", read)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in (("ann", PLAIN), ("bad", FATAL), ("sarah", FULL)):
        (tmp_path / f"{name}.md").write_text(text, encoding="utf-8", newline="")
    return tmp_path


def test_the_library_starts_and_lists_the_file_with_its_error(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    library = Library(folder)
    assert {e.slug for e in library.entries() if e.persona} == {"ann", "sarah"}
    bad = library.get("bad")
    assert bad
    assert bad.text == FATAL
    assert "failed on this file (ZeroDivisionError)" in bad.errors[0].message
    assert "a fault of ours" in caplog.text


def test_a_save_of_such_a_text_is_told_and_can_be_mended(folder: Path) -> None:
    library = Library(folder)
    bad = library.get("bad")
    assert bad
    mended = library.save("bad", PLAIN, base=bad.version, author="kim")
    assert mended.persona
    again = library.save("bad", FATAL, base=mended.version, author="kim")
    assert again.errors
    assert again.persona == mended.persona


def test_check_goes_on_with_the_other_files(folder: Path) -> None:
    (folder / "tom.md").write_text("# Nobody\n", encoding="utf-8")
    out = io.StringIO()
    assert run_check([folder], "text", out) == 1
    assert "bad.md:1: error: Rehearsal failed on this file" in out.getvalue()
    assert "tom.md:1: error: no name" in out.getvalue()


def test_check_goes_on_when_a_file_cannot_even_be_opened(folder: Path) -> None:
    out = io.StringIO()
    assert run_check([Path("a\0b"), folder / "ann.md"], "text", out) == 1
    assert "error: Rehearsal failed on this file (ValueError)" in out.getvalue()


def test_an_import_takes_the_other_files(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = Library(folder)
    picked = [Loose("odd.md", FATAL.encode()), Loose("louder.md", LOUDER.encode())]
    odd, new = arrivals(picked, library)
    assert odd.errors
    assert new.outlined.title
    monkeypatch.setattr(Library, "save", _fail_on("odd", Library.save))
    done = [take(arrival, CHOICES["new"][0], library, "kim") for arrival in (odd, new)]
    assert [outcome.good for outcome in done] == [False, True]
    assert "Rehearsal failed on this file" in done[0].words


def test_an_import_shows_the_other_files(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("personas.arrivals.proposed", _broken)
    picked = [Loose("Odd one.md", PLAIN.encode()), Loose("louder.md", LOUDER.encode())]
    odd, new = arrivals(picked, Library(folder))
    assert (odd.state, new.state) == ("unusable", "differs")
    assert "Rehearsal failed on this file" in odd.trouble


def test_a_card_costs_only_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("personas.bundle.read_cards", _broken)
    card, persona = opened([("card.json", b"{}"), ("ann.md", PLAIN.encode())])
    assert "Rehearsal failed on this file" in card.trouble
    assert persona.data


async def test_following_goes_on_after_such_a_file(folder: Path) -> None:
    library, stop = Library(folder), asyncio.Event()
    watching = asyncio.create_task(library.watch(stop))
    (folder / "ann.md").write_text(FATAL, encoding="utf-8")
    await until(lambda: (ann := library.get("ann")) and ann.errors)
    (folder / "sarah.md").write_text(LOUDER, encoding="utf-8", newline="")
    await until(lambda: (sarah := library.get("sarah")) and sarah.text == LOUDER)
    stop.set()
    await asyncio.wait_for(watching, PATIENCE)


def test_a_file_that_fails_when_it_is_opened_costs_only_itself(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = files.read

    def odd(path: Path, folder: Path) -> files.Content:
        if path.stem == "ann":
            raise RuntimeError("a fault of ours")
        return read(path, folder)

    monkeypatch.setattr(files, "read", odd)
    library = Library(folder)
    ann, sarah = library.get("ann"), library.get("sarah")
    assert ann
    assert ann.errors
    assert sarah
    assert sarah.persona


async def test_a_rename_on_which_we_fail_costs_only_itself(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library, stop = Library(folder), asyncio.Event()
    monkeypatch.setattr("personas.moves.Moves.note", _broken)
    watching = asyncio.create_task(library.watch(stop))
    (folder / "ann.md").write_text(LOUDER, encoding="utf-8", newline="")
    (folder / "sarah.md").write_text(LOUDER, encoding="utf-8", newline="")
    for slug in ("ann", "sarah"):
        await until(lambda slug=slug: library.get(slug).text == LOUDER)  # type: ignore[union-attr,misc]
    assert not watching.done()
    stop.set()
    await asyncio.wait_for(watching, PATIENCE)


async def test_following_that_fails_says_so_starts_again_and_sees_what_was_missed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library, stop = Library(folder), asyncio.Event()
    monkeypatch.setattr("data.common.parts.FIRST", 0.0)
    troubles: list[str] = []
    fails = iter([True, True, False])

    def everything() -> set[str]:
        if next(fails, False):
            troubles.append(library.trouble)
            raise MemoryError("no room")
        return {"ann", "bad", "sarah"}

    monkeypatch.setattr(library, "_all", everything)
    (folder / "sarah.md").write_text(LOUDER, encoding="utf-8", newline="")
    following = asyncio.create_task(kept_up("following", lambda: library.watch(stop)))
    await until(lambda: (sarah := library.get("sarah")) and sarah.text == LOUDER)
    await until(lambda: not library.trouble)
    assert troubles[0] == ""
    assert "are not seen just now (no room)" in troubles[1]
    stop.set()
    await asyncio.wait_for(following, PATIENCE)


class Part:
    """Fails after as many seconds as it is told, and then works."""

    def __init__(self, *lives: float) -> None:
        self.lives = iter(lives)
        self.began: list[float] = []

    async def run(self) -> None:
        self.began.append(now())
        life = next(self.lives, None)
        if life is not None:
            await asyncio.sleep(life)
            raise RuntimeError("it broke")


def test_a_part_starts_again_later_each_time_and_soon_after_a_long_life() -> None:
    part = Part(0, 0, 0, 500, 0)
    at_once(kept_up("the part", part.run))
    assert part.began == [0, 1, 3, 7, 508, 510]


def test_a_part_never_waits_longer_than_a_minute() -> None:
    part = Part(*[0] * 12)
    at_once(kept_up("the part", part.run))
    assert part.began[-1] - part.began[-2] == 60


def test_a_part_that_a_part_of_itself_cancels_starts_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    lives = _lives()

    async def work() -> None:
        if next(lives):
            raise asyncio.CancelledError

    at_once(kept_up("the part", work))
    assert "the part was given up by a part of itself" in caplog.text


def test_a_part_that_is_stopped_stays_so() -> None:
    part = Part(100)

    async def stopped() -> None:
        task = asyncio.create_task(kept_up("the part", part.run))
        await asyncio.sleep(1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    at_once(stopped())
    assert part.began == [0]


def _lives() -> Iterator[bool]:
    yield True
    yield False


def _broken(*_: object, **__: object) -> str:
    raise ZeroDivisionError("a fault of ours")


def _fail_on(name: str, save: object) -> object:
    def odd(library: Library, slug: str, *rest: object, **named: object) -> object:
        if slug == name:
            raise ZeroDivisionError("a fault of ours")
        return save(library, slug, *rest, **named)  # type: ignore[operator]

    return odd
