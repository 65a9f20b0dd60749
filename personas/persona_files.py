"""The life of persona files besides their text: made, renamed, put away, brought back."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from personas import files
from personas.entry import Entry
from personas.library import Library
from personas.moves import ARCHIVE, archived_as
from personas.parse import examine
from personas.slugs import free


class FilesError(Exception):
    """A file was not made or moved and is as before; the text is for a person."""


@dataclass(frozen=True, slots=True)
class Archived:
    """A file that was put away: its name there, the title in it, and when it last changed
    (seconds since the epoch)."""

    slug: str
    title: str
    changed: float


class PersonaFiles:
    """Makes and moves the files of a library. Methods may be called from any thread.

    No method overwrites a file; all raise ``FilesError`` with what is in the way.
    """

    def __init__(self, library: Library) -> None:
        self._library = library
        self._archive = library.folder / ARCHIVE

    def taken(self, slug: str) -> bool:
        """Whether there is a file of that name, also one that the library cannot read."""
        return os.path.lexists(self._path(slug))

    def create(self, slug: str, text: str, *, author: str) -> Entry:
        """Write a file that is not there yet; raises also ``SaveError``."""
        with self._library.exclusive():
            self._check(slug)
            return self._library.save(slug, text, base=None, author=author)

    def rename(self, slug: str, new: str, *, author: str) -> Entry:
        """Give a file another name; its bytes and its time stay."""
        with self._library.exclusive():
            self._check(new)
            _move(self._path(slug), self._path(new))
            self._library.renamed(slug, new)
            self._library.look(slug, author=author)
            return self._back(new, author)

    def archive(self, slug: str, *, author: str) -> str:
        """Put a file away; gives its name in the archive, a numbered one if it is taken there."""
        source = self._path(slug)
        with self._library.exclusive():
            self._open_archive()
            name = free(slug, lambda other: os.path.lexists(self._away(other)))
            _move(source, self._away(name))
            self._library.renamed(slug, archived_as(name))
            self._library.look(slug, author=author)
        return name

    def restore(self, name: str, slug: str, *, author: str) -> Entry:
        """Bring a file back from the archive, under ``slug``."""
        if not files.is_slug(name):
            raise FilesError(f"{name!r} is no file of the archive.")
        with self._library.exclusive():
            self._check(slug)
            _move(self._away(name), self._path(slug))
            self._library.renamed(archived_as(name), slug)
            return self._back(slug, author)

    def archived(self) -> list[Archived]:
        """The files that were put away, by title; reads each of them."""
        try:
            paths = [path for path in self._archive.iterdir() if files.slug_of(path)]
        except OSError:
            return []
        found = [one for path in paths if (one := self._archived(path))]
        return sorted(found, key=lambda one: (one.title.casefold(), one.slug))

    def _archived(self, path: Path) -> Archived | None:
        content = files.read(path, self._archive)
        if content.signature is None or content.trouble:
            return None
        persona = examine(content.data, path.stem).persona
        title = f"{persona.scenario} · {persona.name}" if persona else path.name
        return Archived(path.stem, title, content.signature[0] / 1e9)

    def _back(self, slug: str, author: str) -> Entry:
        entry = self._library.look(slug, author=author)
        if entry is None:
            raise FilesError(f"{slug}.md is gone again; someone else moved it.")
        return entry

    def _check(self, slug: str) -> None:
        if not files.is_slug(slug):
            raise FilesError(
                f"{slug!r} cannot be a file's name here; use a-z, 0-9 and hyphens, such as "
                "sarah-thompson."
            )
        if self.taken(slug):
            raise FilesError(f"There is a persona file {slug}.md already. Choose another name.")

    def _open_archive(self) -> None:
        try:
            self._archive.mkdir(exist_ok=True)
        except OSError as error:
            raise FilesError(_in_words(error, self._archive)) from error
        if not files.stays_inside(self._archive, self._library.folder):
            raise FilesError(f"{self._archive} is a link that leads out of the personas folder.")

    def _path(self, slug: str) -> Path:
        if not files.is_slug(slug):
            raise FilesError(f"{slug!r} is no persona's name.")
        return self._library.folder / f"{slug}.md"

    def _away(self, slug: str) -> Path:
        return self._archive / f"{slug}.md"


def _move(source: Path, target: Path) -> None:
    """Move a file to a name that is free; never onto another file, whoever makes one meanwhile."""
    try:
        if not stat.S_ISREG(source.lstat().st_mode):
            raise FilesError(f"{source.name} is a link and was not moved; move it by hand.")
        try:
            os.link(source, target, follow_symlinks=False)
        except FileExistsError:
            raise
        except (OSError, NotImplementedError):  # a disk without hard links
            if os.path.lexists(target):
                raise FileExistsError from None
            os.rename(source, target)
        else:
            _leave(source, target)
    except FileNotFoundError:
        raise FilesError(f"{source.name} is no longer there; someone else moved it.") from None
    except FileExistsError:
        words = f"There is a file {target.name} already. Choose another name."
        raise FilesError(words) from None
    except OSError as error:
        raise FilesError(_in_words(error, source)) from error


def _leave(source: Path, target: Path) -> None:
    """Take the old name away, or the new one when that cannot be done."""
    try:
        source.unlink()
    except OSError:
        target.unlink()
        raise


def _in_words(error: OSError, path: Path) -> str:
    return f"{path.name} was not moved and is as before: {files.why_not(error, path)}."
