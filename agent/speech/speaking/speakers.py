"""The speakers of the English voice, as plain values: read also where nothing is installed."""

import importlib.util
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Gender = Literal["woman", "man"]


@dataclass(frozen=True, slots=True)
class Speaker:
    """One speaker of hibari's. ``size`` and ``tone`` are what brings the bundled one near to it,
    for when its model is not here."""

    name: str
    gender: Gender
    size: float = 1.0
    tone: float = 1.0


BUNDLED = Speaker("heart", "woman")
"""The one whose model is in the package."""
SPEAKERS = {
    speaker.name: speaker
    for speaker in (
        BUNDLED,
        Speaker("kore", "woman", size=0.96),
        Speaker("emma", "woman", size=1.04, tone=0.96),
        Speaker("fenrir", "man", size=0.8, tone=0.8),
        Speaker("fable", "man", size=0.84, tone=0.84),
    )
}
"""By name; hibari's ``assets/voices.json`` has sizes and checksums of their models."""


def on_this_machine(models: Path) -> tuple[str, ...]:
    """The names of the speakers whose model is here: in the package, or in that folder.

    None where the package is not installed. It is not imported: that takes a second.
    """
    found = importlib.util.find_spec("hibari")
    if found is None or found.origin is None:
        return ()
    listed = Path(found.origin).parent / "assets" / "voices.json"
    voices = json.loads(listed.read_text(encoding="utf-8"))
    return tuple(
        name
        for name in SPEAKERS
        if voices[name]["bundled"] or (models / voices[name]["file"]).is_file()
    )
