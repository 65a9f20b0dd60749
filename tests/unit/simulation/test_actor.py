"""The actor: lines from the persona's own file, facts when asked, nothing twice in a row."""

import itertools
from dataclasses import replace

import pytest

from agent.simulation.acting.actor import Actor
from agent.simulation.acting.lines import lines_for
from agent.simulation.directing.director import (
    AskedFact,
    FittingLine,
    Match,
    Observation,
    State,
    Step,
    advance,
    begin,
)
from agent.simulation.observing.asked_facts import asked_facts, may_ask
from agent.simulation.observing.fact_words import WEIGHTS, FactWords, for_nothing
from agent.simulation.observing.observer import LexicalObserver
from personas.model import Fact, FactChange, Persona, PhraseKind, Rule
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
        return self.hear(self.observer.observe(text))

    def hear(self, observation: Observation) -> str:
        """The answer to a turn in which just that was seen."""
        self.step: Step = advance(self.persona, self.state, observation)
        self.state = self.step.state
        return self.actor.answer(observation.text, self.step)


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
        ("Hello, this is sales. Who've I got?", "Sarah Thompson"),
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


@pytest.mark.parametrize(
    ("said", "labels"),
    [
        ("How much is left in the account?", ["Balance"]),
        ("How much is your rent?", ["Rent"]),
        ("How much were you charged?", ["Charge"]),
        ("How much does the parrot eat?", []),
        ("What's your name, and the rent?", ["Name"]),
        ("Can I have your name. And your phone number please.", ["Name", "Phone"]),
        ("What's your name and phone number?", ["Name", "Phone"]),
        ("Sorry, what did you say you were called?", ["Name"]),
        ("What are the last four on your card?", ["Card"]),
        ("What's the customer number on your bill?", ["Account number"]),
    ],
)
def test_the_facts_meant_are_found(said: str, labels: list[str]) -> None:
    persona = make_persona(
        facts=(
            ("Name", "Maria"),
            ("Charge", "899 dollars at a store"),
            ("Account number", "5 5 8 1"),
            ("Balance", "64 dollars, that's all that's left"),
            ("Rent", "due on Friday, 900 dollars"),
            ("Phone", "555 0142"),
            ("Card", "it ends in 4 4 7 1"),
        )
    )
    assert [fact.label for fact in asked_facts(persona, said)] == labels


@pytest.mark.parametrize(
    ("said", "labels"),
    [
        ("เคยติดต่อมาเมื่อไหร่คะ", ["การติดต่อครั้งก่อน"]),
        ("คุยกับพนักงานคนไหนคะ", ["พนักงานที่คุยด้วย"]),
        ("ขอทราบชื่อและวันเกิดด้วยค่ะ", ["ชื่อ", "วันเกิด"]),
        ("สวัสดีค่ะ ดิฉันชื่อมะลิ มีอะไรให้ช่วยคะ", []),
        ("ดิฉันจะแจ้งพนักงานให้ค่ะ", []),
        ("ขอตรวจสอบสักครู่นะคะ", []),
    ],
)
def test_the_facts_meant_are_found_in_thai(said: str, labels: list[str]) -> None:
    facts = (
        ("ชื่อ", "ซาร่าห์"),
        ("วันเกิด", "สิบสี่ มิถุนายน"),
        ("การติดต่อครั้งก่อน", "โทรมาแล้วสองครั้ง"),
        ("พนักงานที่คุยด้วย", "คุณนัท"),
    )
    persona = make_persona(facts=facts, language="th-TH")
    assert [fact.label for fact in asked_facts(persona, said)] == labels


def test_an_apology_with_a_question_gets_both_answers() -> None:
    answer = Call(SARAH).say("I'm so sorry. What's your account number?")
    assert answer.startswith("Well, thank you.")
    assert "TC-88213" in answer


def test_an_unknown_detail_is_said_to_be_unknown() -> None:
    answer = Call(SARAH).say("What's your email address?")
    assert answer in lines_for("en").unknown


