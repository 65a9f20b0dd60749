"""The ``lab`` command: a table for people, JSON and JUnit's XML, and its exit codes."""

import io
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import pytest

from agent.engines.registry import EngineRegistry
from agent.lab.command import LabTools, run_lab
from agent.lab.options import lab_parser
from agent.lab.play import ActorPlayer, BrokenOff, Task, play
from agent.lab.sound import SoundStage
from agent.platform.settings import Settings
from agent.simulation.observing.observer import LexicalObserver, Observer
from data.lab_runs import Heard, InSound, LabRun
from data.versions import Versions
from personas.source import version_of
from tests.support.persona_text import swap
from tests.support.places import ROOT
from tests.support.scripts import TEXT

GOOD = "---\ntrainee: good\n---\n# At the end\n- expect: resolved; score at least 80\n"
WRONG = "1. Calm down.\n   - expect: intensity at most 9\n"
BROKEN = '1. Hello.\n   - expect: matched "A sincere apologie"\n'
EASY = swap("- Being told to calm down (+2)", "- Being told to calm down (+1)", TEXT)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two personas: one as expected, one not."""
    for name in ("ann-lee", "bob-ray"):
        (tmp_path / f"{name}.md").write_text(TEXT, encoding="utf-8")
    write(tmp_path, "ann-lee", "solves", GOOD)
    write(tmp_path, "bob-ray", "angers", WRONG)
    write(tmp_path, "bob-ray", "solves", GOOD)
    return tmp_path


def write(folder: Path, persona: str, name: str, text: str) -> None:
    path = folder / "scripts" / persona / f"{name}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def lab(
    folder: Path, *arguments: str, in_sound: Any = None, **environ: str
) -> tuple[int, str, str]:
    registry = EngineRegistry()
    values = {"REHEARSAL_DATA": str(folder / "data"), **environ}
    settings = Settings.load(folder, values, engines=registry.settings)
    tools = LabTools(lambda: folder, settings, registry, LexicalObserver, in_sound)
    out, err = io.StringIO(), io.StringIO()
    code = run_lab(lab_parser(registry).parse_args(list(arguments)), tools, out, err)
    return code, out.getvalue(), err.getvalue()


class _Stage(SoundStage):
    """Plays in text what was to be played in real sound, and hears one line wrong."""

    def __init__(self, cost: float | None = 0.0) -> None:
        self._spends = cost

    def play(self, task: Task, observer: Observer, **_: Any) -> LabRun:
        run = play(task, ActorPlayer(), observer)
        heard = (Heard(1, "Hello there.", "Hell o there."), Heard(-1, "Hm.", ""))
        return replace(run, cost=self._spends, sound=InSound(30.0, 25.0, noisy=True, heard=heard))


def in_sound(folder: Path, stage: SoundStage, *arguments: str) -> tuple[int, str, str]:
    return lab(folder, "--audio", *arguments, in_sound=lambda settings, work: work(stage))


def test_in_real_sound_it_says_how_long_it_took_and_what_was_heard(folder: Path) -> None:
    code, out, err = in_sound(folder, _Stage(), "ann-lee")
    assert (code, err) == (0, "")
    assert out.splitlines()[2:5] == [
        "    in real sound: on a noisy line, 30.0 s, 1.20 times its speaking time",
        '    heard "Hell o there." where "Hello there." was said',
        '    heard nothing where "Hm." was said',
    ]
    assert "in real sound" not in lab(folder, "ann-lee")[1]


def test_in_real_sound_a_run_in_json_has_one_key_more(folder: Path) -> None:
    runs = [
        json.loads(out)["runs"][0]
        for _, out, _ in (
            in_sound(folder, _Stage(), "ann-lee", "--json"),
            lab(folder, "ann-lee", "--json"),
        )
    ]
    assert set(runs[0]) - set(runs[1]) == {"sound"}
    assert runs[0]["sound"]["times"] == 1.2
    assert runs[0]["sound"]["heard"][1] == {"turn": -1, "said": "Hm.", "heard": ""}


def test_calls_that_have_cost_what_they_may_are_followed_by_no_other(folder: Path) -> None:
    code, out, _ = in_sound(folder, _Stage(0.3), "bob-ray", "--most-cost", "0.2")
    assert code == 1
    assert "the runs have cost 0.3 USD" in out


def test_where_no_call_can_be_made_the_reason_is_told(folder: Path) -> None:
    def broken(settings: Settings, work: Any) -> Any:
        raise BrokenOff("no call can be made: the LiveKit server does not run")

    code, out, err = lab(folder, "ann-lee", "--audio", in_sound=broken)
    assert (code, out) == (2, "")
    assert err == "lab: no call can be made: the LiveKit server does not run\n"


def test_the_table_says_where_a_persona_left_what_is_expected(folder: Path) -> None:
    code, out, err = lab(folder)
    assert (code, err) == (1, "")
    lines = out.splitlines()
    assert lines[0].startswith("ann-lee (version ")
    assert lines[1].split()[:2] == ["pass", "solves"]
    assert "resolved" in lines[1]
    assert lines[1].rstrip().endswith("3")
    at = next(n for n, line in enumerate(lines) if "FAIL" in line)
    assert lines[at].split()[:3] == ["FAIL", "angers", "offline"]
    assert lines[at].endswith("8→10")
    where = folder / "scripts" / "bob-ray" / "angers.md"
    assert lines[at + 1].strip() == f"{where}:2: intensity at most 9: saw intensity 10 after turn 1"
    assert lines[-1] == "2 of 3 runs passed."


def test_json_is_one_object_as_documented(folder: Path) -> None:
    code, out, _ = lab(folder, "bob-ray", "--json")
    assert code == 1
    values: dict[str, Any] = json.loads(out)
    assert set(values) == {"passed", "runs"}
    assert values["passed"] is False
    first, second = values["runs"]
    assert set(first) == {
        *("persona", "version", "script", "engine", "passed", "resolved", "score", "misses")
    }
    assert (first["persona"], first["script"], first["engine"]) == ("bob-ray", "angers", "offline")
    assert first["misses"] == [
        {"line": 2, "expectation": "intensity at most 9", "saw": "saw intensity 10 after turn 1"}
    ]
    assert (second["passed"], second["resolved"], second["misses"]) == (True, True, [])


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(("ann-lee",), 0), (("bob-ray",), 1), (("ann-lee", "bob-ray"), 1), ((), 1)],
)
def test_a_miss_is_an_exit_code(arguments: tuple[str, ...], code: int, folder: Path) -> None:
    assert lab(folder, *arguments)[0] == code


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nobody",), "there is no persona 'nobody'. Choose one of: ann-lee, bob-ray"),
        (("ann-lee", "--audio"), "leave --audio out"),
        (("ann-lee", "--against", "ffff"), "'ffff' is neither a file nor a version of these"),
    ],
)
def test_bad_usage_names_the_remedy(arguments: tuple[str, ...], words: str, folder: Path) -> None:
    code, out, err = lab(folder, *arguments)
    assert (code, out) == (2, "")
    assert words in err


@pytest.mark.parametrize(
    "arguments",
    [("--engine", "cloud"), ("--repeat", "0"), ("--most-cost", "much"), ("--most-cost", "-1")],
)
def test_what_no_option_can_be_is_bad_usage(arguments: tuple[str, ...], folder: Path) -> None:
    with pytest.raises(SystemExit) as stopped:
        lab(folder, *arguments)
    assert stopped.value.code == 2


def test_without_scripts_it_says_where_one_goes(tmp_path: Path) -> None:
    (tmp_path / "ann-lee.md").write_text(TEXT, encoding="utf-8")
    code, _, err = lab(tmp_path, "ann-lee")
    assert code == 2
    assert f"Write one as {tmp_path / 'scripts' / 'ann-lee'}/NAME.md" in err
    assert lab(tmp_path)[0] == 2


def test_a_script_with_an_error_is_named_and_the_others_are_played(folder: Path) -> None:
    write(folder, "ann-lee", "broken", BROKEN)
    code, out, _ = lab(folder, "ann-lee")
    assert code == 1
    where = folder / "scripts" / "ann-lee" / "broken.md"
    assert f"{where}:2: " in out
    assert "pass  solves" in out
    values = json.loads(lab(folder, "ann-lee", "--json")[1])
    assert values["passed"] is False
    assert {run["script"]: run["passed"] for run in values["runs"]} == {
        "broken": False,
        "solves": True,
    }


def test_a_persona_with_an_error_is_named_and_the_others_are_played(folder: Path) -> None:
    (folder / "ann-lee.md").write_text(TEXT.replace("hard", "brutal"), encoding="utf-8")
    code, out, err = lab(folder, "--json")
    assert code == 1
    assert f"{folder / 'ann-lee.md'}:3: unknown difficulty 'brutal'" in err
    values = json.loads(out)
    assert values["passed"] is False
    assert {run["persona"] for run in values["runs"]} == {"bob-ray"}


def test_a_version_that_is_kept_is_played_beside_and_does_not_decide(folder: Path) -> None:
    (folder / "bob-ray.md").write_text(EASY, encoding="utf-8")
    versions = Versions(folder / "data" / "versions")
    for text in (TEXT, EASY):
        versions.keep("bob-ray", version_of(text), text)
    versions.close()
    code, out, _ = lab(folder, "bob-ray", "--against", version_of(TEXT)[:6], "--json")
    assert code == 0
    passed = {(r["script"], r["version"]): r["passed"] for r in json.loads(out)["runs"]}
    assert passed["angers", version_of(TEXT)[:12]] is False
    assert passed["angers", version_of(EASY)[:12]] is True


def test_a_file_is_played_beside_the_one_persona(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere" / "draft.md"
    other.parent.mkdir()
    other.write_text(EASY, encoding="utf-8")
    code, out, _ = lab(folder, "bob-ray", "--against", str(other))
    assert code == 1
    assert out.count("bob-ray (version ") == 2
    code, _, err = lab(folder, "--against", str(other))
    assert code == 2
    assert "name the one persona" in err


def test_without_a_file_it_is_talked_out_of_its_role_and_measured(tmp_path: Path) -> None:
    (tmp_path / "ann-lee.md").write_text(TEXT, encoding="utf-8")
    code, out, err = lab(tmp_path, "--attempts", "--consistency", "--engine", "offline")
    assert (code, err) == (0, "")
    assert "pass      Talk it out of its role" in out
    assert "measured  Questions for its facts" in out
    assert "lines that agree with each other: not judged" in out
    assert "no text model judged: The offline customer played" in out
    runs = json.loads(lab(tmp_path, "ann-lee", "--consistency", "--engine", "offline", "--json")[1])
    (run,) = runs["runs"]
    assert run["consistency"]["facts"]["by"] in ("code", "")
    assert lab(tmp_path, "ann-lee")[0] == 2, "only when it is asked for"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--spoken",), "played by a model"),
        (("--spoken", "--audio"), "leave --spoken out"),
        (("--consistency", "--audio"), "leave --audio out"),
    ],
)
def test_what_cannot_be_played_together_is_said(
    arguments: tuple[str, ...], words: str, folder: Path
) -> None:
    code, out, err = lab(folder, "ann-lee", *arguments)
    assert (code, out) == (2, "")
    assert words in err


def test_junit_has_a_case_for_each_script(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "lab.xml"
    write(folder, "ann-lee", "broken", BROKEN)
    assert lab(folder, "--junit", str(file))[0] == 1
    root = Xml.parse(file).getroot()
    assert (root.tag, root.get("tests"), root.get("failures"), root.get("errors")) == (
        *("testsuites", "4", "1", "1"),
    )
    cases = {case.get("name"): case for case in root.iter("testcase")}
    assert set(cases) == {"broken (offline)", "solves (offline)", "angers (offline)"}
    failure = cases["angers (offline)"].find("failure")
    assert failure is not None
    where = folder / "scripts" / "bob-ray" / "angers.md"
    assert failure.get("message") == (
        f"{where}:2: intensity at most 9: saw intensity 10 after turn 1"
    )
    assert cases["broken (offline)"].find("error") is not None


def test_a_report_that_cannot_be_written_is_said(folder: Path) -> None:
    code, _, err = lab(folder, "ann-lee", "--junit", str(folder))
    assert code == 2
    assert f"cannot write {folder}" in err


def test_paid_models_are_refused_with_their_cost(folder: Path) -> None:
    options = ("ann-lee", "--engine", "pipeline", "--repeat", "9", "--most-cost", "0.01")
    code, _, err = lab(folder, *options, OPENAI_API_KEY="sk-test")
    assert code == 2
    assert "gpt-4.1: 9 runs, " in err
    assert "the limit is 0.01 USD" in err


def test_the_whole_command_plays_with_the_trained_reader(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "app.py"), "lab", "--personas", str(folder), "--json"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=folder,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    runs = json.loads(done.stdout)["runs"]
    assert [(run["persona"], run["script"]) for run in runs] == [
        ("ann-lee", "solves"),
        ("bob-ray", "angers"),
        ("bob-ray", "solves"),
    ]
