"""A whole call with its job in a process of its own."""

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser

from tests.support.caller import Caller
from tests.support.livekit_apart import LiveKitApart
from tests.support.places import ROOT
from tests.support.running import BRIEF, QUESTION, RunningApp


@contextlib.contextmanager
def worker(apart: LiveKitApart, app: RunningApp, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker in a process that the app knows nothing of."""
    out = ("LIVEKIT_", "REHEARSAL_", "GOOGLE_API", "OPENAI_", "DEEPGRAM_")
    plain = {k: v for k, v in os.environ.items() if not k.startswith(out) or k.endswith("_CACHE")}
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "agent.worker", "--app", app.url],
            cwd=ROOT,
            env={**plain, **apart.environment},
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.mark.call
def test_a_whole_call_with_the_job_in_another_process(
    apart: LiveKitApart, tmp_path: Path, chromium: Browser
) -> None:
    environ = {**apart.environment, "REHEARSAL_OWN_WORKER": "no"}
    app = RunningApp(tmp_path, environ, only=[BRIEF])
    try:
        app.start()
        health = app.wait(lambda health: "agent.worker" in health.get("problem", ""), 240)
        assert health["worker"] == "down"
        with worker(apart, app, tmp_path / "worker.log") as process:
            app.wait_until_ready(240)
            assert app.process is not None
            app.wait(lambda _: recognisers(process) == 1, 60)
            assert recognisers(app.process) == 0, "only the worker hears"
            _play(app, Caller(chromium, app.url))
            app.wait(lambda health: health["calls"]["live"] == 0, 60)
            process.terminate()
            assert process.wait(60) == 0, (tmp_path / "worker.log").read_text()
            app.wait(lambda health: not health["ready"], 120)
    finally:
        app.stop()


def recognisers(process: subprocess.Popen[bytes]) -> int:
    """How many it has."""
    found = 0
    for child in psutil.Process(process.pid).children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):  # some live for a moment only
            words = " ".join(child.cmdline())
            found += "listener" in words and "child_guard" not in words
    return found


def _play(app: RunningApp, caller: Caller) -> None:
    """Speech, a typed turn, an edit in mid-call, and the record."""
    file = app.personas / f"{BRIEF}.md"
    caller.call(BRIEF)
    caller.wait_for_silence()
    caller.say("What is your account number please?")
    # Which words they are depends on how busy the machine is.
    caller.until(lambda: re.search(r"You\n+\w", caller.text()) is not None, "the words")
    caller.wait_for_speech()
    edited = file.read_text().replace("40 77 21 58", "99 88 77 66")
    file.write_text(edited)
    app.wait_for_edit(edited)
    caller.wait_for_silence()
    caller.type(QUESTION)
    caller.wait_for_text("99 88 77 66")
    caller.wait_for_speech()
    caller.end()
    caller.page.get_by_text("See how it went").click()
    caller.page.wait_for_url("**/calls/*")
    caller.wait_for_text("99 88 77 66")
