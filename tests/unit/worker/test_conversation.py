"""A call as its job sees it: the real director and observer, and an engine that takes notes."""

import asyncio
import threading

import pytest
from livekit.agents.voice import SpeechHandle

from agent.engines.gemini.spec import SPEC as GEMINI
from agent.protocol.messages import Caption, Mood, TurnDone
from agent.simulation.directing.director import Observation
from agent.simulation.observing.observer import LexicalObserver, Observer
from agent.worker.trainee_speech import Span
from personas.model import Persona
from tests.support.clock import PATIENCE, until
from tests.support.persona_text import swap
from tests.support.talk import APOLOGY, CALM_DOWN, EDITED, TEXT, Talk, persona_of, version_of


async def test_the_persona_speaks_first() -> None:
    talk = Talk()
    talk.talk.open()
    assert talk.engine.asked == ["open at 8"]
    assert (talk.mood.phase, talk.mood.intensity, talk.mood.cause) == ("opening", 8, "")
    assert talk.turns == []  # not before it was heard
    talk.heard("I was charged twice!")
    (turn,) = talk.turns
    assert (turn.index, turn.speaker, turn.text) == (0, "persona", "I was charged twice!")
    assert (turn.source, turn.interrupted) == ("voice", False)
    assert "The agent has just picked up." in turn.direction
    assert (turn.phase, turn.intensity, turn.version) == ("opening", 8, talk.version)


@pytest.mark.parametrize(
    ("text", "intensity", "phase", "cause"),
    [
        (APOLOGY, 6, "deescalation", "apology"),
        (CALM_DOWN, 10, "escalation", "calm down"),
        ("You are an idiot.", 10, "escalation", "hostile"),
        ("I like rain.", 8, "opening", "nothing matched"),
    ],
)
async def test_a_turn_is_directed_recorded_and_answered(
    text: str, intensity: int, phase: str, cause: str
) -> None:
    talk = Talk()
    talk.talk.trainee_said(text, "typed")
    (turn,) = talk.turns
    assert (turn.speaker, turn.text, turn.source) == ("trainee", text, "typed")
    assert (turn.intensity, turn.phase) == (intensity, phase)
    assert cause in turn.cause.lower()
    assert len(turn.matched) == len(turn.quotes)
    assert all(quote in text for quote in turn.quotes)
    assert (talk.mood.intensity, talk.mood.phase) == (intensity, phase)
    assert (talk.mood.cause, talk.mood.matched) == (turn.cause, turn.matched)
    assert len(talk.engine.asked) == 1
    assert talk.engine.asked[0].endswith(f"to {text!r}")


async def test_the_page_learns_a_turn_s_words_before_the_turn_and_its_mood() -> None:
    talk = Talk()
    talk.talk.trainee_said(APOLOGY, "voice")
    assert [type(event) for event in talk.told] == [Caption, TurnDone, Mood]
    assert talk.told[0] == Caption("c1", "trainee", APOLOGY, final=True)


async def test_turns_are_counted_over_both_speakers() -> None:
    talk = Talk()
    talk.talk.open()
    talk.heard("I was charged twice!")
    talk.talk.trainee_said(APOLOGY, "voice")
    talk.heard("Well. Thank")
    talk.talk.nudge()
    talk.heard("Hello?")
    assert [(t.index, t.speaker) for t in talk.turns] == [
        (0, "persona"), (1, "trainee"), (2, "persona"), (3, "persona"),
    ]  # fmt: skip
    times = [turn.begin for turn in talk.turns]
    assert times == sorted(times)


async def test_an_interrupted_line_holds_what_was_heard_of_it() -> None:
    talk = Talk()
    talk.talk.open()
    talk.heard("I was", interrupted=True)
    assert (talk.turns[0].text, talk.turns[0].interrupted) == ("I was", True)
    assert talk.told[-2] == Caption("c1", "persona", "I was", final=True)


