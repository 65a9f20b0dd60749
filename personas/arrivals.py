"""An import, in two steps: what would become of each file, and then what the author chose."""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Literal

from personas.bundle import Loose
from personas.entry import Conflict, Entry
from personas.files import SaveError, is_slug
from personas.front_writer import FrontNotWritten
from personas.library import Library
from personas.mending import mended, wrapping
from personas.model import Examination, Finding
from personas.parse import examine_parsed, failure
from personas.parsed import ParsedPersona
from personas.persona_files import FilesError, PersonaFiles
from personas.publishing import with_published
from personas.script_arrivals import ArrivedScript, missing, parted, place, scripts_of
from personas.sections import PHASES
from personas.slugs import free, proposed
from personas.source import LIMIT
from personas.updates import Imported, Update, update_of

log = logging.getLogger(__name__)

State = Literal["new", "same", "differs", "unusable"]
Choice = Literal["take", "update", "both", "scripts", "skip"]
CHOICES: dict[State, tuple[Choice, ...]] = {
    "new": ("take", "skip"),
    "differs": ("update", "both", "skip"),
    "same": (),
    "unusable": (),
}
"""What the author may choose for a file."""
_LOSSES = ("left out", "cut off", "only the first", "are taken", "is not taken", "is dropped")
"""What a note says of something that does not come along."""


@dataclass(frozen=True, slots=True)
class Outlined:
    """What a text says of a persona, as far as it can be read."""

    name: str = ""
    scenario: str = ""
    language: str = ""
    opening: str = ""
    facts: int = 0
    rules: int = 0
    objectives: int = 0

    @property
    def title(self) -> str:
        """Scenario and name; "" when neither is there."""
        return " · ".join(dict.fromkeys(filter(None, (self.scenario, self.name))))


