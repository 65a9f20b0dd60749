"""Writes an example of a rule, ``like:`` or ``unlike:``, into a persona's text; the rest stays as
it is."""

# Authors also write full-width quotation marks.
# ruff: noqa: RUF001

import re
from collections.abc import Iterable, Iterator
from itertools import takewhile
from typing import Any, NamedTuple

from personas.marks import clean, normalised, without_comments
from personas.model import Rule
from personas.parsed import KINDS, ParsedPersona, parse_text
from personas.pieces import Item
from personas.source import Findings, line_of, shown
from personas.submarks import ExampleMark

LONGEST = 400
"""Characters of an example; a turn that is longer than this is no sentence any more."""

_END = re.compile(r"\r\n|\n|\r")
_QUOTES = re.compile('["“”„«»「」＂]')
_OTHER: dict[ExampleMark, ExampleMark] = {"like": "unlike", "unlike": "like"}


class ExampleNotWritten(Exception):
    """The text is as it was; the words are for a person and name the remedy."""


class Written(NamedTuple):
    """A text with an example more, on that ``line`` (1-based); ``remark`` is what the checker says
    of it, "" when nothing."""

    text: str
    line: int
    remark: str = ""


def as_example(sentence: str) -> str:
    """The sentence as it can stand in quotation marks on one line of a file."""
    words = _QUOTES.sub("'", without_comments(sentence).replace("<!--", ""))
    printable = (each if each.isprintable() else " " for each in words.replace("\\", ""))
    return clean("".join(printable))


def with_example(text: str, rule_id: str, mark: ExampleMark, sentence: str) -> Written:
    """The text with ``mark: "sentence"`` as the last bullet below that rule.

    All else of it stays byte for byte and says the same. Raises ``ExampleNotWritten`` where the
    example stands there already, where it stands for the opposite, and where the text leaves no
    place for it.
    """
    said = as_example(sentence)
    if not any(map(str.isalnum, said)):
        raise ExampleNotWritten("There are no words in it. Write what a trainee would say.")
    if len(said) > LONGEST:
        raise ExampleNotWritten(
            f"An example is a sentence or two, at most {LONGEST} characters. Keep the words that "
            "matter, and take the rest out."
        )
    parsed = parse_text(text, Findings())
    rule = _rule(parsed, rule_id)
    if rule is None:
        raise ExampleNotWritten("That rule is not in the text any more. Choose another one.")
    _refuse_known(parsed, rule, mark, said)
    for at, lead in _places(parsed, rule):
        made = f'{text[:at]}{_line_end(text, at)}{lead}{mark}: "{said}"{text[at:]}'
        if (remark := _remark(parsed, made, rule, mark, said)) is not None:
            return Written(made, line_of(text, at) + 1, remark)
    raise ExampleNotWritten(
        "It cannot be written between lines like these. Write it by hand below the rule, indented: "
        f'- {mark}: "{said}"'
    )


def _rule(parsed: ParsedPersona, rule_id: str) -> Rule | None:
    return next((rule for rule in parsed.all_rules if rule.id == rule_id), None)


def _refuse_known(parsed: ParsedPersona, rule: Rule, mark: ExampleMark, said: str) -> None:
    key = normalised(said)
    lines = {
        (example.mark, normalised(example.words)): example.line
        for content in parsed.contents.values()
        for example in content.examples
    }
    if any(normalised(each) == key for each in getattr(rule, mark)):
        raise ExampleNotWritten(
            f"“{shown(said)}” stands under {mark}: of this rule already, on line "
            f"{lines[mark, key]}."
        )
    other = _OTHER[mark]
    if any(normalised(each) == key for each in getattr(rule, other)):
        raise ExampleNotWritten(
            f"“{shown(said)}” stands under {other}: of this very rule, on line {lines[other, key]}."
            " Take it out there first; it cannot be both."
        )


def _places(parsed: ParsedPersona, rule: Rule) -> Iterator[tuple[int, str]]:
    """Offsets at which a line may be put in, and how that line begins: behind all that stands below
    the rule, else right below it."""
    found = _bullet(parsed, rule)
    if found is None:
        return
    item, below = found
    text = parsed.text
    indent, sign = _lead(text, item)
    deeper = [each for each in below if each.kind == "bullet"]
    if deeper:
        indent = _lead(text, min(deeper, key=lambda each: each.indent))[0]
    else:
        indent += "  "
    for last in (below[-1], item) if below else (item,):
        yield _line_stop(text, last.start + len(last.text)), f"{indent}{sign} "


def _bullet(parsed: ParsedPersona, rule: Rule) -> tuple[Item, list[Item]] | None:
    """The rule's own bullet, and what is indented below it."""
    for section in KINDS:
        if section not in parsed.blocks or rule not in parsed.rules(section):
            continue
        items = parsed.blocks[section].items
        for place, item in enumerate(items):
            if item.line == rule.line and item.kind == "bullet":
                return item, _below(item, items[place + 1 :])
    return None


def _below(item: Item, rest: Iterable[Item]) -> list[Item]:
    return list(takewhile(lambda each: each.kind != "heading" and each.indent > item.indent, rest))


def _lead(text: str, item: Item) -> tuple[str, str]:
    """The white space before the item, and the sign of its bullet."""
    start = max(text.rfind("\n", 0, item.start), text.rfind("\r", 0, item.start)) + 1
    line = text[start : item.start]
    words = line.lstrip(" \t")
    return line[: len(line) - len(words)], words[0] if words[:1] in ("-", "*", "+") else "-"


def _line_stop(text: str, at: int) -> int:
    """Where the line of that offset ends."""
    found = _END.search(text, at)
    return found.start() if found else len(text)


def _line_end(text: str, at: int) -> str:
    """The line end that is used there."""
    found = _END.match(text, at) or _END.search(text)
    return found[0] if found else "\n"


def _remark(
    parsed: ParsedPersona, made: str, rule: Rule, mark: ExampleMark, said: str
) -> str | None:
    """What the checker says of the example; None where the new text says anything else than the
    old one and the example, or where it is an error."""
    found = Findings()
    after = parse_text(made, found)
    if _said(after) != _said(parsed, rule, mark, said):
        return None
    told = [f for f in found.sorted() if shown(said) in f.message and f.line >= rule.line]
    return None if any(f.level == "error" for f in told) else told[0].message if told else ""


def _said(
    parsed: ParsedPersona,
    changed: Rule | None = None,
    mark: ExampleMark = "like",
    said: str = "",
) -> list[Any]:
    """All that a text says, without the lines on which it does; with an example more for a rule."""

    def examples(rule: Rule, name: ExampleMark) -> list[str]:
        return sorted([*getattr(rule, name), *([said] if (rule, name) == (changed, mark) else [])])

    told: list[Any] = [parsed.name, dict(parsed.phrases), parsed.briefing]
    told += [(section.title, section.text) for section in parsed.extra]
    for section, content in parsed.contents.items():
        told += [section, content.notes, content.lines]
        told += [(fact.label, fact.value, fact.only_after, fact.asked) for fact in content.facts]
        for rule in content.rules:
            then = [(change.label, change.value) for change in rule.then]
            told += [rule.id, rule.text, rule.replies, rule.change, rule.weight, then, rule.missing]
            told += [examples(rule, "like"), examples(rule, "unlike")]
    return told
