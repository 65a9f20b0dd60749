"""The dialog in which an author hears a line in a customer's voice, and chooses that voice."""

import asyncio
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement

from agent.simulation.directing.mood import mood_word
from agent.speech.speaking.delivery import RANGES, VoiceSettings
from agent.speech.speaking.preview import NotHeard
from agent.speech.speaking.speakers import SPEAKERS
from agent.speech.speaking.speaking import is_english
from personas.front_writer import FrontNotWritten
from personas.model import Persona
from personas.voice_writer import Settings
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
    *,
    kind: str = "plain",
) -> ui.button:
    """A button that opens the dialog for what ``persona`` gives then, None for a text that cannot
    be read. ``use`` takes the chosen settings over; it may raise FrontNotWritten."""

    def show() -> None:
        VoicePanel(studio, persona(), use, button)

    button = kit.button("Hear the voice", show, kind=kind).mark("hear-voice")
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
        self._sliders: dict[str, ui.element] = {}
        self._numbers: dict[str, TextElement] = {}
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
                self._settings = _rounded(studio.voice.of(persona))
                self._english = is_english(persona.language)
                self._build()
        self._dialog.on_value_change(lambda event: None if event.value else self._close())
        client.on_delete(self._forget)

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
                    lacks = "" if name in here else " (not on this machine)"
                    option = kit.tag("option", f"{speaker.words}{lacks}")
                    option.props["value"] = name
                    if lacks:
                        option.props("disabled")
            label.props(f"for={self._speaker.html_id}")
        self._speaker.on("change", lambda event: self._choose(event.args), js_handler=CHOSEN)
        self._speaker.props["value"] = self._settings.speaker

    def _scale(self, scale: Scale) -> None:
        low, high = RANGES[scale.key]
        with kit.tag("div", classes="rh-voice-scale"):
            with kit.tag("div", classes="rh-line-between"):
                label = kit.tag("label", scale.label, "rh-strong")
                shown = kit.tag("span", classes="rh-number").mark(f"shown-{scale.key}")
            # The browser's own: the focus in Quasar's stands on a part without a name.
            slider = ui.element("input").classes("rh-voice-slider").mark(f"voice-{scale.key}")
            values = {"type": "range", "min": low, "max": high, "step": STEP}
            # Not "value", which would go back to where it was at each update of the page.
            values["defaultValue"] = getattr(self._settings, scale.key)
            for name, value in values.items():
                slider.props[name] = value
            label.props(f"for={slider.html_id}")
            with kit.tag("div", classes="rh-line-between rh-muted rh-small") as ends:
                kit.tag("span", scale.low)
                kit.tag("span", scale.high)
            slider.props["aria-describedby"] = ends.html_id
        slider.on(
            "input",
            lambda event: self._slide(scale.key, event.args),
            throttle=0.05,
            js_handler=CHOSEN,
        )
        self._sliders[scale.key] = slider
        self._numbers[scale.key] = shown
        self._show_number(scale.key)

    def _slide(self, key: str, told: object) -> None:
        # What the browser sends is not to be trusted to lie between the ends.
        try:
            value = float(str(told))
        except ValueError:
            return
        low, high = RANGES[key]
        if low <= value <= high:
            changed = asdict(self._settings) | {key: value}
            self._settings = _rounded(VoiceSettings(**changed))
            self._show_number(key)

    def _show_number(self, key: str) -> None:
        self._numbers[key].set_text(f"{getattr(self._settings, key):g}")

    def _choose(self, name: object) -> None:
        # What the browser sends is not to be trusted to be one of the options.
        if isinstance(name, str) and name in SPEAKERS:
            self._settings = replace(self._settings, speaker=name)
            self._speaker.props["value"] = name

    def _reset(self) -> None:
        """The voice that the text would get if it named none."""
        self._settings = _rounded(self._studio.voice.by_text(self._persona))
        self._speaker.props["value"] = self._settings.speaker
        for key, slider in self._sliders.items():
            self._show_number(key)
            value = f"getHtmlElement({slider.id}).value = {getattr(self._settings, key)}"
            slider.client.run_javascript(value)
        self._say("This is the voice that fits the text.", "good")

    def _take(self) -> None:
        try:
            self._use(asdict(self._settings))
        except FrontNotWritten as error:
            self._say(str(error))
        else:
            self._dialog.close()

    async def _play(self) -> None:
        if self._playing is not None:
            return
        self._playing = asyncio.current_task()
        self._say("")
        settings = self._settings if self._english else None
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


def _rounded(settings: VoiceSettings) -> VoiceSettings:
    size, tone, pace = (round(getattr(settings, scale.key), 3) for scale in SCALES)
    return VoiceSettings(settings.speaker, size, tone, pace)
