"""What a section says, put together from what each of its pieces says: facts and words here, rules
in ``rules.py``."""

from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

from personas.marks import clean, without_comments
from personas.model import Fact, FactChange, Finding, Kind, PhraseKind, Rule
from personas.outline import Part
from personas.pieces import Item, Piece
from personas.source import Findings, shown
from personas.submarks import (
    AFTER,
    ExampleMark,
    is_stray_example,
    labelled,
    note_hidden,
    note_stray,
    read_phrases,
    submark,
    unknown_mark,
)

Form = Kind | Literal["opening", "facts", "words", "phrases"]
"""How a section is read: as rules of a kind, as lines and notes, as facts, as it is, or as lines
of kinds."""


class Setting(NamedTuple):
    """A stated ``Intensity`` or ``Threshold``; ``value`` is None when it cannot be read."""

    line: int
    value: int | None


class Example(NamedTuple):
    """A sentence under ``like`` or ``unlike``; its rule is the last one above."""

    line: int
    mark: ExampleMark
    words: str


class Condition(NamedTuple):
    """What stands under ``only after`` below the fact on the line ``fact``."""

    line: int
    fact: int
    words: str


class Below(NamedTuple):
    """What a bullet of its own says of the rule above it."""

    replies: tuple[str, ...] = ()
    like: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()
    then: tuple[FactChange, ...] = ()

    def under(self, rule: Rule) -> Rule:
        """The rule with this."""
        return replace(
            rule,
            replies=rule.replies + self.replies,
            like=rule.like + self.like,
            unlike=rule.unlike + self.unlike,
            then=rule.then + self.then,
        )


@dataclass(slots=True)
class Content:
    """What was read from the bullets; ``keys`` are the rules' normalised words."""

    rules: list[Rule] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    settings: dict[str, list[Setting]] = field(default_factory=dict)
    examples: list[Example] = field(default_factory=list)
    conditions: list[Condition] = field(default_factory=list)
    phrases: list[tuple[PhraseKind, str]] = field(default_factory=list)
    marked: bool = False

    def add(self, other: "Content") -> None:
        """Put what another piece says behind this."""
        self.rules += other.rules
        self.keys += other.keys
        self.notes += other.notes
        self.lines += other.lines
        self.facts += other.facts
        self.examples += other.examples
        self.conditions += other.conditions
        self.phrases += other.phrases
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
            [example._replace(line=example.line + lines) for example in self.examples],
            [Condition(c.line + lines, c.fact + lines, c.words) for c in self.conditions],
            self.phrases,
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

    ``below`` belongs to the rule before it; ``outer`` is for the piece that follows.
    """

    line: int
    content: Content
    findings: tuple[Finding, ...]
    below: tuple[Below, ...] = ()
    outer: int | None = None

    def at(self, line: int) -> "Passage":
        """The same piece, where it begins on that line."""
        if line == self.line:
            return self
        by = line - self.line
        findings = tuple(Finding(f.line + by, f.level, f.message) for f in self.findings)
        below = tuple(each._replace(then=_moved_changes(each.then, by)) for each in self.below)
        return Passage(line, self.content.moved(by), findings, below, self.outer)


Passages = dict[tuple[Piece, Way], Passage]
"""What the pieces of a text said, so that they need not be read again."""


def _moved(rule: Rule, lines: int) -> Rule:
    return Rule(
        rule.id,
        rule.kind,
        rule.text,
        rule.replies,
        rule.change,
        rule.weight,
        rule.line + lines,
        rule.like,
        rule.unlike,
        _moved_changes(rule.then, lines),
    )


def _moved_changes(changes: tuple[FactChange, ...], lines: int) -> tuple[FactChange, ...]:
    return tuple(replace(change, line=change.line + lines) for change in changes)


def read_words(part: Part) -> Passage:
    """The bullets, paragraphs and sub-headings, one note each."""
    found = Findings()
    notes = _notes([item for item in part.items if not is_stray_example(item, found)])
    return Passage(part.line, Content(notes=notes), found.sorted())


def _notes(items: list[Item]) -> list[str]:
    notes = []
    for item in items:
        if item.kind == "code":
            notes.append(item.text)
        elif words := clean(item.text.lstrip("> ")):
            notes.append(words)
    return notes


def read_said(part: Part) -> Passage:
    """The lines that the persona has for some moments, with their kinds."""
    found = Findings()
    content = Content(phrases=read_phrases(part, found))
    return Passage(part.line, content, found.sorted())


def read_facts(part: Part) -> Passage:
    """The facts, and as notes all that stands there."""
    content, found = Content(notes=_notes(part.items)), Findings()
    above: list[tuple[int, int]] = []  # indent and line of each fact that may have bullets below
    for item in part.items:
        if item.kind not in ("bullet", "text") or not (words := clean(item.text)):
            continue
        while above and above[-1][0] >= item.indent:
            above.pop()
        if _take_mark(item, above[-1][1] if above else None, content, found):
            continue
        note_hidden(item, found)
        label, value = labelled(words)
        if value or not label:
            content.facts.append(Fact(label, value, item.line))
            above.append((item.indent, item.line))
        elif not item.parent:
            found.warn(item.line, f"{shown(label)!r} has no value; the persona cannot tell it")
    return Passage(part.line, content, found.sorted())


def _take_mark(item: Item, fact: int | None, content: Content, found: Findings) -> bool:
    """Whether the item is a mark rather than a fact; ``fact`` is the line of the one above."""
    mark = submark(item)
    if mark is None:
        name = unknown_mark(item, words=False) if fact else ""
        if name:
            found.warn(item.line, f"unknown mark {name!r}; below a fact stands {AFTER}: and a rule")
        return bool(name)
    if mark.name != AFTER and fact is None:
        # "Like: tea" is a fact.
        return is_stray_example(item, found)
    words = clean(without_comments(mark.rest))
    if mark.name != AFTER or fact is None:
        note_stray(mark.name, item.line, found)
    elif not words:
        found.error(item.line, f"{AFTER}: names no rule; write the words of one of this file")
    else:
        content.conditions.append(Condition(item.line, fact, words))
    return True
