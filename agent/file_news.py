"""What a change of a persona's file means for the calls that follow it."""

from collections.abc import Iterable

from agent.live_call import LiveCall
from personas.entry import Entry
from personas.library import Library


def tell_calls(entry: Entry, calls: Iterable[LiveCall], library: Library) -> None:
    """Hand the file's text over, or say why not; a file that is gone or renamed ends no call."""
    calls = list(calls)
    if entry.deleted:
        _gone(entry, [call for call in calls if call.slug == entry.slug], library)
        return
    for call in calls:
        if call.orphaned and (call.slug == entry.slug or _was(call, entry, library)):
            call.follow(entry.slug)
    for call in calls:
        if call.slug != entry.slug or call.told_version == entry.version:
            continue
        if entry.errors:
            first = entry.errors[0]
            call.refuse_persona(entry.version, f"line {first.line}: {first.message}")
        else:
            call.change_persona(entry.text, entry.version)


def _gone(entry: Entry, calls: list[LiveCall], library: Library) -> None:
    """Renamed, when another file holds the same; deleted otherwise."""
    if not calls:
        return
    same = (other.slug for other in library.entries() if other.version == entry.version)
    slug = next(same, None)
    for call in calls:
        call.follow(slug or entry.slug, there=slug is not None)


def _was(call: LiveCall, entry: Entry, library: Library) -> bool:
    """Whether that is the call's lost file under another name."""
    lost = library.get(call.slug)
    return lost is not None and lost.deleted and lost.version == entry.version
