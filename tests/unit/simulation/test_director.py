"""The director: matches in, phases, intensity, acceptance and causes out."""

from dataclasses import replace

import pytest

from agent.simulation.directing.director import (
    AskedFact,
    Match,
    Observation,
    State,
    Step,
    advance,
    begin,
    carry,
    leaves,
)
from personas.model import Fact, FactChange, Persona, Rule
from tests.support.personas import make_persona, rule, rule_id

CALM_DOWN = rule("trigger", "Being told to calm down", 2, "Don't tell me to calm down!")
HOLD = rule("trigger", "Being put on hold", 1)
APOLOGY = rule("deescalation", "A sincere apology", -2, "Well, thank you.")
EMPATHY = rule("deescalation", "Showing empathy", -1)
OWNERSHIP = rule("deescalation", "Taking ownership", -3)
REFUND = rule("criterion", "The full refund is confirmed")
TIME = rule("criterion", "A time is named")
VERIFY = rule("objective", "Verifies identity", weight=2)
PERSONA = make_persona(
    [CALM_DOWN, HOLD, APOLOGY, EMPATHY, OWNERSHIP, REFUND, TIME, VERIFY],
    facts=(("Account", "TC-88213"),),
)


def turn(*rules: object, text: str = "words", hostile: bool = False) -> Observation:
    ids = [r if isinstance(r, str) else r.id for r in rules]  # type: ignore[attr-defined]
    return Observation(text, tuple(Match(i, text, 0.9) for i in ids), hostile)


def after(*turns: Observation, persona: Persona = PERSONA) -> Step:
    state = begin(persona)
    step = None
    for observation in turns:
        step = advance(persona, state, observation)
        state = step.state
    assert step is not None
    return step


CALMED = (turn(APOLOGY), turn(OWNERSHIP))


@pytest.mark.parametrize(
    ("turns", "phase", "intensity"),
    [
        ([turn()], "opening", 8),
        ([turn(), turn()], "escalation", 8),
        ([turn(CALM_DOWN)], "escalation", 10),
        ([turn(APOLOGY)], "deescalation", 6),
        ([turn(APOLOGY), turn()], "deescalation", 6),
        ([turn(APOLOGY), turn(HOLD)], "escalation", 7),
        ([turn(HOLD), turn(APOLOGY)], "deescalation", 7),
        ([turn(APOLOGY, EMPATHY)], "deescalation", 5),
        ([turn(APOLOGY, HOLD)], "deescalation", 7),
        ([*CALMED], "resolution", 3),
        ([*CALMED, turn()], "resolution", 3),
        ([*CALMED, turn(CALM_DOWN)], "escalation", 5),
        ([turn(hostile=True)], "escalation", 10),
    ],
)
def test_the_phase_follows_the_intensity(
    turns: list[Observation], phase: str, intensity: int
) -> None:
    state = after(*turns).state
    assert (state.phase, state.intensity) == (phase, intensity)


@pytest.mark.parametrize(
    ("turns", "intensity"),
    [
        ([turn(APOLOGY)] * 2, 5),
        ([turn(APOLOGY)] * 3, 4),
        ([turn(APOLOGY)] * 6, 4),
        ([turn(APOLOGY, APOLOGY)], 6),
        ([turn(EMPATHY)] * 3, 7),
        ([turn(APOLOGY), turn(CALM_DOWN), turn(CALM_DOWN), turn(CALM_DOWN)], 10),
    ],
)
def test_repeats_count_less_and_then_nothing(turns: list[Observation], intensity: int) -> None:
    assert after(*turns).state.intensity == intensity


def test_the_intensity_stays_between_0_and_10() -> None:
    assert after(turn(CALM_DOWN), turn(HOLD), turn(hostile=True)).state.intensity == 10
    easy = replace(PERSONA, intensity=1)
    assert after(turn(OWNERSHIP), persona=easy).state.intensity == 0


def test_acceptance_needs_both_the_threshold_and_every_criterion() -> None:
    assert not after(*CALMED).state.resolved
    assert not after(*CALMED, turn(REFUND)).state.resolved
    assert not after(turn(REFUND, TIME)).state.resolved
    step = after(*CALMED, turn(REFUND), turn(TIME))
    assert step.state.resolved
    assert step.direction.kind == "accept"
    assert step.state.phase == "resolution"


