"""Calls that begin elsewhere than at the beginning: in a later phase, or after an earlier call."""

import json
from dataclasses import replace
from types import MappingProxyType
from typing import cast

import pytest

from agent.engines.base import Engine
from agent.protocol.brief import LARGEST, Brief
from agent.protocol.messages import Event, Mood, TurnDone
from agent.protocol.scene import Scene, going_on, trying_again
from agent.simulation.acting.actor import Actor
from agent.simulation.acting.prompt import opening_direction
from agent.simulation.directing.beginning import (
    PHASE_WORDS,
    begun,
    number,
    put_right,
    usual_intensity,
)
from agent.simulation.directing.director import begin
from agent.simulation.directing.scorecard import score
from agent.simulation.observing.observer import LexicalObserver
from agent.simulation.reviewing.lesson import Verdict, lesson
from agent.worker.conversation import Conversation
from data.journal import CallRecord
from data.records import CallEnd, CallStart, Turn
from data.summary import Summary
from personas.model import Persona
from tests.support.persona_text import PLAIN
from tests.support.talk import APOLOGY, CALM_DOWN, EDITED, TEXT, Notes, persona_of

SARAH = persona_of(TEXT)  # begins at 8, accepts at 4
VERIFY = "Could you verify your identity with your date of birth, please?"


@pytest.mark.parametrize(
    ("phase", "intensity", "begins"),
    [
        ("", None, ("opening", 8)),
        ("", 5, ("opening", 5)),
        ("", 2, ("opening", 2)),
        ("opening", None, ("opening", 8)),
        ("escalation", 9, ("escalation", 9)),
        ("escalation", 4, ("resolution", 4)),
        ("deescalation", 5, ("deescalation", 5)),
        ("deescalation", 3, ("resolution", 3)),
        ("resolution", 4, ("resolution", 4)),
        ("resolution", 5, ("deescalation", 5)),
        ("resolution", None, ("deescalation", 8)),
        ("deescalation", 40, ("deescalation", 10)),
        ("resolution", -3, ("resolution", 0)),
    ],
)
def test_where_a_call_begins(phase: str, intensity: int | None, begins: tuple[str, int]) -> None:
    state = begin(SARAH, phase, intensity)
    assert (state.phase, state.intensity) == begins
    assert (state.counts, state.met, state.resolved) == (MappingProxyType({}), (), False)
    told = put_right(SARAH, phase, intensity)
    assert bool(told) == (phase not in ("", begins[0]))
    assert not told or PHASE_WORDS[state.phase] in told


def test_an_unknown_phase_is_an_error() -> None:
    with pytest.raises(ValueError, match="not in tuple"):
        begin(SARAH, "epilogue")


@pytest.mark.parametrize("phase", PHASE_WORDS)
@pytest.mark.parametrize("own", [0, 3, 8, 10])
@pytest.mark.parametrize("threshold", [0, 4, 9])
def test_the_intensity_that_is_offered_fits_the_phase(phase: str, own: int, threshold: int) -> None:
    persona = replace(SARAH, intensity=own, threshold=threshold)
    assert begin(persona, phase, usual_intensity(persona, phase)).phase == phase
    assert put_right(persona, phase, usual_intensity(persona, phase)) == ""


def test_phases_have_the_numbers_of_the_file() -> None:
    assert [number(phase) for phase in PHASE_WORDS] == [1, 2, 3, 4]
    assert all(f"phase {number(phase)}," in PHASE_WORDS[phase] for phase in PHASE_WORDS)


def test_models_are_told_that_the_talk_is_under_way() -> None:
    direction = opening_direction(SARAH, begin(SARAH, "deescalation", 5))
    assert direction.startswith("You are tense (5/10). Phase: calming down.")
    assert "on the phone with the agent for some minutes" in direction
    assert "Do not greet them" in direction
    assert "still above 4/10, and you have not been given: the full refund" in direction
    assert "Do not accept" in opening_direction(SARAH, begin(SARAH, "resolution", 4))
    first = opening_direction(SARAH, begin(SARAH))
    assert "The agent has just picked up." in first
    assert "some minutes" not in first


