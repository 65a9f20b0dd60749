"""The rules, lines and notes that one piece of a section says."""

# Authors also write full-width colons, typographic dashes and minus signs.
# ruff: noqa: RUF001

import re

from personas.content import Below, Content, Example, Passage, Setting, Way
from personas.marks import Bullet, Mark, clean, named, take_apart, without_comments
from personas.model import Kind, Rule
from personas.outline import Part
from personas.pieces import Item
from personas.source import Findings, shown
from personas.submarks import (
    MISSING,
    OF_FACTS,
    ExampleMark,
    Submark,
    fact_change,
    is_stray_example,
    note_hidden,
    note_stray,
    sentences,
    submark,
    unknown_mark,
)

_SETTING = re.compile(
    r"(?P<name>(?:(?:emotional|starting|initial|start)\s+)?intensity|threshold)"
    r"(?:\s+(?:for|of|at)\s[^:：]{1,60})?\s*[:：=]\s*(?P<value>.*)",
    re.IGNORECASE | re.DOTALL,
)
# Three digits are enough to see that a number is too large, and Python refuses to read thousands.
_LEVEL = re.compile(r"([-+−]?\d{1,3})(?:\s*(?:/|out of)\s*(\d{1,3}))?(?=$|[\s,;(.。](?!\d))")


def setting(raw: str) -> tuple[str, str] | None:
    """``("intensity" | "threshold", value)`` when the bullet states one."""
    lower = raw.casefold()
    if "intensity" not in lower and "threshold" not in lower:
        return None
    match = _SETTING.match(clean(without_comments(raw)))
    if match is None:
        return None
    return ("threshold" if match["name"].casefold() == "threshold" else "intensity"), match["value"]


def level(value: str) -> int | None:
    """``8`` of ``8/10`` or ``8``; None when it is no whole number from 0 to 10."""
    match = _LEVEL.match(value)
    if match is None or (match[2] and int(match[2]) != 10):
        return None
    number = int(match[1].replace("−", "-"))
    return number if 0 <= number <= 10 else None


MOST_WEIGHT = 100
# Three digits are enough to see that a number is too large, and Python refuses to read thousands.
_NUMBER = re.compile(r"[-+]?\d{1,3}")


def read_rules(part: Part, kind: Kind, way: Way) -> Passage:
    """The rules in a part. Where its section has no bullets at all, paragraphs are rules."""
    reader = _Reader(kind, way)
    for item in part.items:
        if item.kind not in ("code", "heading") and not _take_setting(item, reader.content):
            reader.take(item)
    found = reader.found.sorted()
    return Passage(part.line, reader.content, found, tuple(reader.before), reader.outer)


class _Reader:
    """Takes the items of a part; ``before`` belongs to the rule of an earlier part."""

    def __init__(self, kind: Kind, way: Way) -> None:
        self.content, self.found = Content(), Findings()
        self.before: list[Below] = []
        self.outer = way.outer
        self._kind, self._way = kind, way
        self._list: int | None = None  # how far a note is indented that introduces bullets
        self._open: tuple[ExampleMark, int] | None = None  # a mark above sentences, and its indent

    def take(self, item: Item) -> None:
        """Take a bullet or a paragraph."""
        nested = self.outer is not None and item.indent > self.outer
        if self._open and item.indent > self._open[1]:
            self._take_examples(self._open[0], item.text, item.line)
            return
        self._open = None
        if mark := submark(item):
            self._take_mark(mark, item, nested)
            return
        bullet = take_apart(item.text, self._kind)
        _warn_unclosed(item, bullet, self.found)
        note_hidden(item, self.found)
        if bullet.only_lines:
            self._take_lines(bullet.replies, nested)
        elif nested and not self._listed(item) and (name := unknown_mark(item, words=True)):
            known = "below a rule stand like:, unlike:, then: and missing:"
            self.found.warn(item.line, f"unknown mark {name!r} is kept as words; {known}")
            self.content.notes.append(clean(item.text))
        elif self._introduces(item):
            self._list = item.indent if item.parent else self._list
            self.content.notes.append(clean(item.text))
        else:
            self.outer = item.indent
            _take_rule(item, bullet, self._kind, self.content, self.found)

    def _introduces(self, item: Item) -> bool:
        """Whether it is a note rather than a rule."""
        if item.kind == "text" and self._way.bulleted:
            return True
        return item.parent and item.text.endswith((":", "："))

    def _listed(self, item: Item) -> bool:
        return self._list is not None and item.indent > self._list

    def _take_lines(self, lines: tuple[str, ...], nested: bool) -> None:
        # Quotations nested below a rule are its replies; others are lines of the phase.
        if not (nested and self._add(Below(replies=lines))):
            self.content.lines.extend(lines)

    def _take_mark(self, mark: Submark, item: Item, nested: bool) -> None:
        if mark.name in OF_FACTS or not nested:
            note_stray(mark.name, item.line, self.found)
        elif mark.example and item.parent and not mark.rest.strip():
            self._open = mark.example, item.indent
        elif mark.example:
            self._take_examples(mark.example, mark.rest, item.line)
        elif mark.name == MISSING:
            self._take_missing(mark.rest, item.line)
        elif change := fact_change(mark.rest, item.line, self.found):
            self._add(Below(then=(change,)))

    def _take_missing(self, words: str, line: int) -> None:
        if self._kind == "criterion":
            self._add(Below(missing=sentences(words, MISSING, line, self.found)))
        else:
            self.found.error(
                line,
                f"{MISSING}: is for what a criterion of Phase 4 still needs; "
                "write it below one, or take it away",
            )

    def _take_examples(self, mark: ExampleMark, words: str, line: int) -> None:
        said = sentences(words, mark, line, self.found)
        if self._add(Below(like=said) if mark == "like" else Below(unlike=said)):
            self.content.examples += [Example(line, mark, each) for each in said]

    def _add(self, below: Below) -> bool:
        """Put it under the last rule; False when there is none."""
        if self.content.rules:
            self.content.rules[-1] = below.under(self.content.rules[-1])
        elif self._way.outer is not None:
            self.before.append(below)
        else:
            return False
        return True


