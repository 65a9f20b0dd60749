"""The dialog in which an author hears a line in a customer's voice, and chooses that voice."""

import asyncio
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

from nicegui import ui

from agent.simulation.directing.mood import mood_word
from agent.speech.speaking.delivery import RANGES, VoiceSettings
from agent.speech.speaking.preview import NotHeard
from agent.speech.speaking.speakers import SPEAKERS
from agent.speech.speaking.speaking import is_english
from personas.model import Persona
from personas.voice_writer import Settings, VoiceNotWritten
from ui import kit
from ui.context import Studio
from ui.kit import words
from ui.voice.sounds import address

STEP = 0.005
USUAL = "Hello? I have been waiting for a while now."
"""What is said where the text has no opening line yet."""
CHOSEN = "(event) => emit(event.target.value)"


@dataclass(frozen=True, slots=True)
class Scale:
    """A number of the voice, in words: its name, and what its two ends are."""

    key: str
    label: str
    low: str
    high: str


SCALES = (
    # A bigger person's frequencies are lower.
    Scale("size", "Size of the speaker", "bigger", "smaller"),
    Scale("tone", "Pitch", "lower", "higher"),
    Scale("pace", "Pace", "slower", "faster"),
)


def hear_voice(
    studio: Studio,
    persona: Callable[[], Persona | None],
    use: Callable[[Settings], object],
) -> ui.button:
    """A button that opens the dialog for what ``persona`` gives then, None for a text that cannot
    be read. ``use`` takes the chosen settings over; it may raise VoiceNotWritten."""

    def show() -> None:
        VoicePanel(studio, persona(), use, button)

    button = kit.button("Hear the voice", show, kind="quiet").mark("hear-voice")
    return button.props("aria-haspopup=dialog no-wrap")


