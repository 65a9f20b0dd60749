"""The files of a call that can be taken away, each in plain words."""

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


def exports_card(record: CallRecord, *, sound: bool) -> None:
    """Links to all of them; those of the recording if there is ``sound``."""
    with kit.tag("section", classes="rh-card rh-exports").mark("exports"):
        kit.heading("Take it with you", 2)
        with kit.tag("ul", classes="rh-export-list"):
            for name, ending, what in (*TEXTS, *(SOUNDS if sound else ())):
                _link(record, name, ending, what)
            _link(record, "Everything", "zip", "one ZIP with all of these")


def _link(record: CallRecord, name: str, ending: str, what: str) -> None:
    with kit.tag("li"):
        link = kit.tag("a", name, "rh-export").mark(f"export-{ending}")
        link.props(f'href="{prefix()}/api/calls/{record.start.call}.{ending}" download')
        kit.tag("span", what, "rh-muted rh-small")
