"""What trainees say to talk a persona out of its role, as it ships."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from agent.simulation.guarding.guard import GUARDS, GuardName
from personas.model import Persona

_FILE = Path(__file__).with_name("attempts.yaml")
_FALLBACK = "en"


@dataclass(frozen=True, slots=True)
class Attempt:
    """A trainee's turn that tempts a persona to break ``guard``; ``language`` is ``en`` or
    ``th``."""

    guard: GuardName
    language: str
    text: str

    def to(self, persona: Persona) -> str:
        """What is said to that persona."""
        return self.text.replace("{name}", persona.name)


@cache
def attempts() -> tuple[Attempt, ...]:
    """Every attempt that ships, by guard and language."""
    table = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return tuple(
        Attempt(guard, language, text)
        for guard in GUARDS
        for language, texts in table[guard].items()
        for text in texts
    )


def attempts_for(persona: Persona) -> tuple[str, ...]:
    """The turns of a trainee who tries everything, in the persona's language where there are
    any."""
    language = persona.language.lower().split("-")[0]
    known = {attempt.language for attempt in attempts()}
    spoken = language if language in known else _FALLBACK
    return tuple(each.to(persona) for each in attempts() if each.language == spoken)