def read_opening(part: Part) -> Passage:
    """The lines (quoted) and notes (not quoted) of the opening phase."""
    content, found = Content(), Findings()
    for item in part.items:
        if item.kind in ("code", "heading") or _take_setting(item, content):
            continue
        if is_stray_example(item, found):
            continue
        bullet = take_apart(item.text, None)
        _warn_unclosed(item, bullet, found)
        if bullet.replies:
            content.lines.extend(bullet.replies)
        elif words := clean(item.text):
            content.notes.append(words)
    return Passage(part.line, content, found.sorted())


def _take_setting(item: Item, content: Content) -> bool:
    stated = setting(item.text)
    if stated is None:
        return False
    name, value = stated
    content.settings.setdefault(name, []).append(Setting(item.line, level(value)))
    content.marked = True
    return True


def _take_rule(item: Item, bullet: Bullet, kind: Kind, content: Content, found: Findings) -> None:
    content.marked = content.marked or bool(bullet.marks)
    key, name = named(bullet.words, kind)
    if not key:
        found.error(item.line, "a rule without words; say what the trainee does")
        return
    if sum(map(str.isalpha, key)) < 2:
        note = f"nothing that is said can be compared with {shown(bullet.words)!r}"
        found.warn(item.line, f"{note}; say what the trainee does")
    rule = Rule(
        id=name,
        kind=kind,
        text=bullet.words,
        replies=bullet.replies,
        change=_change(kind, bullet.marks, item.line, found),
        weight=_weight(bullet.marks, item.line, found) if kind == "objective" else 0,
        line=item.line,
    )
    content.rules.append(rule)
    content.keys.append(key)


def _change(kind: Kind, marks: tuple[Mark, ...], line: int, found: Findings) -> int:
    if not marks:
        return {"trigger": 1, "deescalation": -1}.get(kind, 0)
    changes = [mark for mark in marks if mark.name == "change"]
    if kind in ("criterion", "objective"):
        if changes:
            found.warn(
                line, f"({shown(changes[0].value)}) has no effect here; only Phases 2 and 3 count"
            )
        return 0
    if not changes:
        return 1 if kind == "trigger" else -1
    if len(changes) > 1:
        found.error(line, "two changes of intensity in one bullet; keep one, such as (+2)")
    example = "(+2)" if kind == "trigger" else "(-2)"
    if not _NUMBER.fullmatch(changes[0].value) or abs(int(changes[0].value)) > 10:
        found.error(
            line,
            f"bad change of intensity ({shown(changes[0].value)}); write a whole number up to 10, "
            f"such as {example}",
        )
        return 0
    return _signed(kind, changes[0], example, line, found)


def _signed(kind: Kind, mark: Mark, example: str, line: int, found: Findings) -> int:
    change = int(mark.value)
    if not mark.signed and kind == "deescalation":
        change = -change
    if (change < 0) == (kind == "trigger") and change:
        effect = (
            "a trigger that calms" if kind == "trigger" else "a de-escalation point that upsets"
        )
        found.warn(line, f"{effect} ({mark.value}); is {example} meant?")
    return change


def _weight(marks: tuple[Mark, ...], line: int, found: Findings) -> int:
    weights = [mark.value for mark in marks if mark.name == "weight"]
    if len(weights) > 1:
        found.error(line, "two weights in one bullet; keep one, such as (weight 2)")
    if not weights:
        return 1
    if _NUMBER.fullmatch(weights[0]) and 1 <= int(weights[0]) <= MOST_WEIGHT:
        return int(weights[0])
    found.error(
        line,
        f"bad weight {shown(weights[0])!r}; write a whole number from 1 to {MOST_WEIGHT}, "
        "such as (weight 2)",
    )
    return 1


def _warn_unclosed(item: Item, bullet: Bullet, found: Findings) -> None:
    if bullet.unclosed:
        found.warn(item.line, "a quotation mark without its partner; what is to be said is unclear")
