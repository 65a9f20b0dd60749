"""Stopping and killing the app at any moment."""

import random
import socket
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from tests.bench.figures import spread
from tests.bench.processes import family
from tests.support.running import RunningApp

RUNS = 8


def measure() -> Iterator[tuple[str, str]]:
    """Until no process and no port of the app is left; moments drawn from the first 8 s."""
    moments = random.Random(1)
    for how in ("Ctrl+C", "kill -9"):
        seconds = [_end(how, moments.uniform(0.3, 8)) for _ in range(RUNS)]
        yield f"gone after {how}", spread(seconds)


def _end(how: str, moment: float) -> float:
    with tempfile.TemporaryDirectory() as folder:
        app = RunningApp(Path(folder))
        app.start()
        time.sleep(moment)
        processes = family(app)
        ports = {
            c.laddr.port for p in processes for c in p.net_connections() if c.status == "LISTEN"
        }
        assert app.process is not None
        began = time.monotonic()
        if how == "kill -9":
            app.process.kill()
        else:
            app.process.send_signal(2)
        app.process.wait(20)
        psutil.wait_procs(processes, timeout=20)
        while any(_open(port) for port in ports) and time.monotonic() < began + 20:
            time.sleep(0.01)
        return time.monotonic() - began


def _open(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0