def test_criteria_may_be_met_early_and_in_any_order() -> None:
    step = after(turn(TIME), turn(REFUND), *CALMED)
    assert step.state.resolved
    assert set(step.state.met) == {TIME.id, REFUND.id}


SOLVED = (*CALMED, turn(REFUND, TIME))
GOODBYE = Observation("Goodbye.", act="goodbye")


def test_after_acceptance_the_persona_goes_on_until_the_goodbye() -> None:
    assert after(*SOLVED, turn()).direction.kind == "line"
    assert after(*SOLVED, turn(APOLOGY)).direction.kind == "reply"
    step = after(*SOLVED, turn(), GOODBYE)
    assert (step.direction.kind, step.hang_up) == ("farewell", True)


@pytest.mark.parametrize(
    ("turns", "hangs_up"),
    [
        ([*SOLVED], False),
        ([*CALMED, Observation("words", turn(REFUND, TIME).matches, act="goodbye")], False),
        ([*SOLVED, turn()], False),
        ([*SOLVED, GOODBYE], True),
        ([GOODBYE], False),
        ([*SOLVED, replace(GOODBYE, facts=(AskedFact("Account"),))], False),
        ([turn(hostile=True)], False),
        ([turn(hostile=True), turn(hostile=True)], True),
        ([turn(CALM_DOWN), turn(CALM_DOWN), turn(CALM_DOWN)], False),
        ([turn(hostile=True), turn(APOLOGY), turn(hostile=True)], False),
        ([turn(hostile=True), turn(HOLD), turn(hostile=True)], True),
    ],
)
def test_the_persona_hangs_up(turns: list[Observation], hangs_up: bool) -> None:
    assert after(*turns).hang_up is hangs_up
    assert not after(*turns, persona=replace(PERSONA, hang_up=False)).hang_up


def test_two_silences_end_a_call_that_is_solved() -> None:
    state, angry = after(*SOLVED).state, after(turn()).state
    assert [leaves(PERSONA, state, silences) for silences in (1, 2)] == [False, True]
    assert not leaves(PERSONA, angry, 5)
    assert not leaves(replace(PERSONA, hang_up=False), state, 5)


@pytest.mark.parametrize(
    "harm", [turn(hostile=True), turn(CALM_DOWN, HOLD), turn(CALM_DOWN, hostile=True)]
)
def test_harm_after_acceptance_takes_it_back(harm: Observation) -> None:
    step = after(*CALMED, turn(REFUND, TIME), harm)
    assert not step.state.resolved
    assert step.state.phase == "escalation"
    assert step.state.intensity > PERSONA.threshold
    assert "the acceptance is taken back" in step.cause


OFFER = Observation(
    "Shall I refund it?", (Match(REFUND.id, "Shall I refund it", 0.9, asked=True),), question=True
)
ASKS = Observation("To which card?", question=True)
DONE = Observation("Okay, then I'll do that.", settles="Okay, then I'll do that")


@pytest.mark.parametrize(
    ("turns", "met"),
    [
        ([OFFER, DONE], True),
        ([OFFER, ASKS, DONE], True),
        ([OFFER], False),
        ([DONE], False),
        ([OFFER, turn(), DONE], False),
        ([OFFER, Observation("Okay.")], False),
        ([OFFER, replace(DONE, act="keywords")], False),
        ([OFFER, replace(DONE, hostile=True)], False),
        ([replace(OFFER, hostile=True), DONE], False),
        ([replace(OFFER, matches=(replace(OFFER.matches[0], confidence=0.4),)), DONE], False),
    ],
)
def test_what_was_offered_is_met_once_it_is_said_to_be_done(
    turns: list[Observation], met: bool
) -> None:
    step = after(*turns)
    assert (REFUND.id in step.state.met) is met
    if met:
        assert dict(zip(step.matched, step.quotes, strict=True)) == {REFUND.id: DONE.settles}


REGRET = replace(turn(APOLOGY), act="regret")


