"""The text of a persona in the browser: NiceGUI's editor, and what keeps words from being lost."""

import re
import zlib
from collections.abc import Callable, Sequence
from typing import Any

from nicegui import ui

from personas.source import LIMIT
from ui.kit.file_text import LONGEST_LINE
from ui.studio.reading import Mark

_BEYOND_16_BITS = re.compile("[\U00010000-\U0010ffff]")


class TextPane(ui.codemirror):
    """An editor of markdown. All updates but a new value go past its properties.

    An ordinary update would send the server's text along, and take away what was typed on the
    way.
    """

    def __init__(self, text: str, mark: str = "text") -> None:
        super().__init__(text, language="Markdown", line_wrapping=True)
        self.classes("rh-codemirror").mark(mark)

    @property
    def text(self) -> str:
        """What stands in the editor, with ``\\n`` as line ends."""
        return self.value or ""

    @staticmethod
    def _encode_codepoints(doc: str) -> bytes:
        # As the original, which looks at each character in Python: 2 s for 10 MB.
        return b"\0\1".join(b"\1" * len(part) for part in _BEYOND_16_BITS.split(doc))

    def believe(self, text: str) -> None:
        """The browser's text is this one; it needs no update."""
        self._send_update_on_value_change = False
        self.set_value(text)
        self._send_update_on_value_change = True
        self._update_codepoints()


class TextGuard(ui.element, component="text_guard.js"):
    """Invisible; see ``text_guard.js``.

    ``storage_key`` is where the browser keeps this author's texts of this persona, ``page`` the id
    of this page, ``label`` what the text is called to screen readers. ``refused`` is told in words
    why a text was not pasted; ``found`` is given what the browser kept: text, page, version and
    time.
    """

    def __init__(
        self,
        pane: TextPane,
        storage_key: str,
        page: str,
        *,
        refused: Callable[[str], None],
        found: Callable[[dict[str, Any]], None] = lambda kept: None,
        label: str = "The persona's text",
    ) -> None:
        super().__init__()
        self._pane = pane
        values = {"target": pane.id, "storage_key": storage_key, "page": page, "version": ""}
        values |= {"label": label, "limit": LIMIT, "longest": LONGEST_LINE}
        for name, value in values.items():
            self.props[name] = value
        self.on("pulse", lambda event: self._compare(event.args))
        self.on("whole", lambda event: pane.believe(event.args["text"]))
        self.on("refused", lambda event: refused(_refusal(event.args)))
        self.on("kept", lambda event: found(event.args))

    def stands_on(self, version: str) -> None:
        """The text is based on that version of the file."""
        if self.props["version"] != version:
            self.props["version"] = version
            self.update()

    def follow(self, storage_key: str) -> None:
        """The browser is to keep this author's texts there from now on."""
        self.props["storage_key"] = storage_key
        self.update()

    def decorate(self, marks: Sequence[Mark], notes: dict[int, str]) -> None:
        """Give lines (1-based) these looks, and these words under the pointer."""
        words = {str(line): note for line, note in notes.items()}
        self.run_method("decorate", [list(mark) for mark in marks], words)

    def lead(self, button: ui.element, line: int, show: Callable[[], None]) -> None:
        """Let that button put the cursor on a line, and show it.

        The browser does so inside the click: who types or clicks on meanwhile is not moved by a
        late answer of ours. ``show`` is to bring the text out; where it was hidden, the cursor
        comes after it.
        """

        def clicked(done: object) -> None:
            show()
            if done is not True:
                self.run_method("jump", line)

        script = f"() => emit(getElement({self.id}).jump({line}))"
        button.on("click", lambda event: clicked(event.args), js_handler=script)

    def search_by(self, button: ui.element) -> None:
        """Let that button open the editor's own search, inside the click."""
        button.on("click", js_handler=f"() => getElement({self.id}).search()")

    def focus(self) -> None:
        """Put the focus into the text."""
        self.run_method("focus")

    def forget(self, page: str) -> None:
        """The browser need not keep that page's text any more."""
        self.run_method("forget", page)

    def _compare(self, told: dict[str, Any]) -> None:
        data = self._pane.text.encode("utf-16-le", "surrogatepass")
        if (len(data) // 2, zlib.crc32(data)) != (told["length"], told["checksum"]):
            self.run_method("send")


def _refusal(told: dict[str, Any]) -> str:
    if told["why"] == "half_character":
        return (
            "Nothing was pasted: there is half a character in it, as when a text was cut in the "
            "middle of an emoji. Copy it once more from where it is whole."
        )
    if told["why"] == "long_line":
        return (
            f"Nothing was pasted: a line of it has over {LONGEST_LINE:,} characters, and the "
            "browser would hang on it. Break it into shorter lines first."
        )
    return (
        f"Nothing was pasted: with it the text would be too long ({_amount(told['size'])}). A "
        f"persona may have {LIMIT // 1024} KB. Your text is as it was; paste the part you need."
    )


def _amount(size: int) -> str:
    return f"{size / 1_048_576:.1f} MB" if size >= 1_048_576 else f"{max(size // 1024, 1)} KB"
