"""What an import says of each file before it writes any, and what each choice then does."""

from collections.abc import Callable
from pathlib import Path

import pytest

from data.imports import Imports
from personas.arrivals import Arrival, Choice, arrivals, not_kept, revised, take
from personas.bundle import Loose, opened
from personas.library import Library
from personas.publishing import with_published
from tests.support.cards import json_card
from tests.support.persona_text import FULL, PLAIN, swap

CRLF = ("\ufeff" + FULL.replace("\n", "\r\n")).encode()
LOUDER = swap("- Speaks fast", "- Speaks louder").encode()
BROKEN = swap("difficulty: hard", "difficulty: brutal").encode()
OTHER = swap("# Persona: Sarah Thompson", "# Persona: Kim Other").encode()


@pytest.fixture
def library(tmp_path: Path) -> Library:
    folder = tmp_path / "personas"
    folder.mkdir()
    (folder / "sarah.md").write_bytes(FULL.encode())
    (folder / "ann.md").write_bytes(PLAIN.encode())
    return Library(folder)


@pytest.fixture
def imports(tmp_path: Path) -> Imports:
    return Imports(tmp_path / "imports")


def files(library: Library) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(library.folder.iterdir())}


def act(
    library: Library,
    *chosen: tuple[Arrival, Choice],
    note: Callable[[str, str], None] = lambda slug, text: None,
) -> list[tuple[str, str, bool]]:
    outcomes = [take(arrival, choice, library, "kim", note) for arrival, choice in chosen]
    return [(outcome.slug, outcome.words, outcome.good) for outcome in outcomes]


def hidden(data: bytes) -> bytes:
    return with_published(data.decode(), False).encode()


def text_here(library: Library, slug: str) -> str:
    entry = library.get(slug)
    assert entry is not None
    return entry.text


def edit(library: Library, slug: str, old: str, new: str) -> None:
    """The author changes the persona that is here."""
    entry = library.get(slug)
    assert entry is not None
    assert old in entry.text
    library.save(slug, entry.text.replace(old, new), base=entry.version, author="kim")


def test_an_import_says_first_what_it_would_do(library: Library) -> None:
    before = files(library)
    found = arrivals(
        [
            Loose("sarah.md", LOUDER),
            Loose("x/ann.md", PLAIN.encode()),
            Loose("Kim Other.md", OTHER),
            Loose("broken.md", BROKEN.replace(b"Sarah Thompson", b"Bo Ken")),
            Loose("bad.md", trouble="It is empty."),
            Loose("sarah.md", OTHER.replace(b"Kim Other", b"Lee Other")),
        ],
        library,
    )
    assert [(a.slug, a.state, a.usual) for a in found] == [
        ("sarah-2", "differs", "skip"),
        ("ann-2", "same", "skip"),
        ("kim-other", "new", "take"),
        ("broken", "new", "skip"),
        ("", "unusable", "skip"),
        ("sarah-3", "new", "take"),
    ]
    assert [a.update.slug if a.update else "" for a in found[:3]] == ["sarah", "ann", ""]
    assert [finding.line for finding in found[3].findings] == [3]
    assert files(library) == before


def test_it_says_what_each_would_become(library: Library) -> None:
    louder, broken = arrivals([Loose("new.md", OTHER), Loose("b.md", BROKEN)], library)
    found = louder.outlined
    assert (found.title, found.language) == ("Billing Dispute · Kim Other", "th-TH")
    assert found.opening
    assert (found.facts > 0, found.rules > 0, found.objectives > 0) == (True, True, True)
    assert broken.outlined.title == "Billing Dispute · Sarah Thompson"  # also with an error


def test_each_choice_does_what_it_says(library: Library) -> None:
    (differs,) = arrivals([Loose("sarah.md", LOUDER)], library)
    assert act(library, (differs, "skip")) == [("", "Skipped.", True)]
    both = act(library, (differs, "both"))
    assert both == [("sarah-2", "Imported as sarah-2.md, unpublished.", True)]
    assert act(library, (differs, "update")) == [("sarah", "sarah.md is updated.", True)]
    (fresh,) = arrivals([Loose("fresh.md", CRLF.replace(b"Sarah", b"Zoe"))], library)
    taken = act(library, (fresh, "take"))
    assert taken == [("fresh", "Imported as fresh.md, unpublished.", True)]
    assert files(library) == {
        "ann.md": PLAIN.encode(),
        "fresh.md": hidden(CRLF.replace(b"Sarah", b"Zoe")),
        "sarah-2.md": hidden(LOUDER),
        "sarah.md": LOUDER,
    }


