"""What recognisers invent for noise, told from what was said, with the sound at hand; pure.

Models that learned from subtitles write what stands under silence there: thanks to the viewers,
who made the subtitles, "you". A trainee may really say "Thank you", so of such words the sound
decides.
"""

import re
import unicodedata
from dataclasses import dataclass

LIKELY = 0.5
"""Probability of speech from which a window of sound counts as speech.

Measured with the voice detector that comes with livekit-agents: of seven short words ("Bye.",
"Thanks.") by four voices each has 0.34 s or more of such windows, one in white noise 3 dB below it
still 0.26 s; coughs, hums, chords and noise have at most 0.03 s.
"""
_LEAST = 0.15
"""Seconds of speech below which a stock phrase is not believed."""
_QUIET = 20.0
"""Loudness (root mean square of int16) below which a stock phrase is not believed: -64 dBFS, which
a microphone's own noise has."""
_WORD, _ALLOWANCE = 0.7, 0.8
"""Seconds that a word of a stock phrase takes at most, and beside that the whole of it."""
_PACE = 7.0
"""Words that somebody says in a second at most."""
_AGAIN = 4
"""Times in a row from which words are looked at as a loop."""
_LOOP = 8
"""Times in a row that nobody says the same words."""

_PHRASES = """
you|thank you|thanks|thank you very much|thank you so much|thanks a lot|thank you bye|bye|bye bye
goodbye|okay|ok|yeah|yes|no|oh|so|hello|hi|i'm sorry|sorry|please|the|and|um|uh|hmm|huh|mhm|mm|ah
see you|see you next time|good night|all right|alright|right|what|i|a|it|it's|thank you for
hey|well|i don't know|come on|we'll be right back|let's go|good|cheers|ขอบคุณ|ขอบคุณครับ|ขอบคุณค่ะ|ครับ|ค่ะ
"""
_STOCK = frozenset(_PHRASES.strip().replace("\n", "|").split("|"))
"""Phrases that are invented for noise and said by people."""

_NEVER_SAID = re.compile(
    r"thank(?:s| you)(?: (?:all|so much|very much))? for (?:watching|viewing|listening)\b"
    r"(?:.{0,40}(?:next (?:time|video)|subscribe|bye))?"
    r"|(?:please |and )?(?:like and |don't forget to )?subscribe\b.{0,60}"
    r"|see you (?:in the next|next) (?:video|episode)\b.{0,30}"
    r"|(?:subtitles?|captions?|captioned|subtitled|transcri(?:bed|ption|pts?)|translat(?:ed|ion))"
    r" (?:by|provided|created|made|courtesy)\b.{0,80}"
    r"|.{0,60}\bamara\.org\b.{0,20}|.{0,40}\botter\.ai\b.{0,20}|www\.\S{3,40}"
    r"|(?:©|copyright\b).{0,60}|all rights reserved|to be continued"
    r"|untertitel\w*\b.{0,80}|sous-titr\w*\b.{0,80}|subtítulos\b.{0,80}|sottotitoli\b.{0,80}"
    r"|legendas\b.{0,60}|ondertiteld\b.{0,60}|субтитры\b.{0,60}|продолжение следует"
    r"|ご視聴ありがとうございました|字幕.{0,40}|.{0,20}시청해\s?주셔서 감사합니다"
    r"|请不吝点赞.{0,40}|โปรดติดตาม(?:ตอนต่อไป)?|ขอบคุณที่รับชม.{0,20}|ขอบคุณสำหรับการรับชม.{0,20}",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r"\[[^\[\]\n]{0,60}\]|<\|[^<>\n]{0,40}\|>|\u3010[^\u3011\n]{0,60}\u3011"
    r"|\((?:[^\W\d_]+[ ,]*){1,5}\)|\*(?:[^\W\d_]+ ?){1,5}\*|[\u2669-\u266f]+"
)


@dataclass(frozen=True, slots=True)
class SpeechSound:
    """How much speech there is in an utterance: ``seconds`` of windows that are ``LIKELY`` speech,
    and their ``loudness`` (root mean square of int16)."""

    seconds: float
    loudness: float


def is_stock(text: str) -> bool:
    """Whether it is invented for noise as well as said by people: the sound decides."""
    return _plain(text) in _STOCK


def believed(text: str, sound: SpeechSound) -> str:
    """What was said of the words that a recogniser has for that sound; "" for nothing."""
    words = " ".join(_ASIDE.sub(" ", text).split())
    plain = _plain(words)
    if not plain or _NEVER_SAID.fullmatch(plain):
        return ""
    words = _without_loop(words, sound)
    return "" if is_stock(words) and not _can_be(_plain(words), sound) else words


def _plain(words: str) -> str:
    """In small letters, without what stands around and between; "" when it has no letter."""
    words = re.sub(r"[.,!?…\"“”]+(?=\s|$)|(?<!\S)[\"“”]+|-", " ", words.lower())
    words = " ".join(words.split())
    words = words.replace("\u2019", "'")
    return words if any(unicodedata.category(sign)[0] in "LN" for sign in words) else ""


def _can_be(plain: str, sound: SpeechSound) -> bool:
    longest = _ALLOWANCE + _WORD * len(plain.split())
    return _LEAST <= sound.seconds <= longest and sound.loudness >= _QUIET


def _without_loop(words: str, sound: SpeechSound) -> str:
    """Words that repeat themselves at the end, once: more often than anybody says them, or than
    there was time for."""
    parts = words.split()
    keys = [_plain(part) for part in parts]
    too_many = len(parts) > _PACE * max(sound.seconds, 0.2)
    for size in range(1, min(12, len(parts) // 2) + 1):
        times = 1
        end = len(parts)
        last = keys[end - size :]
        while keys[end - (times + 1) * size : end - times * size] == last:
            times += 1
        if times >= _LOOP or (times >= _AGAIN and too_many):
            return " ".join(parts[: end - (times - 1) * size])
    return words
