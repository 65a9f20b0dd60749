"""Checks the files of scripts, each against the file of its persona."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from personas.files import is_slug, slug_of
from personas.model import Finding
from personas.parse import examine_parsed
from personas.parsed import ParsedPersona
from personas.script_parse import parse_script
from personas.script_places import SCRIPTS, place_of
from personas.source import LIMIT
from personas.voices import Engines


@dataclass(slots=True)
class ScriptCheck:
    """Checks scripts one after the other; a persona is read once for those that follow each other.

    ``guards`` are the names that there are, None: any.
    """

    engines: Engines | None = None
    guards: Collection[str] | None = None
    _last: tuple[Path, ParsedPersona | None] | None = None

    def findings(self, path: Path, data: bytes) -> tuple[Finding, ...]:
        """What is wrong with a script's file that holds ``data``."""
        place = place_of(path)
        if place is None or place.slug == SCRIPTS:
            words = f"a script lies in the folder of its persona: {SCRIPTS}/PERSONA/{path.name}"
            return (Finding(1, "error", words),)
        persona = self._persona(place.persona)
        script = parse_script(
            data, persona, place.name, slug=place.slug, engines=self.engines, guards=self.guards
        )
        notes = []
        if not place.persona.is_file():
            words = (
                f"there is no persona {place.persona} for this script; bring it back, or give the "
                f"folder {path.parent} the name of the persona that it is for"
            )
            notes.append(Finding(1, "error", words))
        if slug_of(path) is None or not is_slug(place.slug):
            words = "the app skips a script of this name; use a-z, 0-9 and hyphens: solves-it.md"
            notes.append(Finding(1, "warning", words))
        return (*notes, *script.findings)

    def _persona(self, path: Path) -> ParsedPersona | None:
        if self._last is None or self._last[0] != path:
            self._last = path, _parsed(path)
        return self._last[1]


def _parsed(path: Path) -> ParsedPersona | None:
    """What a persona's file says; None when it cannot be read, which its own check tells."""
    try:
        with path.open("rb") as file:
            return examine_parsed(file.read(LIMIT + 1), path.stem)[1]
    except OSError:
        return None
