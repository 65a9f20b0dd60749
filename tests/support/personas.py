"""Personas built by hand for tests that are not about the file format."""

import hashlib
from collections.abc import Iterable

from personas.model import Fact, Kind, Persona, Phase, Rule


def rule(
    kind: Kind, text: str, change: int | None = None, *replies: str, weight: int | None = None
) -> Rule:
    """A rule with the usual change or weight of its kind."""
    usual = {"trigger": 1, "deescalation": -1}.get(kind, 0)
    return Rule(
        id=rule_id(kind, text),
        kind=kind,
        text=text,
        replies=replies,
        change=usual if change is None else change,
        weight=(1 if kind == "objective" else 0) if weight is None else weight,
        line=1,
    )


def rule_id(kind: str, text: str) -> str:
    """The id that ``rule`` gives."""
    return f"{kind[0]}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def make_persona(
    rules: Iterable[Rule] = (),
    *,
    name: str = "Sam Miller",
    language: str = "en-US",
    intensity: int = 8,
    threshold: int = 4,
    facts: tuple[tuple[str, str], ...] = (),
    context: tuple[str, ...] = (),
    lines: tuple[tuple[str, ...], ...] = ((), (), (), ()),
    slug: str = "sam-miller",
) -> Persona:
    """A persona with these rules; ``lines`` are the quoted lines of the four phases."""
    by_kind: dict[str, list[Rule]] = {}
    for one in rules:
        by_kind.setdefault(one.kind, []).append(one)
    phases = [Phase(i + 1, f"Phase {i + 1}", (), said, 1) for i, said in enumerate(lines)]
    return Persona(
        slug=slug,
        version="0123456789ab",
        text="",
        name=name,
        character="",
        scenario="Test",
        difficulty="easy",
        language=language,
        patience=10,
        intensity=intensity,
        threshold=threshold,
        facts=tuple(Fact(label, value, 1) for label, value in facts),
        context=context,
        phases=(phases[0], phases[1], phases[2], phases[3]),
        triggers=tuple(by_kind.get("trigger", ())),
        deescalations=tuple(by_kind.get("deescalation", ())),
        criteria=tuple(by_kind.get("criterion", ())),
        objectives=tuple(by_kind.get("objective", ())),
        constraints=(),
    )
