"""An import, in two steps: what would happen to each file, and then what the author chose."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from personas.bundle import Loose
from personas.entry import Conflict
from personas.files import SaveError, is_slug
from personas.library import Library
from personas.model import Finding
from personas.parse import examine, failure
from personas.persona_files import FilesError, PersonaFiles
from personas.slugs import free, proposed

log = logging.getLogger(__name__)

State = Literal["new", "same", "differs", "unusable"]
Choice = Literal["take", "replace", "both", "skip"]
CHOICES: dict[State, tuple[Choice, ...]] = {
    "new": ("take", "skip"),
    "differs": ("skip", "replace", "both"),
    "same": (),
    "unusable": (),
}
"""What the author may choose for a file, the usual choice first."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One file of an import, ``slug`` the name that it would have here.

    ``version`` is of the file that is here by that name ("" when there is none); ``findings`` are
    the checker's; ``trouble`` says why it cannot be taken at all.
    """

    source: str
    slug: str
    text: str
    title: str
    state: State
    findings: tuple[Finding, ...] = ()
    trouble: str = ""
    notes: tuple[str, ...] = ()
    version: str = ""

    @property
    def errors(self) -> int:
        """How many findings keep the persona from being called."""
        return sum(finding.level == "error" for finding in self.findings)

    @property
    def usual(self) -> Choice:
        """What is chosen until the author chooses: nothing is replaced, nothing broken is taken."""
        choices = CHOICES[self.state]
        return "skip" if not choices or self.errors else choices[0]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file: ``slug`` is where it is, "" when it was not taken."""

    source: str
    slug: str
    words: str
    good: bool = True


def arrivals(files: Iterable[Loose], library: Library) -> list[Arrival]:
    """What an import of these files would do; nothing is written."""
    seen: set[str] = set()
    found = []
    for file in files:
        arrival = _arrived(file, library, seen)
        seen.add(arrival.slug)
        found.append(arrival)
    return found


def take(arrival: Arrival, choice: Choice, library: Library, author: str) -> Outcome:
    """Do what was chosen for a file; what goes wrong is told in the outcome."""
    if choice not in CHOICES[arrival.state]:
        return _left(arrival, "The same file is here already." if _same(arrival) else "Left out.")
    try:
        return _take(arrival, choice, library, author)
    except Conflict:
        words = f"Not taken: {arrival.slug}.md was changed meanwhile. Import it once more."
    except (SaveError, FilesError) as error:
        words = f"Not taken. {error}"
    except Exception as error:
        log.exception("taking %s failed", arrival.source)
        words = f"Not taken. {failure(error).message}."
    return Outcome(arrival.source, "", words, good=False)


def _take(arrival: Arrival, choice: Choice, library: Library, author: str) -> Outcome:
    slug = arrival.slug
    match choice:
        case "skip":
            return _left(arrival, "Skipped.")
        case "replace":
            library.save(slug, arrival.text, base=arrival.version, author=author)
            return Outcome(arrival.source, slug, f"{slug}.md is replaced.")
        case "both":
            slug = free(slug, PersonaFiles(library).taken)
    PersonaFiles(library).create(slug, arrival.text, author=author)
    return Outcome(arrival.source, slug, f"Imported as {slug}.md.")


def _left(arrival: Arrival, words: str) -> Outcome:
    return Outcome(arrival.source, "", arrival.trouble or words, good=not arrival.trouble)


def _same(arrival: Arrival) -> bool:
    return arrival.state == "same"


def _arrived(file: Loose, library: Library, seen: set[str]) -> Arrival:
    """One file; one on which we fail ourselves costs only itself."""
    try:
        return _arrival(file, library, seen)
    except Exception as error:
        log.exception("reading %s failed", file.name)
        words = f"{failure(error).message}."
        return Arrival(file.name, "", "", "", "unusable", trouble=words)


def _arrival(file: Loose, library: Library, seen: set[str]) -> Arrival:
    if file.trouble:
        return Arrival(file.name, "", "", "", "unusable", trouble=file.trouble)
    text = file.data.decode("utf-8")
    # Two files of the same name in one import are two personas.
    wanted = free(file.stem if is_slug(file.stem) else proposed(file.stem), seen.__contains__)
    slug, state, version = _place(wanted, text, file, library, seen)
    result = examine(file.data, slug, library.engines)
    persona = result.persona
    title = f"{persona.scenario} · {persona.name}" if persona else ""
    return Arrival(file.name, slug, text, title, state, result.findings, "", file.notes, version)


def _place(
    slug: str, text: str, file: Loose, library: Library, seen: set[str]
) -> tuple[str, State, str]:
    """The name, the state, and the version of the file that is here by that name."""
    entry = library.get(slug)
    if entry is not None and not entry.deleted:
        if entry.text == text:
            return slug, "same", entry.version
        if not file.card:
            return slug, "differs", entry.version
    taken = PersonaFiles(library).taken
    return free(slug, lambda other: other in seen or taken(other)), "new", ""