@pytest.mark.parametrize(
    ("said", "labels"),
    [
        ("ถูกหักเงินวันไหนบ้างคะ", ["วันที่ถูกตัดเงิน"]),
        ("เราหักเงินจากบัตรคุณไปวันไหนบ้างครับ", ["วันที่ถูกตัดเงิน"]),
        ("บัตรที่โดนหักน่ะ เลขสี่ตัวหลังอะไรครับ", ["บัตรเครดิต"]),
        ("โดนตัดไปเท่าไรคะ", ["ยอดที่ถูกเก็บซ้ำ"]),
        ("อยู่กับเรามานานแค่ไหนแล้วคะ", ["ระดับสมาชิก"]),
        ("จ่ายเดือนละเท่าไรคะ", ["แพ็กเกจ"]),
        ("คนที่รับสายชื่ออะไรคะ", ["พนักงานที่คุยด้วย"]),
        ("เกิดวันที่เท่าไรคะ", ["วันเกิด"]),
        ("หมายเลขอ้างอิงของเรื่องนี้คือ RF-30551 ค่ะ", []),
        ("คุณไม่ต้องเล่าเรื่องนี้ใหม่ให้ใครฟังแล้วค่ะ", []),
        ("ขอสรุปนะคะ ดิฉันส่งอีเมลยืนยันให้แล้วค่ะ", []),
    ],
)
def test_facts_in_thai_are_told_by_the_question_about_them(said: str, labels: list[str]) -> None:
    names = (
        "ชื่อ, ระดับสมาชิก, อีเมล, แพ็กเกจ, บัตรเครดิต, ยอดที่ถูกเก็บซ้ำ, "
        "วันที่ถูกตัดเงิน, หมายเลขเรื่องเดิม, พนักงานที่คุยด้วย, วันเกิด"
    )
    facts = tuple((name, "หนึ่งสองสาม") for name in names.split(", "))
    persona = make_persona(facts=facts, language="th-TH")
    assert [fact.label for fact in asked_facts(persona, said)] == labels


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
    assert [fact.label for fact in asked_facts(persona, question)] == [label]
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


def test_lines_follow_the_phase_and_the_context_is_never_told_unasked() -> None:
    call = Call(SARAH)
    assert call.say("I am Anna.") == "It's about my bill."
    said = [call.say("I work in the billing department.") for _ in range(12)]
    assert said[:2] == ["So what now?", "I'm waiting."]
    assert not any("October" in line or "money back" in line for line in said)


def test_acceptance_is_said_once_and_then_what_is_asked_is_answered() -> None:
    call = Call(SARAH)
    call.say("I'm so sorry.")
    call.say("I'll take full responsibility for this.")
    assert call.say("Your refund is confirmed.") == "Good. That's fine. Thank you."
    assert not call.step.hang_up
    assert "TC-88213" in call.say("What's your account number?")
    assert call.say("Is there anything else?") in lines_for("en").nothing_more
    assert call.say("Have a nice day.") == "Goodbye then."
    assert call.step.hang_up


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


PORT = replace(
    rule("criterion", "The cable goes into the blue port", None, "There, it clicked."),
    then=(FactChange("Lights", "both of them are green now", 1),),
)
LIGHTS = rule("deescalation", "Asking which lights are on", -1, "A green one, and a red one.")
KIND = rule("deescalation", "Saying that it isn't her fault", -1, "Thank you.")
WALTER = replace(
    make_persona(
        [PORT, LIGHTS, KIND],
        name="Walter Hughes",
        lines=(
            ("It's dead.",),
            ("What do I do now?", "It's still red."),
            (),
            ("It works.", "Bye."),
        ),
    ),
    facts=(
        Fact("Account number", "40 77 21 58", 1),
        Fact("Lights", "one is green and one is red", 1),
        Fact("Clicked link", "I did click it", 1, only_after=KIND.id),
        Fact("Customer since", "two thousand and eleven", 1),
        Fact("E-mail", "walter@example.com", 1),
        Fact("Cables", "one yellow, one gray and the black power cord", 1),
    ),
)


def asking(*labels: str, matches: tuple[Match, ...] = ()) -> Observation:
    """A question for facts as the reader sees it: its words tell the actor nothing."""
    facts = tuple(AskedFact(label, 0.9) for label in labels)
    return Observation("Hm?", matches, question=True, source="reader", facts=facts)


@pytest.mark.parametrize(
    ("labels", "told"),
    [
        (["Account number"], "It's 40 77 21 58."),
        (["Lights"], "One is green and one is red."),
        (["Customer since"], "Since two thousand and eleven."),
        (["E-mail"], "It's walter@example.com."),
        (["Cables"], "One yellow, one gray and the black power cord."),
        (["Account number", "Cables"], "It's 40 77 21 58. One yellow, one gray and the"),
        (["Account number", "Account number"], "It's 40 77 21 58."),
    ],
)
def test_facts_are_told_in_sentences_of_their_own_words(labels: list[str], told: str) -> None:
    answer = Call(WALTER).hear(asking(*labels))
    assert answer.startswith(told)
    assert answer.count("40 77") <= 1
    assert ": " not in answer


