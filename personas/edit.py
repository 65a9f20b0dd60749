"""Small edits of a persona file's text that leave every other byte as it is.

All raise KeyError for an unknown rule, and ValueError when the result would not be read back as
what was meant: for instance because new words hold a mark or a quotation.
"""

import re
from dataclasses import replace
from typing import NamedTuple

from personas.marks import Span, find_marks, take_apart
from personas.model import Kind, Rule
from personas.outline import Block
from personas.parsed import KINDS, ParsedPersona, read_draft
from personas.pieces import Item
from personas.source import Findings

_END = re.compile(r"\r\n|\n|\r")
_BULLET = re.compile(r"[ \t]*(?:[-*+•]|\d{1,3}[.)])[ \t]*(?:\[[ xX]\][ \t]+)?")
_SECTIONS = {kind: section for section, kind in KINDS.items()}


class _Place(NamedTuple):
    """Where a rule stands: ``number`` counts the rules of its section, ``spans`` hold its words."""

    section: str
    number: int
    rule: Rule
    spans: tuple[Span, ...]
    item: Item


def set_rule(text: str, rule_id: str, new_text: str) -> str:
    """The text with other words for that rule; its bullet, marks and replies stay."""
    words = " ".join(new_text.split())
    before, place = _find(text, rule_id)
    (start, end), *rest = place.spans
    changed = text
    # Words on both sides of a mark: the new ones take the first place, the others go.
    for a, b in reversed(rest):
        changed = changed[:a].rstrip(" \t") + changed[b:]
    changed = changed[:start] + words + changed[end:]
    expected = list(before.rules(place.section))
    after = _rules(changed, place.section)
    if [rule.text for rule in after] != [
        words if index == place.number else rule.text for index, rule in enumerate(expected)
    ]:
        raise ValueError(f"these words would be read differently: {words!r}")
    return changed


def set_change(text: str, rule_id: str, change: int) -> str:
    """The text with another change of intensity for a trigger or de-escalation point."""
    return _set_mark(text, rule_id, "change", change, f"({change:+})")


def set_weight(text: str, rule_id: str, weight: int) -> str:
    """The text with another weight for a test objective."""
    return _set_mark(text, rule_id, "weight", weight, f"(weight {weight})")


def add_rule(text: str, kind: Kind, bullet: str) -> str:
    """The text with one more rule at the end of its section, written as its neighbours are.

    ``bullet`` is what stands behind the dash, such as ``Being told to wait (+2): "No."``.
    """
    before = read_draft(text, Findings())
    section = _SECTIONS[kind]
    if section not in before.blocks:
        raise ValueError(f"there is no section {section!r} to add it to")
    line = " ".join(bullet.split())
    at, sign = _behind(text, before.blocks[section])
    if at and text[at - 1] not in "\r\n":
        changed = text[:at] + _line_end(text) + sign + line + text[at:]
    else:
        # The neighbour's own end: another one could join what follows to a single "\r\n".
        end = "\r\n" if text[:at].endswith("\r\n") else text[at - 1 : at] or _line_end(text)
        changed = text[:at] + sign + line + end + text[at:]
    old, new = before.rules(section), _rules(changed, section)
    known = {rule.id for rule in old}
    if len(new) != len(old) + 1 or known - {rule.id for rule in new}:
        raise ValueError(f"this would not be read as one more rule: {line!r}")
    return changed


def remove_rule(text: str, rule_id: str) -> str:
    """The text without that rule's lines, the replies below it included."""
    before, place = _find(text, rule_id)
    start = _line_start(text, place.item.start)
    end = _next_line(text, _end_of(place.item))
    for item in _below(before.blocks[place.section], place.item):
        end = _next_line(text, _end_of(item))
    changed = text[:start] + text[end:]
    old = [rule.id for rule in before.rules(place.section)]
    if [rule.id for rule in _rules(changed, place.section)] != [i for i in old if i != rule_id]:
        raise ValueError("without this rule the others would be read differently")
    return changed


def _set_mark(text: str, rule_id: str, name: str, value: int, mark: str) -> str:
    before, place = _find(text, rule_id)
    spans = [
        (place.item.start + a, place.item.start + b)
        for found, (a, b) in find_marks(place.item.text, place.rule.kind)
        if found.name == name
    ]
    if spans:
        (start, end), mark_text = spans[0], mark
    else:
        start = end = place.spans[-1][1]
        mark_text = f" {mark}"
    changed = text[:start] + mark_text + text[end:]
    expected = list(before.rules(place.section))
    expected[place.number] = (
        replace(place.rule, change=value) if name == "change" else replace(place.rule, weight=value)
    )
    if list(_rules(changed, place.section)) != expected:
        raise ValueError(f"{mark} cannot be set here")
    return changed


def _find(text: str, rule_id: str) -> tuple[ParsedPersona, _Place]:
    draft = read_draft(text, Findings())
    for section, content in draft.contents.items():
        for index, rule in enumerate(content.rules):
            if rule.id == rule_id:
                item = next(i for i in draft.blocks[section].items if i.line == rule.line)
                spans = tuple(
                    (item.start + a, item.start + b)
                    for a, b in take_apart(item.text, rule.kind).spans
                )
                return draft, _Place(section, index, rule, spans, item)
    raise KeyError(rule_id)


def _rules(text: str, section: str) -> tuple[Rule, ...]:
    return read_draft(text, Findings()).rules(section)


def _below(block: Block, item: Item) -> list[Item]:
    """The bullets nested under that one."""
    items = block.items
    following = items[items.index(item) + 1 :]
    nested: list[Item] = []
    for other in following:
        if item.kind != "bullet" or other.kind != "bullet" or other.indent <= item.indent:
            break
        nested.append(other)
    return nested


def _behind(text: str, block: Block) -> tuple[int, str]:
    """The offset behind a section's last bullet (or its heading), and how a bullet begins there."""
    bullets = [item for item in block.items if item.kind == "bullet"]
    if not bullets:
        return _next_line(text, text.index(block.heading, _offset(text, block.line))), "- "
    outer = [item for item in bullets if item.indent == bullets[0].indent][-1]
    begin = text[_line_start(text, outer.start) : outer.start]
    sign = _BULLET.match(begin)
    last = [outer, *_below(block, outer)][-1]
    return _next_line(text, _end_of(last)), sign[0] if sign and sign[0].strip() else "- "


def _end_of(item: Item) -> int:
    return item.start + len(item.text)


def _line_start(text: str, offset: int) -> int:
    return max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1


def _next_line(text: str, offset: int) -> int:
    end = _END.search(text, offset)
    return end.end() if end else len(text)


def _offset(text: str, line: int) -> int:
    at = 0
    for _ in range(line - 1):
        at = _next_line(text, at)
    return at


def _line_end(text: str) -> str:
    """How the file ends its lines; the first one decides."""
    end = _END.search(text)
    return end[0] if end else "\n"
