"""A model that is scripted to fall out of its role fails the script that forbids it."""

from functools import cache
from pathlib import Path

import pytest

from agent.lab.play import ActorPart, Task, play
from agent.simulation.acting.actor import Actor
from agent.simulation.directing.course import State, Step
from agent.simulation.guarding.guards import GUARDS
from agent.simulation.observing.observer import LexicalObserver
from data.lab_runs import LabRun
from personas.model import Persona
from tests.support.guard_cases import Case, actor, cases
from tests.support.places import ROOT
from tests.support.scripts import script_of

ROWS = list(cases(Path(ROOT / "tests/unit/simulation/guarding/known.yaml")))
WANTED = '1. {said}\n# At the end\n- expect: no guard broken "{guard}"\n'


class _Scripted(Actor):
    """A model that says one line, whatever it is asked."""

    def __init__(self, persona: Persona, line: str) -> None:
        super().__init__(persona)
        self._slip = line

    def open(self, state: State) -> str:
        return "Hello."

    def answer(self, text: str, step: Step) -> str:
        return self._slip


class _Model:
    """Plays that line for every persona."""

    played_by = "a scripted model"
    trainee = ""

    def __init__(self, line: str) -> None:
        self._line = line

    def part(self, persona: Persona, seed: int) -> ActorPart:
        return ActorPart(persona, _Scripted(persona, self._line))

    def close(self) -> None:
        """Nothing is to be closed."""


@cache
def observer(slug: str) -> LexicalObserver:
    return LexicalObserver(actor(slug))


def played(case: Case) -> LabRun:
    persona = actor(case.actor)
    script = script_of(WANTED.format(said=case.before, guard=case.guard), persona)
    return play(Task(persona, script, "pipeline"), _Model(case.line), observer(case.actor))


def first(guard: str, language: str, *, broken: bool) -> Case:
    """A row that needs nothing but what the trainee says."""
    return next(
        case
        for case in ROWS
        if (case.guard, case.language, case.broken) == (guard, language, broken)
        and not case.met
        and not case.earned
    )


@pytest.mark.parametrize("language", ["en", "th"])
@pytest.mark.parametrize("guard", GUARDS)
def test_a_break_is_a_miss_with_its_words(guard: str, language: str) -> None:
    (miss,) = played(first(guard, language, broken=True)).misses
    assert f'guard "{guard}": "' in miss.saw


@pytest.mark.parametrize("language", ["en", "th"])
@pytest.mark.parametrize("guard", GUARDS)
def test_what_nearly_breaks_it_passes(guard: str, language: str) -> None:
    assert not played(first(guard, language, broken=False)).misses