@pytest.mark.parametrize(
    ("label", "value", "told", "again"),
    [
        ("Old price", "before that I paid 45", "Before that I paid 45.", "Like I said, before"),
        ("Old price", "Before that I paid 45", "Before that I paid 45.", "Like I said, before"),
        ("Price", "19.90 a month, I think", "It's 19.90 a month, I think.", "Like I said, 19.90"),
        ("Security word", "only my wife knows it", "Only my wife knows it.", "Like I said, only"),
        (
            "Address",
            "behind the church, 4 Mill Road",
            "Behind the church, 4",
            "Like I said, behind",
        ),
        ("Address", "4 Mill Road", "It's 4 Mill Road.", "Like I said, 4 Mill Road."),
        ("Date", "last Friday", "Last Friday.", "Like I said, last Friday."),
        ("Phone number", "can't find it", "Can't find it.", "Like I said, can't find it."),
        ("E-mail", "jo dot lee at example dot com", "It's jo dot lee", "Like I said, jo dot"),
        ("Plan", "Family XL", "It's Family XL.", "Like I said, Family XL."),
        ("Callback", "no, not that number", "No, not that number.", "No, not that number."),
        ("Customer since", "March", "Since March.", "Like I said, since March."),
        ("Customer since", "six years", "Six years.", "Like I said, six years."),
        ("Customer since", "two years ago", "Since two years ago.", "Like I said, since two"),
        (
            "Customer since",
            "I've been here for years",
            "I've been here for years.",
            "Like I said, I've been here for years.",
        ),
    ],
)
def test_a_value_is_put_into_a_sentence_that_it_fits(
    label: str, value: str, told: str, again: str
) -> None:
    call = Call(make_persona(facts=((label, value),)))
    assert call.hear(asking(label)).startswith(told)
    assert call.hear(asking(label)).startswith(again)


def test_a_fact_asked_for_again_is_told_again() -> None:
    call = Call(WALTER)
    call.hear(asking("Account number"))
    assert call.hear(asking("Account number")) == "Like I said, 40 77 21 58."


@pytest.mark.parametrize(
    ("value", "reply"),
    [
        ("7 7 0 4 1 9 6", "It's seven seven oh, four one nine six."),
        ("TC-88213", "Sure, TC-88213."),
        ("the power light is green, the globe is red", "There's a green power one, red globe."),
    ],
)
def test_a_fact_is_not_told_after_a_reply_that_told_it(value: str, reply: str) -> None:
    asked = rule("deescalation", "Asking for it", -1, reply)
    persona = replace(make_persona([asked]), facts=(Fact("Number", value, 1),))
    match = Match(asked.id, "Hm", 0.9, "reader")
    assert Call(persona).hear(asking("Number", matches=(match,))) == reply


def test_a_fact_under_a_condition_waits_for_it_with_an_honest_line() -> None:
    call = Call(WALTER)
    assert call.hear(asking("Clicked link")) in lines_for("en").why
    match = Match(KIND.id, "Hm", 0.9, "reader")
    assert call.hear(asking("Clicked link", matches=(match,))) == "Thank you. I did click it."
    assert "I did click it" in call.hear(asking("Clicked link")).replace("Like I said, ", "")


def test_what_was_done_changes_the_fact_and_the_reply_that_told_the_old_one() -> None:
    call = Call(WALTER)
    asks = Match(LIGHTS.id, "Hm", 0.9, "reader")
    assert call.hear(asking("Lights", matches=(asks,))) == LIGHTS.replies[0]
    match = Match(PORT.id, "Plug it in", 0.9, "reader")
    assert call.hear(Observation("Plug it in", (match,), source="reader")) == PORT.replies[0]
    assert call.hear(asking("Lights")) == "Both of them are green now."


def test_a_reply_that_tells_what_was_true_before_is_not_said_any_more() -> None:
    old = "Let me look. One is green and one is red."
    lights = rule("deescalation", "Asking which lights are on", -1, old)
    persona = replace(WALTER, deescalations=(lights, KIND))
    call = Call(persona)
    call.hear(Observation("Plug it in", (Match(PORT.id, "Plug it in"),)))
    assert call.hear(Observation("Which?", (Match(lights.id, "Which"),), question=True)) == (
        "Both of them are green now."
    )


