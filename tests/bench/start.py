"""From the command to a served page, when everything is prepared."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from agent.platform.process.ports import free_tcp_port
from tests.bench.figures import spread
from tests.support.places import ROOT
from tests.support.running import RunningApp

RUNS = 5


def measure() -> Iterator[tuple[str, str]]:
    """``uv run app.py`` to the first page, and to calls being possible."""
    pages, ready = [], []
    with tempfile.TemporaryDirectory() as folder:
        with RunningApp(Path(folder)):
            pass  # everything is prepared after this
        for _ in range(RUNS):
            page, call = start_of(Path(folder) / "data")
            pages.append(page)
            ready.append(call)
    yield "command to a served page", spread(pages)
    yield "command to calls", spread(ready)


def start_of(data: Path) -> tuple[float, float]:
    """Seconds from the command, on that data folder, to a served page and to calls."""
    port = free_tcp_port()
    uv = shutil.which("uv") or "uv"
    began = time.monotonic()
    process = subprocess.Popen(
        [uv, "run", "app.py", "--port", str(port), "--data", str(data)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=os.name == "posix",
    )
    try:
        page = _wait(f"http://127.0.0.1:{port}/login", b"", began)
        call = _wait(f"http://127.0.0.1:{port}/healthz", b'"ready":true', began)
    finally:
        process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
    return page, call


def _wait(url: str, text: bytes, began: float) -> float:
    while time.monotonic() < began + 120:
        with suppress(OSError), urllib.request.urlopen(url, timeout=5) as answer:
            if text in answer.read():
                return time.monotonic() - began
        time.sleep(0.02)
    raise AssertionError(f"{url} did not answer as expected")
