"""Whether what was heard is a turn at all: the model finds words in noise, and in an echo, too."""

import re
from collections.abc import Collection, Sequence

from agent.speech.hearing.utterance import Evidence
from agent.speech.known_names import NO_NAMES, Names, with_names
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
    )
)
"""No turn while the other one speaks: they say that one goes on listening."""
_LAUGHTER = re.compile(r"(?:a?ha+h?){2,}|(?:he+h?){2,}|(?:ho+h?){2,}|ha+h?|heh")
"""Laughter as it is written, without what stands between ("Ha, ha!"); never a turn. Of 56 laughs
that synthetic voices read out the model wrote 3 so; the others came as words ("How far?"), which
neither their length nor their loudness tells from an answer."""
_BREAKING_IN = frozenset(
    ("no", "now", "hi", "hey", "hello", "stop", "wait", "sorry", "maam", "my", "name")
)
"""However short: whoever says them wants to say something."""
_HUMMED = re.compile(r"(?:[mhnaeiouy]|r$)+")
"""How the model writes a hum: "Hammer", "Mamma", "Amen"."""
_DARK = -20.0
"""dB by which a sound with a closed mouth has less above 700 Hz than below: hums have -23 to -39,
of 20 short words by eight natural voices none is under -17."""
_SHORT = 1.2
"""Seconds; who agrees for longer wants to say something."""
_HUM = 0.8
"""Seconds of speech that a hum has at most, where only its words tell."""
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


def is_backchannel(text: str, *, in_line: bool = False, sound: Evidence | None = None) -> bool:
    """Whether the words say no more than that somebody listens; so does no word at all.

    ``in_line``: the other one is speaking; ``sound`` is that of the words.
    """
    words = [word for each in text.lower().split() if (word := re.sub(r"\W", "", each))]
    if in_line and sound is not None and sound.speech < _SHORT:
        return _says_nothing(words, _LISTENING | _AGREEING) or _is_hum(words, sound)
    return _says_nothing(words, _LISTENING)


def _says_nothing(words: Sequence[str], known: Collection[str]) -> bool:
    rest = "".join(word for word in words if word not in known)
    return not rest or bool(_LAUGHTER.fullmatch(rest))


def _is_hum(words: Sequence[str], sound: Evidence) -> bool:
    """Whether somebody hums, whatever the model made of it."""
    if any(word in _BREAKING_IN for word in words):
        return False
    hummed = all(_HUMMED.fullmatch(word) for word in words) and {*"mh"} & {*"".join(words)}
    return sound.dark < _DARK or (bool(hummed) and sound.speech < _HUM)


def is_noise(text: str, sound: Evidence) -> bool:
    """Whether a noise is likelier than these words."""
    if sound.speech < _SPEECH or sound.sure < _SURE:
        return True
    doubtful = sound.speech < _STOCK_SPEECH or sound.sure < _STOCK_SURE
    loudness = _FULL * 10 ** (sound.level / 20)
    return (doubtful and is_stock(text)) or not believed(text, SpeechSound(sound.speech, loudness))


def as_told(
    text: str,
    sound: Evidence,
    *,
    goes_on: bool = False,
    known: Collection[str] = (),
    names: Names = NO_NAMES,
) -> str:
    """The words of an utterance as they are told; "" for a noise. ``goes_on``: it was cut;
    ``known`` are codes that may have been read out, ``names`` those that may have been said."""
    text = re.sub(r",{2,}", ",", as_long_as(text, sound.speech))
    if is_noise(text, sound):
        return ""
    text = with_names(written_form(text, known), names)
    return text if goes_on else closed(text)


def closed(text: str) -> str:
    """The words of a whole utterance: with a mark at their end, which the model leaves out, or
    takes for a comma, when the end came soon."""
    text = text.strip(" \"'")
    if not text or text[-1] in ".?!":
        return text
    text = text.rstrip(",;:-– ")  # noqa: RUF001
    return text if text[-1:] in (".", "?", "!") else text + ("?" if asks(text) else ".")


def as_long_as(text: str, speech: float) -> str:
    """The words that so many seconds of speech can have: the model may go on by itself at the
    end."""
    most = int(speech * _RATE) + _MORE
    words = text.split()
    return text if len(words) <= most else " ".join(words[:most])