def test_an_instruction_that_was_met_already_is_answered() -> None:
    call = Call(WALTER)
    plug = Observation("Plug it in", (Match(PORT.id, "Plug it in"),))
    assert call.hear(plug) == "There, it clicked."
    assert call.hear(plug) == "Both of them are green now."
    plain = make_persona([rule("criterion", "A refund", None, "Good."), KIND])
    call = Call(plain)
    refund = Observation("Refund", (Match(plain.criteria[0].id, "Refund"),))
    assert call.hear(refund) == "Good."
    assert call.hear(refund) in lines_for("en").known


def fits(*lines: tuple[str, float], text: str = "I see that here.") -> Observation:
    return Observation(text, source="reader", lines=tuple(FittingLine(*each) for each in lines))


def test_the_own_line_that_fits_best_is_said_and_none_that_fits_badly() -> None:
    call = Call(WALTER)
    assert (
        call.hear(fits(("What do I do now?", 0.6), ("It's still red.", 0.8))) == "It's still red."
    )
    assert call.hear(fits(("What do I do now?", 0.2), ("It's still red.", 0.9))) in (
        lines_for("en").escalation
    )
    assert call.hear(fits(("It works.", 0.9))) != "It works.", "it accepts, and nothing is solved"
    assert call.hear(fits(("Nobody wrote this.", 0.9))) != "Nobody wrote this."


@pytest.mark.parametrize("language", ["en-US", "th-TH"])
@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("unknown", {"en": "What is the weather like there?", "th": "อากาศเป็นยังไงคะ"}),
        ("why", {"en": "Are you a robot?", "th": "คุณเป็นหุ่นยนต์เหรอคะ"}),
        ("unanswered", {"en": "Okay.", "th": "โอเคค่ะ"}),
    ],
)
def test_where_nothing_fits_an_honest_line_in_character_is_said(
    kind: PhraseKind, said: dict[str, str], language: str
) -> None:
    stock = lines_for(language)
    question = {"en": "What now?", "th": "แล้วยังไงคะ"}[language[:2]]
    persona = make_persona(language=language, lines=((question,), (), (), ()))
    text = said[language[:2]]
    assert Call(persona).say(text) in getattr(stock, kind)
    own = replace(persona, phrases={kind: ("My own line.",)})
    assert Call(own).say(text) == "My own line."


@pytest.mark.parametrize(("fits", "own"), [(0.66, False), (0.8, True)])
def test_how_somebody_is_gets_an_own_line_only_where_it_surely_fits(fits: float, own: bool) -> None:
    call = Call(make_persona(lines=(("Help me.", "I have not slept."), (), (), ())))
    seen = call.observer.observe("It's Kim, how's it going?")
    line = FittingLine("I have not slept.", fits)
    answer = call.hear(replace(seen, lines=(line,)))
    assert answer == line.text if own else answer in lines_for("en").unwell


def test_who_was_not_answered_does_not_complain_twice_in_a_row() -> None:
    call = Call(make_persona(lines=(("What now?",), ("And then?",), (), ())))
    said = [call.say("Okay.") for _ in range(2)]
    assert said[0] in lines_for("en").unanswered
    assert said[1] not in lines_for("en").unanswered


@pytest.mark.parametrize(
    ("said", "lines"),
    [
        ("How are you doing today?", "unwell"),
        ("Can I put you through the steps?", "allowed"),
        ("Shall I send a technician?", "offered"),
        ("Which one would you like?", "chosen"),
        ("One moment please.", "waits"),
        ("Can you hear me?", "here"),
        ("Have you got something to write?", "allowed"),
        ("That's not my department.", "brushed_off"),
        ("Did you turn it off and on again?", "unknown"),
        ("Well then, goodbye.", "not_done"),
        ("Is there anything else I can do?", "not_done"),
        ("sorry account refund number email reference", "unclear"),
    ],
)
def test_what_is_usual_on_the_phone_is_answered_as_usual(said: str, lines: str) -> None:
    assert Call(EMPTY).say(said) in getattr(lines_for("en"), lines)


