"""A voice's process that makes 1,000 samples for each word, and dies over a text with a bad one.

``python -m tests.support.fakes.voice BAD``
"""

import os
import re
import sys

from agent.platform.process.frames import Frame, Kind
from agent.platform.process.serving import Served, connect


def speak(served: Served, frame: Frame, bad: str) -> None:
    """One request, as ``agent.speech.speaking.espeak_process`` answers it."""
    text = str(frame.head["text"])
    if bad in text:
        os.abort()
    for number, word in enumerate(re.finditer(r"\S+", text)):
        place = [word.start(), len(word[0]), number * 1_000 / 22_050]
        served.tell(Kind.PIECE, frame.request, {"words": [place]}, b"\1\0" * 1_000)
    served.tell(Kind.DONE, frame.request)


def main(bad: str) -> None:
    """Serve until the app is gone."""
    served = connect()
    for frame in served.frames():
        if frame.kind is Kind.ASK:
            speak(served, frame, bad)


if __name__ == "__main__":
    main(sys.argv[1])
