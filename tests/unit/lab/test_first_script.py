"""A script to begin with fits its persona, and finds an edit that makes it too easy."""

import pytest

from agent.lab.first_script import first_script
from agent.lab.play import ActorPlayer, Task, play
from agent.simulation.observing.observer import LexicalObserver
from data.lab_runs import LabRun
from personas.model import Persona
from personas.script_parse import parse_script
from personas.script_templates import Template
from tests.support.persona_text import FULL, swap
from tests.support.talk import persona_of

ENGLISH = swap("language: th-TH", "language: en-US", FULL)
CALMS_TOO = swap("- A sincere apology (-2)", "- A refund is confirmed (-2)", ENGLISH)
"""What settles this customer calms them as well."""


def played(text: str, persona: Persona) -> LabRun:
    script = parse_script(text, persona, "first")
    assert script.findings == ()
    return play(Task(persona, script, "offline"), ActorPlayer(), LexicalObserver(persona))


def made(template: Template, persona: Persona) -> str:
    return first_script(template, persona, LexicalObserver, "offline")


@pytest.mark.parametrize("text", [ENGLISH, CALMS_TOO])
def test_who_offers_too_early_is_refused_until_the_threshold_is_raised(text: str) -> None:
    persona = persona_of(text)
    script = made("early", persona)
    run = played(script, persona)
    assert run.passed, run.misses
    assert run.moods[-1] > persona.threshold
    easier = persona_of(swap("- Threshold: 4/10", "- Threshold: 9/10", text))
    assert [miss.expectation for miss in played(script, easier).misses] == ["not resolved"]


def test_it_calms_as_far_as_it_may() -> None:
    persona = persona_of(ENGLISH)
    assert played(made("early", persona), persona).moods[-1] == persona.threshold + 1


@pytest.mark.parametrize("template", ["solves", "fails", "rude", "role", "empty"])
def test_the_others_need_no_trial(template: Template) -> None:
    persona = persona_of(ENGLISH)
    assert parse_script(made(template, persona), persona, "first").findings == ()