@dataclass(frozen=True, slots=True)
class Arrival:
    """One file of an import, ``slug`` the name that it would have here.

    ``text`` is what came, or what the author made of it. ``findings`` are the checker's; ``update``
    is what it would make of the persona that is here already. ``trouble`` says why it cannot be
    taken at all, ``obstacle`` what has to be mended first. ``mended`` is the text without what
    programs did to it, "" when there is nothing of that. ``draft``: it was made of something that
    is no persona file. ``scripts`` come with it; with one that is here already and the same, those
    that are not.
    """

    source: str
    slug: str
    text: str
    state: State
    outlined: Outlined = field(default_factory=Outlined)
    findings: tuple[Finding, ...] = ()
    trouble: str = ""
    obstacle: str = ""
    notes: tuple[str, ...] = ()
    update: Update | None = None
    mended: str = ""
    draft: bool = False
    scripts: tuple[ArrivedScript, ...] = ()

    @property
    def errors(self) -> int:
        """How many findings keep the persona from being called."""
        return sum(finding.level == "error" for finding in self.findings)

    @property
    def choices(self) -> tuple[Choice, ...]:
        """What the author may choose for it."""
        if self.state == "same" and self.scripts:
            return ("scripts", "skip")
        return () if self.obstacle else CHOICES[self.state]

    @property
    def usual(self) -> Choice:
        """What is chosen until the author chooses: nothing is replaced, nothing broken is taken."""
        if "scripts" in self.choices:
            return "scripts"
        return "take" if "take" in self.choices and not self.errors else "skip"

    @property
    def dropped(self) -> tuple[str, ...]:
        """The notes on what does not come along."""
        return tuple(note for note in self.notes if _is_loss(note))

    @property
    def kept(self) -> tuple[str, ...]:
        """The other notes: on what became of what came."""
        return tuple(note for note in self.notes if not _is_loss(note))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file: ``slug`` is where it is, "" when it was not taken."""

    source: str
    slug: str
    words: str
    good: bool = True
    title: str = ""


def not_kept(slug: str) -> str | None:
    """Nothing is known of earlier imports."""
    return None


def arrivals(
    files: Iterable[Loose],
    library: Library,
    imported: Imported = not_kept,
    before: Sequence[Arrival] = (),
) -> list[Arrival]:
    """What an import of these files would do beside those ``before``; nothing is written."""
    seen = set[str]().union(*map(_names, before))
    found = []
    others, scripts = parted(files, partial(_file_here, library))
    for file in others:
        arrival = _arrived(file, library, imported, seen)
        came = scripts_of(file, scripts)
        if arrival.update is not None and arrival.state == "same":
            came = missing(came, library.folder, arrival.update.slug)
        arrival = replace(arrival, scripts=came)
        seen |= _names(arrival)
        found.append(arrival)
    return found


def _file_here(library: Library, slug: str) -> bytes | None:
    entry = library.get(slug) if is_slug(slug) else None
    return entry.text.encode("utf-8", "replace") if entry and not entry.deleted else None


def revised(
    arrival: Arrival, text: str, library: Library, imported: Imported, others: Iterable[str] = ()
) -> Arrival:
    """The arrival with another text, beside others that want those names; its own stays."""
    data, card = text.encode("utf-8", "replace"), arrival.source if arrival.draft else ""
    file = Loose(arrival.source, data, notes=arrival.notes, card=card)
    taken = set(others) - _names(arrival)
    try:
        judged = _judged(file, arrival.slug, library, imported, taken)
        return replace(judged, scripts=arrival.scripts)
    except Exception as error:
        log.exception("reading %s failed", file.name)
        return replace(arrival, text=text, findings=(failure(error),))


def take(
    arrival: Arrival,
    choice: Choice,
    library: Library,
    author: str,
    note: Callable[[str, str], None] = lambda slug, text: None,
) -> Outcome:
    """Do what was chosen for a file; what goes wrong is told in the outcome. ``note`` is told under
    which name which text has come."""
    if choice not in arrival.choices:
        return _left(arrival, "The same is here already." if _same(arrival) else "Left out.")
    try:
        outcome = _take(arrival, choice, library, author)
    except Conflict:
        words = "Not taken: the file here was changed meanwhile. Import it once more."
    except FrontNotWritten as error:
        words = f"Not taken: it cannot be marked as unpublished. {error}"
    except (SaveError, FilesError) as error:
        words = f"Not taken. {error}"
    except Exception as error:
        log.exception("taking %s failed", arrival.source)
        words = f"Not taken. {failure(error).message}."
    else:
        if outcome.slug:
            note(outcome.slug, arrival.text)
        return outcome
    return Outcome(arrival.source, "", words, good=False)


def _take(arrival: Arrival, choice: Choice, library: Library, author: str) -> Outcome:
    source, title, update = arrival.source, arrival.outlined.title, arrival.update
    if choice == "skip":
        return _left(arrival, "Skipped.")
    if choice == "update" and update is not None:
        library.save(update.slug, update.after, base=update.version, author=author)
        came = _placed(arrival, library, update.slug)
        return Outcome(source, update.slug, f"{update.slug}.md is updated.{came}", title=title)
    if choice == "scripts" and update is not None:
        came = _placed(arrival, library, update.slug)
        return Outcome(
            source, update.slug, f"{update.slug}.md is here, the same.{came}", title=title
        )
    slug = free(arrival.slug, PersonaFiles(library).taken)
    text = with_published(arrival.text, False)
    PersonaFiles(library).create(slug, text, author=author)
    came = _placed(arrival, library, slug)
    return Outcome(source, slug, f"Imported as {slug}.md, unpublished.{came}", title=title)


def _placed(arrival: Arrival, library: Library, slug: str) -> str:
    """Put the scripts beside a persona that has come, and say so; it stays when they cannot be."""
    if not arrival.scripts:
        return ""
    try:
        count = place(arrival.scripts, library.folder, slug)
    except (SaveError, OSError) as error:
        return f" Its scripts were not taken: {error}"
    return f" {count} script{'s'[: count != 1]} came with it."


def _left(arrival: Arrival, words: str) -> Outcome:
    words = arrival.trouble or arrival.obstacle or words
    good = not arrival.trouble and not arrival.obstacle
    return Outcome(arrival.source, "", words, good, arrival.outlined.title)


def _same(arrival: Arrival) -> bool:
    return arrival.state == "same"


def _names(arrival: Arrival) -> set[str]:
    """The names of files that it may be written to."""
    return {arrival.slug} | ({arrival.update.slug} if arrival.update else set())


def _is_loss(note: str) -> bool:
    return any(words in note.casefold() for words in _LOSSES)


def _arrived(file: Loose, library: Library, imported: Imported, seen: set[str]) -> Arrival:
    """One file; one on which we fail ourselves costs only itself."""
    try:
        if file.trouble:
            return Arrival(file.name, "", "", "unusable", trouble=file.trouble)
        # Two files of the same name in one import are two personas.
        wanted = free(file.stem if is_slug(file.stem) else proposed(file.stem), seen.__contains__)
        return _judged(file, wanted, library, imported, seen)
    except Exception as error:
        log.exception("reading %s failed", file.name)
        words = f"{failure(error).message}."
        return Arrival(file.name, "", "", "unusable", trouble=words)


def _judged(
    file: Loose, slug: str, library: Library, imported: Imported, seen: set[str]
) -> Arrival:
    text = file.data.decode("utf-8")
    examination, parsed = examine_parsed(file.data, slug, engines=library.engines)
    outlined = _outlined(examination, parsed)
    draft = bool(file.card)
    arrival = Arrival(
        file.name, slug, text, "new", outlined, examination.findings, notes=file.notes, draft=draft
    )
    if (better := mended(text)) != text:
        arrival = replace(arrival, mended=better)
    around = wrapping(text)
    if around is not None and around.error:  # what is written at its top would be in the middle
        words = f"Something stands around the file, which has to go first: {around.problem}."
        return replace(arrival, obstacle=words)
    entry = _here(slug, outlined, library, seen, draft=draft)
    try:
        if len(with_published(text, False).encode()) > LIMIT:
            words = f"It is over {LIMIT // 1024} KB; shorten it first."
            return replace(arrival, obstacle=words)
        if entry is not None:
            update = update_of(entry, text, imported)
            state: State = "differs" if update.changes else "same"
            return replace(arrival, state=state, update=update, slug=_free(slug, library, seen))
    except FrontNotWritten as error:
        return replace(arrival, obstacle=f"It cannot be marked as unpublished. {error}")
    return replace(arrival, slug=_free(slug, library, seen))


def _free(slug: str, library: Library, seen: set[str]) -> str:
    taken = PersonaFiles(library).taken
    return free(slug, lambda other: other in seen or taken(other))


def _here(
    slug: str, outlined: Outlined, library: Library, seen: set[str], *, draft: bool
) -> Entry | None:
    """The persona that is here already, and not another one's of this import: by the name of its
    file, else as the same customer. What a draft was made of knows no scenario of ours."""
    entry = library.get(slug)
    if entry is not None and not entry.deleted and not draft:
        return entry
    name, scenario = outlined.name.casefold(), outlined.scenario.casefold()
    if not name:
        return None
    for each in library.entries():
        found = each.persona
        same = found is not None and found.name.casefold() == name
        if (
            found
            and same
            and each.slug not in seen
            and (draft or found.scenario.casefold() == scenario)
        ):
            return each
    return None


def _outlined(examination: Examination, parsed: ParsedPersona | None) -> Outlined:
    if parsed is None:
        return Outlined()
    lines = parsed.contents[PHASES[0]].lines if PHASES[0] in parsed.contents else []
    rules = sum(len(parsed.rules(phase)) for phase in PHASES[1:])
    objectives = len(parsed.all_rules) - rules
    front, facts = parsed.front, len(parsed.facts)
    return Outlined(
        parsed.name,
        front.scenario,
        front.language,
        next(iter(lines), ""),
        facts,
        rules,
        objectives,
    )
