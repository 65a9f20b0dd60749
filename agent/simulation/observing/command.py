"""The ``observe`` command: what each line of a file does, as a turn by itself."""

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TextIO

from agent.simulation.directing.certainty import ASKED_FACT, FITTING, decided
from agent.simulation.directing.course import Match, Observation
from agent.simulation.observing.observer import Observer
from data.common.output import print_json, take_all_letters
from personas.lookup import LookupProblem, find_persona
from personas.model import Persona
from personas.voices import Engines


def main(
    arguments: Sequence[str],
    folder: Callable[[], Path],
    engines: Engines | None,
    make_observer: Callable[[Persona], Observer],
    out: TextIO,
    errors: TextIO,
) -> int:
    """Run the command; returns the exit code, 2 on bad usage with the remedy on ``errors``.

    Personas are looked up in ``folder`` unless another is named; ``engines`` are those that a file
    may name.
    """
    parser = argparse.ArgumentParser(
        prog="app.py observe",
        description="Read each line of a file as a trainee's turn by itself, as a call would.",
    )
    parser.add_argument("persona", metavar="PERSONA", help="a persona's name or file")
    parser.add_argument("file", metavar="FILE", help="one turn a line; - for standard input")
    parser.add_argument("--personas", type=Path, metavar="DIR", help="folder of persona files")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(arguments)
    take_all_letters(out)
    take_all_letters(errors)
    try:
        persona = find_persona(options.persona, options.personas or folder(), engines)
        lines = _lines(options.file)
    except LookupProblem as error:
        print(f"observe: {error}", file=errors)
        return 2
    observer = make_observer(persona)
    seen = (decided(persona, observer.observe(line)) for line in lines)
    if options.json:
        turns = [_json(persona, one) for one in seen]
        print_json({"persona": persona.slug, "turns": turns}, out)
        return 0
    for one in seen:
        print("\n".join(_words(persona, one)), file=out)
    return 0


def _lines(name: str) -> list[str]:
    try:
        raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise LookupProblem(f"{name} is not UTF-8 text. Save it as UTF-8.") from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise LookupProblem(f"cannot read {name}: {why}. Give a text file, or -.") from None
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        raise LookupProblem(f"{name} has no lines. Write one turn a line.")
    return lines


def _json(persona: Persona, seen: Observation) -> dict[str, Any]:
    return {
        "text": seen.text,
        "matches": list(_matches(persona, seen.matches)),
        "unsure": list(_matches(persona, seen.unsure)),
        "facts": [{"label": f.label, "confidence": f.confidence} for f in _asked(seen)],
        "lines": [{"text": line.text, "confidence": line.confidence} for line in _fitting(seen)],
        "hostile": seen.hostile,
    }


def _matches(persona: Persona, matches: Iterable[Match]) -> Iterator[dict[str, Any]]:
    for match in matches:
        if (rule := persona.rule(match.rule)) is not None:
            yield {
                "id": rule.id,
                "text": rule.text,
                "kind": rule.kind,
                "confidence": match.confidence,
                "quote": match.quote,
            }


def _asked(seen: Observation) -> list[Any]:
    """The facts that would be told."""
    return [fact for fact in seen.facts if fact.confidence >= ASKED_FACT]


def _fitting(seen: Observation) -> list[Any]:
    """All lines of the persona, the most fitting first."""
    return sorted(seen.lines, key=lambda line: -line.confidence)


_KINDS = {
    "trigger": "angers",
    "deescalation": "calms",
    "criterion": "settles",
    "objective": "shows",
}


def _words(persona: Persona, seen: Observation) -> Iterator[str]:
    yield seen.text
    if seen.hostile:
        yield "    hostile"
    for sure, matches in (("", seen.matches), ("perhaps ", seen.unsure)):
        for each in _matches(persona, matches):
            verb, how = _KINDS[each["kind"]], f"{each['confidence']:.2f}"
            yield f'    {sure}{verb}: {each["text"]} ({how}, "{each["quote"]}")'
    for fact in _asked(seen):
        yield f"    asks for: {fact.label} ({fact.confidence:.2f})"
    for line in _fitting(seen)[:1]:
        if line.confidence >= FITTING:
            yield f'    answered by: "{line.text}" ({line.confidence:.2f})'
    if not (seen.hostile or seen.matches or seen.unsure or _asked(seen)):
        yield "    does nothing by the persona's rules"
