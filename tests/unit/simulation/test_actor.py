"""The actor: lines from the persona's own file, facts when asked, nothing twice in a row."""

import itertools
from dataclasses import replace

import pytest

from agent.simulation.acting.actor import Actor
from agent.simulation.acting.context_lines import first_person
from agent.simulation.acting.lines import lines_for
from agent.simulation.directing.director import Match, Observation, State, Step, advance, begin
from agent.simulation.directing.facts import asked_fact, asked_unknown
from agent.simulation.observing.observer import LexicalObserver
from personas.model import Persona
from tests.support.personas import make_persona, rule

SARAH = make_persona(
    [
        rule("trigger", "Being told to calm down", 2, "Don't you dare!", "I am calm!"),
        rule("trigger", "Being put on hold", 1),
        rule("deescalation", "A sincere apology", -3, "Well, thank you."),
        rule("deescalation", "Taking ownership", -3, "Finally somebody."),
        rule("criterion", "A refund is confirmed", None, "Good."),
    ],
    name="Sarah Thompson",
    facts=(
        ("Name", "Sarah Thompson"),
        ("Account", "TC-88213"),
        ("Date of birth", "May third, 1990"),
        ("Favorite colour", "green"),
    ),
    context=("Sarah was charged twice in October.", "She wants the money back."),
    lines=(
        ("I was charged twice!", "It's about my bill."),
        ("So what now?", "I'm waiting."),
        ("Go on.",),
        ("That's fine. Thank you.", "Goodbye then."),
    ),
)
EMPTY = make_persona(name="Nobody")


class Call:
    """A persona on the phone, through observer, director and actor."""

    def __init__(self, persona: Persona) -> None:
        self.persona = persona
        self.actor = Actor(persona)
        self.observer = LexicalObserver(persona)
        self.state: State = begin(persona)
        self.first = self.actor.open(self.state)

    def say(self, text: str) -> str:
        step: Step = advance(self.persona, self.state, self.observer.observe(text))
        self.state = step.state
        return self.actor.answer(text, step)


def test_the_persona_opens_with_its_own_line() -> None:
    assert Call(SARAH).first == "I was charged twice!"
    assert Actor(SARAH, seed=1).open(begin(SARAH)) == "It's about my bill."


def test_a_matched_rule_is_answered_with_its_replies_in_turn() -> None:
    call = Call(SARAH)
    assert call.say("Calm down!") == "Don't you dare!"
    assert call.say("Calm down now.") == "I am calm!"


def test_a_rule_without_replies_gets_a_stock_reaction() -> None:
    assert Call(SARAH).say("I'm putting you on hold.")


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("What's your account number?", "TC-88213"),
        ("can i have your account number please", "TC-88213"),
        ("When were you born?", "May third"),
        ("Who am I speaking with?", "Sarah Thompson"),
        ("What is your favorite colour?", "green"),
    ],
)
def test_facts_are_told_when_asked(question: str, told: str) -> None:
    assert told in Call(SARAH).say(question)


@pytest.mark.parametrize(
    "said",
    [
        "I have blocked the account.",
        "Your account number is not needed.",
        "What seems to be wrong with your account?",
        "Okay.",
    ],
)
def test_facts_are_not_told_unasked(said: str) -> None:
    assert "TC-88213" not in Call(SARAH).say(said)


def test_an_apology_with_a_question_gets_both_answers() -> None:
    answer = Call(SARAH).say("I'm so sorry. What's your account number?")
    assert answer.startswith("Well, thank you.")
    assert "TC-88213" in answer


def test_an_unknown_detail_is_said_to_be_unknown() -> None:
    assert asked_unknown(SARAH, "What's your email address?")
    answer = Call(SARAH).say("What's your email address?")
    assert "don't have that" in answer or "couldn't tell" in answer


@pytest.mark.parametrize(
    ("label", "question"),
    [
        ("เลขบัญชี", "ขอเลขบัญชีด้วยค่ะ"),
        ("วันเกิด", "เกิดวันที่เท่าไหร่คะ"),
        ("เบอร์โทรศัพท์", "ขอทราบเบอร์โทรด้วยครับ"),
        ("ชื่อ", "ขอทราบชื่อด้วยค่ะ"),
    ],
)
def test_facts_in_thai(label: str, question: str) -> None:
    persona = make_persona(facts=((label, "ค่า"), ("อื่น", "ไม่ใช่")), language="th-TH")
    fact = asked_fact(persona, question)
    assert fact is not None
    assert fact.label == label
    assert Call(persona).say(question).endswith("ค่ะ")


@pytest.mark.parametrize("persona", [SARAH, EMPTY, replace(EMPTY, language="th-TH")])
def test_no_line_comes_twice_in_a_row_and_none_again_while_others_are_left(
    persona: Persona,
) -> None:
    call = Call(persona)
    said = [call.first, *(call.say("Hmm, well.") for _ in range(30))]
    assert all(a != b for a, b in itertools.pairwise(said))
    first_repeat = next(i for i, line in enumerate(said) if line in said[:i])
    assert first_repeat == len(set(said))