def test_everybody_knows_their_own_name() -> None:
    nora = make_persona(name="Nora Whitfield")
    assert "Nora Whitfield" in Call(nora).say("Who am I speaking with?")
    assert "Nora Whitfield" not in Call(nora).say("What's your mother's maiden name?")


def test_an_open_question_gets_the_story() -> None:
    assert Call(SARAH).say("How can I help you?") == "It's about my bill."


@pytest.mark.parametrize(
    ("confidence", "answer"), [(0.2, "It's about my bill."), (0.9, "Twice, I was charged.")]
)
def test_the_story_is_told_before_any_other_line_that_fits(confidence: float, answer: str) -> None:
    story = ("Hello?", "It's about my bill.", "Twice, I was charged.")
    call = Call(make_persona(lines=(story, ("Do something.",), (), ())))
    lines = (FittingLine("Do something.", 0.95), FittingLine("Twice, I was charged.", confidence))
    asked = Observation("What can I do for you?", question=True, lines=lines, act="story")
    assert call.hear(asked) == answer


def solved() -> Call:
    call = Call(WALTER)
    call.state = replace(begin(WALTER), intensity=2, phase="resolution")
    call.hear(Observation("Plug it in", (Match(PORT.id, "Plug it in"),)))
    assert call.state.resolved
    return call


def test_the_phrases_of_the_file_are_what_it_says_when_solved_and_at_the_end() -> None:
    call = Call(replace(WALTER, phrases={"solved": ("Hooray.",), "goodbye": ("Cheerio.",)}))
    call.state = replace(begin(WALTER), intensity=2, phase="resolution")
    plug = Observation("Plug it in", (Match(PORT.id, "Plug it in"),))
    assert call.hear(plug) == "There, it clicked. Hooray."
    assert call.hear(Observation("Bye.", act="goodbye")) == "Cheerio."


def test_whether_there_is_more_after_the_solution_tells_nothing() -> None:
    call = solved()
    asked = Observation(
        "Is there anything else you need?",
        question=True,
        source="reader",
        lines=(FittingLine("It's still red.", 0.9),),
        act="more",
    )
    assert call.hear(asked) in lines_for("en").nothing_more


@pytest.mark.parametrize(
    ("said", "asks"),
    [
        ("Is there anything else I can do for you?", False),
        ("Can you hear me? How are you today?", False),
        ("Can I have your account number, and is there anything else?", True),
        ("What else can I do? And what's your account number?", True),
        ("What else did the letter say?", True),
        ("Are you well? How much did you pay?", True),
        ("Could we come round on Monday?", False),
        ("Could we have your new address?", True),
        ("Which one would you like?", False),
        ("is the handle damaged too", True),
        ("What's the weather like in Dayton?", False),
        ("Is that all, Grace?", False),
        ("No, I'm afraid I can't tell you which email we have.", False),
        ("Can't you tell me your email?", True),
        ("Do you need to write anything down?", False),
        ("Which device do you want to use?", True),
        ("Could you open the news on your iPad now?", False),
        ("Could you spell that for me?", True),
        ("Good day, how can I help you?", False),
        ("I need to verify you first.", False),
        ("I need to verify your account.", True),
        ("You know what, I'll send you one.", False),
        ("Have a good flight, Ms. Vance.", False),
        ("San Antonio is what I call a town.", False),
        ("I know what you mean.", False),
        ("The line's a bit bad, can you hear me okay?", False),
        ("Is this a good time to talk?", False),
        ("Hello? Are you still there?", False),
        ("Hello?", False),
        ("Is it okay if I call you back in ten minutes?", False),
        ("Is it okay if I ask for your address?", True),
        ("What a day, huh?", False),
        ("Do you have any plans for the weekend?", False),
        ("May I call you Maria?", False),
        ("What should I call you?", True),
        ("Did I say your last name properly?", False),
        ("Dayton is where the Wright brothers came from, isn't it?", False),
        ("You live in Dayton, right?", True),
        ("Do you have a pen with you?", False),
        ("Can I grab your account number first?", True),
        ("วันนี้ฝนตกไหมครับ", False),
        ("Does that work for you?", False),
        ("When you moved, your balance went along.", False),
        ("I don't need your address for this.", False),
        ("what happened with the label", True),
        ("Give me your address.", True),
    ],
)
def test_small_talk_asks_for_no_fact(said: str, asks: bool) -> None:
    assert may_ask(said) is asks


