"""The speakers of the English voice, as plain values: read also where nothing is installed."""

from dataclasses import dataclass
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
