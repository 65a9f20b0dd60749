"""What is named to be practised next, worked out by hand from a few calls."""

from dataclasses import replace

from agent.simulation.reviewing.next_practice import Next, Practised, next_practice
from data.journal import CallRecord
from data.records import CallEnd, CallStart
from data.summary import Summary
from personas.model import Persona
from tests.support.talk import TEXT, persona_of

SARAH = persona_of(TEXT)
ANN, BOB, CAT = (replace(SARAH, slug=slug) for slug in ("ann", "bob", "cat"))
EVERY = (ANN, BOB, CAT)
LIGHT, HEAVY = sorted(SARAH.objectives, key=lambda rule: rule.weight)


def test_the_rules_of_this_test_differ_in_weight() -> None:
    assert LIGHT.weight < HEAVY.weight <= 2 * LIGHT.weight


def call(*missed: str) -> Summary:
    start = CallStart("a" * 16, "kim", "ann", "Ann", "Billing", "v", "offline", "en-US", 0.0)
    objectives = [{"id": rule.id, "shown": rule.id not in missed} for rule in SARAH.objectives]
    card = {"score": 50, "passed": False, "objectives": objectives}
    return Summary.of(CallRecord(start, end=CallEnd(1.0, "ended"), scorecard=card))


def named(found: Next | None) -> tuple[str, str]:
    assert found is not None
    return found.persona.slug, found.weakest.id if found.weakest else ""


def test_nothing_is_named_before_the_first_call_or_without_a_persona() -> None:
    assert next_practice(EVERY, {}) is None
    assert next_practice((), {"ann": Practised(1.0, (call(),))}) is None


def test_the_weakest_objective_comes_first() -> None:
    practised = {"ann": Practised(9.0, (call(LIGHT.id),)), "bob": Practised(5.0, (call(HEAVY.id),))}
    found = next_practice(EVERY, practised)
    assert named(found) == ("bob", HEAVY.id)
    assert found is not None
    assert (found.missed, found.of) == (1, 1)


def test_an_objective_that_is_missing_more_often_costs_more() -> None:
    """Weight 1 in three of three calls against weight 2 in one of three."""
    practised = {
        "ann": Practised(9.0, (call(LIGHT.id),) * 4),
        "bob": Practised(5.0, (call(HEAVY.id), call(), call())),
    }
    found = next_practice(EVERY, practised)
    assert named(found) == ("ann", LIGHT.id)
    assert found is not None
    assert (found.missed, found.of) == (3, 3)


def test_what_was_shown_in_the_newest_call_is_not_weak_any_more() -> None:
    practised = {"ann": Practised(9.0, (call(), call(HEAVY.id), call(HEAVY.id)))}
    assert named(next_practice((ANN,), practised)) == ("ann", "")


def test_of_equals_the_one_whose_turn_is_longest_ago() -> None:
    practised = {
        slug: Practised(at, (call(HEAVY.id),)) for slug, at in (("ann", 9.0), ("bob", 5.0))
    }
    assert named(next_practice(EVERY, practised)) == ("bob", HEAVY.id)


def test_when_nothing_is_missing_whoever_was_never_practised_with_then_the_longest_ago() -> None:
    done = (call(),)
    practised = {"ann": Practised(9.0, done), "cat": Practised(5.0, done)}
    found = next_practice(EVERY, practised)
    assert named(found) == ("bob", "")
    assert found is not None
    assert found.last is None
    practised["bob"] = Practised(7.0, done)
    found = next_practice(EVERY, practised)
    assert named(found) == ("cat", "")
    assert found is not None
    assert found.last == 5.0


def test_calls_that_tell_of_no_objectives_say_nothing_of_weakness() -> None:
    """They were not scored, or stand in the list since an earlier release."""
    practised = {
        "ann": Practised(9.0, (replace(call(HEAVY.id), missed=None),)),
        "bob": Practised(5),
    }
    assert named(next_practice((ANN, BOB), practised)) == ("bob", "")


def test_an_objective_that_the_persona_has_no_more_is_not_named() -> None:
    lighter: Persona = replace(ANN, objectives=(LIGHT,))
    assert named(next_practice((lighter,), {"ann": Practised(9.0, (call(HEAVY.id),))})) == (
        "ann",
        "",
    )