def test_a_question_for_a_fact_is_told_by_its_words() -> None:
    facts = (("Name", "Jo Lee"), ("Date of birth", "May third"), ("Router", "it came in May"))
    words = FactWords(make_persona(facts=facts))
    assert words.evidence("When did the router come?")[2] > 0
    assert words.evidence("When did the router come?")[1] < 0, "nothing of birth or age is said"
    assert words.evidence("What's your date of birth?")[1] > 0
    assert words.evidence("How old are you?")[1] > words.evidence("How old is the gadget?")[1]
    assert words.evidence("Did it break, Jo Lee?")[0] <= 0, "that is who is spoken to"
    assert words.others_name("What's your mother's first name?", 0)
    assert not words.others_name("What's your first name?", 0)
    assert not words.others_name("What's your mother's first name?", 2)


def test_the_usual_name_of_another_detail_speaks_against_a_fact() -> None:
    facts = (("Account number", "40 77"), ("Card", "a blue one"), ("Damage", "it's bent"))
    words = FactWords(make_persona(facts=facts))
    assert words.evidence("Can I get your card number?")[0] < 0
    assert words.evidence("Can I get your account number?")[0] > 3
    assert words.evidence("Why is it so urgent?") == [0, 0, 0]
    assert words.evidence("Is it damaged?")[2] > 0
    account, card, damage = words.evidence("How much was it?")
    assert max(account, card) < damage, "that is no number of an account"


def test_a_question_for_a_reason_is_for_a_fact_that_gives_one_and_one_about_others_for_theirs() -> (
    None
):
    facts = (
        ("Visit", "I need it for my doctor"),
        ("Old price", "I paid 45"),
        ("Offer", "50 a month"),
    )
    words = FactWords(make_persona(facts=facts))
    assert words.evidence("Why is that urgent?") == [WEIGHTS["reason"], 0, 0]
    assert words.evidence("What are they asking?") == [WEIGHTS["theirs"], WEIGHTS["theirs"], 0]


def test_a_question_is_for_what_a_value_is() -> None:
    facts = (
        ("Thing", "it was 45 dollars"),
        ("Day", "last Tuesday"),
        ("Site", "on Oak Street"),
        ("Helper", "a colleague of yours, Nat"),
    )
    words = FactWords(make_persona(facts=facts))
    for place, question in enumerate(("How much?", "When?", "Where?", "Who?")):
        evidence = words.evidence(question)
        assert evidence[place] == max(evidence) > min(evidence), question


def test_some_words_ask_for_no_fact_whatever_the_facts_are() -> None:
    plain = for_nothing("Tell me about the colour of it")
    assert for_nothing("What colour is it by now?") < plain
    assert for_nothing("What's the matter with you?") > for_nothing("What colour has it by now?")
    assert for_nothing("Do you have any pets at home?") > plain
    assert for_nothing("Do you know who runs our company?") > plain


def test_behind_a_reply_only_a_fact_that_is_surely_asked_for_is_told() -> None:
    facts = (AskedFact("Account number", 0.6),)
    seen = Observation("Hm?", (Match(LIGHTS.id, "Hm", 0.9, "reader"),), question=True, facts=facts)
    assert Call(WALTER).hear(seen) == LIGHTS.replies[0]
    sure = replace(seen, facts=(AskedFact("Account number", 0.8),))
    assert Call(WALTER).hear(sure) == f"{LIGHTS.replies[0]} It's 40 77 21 58."


def test_the_first_turn_is_answered_with_the_story_where_nothing_else_is() -> None:
    seen = Observation("It's Max, you called about the plan?", question=True, source="reader")
    call = Call(SARAH)
    assert call.hear(seen) == "It's about my bill."
    assert call.hear(seen) in lines_for("en").unknown


def test_who_says_goodbye_too_early_is_told_so_before_any_line_that_fits() -> None:
    seen = Observation("Bye.", lines=(FittingLine("It's still red.", 0.9),), act="goodbye")
    assert Call(WALTER).hear(seen) in lines_for("en").not_done


def test_who_thanks_for_the_call_in_the_first_turn_begins_it() -> None:
    call = Call(SARAH)
    assert call.say("Thanks for calling us.") == "It's about my bill."
    assert call.say("Thanks for calling us.") in lines_for("en").not_done


