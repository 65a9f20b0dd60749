"""The command line as a user has it: a process, its words and its exit code."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from agent.platform.process.ports import free_tcp_port
from data.store import Store
from tests.support.persona_text import FULL, PLAIN
from tests.support.places import ROOT
from tests.support.running import RunningApp


def app(*arguments: object, **environ: str) -> "subprocess.CompletedProcess[str]":
    """``app.py`` with these arguments, run to its end."""
    plain = {name: value for name, value in os.environ.items() if not _ours(name)}
    return subprocess.run(
        [sys.executable, "app.py", *map(str, arguments)],
        cwd=ROOT,
        env=plain | environ,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=240,
    )


WORDS = {"REHEARSAL_OBSERVER": "lexical"}


def _ours(name: str) -> bool:
    return name.startswith(("NICEGUI_", "PYTEST_", "LIVEKIT_", "REHEARSAL_"))


def one_line(done: "subprocess.CompletedProcess[str]") -> str:
    """The one line that a start that cannot be says, instead of a traceback."""
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    return line


@pytest.fixture
def folders(tmp_path: Path) -> list[str | Path]:
    """Arguments that keep a start away from the project's own folders."""
    return ["--data", tmp_path / "data", "--personas", tmp_path / "personas"]


@pytest.fixture
def personas(tmp_path: Path) -> Path:
    """A folder with a good persona file, and one with an error."""
    folder = tmp_path / "personas"
    folder.mkdir()
    (folder / "ann-lee.md").write_text(PLAIN)
    (folder / "broken.md").write_text(FULL.replace("difficulty: hard", "difficulty: huge"))
    return folder


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--help"], ["--host", "--port", "--data", "--personas", "check", "rehearse"]),
        (["check", "--help"], ["PATH", "--json"]),
        (["rehearse", "--help"], ["PERSONA", "--trainee", "good, rude or clueless", "--json"]),
    ],
)
def test_help_names_what_there_is(arguments: list[str], words: list[str]) -> None:
    done = app(*arguments)
    assert (done.returncode, done.stderr) == (0, "")
    assert all(word in done.stdout for word in words)


@pytest.mark.parametrize(
    "arguments", [["--no-such"], ["serve"], ["check", "--no-such"], ["rehearse", "ann-lee"]]
)
def test_what_it_does_not_know_is_a_usage_error(arguments: list[str]) -> None:
    done = app(*arguments)
    assert done.returncode == 2
    assert done.stderr.startswith("usage: app.py")
    assert "Traceback" not in done.stderr


def test_the_project_s_personas_pass_the_check() -> None:
    done = app("check")
    assert (done.returncode, done.stderr) == (0, "")


def test_check_says_where_and_fails(personas: Path) -> None:
    done = app("check", personas)
    assert done.returncode == 1
    assert f"{personas / 'broken.md'}:3: error: " in done.stdout
    assert app("check", personas / "ann-lee.md").returncode == 0


