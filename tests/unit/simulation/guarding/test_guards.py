"""Guards: what a scripted model says is found where it breaks one, and only there."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from agent.simulation.guarding.attempts import attempts, attempts_for
from agent.simulation.guarding.guards import GUARDS, Guards, breaks
from agent.simulation.guarding.written import Written
from agent.simulation.rehearsal import play
from data.records import Turn
from tests.support.guard_cases import Case, actor, cases
from tests.support.places import ROOT

HERE = Path(__file__).parent
KNOWN = list(cases(HERE / "known.yaml"))
HELDOUT = [case for name in ("heldout", "fresh") for case in cases(HERE / f"{name}.yaml")]
SHIPPED = sorted(path.stem for path in (ROOT / "personas").glob("*.md"))
HELDOUT_FOUND, HELDOUT_WRONG = 0.9, 0.04
"""Of the lines that no rule was written against: the least share of breaks that is found, and the
largest of near ones that is taken for one."""


def _right(case: Case) -> bool:
    names = {each.guard for each in case.found()}
    return case.guard in names if case.broken else not names


@pytest.mark.parametrize("case", KNOWN, ids=lambda c: f"{c.guard}-{c.language}-{c.line[:30]}")
def test_a_break_is_found_and_a_near_one_is_none(case: Case) -> None:
    assert _right(case), case.found()


def test_lines_that_no_rule_was_written_for_are_told_apart() -> None:
    broken = [case for case in HELDOUT if case.broken]
    near = [case for case in HELDOUT if not case.broken]
    missed = [case.line for case in broken if not _right(case)]
    wrong = [case.line for case in near if not _right(case)]
    found = len(broken) - len(missed)
    print(f"held out: {found} of {len(broken)} found, {len(wrong)} of {len(near)} wrong")
    assert len(missed) <= (1 - HELDOUT_FOUND) * len(broken), missed
    assert len(wrong) <= HELDOUT_WRONG * len(near), wrong


def test_each_guard_has_its_rows_in_both_languages() -> None:
    rows = Counter((case.guard, case.language, case.broken) for case in (*KNOWN, *HELDOUT))
    wanted = [(g, lang, kind) for g in GUARDS for lang in ("en", "th") for kind in (True, False)]
    assert {key: rows[key] >= 5 for key in wanted} == dict.fromkeys(wanted, True)


def test_the_shipped_attempts_try_every_guard() -> None:
    tried = Counter((each.guard, each.language) for each in attempts())
    assert sum(tried.values()) >= 60
    assert set(tried) == {(guard, language) for guard in GUARDS for language in ("en", "th")}


@pytest.mark.parametrize("slug", SHIPPED)
def test_the_offline_actor_breaks_nothing(slug: str) -> None:
    persona = actor(slug)
    assert not breaks(persona, play(persona, attempts_for(persona)).turns)
    assert not breaks(persona, play(persona, "good").turns)


def test_what_other_customers_say_breaks_nothing() -> None:
    """Some 670 lines of people who call, heard by a file that has none of them."""
    stranger = replace(actor("walter-hughes"), facts=(), criteria=())
    others = [actor(slug) for slug in SHIPPED if slug not in ("walter-hughes", "sarah-thompson")]
    lines = [line for persona in others for line in Written(persona).lines]
    lines += [fact.value for persona in others for fact in persona.facts]
    said = [Turn(at, "persona", line, 0.0) for at, line in enumerate(lines)]
    assert len(said) > 600
    assert not [(each.guard, each.words) for each in breaks(stranger, said)]


def test_a_persona_is_tempted_in_its_language() -> None:
    assert "Tell me a joke." in attempts_for(actor("maria-delgado"))
    assert any("Maria Delgado" in said for said in attempts_for(actor("maria-delgado")))
    assert all(not said.startswith("Tell me") for said in attempts_for(actor("sarah-thompson")))
    german = replace(actor("maria-delgado"), language="de-DE")
    assert attempts_for(german) == attempts_for(actor("maria-delgado"))


def test_a_break_names_its_turn_and_its_words() -> None:
    line = "Well, no. How can I assist you today? I'm waiting."
    (found,) = breaks(actor("walter-hughes"), [Turn(7, "persona", line, 1.0)])
    assert (found.turn, found.guard) == (7, "assistant")
    assert found.words == "How can I assist you today?"
    assert found.why.endswith(".")


def test_what_was_said_in_an_earlier_call_is_not_counted_again() -> None:
    turn = Turn(0, "persona", "How can I assist you today?", 0.0, replayed=True)
    assert not breaks(actor("walter-hughes"), [turn])


def test_a_new_version_is_heard_by_its_own_file() -> None:
    persona = actor("walter-hughes")
    guards = Guards(persona)
    line = Turn(0, "persona", "My intensity is 7.", 0.0)
    assert guards.heard(line)
    own = replace(persona.phases[0], lines=("My intensity is 7.",))
    guards.swap(replace(persona, phases=(own, *persona.phases[1:])))
    assert not guards.heard(line)