def test_lines_follow_the_phase_and_then_the_context() -> None:
    call = Call(SARAH)
    assert call.say("Hmm.") == "It's about my bill."
    said = [call.say("Hmm.") for _ in range(4)]
    assert said[:2] == ["So what now?", "I'm waiting."]
    assert said[2] == "I was charged twice in October."
    assert said[3] == "I want the money back."


def test_acceptance_and_farewell_come_from_the_last_phase() -> None:
    call = Call(SARAH)
    call.say("I'm so sorry.")
    call.say("I'll take full responsibility for this.")
    assert call.say("Your refund is confirmed.") == "That's fine. Thank you."
    assert call.say("Have a nice day.") == "Goodbye then."


def test_accepting_lines_are_not_spoken_before_the_acceptance() -> None:
    call = Call(SARAH)
    call.say("I'm so sorry.")
    call.say("I'll take full responsibility for this.")
    said = [call.say("Hmm.") for _ in range(12)]
    assert "That's fine. Thank you." not in said


@pytest.mark.parametrize("text", ["", "  ", "..."])
def test_nothing_understood_is_asked_again(text: str) -> None:
    assert "what" in Call(SARAH).say(text).lower()


def test_hostility_is_answered() -> None:
    assert "me" in Call(SARAH).say("Shut up, you idiot.")


@pytest.mark.parametrize("language", ["en-US", "th-TH"])
def test_nudges_grow_impatient_and_start_again_after_an_answer(language: str) -> None:
    call = Call(make_persona(language=language))
    nudges = [call.actor.nudge(call.state) for _ in range(4)]
    assert len(set(nudges)) == 4
    call.say("I'm here.")
    assert call.actor.nudge(call.state) == nudges[0]
    assert all(any("ก" <= c <= "๙" for c in n) == (language == "th-TH") for n in nudges)


@pytest.mark.parametrize(
    ("line", "heard", "rest"),
    [
        ("It broke. It was in October, I think.", "It broke. It was in Oct", "It was in October,"),
        ("It broke. It was in October, I think.", "It bro", "It broke. It was"),
        ("No \u2013 I want my money back.", "Yes. No, I want my", "No \u2013 I want"),
        ("ขอเงินคืนเต็มจำนวนค่ะ", "ขอเงินคืน", "ขอเงินคืนเต็มจำนวนค่ะ"),
    ],
)
def test_a_line_that_the_connection_cut_off_is_taken_up_from_its_sentence(
    line: str, heard: str, rest: str
) -> None:
    persona = make_persona(lines=((line,), (), (), ()))
    actor = Actor(persona, past=[heard])
    said = actor.go_on(heard)
    assert rest in said
    assert not said.startswith(rest), "it says first that the line was bad"
    assert said.endswith(line[-8:])


@pytest.mark.parametrize("language", ["en-US", "th-TH"])
def test_a_line_of_another_engine_that_was_cut_off_is_asked_about(language: str) -> None:
    actor = Actor(make_persona(language=language))
    first, second = actor.go_on("Nobody wrote this"), actor.go_on("nor that")
    assert first != second
    assert "{" not in first


def test_an_edited_reply_is_heard_in_the_next_line_and_the_memory_stays() -> None:
    call = Call(SARAH)
    call.say("Hmm.")
    edited = replace(
        SARAH, triggers=(rule("trigger", "Being told to calm down", 2, "Edited line."),)
    )
    call.actor.swap(edited)
    call.persona = edited
    assert call.say("Calm down.") == "Edited line."
    assert call.say("Hmm.") not in (call.first, "It's about my bill.")


def test_the_same_call_gives_the_same_lines() -> None:
    turns = ["Hello.", "Calm down.", "Sorry.", "What's your name?", "Hmm."]
    first, second = Call(SARAH), Call(SARAH)
    assert [first.say(t) for t in turns] == [second.say(t) for t in turns]


@pytest.mark.parametrize(
    ("sentence", "line"),
    [
        ("Sarah was charged twice.", "I was charged twice."),
        ("She has called twice.", "I have called twice."),
        ("He wants his money back", "I want my money back."),
        ("The robot told her that it takes days.", "The robot told me that it takes days."),
        ("Her bill is wrong.", "My bill is wrong."),
        ("She'd accept a voucher.", ""),
        ("She knows the trainee's name.", ""),
        ("", ""),
    ],
)
def test_context_is_spoken_in_the_first_person(sentence: str, line: str) -> None:
    assert first_person(sentence, "Sarah Thompson") == line


STAYS_CALM = rule("objective", "Stays calm when the customer is hostile")


def heard_as(hostile: bool, text: str = "Ah.") -> str:
    """The answer to a turn that shows an objective with "hostile" in its words."""
    persona = replace(SARAH, objectives=(STAYS_CALM,))
    match = Match(STAYS_CALM.id, "Ah")
    step = advance(persona, begin(persona), Observation(text, (match,), hostile))
    return Actor(persona).answer(text, step)


def test_an_insult_is_answered_by_what_was_observed_and_not_by_a_word_in_a_rule() -> None:
    retorts = lines_for(SARAH.language).hostile
    assert heard_as(hostile=True) in retorts
    assert heard_as(hostile=False) not in retorts
