"""Memory with one call."""

from collections.abc import Iterator

from tests.bench.processes import family, megabytes
from tests.bench.stage import stage


def measure() -> Iterator[tuple[str, str]]:
    """Everything together: app, recogniser, LiveKit server and guards."""
    with stage() as (app, caller):
        idle = megabytes(family(app))
        caller.open_call("walter-hughes")
        caller.start()
        caller.wait_for_silence()
        caller.say("I am sorry about the trouble.")
        caller.wait_for_speech()
        processes = family(app)
        busy = megabytes(processes)
        parts = ", ".join(f"{p.name()} {megabytes([p]):.0f}" for p in processes)
    yield "ready, no call", f"{idle:.0f} MB"
    yield "one call (at most 850 MB)", f"{busy:.0f} MB ({parts})"
