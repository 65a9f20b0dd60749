"""Checking a persona of 200 KB, as while one types in it."""

import statistics
import time
from collections.abc import Iterator

import orjson

from agent.engines.length import measure as measure_length
from tests.bench.figures import spread
from tests.support.persona_text import FULL
from ui.studio.reading import notes, read

SIZE = 200 * 1024
TIMES = 60
TARGET = 50
"""Milliseconds."""
LINES = {
    "## Phase 2: Escalation Triggers\n": '- Being told number {} to calm down (+2): "No, {}!"\n',
    "## Phase 3: De-escalation Points\n": '- A sincere apology of kind {} (-2): "Thank you, {}."\n',
    "## Phase 4: Resolution Acceptance\n": "- The refund number {} is confirmed by letter {}\n",
    "# Test Objectives\n": "- Verifies identity number {} before account {} (weight 2)\n",
    "# Constraints\n": "- Never agrees to be called back at {} o'clock, nor at {}\n",
}


def measure() -> Iterator[tuple[str, str]]:
    """From the text to all that the editor shows of it, with another letter typed each time.

    For comparison, in turns with it, the same text read as a whole.
    """
    text = persona(SIZE)
    began = time.perf_counter()
    reading = read(text, "sarah")
    first = (time.perf_counter() - began) * 1000
    assert reading.persona is not None, reading.first_error
    kilobytes = len(text.encode()) // 1024
    rules = len(reading.persona.rules)
    yield f"{kilobytes} KB with {rules} rules, for the first time", f"{first:.0f} ms"
    for what, typed in (("letter", "x"), ("line", "z\n- Being asked ")):
        after, whole = [], []
        for number in range(TIMES):
            at = text.index(f"number {number * 3} ")
            changed = f"{text[:at]}{typed}{text[at:]}"
            began = time.perf_counter()
            reading = read(changed, "sarah", reading.parsed)
            orjson.dumps([*map(list, reading.marks), *notes(reading.findings).items()])
            measure_length(changed)
            after.append((time.perf_counter() - began) * 1000)
            began = time.perf_counter()
            read(changed, "sarah")
            whole.append((time.perf_counter() - began) * 1000)
        yield f"after each {what} (target p95 at most {TARGET} ms)", spread(after, "ms", 1)
        ratio = statistics.median(whole) / statistics.median(after)
        yield "the same text read as a whole", f"{spread(whole, 'ms', 0)}: {ratio:.0f} times"


def persona(size: int) -> str:
    """A persona file of that many bytes: rules, in all its sections."""
    text = FULL
    for heading, line in LINES.items():
        share, number = size // len(LINES), 0
        lines: list[str] = []
        while sum(map(len, lines)) < share - len(FULL) // len(LINES):
            lines += [line.format(n, n) for n in range(number, number + 50)]
            number += 50
        text = text.replace(heading, heading + "".join(lines), 1)
    return text