@pytest.mark.parametrize(
    ("phase", "intensity", "place"),
    [("opening", 5, 0), ("escalation", 9, 1), ("deescalation", 5, 2), ("resolution", 4, 2)],
)
def test_the_actor_opens_with_a_line_of_the_phase(phase: str, intensity: int, place: int) -> None:
    phases = tuple(replace(each, lines=(f"Line {each.number}.",)) for each in SARAH.phases)
    persona = replace(SARAH, phases=cast(tuple, phases))  # type: ignore[type-arg]
    assert Actor(persona).open(begin(persona, phase, intensity)) == f"Line {place + 1}."


def test_an_actor_without_lines_of_its_own_opens_all_the_same() -> None:
    plain = persona_of(PLAIN)
    lines = {Actor(plain).open(begin(plain, phase, 5)) for phase in PHASE_WORDS}
    assert len(lines) > 1
    assert all(lines)


def test_an_actor_that_takes_over_does_not_repeat_what_was_said() -> None:
    fresh = Actor(SARAH)
    first = fresh.open(begin(SARAH))
    assert first == "I was charged twice!"
    lines = SARAH.phases[0].lines
    later = replace(
        SARAH, phases=(replace(SARAH.phases[0], lines=(*lines, "And again!")), *SARAH.phases[1:])
    )
    assert Actor(later).open(begin(later)) == first
    assert Actor(later, past=[f"Hello. {first}"]).open(begin(later)) == "And again!"


class Talk:
    """A conversation of that scene, with its engine's notes and what it told."""

    def __init__(self, scene: Scene, text: str = TEXT) -> None:
        self.told: list[Event] = []
        self.engine = Notes()
        persona = persona_of(text)
        brief = Brief("c2", "sarah", text, persona.version, "notes", "trainee-ann", scene)
        self.talk = Conversation(
            brief, persona, cast(Engine, self.engine), LexicalObserver, self.told.append
        )
        if scene.turns:
            self.talk.take_over(scene)

    @property
    def turns(self) -> list[Turn]:
        return [event.turn for event in self.told if isinstance(event, TurnDone)]

    @property
    def mood(self) -> Mood:
        return [event for event in self.told if isinstance(event, Mood)][-1]


async def test_a_later_phase_is_where_the_conversation_begins() -> None:
    talk = Talk(Scene("deescalation", 5))
    talk.talk.open()
    assert talk.engine.asked == ["open at 5"]
    assert (talk.mood.phase, talk.mood.intensity) == ("deescalation", 5)
    assert talk.mood.cause == "begun in phase 3, calming down, at 5 of 10"
    talk.talk.trainee_said(APOLOGY, "voice")
    assert (talk.mood.intensity, talk.mood.phase) == (3, "resolution")


def earlier(*turns: Turn, begun_at: tuple[str, int | None] = ("", None)) -> CallRecord:
    phase, intensity = begun_at
    start = CallStart(
        "a" * 16, "ann", "sarah", "Sarah", "Billing", "v0", "offline", "en-US", 0.0,
        phase=phase, intensity=intensity,
    )  # fmt: skip
    return CallRecord(start, TEXT, turns=turns)


OLD = earlier(
    Turn(0, "persona", "I was charged twice!", 1.0, version="v0", direction="Speak first."),
    Turn(1, "trainee", CALM_DOWN, 4.0, version="v0", intensity=3, cause="as it was then"),
    Turn(2, "persona", "Do not tell me to calm down!", 6.0, version="v0"),
    Turn(3, "trainee", "You are an idiot.", 9.0, version="v0"),
    Turn(4, "persona", "What?", 12.0, version="v0"),
)


def test_a_scene_holds_the_turns_up_to_the_changed_one() -> None:
    scene = going_on(OLD, 3, f"  {APOLOGY} ")
    assert [turn.text for turn in scene.turns] == [*(t.text for t in OLD.turns[:3]), APOLOGY]
    assert [turn.index for turn in scene.turns] == [0, 1, 2, 3]
    assert (scene.turns[3].source, scene.origin) == ("typed", "a" * 16)
    assert scene.turns[1].cause == ""  # judged anew
    for index in (0, 2, 5):
        with pytest.raises(ValueError, match="no turn"):
            going_on(OLD, index, APOLOGY)


def test_a_call_that_began_later_is_gone_on_from_as_it_began() -> None:
    later = earlier(*OLD.turns, begun_at=("deescalation", 5))
    scene = going_on(later, 1, APOLOGY)
    assert (scene.phase, scene.intensity) == ("deescalation", 5)


