"""Calls in real sound: what was heard of each line, what was answered, and how it is judged."""

from collections.abc import Sequence
from typing import Literal

import pytest

from agent.lab.play import Task, judged
from agent.lab.sound_call import NOTHING, Line, SoundCall
from agent.simulation.directing.director import begin
from agent.simulation.directing.ledger import Ledger
from agent.simulation.observing.observer import LexicalObserver
from data.lab_runs import Heard
from data.records import Turn
from personas.model import Persona
from tests.support.scripts import TEXT, script_of
from tests.support.talk import persona_of

Said = tuple[Literal["trainee", "persona"], str]
SORRY = "I am so sorry for what happened."
CALM = "You need to calm down."


@pytest.fixture(scope="module")
def persona() -> Persona:
    return persona_of(TEXT)


def call_of(persona: Persona, lines: Sequence[Line], *said: Said) -> SoundCall:
    """A call in which this was said, a turn every ten seconds that lasts four."""
    ledger, observer = Ledger(persona, begin(persona)), LexicalObserver(persona)
    call = SoundCall(persona, lines=list(lines))
    for index, (speaker, text) in enumerate(said):
        turn = Turn(index, speaker, text, index * 10.0, end=index * 10.0 + 4)
        if speaker == "trainee":
            turn = ledger.heard(turn, observer.observe(text))[0]
        call.take(turn if speaker == "trainee" else ledger.spoke(turn))
    return call


def told(call: SoundCall) -> list[tuple[str, str]]:
    return [(each.said.text, each.reply.text) for each in call.exchanges]


HELLO: Said = ("persona", "Hello?")


@pytest.mark.parametrize(
    ("lines", "said", "exchanges"),
    [
        ([Line("A.", 1)], [HELLO, ("trainee", "A."), ("persona", "B.")], [("A.", "B.")]),
        (
            [Line("A.", 1), Line("C.", 3)],
            [HELLO, ("trainee", "A."), ("persona", "B."), ("trainee", "C."), ("persona", "D.")],
            [("A.", "B."), ("C.", "D.")],
        ),
        (  # a pause made two turns of the first line
            [Line("A. B.", 1), Line("C.", 5)],
            [HELLO, ("trainee", "A."), ("persona", "Well"), ("trainee", "B."), ("persona", "Yes."),
             ("trainee", "C."), ("persona", "D.")],
            [("A. B.", "Well Yes."), ("C.", "D.")],
        ),
        (  # it cut in, so what was cut off is told after its line had begun
            [Line("A.", 1), Line("C.", 2)],
            [HELLO, ("trainee", "A."), ("persona", "B"), ("trainee", "C."), ("persona", "D.")],
            [("A.", "B"), ("C.", "D.")],
        ),
        (  # it cut into the first line
            [Line("A.", 0)],
            [("persona", "Hel"), ("trainee", "A."), ("persona", "B.")],
            [("A.", "B.")],
        ),
        (  # the second line was not heard, and the customer spoke up
            [Line("A.", 1), Line("Hm.", 3), Line("C.", 4)],
            [HELLO, ("trainee", "A."), ("persona", "B."), ("persona", "Still there?"),
             ("trainee", "C."), ("persona", "D.")],
            [("A.", "B."), ("", "Still there?"), ("C.", "D.")],
        ),
        (  # nor was the last, and nobody said a word
            [Line("A.", 1), Line("Hm.", 3)],
            [HELLO, ("trainee", "A."), ("persona", "B.")],
            [("A.", "B."), ("", "")],
        ),
        ([Line("A.", 1)], [HELLO, ("trainee", "A.")], [("A.", "")]),
        ([], [HELLO], []),
    ],
)  # fmt: skip
def test_each_line_has_its_answer(
    persona: Persona, lines: list[Line], said: list[Said], exchanges: list[tuple[str, str]]
) -> None:
    assert told(call_of(persona, lines, *said)) == exchanges


def test_it_is_judged_by_what_was_heard(persona: Persona) -> None:
    script = script_of(
        f'1. {SORRY}\n   - expect: matched "A sincere apology"; intensity at most 6\n'
        f"2. {CALM}\n   - expect: intensity at most 3; hung up\n",
        persona,
    )
    lines = [Line(SORRY, 1), Line(CALM, 3)]
    call = call_of(
        persona, lines, HELLO, ("trainee", SORRY.upper()), ("persona", "Well."),
        ("trainee", "You need two come down."), ("persona", "No."),
    )  # fmt: skip
    call.ended = "customer"
    run = judged(Task(persona, script, "offline"), call, "")
    assert [miss.line for miss in run["misses"]] == [4]
    assert run["moods"] == (8, 6, 6)
    assert call.heard == (Heard(3, CALM, "You need two come down."),)


def test_a_turn_that_is_seen_anew_takes_its_place(persona: Persona) -> None:
    call = call_of(persona, [Line(SORRY, 1)], HELLO, ("trainee", "Nothing."), ("persona", "B."))
    before = call.state.intensity
    rule = next(rule for rule in persona.deescalations if rule.text == "A sincere apology")
    call.take(Turn(1, "trainee", "Nothing.", 10.0, matched=(rule.id,), quotes=("Nothing",)))
    assert call.exchanges[0].said.matched == (rule.id,)
    assert call.exchanges[0].state.intensity == call.state.intensity < before


def test_nothing_heard_stands_as_such(persona: Persona) -> None:
    call = call_of(persona, [Line("Hm.", 1)], HELLO)
    assert call.heard == (Heard(NOTHING, "Hm.", ""),)
    assert call.exchanges[0].state == call.state


def test_speaking_time_counts_what_is_said_at_once_once(persona: Persona) -> None:
    call = SoundCall(persona)
    for turn in (
        Turn(0, "persona", "A", 1.0, end=5.0),
        Turn(1, "trainee", "B", 4.0, end=8.0),  # cut in a second before the end
        Turn(2, "persona", "C", 9.0, end=11.0),  # after a second
        Turn(3, "trainee", "D", 13.0, end=14.0),  # after two, which nobody waited for an answer
    ):
        call.take(turn)
    assert call.speaking == pytest.approx(4 + 3 + 2 + 1 + 1)