@pytest.mark.parametrize(
    ("turns", "intensity"),
    [
        ([turn(HOLD), REGRET], 6),
        ([turn(CALM_DOWN), REGRET], 6),
        ([turn(hostile=True), REGRET, REGRET], 6),
        ([turn(HOLD), REGRET, turn(APOLOGY)], 4),
        ([turn(hostile=True), turn(HOLD), REGRET, REGRET], 6),
        ([REGRET], 4),  # for what was done to the customer: nothing else was
    ],
)
def test_a_harsh_word_taken_back_calms_by_no_more_than_it_had_angered(
    turns: list[Observation], intensity: int
) -> None:
    calm = replace(PERSONA, intensity=6)
    assert after(*turns, persona=calm).state.intensity == intensity


def test_what_was_taken_back_can_be_earned_again() -> None:
    turns = [*CALMED, turn(REFUND, TIME), turn(hostile=True), turn(EMPATHY)]
    assert after(*turns).state.resolved


def test_a_hostile_turn_earns_nothing() -> None:
    step = after(turn(APOLOGY, REFUND, VERIFY, hostile=True))
    assert step.state.intensity == 10
    assert step.state.met == step.state.shown == ()
    assert step.matched == ()


def test_what_is_friendly_in_a_hostile_turn_can_still_count_in_full() -> None:
    step = after(turn(APOLOGY, CALM_DOWN, hostile=True), turn(APOLOGY))
    assert step.cause == "-2: a sincere apology"


def test_a_trigger_in_a_hostile_turn_is_not_counted_twice() -> None:
    calm = replace(PERSONA, intensity=4)
    assert after(turn(CALM_DOWN, hostile=True), persona=calm).state.intensity == 6
    assert after(turn(HOLD, hostile=True), persona=calm).state.intensity == 6


@pytest.mark.parametrize(
    ("turns", "cause"),
    [
        ([turn()], "nothing matched"),
        ([turn(CALM_DOWN)], "+2: told to calm down"),
        ([turn(APOLOGY, HOLD)], "-2: a sincere apology; +1: put on hold"),
        ([turn(APOLOGY)] * 2, "-1: a sincere apology (again)"),
        ([turn(EMPATHY)] * 2, "0: showing empathy (again)"),
        ([turn(hostile=True)], "+2: a hostile tone"),
        ([turn(REFUND)], "met: the full refund is confirmed"),
        ([turn(VERIFY)], "shown: verifies identity"),
        ([turn(VERIFY)] * 2, "nothing matched"),
        (
            [*CALMED, turn(REFUND, TIME)],
            "met: the full refund is confirmed; met: a time is named; the resolution is accepted",
        ),
    ],
)
def test_the_cause_is_told_in_words(turns: list[Observation], cause: str) -> None:
    assert after(*turns).cause == cause


def test_unknown_rules_and_doubtful_matches_are_ignored() -> None:
    doubtful = Observation("x", (Match(CALM_DOWN.id, "x", 0.3), Match("gone", "x", 1.0)))
    step = after(doubtful)
    assert step.state.intensity == 8
    assert step.matched == ()


def test_matches_and_quotes_go_together() -> None:
    seen = Observation("a b", (Match(HOLD.id, "a", 0.8), Match(APOLOGY.id, "b", 0.9)))
    step = after(seen)
    assert step.matched == (HOLD.id, APOLOGY.id)
    assert step.quotes == ("a", "b")


def test_the_strongest_rule_is_answered() -> None:
    assert after(turn(HOLD, APOLOGY)).direction.rule == APOLOGY.id
    assert after(turn(EMPATHY, CALM_DOWN)).direction.rule == CALM_DOWN.id


SENT = rule("criterion", "A courier is sent", None, "Lovely, a courier.")
SENDING = replace(PERSONA, criteria=(SENT, TIME))


@pytest.mark.parametrize(
    ("turns", "answered"),
    [
        ([turn(APOLOGY), turn(APOLOGY, SENT)], SENT),
        ([turn(EMPATHY), turn(EMPATHY, SENT)], SENT),
        ([turn(APOLOGY, SENT)], SENT),
        ([turn(CALM_DOWN), turn(CALM_DOWN, SENT)], CALM_DOWN),
        ([turn(APOLOGY), turn(APOLOGY)], APOLOGY),
    ],
)
def test_what_is_newly_met_is_answered_before_what_calms(
    turns: list[Observation], answered: Rule
) -> None:
    direction = after(*turns, persona=SENDING).direction
    assert (direction.kind, direction.rule) == ("reply", answered.id)


