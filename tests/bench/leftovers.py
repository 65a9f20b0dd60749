"""What finished calls leave behind in the app's process."""

import time
from collections.abc import Iterator

from tests.bench.processes import settled
from tests.bench.stage import stage
from tests.caller import Caller

WARM, CALLS = 5, 50


def measure() -> Iterator[tuple[str, str]]:
    """Growth of memory and threads over fifty calls with a turn each, after five to warm up."""
    with stage() as (app, caller):
        _calls(caller, WARM)
        memory, threads = settled(app)
        _calls(caller, CALLS)
        memory_after, threads_after = settled(app)
    grown = f"{memory_after - memory:+.1f} MB (from {memory:.0f} MB)"
    yield f"memory after {CALLS} calls", grown
    yield f"threads after {CALLS} calls", f"{threads_after - threads:+d} (from {threads})"


def _calls(caller: Caller, count: int) -> None:
    for _ in range(count):
        caller.open_call("walter-hughes")
        caller.start()
        caller.say("I am sorry.")
        time.sleep(1.5)
        caller.end()
        time.sleep(0.5)
