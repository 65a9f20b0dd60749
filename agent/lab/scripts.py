"""The scripts of personas, as a command finds them on the disk."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from agent.simulation.guarding.guards import GUARDS
from personas.lookup import LookupProblem, find_persona
from personas.model import Persona
from personas.script_model import Script
from personas.script_parse import parse_script
from personas.script_places import folder_of, personas_in, scripts_in
from personas.voices import Engines


@dataclass(frozen=True, slots=True)
class Found:
    """A persona, and the scripts in the folder that is its own."""

    persona: Persona
    folder: Path
    scripts: tuple[Script, ...]


def find_scripts(
    names: Sequence[str], personas: Path, engines: Engines
) -> tuple[list[Found], list[str]]:
    """The scripts of these personas (names in the folder ``personas``, or files), or of all that
    have some; and what is wrong, in words, with each persona that cannot be played."""
    wanted: Iterable[str] = dict.fromkeys(names) if names else personas_in(personas)
    found, problems = list[Found](), list[str]()
    for name in wanted:
        try:
            found.append(_of(name, personas, engines))
        except LookupProblem as problem:
            problems.append(str(problem))
    return found, problems


def _of(name: str, personas: Path, engines: Engines) -> Found:
    persona = find_persona(name, personas, engines)
    beside = Path(name).parent if os.path.isfile(name) else personas
    folder = folder_of(beside, persona.slug)
    scripts = tuple(_read(path, persona, engines) for path in scripts_in(folder))
    return Found(persona, folder, scripts)


def _read(path: Path, persona: Persona, engines: Engines) -> Script:
    try:
        data = path.read_bytes()
    except OSError as error:
        why = error.strerror or error
        raise LookupProblem(f"cannot read {path}: {why}. Make it readable.") from None
    return parse_script(data, persona, path.stem, engines=engines, guards=GUARDS)
