"""A persona file as it reads, whether or not it holds together."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from types import MappingProxyType

from personas.content import (
    Content,
    Form,
    Passage,
    Passages,
    Way,
    read_facts,
    read_said,
    read_words,
)
from personas.frontmatter import Front, read_front
from personas.links import link
from personas.model import Fact, Kind, PhraseKind, Rule, Section
from personas.outline import BOM, Block, Part, outline
from personas.pieces import Piece, cut
from personas.rules import read_opening, read_rules
from personas.sections import (
    BEHAVIOR,
    BRIEFING,
    CONSTRAINTS,
    CONTEXT,
    OBJECTIVES,
    PERSONA,
    PHASES,
    PHRASES,
    PROFILE,
    without_pictures,
)
from personas.source import Findings, shown
from personas.voices import Engines

KINDS: dict[str, Kind] = {
    "Phase 2": "trigger",
    "Phase 3": "deescalation",
    "Phase 4": "criterion",
    OBJECTIVES: "objective",
}
_FORMS: dict[str, Form] = {
    PERSONA: "words",
    PROFILE: "facts",
    CONTEXT: "words",
    PHASES[0]: "opening",
    **KINDS,
    CONSTRAINTS: "words",
    PHRASES: "phrases",
}


_MAY_BE = {section.casefold(): section for section in (PHRASES, BRIEFING)}
"""What a file may leave out; nobody would notice that its name is misspelt."""


@dataclass(slots=True)
class ParsedPersona:
    """What a text says, section by section; ``blocks`` are its known sections by name.

    ``pieces`` and ``passages`` are for the reading of the text as it is after an edit.
    """

    text: str
    front: Front
    blocks: dict[str, Block] = field(default_factory=dict)
    unknown: list[Block] = field(default_factory=list)
    contents: dict[str, Content] = field(default_factory=dict)
    extra: list[Section] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    passages: Passages = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The persona's name as people say it, without emoji, or nothing."""
        return without_pictures(self.blocks[PERSONA].title) if PERSONA in self.blocks else ""

    @property
    def facts(self) -> tuple[Fact, ...]:
        """What the persona tells when asked."""
        return tuple(self.contents[PROFILE].facts) if PROFILE in self.contents else ()

    def rules(self, section: str) -> tuple[Rule, ...]:
        """The rules of a phase or of the test objectives."""
        return tuple(self.contents[section].rules) if section in self.contents else ()

    @property
    def all_rules(self) -> tuple[Rule, ...]:
        """Every rule, in the order triggers, de-escalations, criteria, objectives."""
        return tuple(rule for section in KINDS for rule in self.rules(section))

    @property
    def phrases(self) -> Mapping[PhraseKind, tuple[str, ...]]:
        """The persona's own lines for some moments; only kinds that have any."""
        found: dict[PhraseKind, list[str]] = {}
        for kind, line in self.contents[PHRASES].phrases if PHRASES in self.contents else ():
            found.setdefault(kind, []).append(line)
        return MappingProxyType({kind: tuple(lines) for kind, lines in found.items()})

    @property
    def briefing(self) -> str:
        """The markdown for the trainee, as it was written."""
        block = self.blocks.get(BRIEFING)
        pieces = [(part.piece, part.nested) for part in block.parts] if block else []
        return "".join(p.text if nested else p.text[p.below :] for p, nested in pieces).strip(
            "\r\n"
        )

    @property
    def marked(self) -> bool:
        """Whether any number is set: a change, a weight, an intensity or a threshold."""
        return any(content.marked for content in self.contents.values())

    def words(self, section: str) -> tuple[str, ...]:
        """The bullets, paragraphs and sub-headings of a section that is no phase, one string
        each."""
        return tuple(self.contents[section].notes) if section in self.contents else ()


