"""Rehearsing in text: a persona against a trainee's lines, through director and actor."""

import argparse
import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TextIO

from agent.simulation.acting.actor import Actor
from agent.simulation.directing.director import State
from agent.simulation.directing.mood import mood_word
from agent.simulation.directing.scorecard import Scorecard, score
from agent.simulation.observing.observer import LexicalObserver, Observer
from agent.simulation.reviewing.lesson import Lesson, Verdict, lesson
from agent.simulation.text_call import SECONDS_A_TURN, NextLine, PlayedCall, TextCall
from agent.simulation.trainees import BUILT_IN, Trainee
from data.common.output import print_json, take_all_letters
from data.endings import why_not_scored
from data.phases import phase_word
from data.records import CallEnd, Turn
from personas.lookup import LookupProblem, find_persona
from personas.model import Persona
from personas.voices import Engines


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A call played in text; a turn's ``at`` counts ``SECONDS_A_TURN`` for each turn.

    ``ended`` is who hung up, None when the trainee's lines ran out; ``unspoken`` are the lines that
    were left when the persona hung up.
    """

    persona: Persona
    turns: tuple[Turn, ...]
    state: State
    scorecard: Scorecard
    ended: Literal["customer", "trainee"] | None = None
    unspoken: tuple[str, ...] = ()

    def to_json(self, engine: str) -> dict[str, Any]:
        """JSON-ready values, as the command line prints them; ``engine`` is what plays so in a
        call."""
        return {
            "persona": self.persona.slug,
            "version": self.persona.version,
            "engine": engine,
            "turns": [_turn_json(turn) for turn in self.turns],
            "resolved": self.state.resolved,
            "ended": self.ended,
            "unspoken": list(self.unspoken),
            "scorecard": self.scorecard.to_json(),
        }


class RehearsalError(Exception):
    """Words for a person: what could not be rehearsed, and the remedy."""


def play(
    persona: Persona,
    trainee: str | Iterable[str],
    seed: int = 0,
    make_observer: Callable[[Persona], Observer] = LexicalObserver,
    trainee_seed: int = 0,
) -> Rehearsal:
    """The whole call against a built-in trainee (by name) or a trainee's own lines.

    ``seed`` varies the persona, ``trainee_seed`` a built-in trainee.
    """
    observer = make_observer(persona)
    following = _source(persona, trainee, observer, trainee_seed)
    call = TextCall(persona, observer, Actor(persona, seed))
    call.talk(following)
    state = call.state
    unspoken = () if isinstance(trainee, str) else tuple(iter(lambda: following(state), None))
    return Rehearsal(
        persona, tuple(call.turns), state, scored(call), ended=call.ended, unspoken=unspoken
    )


def scored(call: PlayedCall) -> Scorecard:
    """The scorecard of a call of the lab that has come to its end."""
    reason = "hung_up" if call.ended == "customer" else "ended"
    end = CallEnd(len(call.turns) * SECONDS_A_TURN, reason, call.state.resolved)
    return score(call.persona, call.turns, why_not_scored(end, call.turns))


def main(
    arguments: list[str],
    folder: Callable[[], Path],
    engine: str,
    engines: Engines,
    make_observer: Callable[[Persona], Observer],
) -> int:
    """The ``rehearse`` command; personas are looked up in ``folder`` unless another is named.

    ``engine`` is the name of the one whose actor plays, ``engines`` those that a file may name,
    ``make_observer`` makes the observer that a call would have.
    """
    parser = argparse.ArgumentParser(
        prog="app.py rehearse", description="Play a persona in text against a trainee."
    )
    parser.add_argument("persona", metavar="PERSONA", help="a persona's name or file")
    parser.add_argument(
        "--trainee",
        required=True,
        metavar="FILE",
        help="the trainee's lines, one a line; or good, rude or clueless",
    )
    parser.add_argument("--personas", type=Path, metavar="DIR", help="folder of persona files")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(arguments)
    personas = options.personas or folder()
    return run_rehearse(
        options.persona,
        options.trainee,
        engine if options.json else "",
        personas,
        sys.stdout,
        sys.stderr,
        engines,
        make_observer,
    )


def run_rehearse(
    persona_arg: str,
    trainee: str,
    json_of: str,
    folder: Path,
    out: TextIO,
    err: TextIO,
    engines: Engines | None = None,
    make_observer: Callable[[Persona], Observer] = LexicalObserver,
) -> int:
    """Play and print as JSON for the engine ``json_of``, or for reading when that is "".

    Returns 0 when it was played, 2 on bad usage, with the remedy on err.
    """
    try:
        persona = find_persona(persona_arg, folder, engines)
        rehearsal = play(persona, _trainee(trainee), make_observer=make_observer)
    except (LookupProblem, RehearsalError) as error:
        print(f"rehearse: {error}", file=err)
        return 2
    if json_of:
        print_json(rehearsal.to_json(json_of), out)
    else:
        take_all_letters(out)
        out.write(as_text(rehearsal))
    return 0


def as_text(rehearsal: Rehearsal) -> str:
    """The call, its course and its scorecard for reading."""
    name = rehearsal.persona.name
    lines = [f"{name} ({rehearsal.persona.slug}, version {rehearsal.persona.version})", ""]
    for turn in rehearsal.turns:
        who = "Trainee" if turn.speaker == "trainee" else name
        lines.append(f"{who}: {turn.text}")
        if turn.speaker == "trainee":
            phase, mood = phase_word(turn.phase).lower(), mood_word(turn.intensity)
            lines.append(f"    [{phase}, {turn.intensity}/10 {mood}; {turn.cause}]")
    return "\n".join([*lines, "", *_card_lines(rehearsal)]) + "\n"


def _card_lines(rehearsal: Rehearsal) -> list[str]:
    card = rehearsal.scorecard
    resolved = "resolved" if rehearsal.state.resolved else "not resolved"
    result_words = f"Score {card.score}/100: {'pass' if card.passed else 'fail'}."
    hung_up = " The customer hung up." if rehearsal.ended == "customer" else ""
    lines = [f"The call is {resolved}.{hung_up} {card.not_scored or result_words}"]
    taught = _lesson(rehearsal)
    lines += [taught.why] if taught.why else []
    lines += [f"Not said any more: {line}" for line in rehearsal.unspoken]
    for result in card.objectives:
        mark = "x" if result.shown else " "
        lines.append(f"[{mark}] {result.text} (weight {result.weight})")
        lines += [f'      turn {e.turn + 1}: "{e.quote}"' for e in result.evidence]
    return [*lines, *(f"- {words}" for words in taught.lines())]


def _lesson(rehearsal: Rehearsal) -> Lesson:
    verdict = Verdict.of_card(rehearsal.scorecard.to_json(), rehearsal.state.resolved)
    return lesson(rehearsal.persona, rehearsal.turns, verdict)


def _source(
    persona: Persona, trainee: str | Iterable[str], observer: Observer, seed: int
) -> NextLine:
    if isinstance(trainee, str):
        return Trainee(trainee, persona, observer, seed).next
    lines = iter(trainee)
    return lambda state: next(lines, None)


def _turn_json(turn: Turn) -> dict[str, Any]:
    values: dict[str, Any] = {"speaker": turn.speaker, "text": turn.text}
    if turn.speaker == "trainee":
        values |= {
            "phase": turn.phase,
            "intensity": turn.intensity,
            "matched": list(turn.matched),
            "cause": turn.cause,
        }
    return values


def _trainee(argument: str) -> str | list[str]:
    """A built-in trainee's name, or the lines of a file that have any words."""
    path = Path(argument)
    if argument in BUILT_IN:
        return argument
    choice = f"Give a text file with one line a turn, or one of: {', '.join(BUILT_IN)}."
    if not os.path.isfile(path):
        raise RehearsalError(f"there is no trainee {argument!r}. {choice}")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise RehearsalError(f"{path} is not UTF-8 text. Save it as UTF-8.") from None
    except OSError as error:
        raise RehearsalError(f"cannot read {path}: {error.strerror or error}.") from None
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        raise RehearsalError(f"{path} has no lines. {choice}")
    return lines
