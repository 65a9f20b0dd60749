"""The sentences of ``data/spoken.yaml``, each with the natural voice that says it."""

from pathlib import Path
from typing import Any, Literal

import yaml

from tests.bench.natural import VOICES

Part = Literal["open", "held"]
PARTS: tuple[Part, ...] = ("open", "held")


def sentences(part: Part) -> list[tuple[str, str]]:
    """Text and voice; the voices take turns."""
    return [(text, VOICES[number % len(VOICES)]) for number, text in enumerate(_file()[part])]


def _file() -> Any:
    place = Path(__file__).parent / "data" / "spoken.yaml"
    return yaml.safe_load(place.read_text(encoding="utf-8"))
