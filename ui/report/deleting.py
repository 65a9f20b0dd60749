"""Deleting one call, from its report or from the list: what goes is said before."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from nicegui import run, ui

from data.calls import CallGoesOn
from data.store import StoreError
from ui import kit
from ui.auth import access
from ui.context import Studio
from ui.kit import words

if TYPE_CHECKING:
    from data.records import CallStart

GOES = (
    "Its transcript, report and score; it no longer counts in any course",
    "What was written beside it",
)
STAYS = "Words of it that were taken over as examples stay in the persona's file."


class _Beside(NamedTuple):
    """What there is beside the record: megabytes of sound, and tries of its moments."""

    megabytes: float = 0.0
    tries: int = 0


def delete_button(
    studio: Studio, call: "CallStart", done: Callable[[], object], *, small: bool = False
) -> None:
    """The button that deletes that call, which is over, for who may: admins any, everyone their
    own. ``small``: only a picture, for a list."""
    user = access.require(studio)
    if user.name != call.user and not access.is_admin(user):
        return
    if small:
        label = f"Delete the call with {call.name}, {words.when(call.started)}"
        button = kit.icon_button("delete_outline", label)
    else:
        button = kit.button("Delete …", kind="quiet")
    button.props("aria-haspopup=dialog").mark(f"delete-{call.call}")
    button.on_click(lambda: _ask(studio, call, done, button))


async def _ask(
    studio: Studio, call: "CallStart", done: Callable[[], object], button: ui.element
) -> None:
    """Say what goes with that call, and delete it when that is wanted; then ``done``."""
    beside = await run.io_bound(partial(_look, studio, call.call)) or _Beside()
    if button.is_deleted:
        return
    client = button.client
    with client, kit.asking("Delete this call?", button) as dialog:
        kit.tag("p", f"{call.scenario}, {call.name}, {words.when(call.started)}", "rh-strong")
        kit.muted("Deleted at once, and for good:")
        kit.bullets((*GOES, *_more(beside)))
        kit.muted(STAYS)
        said = kit.tag("div").props("aria-live=assertive")

        async def delete() -> None:
            with kit.busy(sure):
                trouble = await run.io_bound(partial(_delete, studio, call.call))
            if trouble:
                kit.say(said, trouble)
            elif trouble is not None:  # else the app is stopping
                with client:  # what is closed is gone, and what is in it knows of no page
                    done()
                dialog.close()

        with kit.tag("div", classes="rh-line"):
            sure = kit.button("Delete the call", delete, kind="danger").mark("delete-it")
            kit.button("Cancel", dialog.close)


def _delete(studio: Studio, call: str) -> str:
    """Delete it; why that failed, in words, or ""."""
    try:
        studio.archive.delete([call])
    except (CallGoesOn, StoreError) as error:
        return str(error)
    except OSError as error:
        return (
            f"It could not be deleted: {error.strerror or error}. Give yourself the right to "
            "write in the data folder, and try again."
        )
    return ""


def _look(studio: Studio, call: str) -> _Beside:
    size = 0.0
    try:
        sound = studio.recordings.find(call)
        size = sound.stat().st_size / 1e6 if sound else 0.0
        return _Beside(size, len(studio.archive.finished.going_on_from([call])))
    except (OSError, StoreError):
        return _Beside(size)


def _more(beside: _Beside) -> Iterator[str]:
    if beside.megabytes:
        yield f"Its recording ({max(beside.megabytes, 0.1):.1f} MB) and all that was made of it"
    if beside.tries:
        number = words.count(beside.tries, "try", "tries")
        yield f"{number} of its moments, whoever made them: they repeat its first turns"
