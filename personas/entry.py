"""One persona file as the library knows it, and what a change of its bytes makes of it."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from personas.files import Content
from personas.model import Finding, Persona
from personas.parse import examine_parsed
from personas.parsed import ParsedPersona
from personas.source import LIMIT, to_bytes, version_of
from personas.voices import Engines


@dataclass(frozen=True, slots=True)
class Entry:
    """A persona file. ``persona`` is its last good version and may be older than ``text``.

    ``findings`` are of the present text and ``version`` is of its bytes; after a deletion
    ``deleted`` is True and the rest stays as it was. ``published``: trainees see it, as its present
    text says; one with an error hides a persona at once, and shows one that was hidden only when it
    is mended. ``parsed`` is for the reading after the next change; files that have not changed
    since the start have none, as it takes memory.
    """

    slug: str
    path: Path
    text: str
    persona: Persona | None
    findings: tuple[Finding, ...]
    deleted: bool = False
    version: str = ""
    published: bool = True
    parsed: ParsedPersona | None = field(default=None, repr=False, compare=False)

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that keep the present text from being used."""
        return tuple(finding for finding in self.findings if finding.level == "error")

    @property
    def unreadable(self) -> str:
        """Why ``text`` is not what the file holds, such as for bytes that are not UTF-8; "" when
        it is."""
        whole = len(to_bytes(self.text)) <= LIMIT and version_of(self.text) == self.version
        return "" if whole or self.deleted or not self.errors else self.errors[0].message


@dataclass(frozen=True, slots=True)
class Change:
    """An entry that is new, changed, deleted or back, and who did it (``author`` of a save)."""

    entry: Entry
    origin: Literal["page", "disk"]
    author: str


@dataclass(frozen=True, slots=True)
class Renamed:
    """A persona's file has another name; ``archive.NAME`` stands for an archived one's."""

    old: str
    new: str


class Conflict(Exception):
    """The file is no longer what the author started from; ``theirs`` is what it holds now."""

    def __init__(self, theirs: str) -> None:
        super().__init__("The file was changed by someone else in the meantime.")
        self.theirs = theirs


def updated(
    before: Entry | None, slug: str, path: Path, content: Content, engines: Engines | None = None
) -> Entry | None:
    """The entry now that the file holds this; None when there never was such a file."""
    if content.missing:
        return replace(before, deleted=True) if before else None
    last = before.persona if before else None
    if content.trouble:
        finding = Finding(1, "error", f"cannot be read: {content.trouble}")
        # With no version, the file counts as changed once it can be read again.
        text, published = (before.text, before.published) if before else ("", True)
        return Entry(slug, path, text, last, (finding,), published=published)
    version = version_of(content.data)
    if before and before.version == version and not before.deleted:
        return before
    last_read = before.parsed if before else None
    result, parsed = examine_parsed(content.data, slug, last_read, engines)
    text = content.data.decode("utf-8", "replace")
    kept = (parsed or before.parsed) if before else None
    persona = result.persona or last
    published = (persona is None or persona.published) and (not parsed or parsed.front.published)
    return Entry(slug, path, text, persona, result.findings, False, version, published, parsed=kept)


def order(entry: Entry) -> tuple[str, str]:
    """The place in a list: by scenario, or by slug when there is no good version yet."""
    return (entry.persona.scenario if entry.persona else entry.slug).casefold(), entry.slug