async def test_a_line_bears_the_direction_that_it_was_made_by() -> None:
    """An interrupted answer is recorded after the next one was asked for."""
    talk = Talk()
    talk.talk.trainee_said(APOLOGY, "voice")
    talk.talk.trainee_said(CALM_DOWN, "voice")
    talk.heard("Well.", interrupted=True)
    talk.heard("Do not tell me to calm down!")
    talk.talk.nudge()
    talk.heard("Hello?")
    first, second, nudge = [turn.direction for turn in talk.turns if turn.speaker == "persona"]
    assert first
    assert second
    assert first != second
    assert "has said nothing for 12 seconds" in nudge


async def test_an_edit_is_played_from_the_next_line_on() -> None:
    talk = Talk()
    await talk.change(EDITED, version_of(EDITED))
    assert talk.engine.played == persona_of(EDITED)
    (edit,) = talk.edits
    assert (edit.version, edit.outcome, edit.reason) == (version_of(EDITED), "rebuilt", "")
    talk.talk.trainee_said(APOLOGY, "voice")
    assert talk.mood.intensity == 4  # the observer and the director have the new text, too
    talk.heard("Fine.")
    assert [turn.version for turn in talk.turns] == [version_of(EDITED)] * 2


async def test_a_rule_that_an_edit_adds_is_seen() -> None:
    added = swap("- Being transferred", "- Being transferred\n- Mentions the weather", TEXT)
    talk = Talk()
    await talk.change(added, version_of(added))
    talk.talk.trainee_said("The weather is lovely today.", "voice")
    (rule,) = [rule for rule in persona_of(added).rules if rule.text == "Mentions the weather"]
    assert talk.turns[0].matched == (rule.id,)


async def test_a_rule_that_an_edit_takes_away_is_forgotten() -> None:
    without = swap('- A sincere apology (-2): "Well. Thank you."\n', "", TEXT)
    without = swap("- The full refund is confirmed\n", "", without)
    talk = Talk()
    talk.talk.trainee_said("I confirm that the full refund is on its way.", "voice")
    met = [len(talk.mood.met)]
    await talk.change(without, version_of(without))
    assert [*met, len(talk.mood.met)] == [1, 0]


async def test_an_edit_keeps_the_mood() -> None:
    talk = Talk()
    talk.talk.trainee_said(APOLOGY, "voice")
    await talk.change(EDITED, version_of(EDITED))
    assert (talk.mood.intensity, talk.mood.phase) == (6, "deescalation")
    assert talk.talk.persona.version == version_of(EDITED)


async def test_a_line_under_way_is_still_the_old_version_s() -> None:
    talk = Talk()
    talk.talk.open()
    await talk.change(EDITED, version_of(EDITED))
    talk.heard("I was charged twice!")
    talk.talk.trainee_said(APOLOGY, "voice")
    talk.heard("Well. Thank you.")
    assert [turn.version == talk.version for turn in talk.turns] == [True, False, False]
    assert [edit.turn for edit in talk.edits] == [1]


async def test_a_line_that_was_never_heard_does_not_shift_the_versions() -> None:
    talk = Talk()
    talk.talk.open()
    talk.finish()  # interrupted before its first sound: no item
    await talk.change(EDITED, version_of(EDITED))
    talk.talk.trainee_said(APOLOGY, "voice")
    talk.heard("Well. Thank you.")
    assert [turn.version for turn in talk.turns] == [version_of(EDITED)] * 2
    assert [edit.turn for edit in talk.edits] == [0]


async def test_a_text_with_errors_is_refused_with_its_line() -> None:
    talk = Talk()
    await talk.change("no persona at all", "v9")
    (edit,) = talk.edits
    assert (edit.version, edit.outcome) == ("v9", "refused")
    assert edit.reason.startswith("line 1: ")
    assert (talk.engine.played, talk.talk.persona.version) == (None, talk.version)
    talk.talk.trainee_said(APOLOGY, "voice")
    assert talk.mood.intensity == 6


@pytest.mark.parametrize("part", ["engine", "observer"])
async def test_what_cannot_take_the_text_refuses_it_and_goes_on(part: str) -> None:
    def observer(persona: Persona) -> Observer:
        if part == "observer" and persona.version == version_of(EDITED):
            raise RuntimeError("out of words")
        return LexicalObserver(persona)

    talk = Talk(observer)
    if part == "engine":
        talk.engine.fault = RuntimeError("out of words")
    await talk.change(EDITED, version_of(EDITED))
    (edit,) = talk.edits
    assert edit.outcome == "refused"
    assert "out of words" in edit.reason
    assert talk.engine.played is None
    talk.engine.fault = None
    talk.talk.trainee_said(APOLOGY, "voice")
    assert (talk.mood.intensity, talk.turns[0].version) == (6, talk.version)