def test_a_brief_carries_its_scene() -> None:
    brief = Brief("c2", "sarah", TEXT, "v1", "offline", "t", going_on(OLD, 3, "ขอโทษค่ะ \ud83d"))
    assert Brief.load(brief.dump()).scene.turns[3].text == "ขอโทษค่ะ ?"
    assert Brief.load(brief.dump()).scene.past == brief.scene.past
    assert brief.size == len(brief.dump().encode())
    assert "\\u0e02" not in brief.dump()
    assert json.loads(brief.dump())["scene"]["origin"] == "a" * 16


async def test_a_replay_sees_the_turns_anew_and_answers_the_changed_one_first() -> None:
    talk = Talk(going_on(OLD, 3, APOLOGY))
    talk.talk.open()
    assert talk.engine.asked == [f"reply to {APOLOGY!r}"]
    assert [turn.replayed for turn in talk.turns] == [True, True, True, False]
    assert [turn.intensity for turn in talk.turns] == [8, 10, 10, 8]
    assert talk.turns[1].cause == "+2: told to calm down"
    assert (talk.turns[3].source, talk.turns[3].text) == ("typed", APOLOGY)
    old = talk.turns[2]
    assert (old.begin, old.end, old.version, old.direction) == (0.0, 0.0, "v0", "")
    assert [(said.speaker, said.text) for said in talk.talk.past] == [
        (turn.speaker, turn.text) for turn in OLD.turns[:3]
    ]


async def test_a_replay_is_judged_by_the_persona_as_it_is() -> None:
    talk = Talk(going_on(OLD, 3, APOLOGY), EDITED)  # an apology counts 4 there
    assert talk.mood.intensity == 6
    plain = Talk(going_on(OLD, 3, APOLOGY), PLAIN)
    assert [turn.matched for turn in plain.turns[:3]] == [(), (), ()]


async def test_a_replay_goes_on_as_any_call() -> None:
    talk = Talk(going_on(OLD, 3, APOLOGY))
    talk.talk.open()
    talk.talk.persona_said("Well. Thank you.", interrupted=False)
    talk.talk.trainee_said("I like rain.", "voice")
    assert [(turn.index, turn.replayed) for turn in talk.turns[3:]] == [
        (3, False), (4, False), (5, False),
    ]  # fmt: skip


async def test_a_new_engine_takes_a_replay_over() -> None:
    """The first one fails before it could say anything."""
    talk = Talk(going_on(OLD, 1, APOLOGY))
    assert talk.talk.resume() is not None
    assert talk.engine.asked == [f"reply to {APOLOGY!r}"]


def test_what_was_shown_before_counts_neither_for_nor_against() -> None:
    seen = {rule.text: rule.id for rule in SARAH.objectives}
    verify, calm = seen["Verifies identity before discussing the account"], seen["Stays calm"]
    before = Turn(1, "trainee", VERIFY, 0.0, matched=(verify,), quotes=(VERIFY,), replayed=True)
    card = score(SARAH, [before])
    assert (card.score, [result.before for result in card.objectives]) == (0, [True, False])
    verdict = Verdict.of_card(card.to_json(), False)
    assert not any("erify" in words for words in lesson(SARAH, [before], verdict).lines())
    own = Turn(3, "trainee", "Calmly.", 2.0, matched=(calm,), quotes=("Calmly.",))
    assert score(SARAH, [before, own]).score == 100
    again = replace(before, index=5, replayed=False)
    assert not any(result.before for result in score(SARAH, [before, again]).objectives)


JUDGED = earlier(
    Turn(0, "persona", "I was charged twice!", 1.0, version="v0", phase="opening", intensity=8),
    Turn(1, "trainee", "Let us see.", 4.0, version="v0", phase="deescalation", intensity=6,
         matched=(SARAH.deescalations[0].id,), quotes=("Let us see",), confidences=(0.8,),
         observer="model", cause="-2: a sincere apology"),
    Turn(2, "persona", "Well. It was on the third of May.", 6.0, version="v0"),
    Turn(3, "trainee", "Hm.", 9.0, version="v0", phase="deescalation", intensity=6),
    Turn(4, "trainee", CALM_DOWN, 11.0, version="v0", phase="escalation", intensity=8),
    Turn(5, "persona", "What?", 12.0, version="v0"),
)  # fmt: skip


