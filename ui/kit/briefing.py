"""A persona's briefing on pages: what its trainee is told of the company and of the case.

Its markdown is read here line by line, and everything in it is text but what these few marks make:
an author may have got the file from anywhere, so no tag, picture or link of it reaches a browser.
"""

import re
from collections.abc import Iterator
from html import escape

from nicegui import ui

from personas.model import Persona
from ui import kit
from ui.kit import lang

_HEADING = re.compile(r" {0,3}#{1,6}\s+(.*?)[\s#]*$")
_ITEM = re.compile(r"\s*(?:([-*+])|\d{1,9}[.)])\s+(.*)$")
_FENCE = re.compile(r" {0,3}(?:```|~~~)")
_MARKS = re.compile(r"\*\*([^*]+)\*\*|\*([^*\s][^*]*)\*|`([^`]+)`")
_TAGS = ("strong", "em", "code")


class Briefing:
    """A card that can be folded; nothing for a persona without a briefing."""

    def __init__(self, persona: Persona) -> None:
        self._details: ui.element | None = None
        self._folded = False
        if not persona.briefing:
            return
        section = kit.tag("section", classes="rh-card rh-briefing")
        section.props('aria-label="Your briefing"')
        with section, kit.tag("details", classes="rh-details").mark("briefing") as self._details:
            self._details.props["open"] = True
            with kit.tag("summary"):
                kit.heading("Your briefing", 2)
            text = ui.html(as_html(persona.briefing), sanitize=False)
            lang.persona_words(text.classes("rh-briefing-text"), persona.language)

    def fold(self, folded: bool) -> None:
        """Fold it, or unfold it; what the reader does between two such changes stays."""
        if self._details is not None and folded != self._folded:
            self._details.props["open"] = not folded
        self._folded = folded


def opening(persona: Persona) -> str:
    """The first paragraph of the briefing, without its marks; "" when there is none."""
    blocks = _blocks(persona.briefing)
    found = next((text for name, text in blocks if name == "p"), "")
    return _MARKS.sub(lambda mark: next(filter(None, mark.groups())), found)


def as_html(briefing: str) -> str:
    """Paragraphs, lists and headings (each of the third level, below the card's own)."""
    written, list_of = [], ""
    for name, text in _blocks(briefing):
        wanted = name if name in ("ul", "ol") else ""
        if wanted != list_of:
            written += [f"</{list_of}>"] * bool(list_of) + [f"<{wanted}>"] * bool(wanted)
            list_of = wanted
        tag = "li" if wanted else name
        written.append(f"<{tag}>{_inline(text)}</{tag}>")
    return "".join(written + [f"</{list_of}>"] * bool(list_of))


def _inline(text: str) -> str:
    def tagged(mark: re.Match[str]) -> str:
        tag = _TAGS[(mark.lastindex or 1) - 1]
        return f"<{tag}>{mark[mark.lastindex or 0]}</{tag}>"

    return _MARKS.sub(tagged, escape(text))


def _blocks(briefing: str) -> Iterator[tuple[str, str]]:
    """The tag and the words of each paragraph, heading and item of a list (``ul`` or ``ol``)."""
    name, words = "p", list[str]()
    for line in (*briefing.splitlines(), ""):
        heading, item = _HEADING.match(line), _ITEM.match(line)
        begins = heading or item or not line.strip() or _FENCE.match(line)
        if begins and words:
            yield name, " ".join(words)
            words = []
        if heading:
            if heading[1]:
                yield "h3", heading[1]
        elif item:
            name, words = "ul" if item[1] else "ol", [item[2].strip()]
        elif not begins:
            name = name if words else "p"
            words.append(line.strip())
