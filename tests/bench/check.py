"""Checking a persona of 200 KB, as while one types in it."""

import time
from collections.abc import Iterator

from personas.parse import examine
from tests.bench.figures import spread
from tests.persona_text import FULL

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
    """From the text to all findings, each time with another letter typed somewhere."""
    text = persona(SIZE)
    began = time.perf_counter()
    found = examine(text, "sarah")
    first = (time.perf_counter() - began) * 1000
    assert found.persona is not None, found.errors[:3]
    kilobytes = len(text.encode()) // 1024
    rules = len(found.persona.rules)
    yield f"{kilobytes} KB with {rules} rules, for the first time", f"{first:.0f} ms"
    times = []
    for number in range(TIMES):
        at = text.index(f"number {number * 3} ")
        typed = f"{text[:at]}x{text[at:]}"
        began = time.perf_counter()
        examine(typed, "sarah")
        times.append((time.perf_counter() - began) * 1000)
    yield f"after each letter (target p95 at most {TARGET} ms)", spread(times, "ms", 0)


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
