"""Those who listen to a call, and the hints that they whisper to its trainee.

Nothing of it goes to the call's job: the persona cannot tell that anybody is there.
"""

import unicodedata
from collections.abc import Callable

from agent.platform.server.tokens import MOST_LISTENERS
from data.records import Hint

LONGEST = 200
"""Characters of a hint: what one reads at a glance while somebody talks."""
PAUSE = 3.0
"""Seconds for which a hint is let alone with its reader."""


class HintRefused(Exception):
    """A hint cannot be given; the text is for a person."""


class Coaching:
    """Who listens and what they have whispered; lives on the app's loop.

    ``now`` is the call's clock, seconds since it began; ``keep`` records a hint; ``changed`` is
    called when somebody comes, goes or whispers.
    """

    def __init__(
        self, now: Callable[[], float], keep: Callable[[Hint], None], changed: Callable[[], None]
    ) -> None:
        self.hints: list[Hint] = []
        self._now = now
        self._keep = keep
        self._changed = changed
        self._listeners: dict[object, str] = {}

    @property
    def listeners(self) -> tuple[str, ...]:
        """The names of those who listen, each once, in the order of their coming."""
        return tuple(dict.fromkeys(self._listeners.values()))

    @property
    def is_full(self) -> bool:
        """Whether nobody else may listen."""
        return len(self._listeners) >= MOST_LISTENERS

    def listen(self, name: str) -> Callable[[], None]:
        """Somebody listens from now on; returns what to call when they go."""
        place = object()
        self._listeners[place] = name
        self._changed()

        def leave() -> None:
            if self._listeners.pop(place, None) is not None:
                self._changed()

        return leave

    def whisper(self, author: str, text: str, turn: int) -> Hint:
        """Give the trainee a hint before that turn; ``HintRefused`` when it cannot be one."""
        text = _one_line(text)
        at = self._now()
        if not text:
            raise HintRefused("Write the hint first.")
        if len(text) > LONGEST:
            raise HintRefused(
                f"A hint may have {LONGEST} characters, to be read at a glance; "
                f"this one has {len(text)}."
            )
        if self.hints and at - self.hints[-1].at < PAUSE:
            raise HintRefused("The last hint is being read. Send this one in a moment.")
        hint = Hint(author, text, at, turn)
        self.hints.append(hint)
        self._keep(hint)
        self._changed()
        return hint


def _one_line(text: str) -> str:
    """Without control characters and halves of letters, which no page can show."""
    shown = (" " if unicodedata.category(each) in ("Cc", "Cs") else each for each in text)
    return " ".join("".join(shown).split())