def test_whether_there_is_more_gets_no_reply_of_a_rule_once_all_is_settled() -> None:
    more = replace(turn(APOLOGY), act="more")
    assert after(*SOLVED, more).direction.kind == "line"
    assert after(turn(), more).direction.kind == "reply"
    assert after(*SOLVED, replace(turn(CALM_DOWN), act="more")).direction.kind == "reply"


@pytest.mark.parametrize("calming", [APOLOGY, EMPATHY])
def test_an_asked_fact_is_told_before_what_calms_once_more(calming: Rule) -> None:
    again = replace(turn(calming), facts=(AskedFact("Account"),))
    direction = after(turn(calming), again).direction
    assert direction.kind == "fact"
    assert [fact.value for fact in direction.facts] == ["TC-88213"]


def test_a_question_for_a_detail_is_answered_with_it() -> None:
    step = after(Observation("And?", facts=(AskedFact("Account", 0.9),)))
    assert step.direction.kind == "fact"
    assert "TC-88213" in step.direction.text
    assert after(Observation("And?", facts=(AskedFact("Account", 0.2),))).direction.kind == "line"
    assert after(turn(text="What's your account number?")).direction.kind == "line"


def test_a_model_is_told_what_has_changed_and_what_is_not_told_yet() -> None:
    refund = replace(REFUND, then=(FactChange("Account", "closed", 1),))
    secret = Fact("Link", "I clicked it", 1, only_after=APOLOGY.id)
    persona = replace(PERSONA, criteria=(refund, TIME), facts=(*PERSONA.facts, secret))
    asked = Observation("And?", facts=(AskedFact("Link"),))
    assert "By now: Account: closed." in after(turn(REFUND), turn(), persona=persona).direction.text
    waiting = after(asked, persona=persona).direction
    assert waiting.kind == "withhold"
    assert "I clicked it" not in waiting.text
    assert "I clicked it" in after(turn(APOLOGY), asked, persona=persona).direction.text


def test_a_model_is_told_of_two_details_which_one_it_keeps() -> None:
    secret = Fact("Link", "I clicked it", 1, only_after=APOLOGY.id)
    persona = replace(PERSONA, facts=(*PERSONA.facts, secret))
    both = Observation("And?", facts=(AskedFact("Account"), AskedFact("Link")))
    text = after(both, persona=persona).direction.text
    assert 'you do not tell yet: "Link".' in text
    assert "TC-88213" in text
    assert "I clicked it" not in text
    told = after(turn(APOLOGY), both, persona=persona).direction.text
    assert "do not tell yet" not in told


def test_the_stage_direction_says_mood_and_what_not_to_accept() -> None:
    text = after(turn(CALM_DOWN)).direction.text
    assert "furious (10/10)" in text
    assert "Don't tell me to calm down!" in text
    assert "Do not accept a solution yet" in text
    assert "the full refund is confirmed" in text
    accepted = after(*CALMED, turn(REFUND, TIME)).direction.text
    assert "Do not accept" not in accepted


def test_the_same_observations_give_the_same_states() -> None:
    turns = [turn(HOLD), turn(APOLOGY, REFUND), turn(hostile=True), turn(OWNERSHIP, TIME)]
    assert after(*turns) == after(*turns)


def carried(persona: Persona, state: State) -> State:
    return carry(persona, state)


def test_an_edit_keeps_the_state_and_forgets_rules_that_are_gone() -> None:
    state = after(turn(APOLOGY, REFUND, HOLD, VERIFY)).state
    edited = replace(PERSONA, triggers=(CALM_DOWN,), criteria=(TIME,), objectives=())
    kept = carried(edited, state)
    assert kept.intensity == state.intensity
    assert set(kept.counts) == {APOLOGY.id}
    assert kept.met == kept.shown == ()


def test_an_edited_threshold_moves_the_phase() -> None:
    state = after(turn(APOLOGY)).state
    assert carried(replace(PERSONA, threshold=6), state).phase == "resolution"
    low = after(*CALMED).state
    assert carried(replace(PERSONA, threshold=1), low).phase == "deescalation"


def test_a_criterion_added_by_an_edit_reopens_the_resolution() -> None:
    state = after(*CALMED, turn(REFUND, TIME)).state
    more = replace(PERSONA, criteria=(REFUND, TIME, rule("criterion", "In writing")))
    assert not carried(more, state).resolved
    assert rule_id("criterion", "In writing") not in carried(more, state).met
