"""What is used during the talk: captions, the typed turn, mute and End Call."""

from collections.abc import Callable

from nicegui import ui
from nicegui.events import GenericEventArguments

from agent.calls.live_call import TurnRefused
from ui import kit
from ui.call.captions import Captions
from ui.kit import lang

_TAKE = """(event) => {
  if (event.isComposing) return;
  const box = event.target.closest(".rh-type").querySelector("input");
  const words = box.value;
  box.value = "";
  box.dispatchEvent(new Event("input", { bubbles: true }));
  setTimeout(() => emit(words)); // after the field has told that it is empty
}"""
"""Takes the words out of the field in the browser: what is typed meanwhile stays."""


class Talk:
    """Captions and controls; ``say`` (may raise ``TurnRefused``), ``mute`` and ``end`` are what the
    trainee can do, ``why`` and ``read`` what an author can ask about a line of the persona and of
    the trainee."""

    def __init__(
        self,
        name: str,
        language: str,
        *,
        say: Callable[[str], None],
        mute: Callable[[], None],
        end: Callable[[], None],
        why: Callable[[int], object] | None = None,
        read: Callable[[int], object] | None = None,
    ) -> None:
        self._say = say
        self._muted: bool | None = None
        with kit.tag("div", classes="rh-talk") as self._root:
            self.captions = Captions({"trainee": "You", "persona": name}, language, why, read)
            with kit.tag("div", classes="rh-desk"):
                self._build_desk(name.split()[0], language, mute, end)

    def _build_desk(
        self, who: str, language: str, mute: Callable[[], None], end: Callable[[], None]
    ) -> None:
        with kit.tag("div", classes="rh-type"):
            self._input = ui.input(label=f"Type to {who}").props("outlined")
            lang.persona_words(self._input, language).props("autocomplete=off")
            self._input.classes("rh-grow").mark("typed")
            self._input.on("keydown.enter", self._send, js_handler=_TAKE)
            send = kit.icon_button("send", "Send what you typed (Enter)").mark("send")
            send.on("click", self._send, js_handler=_TAKE)
        with kit.tag("div", classes="rh-controls"):
            self._mute = kit.button("Mute", mute).props("icon=mic").mark("mute")
            stop = kit.button("End Call", end, kind="danger").props("icon=call_end")
            stop.classes("rh-end").mark("end")
            self.stop = stop

    def show(self, *, begun: bool, over: bool, by_voice: bool, muted: bool) -> None:
        """Show it once the call has begun; when it is over only the captions stay.

        ``by_voice``: there is a microphone to mute.
        """
        self._root.set_visibility(begun)
        kit.switch(self._root, "rh-over", over)
        self._mute.set_visibility(by_voice)
        if muted == self._muted:
            return
        self._muted = muted
        self._mute.set_text("Unmute" if muted else "Mute")
        self._mute.props(f"icon={'mic_off' if muted else 'mic'}")
        self._mute.props(f"aria-pressed={str(muted).lower()}")

    def meet(self, name: str, language: str) -> None:
        """The persona has this name and language by now."""
        self.captions.meet(name, language)
        lang.persona_words(self._input, language).props["label"] = f"Type to {name.split()[0]}"

    def _send(self, event: GenericEventArguments) -> None:
        taken = isinstance(event.args, str)  # out of the field, in which one types on
        text = str(event.args if taken else self._input.value or "").strip()
        if not text:
            return
        try:
            self._say(text)
        except TurnRefused as refused:
            if taken:  # it comes back, to be mended and sent again
                self._input.set_value(f"{text} {self._input.value or ''}".strip())
            self._input.error = str(refused)  # a changed value has none
            return
        self._input.error = None
        if not taken:
            self._input.set_value("")
