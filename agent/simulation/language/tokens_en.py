"""English turns as tokens that still know their place in the text."""

import re
from dataclasses import dataclass

_WORD = re.compile(
    r"(?P<sign>[$£€])\d+(?:[.,]\d+)*|\d+(?:[.,]\d+)*(?P<share>%)"
    r"|[a-z0-9]+(?:['\u2019][a-z]+)?|[.!?;:,]",
    re.IGNORECASE,
)
_SIGNS = {"$": "dollars", "£": "pounds", "€": "euros", "%": "percent"}

_ENDINGS = {
    "n't": "not",
    "'re": "are",
    "'ve": "have",
    "'ll": "will",
    "'m": "am",
    "'d": "would",
}
_WHOLE = {
    "can't": ("can", "not"),
    "cannot": ("can", "not"),
    "cant": ("can", "not"),
    "won't": ("will", "not"),
    "wont": ("will", "not"),
    "shan't": ("shall", "not"),
    "dont": ("do", "not"),
    "didnt": ("did", "not"),
    "doesnt": ("does", "not"),
    "isnt": ("is", "not"),
    "im": ("i", "am"),
    "ive": ("i", "have"),
    "youre": ("you", "are"),
    "let's": ("let", "us"),
    "lets": ("let", "us"),
    "gonna": ("going", "to"),
    "wanna": ("want", "to"),
    "gotta": ("have", "to"),
    "thats": ("that", "is"),
    "wifi": ("wifi",),
    "ok": ("okay",),
}
_IS = frozenset(
    ("it", "that", "here", "what", "there", "he", "she", "who", "where", "how", "this", "when")
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word (contractions count as two) with its span in the original text."""

    word: str
    start: int
    end: int
    stop: str = ""
    """The punctuation right before this word, if any."""


def tokenise(text: str) -> tuple[list[Token], str]:
    """The words of a text, and the punctuation that ends it."""
    tokens: list[Token] = []
    stop = ""
    for found in _WORD.finditer(text):
        raw = found.group().lower().replace("\u2019", "'")
        if sign := found["sign"] or found["share"]:
            # As it is said: the number, and of what. No two words stand at one place.
            tokens.append(Token(raw.strip(sign), found.start(), found.end(), stop))
            tokens.append(Token(_SIGNS[sign], found.start() + 1, found.end()))
            stop = ""
            continue
        if not raw[0].isalnum():
            stop = heavier(stop, raw)
            continue
        for word in _spelled_out(raw):
            tokens.append(Token(word, found.start(), found.end(), stop))
            stop = ""
    return tokens, stop


def heavier(stop: str, other: str) -> str:
    """The mark of the two that parts more."""
    return max(stop, other, key=" ,;:.!?".find)


def _spelled_out(raw: str) -> tuple[str, ...]:
    whole = _WHOLE.get(raw)
    if whole:
        return whole
    if "'" not in raw:
        return (raw,)
    if raw.endswith("n't"):
        return raw[:-3], "not"
    head, _, tail = raw.partition("'")
    if tail == "s":
        return (head, "is") if head in _IS else (head,)
    ending = _ENDINGS.get("'" + tail)
    return (head, ending) if ending else (head,)


_SUFFIXES = ("ations", "ation", "ingly", "edly", "ments", "ment", "ings", "ing", "ies", "ied")
_SHORT = ("ions", "ion", "ed", "es", "ly", "er", "s", "e", "y")


def stem(word: str) -> str:
    """A crude stem: enough to see that 'confirmed' and 'confirms' are one word.

    At least four letters stay (three before a plural s), so that 'care' is no 'car'.
    """
    for suffix in _SUFFIXES + _SHORT:
        if word.endswith(suffix) and len(word) - len(suffix) >= (3 if suffix == "s" else 4):
            base = word[: -len(suffix)]
            if base[-1] == base[-2] and base[-1] not in "ls":
                base = base[:-1]
            return base[:-1] if len(base) > 4 and base[-1] in "ey" else base
    return word
