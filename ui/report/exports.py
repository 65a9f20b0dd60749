"""The files of a call that can be taken away, each in plain words."""

from nicegui import ui

from data.journal import CallRecord
from ui import kit
from ui.auth.proxy import prefix

TEXTS = (
    ("Text", "txt", "to read or print"),
    ("Captions", "vtt", "WebVTT, for a video or audio player"),
    ("Data", "json", "JSON, for other programs"),
)
SOUNDS = (
    ("Recording", "ogg", "Ogg, small"),
    ("Recording for Apple devices", "m4a", "M4A, plays everywhere"),
    ("Recording, uncompressed", "wav", "WAV, about 6 MB a minute"),
)


class Exports:
    """The card with links to all of them; those of the recording if there is ``sound``."""

    def __init__(self, record: CallRecord, *, sound: bool) -> None:
        with kit.tag("section", classes="rh-card rh-exports").mark("exports"):
            kit.heading("Take it with you", 2)
            with kit.tag("ul", classes="rh-export-list"):
                for name, ending, what in TEXTS:
                    _link(record, name, ending, what)
                sounds = SOUNDS if sound else ()
                self._sounds = [_link(record, name, ending, what) for name, ending, what in sounds]
                _link(record, "Everything", "zip", "one ZIP with all of these")

    def without_sound(self) -> None:
        """The recording has turned out to be damaged: nobody could play it anywhere."""
        for link in self._sounds:
            kit.discard(link)
        self._sounds = []


def _link(record: CallRecord, name: str, ending: str, what: str) -> ui.element:
    with kit.tag("li") as item:
        link = kit.tag("a", name, "rh-export").mark(f"export-{ending}")
        link.props(f'href="{prefix()}/api/calls/{record.start.call}.{ending}" download')
        kit.tag("span", what, "rh-muted rh-small")
    return item
