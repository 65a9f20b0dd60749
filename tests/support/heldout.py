"""Sentences of trainees from which no word list was made, in three parts (``heldout.yaml``)."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from personas.model import Persona
from personas.parse import examine
from tests.support.places import ROOT

PERSONAS = ROOT / "personas"
Part = Literal["tune", "test", "later"]


@dataclass(frozen=True)
class Said:
    """A sentence said to a persona, and the ids of the rules that it should match."""

    slug: str
    text: str
    rules: frozenset[str]


def sentences(part: Part, language: str = "en") -> Iterator[Said]:
    """The sentences of one part, in ``en`` or ``th``; the neutral ones have no rules."""
    for slug, kinds in _file()[part].items():
        if persona_of(slug).language[:2] == language:
            ids = _ids(persona_of(slug))
            for one in kinds["rules"]:
                yield Said(slug, one["said"], frozenset().union(*(ids[r] for r in one["rules"])))
            for text in kinds["neutral"]:
                yield Said(slug, text, frozenset())


def drawn(part: Part, number: int, seed: int = 20) -> list[Said]:
    """As many English sentences by lot, each of a trigger or a calming point, by persona."""
    spoken = [one for one in sentences(part) if one.rules & counted(one.slug)]
    return sorted(random.Random(seed).sample(spoken, number), key=lambda one: one.slug)


@cache
def counted(slug: str) -> frozenset[str]:
    """The ids of the persona's triggers and calming points."""
    persona = persona_of(slug)
    return frozenset(rule.id for rule in (*persona.triggers, *persona.deescalations))


@cache
def persona_of(slug: str) -> Persona:
    """The persona as its file has it."""
    persona = examine((PERSONAS / f"{slug}.md").read_bytes(), slug).persona
    assert persona is not None
    return persona


def _ids(persona: Persona) -> dict[str, frozenset[str]]:
    """The ids of the rules of each wording: a criterion may be worded as a calming point is."""
    return {
        text: frozenset(rule.id for rule in persona.rules if rule.text == text)
        for text in {rule.text for rule in persona.rules}
    }


def _file() -> Any:
    return yaml.safe_load((Path(__file__).parent / "heldout.yaml").read_text(encoding="utf-8"))