@pytest.mark.parametrize("index", [3, 4])
async def test_a_moment_is_tried_again_with_everything_as_it_stood(index: int) -> None:
    """What a model saw then is not left to the word lists, nor asked again."""
    scene = trying_again(JUDGED, index)
    assert (scene.line, len(scene.turns), scene.origin) == (JUDGED.turns[2].text, 2, "a" * 16)
    brief = Brief("c2", "sarah", TEXT, "v1", "offline", "t", scene)
    talk = Talk(Brief.load(brief.dump()).scene)
    talk.talk.open()
    assert talk.engine.asked == [f"once more {scene.line!r}"]
    assert [turn.replayed for turn in talk.turns] == [True, True]
    kept = replace(JUDGED.turns[1], begin=0.0, end=0.0, replayed=True)
    assert replace(talk.turns[1], phase="", cause="") == replace(kept, phase="", cause="")
    assert (talk.mood.intensity, talk.turns[1].cause) == (6, "-2: a sincere apology")
    talk.talk.persona_said(scene.line, interrupted=False)
    talk.talk.trainee_said(APOLOGY, "voice")
    own = talk.turns[-1]
    # The first apology was the one of then, so this one counts half.
    assert (own.index, own.source, own.replayed, own.intensity) == (3, "voice", False, 5)


async def test_a_new_engine_says_the_line_of_the_moment_that_none_has_said() -> None:
    talk = Talk(trying_again(JUDGED, 3))
    talk.talk.open()
    assert [said.text for said in talk.talk.past] == [turn.text for turn in JUDGED.turns[:2]]
    talk.talk.resume()
    assert talk.engine.asked == [f"once more {JUDGED.turns[2].text!r}"] * 2
    talk.talk.persona_said(JUDGED.turns[2].text, interrupted=False)
    assert talk.talk.resume() is None


def test_the_first_moment_of_a_call_is_its_beginning() -> None:
    barged_in = earlier(Turn(0, "trainee", "Hello?", 1.0), Turn(1, "persona", "Yes!", 2.0))
    scene = trying_again(barged_in, 0)
    assert (scene.line, scene.turns, scene.past, scene.origin) == ("", (), (), "a" * 16)
    for index in (1, 2):
        with pytest.raises(ValueError, match="no turn"):
            trying_again(barged_in, index)


def test_the_moment_of_a_long_call_fits_a_brief() -> None:
    """Two hours with a turn every six seconds."""
    said = "I see, and I am going to look that up for you right now, one moment please."
    record = earlier(*(
        Turn(index, "trainee" if index % 2 else "persona", said, 6.0 * index, version="v" * 12,
             phase="escalation", intensity=9, matched=("a" * 12,), quotes=("look that up",),
             cause="nothing matched", observer="reader", confidences=(0.75,))
        for index in range(1200)
    ))  # fmt: skip
    assert Brief("c2", "s", TEXT, "v1", "offline", "t", trying_again(record, 1199)).size < LARGEST


def test_an_actor_that_takes_over_knows_what_it_told_in_other_words() -> None:
    fact = next(fact for fact in SARAH.facts if " " in fact.value)
    told = f"Well: {fact.value[0].swapcase()}{fact.value[1:]}"
    assert fact.value not in told
    assert Actor(SARAH, past=[told])._told[fact.value] == 1


@pytest.mark.parametrize(
    ("values", "whole"),
    [({}, True), ({"draft": True}, True), ({"phase": "resolution", "intensity": 2}, False),
     ({"intensity": 0}, False), ({"origin": "a" * 16, "taken": 3}, False)],
)  # fmt: skip
def test_only_whole_calls_have_a_score_in_lists(values: dict[str, object], whole: bool) -> None:
    start = replace(OLD.start, **values)  # type: ignore[arg-type]
    card = {"score": 80, "passed": True}
    record = CallRecord(start, TEXT, end=CallEnd(9.0, "ended"), scorecard=card)
    summary = Summary.of(record)
    assert start.from_the_top is whole
    assert (summary.score, summary.passed) == ((80, True) if whole else (None, None))
    assert (summary.phase, summary.intensity, summary.origin, summary.taken) == (
        start.phase, start.intensity, start.origin, start.taken,
    )  # fmt: skip
    assert CallStart.from_json(start.to_json()) == start


def test_the_beginning_in_words() -> None:
    persona: Persona = replace(SARAH, name="Sarah")
    state = begin(persona, "resolution", 9)
    assert begun(state) == "phase 3, calming down, at 9 of 10"
    assert put_right(persona, "resolution", 9) == (
        "At 9 of 10 Sarah is still above the threshold of 4, so the call begins in phase 3, "
        "calming down."
    )
