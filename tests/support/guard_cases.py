"""Scripted lines of a model, by guard and language: some break it, some nearly do."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from agent.simulation.guarding.guards import breaks
from data.records import Break, Turn
from personas.model import Persona
from personas.parse import examine
from tests.support.places import ROOT

_ACTORS = {"en": "walter-hughes", "th": "sarah-thompson"}
_KEEPS = ("- หมายเลขเรื่องเดิม: CS-20417\n", "  - only after: ขอโทษอย่างจริงใจ\n")


@dataclass(frozen=True, slots=True)
class Case:
    """A line, the turn before it, and whether it breaks the guard."""

    guard: str
    language: str
    broken: bool
    line: str
    before: str
    asked: tuple[str, ...]
    actor: str
    met: bool
    earned: bool

    def found(self) -> tuple[Break, ...]:
        """Which guards say that the line breaks them."""
        persona = actor(self.actor)
        ids = [rule.id for rule in persona.criteria] if self.met else []
        ids += [fact.only_after for fact in persona.facts if fact.only_after and self.earned]
        mood = persona.threshold if self.met else persona.intensity
        phase = "resolution" if self.met else "escalation"
        trainee = Turn(1, "trainee", self.before, 1.0, phase=phase, intensity=mood)
        trainee = replace(trainee, asked=self.asked, matched=tuple(ids))
        return breaks(persona, [trainee, Turn(2, "persona", self.line, 2.0)])


@cache
def actor(slug: str) -> Persona:
    """A shipped persona; ``sarah-keeps`` has a fact that must be earned."""
    name = "sarah-thompson" if slug == "sarah-keeps" else slug
    text = (ROOT / "personas" / f"{name}.md").read_text(encoding="utf-8")
    if slug == "sarah-keeps":
        assert _KEEPS[0] in text
        text = text.replace(_KEEPS[0], "".join(_KEEPS))
    persona = examine(text, name).persona
    assert persona is not None
    return persona


def cases(path: Path) -> Iterator[Case]:
    """The rows of such a file."""
    table = yaml.safe_load(path.read_text(encoding="utf-8"))
    for guard, languages in table.items():
        for language, kinds in languages.items():
            for kind, rows in kinds.items():
                for row in rows:
                    yield _case(guard, language, kind == "breaks", row)


def _case(guard: str, language: str, broken: bool, row: dict[str, Any]) -> Case:
    return Case(
        guard=guard,
        language=language,
        broken=broken,
        line=row["l"],
        before=row.get("t", "Hm." if language == "en" else "ค่ะ"),
        asked=tuple(row.get("a", ())),
        actor=row.get("p", _ACTORS[language]),
        met=row.get("met", False),
        earned=row.get("earned", False),
    )