def test_a_file_with_errors_can_be_taken_to_mend_it(library: Library) -> None:
    (broken,) = arrivals([Loose("broken.md", BROKEN.replace(b"Sarah", b"Zoe"))], library)
    assert act(library, (broken, "take"))[0][0] == "broken"
    entry = library.get("broken")
    assert entry is not None
    assert entry.errors
    assert not entry.published


@pytest.mark.parametrize(
    "front", ["---\nscenario: A\n", "---\n- a list\n---\n", "---\na: [\n---\n"]
)
def test_what_cannot_be_marked_as_unpublished_is_mended_first(library: Library, front: str) -> None:
    (held,) = arrivals([Loose("held.md", f"{front}{PLAIN}".encode())], library)
    assert (held.choices, held.usual) == ((), "skip")
    assert "Mend" in held.obstacle
    ((slug, words, good),) = act(library, (held, "take"))
    assert (slug, good) == ("", False)
    assert "Mend" in words
    mended = revised(
        held, f"---\nscenario: A\n---\n{PLAIN.replace('Ann', 'Eve')}", library, not_kept
    )
    assert (mended.obstacle, mended.usual, mended.slug) == ("", "take", "held")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Sure, here is the file:\n\n", ""),
        ("```markdown\n", "```\n"),
        ("Here you go:\n```\n", "```\nLet me know if you want changes!\n"),
    ],
)
def test_what_stands_around_a_file_is_mended_before_it_is_taken(
    library: Library, before: str, after: str
) -> None:
    """Else ``published: no`` would stand before it, and the file's own front matter below."""
    whole = OTHER.decode()
    (held,) = arrivals([Loose("held.md", f"{before}{whole}{after}".encode())], library)
    assert (held.choices, held.mended) == ((), whole)
    better = revised(held, held.mended, library, not_kept)
    assert (better.choices, better.mended, better.state) == (("take", "skip"), "", "new")


def test_nobody_is_overtaken(library: Library) -> None:
    differs, fresh, same, bad = arrivals(
        [
            Loose("sarah.md", LOUDER),
            Loose("fresh.md", OTHER),
            Loose("ann.md", PLAIN.encode()),
            Loose("bad.md", trouble="It is empty."),
        ],
        library,
    )
    assert differs.update is not None
    library.save("sarah", PLAIN, base=differs.update.version, author="lee")
    library.save("fresh", PLAIN, base=None, author="lee")
    told = act(library, (differs, "update"), (fresh, "take"), (same, "update"), (bad, "take"))
    assert [good for _, _, good in told] == [False, True, True, False]
    assert "changed meanwhile" in told[0][1]
    assert "fresh-2.md" in told[1][1]
    assert files(library)["sarah.md"] == files(library)["fresh.md"] == PLAIN.encode()


def test_a_card_is_known_again_by_its_name(library: Library, imports: Imports) -> None:
    """Whatever its file is called by now, and what its author has written stays."""
    (loose,) = opened([("a.json", json_card())])
    (arrival,) = arrivals([loose], library, imports.text)
    assert (arrival.slug, arrival.state, arrival.usual) == ("mira-holt", "new", "take")
    act(library, (arrival, "take"), note=imports.note)
    library.save("baker", text_here(library, "mira-holt"), base=None, author="kim")
    (library.folder / "mira-holt.md").unlink()
    library.look("mira-holt", author="kim")
    imports.renamed("mira-holt", "baker")
    edit(library, "baker", "# Test Objectives", "# Test Objectives\n- Names a day")
    (changed,) = opened([("b.json", json_card(description="Sells shoes now."))])
    (again,) = arrivals([changed], library, imports.text)
    assert (again.state, again.usual, again.slug) == ("differs", "skip", "mira-holt")
    retitled = revised(
        again, again.text.replace("scenario:", "scenario: My"), library, imports.text
    )
    assert (retitled.state, retitled.draft) == ("differs", True)
    assert again.update is not None
    assert (again.update.slug, again.update.kept, again.update.lost) == ("baker", True, ())
    act(library, (again, "update"), note=imports.note)
    text = text_here(library, "baker")
    assert "- Names a day" in text
    assert "Sells shoes now" in text
    assert "published: no" in text
    (third,) = arrivals([changed], library, imports.text)
    assert third.state == "same"


