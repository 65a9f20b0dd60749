"""What a job is told in its dispatch metadata: all that it needs, and no secret."""

import json
from dataclasses import dataclass
from typing import Any, Self

from data.records import Record, Turn


@dataclass(frozen=True, slots=True)
class Scene(Record):
    """Where a call begins, when not at its beginning.

    ``phase`` is one of the director's phases and ``intensity`` 0-10; "" and None leave them to the
    persona's file. ``turns`` are those of an earlier call that this one goes on from, with the
    indices that they have in this one; the last is a trainee's, and the persona answers it first.
    """

    phase: str = ""
    intensity: int | None = None
    turns: tuple[Turn, ...] = ()

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """The scene with its turns."""
        turns = tuple(Turn.from_json(turn) for turn in values.get("turns", ()))
        return cls(values.get("phase", ""), values.get("intensity"), turns)


FROM_THE_TOP = Scene()
"""The beginning, as the persona's file has it."""


@dataclass(frozen=True, slots=True)
class Brief(Record):
    """The whole order for one call; ``text`` is the persona file as it stands now."""

    call: str
    slug: str
    text: str
    version: str
    engine: str
    trainee: str
    scene: Scene = FROM_THE_TOP

    def dump(self) -> str:
        """The metadata string of the dispatch."""
        return json.dumps(self.to_json())

    @classmethod
    def load(cls, metadata: str) -> "Brief":
        """The brief of that metadata string; ValueError when it is none."""
        try:
            values = json.loads(metadata)
            scene = Scene.from_json(values.pop("scene", {}))
            return cls.from_json({**values, "scene": scene})
        except (ValueError, TypeError, AttributeError) as error:
            raise ValueError(f"not the brief of a call: {error}") from error
