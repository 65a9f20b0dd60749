"""Where files are dropped or chosen; each one that is refused is told by its name."""

from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import ui
from nicegui.elements.upload_files import FileUpload

from personas.bundle import LARGEST, MOST_BYTES, MOST_FILES
from ui import kit
from ui.kit import words

ENDINGS = (".md", ".markdown", ".zip", ".json", ".png")
NAMED = 5
"""Refused files that are named; of more, the number is told."""
WHY = {
    "accept": "is of another kind. Only .md, .zip, .json and .png files can be imported.",
    "max-file-size": f"is too large. A file may have {LARGEST // 1_000_000} MB.",
    "max-total-size": "was one too many: all files together may have "
    f"{MOST_BYTES // 1_000_000} MB. Import it by itself.",
    "max-files": f"was one too many: {MOST_FILES:,} files may be imported at once.",
    "duplicate": "was chosen twice.",
}
"""What Quasar's uploader says of a file that it does not take, in words after its name."""
_TELL = "(refused) => emit(refused.map((one) => [one.file.name, one.failedPropValidation]))"


class DropField:
    """Gives the files of each choice to ``receive``; those refused stand below in words."""

    def __init__(self, receive: Callable[[list[FileUpload]], Awaitable[None]]) -> None:
        self._receive = receive
        self._fresh = False
        self._upload = ui.upload(
            multiple=True,
            auto_upload=True,
            max_file_size=LARGEST,
            max_total_size=MOST_BYTES,
            max_files=MOST_FILES,
            on_multi_upload=lambda event: self._take(event.files),
        )
        self._upload.props(f'accept="{",".join(ENDINGS)}" flat').classes("rh-drop").mark("drop")
        self._upload.on("rejected", self._refuse, js_handler=_TELL)
        self._build()
        self._refused = kit.tag("div", classes="rh-said").props("aria-live=assertive")

    def _build(self) -> None:
        """Our own head: in Quasar's, a button without a name holds an input without a label."""
        with self._upload.add_slot("header"), kit.tag("div", classes="rh-drop-head"):
            kit.tag("p", "Drop files here, or choose them.")
            button = kit.button("Choose files").props("icon=upload_file").mark("choose-files")
            # In the browser: it opens a file dialog only while it handles the click.
            pick = f"() => getElement({self._upload.id}).$refs.qRef.pickFiles()"
            button.on("click", js_handler=pick)
            with kit.tag("div").props("hidden"):
                ui.element("q-uploader-add-trigger")

    def reset(self) -> None:
        """Ready for other files, or the same ones again."""
        self._upload.reset()

    async def _take(self, files: list[FileUpload]) -> None:
        if not self._fresh:  # the refused ones of this choice were told a moment ago, and stay
            self._refused.clear()
        self._fresh = False
        await self._receive(files)

    def _refuse(self, event: Any) -> None:
        self._fresh = True
        self._refused.clear()
        with self._refused:
            refused = [(str(name), str(why)) for name, why in event.args]
            with kit.tag("div", classes="rh-message rh-message-bad").props("role=alert"):
                for name, why in refused[:NAMED]:
                    with kit.tag("p"):
                        kit.tag("bdi", name, "rh-strong")
                        kit.tag("span", f" {WHY.get(why, 'cannot be imported.')}")
                if len(refused) > NAMED:
                    number = words.count(len(refused) - NAMED, "other file was", "other files were")
                    kit.tag("p", f"And {number} not taken.")
