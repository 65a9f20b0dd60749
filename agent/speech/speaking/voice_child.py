"""A voice's process as the app has it: requests into it, and which texts it cannot bear."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import asdict

from agent.platform.process.frames import Frame
from agent.platform.process.pace import Health
from agent.platform.process.replies import Reply, collect
from agent.platform.process.requests import Lost
from agent.platform.process.supervised import Supervised
from agent.speech.speaking.delivery import Delivery
from agent.speech.speaking.espeak import Manner
from agent.speech.speaking.speakable import Word

_FATAL = 256  # texts over which it died that are remembered
WARM = 30.0
"""Seconds that its start may take; 0.15 (espeak-ng) or 0.8 (hibari) on an idle machine."""


class VoiceChild:
    """Speaks for all calls of this process. For any thread.

    One child serves all, sentence by sentence in turn: on two cores four calls at once wait 83 ms
    for a first sound (p95 137), with a child for each 75 ms (p95 235) and 570 MB more. When it
    dies over one call's sentence, those of the others are spoken by the next.
    """

    def __init__(self, name: str, command: Sequence[str]) -> None:
        self._child = Supervised(name, command)
        self._fatal: OrderedDict[str, None] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def health(self) -> Health:
        """How its process is."""
        return self._child.health

    def start(self) -> None:
        """Start its process, without waiting for it."""
        self._child.warm()

    def warm(self, how: Delivery | Manner) -> None:
        """Have it speak once; blocks. Raises ChildTrouble when it cannot."""
        self._child.warm(WARM)
        collect(self._child, {"text": "Hello.", **asdict(how)}, limit=WARM)

    def say(self, text: str, how: Delivery | Manner) -> Reply:
        """The sound of a text on the running loop, piece by piece; raises ChildTrouble.

        A text over which the process died is not tried again.
        """
        with self._lock:
            if text in self._fatal:
                raise Lost("the voice has broken down over these words before")
        return Reply(self._child, {"text": text, **asdict(how)})

    def whole(self, text: str, how: Delivery | Manner) -> bytes:
        """The sound of a text, as one; blocks. Raises ChildTrouble."""
        pieces = collect(self._child, {"text": text, **asdict(how)})
        return b"".join(frame.body for frame in pieces)

    def broke_down(self, text: str) -> None:
        """The process died over that text."""
        with self._lock:
            self._fatal[text] = None
            while len(self._fatal) > _FATAL:
                self._fatal.popitem(last=False)

    def close(self) -> None:
        """End the process."""
        self._child.close()


def words_of(frame: Frame) -> list[Word]:
    """The words that begin in a piece of sound."""
    return [Word(*each) for each in frame.head.get("words", ())]
