"""A text in the editor as the product reads it: persona, findings, headings, and looks of lines."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from personas.draft import Draft
from personas.model import Finding, Persona
from personas.parse import examine_draft
from personas.sections import Block

MOST_MARKS = 2000
"""Lines that are given a look; a browser is slow with more, and nobody reads so far."""
MOST_FRONT = 200
"""Lines in which the end of the front matter is looked for."""
LOOKS = {"trigger": "rh-cm-up", "deescalation": "rh-cm-down", "criterion": "rh-cm-met"}

_END = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the text on that line (1-based); ``level`` is 0 for the front matter."""

    level: int
    line: int
    title: str


@dataclass(frozen=True, slots=True)
class Mark:
    """How a line (1-based) is to look: a CSS class."""

    line: int
    look: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What one text says; ``persona`` is None when there is an error among the findings."""

    text: str
    persona: Persona | None
    findings: tuple[Finding, ...]
    headings: tuple[Heading, ...] = ()
    marks: tuple[Mark, ...] = ()

    @property
    def first_error(self) -> Finding | None:
        """The first finding that keeps the text from being used."""
        return next((f for f in self.findings if f.level == "error"), None)


def read(text: str, slug: str) -> Reading:
    """Read a text; takes milliseconds, so not on the app's loop when it is long."""
    found, draft = examine_draft(text, slug)
    headings = tuple(_headings(draft)) if draft else ()
    marks = [Mark(line, "rh-cm-front") for line in range(1, _front(text) + 1)]
    marks += [Mark(h.line, f"rh-cm-h{min(h.level, 2)}") for h in headings if h.level]
    if draft is not None:
        marks += [Mark(r.line, LOOKS[r.kind]) for r in draft.all_rules if r.kind in LOOKS]
    worst = {finding.line: finding.level for finding in sorted(found.findings, key=_grave)}
    marks += [Mark(line, f"rh-cm-{level}") for line, level in worst.items()]
    return Reading(text, found.persona, found.findings, headings, tuple(marks[-MOST_MARKS:]))


def notes(findings: tuple[Finding, ...]) -> dict[int, str]:
    """The words for each line that has a finding; the gravest first."""
    found: dict[int, list[str]] = {}
    for finding in sorted(findings, key=_grave, reverse=True):
        words = f"{finding.level.capitalize()}: {finding.message}"
        found.setdefault(finding.line, []).append(words)
    return {line: "\n".join(words) for line, words in found.items()}


def _grave(finding: Finding) -> int:
    return finding.level == "error"


def _front(text: str) -> int:
    """Lines of the front matter, its signs included."""
    lines = _END.split(text, maxsplit=MOST_FRONT)
    if lines[0].strip("\ufeff \t") != "---":
        return 0
    signs = (number for number, line in enumerate(lines[1:], start=2) if line.rstrip() == "---")
    return next(signs, 0)


def _headings(draft: Draft) -> Iterator[Heading]:
    if _front(draft.text):
        yield Heading(0, 1, "Settings")
    blocks = sorted((*draft.blocks.values(), *draft.unknown), key=lambda block: block.line)
    for block in blocks:
        yield Heading(max(block.level, 1), block.line, _title(block))
        for item in block.items:
            if item.kind == "heading":
                yield Heading(block.level + 1, item.line, item.text)


def _title(block: Block) -> str:
    """A heading without its signs."""
    return block.heading.strip("# \t") or block.key
