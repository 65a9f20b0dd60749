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
    ASKED,
    OF_FACTS,
    ExampleMark,
    is_stray_example,
    labelled,
    note_hidden,
    note_stray,
    read_phrases,
    sentences,
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


class Question(NamedTuple):
    """A sentence under ``asked`` below the fact on the line ``fact``."""

    line: int
    fact: int
    words: str


class Below(NamedTuple):
    """What a bullet of its own says of the rule above it."""

    replies: tuple[str, ...] = ()
    like: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()
    then: tuple[FactChange, ...] = ()
    missing: tuple[str, ...] = ()

    def under(self, rule: Rule) -> Rule:
        """The rule with this."""
        return replace(
            rule,
            replies=rule.replies + self.replies,
            like=rule.like + self.like,
            unlike=rule.unlike + self.unlike,
            then=rule.then + self.then,
            missing=rule.missing + self.missing,
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
    questions: list[Question] = field(default_factory=list)
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
        self.questions += other.questions
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
            [Question(q.line + lines, q.fact + lines, q.words) for q in self.questions],
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
        rule.missing,
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
    reader = _FactReader()
    reader.content.notes = _notes(part.items)
    for item in part.items:
        if item.kind in ("bullet", "text") and (words := clean(item.text)):
            reader.take(item, words)
    return Passage(part.line, reader.content, reader.found.sorted())


class _FactReader:
    """Takes the items of a part with facts."""

    def __init__(self) -> None:
        self.content, self.found = Content(), Findings()
        self._above: list[tuple[int, int]] = []  # indent and line of facts with bullets below
        self._open: tuple[int, int] | None = None  # a fact above questions, and their mark's indent

    def take(self, item: Item, words: str) -> None:
        """Take a bullet or a paragraph with these words."""
        if self._open and item.indent > self._open[1]:
            self._take_questions(item.text, item.line, self._open[0])
            return
        self._open = None
        while self._above and self._above[-1][0] >= item.indent:
            self._above.pop()
        if self._take_mark(item, self._above[-1][1] if self._above else None):
            return
        note_hidden(item, self.found)
        label, value = labelled(words)
        if value or not label:
            self.content.facts.append(Fact(label, value, item.line))
            self._above.append((item.indent, item.line))
        elif not item.parent:
            note = f"{shown(label)!r} has no value; the persona cannot tell it"
            self.found.warn(item.line, note)

    def _take_mark(self, item: Item, fact: int | None) -> bool:
        """Whether the item is a mark rather than a fact; ``fact`` is the line of the one above."""
        mark = submark(item)
        if mark is None:
            return fact is not None and self._warn_unknown(item)
        if mark.name != AFTER and fact is None:
            # "Like: tea" and "Asked: twice by now" are facts.
            return is_stray_example(item, self.found)
        words = clean(without_comments(mark.rest))
        if mark.name not in OF_FACTS or fact is None:
            note_stray(mark.name, item.line, self.found)
        elif mark.name == ASKED and item.parent and not words:
            self._open = fact, item.indent
        elif mark.name == ASKED:
            self._take_questions(mark.rest, item.line, fact)
        elif not words:
            note = f"{AFTER}: names no rule; write the words of one of this file"
            self.found.error(item.line, note)
        else:
            self.content.conditions.append(Condition(item.line, fact, words))
        return True

    def _warn_unknown(self, item: Item) -> bool:
        name = unknown_mark(item, words=False)
        if name:
            known = f"{AFTER}: and a rule, or {ASKED}: and a question"
            self.found.warn(item.line, f"unknown mark {name!r}; below a fact stands {known}")
        return bool(name)

    def _take_questions(self, words: str, line: int, fact: int) -> None:
        said = sentences(words, ASKED, line, self.found)
        self.content.questions += [Question(line, fact, each) for each in said]
