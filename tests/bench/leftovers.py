"""What finished calls leave behind, in the app and the processes beside it."""

import os
import time
from collections.abc import Iterator

from tests.bench.processes import settled
from tests.bench.stage import stage
from tests.support.caller import Caller

WARM = 5
CALLS = int(os.environ.get("BENCH_CALLS", "50"))


def measure() -> Iterator[tuple[str, str]]:
    """Growth of memory and threads over fifty calls with a turn each, after five to warm up."""
    with stage() as (app, caller):
        _calls(caller, WARM)
        before = settled(app)
        _calls(caller, CALLS)
        after = settled(app)
    for part, (memory, threads) in after.items():
        memory_before, threads_before = before.get(part, (0.0, 0))
        yield (
            f"{part} after {CALLS} calls (at most 10 MB more, no thread)",
            f"{memory - memory_before:+.1f} MB (from {memory_before:.0f} MB), "
            f"threads {threads - threads_before:+d} (from {threads_before})",
        )


def _calls(caller: Caller, count: int) -> None:
    for _ in range(count):
        caller.open_call("walter-hughes")
        caller.start()
        caller.say("I am sorry.")
        time.sleep(1.5)
        caller.end()
        time.sleep(0.5)