async def test_an_edit_while_the_trainee_s_words_are_late_is_spoken_after_the_answer() -> None:
    """As models that reply by themselves have it: the answer sounds, then the words come."""
    talk = Talk()
    talk.engine.spec = GEMINI
    talk.talk.open()
    talk.heard("I was charged twice!")
    talk.talk.reply_begun(talk.engine._line("answer"))
    assert talk.talk.coming == 2
    await talk.change(EDITED, version_of(EDITED))
    talk.talk.trainee_was_heard(APOLOGY)
    assert talk.talk.coming == 2, "the words are there: the answer is next"
    talk.heard("Well.")
    talk.talk.nudge()
    talk.heard("Hello?")
    (edit,) = talk.edits
    assert [turn.text for turn in talk.turns] == [
        "I was charged twice!", APOLOGY, "Well.", "Hello?",
    ]  # fmt: skip
    spoke = [turn.index for turn in talk.turns if turn.version == edit.version]
    assert edit.turn == 3
    assert [index for index in spoke if talk.turns[index].speaker == "persona"] == [3]


async def test_words_that_come_before_the_answer_are_not_waited_for() -> None:
    talk = Talk()
    talk.engine.spec = GEMINI
    talk.talk.open()
    talk.heard("I was charged twice!")
    talk.talk.trainee_was_heard(APOLOGY)
    talk.talk.reply_begun(talk.engine._line("answer"))
    assert talk.talk.coming == 2
    talk.heard("Well.")
    assert talk.talk.coming == 3


async def test_the_mood_of_a_turn_stands_at_its_end() -> None:
    talk = Talk()
    talk.talk.open()
    talk.talk.trainee_said(APOLOGY, "voice", Span(2.5, 4.25))
    (turn,) = talk.turns
    assert (turn.begin, turn.end, talk.mood.at) == (2.5, 4.25, 4.25)


async def test_an_engine_that_fails_does_not_cost_the_trainee_s_turn() -> None:
    talk = Talk()
    talk.engine.fault = RuntimeError("the session is closing")
    with pytest.raises(RuntimeError):
        talk.talk.trainee_said(APOLOGY, "voice")
    assert [turn.text for turn in talk.turns] == [APOLOGY]
    assert talk.mood.intensity == 6


SOLVING = (
    APOLOGY,
    "This was our mistake, we got it wrong and I take full responsibility.",
    "I confirm that the full refund is on its way.",
    "It will be on your account by Friday at noon.",
)


def solved() -> Talk:
    talk = Talk()
    assert not talk.talk.resolved
    for text in SOLVING:
        talk.talk.trainee_said(text, "voice")
        talk.heard("Well.")
    return talk


async def test_a_resolution_is_known() -> None:
    talk = solved()
    assert talk.talk.resolved
    assert talk.mood.resolved
    assert talk.hung_up == []


async def test_the_customer_hangs_up_after_its_goodbye_has_been_heard() -> None:
    talk = solved()
    talk.talk.trainee_said("Thank you for calling, goodbye.", "voice")
    assert talk.hung_up == []
    talk.heard("Goodbye.")
    await asyncio.sleep(0)
    assert talk.hung_up == ["goodbye"]


async def test_the_customer_hangs_up_after_the_second_silence_in_a_row() -> None:
    talk = solved()
    for silence in (1, 1, 2):
        if silence == 1:
            talk.talk.trainee_said("Well, that is it.", "voice")
            talk.heard("All right.")
        talk.talk.nudge()
        talk.heard("Hello?")
        await asyncio.sleep(0)
        assert talk.hung_up == ["silence"] * (silence - 1)
        assert talk.engine.asked[-1].endswith("for the last time") == (silence == 2)
        assert ("your goodbye" in talk.turns[-1].direction) == (silence == 2)


