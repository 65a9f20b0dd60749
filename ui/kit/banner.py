"""The banners that say what is still being prepared, or what failed and what helps."""

from typing import TYPE_CHECKING

from nicegui import background_tasks, ui

from ui import kit

if TYPE_CHECKING:
    from agent.platform.setup.preparation import Part, Preparation

NAMES = {
    "livekit-server": "Call server (LiveKit)",
    "livekit-client": "Call software for the browser (LiveKit)",
    "wavesurfer.js": "Player of recordings (wavesurfer.js)",
}


def preparation_banner(preparation: "Preparation") -> None:
    """Shows the parts that are not ready, updates while they change, and goes when all are."""
    if not _pending(preparation):
        return

    @ui.refreshable
    def content() -> None:
        if _pending(preparation):
            with kit.tag("div", classes="rh-banner"):
                _parts(preparation)

    with kit.tag("section").props('aria-label="Preparation" aria-live=polite'):
        content()
    _follow(preparation, content.refresh)


def reader_banner(problem: str) -> None:
    """Says that word lists alone read what trainees say, and why, in words with the remedy."""
    if not problem:
        return
    with (
        kit.tag("section", classes="rh-unread")
        .props('aria-label="Trained reader"')
        .mark("reader-banner"),
        kit.tag("div", classes="rh-banner"),
    ):
        kit.tag("p", "Only word lists read what trainees say", "rh-banner-title")
        kit.muted("Calls go on, but moods, answers and scores follow less of what is said.")
        kit.tag("p", f"{problem.rstrip('.')}, and restart.", "rh-remedy")


def _follow(preparation: "Preparation", refresh: kit.Handler) -> None:
    """Redraws on each change for as long as the page lives."""
    ui.context.client.on_delete(preparation.on_change(lambda: refresh()))


def _parts(preparation: "Preparation") -> None:
    pending = _pending(preparation)
    failed = [part for part in pending if part.state == "failed"]
    needed = [part for part in pending if part.needed]
    words = "Getting ready for the first call"
    if not needed:
        words = "Recordings have no waves yet; calls can be made"
    elif any(part.state == "failed" for part in needed):
        words = "Calls cannot be made yet"
    kit.tag("p", words, "rh-banner-title")
    kit.muted("You can look around, read and edit meanwhile.")
    for part in pending:
        _part(part)
    if failed:
        kit.button("Retry", lambda: background_tasks.create(preparation.retry()))


def _part(part: "Part") -> None:
    with kit.tag("div", classes=f"rh-part rh-part-{part.state}"):
        if part.state == "working":
            ui.spinner(size="1em", color=None).props("aria-hidden=true")
        kit.tag("span", f"{NAMES.get(part.key, part.name)}: {_words(part)}")
    if part.state == "working" and part.fraction is not None:
        bar = kit.tag("progress", classes="rh-part-progress")
        bar.props(f'max=1 value={part.fraction:.3f} aria-label="Progress"')
    if part.state == "failed" and part.remedy:
        kit.tag("p", f"What helps: {part.remedy}", "rh-remedy")


def _words(part: "Part") -> str:
    if part.state == "failed":
        return part.error or "failed"
    return part.progress or {"waiting": "waits for its turn"}.get(part.state, "in progress")


def _pending(preparation: "Preparation") -> list["Part"]:
    return [part for part in preparation.parts if part.state != "ready"]
