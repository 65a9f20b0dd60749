"""What stands before a call: how it can be made and whether it is recorded, and its button."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from nicegui import ui

from ui import kit
from ui.call.consent import Consent
from ui.call.voice_call import VoiceCall
from ui.kit import words

if TYPE_CHECKING:
    from agent.engines.observer_choice import Read
    from agent.platform.settings import RecordMode


class BeforeCall:
    """The start buttons; ``type_instead`` makes one begin a call without a microphone. ``who`` is
    the persona's first name, ``language`` its BCP 47 tag."""

    def __init__(
        self,
        voice: VoiceCall,
        start: Callable[[], None],
        type_instead: Callable[[ui.button], None],
        consent: Consent,
        who: str,
        language: str,
    ) -> None:
        self._voice = voice
        self._start = start
        self._type_instead = type_instead
        self._consent = consent
        self._who = who
        self._language = language
        self._by_voice: bool | None = None
        self._deaf = ""
        self._reads: Read = "all"
        self._record: RecordMode = "no"
        self._other = False
        self._button: ui.button
        self._typed: ui.button | None = None
        self._root = kit.tag("div", classes="rh-before")

    def show(
        self,
        *,
        visible: bool = True,
        enabled: bool,
        by_voice: bool,
        deaf: str = "",
        reads: "Read" = "all",
        record: "RecordMode" = "no",
        other: bool = False,
    ) -> None:
        """``by_voice``: whether the trainee's speech is understood, so that a microphone helps;
        ``deaf``: why nobody's is on this machine; ``reads``: what tells what their words
        do; ``record``: what is asked of its recording; ``other``: a call of theirs goes on, which
        is nearer than another one."""
        seen = (self._by_voice, self._deaf, self._reads, self._record, self._other)
        if (by_voice, deaf, reads, record, other) != seen:
            self._by_voice, self._deaf, self._reads = by_voice, deaf, reads
            self._record, self._other = record, other
            self._root.clear()
            with self._root:
                self._build(by_voice)
        self._root.set_visibility(visible)
        self._button.set_enabled(enabled)
        if self._typed is not None:
            self._typed.set_enabled(enabled)

    def hide(self) -> None:
        """A call was given: nothing of this is to be decided now."""
        self._root.set_visibility(False)

    def meet(self, who: str, language: str) -> None:
        """The persona has another name or language by now."""
        if (who, language) != (self._who, self._language):
            self._who, self._language, self._by_voice = who, language, None

    def focus(self) -> None:
        """Put the focus on the button."""
        kit.focus(self._button)

    def _build(self, by_voice: bool) -> None:
        if not by_voice:
            language = f"offline in {words.language_name(self._language)}"
            where = "on this machine" if self._deaf else language
            kit.message(
                f"Voice recognition isn't available {where}: you type, {self._who} speaks. No "
                f"microphone is needed.",
                "warn",
            )
        if self._reads != "all":
            kit.message(self._unread(), "warn").mark("unread")
        title, icon = ("Start Voice Call", "call") if by_voice else ("Start Typed Call", "keyboard")
        self._consent.build(self._record, self._who, by_voice=by_voice)
        kind = "plain" if self._other else "primary"
        with kit.tag("div", classes="rh-starts"):
            self._button = kit.button(title, kind=kind).props(f"icon={icon}")
            self._button.classes("rh-start").mark("start")
            self._voice.on_gesture(self._button, self._start, microphone=by_voice)
            self._typed = self._build_typed() if by_voice else None
        if by_voice:
            kit.muted(f"Typed: you write, {self._who} speaks. No microphone is needed.").classes(
                "rh-small"
            )

    def _build_typed(self) -> ui.button:
        button = kit.button("Start Typed Call").props("icon=keyboard").mark("type-instead")
        self._type_instead(button)
        return button

    def _unread(self) -> str:
        language = words.language_name(self._language)
        if self._reads == "examples":
            return (
                f"In {language}, this machine reads only the examples in the persona's file: what "
                f"you say counts for {self._who} when it is worded like one of them. A text model "
                "would read the rest."
            )
        return (
            f"Nothing on this machine reads {language}: {self._who} can be spoken to, but what "
            "you say moves no mood and shows no objective. A text model would read it."
        )
