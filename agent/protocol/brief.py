"""What a job is told in its dispatch metadata: all that it needs, and no secret."""

import json
from dataclasses import dataclass
from typing import Any, Self

from agent.platform.reconnect import RECONNECT_TIMEOUT
from data.records import Record, Turn

LARGEST = 500_000
"""Bytes of metadata that a call may have: LiveKit's server refuses a dispatch of more than 512 KiB
(``LimitConfig.MaxMetadataSize`` of 1.13.5, by default)."""


@dataclass(frozen=True, slots=True)
class Scene(Record):
    """Where a call begins, when not at its beginning.

    ``phase`` is one of the director's phases and ``intensity`` 0-10; "" and None leave them to the
    persona's file. ``turns`` are those of an earlier call that this one goes on from, with the
    indices that they have in this one; the last is a trainee's, and the persona answers it first.
    ``origin`` is that call's id; ``phase`` and ``intensity`` are then where it began itself.
    """

    phase: str = ""
    intensity: int | None = None
    turns: tuple[Turn, ...] = ()
    origin: str = ""

    @property
    def past(self) -> tuple[Turn, ...]:
        """The turns before the one that the persona answers first."""
        return self.turns[:-1]

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """The scene with its turns."""
        turns = tuple(Turn.from_json(turn) for turn in values.get("turns", ()))
        phase, origin = values.get("phase", ""), values.get("origin", "")
        return cls(phase, values.get("intensity"), turns, origin)


FROM_THE_TOP = Scene()
"""The beginning, as the persona's file has it."""


@dataclass(frozen=True, slots=True)
class Brief(Record):
    """The whole order for one call; ``text`` is the persona file as it stands now, ``zero`` is when
    the call began on the app's steady clock (``data.common.clock``), None from an app of before.

    ``reconnect`` is how many seconds a trainee who is gone may take to come back.
    """

    call: str
    slug: str
    text: str
    version: str
    engine: str
    trainee: str
    scene: Scene = FROM_THE_TOP
    zero: float | None = None
    reconnect: float = RECONNECT_TIMEOUT

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """The brief with its scene."""
        names = ("call", "slug", "text", "version", "engine", "trainee")
        scene = Scene.from_json(values.get("scene", {}))
        return cls(
            **{name: values[name] for name in names},
            scene=scene,
            zero=values.get("zero"),
            reconnect=float(values.get("reconnect", RECONNECT_TIMEOUT)),
        )

    def dump(self) -> str:
        """The metadata string of the dispatch; see ``LARGEST``."""
        # Not as ASCII, which doubles Thai. Half a surrogate pair from a browser must not cost it.
        text = json.dumps(self.to_json(), ensure_ascii=False)
        return text.encode("utf-8", "replace").decode("utf-8")

    @property
    def size(self) -> int:
        """Bytes of the metadata."""
        return len(self.dump().encode("utf-8"))

    @classmethod
    def load(cls, metadata: str) -> "Brief":
        """The brief of that metadata string; ValueError when it is none."""
        try:
            return cls.from_json(json.loads(metadata))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise ValueError(f"not the brief of a call: {error}") from error
