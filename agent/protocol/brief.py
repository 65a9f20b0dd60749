"""What a job is told in its dispatch metadata: all that it needs, and no secret."""

import json
from dataclasses import dataclass
from typing import Any, Self

from agent.platform.reconnect import RECONNECT_TIMEOUT
from agent.protocol.scene import FROM_THE_TOP, Scene
from agent.protocol.version import VERSION, OtherVersion, Version, mismatch
from data.records import Record

LARGEST = 500_000
"""Bytes of metadata that a call may have: LiveKit's server refuses a dispatch of more than 512 KiB
(``LimitConfig.MaxMetadataSize`` of 1.13.5, by default)."""


@dataclass(frozen=True, slots=True)
class Brief(Record):
    """The whole order for one call; ``text`` is the persona file as it stands now, ``zero`` is when
    the call began on the app's steady clock (``data.common.clock``), None for
    the moment at which its job begins.

    ``reconnect`` is how many seconds a trainee who is gone may take to come back. ``record``: the
    call's sound is recorded, and the trainee knows.
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
    record: bool = False

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
            # Nothing but a plain yes is one.
            record=values.get("record") is True,
        )

    def dump(self) -> str:
        """The metadata string of the dispatch, with the protocol's version; see ``LARGEST``."""
        values = {"protocol": str(VERSION), **self.to_json(), "scene": self.scene.to_json()}
        # Not as ASCII, which doubles Thai. Half a surrogate pair from a browser must not cost it.
        text = json.dumps(values, ensure_ascii=False)
        return text.encode("utf-8", "replace").decode("utf-8")

    @property
    def size(self) -> int:
        """Bytes of the metadata."""
        return len(self.dump().encode("utf-8"))

    @classmethod
    def load(cls, metadata: str) -> "Brief":
        """The brief of that metadata string; ValueError when it is none, ``OtherVersion`` when it
        is that of an app that this job does not understand."""
        try:
            values = json.loads(metadata)
            if "protocol" not in values:
                cls.from_json(values)  # or it is no brief at all
            if words := mismatch(VERSION, Version.of(values.get("protocol"))):
                raise OtherVersion(words, str(values["call"]))
            return cls.from_json(values)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise ValueError(f"not the brief of a call: {error}") from error
