"""The app as a user runs it: a process of its own, on free ports, with folders of its own."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil

from agent.platform.process.ports import free_tcp_port
from personas.source import version_of
from tests.support.places import ROOT
from tests.support.stalls import WORST, Stall, forbid, read

PREPARED = 1500.0
"""Seconds that a first start may take: the LiveKit server is compiled (2 minutes on 2 cores)."""


BRIEF = "walter-in-brief"
"""Walter Hughes with few words to open with, for calls that only wait for their end."""
OPENING = (
    "Yes, hello? This is Walter Hughes. "
    "My internet's been dead since Wednesday and I can't make heads or tails of it."
)
"""The first line of the project's own Walter Hughes."""
QUESTION = "Could you tell me your account number please?"
APOLOGY = "I am really sorry about the trouble, Mister Hughes."
"""What the reader is sure of by far in calls with him, whatever it is trained on next: that this
asks for that fact, and that this calms him."""


class RunningApp:
    """``uv run app.py`` without the ``uv``; a context manager.

    ``personas`` is a copy of the project's and ``BRIEF``, so that a test may edit it; with ``only``
    of these alone, which takes the app less time to learn. With ``watched`` its loops are looked
    after, see ``stalls``; one that worked for too long fails whoever leaves it. ``watcher`` is the
    module that does so.
    """

    def __init__(
        self,
        folder: Path,
        environ: Mapping[str, str] | None = None,
        *,
        watched: bool = False,
        watcher: str = "tests.support.watched_app",
        only: Collection[str] = (),
    ) -> None:
        self.port = free_tcp_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.data = folder / "data"
        self.personas = folder / "personas"
        self.log = folder / "app.log"
        self._environ = {**plain_environment(), **(environ or {})}
        self.stalls_file = folder / "stalls.jsonl"
        self._before = 0
        self._program = ["-m", watcher, str(self.stalls_file)] if watched else ["app.py"]
        self.process: subprocess.Popen[bytes] | None = None
        self.personas.mkdir(parents=True)
        for file in (ROOT / "personas").glob("*.md"):
            if not only or file.stem in only:
                shutil.copy(file, self.personas)
        if not only or BRIEF in only:
            walter = (ROOT / "personas/walter-hughes.md").read_text("utf-8")
            assert OPENING in walter
            text = walter.replace(OPENING, "Yes, hello? This is Walter.")
            (self.personas / f"{BRIEF}.md").write_text(text, encoding="utf-8")

    def __enter__(self) -> Self:
        self.start()
        self.wait_until_ready()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        if error is None:
            forbid(stall for stall in self.stalls() if stall.worked >= WORST)

    def start(self) -> None:
        """Start the process; see ``wait_until_ready``."""
        arguments = ["--port", str(self.port), "--data", str(self.data)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *self._program, *arguments, "--personas", str(self.personas)],
                cwd=ROOT,
                env=self._environ,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def wait_until_ready(self, seconds: float = PREPARED) -> dict[str, Any]:
        """Wait until a call can be made; returns the last answer of ``/healthz``."""
        health = self.wait(lambda health: bool(health.get("ready")), seconds)
        self._before = len(read(self.stalls_file))
        return health

    def wait(self, condition: Any, seconds: float) -> dict[str, Any]:
        """Wait until ``condition`` holds for ``/healthz``; AssertionError with the log's end."""
        until = time.monotonic() + seconds
        health: dict[str, Any] = {}
        while time.monotonic() < until and self.alive:
            health = self.health()
            if health and condition(health):
                return health
            time.sleep(0.05)
        raise AssertionError(f"the app is not as expected: {health}\n{self.tail()}")

    def wait_for_words(self, words: str, seconds: float = 60.0) -> None:
        """Wait until the log has these words; AssertionError with its end."""
        until = time.monotonic() + seconds
        while words not in self.log.read_text(errors="replace"):
            if time.monotonic() > until or not self.alive:
                raise AssertionError(f"the app has not said {words!r}\n{self.tail()}")
            time.sleep(0.005)

    def health(self) -> dict[str, Any]:
        """The answer of ``/healthz``; empty while there is none."""
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as answer:
                return dict(json.load(answer))
        except (urllib.error.URLError, OSError, ValueError):
            return {}

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self.process is not None and self.process.poll() is None

    def wait_for_edit(self, text: str, seconds: float = 60.0) -> None:
        """Wait until a call that is going on has taken over this text of its persona."""
        until = time.monotonic() + seconds
        while not self._taken_over(version_of(text)):
            if time.monotonic() > until:
                raise AssertionError(f"the edit has not come into a call\n{self.tail()}")
            time.sleep(0.05)

    def _taken_over(self, version: str) -> bool:
        for file in (self.data / "calls").rglob("*.jsonl"):
            *lines, _ = file.read_bytes().split(b"\n")  # the last one may be half written
            edits = [record for record in map(json.loads, lines) if record["kind"] == "edit"]
            outcomes = {edit["outcome"] for edit in edits if edit["version"] == version}
            if outcomes & {"applied", "rebuilt"}:
                return True
        return False

    def livekit_server(self) -> psutil.Process:
        """Its LiveKit server."""
        assert self.process is not None
        for child in psutil.Process(self.process.pid).children(recursive=True):
            with suppress(psutil.NoSuchProcess):  # some live for a moment only
                # Guards bear the server's name in their arguments only.
                if "livekit-server" in child.name() and child.exe() != psutil.Process().exe():
                    return child
        raise AssertionError("there is no LiveKit server")

    def stop(self) -> None:
        """End it as Ctrl+C does, and by force when that takes more than 30 s."""
        if self.process is None:
            return
        if self.alive:
            self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def kill(self) -> None:
        """End it without a chance to clean up."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stalls(self) -> list[Stall]:
        """The times in which a loop of the ``watched`` process worked for long in one piece, since
        it was ready."""
        return read(self.stalls_file)[self._before :]

    def tail(self, lines: int = 40) -> str:
        """The end of its log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


def plain_environment() -> dict[str, str]:
    """This process's environment without what would change the app or NiceGUI's mode."""
    ours = ("NICEGUI_", "PYTEST_", "LIVEKIT_", "REHEARSAL_")
    models = ("GOOGLE_API", "GEMINI_", "OPENAI_", "DEEPGRAM_", "STT_", "LLM_", "TTS_")
    out = (*ours, *models)
    return {name: value for name, value in os.environ.items() if not name.startswith(out)}
