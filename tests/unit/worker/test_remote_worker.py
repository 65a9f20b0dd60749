"""A worker in a process of its own."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.clock import PATIENCE, until
from tests.support.places import ROOT


@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot be sent these there")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_worker_that_is_stopped_while_it_is_loaded_ends_without_a_traceback(
    tmp_path: Path, number: int
) -> None:
    environ = {**os.environ, "PYTHONPROFILEIMPORTTIME": "1"}  # says when a module is imported
    words = tmp_path / "words"
    with words.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "agent.worker", "--app", "http://127.0.0.1:9"],
            cwd=ROOT,
            env=environ,
            stdout=file,
            stderr=file,
        )
    try:
        asyncio.run(until(lambda: "| argparse" in words.read_text()))
        process.send_signal(number)
        code = process.wait(PATIENCE)
    finally:
        process.kill()
        process.wait()
    assert code == 128 + number
    assert "Traceback" not in words.read_text()
