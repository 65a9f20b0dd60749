"""How front matter names the voices of engines; whoever calls the checker says which there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

LARGEST = 1000
"""The largest number that a voice's settings may have."""


@dataclass(frozen=True, slots=True)
class VoiceSyntax:
    """What may stand after an engine's name in ``voice: {ENGINE: …}``.

    ``named``: a name; ``detailed``: settings in braces, of which those in ``numbers`` must be
    numbers from one to another, and those in ``names`` one of some names; ``free`` are further ones
    that there are. ``example`` is one that passes.
    """

    example: str = "NAME"
    named: bool = True
    detailed: bool = True
    numbers: Mapping[str, tuple[float, float]] = field(default_factory=lambda: MappingProxyType({}))
    names: Mapping[str, Sequence[str]] = field(default_factory=lambda: MappingProxyType({}))
    free: Sequence[str] = ()

    @property
    def settings(self) -> tuple[str, ...]:
        """The names of all settings; empty when they are not known."""
        return (*self.names, *self.numbers, *self.free)


ANY_VOICE = VoiceSyntax()
"""For an engine that is not known."""

Engines = Mapping[str, VoiceSyntax]
"""The engines that there are by name, best first, each with its voices."""
