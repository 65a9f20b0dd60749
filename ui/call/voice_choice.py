"""The choice of a call's voice, for authors; a native select, which every phone can show well."""

from collections.abc import Callable, Sequence

from ui import kit
from ui.call.engine_words import Offer

CHOSEN = "(event) => emit(event.target.value)"


class VoiceChoice:
    """A labelled select; voices that lack something are shown with it, and cannot be chosen."""

    def __init__(self, offers: Sequence[Offer], on_change: Callable[[], None]) -> None:
        self.value = ""
        self._usable = {offer.name for offer in offers if not offer.lacks}
        self._on_change = on_change
        with kit.tag("div", classes="rh-voice") as self._root:
            label = kit.tag("label", "Voice", "rh-voice-label")
            with kit.tag("select", classes="rh-select").mark("voice") as select:
                for offer in offers:
                    _option(offer)
            label.props(f"for={select.html_id}")
        select.on("change", lambda event: self._choose(event.args), js_handler=CHOSEN)

    def show(self, visible: bool) -> None:
        """Show it before a call only."""
        self._root.set_visibility(visible)

    def _choose(self, name: object) -> None:
        # What the browser sends is not to be trusted to be one of the offers.
        self.value = name if isinstance(name, str) and name in self._usable else ""
        self._on_change()


def _option(offer: Offer) -> None:
    text = f"{offer.title}: {offer.lacks}" if offer.lacks else offer.title
    option = kit.tag("option", text)
    option.props["value"] = offer.name
    if offer.lacks:
        option.props("disabled")
