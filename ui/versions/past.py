"""What the page of a persona's versions shows, read at once and off the loop."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from data.calls import Uses
from data.drafts import Draft
from data.versions import Name, Version
from personas.moves import name_in_archive
from ui.context import Studio
from ui.kit import words
from ui.kit.file_text import for_browser

if TYPE_CHECKING:
    from personas.library import Entry

FILE, DRAFT = "file", "draft"
"""What stands in an address for the file's present text, and for an author's unsaved one."""


@dataclass(frozen=True, slots=True)
class Past:
    """A persona's versions (newest first), names and calls; ``draft`` is the reader's newest.

    ``entry`` is the file at present, None when there is none; ``trouble`` says in words why the
    versions cannot be read.
    """

    slug: str
    entry: "Entry | None"
    versions: tuple[Version, ...] = ()
    names: tuple[Name, ...] = ()
    uses: dict[str, Uses] | None = None
    draft: Draft | None = None
    trouble: str = ""

    @property
    def archived(self) -> str:
        """The file's name in the archive; "" when the persona is not put away."""
        return name_in_archive(self.slug)

    @property
    def former(self) -> tuple[str, ...]:
        """The other names that its file has had, the latest first."""
        present = self.archived or self.slug
        earlier = dict.fromkeys(name_in_archive(name.slug) or name.slug for name in self.names)
        return tuple(name for name in earlier if name != present)

    @property
    def numbers(self) -> dict[str, int]:
        """The number of each version, from 1 on in the order in which they were first saved."""
        ordered = sorted(self.versions, key=lambda version: version.time)
        return {version.version: number for number, version in enumerate(ordered, start=1)}

    @property
    def present(self) -> str:
        """The version that the file holds; "" when there is no file."""
        return self.entry.version if self.entry else ""

    def choices(self) -> dict[str, str]:
        """Every text that can be compared, newest first, by what stands for it in an address."""
        return dict(self._choices())

    def _choices(self) -> Iterator[tuple[str, str]]:
        if self.draft is not None:
            yield DRAFT, f"Your unsaved text · {words.when(self.draft.time)}"
        kept = {version.version for version in self.versions}
        if self.entry is not None and self.entry.version not in kept:
            yield FILE, "The file as it is now"
        numbers = self.numbers
        for version in self.versions:
            here = " · in the file now" if version.version == self.present else ""
            when = words.when(version.latest)
            number = numbers[version.version]
            yield version.version, f"Version {number} · {when}{_named(version)}{here}"

    def before(self, key: str) -> str:
        """What to compare a text with: the one before it, "" when it is the first."""
        keys = list(self.choices())
        if key == DRAFT and self.entry is not None:
            return self.present if self.present in keys else FILE
        place = keys.index(key) + 1
        return keys[place] if place < len(keys) else ""


def look(studio: Studio, slug: str, author: str) -> Past:
    """Read all of it; raises ``VersionsError``, ``StoreError``."""
    entry = studio.library.get(slug)
    names = studio.versions.names(slug)
    return Past(
        slug,
        None if entry is None or entry.deleted else entry,
        studio.versions.list(slug),
        names,
        studio.archive.uses(names),
        _draft(studio, slug, author),
    )


def text_of(studio: Studio, past: Past, key: str) -> str | None:
    """The text that a key stands for, as a browser shows it; None when it is not there."""
    if key == DRAFT:
        return past.draft.text if past.draft else None
    if key == FILE or (past.entry is not None and key == past.present):
        return for_browser(past.entry.text) if past.entry else None
    text = studio.versions.text(past.slug, key)
    return None if text is None else for_browser(text)


def _draft(studio: Studio, slug: str, author: str) -> Draft | None:
    """The author's newest unsaved text, if it is not what the file holds anyway."""
    entry = studio.library.get(slug)
    saved = for_browser(entry.text) if entry else ""
    drafts = [replace(d, text=for_browser(d.text)) for d in studio.drafts.of(author, slug)]
    return next((draft for draft in drafts if draft.text != saved and not draft.merge), None)


def _named(version: Version) -> str:
    return f" · {version.label}" if version.label else ""
