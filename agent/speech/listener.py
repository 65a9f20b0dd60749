"""The recogniser's process: audio in, words out.

pocketsphinx holds Python's lock while it decodes, which would hold up every call in the app; so
it has a process of its own, for all calls. It ends by itself when the app is gone.
"""

import sys
from typing import Any

import numpy as np

from agent.platform.process.frames import Frame, Kind
from agent.platform.process.serving import Served, connect
from agent.speech.conditioning import Conditioner
from agent.speech.decoding import RATE, Words, confidence_of, decoder, text_of

_INTERIM = RATE // 5  # samples of new audio between two interim transcripts
NOTHING = {"text": "", "confidence": 0.0}
"""What is told of an utterance that was not heard."""
_LEVEL = RATE * 6 // 10  # samples, pre-roll included, that the level of an utterance is taken from


class Listener:
    """One call's decoder."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._decoder = decoder(words)
        self._stale = False
        self._conditioner = Conditioner()
        self._busy = False
        self._early: list[bytes] | None = None
        self._heard = 0
        self._told = ""

    def use(self, words: Words) -> None:
        """Other words, from the next utterance on."""
        self._words, self._stale = words, True

    def begin(self) -> None:
        """An utterance starts; one that was under way is dropped."""
        if self._busy:
            self._decoder.end_utt()
        if self._stale:
            self._stale = False
            self._change()
        self._decoder.start_utt()
        self._busy, self._early, self._heard, self._told = True, [], 0, ""

    def hear(self, pcm: bytes) -> str | None:
        """Decode a piece; gives the words so far now and then, when they have changed."""
        if not self._busy:
            return None
        self._heard += len(pcm) // 2
        if self._early is not None:
            self._early.append(pcm)
            if sum(map(len, self._early)) < 2 * _LEVEL:
                return None
            self._catch_up()
        else:
            self._decode(pcm)
        if self._heard < _INTERIM:
            return None
        self._heard = 0
        text = text_of(self._decoder)
        if text == self._told:
            return None
        self._told = text
        return text

    def finish(self) -> dict[str, Any]:
        """The utterance is over: its words and how sure they are (0-1)."""
        if not self._busy:
            return NOTHING
        self._catch_up()
        mean = self._decoder.get_cmn(False)
        self._decoder.end_utt()
        self._busy = False
        text, confidence = text_of(self._decoder), confidence_of(self._decoder)
        if not text:
            self._decoder.set_cmn(mean)  # what was no speech must not teach how speech sounds
        return {"text": text, "confidence": confidence}

    def _change(self) -> None:
        """Other words; those of before when these cannot be read."""
        try:
            self._decoder = decoder(self._words, self._decoder.get_cmn(False))
        except RuntimeError as error:
            _complain(self._words, error)

    def _catch_up(self) -> None:
        """Set the level from the first sounds, then decode them."""
        if self._early is not None:
            pcm, self._early = b"".join(self._early), None
            self._conditioner.adapt(np.frombuffer(pcm, dtype=np.int16))
            self._decode(pcm)

    def _decode(self, pcm: bytes) -> None:
        sound = np.frombuffer(pcm, dtype=np.int16)
        self._decoder.process_raw(self._conditioner.apply(sound), False, False)


def serve(served: Served) -> None:
    """Answer until the pipe ends."""
    listeners: dict[int, Listener] = {}
    for frame in served.frames():
        if (told := _handle(listeners, frame)) is not None:
            served.tell(Kind.PIECE, frame.request, told)


def _handle(listeners: dict[int, Listener], frame: Frame) -> dict[str, Any] | None:
    """Take a message of one call, which is a request for as long as it listens; what to answer."""
    if frame.kind is Kind.CANCEL:
        listeners.pop(frame.request, None)
        return None
    listener = listeners.get(frame.request)
    do, utterance = frame.head.get("do", "words"), frame.head.get("utterance", 0)
    if do == "words":
        words = Words(frame.head["model"], frame.head["dictionary"])
        if listener is not None:
            listener.use(words)
        else:
            _open(listeners, frame.request, words)
    elif do == "begin" and listener is not None:
        listener.begin()
    elif do == "audio" and listener is not None:
        text = listener.hear(frame.body)
        if text is not None:
            return {"kind": "interim", "utterance": utterance, "text": text}
    elif do == "end":
        final = listener.finish() if listener is not None else NOTHING
        return {"kind": "final", "utterance": utterance, **final}
    return None


def _open(listeners: dict[int, Listener], stream: int, words: Words) -> None:
    """A listener; words that cannot be read leave one call deaf until it has others, not all."""
    try:
        listeners[stream] = Listener(words)
    except RuntimeError as error:
        _complain(words, error)


def _complain(words: Words, error: RuntimeError) -> None:
    print(f"recogniser: {words.model} cannot be read: {error}", file=sys.stderr, flush=True)


def main() -> None:
    """Serve until the app is gone."""
    serve(connect())


if __name__ == "__main__":
    main()
