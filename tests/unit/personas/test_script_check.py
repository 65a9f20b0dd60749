"""``check`` reads scripts too: in folder mode, by path, and with a persona that was edited."""

import io
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from personas.cli import Form, run_check
from personas.script_places import place_of
from tests.support.persona_text import FULL
from tests.support.places import ROOT

GOOD = '1. I am so sorry.\n   - expect: matched "A sincere apology"\n# At the end\n- not resolved\n'
WRONG = '1. Hi.\n   - expect: matched "A sincere apologies"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sarah.md").write_text(FULL, encoding="utf-8")
    scripts = tmp_path / "scripts" / "sarah"
    scripts.mkdir(parents=True)
    (scripts / "good.md").write_text(GOOD, encoding="utf-8")
    return tmp_path


def check(*paths: Path, form: Form = "text") -> tuple[int, str]:
    out = io.StringIO()
    return run_check(list(paths), form, out, guards=("assistant",)), out.getvalue()


def files(*paths: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(check(*paths, form="json")[1])["files"]
    return found


def test_a_folder_with_scripts(folder: Path) -> None:
    assert check(folder) == (0, "1 persona and 1 script checked, nothing found\n")
    assert [(Path(f["path"]).name, f["kind"], f["ok"]) for f in files(folder)] == [
        ("sarah.md", "persona", True),
        ("good.md", "script", True),
    ]


@pytest.mark.parametrize("path", ["scripts", "scripts/sarah", "scripts/sarah/good.md"])
def test_scripts_by_path(folder: Path, path: str) -> None:
    assert [f["kind"] for f in files(folder / path)] == ["script"]
    (folder / "scripts" / "sarah" / "good.md").write_text(WRONG, encoding="utf-8")
    code, out = check(folder / path)
    assert code == 1
    assert out.startswith(f"{folder}/scripts/sarah/good.md:2: error: 'A sincere apologies' is no")


def test_an_edit_that_takes_a_rule_away_is_found_where_a_script_names_it(folder: Path) -> None:
    persona = folder / "sarah.md"
    assert [f["kind"] for f in files(persona)] == ["persona"]
    persona.write_text(FULL.replace("A sincere apology", "A plain excuse"), encoding="utf-8")
    code, out = check(persona)
    assert code == 1
    assert "good.md:2: error: 'A sincere apology' is no rule of the persona" in out
    both = files(persona, folder / "scripts" / "sarah" / "good.md")
    assert [f["kind"] for f in both] == ["persona", "script"]
    assert check(folder, form="github")[1].startswith("::error file=")


def test_a_persona_with_an_error_keeps_the_names_of_its_scripts(folder: Path) -> None:
    text = FULL.replace("difficulty: hard", "difficulty: tough")
    (folder / "sarah.md").write_text(text, encoding="utf-8")
    assert [len(f["findings"]) for f in files(folder)] == [1, 0]


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("scripts/nobody/good.md", "there is no persona"),
        ("scripts/sarah/Good one.md", "the app skips a script of this name"),
        ("scripts/good.md", "a script lies in the folder of its persona"),
    ],
)
def test_scripts_that_nothing_plays(folder: Path, place: str, said: str) -> None:
    path = folder / place
    path.parent.mkdir(exist_ok=True)
    path.write_text(GOOD, encoding="utf-8")
    found = next(f for f in files(folder) if f["path"] == str(path))
    assert said in found["findings"][0]["message"]


@pytest.mark.parametrize("name", ["README.md", ".hidden.md", "notes.txt", "deep/er.md"], ids=str)
def test_files_that_are_no_scripts(folder: Path, name: str) -> None:
    path = folder / "scripts" / "sarah" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("Nothing.", encoding="utf-8")
    assert len(files(folder)) == 2


def test_personas_in_a_folder_that_is_called_scripts(tmp_path: Path) -> None:
    for folder in (tmp_path / "scripts", tmp_path / "scripts" / "ours"):
        folder.mkdir()
        (folder / "sarah.md").write_text(FULL, encoding="utf-8")
        assert [f["kind"] for f in files(folder)] == ["persona"]
        assert [f["kind"] for f in files(folder / "sarah.md")] == ["persona"]


def test_a_script_that_cannot_be_read_costs_no_other(folder: Path) -> None:
    scripts = folder / "scripts" / "sarah"
    os.mkfifo(scripts / "pipe.md")
    (scripts / "dir.md").mkdir()
    (scripts / "link.md").symlink_to(folder / "gone.md")
    found = {Path(f["path"]).name: f["ok"] for f in files(folder)}
    assert found == {
        "sarah.md": True,
        "dir.md": False,
        "good.md": True,
        "link.md": False,
        "pipe.md": False,
    }


def test_the_guards_that_a_script_may_name(folder: Path) -> None:
    path = folder / "scripts" / "sarah" / "guards.md"
    path.write_text('1. Hi.\n# At the end\n- no guard broken "helper"\n', encoding="utf-8")
    assert "the guards are assistant" in check(path)[1]


@pytest.mark.parametrize(
    ("path", "persona"),
    [
        ("a/scripts/sarah/x.md", "a/sarah.md"),
        ("scripts/sarah/x.md", "sarah.md"),
        ("/a/b/scripts/sarah/x.md", "/a/b/sarah.md"),
    ],
)
def test_places(path: str, persona: str) -> None:
    place = place_of(Path(path))
    assert place is not None
    assert (place.persona, place.slug, place.name) == (Path(persona), "sarah", "x")


@pytest.mark.parametrize("path", ["a/sarah.md", "scripts/x.md", "scripts/sarah/x.txt", "x.md"])
def test_no_places(path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert place_of(Path(path)) is None


def test_the_hook_reads_scripts(folder: Path) -> None:
    (folder / "scripts" / "sarah" / "good.md").write_text(WRONG, encoding="utf-8")
    command = ["python", str(ROOT / "personas" / "pre_commit.py"), "scripts/sarah/good.md"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert done.stdout.startswith("scripts/sarah/good.md:2: error: ")
