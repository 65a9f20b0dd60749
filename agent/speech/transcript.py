"""The recogniser's words as a transcript: what is a turn at all, and what is a question."""

import re

from agent.speech.pronounce import LISTENING

_BACKCHANNELS = frozenset(LISTENING) | {"mhm", "mm", "hm", "er", "eh", "erm"}
_SCRAPS = frozenset(
    ("a", "am", "an", "are", "be", "i", "i'm", "is", "it", "of", "the", "to", "was")
)
"""One or two of these make no turn: a hum sounds like them."""
_DOUBT = 0.02  # confidence below which one or two words are taken for a noise

_SUBJECTS = frozenset(
    (
        *("i", "you", "we", "they", "he", "she", "it", "that", "this", "there", "the", "your"),
        *("anyone", "anybody", "someone", "somebody"),
    )
)
_ASK = frozenset(
    (
        *("am", "are", "can", "could", "did", "do", "does", "has", "have", "is", "may", "shall"),
        *("should", "was", "were", "will", "would"),
    )
)
_WH = frozenset(("what", "which", "who", "where", "why", "what's", "who's", "where's"))
_HOW = _ASK | {"about", "come", "long", "many", "much", "often", "soon"}
_NO_QUESTION = frozenset(("a", "i", "you", "we", "they", "he", "she", "it", "if", "ever"))


def is_backchannel(text: str) -> bool:
    """Whether the words say no more than that somebody listens; so does no word at all."""
    return all(word.strip(".,!?") in _BACKCHANNELS for word in text.lower().split())


def is_noise(text: str, confidence: float) -> bool:
    """Whether a cough or a hum is likelier than these words."""
    words = text.split()
    return len(words) <= 2 and (confidence < _DOUBT or _SCRAPS.issuperset(words))


def mended(text: str) -> str:
    """The words with what no speaker of English says put right.

    The sounds that run into a neighbour are misheard most: "can either … or" comes as "can
    neither … or", "I'd be" as "I be". Only forms that are wrong whatever was meant are touched.
    """
    if " or " in f" {text} " and not re.search(r"\bnor\b", text):
        text = re.sub(r"\bneither\b", "either", text)
    return re.sub(r"\bi be\b", "i'd be", text)


def punctuated(text: str) -> str:
    """The words of a whole utterance: a question has its mark."""
    return text + "?" if _is_question(text.split()) else text


def _is_question(words: list[str]) -> bool:
    """By its first two words: "can you", "which lights", but not "what I can do"."""
    if len(words) < 2:
        return False
    first, second = words[:2]
    if first in _ASK:
        return second in _SUBJECTS and words[:2] != ["have", "the"]
    if first == "how":
        return second in _HOW
    return first in _WH and second not in _NO_QUESTION
