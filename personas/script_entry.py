"""One script's file as the script library knows it, and what a change of its bytes makes of it."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from personas.entry import Entry
from personas.files import Content
from personas.model import Finding, Persona
from personas.parse import examine_parsed
from personas.parsed import ParsedPersona
from personas.script_model import Script
from personas.script_parse import parse_script
from personas.source import version_of
from personas.voices import Engines


@dataclass(frozen=True, slots=True)
class ScriptEntry:
    """A script's file. ``script`` is of its present text, whether or not it can be played; ``good``
    is its last version that can, against the persona of today, and None when there is none.

    ``slug`` is the persona's; ``version`` is of the file's bytes; after a deletion ``deleted`` is
    True and the rest stays as it was.
    """

    slug: str
    name: str
    path: Path
    text: str
    script: Script
    good: Script | None
    version: str = ""
    deleted: bool = False

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that keep the present text from being played."""
        return tuple(f for f in self.script.findings if f.level == "error")


@dataclass(frozen=True, slots=True)
class ScriptChange:
    """A script that is new, changed, deleted or back, also by an edit of its persona, and who did
    it (``author`` of a save)."""

    entry: ScriptEntry
    origin: Literal["page", "disk", "persona"]
    author: str


@dataclass(frozen=True, slots=True)
class ScriptReader:
    """Reads the scripts of one persona as it is now."""

    slug: str
    persona: Persona | ParsedPersona | None
    engines: Engines | None
    guards: Collection[str] | None

    @classmethod
    def of(
        cls, slug: str, entry: Entry | None, engines: Engines | None, guards: Collection[str] | None
    ) -> "ScriptReader":
        """For the persona of a file: its last good version, else what can be read of it."""
        if entry is None or entry.deleted:
            return cls(slug, None, engines, guards)
        return cls(slug, entry.persona or _parsed(entry), engines, guards)

    def updated(
        self, before: ScriptEntry | None, path: Path, content: Content
    ) -> ScriptEntry | None:
        """The entry now that the file holds this; None when there never was such a file."""
        if content.missing:
            return replace(before, deleted=True) if before else None
        if content.trouble:
            text = before.text if before else ""
            finding = Finding(1, "error", f"cannot be read: {content.trouble}")
            script = replace(self.examined(text, path.stem), findings=(finding,))
            return ScriptEntry(self.slug, path.stem, path, text, script, self._good(before, script))
        version = version_of(content.data)
        script = self.examined(content.data, path.stem)
        text = content.data.decode("utf-8", "replace")
        good = self._good(before, script)
        return ScriptEntry(self.slug, path.stem, path, text, script, good, version)

    def judged_again(self, entry: ScriptEntry) -> ScriptEntry:
        """The same file against the persona of now."""
        script = self.examined(entry.text, entry.name) if entry.version else entry.script
        return replace(entry, script=script, good=self._good(entry, script))

    def examined(self, data: bytes | str, name: str) -> Script:
        """The script of that text, with all findings."""
        script = parse_script(
            data, self.persona, name, slug=self.slug, engines=self.engines, guards=self.guards
        )
        if self.persona is not None:
            return script
        gone = Finding(1, "error", f"there is no persona {self.slug}.md that could be played")
        return replace(script, findings=(gone, *script.findings))

    def _good(self, before: ScriptEntry | None, script: Script) -> Script | None:
        """The script, or the last good one as far as it still fits the persona."""
        if script.playable:
            return script
        if before is None or before.good is None:
            return None
        last = self.examined(before.good.text, script.name)
        return last if last.playable else None


def _parsed(entry: Entry) -> ParsedPersona | None:
    return entry.parsed or examine_parsed(entry.text, entry.slug)[1]
