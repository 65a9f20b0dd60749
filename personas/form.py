"""What the guided form asks of an author: a persona as plain answers, before it is a file."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal, cast

from personas.frontmatter import DIFFICULTIES
from personas.voice_writer import Settings

MOST_CHANGE = 3
"""The largest change of intensity that the form offers."""
MOST_WEIGHT = 3
"""The largest weight of an objective that the form offers."""
MOST_ROWS = 60
"""Rows of one kind that are taken; a longer list is no persona."""

Difficulty = Literal["easy", "medium", "hard"]


@dataclass(frozen=True, slots=True)
class Known:
    """A fact that is told when asked, such as ``Account`` and ``TC-88213``; ``asked`` has other
    ways to ask for it, one a line."""

    label: str = ""
    value: str = ""
    asked: str = ""


@dataclass(frozen=True, slots=True)
class Deed:
    """What a trainee may do; ``change`` (1-3) is how strongly it moves the mood. ``like`` and
    ``unlike`` are sentences that are meant by it and that are not, one a line, here as below."""

    words: str = ""
    change: int = 1
    reply: str = ""
    like: str = ""
    unlike: str = ""


@dataclass(frozen=True, slots=True)
class Want:
    """What must be given before the persona agrees, and what the persona says then; ``missing``
    what it says while that is not met, one sentence a line."""

    words: str = ""
    reply: str = ""
    missing: str = ""
    like: str = ""
    unlike: str = ""


@dataclass(frozen=True, slots=True)
class Aim:
    """What a trainee is to show; ``weight`` is 1-3."""

    words: str = ""
    weight: int = 1
    like: str = ""
    unlike: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """The answers. ``who``, ``context``, ``constraints``, ``briefing`` and ``background`` may have
    many lines; ``background`` is what the format has no place for, ``briefing`` (markdown for the
    trainee) and ``notes`` are never told to the persona; ``unknown`` is what it says when it is
    asked for what nobody told it, one sentence a line;
    ``voice`` has the settings of engines' voices by the engines' names."""

    scenario: str = ""
    name: str = ""
    who: str = ""
    difficulty: Difficulty = "medium"
    language: str = "en-US"
    intensity: int = 6
    threshold: int = 4
    context: str = ""
    opening: tuple[str, ...] = ()
    facts: tuple[Known, ...] = ()
    angers: tuple[Deed, ...] = ()
    calms: tuple[Deed, ...] = ()
    wants: tuple[Want, ...] = ()
    objectives: tuple[Aim, ...] = ()
    constraints: str = ""
    unknown: str = ""
    briefing: str = ""
    background: str = ""
    notes: str = ""
    voice: Mapping[str, Settings] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The answers as JSON has them."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: object) -> "Form":
        """The answers in ``values``; what is missing or of another kind is left empty."""
        given = values if isinstance(values, Mapping) else {}
        texts = {
            field.name: given[field.name]
            for field in fields(cls)
            if field.type == "str" or field.type is str
            if isinstance(given.get(field.name), str)
        }
        difficulty = given.get("difficulty")
        return cls(
            **texts,
            difficulty=cast(Difficulty, difficulty) if difficulty in DIFFICULTIES else "medium",
            intensity=_number(given.get("intensity"), 0, 10, 6),
            threshold=_number(given.get("threshold"), 0, 10, 4),
            opening=tuple(row for row in _list(given.get("opening")) if isinstance(row, str)),
            facts=tuple(
                Known(_text(r, "label"), _text(r, "value"), _text(r, "asked"))
                for r in _rows(given, "facts")
            ),
            angers=tuple(map(_deed, _rows(given, "angers"))),
            calms=tuple(map(_deed, _rows(given, "calms"))),
            wants=tuple(map(_want, _rows(given, "wants"))),
            objectives=tuple(map(_aim, _rows(given, "objectives"))),
            voice=_voice(given.get("voice")),
        )


def _voice(value: object) -> dict[str, Settings]:
    """Names and finite numbers of each engine."""
    engines = value if isinstance(value, Mapping) else {}
    return {
        str(engine): {
            str(name): each
            for name, each in settings.items()
            if isinstance(each, str | int | float) and math.isfinite(_or_zero(each))
        }
        for engine, settings in engines.items()
        if isinstance(settings, Mapping)
    }


def _or_zero(value: str | float) -> float:
    return 0.0 if isinstance(value, str) else value


def _deed(row: Mapping[str, Any]) -> Deed:
    change = _number(row.get("change"), -10, 10, 1)
    return Deed(
        _text(row, "words"), _bounded(abs(change), MOST_CHANGE), _text(row, "reply"),
        *_examples(row),
    )  # fmt: skip


def _want(row: Mapping[str, Any]) -> Want:
    said = _text(row, "words"), _text(row, "reply"), _text(row, "missing")
    return Want(*said, *_examples(row))


def _examples(row: Mapping[str, Any]) -> tuple[str, str]:
    return _text(row, "like"), _text(row, "unlike")


def _aim(row: Mapping[str, Any]) -> Aim:
    weight = _number(row.get("weight"), 1, 100, 1)
    return Aim(_text(row, "words"), _bounded(weight, MOST_WEIGHT), *_examples(row))


def _bounded(number: int, most: int) -> int:
    return max(1, min(number, most))


def _number(value: object, least: int, most: int, usual: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        return usual
    return int(max(least, min(value, most)))


def _list(value: object) -> list[Any]:
    return list(value)[:MOST_ROWS] if isinstance(value, list | tuple) else []


def _rows(given: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    return [row for row in _list(given.get(name)) if isinstance(row, Mapping)]


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    return value if isinstance(value, str) else ""