def test_the_last_line_is_said_again_to_whom_did_not_hear_it() -> None:
    call = Call(SARAH)
    assert call.say("Sorry, could you say that again?") == call.first
    told = call.say("What's the account?")
    assert call.say("I didn't catch that.") == told == call.say("Pardon?")


def test_a_harsh_word_that_is_taken_back_is_no_insult_and_is_let_go() -> None:
    call = Call(EMPTY)
    assert call.say("You're an idiot.") in lines_for("en").hostile
    assert call.state.intensity > begin(EMPTY).intensity
    before = call.state.intensity
    assert (
        call.say("Okay sorry, I shouldn't have said that. That was dumb.")
        in lines_for("en").regretted
    )
    assert call.state.intensity <= before
    assert Call(EMPTY).say("I'm sorry that you are an idiot.") in lines_for("en").hostile


@pytest.mark.parametrize(
    "sorry",
    [
        "That was a dumb thing to say, please forgive me.",
        "Sorry, that was insensitive of me.",
        "I apologise for snapping at you.",
        "Sorry for my tone just now.",
        "I'm sorry, I lost my temper.",
    ],
)
def test_an_apology_for_ones_own_words_makes_nothing_else_good(sorry: str) -> None:
    persona = make_persona(
        [
            rule("deescalation", "A sincere apology", -2, "Nobody said sorry about the delay."),
            rule("objective", "Apologizes for the delay"),
        ]
    )
    call = Call(persona)
    call.say("Shut up, you idiot.")
    before = call.state.intensity
    assert call.say(sorry) in lines_for("en").regretted
    assert call.state.intensity < before
    assert not call.state.shown


def test_an_apology_for_what_was_done_to_the_customer_is_no_regret_of_ones_own() -> None:
    persona = make_persona([rule("deescalation", "A sincere apology", -2, "Thank you for that.")])
    assert Call(persona).say("I'm sorry, I was short with you.") == "Thank you for that."


def test_who_takes_a_harsh_word_back_accuses_nobody() -> None:
    persona = make_persona([rule("trigger", "Being put on hold", 1, "Hold?")])
    hold = Match(persona.triggers[0].id, "Let's start again", 0.9, "reader")
    seen = Observation("Sorry, that was rude. Let's start again.", (hold,), act="regret")
    assert not advance(persona, begin(persona), seen).matched


def test_a_question_beside_what_the_reply_is_for_is_answered() -> None:
    persona = make_persona(
        [rule("deescalation", "Praise for what he did", -1, "I can follow a drawing.")],
        facts=(("Yellow cable", "it goes into the gray hole"),),
    )
    praise = Match(persona.deescalations[0].id, "Well done", 0.9, "reader")
    fact = AskedFact("Yellow cable", 0.6)
    said = "Well done. Where does the yellow one go?"
    seen = Observation(said, (praise,), facts=(fact,), question=True, act="detail")
    assert Call(persona).hear(seen) == "I can follow a drawing. It goes into the gray hole."
    one = Observation("Well done, where does it go?", (praise,), facts=(fact,), question=True)
    whole = replace(one, matches=(replace(praise, quote=one.text),))
    assert Call(persona).hear(whole) == "I can follow a drawing."


def test_a_reply_to_a_question_is_its_answer_unless_it_is_for_a_number() -> None:
    persona = make_persona(
        [
            rule("deescalation", "Asking what isn't working", -1, "Two things, really."),
            rule("deescalation", "Asking for the order number", -1, "Yes, I've got it here."),
        ],
        facts=(("Problem", "the card reader goes down"), ("Order number", "770 4196")),
    )
    what, number = persona.deescalations

    def answer(one: Rule, label: str, said: str) -> str:
        seen = Observation(said, (Match(one.id, said, 0.9),), facts=(AskedFact(label, 0.95),))
        return Call(persona).hear(seen)

    assert answer(what, "Problem", "What isn't working?") == "Two things, really."
    assert "770 4196" in answer(number, "Order number", "What's your order number?")


@pytest.mark.parametrize("said", ["Okay?", "All right?", "Ready?"])
def test_who_wants_to_hear_a_yes_is_told_nothing_of_not_knowing(said: str) -> None:
    seen = Observation(said, question=True)
    assert Call(EMPTY).hear(seen) not in lines_for("en").unknown


