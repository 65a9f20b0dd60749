"""Edits of a persona's file that make it another customer, as an author may make by mistake."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

HARMLESS = (
    "Okay then, thanks.",
    "I'll have a quick look.",
    "I can hear you fine.",
    "I've made a note of that.",
    "It's just opening now.",
    "Would you say that once more?",
    "I've got it on the screen here.",
)
HARMLESS_TH = ("โอเคค่ะ ขอบคุณนะคะ", "ค่ะ ดิฉันจดแล้วค่ะ")
"""Sentences that should move nobody; the scripts have others of their kind, in other words."""


@dataclass(frozen=True, slots=True)
class Mutation:
    """An edit, its kind and the text after it."""

    kind: str
    what: str
    text: str


def mutations(text: str, turn: int) -> Iterator[Mutation]:
    """One of each kind; ``turn`` varies which fact, criterion or rule it is."""
    lines = text.splitlines(keepends=True)
    triggers = _bullets(lines, "## Phase 2")
    yield _without("fewer triggers", lines, triggers[::2])
    yield Mutation("weaker triggers", "each change halved", _halved(lines, triggers))
    facts = [each for each in _bullets(lines, "# Profile Data") if ":" in lines[each[0]]]
    yield _without("a fact dropped", lines, [facts[turn % len(facts)]])
    criteria = _bullets(lines, "## Phase 4")
    yield _without("a criterion removed", lines, [criteria[turn % len(criteria)]])
    raised = re.sub(r"(?m)^- Threshold: (\d)", lambda m: f"- Threshold: {int(m[1]) + 2}", text)
    yield Mutation("the threshold raised", "by two", raised)
    said = HARMLESS_TH if "language: th" in text else HARMLESS
    sentence = said[turn % len(said)]
    group = [triggers, _bullets(lines, "## Phase 3"), criteria][turn % 3]
    start, _ = group[turn % len(group)]
    like = [*lines[: start + 1], f'  - like: "{sentence}"\n', *lines[start + 1 :]]
    yield Mutation(
        "an example that fits too much", f"{lines[start][:40]!r}: {sentence}", "".join(like)
    )


def _bullets(lines: list[str], heading: str) -> list[tuple[int, int]]:
    """Where the rules or facts below a heading begin, and where what belongs to each ends."""
    begin = next(n for n, line in enumerate(lines) if line.startswith(heading)) + 1
    end = next((n for n in range(begin, len(lines)) if lines[n].startswith("#")), len(lines))
    starts = [
        n
        for n in range(begin, end)
        if lines[n].startswith("- ") and not re.match(r'- (?:["“]|Threshold|Intensity)', lines[n])
    ]
    return [(a, _end(lines, a, end)) for a in starts]


def _end(lines: list[str], start: int, last: int) -> int:
    return next((n for n in range(start + 1, last) if not lines[n].startswith("  ")), last)


def _without(kind: str, lines: list[str], gone: list[tuple[int, int]]) -> Mutation:
    left = [line for n, line in enumerate(lines) if not any(a <= n < b for a, b in gone)]
    return Mutation(kind, lines[gone[0][0]].strip()[:60], "".join(left))


def _halved(lines: list[str], triggers: list[tuple[int, int]]) -> str:
    starts = {a for a, _ in triggers}
    halved = [
        re.sub(r"\(\+(\d)\)", lambda m: f"(+{int(m[1]) // 2})", line) if n in starts else line
        for n, line in enumerate(lines)
    ]
    return "".join(halved)
