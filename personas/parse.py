"""Reads a persona file: what it says, and everything that is wrong with it."""

import logging

from personas.checks import check
from personas.mending import note_misdecoded, note_wrapping
from personas.model import Examination, Finding, Persona, Phase
from personas.parsed import ParsedPersona, parse_text
from personas.sections import CONSTRAINTS, CONTEXT, OBJECTIVES, PERSONA, PHASES
from personas.source import Findings, decode, to_bytes, version_of
from personas.voices import Engines

log = logging.getLogger(__name__)

TITLES = ("Opening", "Escalation Triggers", "De-escalation Points", "Resolution Acceptance")


def examine(data: bytes | str, slug: str, engines: Engines | None = None) -> Examination:
    """Read a file leniently, with all findings; no persona comes of a file with an error.

    Whether the engines that it names are there is looked at with ``engines`` only: a record's text
    may well name one that is gone.
    """
    return examine_parsed(data, slug, engines=engines)[0]


def examine_parsed(
    data: bytes | str,
    slug: str,
    before: ParsedPersona | None = None,
    engines: Engines | None = None,
) -> tuple[Examination, ParsedPersona | None]:
    """As :func:`examine`, with what could be read even when there are errors.

    Of a text that differs from ``before`` in places, only these are read. Never raises: a text on
    which the reader itself fails has an error that says so, and costs nobody else.
    """
    try:
        return _examine(data, slug, before, engines)
    except Exception as error:
        log.exception("the reader failed on the text of %s", slug)
        return Examination(None, (failure(error),)), None


def failure(error: Exception) -> Finding:
    """What to tell about a file on which we failed ourselves."""
    return Finding(
        1,
        "error",
        f"Rehearsal failed on this file ({type(error).__name__}) and cannot use it. Undo the last "
        "change to it; the console says more for whoever looks after Rehearsal",
    )


def _examine(
    data: bytes | str, slug: str, before: ParsedPersona | None, engines: Engines | None
) -> tuple[Examination, ParsedPersona | None]:
    found = Findings()
    data = to_bytes(data)
    text = decode(data, found)
    if text is None:
        return Examination(None, found.sorted()), None
    note_misdecoded(text, found)
    if note_wrapping(text, found):
        return Examination(None, found.sorted()), parse_text(text, Findings(), before, engines)
    parsed = parse_text(text, found, before, engines)
    intensity, threshold = check(parsed, found)
    findings = found.sorted()
    if any(finding.level == "error" for finding in findings):
        return Examination(None, findings), parsed
    persona = _persona(parsed, slug, version_of(data), intensity, threshold)
    return Examination(persona, findings), parsed


def _persona(
    parsed: ParsedPersona, slug: str, version: str, intensity: int, threshold: int
) -> Persona:
    front = parsed.front
    return Persona(
        slug=slug,
        version=version,
        text=parsed.text,
        name=parsed.name,
        character="\n".join(parsed.words(PERSONA)),
        scenario=front.scenario or parsed.name,
        difficulty=front.difficulty,
        language=front.language,
        patience=front.patience,
        intensity=intensity,
        threshold=threshold,
        facts=parsed.facts,
        context=parsed.words(CONTEXT),
        phases=(_phase(parsed, 0), _phase(parsed, 1), _phase(parsed, 2), _phase(parsed, 3)),
        triggers=parsed.rules(PHASES[1]),
        deescalations=parsed.rules(PHASES[2]),
        criteria=parsed.rules(PHASES[3]),
        objectives=parsed.rules(OBJECTIVES),
        constraints=parsed.words(CONSTRAINTS),
        extra=tuple(parsed.extra),
        voice=front.voice,
        engine=front.engine,
        phrases=parsed.phrases,
        briefing=parsed.briefing,
        published=front.published,
        hang_up=front.hang_up,
        exam=front.exam,
        recording=front.recording,
    )


def _phase(parsed: ParsedPersona, index: int) -> Phase:
    block, content = parsed.blocks[PHASES[index]], parsed.contents[PHASES[index]]
    title = block.title or TITLES[index]
    return Phase(index + 1, title, tuple(content.notes), tuple(content.lines), block.line)
