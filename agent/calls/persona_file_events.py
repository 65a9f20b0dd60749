"""What a change of a persona's file means for the calls that follow it."""

import logging
import time
from collections.abc import Callable, Iterable

from agent.calls.live_call import LiveCall
from personas.entry import Entry
from personas.library import Library

log = logging.getLogger(__name__)

FRESH = 5.0
"""Seconds for which a file counts as new: a renamed one comes before its old name is gone."""


class PersonaFileEvents:
    """Tells calls what became of their file; one that is gone or renamed ends none."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._present = {entry.slug for entry in library.entries()}
        self._came: dict[str, float] = {}

    def tell(self, entry: Entry, calls: Iterable[LiveCall]) -> None:
        """Hand the file's text over, or say why not; ``calls`` are those that follow files."""
        calls = list(calls)
        if entry.deleted:
            self._present.discard(entry.slug)
            self._gone(entry, [call for call in calls if call.slug == entry.slug])
            return
        if entry.slug not in self._present:
            self._present.add(entry.slug)
            self._came[entry.slug] = time.monotonic()
            lost = [c for c in calls if c.orphaned]
            found = [c for c in lost if c.slug == entry.slug or self._was(c, entry)]
            _each(found, lambda call: call.follow(entry.slug))
        behind = [c for c in calls if c.slug == entry.slug and c.told_version != entry.version]
        _each(behind, lambda call: _hand_over(entry, call))

    def _gone(self, entry: Entry, calls: list[LiveCall]) -> None:
        """Renamed, when a file that has just come holds the same; deleted otherwise."""
        since = time.monotonic() - FRESH
        self._came = {slug: at for slug, at in self._came.items() if at > since}
        there = self._library.entries() if calls else []
        same = [e.slug for e in there if e.slug in self._came and e.version == entry.version]
        name = same[0] if same else entry.slug
        _each(calls, lambda call: call.follow(name, there=bool(same)))

    def _was(self, call: LiveCall, entry: Entry) -> bool:
        """Whether that is the call's lost file under another name."""
        lost = self._library.get(call.slug)
        return lost is not None and lost.deleted and lost.version == entry.version


def _each(calls: Iterable[LiveCall], tell: Callable[[LiveCall], None]) -> None:
    """Tell each of the calls; one that fails costs no other its event."""
    for call in calls:
        try:
            tell(call)
        except Exception:
            log.exception("call %s could not be told of its persona's file", call.id)


def _hand_over(entry: Entry, call: LiveCall) -> None:
    if entry.errors:
        first = entry.errors[0]
        call.refuse_persona(entry.version, f"line {first.line}: {first.message}")
    else:
        language = entry.persona.language if entry.persona is not None else ""
        call.change_persona(entry.text, entry.version, language)
