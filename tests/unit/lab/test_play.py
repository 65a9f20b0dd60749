"""Runs in text: who plays, how they end, and what is kept of them."""

from dataclasses import replace

import pytest

from agent.lab.play import FAULT, TO_ITS_END, ActorPlayer, Task, moods, play
from agent.simulation.observing.observer import LexicalObserver
from data.lab_runs import LabRun
from tests.support.scripts import TEXT, run_of, script_of
from tests.support.talk import persona_of

GOOD = "---\ntrainee: good\n---\n"


def test_a_run_says_what_came_of_it() -> None:
    run = run_of(f"{GOOD}# At the end\n- expect: resolved; score at least 80\n")
    persona = persona_of(TEXT)
    assert run.passed
    assert (run.persona, run.version) == (persona.slug, persona.version)
    assert (run.script, run.engine, run.played_by) == ("it", "offline", "the offline actor")
    assert (run.resolved, run.ended, run.failure) == (True, "customer", "")
    assert run.score is not None
    assert run.score >= 80
    assert run.moods[0] == 8
    assert len(run.moods) == 1 + sum(turn.speaker == "trainee" for turn in run.turns)
    assert moods(run).startswith("8→")
    assert run.cost == 0.0


def test_the_same_seed_gives_the_same_call() -> None:
    first, second = (run_of(GOOD, seed=3) for _ in range(2))
    assert first.turns == second.turns
    assert replace(first, id="", started=0.0, seconds=0.0) == replace(
        second, id="", started=0.0, seconds=0.0
    )


@pytest.mark.parametrize(
    ("kind", "turns", "more"), [("none", 2, False), ("good", 2, True), ("rude", 1, True)]
)
def test_a_built_in_trainee_goes_on_after_the_last_line(kind: str, turns: int, more: bool) -> None:
    lines = "".join(f"{n}. Well, hmm, number {n}.\n" for n in range(1, turns + 1))
    run = run_of(f"---\ntrainee: {kind}\n---\n{lines}")
    said = [turn.text for turn in run.turns if turn.speaker == "trainee"]
    assert said[:turns] == [f"Well, hmm, number {n}." for n in range(1, turns + 1)]
    assert (len(said) > turns) is more


def test_a_run_survives_its_way_to_the_disk() -> None:
    run = run_of("1. Calm down.\n   - expect: resolved\n# At the end\n- expect: hung up\n")
    assert run.misses
    assert LabRun.from_json(run.to_json()) == run


def test_a_stop_keeps_what_was_said_and_misses_what_was_not() -> None:
    persona = persona_of(TEXT)
    script = script_of(
        "1. Hello.\n   - expect: nothing matched\n2. Calm down.\n   - expect: hung up\n"
        "# At the end\n- expect: resolved\n"
    )
    calls = iter(["", "you closed the page"])
    task = Task(persona, script, "offline")
    run = play(task, ActorPlayer(), LexicalObserver(persona), stop=lambda: next(calls))
    assert run.failure == "you closed the page"
    assert [turn.speaker for turn in run.turns] == ["persona", "trainee", "persona"]
    assert [(miss.line, miss.saw) for miss in run.misses] == [
        (1, "you closed the page"),
        (4, "turn 2 was never said: you closed the page"),
        (6, "the call did not come to its end: you closed the page"),
    ]
    assert run.misses[0].expectation == TO_ITS_END
    assert run.score is None


def test_a_fault_of_our_own_ends_one_run_in_words() -> None:
    class Blind:
        def observe(self, text: str) -> None:
            raise ZeroDivisionError

    persona = persona_of(TEXT)
    run = play(Task(persona, script_of("1. Hello.\n"), "offline"), ActorPlayer(), Blind())  # type: ignore[arg-type]
    assert (run.passed, run.failure) == (False, FAULT)
    assert [turn.speaker for turn in run.turns] == ["persona"]
