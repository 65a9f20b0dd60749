"""What the lab plays at present, with a bar, the script in play, and a button that stops it."""

from typing import TYPE_CHECKING

from ui import kit
from ui.context import Studio
from ui.kit import words

if TYPE_CHECKING:
    from agent.lab.lab import Batch


class Playing:
    """The batches in which a persona plays ("" for all), at this place of the page; ``show`` draws
    them anew."""

    def __init__(self, studio: Studio, persona: str) -> None:
        self._studio = studio
        self._persona = persona
        self._shown: object = None
        self._box = kit.tag("div", classes="rh-lab-playing").props("role=status")

    @property
    def slug(self) -> str:
        """The persona."""
        return self._persona

    def show(self) -> None:
        """Draw what goes on now."""
        going = self._studio.lab_events.going(self._persona)
        state = [(batch.id, len(batch.runs), batch.playing, batch.stopped) for batch in going]
        if state == self._shown:
            return
        self._shown = state
        self._box.clear()
        with self._box:
            for batch in going:
                self._batch(batch)

    def _batch(self, batch: "Batch") -> None:
        played, of = len(batch.runs), len(batch.tasks)
        with kit.tag("div", classes="rh-line rh-lab-batch"):
            kit.tag("progress").props(f'max={of} value={played} aria-label="Scripts played"')
            kit.tag("span", batch_words(batch), "rh-grow")
            stop = kit.button("Stop", lambda: self._studio.lab.stop(batch))
            stop.mark(f"stop-{batch.id}").set_enabled(not batch.stopped)


def batch_words(batch: "Batch") -> str:
    """How far it is, in words."""
    played, of = len(batch.runs), len(batch.tasks)
    if batch.stopped:
        return "Stopping. What was played is kept."
    if batch.playing is None:
        return f"Waiting to play {words.count(of - played, 'script')}."
    how = "Playing in real sound" if batch.in_sound else "Playing"
    again = f", time {batch.playing.repeat + 1}" if batch.playing.repeat else ""
    return f"{how} “{batch.playing.script.name}”{again}: {played + 1} of {of}."
