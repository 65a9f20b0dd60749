"""A text in the editor as the product reads it, off the app's loop while it is typed: persona,
findings, headings, and looks of lines."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from nicegui import run

from personas.model import Finding, Persona
from personas.outline import Block
from personas.parse import examine_parsed
from personas.parsed import ParsedPersona
from personas.voices import Engines
from ui.kit.debounce import Debounce

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


class Mark(NamedTuple):
    """How the lines from ``first`` to ``last`` (1-based) are to look: a CSS class."""

    first: int
    last: int
    look: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What one text says; ``persona`` is None when there is an error among the findings.

    ``parsed`` is for the next reading; None when the text could not be read at all.
    """

    text: str
    persona: Persona | None
    findings: tuple[Finding, ...]
    headings: tuple[Heading, ...] = ()
    marks: tuple[Mark, ...] = ()
    parsed: ParsedPersona | None = field(default=None, repr=False, compare=False)

    @property
    def first_error(self) -> Finding | None:
        """The first finding that keeps the text from being used."""
        return next((f for f in self.findings if f.level == "error"), None)


def read(
    text: str,
    slug: str,
    before: ParsedPersona | None = None,
    engines: Engines | None = None,
) -> Reading:
    """Read a text; takes milliseconds, so not on the app's loop when it is long.

    With what an earlier text was parsed to at hand, only what differs from it is read.
    """
    found, parsed = examine_parsed(text, slug, before, engines)
    headings = tuple(_headings(parsed)) if parsed else ()
    looks = [(line, "rh-cm-front") for line in range(1, _front(text) + 1)]
    looks += [(h.line, f"rh-cm-h{min(h.level, 2)}") for h in headings if h.level]
    if parsed is not None:
        looks += [(r.line, LOOKS[r.kind]) for r in parsed.all_rules if r.kind in LOOKS]
    worst = {finding.line: finding.level for finding in sorted(found.findings, key=_grave)}
    looks += [(line, f"rh-cm-{level}") for line, level in worst.items()]
    marks = tuple(_runs(looks[-MOST_MARKS:]))
    return Reading(text, found.persona, found.findings, headings, marks, parsed)


def notes(findings: tuple[Finding, ...]) -> dict[int, str]:
    """The words for each line that has a finding; the gravest first."""
    found: dict[int, list[str]] = {}
    for finding in sorted(findings, key=_grave, reverse=True):
        words = f"{finding.level.capitalize()}: {finding.message}"
        found.setdefault(finding.line, []).append(words)
    return {line: "\n".join(words) for line, words in found.items()}


def _runs(looks: Iterable[tuple[int, str]]) -> Iterator[Mark]:
    """Lines below each other that look alike are one mark."""
    first, last, look = 1, 0, ""
    for line, each in looks:
        if (line, each) != (last + 1, look):
            if look:
                yield Mark(first, last, look)
            first, look = line, each
        last = line
    if look:
        yield Mark(first, last, look)


def _grave(finding: Finding) -> int:
    return finding.level == "error"


def _front(text: str) -> int:
    """Lines of the front matter, its signs included."""
    lines = _END.split(text, maxsplit=MOST_FRONT)
    if lines[0].strip("\ufeff \t") != "---":
        return 0
    signs = (number for number, line in enumerate(lines[1:], start=2) if line.rstrip() == "---")
    return next(signs, 0)


def _headings(parsed: ParsedPersona) -> Iterator[Heading]:
    if _front(parsed.text):
        yield Heading(0, 1, "Settings")
    blocks = sorted((*parsed.blocks.values(), *parsed.unknown), key=lambda block: block.line)
    for block in blocks:
        yield Heading(max(block.level, 1), block.line, _title(block))
        for item in block.headings:
            yield Heading(block.level + 1, item.line, item.text)


def _title(block: Block) -> str:
    """A heading without its signs."""
    return block.heading.strip("# \t") or block.key


PAUSE = 0.1
"""Seconds after a keystroke until the text is read; more keystrokes do not put it off."""


class Reader:
    """``text`` gives what a save would write; ``show`` gets each reading of it.

    ``engines`` are those that it may name; ``parsed`` is of a text that was read before.
    """

    def __init__(
        self,
        slug: str,
        text: Callable[[], str],
        show: Callable[[Reading], None],
        engines: Engines | None,
        parsed: ParsedPersona | None = None,
    ) -> None:
        self.slug = slug
        self._text = text
        self._show = show
        self._engines = engines
        self._parsed = parsed
        self._later = Debounce(PAUSE, self._read)

    def soon(self) -> None:
        """The text has changed."""
        self._later.soon()

    async def now(self) -> Reading:
        """Read the text as it stands at this moment."""
        self._later.cancel()
        text = self._text()
        reading = await run.io_bound(read, text, self.slug, self._parsed, self._engines)
        if reading is None:  # the app is stopping
            return Reading(text, None, ())
        self._parsed = reading.parsed or self._parsed
        self._show(reading)
        return reading

    async def _read(self) -> None:
        await self.now()