@pytest.mark.parametrize("answers_first", [True, False])
async def test_a_model_that_replies_by_itself_is_hung_up_after_its_answer(
    answers_first: bool,
) -> None:
    talk = solved()
    talk.engine.spec = GEMINI
    goodbye = SpeechHandle.create()
    talk.engine.handles.append(goodbye)
    if answers_first:
        talk.talk.reply_begun(goodbye)
    talk.talk.trainee_was_heard("Thank you for calling, goodbye.")
    if not answers_first:
        talk.talk.reply_begun(goodbye)
    await asyncio.sleep(0)
    assert talk.hung_up == []
    talk.heard("Goodbye.")
    await asyncio.sleep(0)
    assert talk.hung_up == ["goodbye"]
    await talk.talk.aclose(1.0)


async def test_a_line_that_a_lost_connection_cut_off_is_taken_up_until_somebody_speaks() -> None:
    talk = Talk()
    talk.talk.open()
    talk.talk.persona_said("I was charged", interrupted=True, lost=True)
    talk.finish()
    assert talk.talk.resume() is not None
    assert talk.talk.resume() is not None, "the next connection broke before a word came"
    assert talk.engine.asked[1:] == ["go on after 'I was charged'"] * 2
    talk.talk.persona_said("The line was bad. I was charged twice!", interrupted=False)
    assert 'you up to: "I was charged"' in talk.turns[-1].direction
    assert talk.talk.resume() is None


async def test_an_interrupted_line_and_one_that_was_answered_are_not_taken_up() -> None:
    talk = Talk()
    talk.talk.open()
    talk.talk.persona_said("I was charged", interrupted=True)
    assert talk.talk.resume() is None
    talk.talk.persona_said("I was", interrupted=True, lost=True)
    talk.talk.trainee_said(APOLOGY, "typed")
    talk.talk.resume()
    assert not any(asked.startswith("go on") for asked in talk.engine.asked)


class Gate:
    """Reads by words, never on the loop's thread first, and some text only when it is let."""

    def __init__(self, persona: Persona, held: str = "") -> None:
        self.words = LexicalObserver(persona)
        self.held = held
        self.read: dict[str, int] = {}
        self.begun, self.open = threading.Event(), threading.Event()

    def observe(self, text: str) -> Observation:
        if self.read.setdefault(text, threading.get_ident()) == threading.main_thread().ident:
            raise AssertionError(f"{text!r} was read on the loop")
        if text == self.held:
            self.begun.set()
            assert self.open.wait(PATIENCE)
        return self.words.observe(text)


async def test_turns_are_read_beside_the_loop_and_told_in_their_order() -> None:
    gates: list[Gate] = []

    def make(persona: Persona) -> Observer:
        gates.append(Gate(persona, CALM_DOWN))
        return gates[-1]

    talk = Talk(make)
    first = asyncio.create_task(talk.talk.trainee_says(CALM_DOWN, "voice"))
    await until(lambda: gates[0].begun.is_set())
    second = asyncio.create_task(talk.talk.trainee_says(APOLOGY, "typed"))
    for _ in range(5):
        await asyncio.sleep(0.01)  # the loop goes on meanwhile
    assert talk.turns == []
    gates[0].open.set()
    await asyncio.gather(first, second)
    assert [(turn.text, turn.source) for turn in talk.turns] == [
        (CALM_DOWN, "voice"),
        (APOLOGY, "typed"),
    ]
    assert [turn.intensity for turn in talk.turns] == [10, 8]


async def test_a_turn_that_is_read_while_an_edit_comes_is_read_by_the_new_rules() -> None:
    gates: list[Gate] = []

    def make(persona: Persona) -> Observer:
        gates.append(Gate(persona, APOLOGY))
        return gates[-1]

    talk = Talk(make)
    said = asyncio.create_task(talk.talk.trainee_says(APOLOGY, "voice"))
    await until(lambda: gates[0].begun.is_set())
    await talk.change(EDITED, version_of(EDITED))
    gates[1].open.set()
    gates[0].open.set()
    await said
    (turn,) = talk.turns
    assert (turn.text, turn.version, turn.intensity) == (APOLOGY, version_of(EDITED), 4)
    assert APOLOGY in gates[1].read
