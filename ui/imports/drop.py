"""Where files, folders and texts are dropped, chosen or pasted; the browser sends them by HTTP."""

from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import ui
from nicegui.elements.upload_files import FileUpload

from personas.bundle import LARGEST, MOST_BYTES, MOST_FILES
from ui import kit

PASTED = "pasted text"
"""What the browser calls a text that was pasted."""
WHY = {
    "large": f"It is too large. A file may have {LARGEST // 1_000_000} MB.",
    "total": f"It was one too many: all files together may have {MOST_BYTES // 1_000_000} MB. "
    "Import it by itself.",
    "many": f"It was one too many: {MOST_FILES:,} files may be imported at once.",
    "unreadable": "The browser could not read it; it may be gone, or not be yours to read.",
    "hidden": "It is hidden, as what begins with a dot is, so it was left aside.",
    "empty": "There is nothing in this folder.",
}
"""Why the browser has not sent a file, by what it says."""

Refused = list[tuple[str, str]]
"""Names, and in words why they were not sent."""


class DropField(ui.element, component="import_drop.js"):
    """Gives the files of each choice to ``receive``, and what the browser keeps to ``refused``."""

    def __init__(
        self,
        receive: Callable[[list[FileUpload]], Awaitable[None]],
        refused: Callable[[Refused], None],
    ) -> None:
        super().__init__()
        self.mark("drop")
        with kit.tag("div").props("hidden"):  # for its address alone
            upload = ui.upload(
                multiple=True, on_multi_upload=lambda event: receive(event.files)
            ).mark("upload")
        values = {"largest": LARGEST, "most": MOST_BYTES, "files": MOST_FILES}
        for name, value in {"url": upload.props["url"], **values}.items():
            self.props[name] = value
        self.on("refused", lambda event: refused(_in_words(event.args)))

    def forget_text(self) -> None:
        """What was pasted has been taken."""
        self.run_method("forget")


def _in_words(told: Any) -> Refused:
    return [(str(name), WHY.get(str(why), "It cannot be imported.")) for name, why in told]
