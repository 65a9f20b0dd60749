"""The English voice's speakers on the settings page: which are here, and a button to fetch one."""

import asyncio
from contextlib import suppress

from nicegui import ui

from agent.speech.speaking.speakers import BUNDLED, SPEAKERS, Speaker
from ui import kit
from ui.context import Studio

EXPLAINED = (
    "A persona file names a speaker of the English voice, or is given the one that comes with the "
    "app. The others are fetched when a file names them, or here; the place is the author's page, "
    "or REHEARSAL_VOICE_MODELS_URL."
)
ELSEWHERE = (
    "Calls are played by workers on other machines. Each fetches the speakers that persona files "
    "name by itself."
)
NO_VOICE = (
    "The English voice is not on this machine: there is no package hibari-tts. `uv sync` brings "
    "it where there is one for this system; without, espeak-ng speaks English, too."
)


def speakers(studio: Studio) -> None:
    """The section of the page."""
    with kit.tag("section", classes="rh-card").props('aria-label="Speakers of the English voice"'):
        kit.heading("Speakers of the English voice", 2)
        if not studio.settings.own_worker:
            kit.muted(ELSEWHERE)
            return
        if not any(map(studio.speakers.size, SPEAKERS)):
            kit.muted(NO_VOICE)
            return
        kit.muted(EXPLAINED)
        with kit.tag("ul", classes="rh-speakers"):
            rows = [_Row(studio, speaker) for speaker in SPEAKERS.values()]

    loop, client = asyncio.get_running_loop(), ui.context.client

    def look() -> None:
        if not client.is_deleted:
            for row in rows:
                row.show()

    def changed() -> None:
        with suppress(RuntimeError):  # the app is stopped
            loop.call_soon_threadsafe(look)

    client.on_delete(studio.speakers.on_change(changed))


class _Row:
    """One speaker: draws only what has changed, so that no button is taken from under a finger."""

    def __init__(self, studio: Studio, speaker: Speaker) -> None:
        self._models = studio.speakers
        self._name = speaker.name
        self._asked = False
        self._drawn = ""
        size = self._models.size(speaker.name)
        with kit.tag("li", classes="rh-speaker").mark(f"speaker-{speaker.name}"):
            kit.tag("span", speaker.words, "rh-strong")
            self._state = kit.tag("span", classes="rh-speaker-state").props("role=status")
            self._state.props("tabindex=-1")
            self._bar = kit.tag("progress", classes="rh-part-progress").props(f"max={size}")
            self._bar.props["aria-label"] = f"{speaker.words}: how much of it has come"
            self._button = kit.button(f"Fetch ({size / 1e6:.0f} MB)", self._fetch)
            self._button.mark(f"fetch-{speaker.name}")
            self._button.props["aria-label"] = f"Fetch ({size / 1e6:.0f} MB): {speaker.words}"
        self.show()

    def show(self) -> None:
        """As it is now."""
        came = self._models.received(self._name)
        self._bar.set_visibility(came is not None)
        if came is not None and self._bar.props.get("value") != came:
            self._bar.props(f"value={came}")
        self._show_state(came)

    def _show_state(self, came: int | None) -> None:
        here = self._models.here(self._name)
        words = self._words(here=here, fetching=came is not None)
        if words == self._drawn:
            return
        self._drawn = words
        self._state.set_text(words)
        self._button.set_visibility(not here)
        self._button.set_enabled(came is None)
        if here and self._asked:
            kit.focus(self._state)  # the button that had it is gone

    def _words(self, *, here: bool, fetching: bool) -> str:
        if self._name == BUNDLED.name:
            return "Comes with the app."
        if here:
            return "On this machine."
        if fetching:
            return "Being fetched…"
        problem = self._models.problem(self._name)
        return f"Not fetched. {problem}" if problem else "Not on this machine."

    def _fetch(self) -> None:
        self._asked = True
        self._models.want([self._name], again=True)
        self.show()