def parse_text(
    text: str,
    found: Findings,
    before: ParsedPersona | None = None,
    engines: Engines | None = None,
) -> ParsedPersona:
    """Read a text leniently; only what cannot be read at all is noted here.

    What ``before``, an earlier text, has of it already is taken from there; the result is the same.
    """
    front, pieces, (preface, *blocks) = _outlined(text, found, before, engines)
    parsed = ParsedPersona(text, front, pieces=pieces)
    if not preface.empty:
        at = preface.items[0].line
        found.warn(at, "text before the first heading; the format knows no place for it")
        parsed.extra.append(_section(preface, "", at))
    for block in blocks:
        _place(block, parsed, found)
    known = before.passages if before else {}
    for section, block in parsed.blocks.items():
        if section in _FORMS:
            parsed.contents[section] = _content(block, _FORMS[section], parsed, known, found)
    link(parsed.contents, found)
    return parsed


def told(text: str) -> str:
    """What of a file the persona is told: neither its front matter nor its briefing."""
    blocks = _outlined(text, Findings())[2]
    parts = (part for block in blocks if block.key != BRIEFING for part in block.parts)
    return "".join(part.piece.text for part in parts)


def _outlined(
    text: str,
    found: Findings,
    before: ParsedPersona | None = None,
    engines: Engines | None = None,
) -> tuple[Front, list[Piece], list[Block]]:
    """The front matter, the pieces below it, and the blocks that they make."""
    front, start, line = read_front(text, found, engines)
    if not start and text.startswith(BOM):
        start = len(BOM)
    pieces = cut(text[start:], before.pieces if before else ())
    return front, pieces, outline(text, pieces, start, line, found)


def _content(
    block: Block, form: Form, parsed: ParsedPersona, known: Passages, found: Findings
) -> Content:
    """What a section says, part by part."""
    content, bulleted, outer = Content(), block.bulleted, None
    for part in block.parts:
        way = Way(form, bulleted, part.nested, outer if content.rules else None)
        passage = known.get((part.piece, way))
        passage = passage.at(part.line) if passage else _read(part, way)
        parsed.passages[part.piece, way] = passage
        for below in passage.below:
            content.rules[-1] = below.under(content.rules[-1])
        content.add(passage.content)
        found.take(passage.findings)
        outer = passage.outer
    return content


def _read(part: Part, way: Way) -> Passage:
    match way.form:
        case "words":
            return read_words(part)
        case "facts":
            return read_facts(part)
        case "opening":
            return read_opening(part)
        case "phrases":
            return read_said(part)
    return read_rules(part, way.form, way)


def _place(block: Block, parsed: ParsedPersona, found: Findings) -> None:
    if block.written:
        found.warn(
            block.line,
            f"{shown(block.heading)!r} is read as the heading {shown(block.written)!r}; better "
            "write it so",
        )
    if not block.key:
        near = get_close_matches(block.title.casefold()[:20], _MAY_BE, n=1, cutoff=0.75)
        meant = f" (is # {_MAY_BE[near[0]]} meant?)" if near else ""
        found.warn(
            block.line,
            f"unknown section {shown(block.heading)!r}{meant}; it is kept and told to the persona",
        )
        parsed.unknown.append(block)
        parsed.extra.append(_section(block, block.title, block.line))
    elif block.key not in parsed.blocks:
        parsed.blocks[block.key] = block
        if block.key == BEHAVIOR and not block.empty:
            parsed.extra.append(_section(block, BEHAVIOR, block.line))
    else:
        _join(parsed.blocks[block.key], block, found)


def _join(first: Block, second: Block, found: Findings) -> None:
    if first.key == PERSONA:
        found.error(
            second.line,
            f"a second {shown(second.heading)!r} (the first is on line {first.line}); "
            "a file holds one persona",
        )
        return
    found.warn(
        second.line,
        f"a second {shown(second.heading)!r} (the first is on line {first.line}); "
        "both are read together",
    )
    first.parts += second.parts


def _section(block: Block, title: str, line: int) -> Section:
    return Section(title, block.body.strip(BOM + "\r\n \t"), line)
