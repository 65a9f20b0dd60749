"""Built-in trainees: made for any persona, varied by a seed, able to come into a call late."""

from functools import cache

import pytest

from agent.simulation.directing.director import State, advance, begin
from agent.simulation.observing.observer import LexicalObserver
from agent.simulation.own_words import briefing_lines, own_words
from agent.simulation.rehearsal import play
from agent.simulation.trainee_words import words_for
from agent.simulation.trainees import Trainee
from personas.model import Persona
from personas.parse import examine
from tests.support.persona_text import FULL, PLAIN
from tests.support.places import ROOT

GERMAN = """---
language: de
---
# Persona: Anna Vogt
# Profile Data
- Konto: 12 34
# Scenario Context
- Die Rechnung stimmt nicht.
# Emotional State & Behavior Rules
## Phase 1: Opening
- Intensity: 6/10
- "Guten Tag, meine Rechnung stimmt nicht."
## Phase 2: Escalation Triggers
- Wird vertröstet (+2)
  - like: "Da müssen Sie warten."
## Phase 3: De-escalation Points
- Eine Entschuldigung (-3)
  - like: "Das tut mir sehr leid."
- Threshold: 4/10
## Phase 4: Resolution Acceptance
- Das Geld kommt zurück
  - like: "Sie bekommen das Geld zurück."
# Test Objectives
- Fragt nach dem Konto
  - like: "Wie ist Ihre Kontonummer?"
- Nennt einen Termin
# Constraints
- Kurz.
"""


@cache
def persona(slug: str) -> Persona:
    texts = {"full": FULL, "plain": PLAIN, "german": GERMAN}
    data = texts.get(slug) or (ROOT / "personas" / f"{slug}.md").read_text(encoding="utf-8")
    found = examine(data, slug).persona
    assert found is not None
    return found


def said(kind: str, slug: str, seed: int = 0, state: State | None = None) -> list[str]:
    """All that the trainee says to a persona whose state never changes."""
    return _all(Trainee(kind, persona(slug), None, seed), persona(slug), state)


def _all(trainee: Trainee, persona: Persona, state: State | None = None) -> list[str]:
    state = state or begin(persona)
    return list(iter(lambda: trainee.next(state), None))


@pytest.mark.parametrize("kind", ["good", "rude", "clueless"])
def test_a_seed_varies_and_the_same_one_repeats(kind: str) -> None:
    runs = [tuple(said(kind, "full", seed)) for seed in (0, 1, 2, 1)]
    assert runs[1] == runs[3]
    assert len(set(runs)) == 3
    assert all(runs)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_good_one_solves_it_and_a_rude_one_does_not(seed: int) -> None:
    good = play(persona("full"), "good", trainee_seed=seed)
    assert (good.scorecard.score, good.state.resolved) == (100, True)
    rude = play(persona("full"), "rude", trainee_seed=seed)
    assert rude.scorecard.score is not None
    assert rude.scorecard.score <= 20
    assert not rude.state.resolved


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_language_that_is_not_read_goes_by_the_authors_examples(seed: int) -> None:
    lines = said("good", "german", seed)
    assert {"Das tut mir sehr leid.", "Wie ist Ihre Kontonummer?"} <= set(lines)
    assert "Nennt einen Termin" in lines  # nobody here can tell what does it; a text model can
    assert not any(line in words_for(persona("full")).hello for line in lines)
    assert "Da müssen Sie warten." in said("rude", "german", seed)
    assert said("clueless", "german", seed)
    assert play(persona("german"), "good", trainee_seed=seed).state.resolved


def test_the_briefing_is_said_where_it_does_what_a_rule_wants() -> None:
    text = PLAIN + "\n# Briefing\n- You work here.\n- We're sorry for the trouble that you had.\n"
    found = examine(text, "plain").persona
    assert found is not None
    rules = {m.rule for m in LexicalObserver(found).observe(briefing_lines(found)[1]).matches}
    assert rules
    lines = {
        line for seed in range(1, 9) for line in _all(Trainee("good", found, None, seed), found)
    }
    assert briefing_lines(found)[1] in lines


def test_sentences_of_a_briefing() -> None:
    text = (
        PLAIN + "\n# Briefing\nYou may send a technician. She is on the Gold plan.\n"
        "## Offers\n- Credit a month\n- yes\n| a | b | c |\n"
    )
    found = examine(text, "plain").persona
    assert found is not None
    assert briefing_lines(found) == [
        "I can send a technician.",
        "You is on the Gold plan.",
        "I can Credit a month",
    ]


def test_who_comes_late_leaves_out_what_was_done() -> None:
    full = persona("full")
    first = said("good", "full")
    observer = LexicalObserver(full)
    state = begin(full)
    for line in first[:3]:
        state = advance(full, state, observer.observe(line)).state
    done = {*state.met, *state.shown}
    late = said("good", "full", state=state)
    assert late
    assert first[0] not in late
    for line in late:
        matched = {match.rule for match in observer.observe(line).matches}
        assert not matched or matched - done
    assert said("rude", "full", state=state)[0] == said("rude", "full")[0]


def test_who_comes_when_all_is_settled_takes_leave() -> None:
    good = play(persona("full"), "good")
    assert len(said("good", "full", state=good.state)) == 1


def test_a_good_one_stays_for_what_it_has_still_to_show() -> None:
    full = persona("full")
    state = play(full, "good").state
    assert full.objectives
    missing = State(**{f: getattr(state, f) for f in State.__slots__} | {"shown": (), "counts": {}})
    assert len(said("good", "full", state=missing)) > 1


@pytest.mark.parametrize("kind", ["good", "rude", "clueless"])
@pytest.mark.parametrize("slug", ["plain", "german"])
def test_few_rules_are_enough(kind: str, slug: str) -> None:
    assert said(kind, slug)


@pytest.mark.parametrize(
    ("rule", "first"),
    [
        ("Being told to wait longer", "Please wait longer."),
        ("Being asked to prove the damage with photos", "Please prove the damage with photos."),
        ("Being asked not to call again", "Please do not call again."),
        ("Being told that it takes weeks", "It takes weeks."),
        ("Being told it is her own fault", "It is your own fault."),
        ("Being offered a pick-up at night", "I can offer you a pick-up at night."),
        ("Being put on hold", "I am being put on hold."),
        ("Offers a day", "Let me offer a day."),
        ("Asks for the order number", "Could you tell me the order number?"),
    ],
)
def test_what_a_rule_says_of_the_customer_is_turned_to_them(rule: str, first: str) -> None:
    assert own_words(rule, "en")[0] == first
