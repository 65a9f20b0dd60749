"""The end of a process by a signal, at a moment that is as bad as can be."""

import subprocess
import sys

import pytest

from tests.support.clock import PATIENCE
from tests.support.places import ROOT

BEGIN = """
import os, signal, threading, time
from agent.platform.process.stopping import Stopping

stopping = Stopping(limit=0.2)
stopping.install()
"""
SIGNAL = "os.kill(os.getpid(), signal.SIGTERM)"
pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="a process cannot send itself these there"
)


def code_of(*lines: str) -> int:
    """The exit code of a process that does these lines."""
    script = BEGIN + "\n".join(lines)
    return subprocess.run([sys.executable, "-c", script], cwd=ROOT, timeout=PATIENCE).returncode


def test_before_there_is_anything_to_close_it_ends_at_once() -> None:
    assert code_of(SIGNAL, "time.sleep(600)") == 143


def test_what_does_not_close_is_ended() -> None:
    assert code_of("stopping.serve(lambda: None)", SIGNAL, "time.sleep(600)") == 143


def test_a_signal_while_a_thread_is_being_started_ends_it_as_well() -> None:
    """Its handler runs in between, and can start none then."""
    assert (
        code_of(
            "stopping.serve(lambda: None)",
            "with threading._active_limbo_lock:",
            f"    {SIGNAL}",
            "    time.sleep(600)",
        )
        == 143
    )


def test_what_has_closed_in_time_ends_well_whatever_still_runs() -> None:
    assert (
        code_of(
            "stopping.serve(stopping.closed)",
            "stopping._limit = 600.0",
            SIGNAL,
            "time.sleep(600)",
        )
        == 0
    )


def test_it_leaves_without_taking_the_interpreter_down() -> None:
    """What was written is out; threads of a library that still call into Python abort it then."""
    script = BEGIN + "import atexit\natexit.register(print, 'going down')\n"
    script += "print('the last line')\nstopping.leave()"
    ended = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, timeout=PATIENCE, capture_output=True, text=True
    )
    assert (ended.returncode, ended.stdout) == (0, "the last line\n")