@pytest.mark.parametrize("published", [True, False])
def test_an_update_leaves_it_published_or_not(
    library: Library, imports: Imports, published: bool
) -> None:
    entry = library.get("sarah")
    assert entry is not None
    text = with_published(with_published(entry.text, not published), published)
    library.save("sarah", text, base=entry.version, author="kim")
    (found,) = arrivals([Loose("sarah.md", hidden(LOUDER))], library, imports.text)
    assert found.update is not None
    assert act(library, (found, "update"))[0][2]
    after = library.get("sarah")
    assert after is not None
    assert after.published is published
    assert "Speaks louder" in after.text


def test_published_or_not_is_no_difference(library: Library) -> None:
    (found,) = arrivals([Loose("sarah.md", hidden(FULL.encode()))], library)
    assert found.state == "same"


def test_an_update_says_what_it_would_cost(library: Library, imports: Imports) -> None:
    edit(library, "sarah", "- Speaks fast", "- Speaks slowly")
    (unknown,) = arrivals([Loose("sarah.md", FULL.encode())], library, imports.text)
    assert unknown.update is not None
    assert (unknown.update.kept, unknown.update.lost) == (False, ("- Speaks slowly",))
    imports.note("sarah", FULL)
    (both,) = arrivals([Loose("sarah.md", LOUDER)], library, imports.text)
    assert both.update is not None
    assert (both.update.kept, both.update.lost) == (True, ("- Speaks slowly",))
    assert "- Speaks louder" in both.update.after
    assert "<<<<" not in both.update.after
    (nothing,) = arrivals([Loose("sarah.md", FULL.encode())], library, imports.text)
    assert nothing.state == "same"  # it is what came before; what was changed here stays


def test_an_update_keeps_the_line_ends_of_the_file(library: Library, imports: Imports) -> None:
    entry = library.get("sarah")
    assert entry is not None
    library.save("sarah", CRLF.decode(), base=entry.version, author="kim")
    imports.note("sarah", FULL)
    edit(library, "sarah", "# Constraints\r\n", "# Constraints\r\n- Mine\r\n")
    (found,) = arrivals([Loose("sarah.md", LOUDER)], library, imports.text)
    assert found.update is not None
    assert found.update.after == CRLF.decode().replace("fast", "louder", 1).replace(
        "# Constraints\r\n", "# Constraints\r\n- Mine\r\n"
    )


def test_a_text_that_was_changed_on_the_page_is_judged_anew(library: Library) -> None:
    found = arrivals([Loose("b.md", BROKEN), Loose("c.md", OTHER)], library)
    names = [arrival.slug for arrival in found[1:]]
    text = BROKEN.decode().replace("brutal", "hard").replace("Sarah", "Zoe")
    mended = revised(found[0], text, library, not_kept, names)
    assert (mended.errors, mended.state, mended.slug, mended.usual) == (0, "new", "b", "take")
    broken = revised(mended, text.replace("hard", "brutal"), library, not_kept, names)
    assert (broken.errors, broken.usual) == (1, "skip")


def test_one_persona_is_updated_once(library: Library) -> None:
    one, other = arrivals([Loose("sarah.md", LOUDER), Loose("sarah.md", BROKEN)], library)
    assert [one.state, other.state] == ["differs", "new"]


def test_notes_tell_what_is_kept_and_what_is_not(library: Library) -> None:
    notes = ("The language is a guess.", "Pictures are left out.", "“Story” was cut off.")
    (found,) = arrivals([Loose("a.md", OTHER, notes=notes)], library)
    assert (found.kept, found.dropped) == (notes[:1], notes[1:])


def test_a_folder_that_cannot_be_written(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    (fresh,) = arrivals([Loose("fresh.md", OTHER)], library)
    monkeypatch.setattr("personas.files.tempfile.mkstemp", full)
    ((slug, words, good),) = act(library, (fresh, "take"))
    assert (slug, good) == ("", False)
    assert "no space left" in words
