"""Under which names the personas of calls are found by now."""

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from data.versions import VersionsError
from ui.context import Studio

if TYPE_CHECKING:
    from data.calls import Summary


def present_names(studio: Studio, calls: "Sequence[Summary]") -> tuple[str, ...]:
    """The present name of each call's persona; it waits for the versions, so call it off the
    app's loop."""
    with suppress(VersionsError):  # then calls stand under the names that they were made with
        return studio.versions.bearers((call.persona, call.started) for call in calls)
    return tuple(call.persona for call in calls)