@pytest.mark.parametrize(
    "again",
    [
        "Wait, how much was it again?",
        "Sorry, the line crackled. How much was that?",
        "I didn't catch that, what was the price?",
    ],
)
def test_what_was_not_caught_is_told_again(again: str) -> None:
    persona = make_persona(facts=(("Rent", "640 dollars"), ("Account", "TC-88213")))
    call = Call(persona)
    assert "640 dollars" in call.say("How much is your rent?")
    seen = replace(call.observer.observe(again), facts=())
    assert (seen.act, "640 dollars" in call.hear(seen)) == ("repeat", True)


def test_the_last_line_is_said_again() -> None:
    call = Call(SARAH)
    assert call.say("Could you say that again, please?") == call.first


def test_what_is_missing_is_asked_for_before_anybody_goes() -> None:
    missing = ("And when does it come?", "Which day, then?")
    persona = make_persona(
        [
            replace(rule("criterion", "A day is named", None), missing=missing),
            replace(rule("criterion", "A refund is confirmed", None), missing=("And my money?",)),
        ],
        intensity=1,
        threshold=4,
    )
    call = Call(persona)
    assert call.say("Thank you, goodbye.").endswith(missing[0])
    assert call.say("It rains today.") == missing[1]
    day = Match(persona.criteria[0].id, "on Monday", 0.9)
    assert call.hear(Observation("It comes on Monday.", (day,))) == "And my money?"
    assert call.say("It rains.") in lines_for("en").every
    assert call.say("Thank you, goodbye.") == f"{lines_for('en').still_open[0]} And my money?"


def test_lines_that_are_too_calm_or_untrue_are_not_said() -> None:
    persona = make_persona(
        [rule("criterion", "The cable goes into the blue port", None, "It clicked.")],
        facts=(("Globe light", "it is red as a stop light"),),
        lines=(
            ("It is dead, and the globe is red as a stop light.",),
            ("I'm waiting.",),
            ("I feel a bit better now.",),
            ("Thank you.",),
        ),
    )
    lines = [FittingLine(line, 0.9) for phase in persona.phases for line in phase.lines]
    call = Call(persona)
    assert call.hear(Observation("Mm, okay.", lines=(lines[2],))) != lines[2].text
    changed = replace(persona.criteria[0], then=(FactChange("Globe light", "it is green now", 1),))
    after = replace(persona, criteria=(changed,))
    call = Call(after)
    call.actor = Actor(after)
    call.hear(Observation("Into the blue one.", (Match(changed.id, "blue", 0.9),)))
    assert call.hear(Observation("And now?", lines=(lines[0],))) != lines[0].text


def test_who_is_not_angry_meets_words_that_do_nothing_without_a_reproach() -> None:
    calm = make_persona(intensity=4, threshold=2)
    said = [Call(calm).say(words) for words in ("The sun is shining.", "It gets in at eleven.")]
    assert set(said) <= set(lines_for("en").opening + lines_for("en").neutral)
    call = Call(make_persona(intensity=8, threshold=2))
    for _ in range(2):
        call.say("The sun is shining.")
    assert call.say("It gets in at eleven.") in lines_for("en").escalation


def test_a_line_that_hardly_fits_is_said_once_like_any_other() -> None:
    persona = make_persona(intensity=9, lines=((), ("I'm waiting.", "So what now?"), (), ()))
    call = Call(persona)
    said = [call.hear(fits(("I'm waiting.", 0.4), ("So what now?", 0.3))) for _ in range(5)]
    assert [said.count(line) for line in ("I'm waiting.", "So what now?")] == [1, 1]


def test_nobody_who_was_insulted_tells_a_detail_as_well() -> None:
    persona = make_persona(facts=(("Rent", "640 dollars"),))
    seen = Observation("Are you stupid?", hostile=True, facts=(AskedFact("Rent"),))
    assert Call(persona).hear(seen) in lines_for("en").hostile


def test_after_the_solution_nobody_begins_the_story_again() -> None:
    call = solved()
    assert call.say("How can I help you?") in lines_for("en").nothing_more


def test_silences_after_the_solution_lead_to_the_goodbye() -> None:
    call = solved()
    first, second = call.actor.nudge(call.state), call.actor.nudge(call.state)
    assert first in lines_for("en").closing
    assert second == "Bye."


def test_who_was_insulted_enough_says_so() -> None:
    call = Call(EMPTY)
    insult = Observation("Shut up.", hostile=True)
    said = [call.hear(insult) for _ in range(2)]
    assert said[0] in lines_for("en").hostile
    assert said[1] in lines_for("en").leave
