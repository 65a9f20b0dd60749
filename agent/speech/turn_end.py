"""Whether the trainee has finished: the words so far and the melody of the last second.

The bundled model hears the melody of real voices well, but takes synthetic ones for unfinished;
a word list and the fall of the pitch are weak alone and good together with it.
"""

import re

import numpy as np
from numpy.typing import NDArray

RATE = 16_000
"""Samples a second of the sound that is looked at."""

# A turn does not end on these.
_OPEN_END = re.compile(
    r"\b(?:a|an|the|and|but|or|so|because|if|when|while|which|who|than|as|of|to|for|from|with"
    r"|in|into|on|at|by|about|before|after|until|your|my|our|his|her|their|its"
    r"|is|are|was|were|am|be|been|has|have|had|will|would|can|could|may|might|shall|should|must"
    r"|do|does|did|not|i'm|you're|we're|they're|he's|she's|it's|i'll|we'll|you'll|i've|we've|i'd"
    r"|we'd|let|let's|very|really|just|also|only|get|give|send|need|want|i|we|he|she|they"
    r"|um|uh|er)$"
)
# Alone, or as the last words, these are whole although their last word is in the list above.
_WHOLE = re.compile(
    r"\b(?:of course you (?:can|will|are)"
    r"|(?:yes|no|so) (?:i|we|you) (?:do|did|am|are|can|will|have)"
    r"|(?:i|we|you) (?:do|did|can|will|am|have)(?: not)?|how you are|who you are|go on|come in"
    r"|hold on|move on|carry on|(?:that|it) is)$"
)
# A question may end on these: "what can I help you with".
_STRANDED = re.compile(r"\b(?:with|for|about|to|from|at|on)$")
_NEEDS_MORE = re.compile(r"\b(?:give|tell|send|get|show|let|make|offer) (?:me|you|us)$")
_CLAUSE_OPENER = re.compile(r"^(?:so |and |but |well |okay )*(?:if|when|because|while|although)\b")
_QUESTION = re.compile(
    r"\b(?:who|what|when|where|why|how|which|(?:can|could|would|will|may|shall|should|do|does|did"
    r"|is|are|was|were|have|has) (?:i|you|we|he|she|it|they|that|this|there|the|your|my))\b"
)

_FALL = 0.88
"""End pitch over median pitch: 0.70-0.87 at the ends of statements and 0.90-1.08 before a comma
or in a hesitation, in espeak-ng's voices through Opus; people fall by more at an end."""
_RISE = 0.94
"""The same for the end of a question, which does not fall (0.95-1.09)."""
_SURE = 0.8
"""Probability at which the bundled model is believed against the melody; in hesitations of
synthetic voices it gave up to 0.67."""
_LOW, _HIGH = 70, 400
_FRAME, _HOP = 640, 160
_SPAN = 19_200


def unfinished(text: str) -> bool:
    """Whether the words call for more: nothing yet, an open end, or a clause that only opens."""
    words = re.findall(r"[a-z']+", text.lower())
    if not words:
        return True
    plain = " ".join(words)
    if _WHOLE.search(plain) or (_STRANDED.search(plain) and asks(plain)):
        return False
    opens = _CLAUSE_OPENER.match(plain) is not None and len(words) < 7
    return opens or any(p.search(plain) for p in (_OPEN_END, _NEEDS_MORE))


def asks(text: str) -> bool:
    """Whether the last words are a question."""
    last = re.split(r"[.?!]\s+", text.lower().strip())[-1]
    return _QUESTION.search(last) is not None


def pitch_ratio(sound: NDArray[np.int16]) -> float | None:
    """Pitch at the end of the sound over its median; None without enough voice in it.

    ``sound``: int16 mono PCM at 16 kHz, shape (samples,); its last 1.2 s are looked at.
    """
    pitches = _pitches(sound[-_SPAN:].astype(np.float32))
    voiced = np.nonzero(pitches)[0]
    if len(voiced) < 12:
        return None
    tail = pitches[voiced[-8:]]
    return float(np.median(tail) / np.median(pitches[voiced]))


def finished(text: str, ratio: float | None, model: float, threshold: float) -> bool:
    """Whether to answer now: the words are whole, and the model or the melody agrees.

    ``model`` is the bundled model's probability, ``threshold`` its own for the language.
    """
    if unfinished(text):
        return False
    if ratio is None:
        return model >= threshold
    return model >= _SURE or ratio <= _FALL or (ratio >= _RISE and asks(text))


def _pitches(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    """Hertz for each 10 ms, 0 where there is no voice (autocorrelation by FFT)."""
    if len(sound) < _FRAME:
        return np.zeros(0, dtype=np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(sound, _FRAME)[::_HOP]
    frames = frames - frames.mean(axis=1, keepdims=True)
    power = np.abs(np.fft.rfft(frames, 2 * _FRAME)) ** 2
    correlation = np.fft.irfft(power)[:, :_FRAME]
    low, high = RATE // _HIGH, RATE // _LOW
    lags = low + np.argmax(correlation[:, low:high], axis=1)
    peak = correlation[np.arange(len(frames)), lags]
    energy = correlation[:, 0]
    loud = energy > _FRAME * 300.0**2 / 4
    return np.where(loud & (peak > 0.4 * energy), RATE / lags, 0).astype(np.float32)