def test_check_and_rehearse_look_where_the_app_does(personas: Path) -> None:
    done = app("check", REHEARSAL_PERSONAS=str(personas))
    assert done.returncode == 1
    assert f"{personas / 'broken.md'}:3: error: " in done.stdout
    done = app(
        "rehearse", "ann-lee", "--trainee", "good", REHEARSAL_PERSONAS=str(personas), **WORDS
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "REHEARSAL_PERSONAS" in one_line(app("check", REHEARSAL_PERSONAS="~nobody-of-this/x"))


def test_check_as_json(personas: Path) -> None:
    done = app("check", personas, "--json")
    files = json.loads(done.stdout)["files"]
    assert done.returncode == 1
    assert all(file["rules"] for file in files)
    assert [finding["level"] for finding in files[1]["findings"]] == ["error"]


def test_a_reader_that_leaves_early_costs_no_traceback() -> None:
    """As in ``app.py check --json | head -1``."""
    with subprocess.Popen(
        [sys.executable, "app.py", "check", "--json"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""


def test_rehearse_plays_a_persona_in_text(personas: Path, tmp_path: Path) -> None:
    lines = tmp_path / "trainee.txt"
    lines.write_text("I am so sorry, I apologise.\nPlease wait.\n")
    done = app("rehearse", "ann-lee", "--trainee", lines, "--personas", personas, "--json", **WORDS)
    assert (done.returncode, done.stderr) == (0, "")
    played = json.loads(done.stdout)
    trainee = [turn for turn in played["turns"] if turn["speaker"] == "trainee"]
    assert [turn["text"] for turn in trainee] == lines.read_text().splitlines()
    assert [len(turn["matched"]) for turn in trainee] == [1, 1]
    assert (played["engine"], played["resolved"]) == ("offline", False)


def test_observe_tells_what_each_line_does(personas: Path, tmp_path: Path) -> None:
    lines = tmp_path / "turns.txt"
    lines.write_text("I am so sorry, I apologise.\nThe weather is nice.\n")
    done = app("observe", "ann-lee", lines, "--personas", personas, "--json", **WORDS)
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert [len(turn["matches"]) for turn in told["turns"]] == [1, 0]


@pytest.mark.parametrize(
    ("persona", "trainee"), [("nobody", "good"), ("ann-lee", "no-such-file"), ("broken", "good")]
)
def test_rehearse_says_what_it_cannot_play(personas: Path, persona: str, trainee: str) -> None:
    done = app("rehearse", persona, "--trainee", trainee, "--personas", personas)
    assert done.returncode != 0
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr


def test_a_busy_port_is_one_clear_line(folders: list[str | Path]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        line = one_line(app("--port", port, *folders))
    assert line == (
        f"Port {port} is in use by another program. "
        f"Stop it, or choose another port: uv run app.py --port {port + 1}"
    )
    assert not Path(folders[1]).exists()  # nothing was begun


@pytest.mark.parametrize(
    ("arguments", "environ", "words"),
    [
        (["--port", "many"], {}, "port"),
        (["--port", "70000"], {}, "port"),
        ([], {"REHEARSAL_MAX_CALLS": "none"}, "REHEARSAL_MAX_CALLS"),
        ([], {"LIVEKIT_URL": "ftp://livekit.example"}, "LIVEKIT_URL"),
        (
            [],
            {"LIVEKIT_URL": "wss://livekit.example", "LIVEKIT_API_KEY": "key"},
            "LIVEKIT_API_SECRET",
        ),
        (["--host", "no.such.host.invalid"], {}, "no.such.host.invalid"),
        (["--host", "192.0.2.1"], {}, "192.0.2.1"),
        (["--host", "ä" * 80], {}, "no name of a machine"),
    ],
)
def test_a_bad_setting_is_named(
    folders: list[str | Path], arguments: list[str], environ: dict[str, str], words: str
) -> None:
    assert words.lower() in one_line(app(*arguments, *folders, **environ)).lower()


def test_a_second_process_on_the_same_data_is_refused(
    folders: list[str | Path], tmp_path: Path
) -> None:
    store = Store(tmp_path / "data")
    try:
        line = one_line(app("--port", free_tcp_port(), *folders))
    finally:
        store.close()
    assert str(tmp_path / "data") in line
    assert "another" in line.lower()


def test_a_data_folder_that_is_a_file_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("no folder")
    line = one_line(app("--port", free_tcp_port(), "--data", tmp_path / "data"))
    assert str(tmp_path / "data") in line


def test_it_serves_and_stops_with_nothing_said_but_where(tmp_path: Path) -> None:
    """With an empty cache: the page is there, and Ctrl+C does not wait for what is being made."""
    environ = {
        "REHEARSAL_CACHE": str(tmp_path / "cache"),
        "LIVEKIT_URL": "ws://127.0.0.1:9",
        "LIVEKIT_API_KEY": "key",
        "LIVEKIT_API_SECRET": "s" * 32,
        "PATH": "/nowhere",
    }
    running = RunningApp(tmp_path / "app", environ)
    running.start()
    try:
        health = running.wait(bool, 240)
        assert health["ready"] is False
        with urllib.request.urlopen(f"{running.url}/login", timeout=60) as page:
            assert b"Rehearsal" in page.read()
    finally:
        running.stop()
    assert running.process is not None
    assert running.process.returncode == 0  # not killed, as ``stop`` does in the end
    assert f"http://localhost:{running.port}" in running.log.read_text()
    assert "Traceback" not in running.log.read_text()


INT, TERM = signal.SIGINT, signal.SIGTERM


@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot be sent these there")
@pytest.mark.parametrize(
    ("moment", "signals"),
    [
        ("| argparse", [INT]),
        ("| nicegui", [TERM]),
        ("Rehearsal is on", [TERM]),
        ("Rehearsal is on", [INT, INT, TERM]),
    ],
)
def test_a_signal_ends_it_at_any_moment_without_a_traceback(
    tmp_path: Path, moment: str, signals: list[signal.Signals]
) -> None:
    environ = {
        "REHEARSAL_CACHE": str(tmp_path / "cache"),
        "LIVEKIT_URL": "ws://127.0.0.1:9",
        "LIVEKIT_API_KEY": "key",
        "LIVEKIT_API_SECRET": "s" * 32,
        "PYTHONPROFILEIMPORTTIME": "1",  # which says when a module has been imported
    }
    running = RunningApp(tmp_path / "app", environ)
    running.start()
    process = running.process
    assert process is not None
    try:
        running.wait_for_words(moment)
        for number in signals:
            process.send_signal(number)
        code = process.wait(30)
    finally:
        running.stop()
    at_once = moment.startswith("|")
    assert code in ([] if at_once else [0]) + [128 + signals[0]]
    assert "Traceback" not in running.log.read_text()


def test_what_the_first_page_needs_does_not_wait_for_livekit_to_be_imported() -> None:
    program = "import sys, agent.calls.calls, ui.pages; print('livekit' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert (done.stdout.strip(), done.stderr) == ("False", "")
