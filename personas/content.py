"""What a section says, put together from what each of its pieces says: facts and words here, rules
in ``rules.py``."""

# Authors also write full-width colons.
# ruff: noqa: RUF001

import re
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from personas.marks import clean
from personas.model import Fact, Finding, Kind, Rule
from personas.outline import Part
from personas.pieces import Piece
from personas.source import Findings, shown

Form = Kind | Literal["opening", "facts", "words"]
"""How a section is read: as rules of a kind, as lines and notes, as facts, or as it is."""


class Setting(NamedTuple):
    """A stated ``Intensity`` or ``Threshold``; ``value`` is None when it cannot be read."""

    line: int
    value: int | None


@dataclass(slots=True)
class Content:
    """What was read from the bullets; ``keys`` are the rules' normalised words."""

    rules: list[Rule] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    settings: dict[str, list[Setting]] = field(default_factory=dict)
    marked: bool = False

    def add(self, other: "Content") -> None:
        """Put what another piece says behind this."""
        self.rules += other.rules
        self.keys += other.keys
        self.notes += other.notes
        self.lines += other.lines
        self.facts += other.facts
        for name, stated in other.settings.items():
            self.settings.setdefault(name, []).extend(stated)
        self.marked = self.marked or other.marked

    def moved(self, lines: int) -> "Content":
        """The same, so many lines further down."""
        return Content(
            [_moved(rule, lines) for rule in self.rules],
            self.keys,
            self.notes,
            self.lines,
            [Fact(fact.label, fact.value, fact.line + lines) for fact in self.facts],
            {
                name: [Setting(line + lines, value) for line, value in stated]
                for name, stated in self.settings.items()
            },
            self.marked,
        )


class Way(NamedTuple):
    """All beside its own text that decides what a piece says.

    ``bulleted``: its section has bullets; ``nested``: its heading belongs to what it says;
    ``outer``: how far the rule before it is indented, None when there is none.
    """

    form: Form
    bulleted: bool
    nested: bool
    outer: int | None


@dataclass(frozen=True, slots=True)
class Passage:
    """What a piece says that begins on ``line``.

    ``replies`` belong to the rule before it; ``outer`` is for the piece that follows.
    """

    line: int
    content: Content
    findings: tuple[Finding, ...]
    replies: tuple[str, ...] = ()
    outer: int | None = None

    def at(self, line: int) -> "Passage":
        """The same piece, where it begins on that line."""
        if line == self.line:
            return self
        by = line - self.line
        findings = tuple(Finding(f.line + by, f.level, f.message) for f in self.findings)
        return Passage(line, self.content.moved(by), findings, self.replies, self.outer)


Passages = dict[tuple[Piece, Way], Passage]
"""What the pieces of a text said, so that they need not be read again."""


def _moved(rule: Rule, lines: int) -> Rule:
    line = rule.line + lines
    return Rule(rule.id, rule.kind, rule.text, rule.replies, rule.change, rule.weight, line)


_FACT = re.compile(r"([^:：]{1,60}?)\s*(?::(?!//)|：)\s*(.*)", re.DOTALL)


def read_words(part: Part) -> Passage:
    """The bullets, paragraphs and sub-headings, one note each."""
    notes = []
    for item in part.items:
        if item.kind == "code":
            notes.append(item.text)
        elif words := clean(item.text.lstrip("> ")):
            notes.append(words)
    return Passage(part.line, Content(notes=notes), ())


def read_facts(part: Part) -> Passage:
    """The facts, and as notes all that stands there."""
    content, found = read_words(part).content, Findings()
    for item in part.items:
        if item.kind not in ("bullet", "text") or not (words := clean(item.text)):
            continue
        label, value = _labelled(words)
        if value or not label:
            content.facts.append(Fact(label, value, item.line))
        elif not item.parent:
            found.warn(item.line, f"{shown(label)!r} has no value; the persona cannot tell it")
    return Passage(part.line, content, found.sorted())


def _labelled(words: str) -> tuple[str, str]:
    match = _FACT.fullmatch(words)
    # "Called at 10:30" and a whole sentence before the colon are no labels.
    if match is None or len(match[1].split()) > 6:
        return "", words
    if match[1][-1].isdigit() and words[match.end(1) :].lstrip()[1:2].isdigit():
        return "", words
    return match[1], match[2]
