"""All that is kept of one person, gathered from the data folder and the persona files."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from data.people import Kept
from personas.held_examples import Held, TurnWords, held
from personas.moves import ARCHIVE
from ui.context import Studio

log = logging.getLogger(__name__)


class InFile(NamedTuple):
    """An example in the file of that name that holds words of the person; ``slug`` is "" where the
    editor cannot open it."""

    file: str
    slug: str
    example: Held


class InVersions(NamedTuple):
    """So many earlier versions of that persona hold such an example."""

    slug: str
    number: int


@dataclass(frozen=True)
class Whole:
    """What is kept of a person, how many megabytes of sound that is, and what of their words stands
    as an example in persona files, which stays when all else is deleted."""

    kept: Kept
    megabytes: float
    files: tuple[InFile, ...]
    versions: tuple[InVersions, ...]


def look(studio: Studio, name: str, names: tuple[str, ...]) -> Whole:
    """Gather it; ``names`` is what the person is called. Reads every call of the person and every
    version of every persona, so it blocks. Raises ``StoreError``, ``VersionsError``."""
    kept = studio.people.kept(name)
    said = TurnWords(_turns(studio, kept), names)
    return Whole(
        kept, _megabytes(studio, kept), tuple(_files(studio, said)), _versions(studio, said)
    )


def _turns(studio: Studio, kept: Kept) -> Iterator[str]:
    for call in kept.calls:
        record = studio.archive.get(call.call)
        for turn in record.turns if record is not None else ():
            if turn.speaker == "trainee":
                yield turn.text


def _megabytes(studio: Studio, kept: Kept) -> float:
    sounds = (studio.recordings.find(call.call) for call in kept.calls)
    try:
        return sum(sound.stat().st_size for sound in sounds if sound is not None) / 1e6
    except OSError:  # one was deleted just now
        return 0.0


def _files(studio: Studio, said: TurnWords) -> Iterator[InFile]:
    for entry in studio.library.entries():
        for example in held(entry.text, said):
            yield InFile(entry.path.name, "" if entry.deleted else entry.slug, example)
    for path in sorted((studio.library.folder / ARCHIVE).glob("*.md")):
        try:
            text = path.read_text(encoding="utf-8", errors="replace")
        except OSError as error:
            log.warning("%s cannot be looked through: %s", path, error)
            continue
        for example in held(text, said):
            yield InFile(f"{ARCHIVE}/{path.name}", "", example)


def _versions(studio: Studio, said: TurnWords) -> tuple[InVersions, ...]:
    found = []
    for slug in sorted(studio.versions.known()):
        texts = (studio.versions.text(slug, row.version) for row in studio.versions.list(slug))
        if number := sum(1 for text in texts if text and held(text, said)):
            found.append(InVersions(slug, number))
    return tuple(found)
