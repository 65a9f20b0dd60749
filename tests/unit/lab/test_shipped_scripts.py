"""Each shipped persona passes its own scripts, and edits that change it do not."""

import os
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from agent.engines.registry import EngineRegistry
from agent.lab.play import ActorPlayer, Remembering, Task, play
from agent.platform.settings import Settings
from agent.reader.observer import ObserverMaker
from agent.simulation.observing.observer import Observer
from personas.model import Persona
from personas.parse import examine
from personas.script_model import Script
from personas.script_parse import parse_script
from tests.support.mutations import Mutation, mutations
from tests.support.places import ROOT

SLUGS = sorted(path.stem for path in (ROOT / "personas").glob("*.md"))
KINDS = (
    "solves-it",
    "is-kind-but-solves-nothing",
    "is-rude",
    "talks-it-out-of-its-role",
)
"""What every persona has a script for, at least."""
CAUGHT = 0.9
FIRST = {
    "weaker triggers": "says-every-right-and-wrong-thing",
    "the threshold raised": "solves-it-before-calming",
    "an example that fits too much": "says-nothing-that-matters",
}
"""The script that is likeliest to find such an edit; with it, the others need not be played."""


@pytest.fixture(scope="module")
def maker() -> Iterator[ObserverMaker]:
    # What was learnt of a persona is kept, as it is for the app.
    made = ObserverMaker(kept=Settings.load(ROOT, os.environ).cache_dir / "reader")
    yield made
    made.close()


def _persona(slug: str, text: str) -> Persona:
    persona = examine(text.encode(), slug, EngineRegistry().voices).persona
    assert persona is not None
    return persona


def _scripts(persona: Persona) -> list[Script]:
    folder = ROOT / "personas" / "scripts" / persona.slug
    files = sorted(folder.glob("*.md"))
    return [parse_script(file.read_bytes(), persona, file.stem) for file in files]


def _text(slug: str) -> str:
    return (ROOT / "personas" / f"{slug}.md").read_text(encoding="utf-8")


def _misses(persona: Persona, scripts: list[Script], eyes: Observer) -> Iterator[str]:
    """Where it leaves the expectation, as they are found."""
    for script in scripts:
        run = play(Task(persona, script, "offline"), ActorPlayer(), eyes)
        for miss in run.misses:
            yield f"{persona.slug}/{script.name}:{miss.line}: {miss.expectation}: {miss.saw}"


@pytest.mark.parametrize("slug", SLUGS)
def test_a_shipped_persona_passes_its_scripts(slug: str, maker: ObserverMaker) -> None:
    persona = _persona(slug, _text(slug))
    scripts = _scripts(persona)
    assert set(KINDS) <= {script.name for script in scripts}
    assert [finding for script in scripts for finding in script.findings] == []
    assert list(_misses(persona, scripts, Remembering(maker.whole(persona)))) == []


def test_edits_that_change_a_customer_are_caught(maker: ObserverMaker) -> None:
    missed, count = [], 0
    for turn, slug in enumerate(SLUGS):
        known = maker.whole(_persona(slug, _text(slug)))  # what stays is not learnt anew
        for edit in mutations(_text(slug), turn):
            count += 1
            if not _caught(slug, edit, partial(maker, before=known)):
                missed.append(f"{slug}: {edit.kind} ({edit.what})")
    assert count >= 30
    assert len(missed) <= (1 - CAUGHT) * count, missed


def _caught(slug: str, edit: Mutation, observer: Callable[[Persona], Observer]) -> bool:
    assert edit.text != _text(slug), f"{slug}: {edit.kind} changes nothing"
    persona = _persona(slug, edit.text)
    scripts = _scripts(persona)
    if not all(script.playable for script in scripts):
        return True
    scripts.sort(key=lambda script: script.name != FIRST.get(edit.kind))
    return next(_misses(persona, scripts, Remembering(observer(persona))), "") != ""
