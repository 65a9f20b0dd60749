"""Whether what was heard is a turn at all: the model finds words in noise, and in an echo, too."""

import re
from collections.abc import Collection

from agent.speech.hearing.utterance import Evidence
from agent.speech.stock_phrases import SpeechSound, believed, is_stock
from agent.speech.turn_end import asks
from agent.speech.written_form import written_form

_LISTENING = frozenset(
    (
        *("mm", "mmm", "mhm", "mmhm", "mmhmm", "hm", "hmm", "hmhm", "uhhuh", "uhuh", "huh", "aha"),
        *("um", "uh", "er", "erm", "eh", "oh", "ah", "ooh", "ehha"),
    )
)
"""What people utter who listen or think; never a turn."""
_AGREEING = frozenset(
    (
        *("yeah", "yep", "yup", "yes", "okay", "ok", "right", "alright", "sure", "i", "see"),
        *("all", "got", "it", "go", "on", "really", "true", "exactly", "wow", "good", "fine"),
        *("mum", "mom", "mama", "mamma", "haha"),
    )
)
"""No turn while the other one speaks: they say that one goes on listening. The last ones are how
the model writes a hum."""
_SHORT = 1.2
"""Seconds; who agrees for longer wants to say something."""
_STOCK_SPEECH, _STOCK_SURE = 0.22, 0.8
"""Seconds, and how sure the voice detector is of them: a stock phrase said by a person has more."""
_SPEECH, _SURE = 0.09, 0.55
"""Seconds, and how sure the voice detector is of them: less is no word."""
_RATE, _MORE = 6.5, 2
"""Words in a second of speech, and beyond that: nobody says more of them."""
_FAINT, _LEAST_FAINT = 12.0, 8.0
"""dB under the trainee's own voice at which it is the persona's, from the loudspeaker: that one is
20 dB down, and people do not whisper into another's line. Fewer are enough where it is as faint as
``_ECHO``."""
_ECHO = -34.0
"""dB of full scale under which it is that one while the trainee's own level is not known: 20 dB
down the seven English customers have -37 to -40."""
_PEAK = 7.5
"""dB by which the loudest moments of an utterance are louder than the whole."""
_FULL = 32_768.0
_KEPT = 0.7
"""Of the level before, at the next turn of the trainee's."""


class Loudness:
    """How loud the trainee usually is, in dB of full scale."""

    def __init__(self) -> None:
        self._usual: float | None = None

    def learn(self, level: float) -> None:
        """The level of a turn."""
        before = level if self._usual is None else self._usual
        self._usual = _KEPT * before + (1 - _KEPT) * level

    def is_faint(self, level: float) -> bool:
        """Whether it is too faint to be the trainee."""
        return level < self._faint

    def is_faint_moment(self, level: float) -> bool:
        """The same for the loudest moments of it."""
        return level < self._faint + _PEAK

    @property
    def _faint(self) -> float:
        if self._usual is None:
            return _ECHO
        return max(self._usual - _FAINT, min(_ECHO, self._usual - _LEAST_FAINT))


def is_backchannel(text: str, *, in_line: bool = False, speech: float = 0.0) -> bool:
    """Whether the words say no more than that somebody listens; so does no word at all.

    ``in_line``: the other one is speaking; ``speech`` is in seconds.
    """
    words = [re.sub(r"\W", "", word) for word in text.lower().split()]
    known = _LISTENING | _AGREEING if in_line and speech < _SHORT else _LISTENING
    return all(word in known for word in words)


def is_noise(text: str, sound: Evidence) -> bool:
    """Whether a noise is likelier than these words."""
    if sound.speech < _SPEECH or sound.sure < _SURE:
        return True
    doubtful = sound.speech < _STOCK_SPEECH or sound.sure < _STOCK_SURE
    loudness = _FULL * 10 ** (sound.level / 20)
    return (doubtful and is_stock(text)) or not believed(text, SpeechSound(sound.speech, loudness))


def as_told(
    text: str, sound: Evidence, *, goes_on: bool = False, known: Collection[str] = ()
) -> str:
    """The words of an utterance as they are told; "" for a noise. ``goes_on``: it was cut;
    ``known`` are codes that may have been read out."""
    text = re.sub(r",{2,}", ",", as_long_as(text, sound.speech))
    if is_noise(text, sound):
        return ""
    text = written_form(text, known)
    return text if goes_on else closed(text)


def closed(text: str) -> str:
    """The words of a whole utterance: with a mark at their end, which the model leaves out, or
    takes for a comma, when the end came soon."""
    text = text.strip(" \"'")
    if not text or text[-1] in ".?!":
        return text
    return text.rstrip(",;:-– ") + ("?" if asks(text) else ".")  # noqa: RUF001


def as_long_as(text: str, speech: float) -> str:
    """The words that so many seconds of speech can have: the model may go on by itself at the
    end."""
    most = int(speech * _RATE) + _MORE
    words = text.split()
    return text if len(words) <= most else " ".join(words[:most])
