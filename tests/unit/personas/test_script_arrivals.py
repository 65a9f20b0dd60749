"""Scripts come along with their persona in an import."""

from pathlib import Path

import pytest

from personas.arrivals import Arrival, arrivals, take
from personas.bundle import Loose, opened, packed
from personas.files import SaveError
from personas.library import Library
from personas.script_arrivals import ArrivedScript, parted, place, scripts_of
from personas.script_library import ScriptLibrary
from tests.support.persona_text import FULL

SCRIPT = b"1. Hi.\n# At the end\n- not resolved\n"


def zipped(*names: str) -> list[Loose]:
    files = [(n, SCRIPT if "scripts/" in n else FULL.encode()) for n in names]
    return opened([("all.zip", packed(files))])


@pytest.mark.parametrize("above", ["", "ours/", "a/b/"])
def test_scripts_belong_to_their_persona(above: str) -> None:
    names = ("sarah.md", "ann.md", "scripts/sarah/good.md", "scripts/sarah/rude.md")
    found = zipped(*(f"{above}{name}" for name in names))
    personas, scripts = parted(found)
    assert [file.name for file in personas] == [f"{above}ann.md", f"{above}sarah.md"]
    assert scripts_of(personas[0], scripts) == ()
    assert [script.source for script in scripts_of(personas[1], scripts)] == [
        f"{above}scripts/sarah/good.md",
        f"{above}scripts/sarah/rude.md",
    ]


@pytest.mark.parametrize("names", [("scripts/sarah/good.md",), ("ann.md", "scripts/sarah/x.md")])
def test_a_script_without_its_persona_says_so(names: tuple[str, ...]) -> None:
    personas, scripts = parted(zipped(*names))
    assert scripts == {}
    assert "a script of sarah.md" in personas[-1].trouble


@pytest.mark.parametrize("name", ["scripts/sarah.md", "other/sarah/good.md", "scripts.md"])
def test_personas_stay_personas(name: str) -> None:
    assert [file.trouble for file in parted(zipped(name))[0]] == [""]


def test_an_import_brings_them(tmp_path: Path) -> None:
    library = Library(tmp_path)
    found = arrivals(zipped("sarah.md", "scripts/sarah/good.md"), library)
    assert [(arrival.slug, len(arrival.scripts)) for arrival in found] == [("sarah", 1)]
    outcome = take(found[0], "take", library, "ann")
    assert outcome.words.endswith("1 script came with it.")
    scripts = ScriptLibrary(library)
    assert [(entry.slug, entry.name) for entry in scripts.entries()] == [("sarah", "good")]
    both = [("sarah.md", (tmp_path / "sarah.md").read_bytes()), *scripts.files_of("sarah")]
    assert [arrival.state for arrival in arrivals(opened([("a.zip", packed(both))]), library)] == [
        "same"
    ]


def test_scripts_that_are_not_here_come_to_a_persona_that_is(tmp_path: Path) -> None:
    library = Library(tmp_path)
    names = ("sarah.md", "scripts/sarah/good.md")
    take(arrivals(zipped(*names), library)[0], "take", library, "ann")
    here = (tmp_path / "sarah.md").read_bytes()

    def again(*more: str) -> Arrival:
        files = [("sarah.md", here), *((name, SCRIPT) for name in (*names[1:], *more))]
        (found,) = arrivals(opened([("a.zip", packed(files))]), library)
        return found

    assert again().choices == ()
    found = again("scripts/sarah/rude.md")
    assert (found.state, found.choices, found.usual) == ("same", ("scripts", "skip"), "scripts")
    assert [script.source for script in found.scripts] == ["scripts/sarah/rude.md"]
    assert take(found, "skip", library, "ann").slug == ""
    outcome = take(found, found.usual, library, "ann")
    assert outcome.words == "sarah.md is here, the same. 1 script came with it."
    assert (tmp_path / "sarah.md").read_bytes() == here
    assert [entry.name for entry in ScriptLibrary(library).entries()] == ["good", "rude"]


def test_scripts_alone_come_to_a_persona_that_is_here(tmp_path: Path) -> None:
    library = Library(tmp_path)
    take(arrivals(zipped("sarah.md"), library)[0], "take", library, "ann")
    found = arrivals(zipped("scripts/sarah/good.md", "scripts/nobody/rude.md"), library)
    ours, others = sorted(found, key=lambda each: each.state == "unusable")
    assert (ours.source, ours.state, ours.usual) == ("sarah.md", "same", "scripts")
    assert others.trouble.startswith("It is a script of nobody.md, which is neither")
    assert take(ours, ours.usual, library, "ann").slug == "sarah"
    assert [entry.name for entry in ScriptLibrary(library).entries()] == ["good"]
    assert arrivals(zipped("scripts/sarah/good.md"), library)[0].choices == ()


def test_they_are_placed_beside_others(tmp_path: Path) -> None:
    good, named = ArrivedScript("scripts/a/good.md", SCRIPT), ArrivedScript("s/a/Gut so.md", SCRIPT)
    assert place((good, named), tmp_path, "sally") == 2
    assert place((good, ArrivedScript("scripts/a/good.md", b"1. Ho.")), tmp_path, "sally") == 2
    folder = tmp_path / "scripts" / "sally"
    assert sorted(path.name for path in folder.iterdir()) == ["good-2.md", "good.md", "gut-so.md"]
    assert (folder / "good.md").read_bytes() == SCRIPT


def test_they_stay_in_the_personas_folder(tmp_path: Path) -> None:
    away, personas = tmp_path / "away", tmp_path / "personas"
    away.mkdir()
    (personas / "scripts").mkdir(parents=True)
    (personas / "scripts" / "sally").symlink_to(away)
    with pytest.raises(SaveError, match="leads out"):
        place((ArrivedScript("scripts/a/good.md", SCRIPT),), personas, "sally")
    assert list(away.iterdir()) == []
