"""Reads the text in the editor while it is typed, off the app's loop."""

from collections.abc import Callable

from nicegui import run

from personas.parsed import ParsedPersona
from ui.kit.debounce import Later
from ui.studio.reading import Reading, read

PAUSE = 0.1
"""Seconds after a keystroke until the text is read; more keystrokes do not put it off."""


class Reader:
    """``text`` gives what a save would write; ``show`` gets each reading of it.

    ``draft`` is of a text that was read before.
    """

    def __init__(
        self,
        slug: str,
        text: Callable[[], str],
        show: Callable[[Reading], None],
        draft: ParsedPersona | None = None,
    ) -> None:
        self.slug = slug
        self._text = text
        self._show = show
        self._draft = draft
        self._later = Later(PAUSE, self._read)

    def soon(self) -> None:
        """The text has changed."""
        self._later.soon()

    async def now(self) -> Reading:
        """Read the text as it stands at this moment."""
        self._later.cancel()
        text = self._text()
        reading = await run.io_bound(read, text, self.slug, self._draft)
        if reading is None:  # the app is stopping
            return Reading(text, None, ())
        self._draft = reading.draft or self._draft
        self._show(reading)
        return reading

    async def _read(self) -> None:
        await self.now()
