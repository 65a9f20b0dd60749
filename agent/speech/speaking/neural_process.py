"""The English voice's process: lines in, sound out. A text may end it, and no call with it."""

import sys
from pathlib import Path

from agent.platform.process.frames import Frame, Kind
from agent.platform.process.memory import (
    MemoryTrimmer,
    freeze,
    lend_large_blocks,
    limit_heaps,
)
from agent.platform.process.serving import Served, connect
from agent.speech.speaking.delivery import Delivery
from agent.speech.speaking.neural import Synthesiser

QUIET = 1.0
"""Seconds after the last sentence when what it took is given back to the system."""


def speak(synthesiser: Synthesiser, served: Served, frame: Frame) -> None:
    """Answer one request: ``text`` and the fields of ``Delivery``; pieces of PCM, each with the
    ``words`` that begin in it (start, length, seconds)."""
    values = dict(frame.head)
    text = str(values.pop("text"))
    for data, words in synthesiser.say(text, Delivery(**values)):
        if served.cancelled(frame.request):
            break
        told = [[word.start, word.length, word.at] for word in words]
        served.tell(Kind.PIECE, frame.request, {"words": told}, data)
    served.tell(Kind.DONE, frame.request)


def main(folder: str) -> None:
    """Serve until the app is gone; ``folder`` has the models of further speakers."""
    limit_heaps()
    lend_large_blocks()
    served = connect()
    synthesiser = Synthesiser(Path(folder))
    freeze()
    memory = MemoryTrimmer(QUIET)
    for frame in served.frames():
        if frame.kind is Kind.ASK:
            try:
                speak(synthesiser, served, frame)
            except Exception as error:  # of that text, or of a speaker's damaged file
                words = f"{type(error).__name__}: {error}"
                served.tell(Kind.FAILED, frame.request, {"error": words})
            memory.soon()


if __name__ == "__main__":
    main(sys.argv[1])
