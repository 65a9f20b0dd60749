"""A persona file as it reads, whether or not it holds together."""

# Authors also write full-width colons, typographic dashes and minus signs.
# ruff: noqa: RUF001

import re
from dataclasses import dataclass, field

from personas.frontmatter import Front, read_front
from personas.marks import clean
from personas.model import Fact, Kind, Rule, Section
from personas.rules import Content, read_notes, read_rules
from personas.sections import (
    BEHAVIOR,
    OBJECTIVES,
    PERSONA,
    PHASES,
    PROFILE,
    Block,
    outline,
)
from personas.source import Findings

KINDS: dict[str, Kind] = {
    "Phase 2": "trigger",
    "Phase 3": "deescalation",
    "Phase 4": "criterion",
    OBJECTIVES: "objective",
}
_FACT = re.compile(r"([^:：]{1,60}?)\s*(?::(?!//)|：)\s*(.*)", re.DOTALL)


@dataclass(slots=True)
class Draft:
    """What a text says, section by section; ``blocks`` are its known sections by name."""

    text: str
    front: Front
    blocks: dict[str, Block] = field(default_factory=dict)
    unknown: list[Block] = field(default_factory=list)
    contents: dict[str, Content] = field(default_factory=dict)
    facts: list[Fact] = field(default_factory=list)
    extra: list[Section] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The persona's name, or nothing."""
        return self.blocks[PERSONA].title if PERSONA in self.blocks else ""

    def rules(self, section: str) -> tuple[Rule, ...]:
        """The rules of a phase or of the test objectives."""
        return tuple(self.contents[section].rules) if section in self.contents else ()

    @property
    def all_rules(self) -> tuple[Rule, ...]:
        """Every rule, in the order triggers, de-escalations, criteria, objectives."""
        return tuple(rule for section in KINDS for rule in self.rules(section))

    @property
    def marked(self) -> bool:
        """Whether any number is set: a change, a weight, an intensity or a threshold."""
        return any(content.marked for content in self.contents.values())

    def words(self, section: str) -> tuple[str, ...]:
        """The bullets, paragraphs and sub-headings of a section, one string each."""
        block = self.blocks.get(section)
        return tuple(_said(block)) if block else ()


def read_draft(text: str, found: Findings) -> Draft:
    """Read a text leniently; only what cannot be read at all is noted here."""
    front, start, line = read_front(text, found)
    draft = Draft(text, front)
    preface, *blocks = outline(text, start, line, found)
    if preface.body.strip("\ufeff \t\r\n") and preface.items:
        found.warn(
            preface.items[0].line, "text before the first heading; the format knows no place for it"
        )
        draft.extra.append(_section(preface, "", preface.items[0].line))
    for block in blocks:
        _place(block, draft, found)
    for section, block in draft.blocks.items():
        if section in KINDS:
            draft.contents[section] = read_rules(block, KINDS[section], found)
        elif section == PHASES[0]:
            draft.contents[section] = read_notes(block, found)
    if PROFILE in draft.blocks:
        draft.facts = _facts(draft.blocks[PROFILE], found)
    return draft


def _place(block: Block, draft: Draft, found: Findings) -> None:
    if not block.key:
        found.warn(
            block.line, f"unknown section {block.heading!r}; it is kept and told to the persona"
        )
        draft.unknown.append(block)
        draft.extra.append(_section(block, block.title, block.line))
    elif block.key not in draft.blocks:
        draft.blocks[block.key] = block
        if block.key == BEHAVIOR and block.items:
            draft.extra.append(_section(block, BEHAVIOR, block.line))
    else:
        _join(draft.blocks[block.key], block, found)


def _join(first: Block, second: Block, found: Findings) -> None:
    if first.key == PERSONA:
        found.error(
            second.line,
            f"a second {second.heading!r} (the first is on line {first.line}); "
            "a file holds one persona",
        )
        return
    found.warn(
        second.line,
        f"a second {second.heading!r} (the first is on line {first.line}); both are read together",
    )
    first.items += second.items


def _section(block: Block, title: str, line: int) -> Section:
    return Section(title, block.body.strip("\ufeff\r\n \t"), line)


def _said(block: Block) -> list[str]:
    said = []
    for item in block.items:
        if item.kind == "code":
            said.append(item.text)
        elif words := clean(item.text.lstrip("> ")):
            said.append(words)
    return said


def _facts(block: Block, found: Findings) -> list[Fact]:
    facts = []
    for item in block.items:
        if item.kind not in ("bullet", "text") or not (words := clean(item.text)):
            continue
        label, value = _labelled(words)
        if label and not value:
            if not item.parent:
                found.warn(item.line, f"{label!r} has no value; the persona cannot tell it")
            continue
        facts.append(Fact(label, value, item.line))
    return facts


def _labelled(words: str) -> tuple[str, str]:
    match = _FACT.fullmatch(words)
    # "Called at 10:30" and a whole sentence before the colon are no labels.
    if match is None or len(match[1].split()) > 6:
        return "", words
    if match[1][-1].isdigit() and words[match.end(1) :].lstrip()[1:2].isdigit():
        return "", words
    return match[1], match[2]