class VoicePanel:
    """An open dialog; it is gone for good once it is closed, and the focus is on ``back`` again."""

    def __init__(
        self,
        studio: Studio,
        persona: Persona | None,
        use: Callable[[Settings], object],
        back: ui.element,
    ) -> None:
        self._studio = studio
        self._use = use
        self._back = back
        self._sliders: dict[str, ui.slider] = {}
        self._playing: asyncio.Task[Any] | None = None
        self._sound = ""
        look = "rh-dialog rh-dialog-narrow rh-stack rh-voice-panel"
        client = ui.context.client
        with client.content, kit.dialog("Hear the voice", look, opened=True) as self._dialog:
            if persona is None:
                kit.message("Mend the errors in the text first; the checker lists them.", "warn")
                with kit.tag("div", classes="rh-line"):
                    kit.button("Close", self._dialog.close)
            else:
                self._persona = persona
                self._settings = studio.voice.of(persona)
                self._english = is_english(persona.language)
                self._build()
        self._dialog.on_value_change(lambda event: None if event.value else self._close())
        client.on_delete(self._forget)

    @property
    def settings(self) -> VoiceSettings:
        """The voice that the fields say."""
        size, tone, pace = (round(float(self._sliders[each.key].value), 3) for each in SCALES)
        return VoiceSettings(self._settings.speaker, size, tone, pace)

    def _build(self) -> None:
        persona = self._persona
        self._line = ui.textarea(
            "What is said", value=next(iter(persona.phases[0].lines), USUAL)
        ).mark("voice-line")
        self._line.props("outlined stack-label autogrow rows=2")
        moods = {level: f"{level}/10, {mood_word(level)}" for level in range(11)}
        self._mood = ui.select(moods, label="Mood", value=persona.intensity).mark("voice-mood")
        self._mood.props("outlined stack-label")
        if self._english:
            self._speakers()
            for scale in SCALES:
                self._scale(scale)
        else:
            language = words.language_name(persona.language)
            kit.muted(
                f"This customer speaks {language}. espeak-ng says the lines, with its own voice "
                "for that language; speaker, size, pitch and pace are for English."
            )
        with kit.tag("div", classes="rh-line rh-voice-play"):
            self._play_button = kit.button("Play", self._play).mark("voice-play")
            self._player = kit.tag("div", classes="rh-contents")
        self._said = kit.tag("div").props("aria-live=polite")
        with kit.tag("div", classes="rh-line"):
            if self._english:
                kit.button("Use this voice", self._take, kind="primary").mark("voice-use")
                reset = kit.button("Reset", self._reset, kind="quiet").mark("voice-reset")
                reset.props('title="Back to the voice that fits the text"')
            kit.button("Close", self._dialog.close, kind="quiet").mark("voice-close")

    def _speakers(self) -> None:
        here = self._studio.voice.speakers()
        with kit.tag("div", classes="rh-voice"):
            label = kit.tag("label", "Speaker", "rh-voice-label")
            with kit.tag("select", classes="rh-select").mark("voice-speaker") as self._speaker:
                for name, speaker in SPEAKERS.items():
                    lacks = "" if name in here else ": not on this machine"
                    option = kit.tag("option", f"{name.capitalize()}, a {speaker.gender}{lacks}")
                    option.props["value"] = name
                    if lacks:
                        option.props("disabled")
            label.props(f"for={self._speaker.html_id}")
        self._speaker.on("change", lambda event: self._choose(event.args), js_handler=CHOSEN)
        self._speaker.props["value"] = self._settings.speaker

    def _scale(self, scale: Scale) -> None:
        low, high = RANGES[scale.key]
        value = round(getattr(self._settings, scale.key), 3)
        with kit.tag("div", classes="rh-voice-scale"):
            with kit.tag("div", classes="rh-line-between"):
                kit.tag("span", scale.label, "rh-strong")
                number = kit.tag("span", f"{value:g}", "rh-number").mark(f"shown-{scale.key}")
            slider = ui.slider(min=low, max=high, step=STEP, value=value)
            slider.props["aria-label"] = f"{scale.label}: {scale.low} to {scale.high}"
            slider.mark(f"voice-{scale.key}")
            slider.on_value_change(lambda event: number.set_text(f"{round(event.value, 3):g}"))
            with kit.tag("div", classes="rh-line-between rh-muted rh-small") as ends:
                ends.props("aria-hidden=true")  # the slider's own label has them
                kit.tag("span", scale.low)
                kit.tag("span", scale.high)
        self._sliders[scale.key] = slider

    def _choose(self, name: object) -> None:
        # What the browser sends is not to be trusted to be one of the options.
        if isinstance(name, str) and name in SPEAKERS:
            self._settings = replace(self._settings, speaker=name)
            self._speaker.props["value"] = name

    def _reset(self) -> None:
        """The voice that the text would get if it named none."""
        self._settings = self._studio.voice.by_text(self._persona)
        self._speaker.props["value"] = self._settings.speaker
        for key, slider in self._sliders.items():
            slider.set_value(round(getattr(self._settings, key), 3))
        self._say("This is the voice that fits the text.", "good")

    def _take(self) -> None:
        try:
            self._use(asdict(self.settings))
        except VoiceNotWritten as error:
            self._say(str(error))
        else:
            self._dialog.close()

    async def _play(self) -> None:
        if self._playing is not None:
            return
        self._playing = asyncio.current_task()
        self._say("")
        settings = self.settings if self._english else None
        text, mood = self._line.value or "", int(self._mood.value)
        try:
            with kit.busy(self._play_button):
                wav = await self._studio.voice.wav(self._persona, text, mood, settings)
        except NotHeard as error:
            self._say(str(error))
        else:
            self._forget()
            self._sound = self._studio.voice.sounds.put(wav)
            self._player.clear()
            with self._player:
                audio = ui.audio(address(self._sound), autoplay=True).classes("rh-voice-audio")
                audio.props["aria-label"] = "The line in this voice"
        finally:
            self._playing = None

    def _say(self, text: str, kind: str = "bad") -> None:
        self._said.clear()
        if text:
            with self._said:
                kit.message(text, kind)

    def _close(self) -> None:
        if self._playing is not None:
            self._playing.cancel()
        self._forget()
        self._dialog.delete()
        if not self._back.is_deleted:
            kit.focus(self._back)

    def _forget(self) -> None:
        """The last sound is not needed any more."""
        self._studio.voice.sounds.drop(self._sound)
        self._sound = ""
