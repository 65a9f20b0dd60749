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
    accent: Literal["American", "British"] = "American"
    size: float = 1.0
    tone: float = 1.0

    @property
    def words(self) -> str:
        """For people: ``Emma, a British woman``."""
        article = "an" if self.accent == "American" else "a"
        return f"{self.name.capitalize()}, {article} {self.accent} {self.gender}"


BUNDLED = Speaker("heart", "woman")
"""The one whose model is in the package."""
SPEAKERS = {
    speaker.name: speaker
    for speaker in (
        BUNDLED,
        Speaker("kore", "woman", size=0.96),
        Speaker("emma", "woman", "British", size=1.04, tone=0.96),
        Speaker("fenrir", "man", size=0.8, tone=0.8),
        Speaker("fable", "man", "British", size=0.84, tone=0.84),
    )
}
"""By name; hibari's ``assets/voices.json`` has sizes and checksums of their models."""
