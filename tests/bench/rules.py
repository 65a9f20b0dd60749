"""Triggers and calming points in sentences that are spoken and heard, beside the same typed.

``BENCH_RULES_FILE`` names a file of labelled turns: JSON lines, one persona each, with ``persona``,
``industry``, ``situation``, ``opening`` and ``rules`` (each ``kind``, ``text``, and ``yes``, what a
trainee says that does it), and ``also`` (further rules by utterance). Without it the held-out
sentences of the shipped personas are taken, which have fewer rules. ``BENCH_RULES`` is how many
rules are drawn (150). Only sums are printed: the sentences are no school.
"""

import json
import os
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agent.simulation.observing.observer import LexicalObserver
from personas.model import Persona
from personas.parse import examine
from tests.bench import natural
from tests.bench.hearing import listening
from tests.bench.natural import VOICES
from tests.support.heldout import Said, counted, persona_of
from tests.support.heldout import sentences as held_out

NUMBER = int(os.environ.get("BENCH_RULES", "150"))
SEED = 12
KINDS = ("trigger", "deescalation")


@dataclass(frozen=True)
class Labelled:
    """A sentence to a persona, and those of its triggers and calming points (ids) that it does."""

    persona: Persona
    text: str
    rules: frozenset[str]


def measure() -> Iterator[tuple[str, str]]:
    """Rules found typed, and heard from natural voices; what is found only in what was heard."""
    file = os.environ.get("BENCH_RULES_FILE", "")
    if file and not Path(file).is_file():
        yield "left out", f"there is no file {file}"
        return
    everything = labelled(Path(file)) if file else _shipped()
    drawn = one_each(everything, NUMBER)
    spoken = [(one.text, VOICES[n % len(VOICES)]) for n, one in enumerate(drawn)]
    natural.prepare(spoken)
    yield "sentences", f"{len(drawn)} for as many rules, of {Path(file).name or 'heldout.yaml'}"
    with listening() as hear:
        heard = [hear(natural.clip(*each)) for each in spoken]
    typed, aloud = _found(drawn, [one.text for one in drawn]), _found(drawn, heard)
    total = sum(len(one.rules) for one in drawn)
    yield "found typed", f"{100 * typed / total:.1f} % ({typed} of {total})"
    yield "found spoken", f"{100 * aloud / total:.1f} % ({aloud} of {total})"
    yield "points fewer (at most 2)", f"{100 * (typed - aloud) / total:.1f}"
    yield "matched only in what was heard, and falsely", str(_invented(drawn, heard))


def one_each(everything: Sequence[Labelled], number: int) -> list[Labelled]:
    """Sentences by lot, each for another rule, for at most so many rules."""
    lot = random.Random(SEED)
    order = lot.sample(everything, len(everything))
    taken: dict[tuple[str, str], Labelled] = {}
    for one in order:
        for rule in sorted(one.rules):
            if (one.persona.slug, rule) not in taken and one not in taken.values():
                taken[one.persona.slug, rule] = one
    return list(taken.values())[:number]


def labelled(file: Path) -> list[Labelled]:
    """The turns of such a file that do a trigger or a calming point."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return [one for line in lines if line.strip() for one in _of_persona(json.loads(line))]


def persona_text(told: dict[str, Any]) -> str:
    """The persona file that a line of such a file stands for."""
    sections = {
        "trigger": "## Phase 2: Escalation Triggers",
        "deescalation": "## Phase 3: De-escalation Points",
        "criterion": "## Phase 4: Resolution Acceptance",
        "objective": "# Test Objectives",
    }
    opening = ['"' + line.replace('"', "'") + '"' for line in told["opening"]]
    parts = [  # beside what is told, the least that a persona file must have
        f"---\nscenario: {json.dumps(told['industry'])}\nlanguage: en-US\n---",
        f"# Persona: {told['persona']}\n# Profile Data\n- Account: 1",
        "# Constraints\n- Stays polite",
        f"# Scenario Context\n{told['situation']}",
        "# Emotional State & Behavior Rules\n## Phase 1: Opening\n- Intensity: 4/10",
        *(f"- {line}" for line in opening),
    ]
    for kind, heading in sections.items():
        parts += [heading, *(f"- {r['text']}" for r in told["rules"] if r["kind"] == kind)]
        parts += ["- Threshold: 4/10"] if kind == "deescalation" else []
    return "\n".join(parts) + "\n"


def _of_persona(told: dict[str, Any]) -> Iterator[Labelled]:
    slug = "-".join(told["persona"].lower().split())
    persona = examine(persona_text(told).encode(), slug).persona
    assert persona is not None, told["persona"]
    ids = {
        rule.text: rule.id for rule in (*persona.triggers, *persona.deescalations)
    }  # by its words, which no two of a persona share
    also = told.get("also", {})
    for rule in told["rules"]:
        if rule["kind"] in KINDS:
            for text in rule["yes"]:
                done = {rule["text"], *also.get(text, ())}
                yield Labelled(persona, text, frozenset(ids[r] for r in done if r in ids))


def _shipped() -> list[Labelled]:
    said: Iterable[Said] = (*held_out("test"), *held_out("later"))
    return [
        Labelled(persona_of(one.slug), one.text, one.rules & counted(one.slug))
        for one in said
        if one.rules & counted(one.slug)
    ]


def _found(labelled: Sequence[Labelled], texts: Sequence[str]) -> int:
    both = zip(labelled, texts, strict=True)
    return sum(len(one.rules & matched(one.persona, text)) for one, text in both)


def _invented(labelled: Sequence[Labelled], heard: Sequence[str]) -> int:
    both = zip(labelled, heard, strict=True)
    return sum(
        len(matched(one.persona, text) - matched(one.persona, one.text) - one.rules)
        for one, text in both
    )


def matched(persona: Persona, text: str) -> set[str]:
    """The triggers and calming points that the observer of a call without a key finds."""
    wanted = {rule.id for rule in (*persona.triggers, *persona.deescalations)}
    return wanted & {match.rule for match in LexicalObserver(persona).observe(text).matches}
