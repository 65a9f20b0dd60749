"""Calls in a row while both cores are busy with something else."""

import multiprocessing
import os
import time
from collections.abc import Iterator

from tests.bench.figures import spread
from tests.bench.stage import stage
from tests.support.caller import Caller

CALLS = int(os.environ.get("BENCH_CALLS", "100"))


def measure() -> Iterator[tuple[str, str]]:
    """In how many calls the persona comes, and after how long."""
    seconds = []
    with stage() as (_app, caller):
        load = [multiprocessing.Process(target=_burn, daemon=True) for _ in range(_cores())]
        for process in load:
            process.start()
        try:
            for _ in range(CALLS):
                seconds += _call(caller)
        finally:
            for process in load:
                process.kill()
    came = f"{len(seconds)} of {CALLS}"
    yield f"the persona comes, {_cores()} cores busy", came
    yield "first sound", spread(seconds)


def _call(caller: Caller) -> list[float]:
    caller.open_call("walter-hughes")
    try:
        caller.start()
    except AssertionError as error:
        print(f"no persona: {error}"[:2000])
        return []
    caller.end()
    return [caller.probe()["firstSound"] / 1000]


def _burn() -> None:
    until = time.monotonic() + 3600
    while time.monotonic() < until:
        pass


def _cores() -> int:
    return os.cpu_count() or 2
