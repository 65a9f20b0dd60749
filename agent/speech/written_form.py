"""What a recogniser heard as people write it: sums, digits read out, times and days; pure.

Small numbers in running text stay words ("one moment", "two days", "ten minutes"), and so does
all that is no number, but for spellings of one word as two.
"""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from agent.speech.number_words import (
    below_hundred,
    digit_of,
    is_number_word,
    is_scale,
    ordinal,
    value_of,
)
from agent.speech.spoken_words import MONTH_OF, MONTHS

_SMALL = 13
"""Numbers below it stay words where nothing says that they are more than a count."""
_LONGEST = 24
"""Words of a number, or digits read out, that are taken together."""

_ROUNDS = 8
"""Times that a text is gone through at most; two are enough for what people say."""

_TOKEN = re.compile(r"[A-Za-z]+(?:'[A-Za-z]+)*|\d+(?:[.,:]\d+)*|[$£€%]|[^\W\d_]+")
_SPELLINGS = (
    (r"to[- ]morrow", "tomorrow"),
    (r"(?<!day )(?<!night )to[- ](day|night)(?!'s? to)", r"to\1"),
    (r"(some|any|every)[- ](one|body)(?! of\b)(?!-)", r"\1\2"),
    (r"(some|any|every) thing", r"\1thing"),
    (r"no body", "nobody"),
    (r"alright", "all right"),
    (r"good[- ]?by", "goodbye"),
    (r"good[- ]bye", "goodbye"),
    (r"can not", "cannot"),
    (r"web site", "website"),
    (r"pass word", "password"),
    (r"mean while", "meanwhile"),
    (r"news paper", "newspaper"),
)
_LEVELLED = tuple(
    (re.compile(rf"\b{pattern}\b", re.IGNORECASE), plain) for pattern, plain in _SPELLINGS
)

_MYSELF = re.compile(r"(?<![\w.'-])i(?=[\s,;:!?]|\.(?!\w)|'(?:m|ll|d|ve|re|s)\b|$)")
"""Who speaks, where the model has written "May i have"; not the beginning of "i.e."."""
_CODE = re.compile(
    r"(?<![\w$£€.,:/-])(?=[A-Z -]{0,8}\d)"
    r"(?:(?:[A-Z]{1,4}[ -])?\d{2,4}(?: \d{2,4}){1,5}|[A-Z0-9]{1,12}(?:-[A-Z0-9]{1,12}){0,4})"
    r"(?![\w%:/-]|[.,]\d)"
)
_CODES = 50
"""Codes of one talk that are known at most."""

_MONEY = {
    "dollar": ("$", "cent"),
    "dollars": ("$", "cent"),
    "pound": ("£", "penn"),
    "pounds": ("£", "penn"),
    "euro": ("€", "cent"),
    "euros": ("€", "cent"),
}
_SMALL_MONEY = {
    "cent": "cent",
    "cents": "cent",
    "pence": "penn",
    "pennies": "penn",
    "penny": "penn",
}
_PERCENT = frozenset(("percent", "percentage"))
_NUMBERED = frozenset(
    (
        *("number", "card", "ending", "ends", "digits", "code", "pin", "account", "order", "zip"),
        *("reference", "ref", "ticket", "invoice", "case", "claim", "policy", "serial", "booking"),
        *(
            "confirmation",
            "tracking",
            "extension",
            "postcode",
            "phone",
            "passcode",
            "id",
            "contract",
        ),
        *("customer", "member", "meter", "telephone", "mobile"),
    )
)
"""After these come digits, with some of ``_BETWEEN`` before them."""
_BETWEEN = frozenset(
    (
        "in",
        "with",
        "is",
        "was",
        "number",
        "code",
        "it's",
        "that's",
        "are",
        "of",
        "the",
        "last",
        "four",
        "id",
    )
)
_CLOCK = frozenset(
    ("at", "by", "until", "till", "before", "after", "around", "about", "from", "since")
)
_DETERMINERS = frozenset(("your", "my", "his", "her", "our", "their", "the", "this", "that"))
# What digits that are read out are heard as, between others.
_SOUNDS_LIKE = {"for": "4", "to": "2", "too": "2", "ate": "8", "won": "1"}
_TIMES = {"double": 2, "triple": 3, "treble": 3}
_MERIDIEM = {"am": "am", "pm": "pm", "a": "am", "p": "pm"}
_ORDINALS = {ordinal(day): day for day in range(1, 32)}
_ENDINGS = {1: "st", 2: "nd", 3: "rd"}
_LETTERS = {
    **{name: name for name in "abcdefghijklmnopqrstuvwxyz"},
    **{"bee": "b", "be": "b", "see": "c", "sea": "c", "dee": "d", "gee": "g", "jay": "j"},
    **{"kay": "k", "okay": "k", "pee": "p", "cue": "q", "are": "r", "tee": "t", "tea": "t"},
    **{"you": "u", "why": "y", "ex": "x", "zed": "z", "zee": "z", "eye": "i", "el": "l"},
}
"""How a letter that was read out may have been heard."""


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    low: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Told:
    """What is written for words up to ``end``, an index."""

    written: str
    end: int


def written_form(text: str, known: Collection[str] = ()) -> str:
    """The text with its numbers as people write them.

    ``known`` are numbers and codes as they are written where the talk is about them, such as
    "TC-88213": what was read out letter by letter becomes one of these, and nothing else.
    """
    text = _levelled(text)
    for _ in range(_ROUNDS):
        # What one number left beside it may be written now, too: once and for all.
        before, text = text, _Heard(text, known).written()
        if text == before:
            break
    return text


def codes(texts: Iterable[str]) -> tuple[str, ...]:
    """The codes in texts: "TC-88213" and "4077 2158", but no sums, days or times."""
    found = (each[0] for text in texts for each in _CODE.finditer(text))
    return tuple(code for code in dict.fromkeys(found) if _is_code(code))[:_CODES]


def _levelled(text: str) -> str:
    for pattern, plain in _LEVELLED:
        text = pattern.sub(partial(_like, plain), text)
    return _MYSELF.sub("I", text)


def _like(plain: str, found: re.Match[str]) -> str:
    """With a capital where there was one."""
    written = found.expand(plain).lower()
    return written[0].upper() + written[1:] if found[0][0].isupper() else written


class _Heard:
    """A text as words, on its way to be written."""

    def __init__(self, text: str, known: Collection[str]) -> None:
        self._text = text
        self._words = [
            _Word(found[0], found[0].lower(), found.start(), found.end())
            for found in _TOKEN.finditer(text)
        ]
        self._known = {_bare(each): each.strip() for each in known if _is_code(each)}

    def written(self) -> str:
        """All of it."""
        parts: list[str] = []
        copied = at = 0
        while at < len(self._words):
            told = self._told(at)
            if told is None:
                at += 1
                continue
            parts += [self._text[copied : self._words[at].start], told.written]
            copied = self._words[told.end - 1].end
            at = told.end
        return "".join([*parts, self._text[copied:]])

    def _told(self, at: int) -> _Told | None:
        for rule in (_code, _digits, _day, _time, _money, _share, _year, _decimal, _number):
            if told := rule(self, at):
                return told
        return None

    # ---- what rules ask ----

    def low(self, at: int) -> str:
        """The word at an index in small letters; "" beyond the ends."""
        return self._words[at].low if 0 <= at < len(self._words) else ""

    def joined(self, at: int, between: str = " -") -> bool:
        """Whether only one of these stands between the word at that index and the one before."""
        if not 0 < at < len(self._words):
            return False
        gap = self._text[self._words[at - 1].end : self._words[at].start]
        return gap in {"", *between, ", "} if "," in between else gap in {*between}

    def number(self, at: int) -> tuple[int, int] | None:
        """The value of the longest number in words or digits that begins there, and its end."""
        if re.fullmatch(r"\d{1,3}(?:,\d{3})+|\d{1,9}", self.low(at)):
            return int(self.low(at).replace(",", "")), at + 1
        words = self._first_words(at)
        best = None
        end = at + 1
        while True:
            value = value_of(words)
            if value is not None:
                best = (value, end)
            follows = self.low(end)
            more = is_number_word(follows) or is_scale(follows) or follows == "and"
            if not more or not self.joined(end) or len(words) > _LONGEST:
                return best
            words.append(follows)
            end += 1

    def _first_words(self, at: int) -> list[str]:
        """What the word there says at the beginning of a number: "a hundred" has its one as "a",
        "your hundred and five pounds" is without, and "a few hundred and" is none."""
        word, follows = self.low(at), self.low(at + 1)
        if word == "a" and is_scale(follows):
            return ["one"]
        more = follows == "and" and is_number_word(self.low(at + 2))
        if word == "hundred" and more and self.low(at - 1) in _DETERMINERS:
            return ["one", "hundred"]
        return [word]

    def is_numbered(self, at: int) -> bool:
        """Whether the words before say that digits follow."""
        for back in range(at - 1, max(-1, at - 6), -1):
            if self.low(back) in _NUMBERED:
                return True
            if self.low(back) not in _BETWEEN:
                return False
        return False

    def code_at(self, at: int) -> _Told | None:
        """The known code that was read out from there."""
        spelled = ""
        for end in range(at, min(len(self._words), at + _LONGEST)):
            if end > at and not self.joined(end, " -,"):
                break
            options = _spellings(self.low(end), self.low(end - 1))
            spelled = next((spelled + each for each in options if self._begins(spelled + each)), "")
            if not spelled:
                break
            if spelled in self._known and self.low(end + 1) not in ("hundred", "thousand"):
                return _Told(self._known[spelled], end + 1)
        return None

    def _begins(self, spelled: str) -> bool:
        return any(code.startswith(spelled) for code in self._known)


_Rule = Callable[[_Heard, int], _Told | None]


def _is_code(text: str) -> bool:
    """Whether it is worth being known: at least four signs, one of them a digit."""
    bare = _bare(text)
    return 4 <= len(bare) <= 20 and any(sign.isdigit() for sign in bare) and bare.isascii()


def _bare(text: str) -> str:
    return re.sub(r"[\W_]", "", text).lower()


def _spellings(word: str, before: str) -> Sequence[str]:
    """What a word may stand for in a code."""
    if before in _TIMES:
        sign = digit_of(word) or _LETTERS.get(word, "")
        return [sign * _TIMES[before]] if sign else []
    if word in _TIMES:
        return [""]
    if word in _SOUNDS_LIKE:
        return [_SOUNDS_LIKE[word]]
    if digit := digit_of(word):
        return [digit, "o"] if word in ("oh", "o") else [digit]
    value = below_hundred(word)
    if value is not None:
        return [str(value), str(value // 10)] if value >= 20 else [str(value)]
    if word.isdigit() or (word.isalnum() and len(word) <= 6 and word not in _LETTERS):
        return [word]
    return [_LETTERS[word]] if word in _LETTERS else []


# ---- rules, in the order in which they are tried ----


def _code(heard: _Heard, at: int) -> _Told | None:
    return heard.code_at(at)


def _digits(heard: _Heard, at: int) -> _Told | None:
    """Digits read out: "four four two one", "double five", after "card" also "forty four two"."""
    numbered = heard.is_numbered(at)
    if heard.joined(at, " -,") and _is_digit(heard.low(at - 1)):
        return None  # in the middle of others
    digits, end, mixed = "", at, False
    while len(digits) < _LONGEST and (end == at or heard.joined(end, " -,")):
        piece, after = _digit_piece(heard, end, numbered)
        if not piece:
            break
        mixed = mixed or len(piece) > 1
        digits, end = digits + piece, after
    least = 2 if numbered and heard.low(at - 1) in ("in", "ending", "code", "pin") else 4
    if numbered and not mixed:
        least = min(least, 3)
    words = [heard.low(place) for place in range(at, end)]
    if (
        end - at < 2
        or len(digits) < least
        or value_of(words) is not None
        or heard.low(end) in _UNIT
    ):
        return None
    return _Told(_grouped(digits), end)


_UNIT = frozenset((*_MONEY, *_SMALL_MONEY, *_PERCENT, "hundred", "thousand", "million", "point"))


def _is_digit(word: str) -> bool:
    return bool(digit_of(word)) or (len(word) == 1 and word.isdigit())


def _digit_piece(heard: _Heard, at: int, numbered: bool) -> tuple[str, int]:
    """The digits that a word stands for, and the index after it."""
    word = heard.low(at)
    if word in _TIMES and _is_digit(heard.low(at + 1)) and heard.joined(at + 1):
        return _one(heard.low(at + 1)) * _TIMES[word], at + 2
    if _is_digit(word) and word != "o":
        return _one(word), at + 1
    beside = (heard.low(at - 1), heard.low(at + 1))
    if numbered and word in _SOUNDS_LIKE and all(map(_is_digit, beside)):
        return _SOUNDS_LIKE[word], at + 1
    value = below_hundred(word)
    if value is None or value < 10 or not (numbered and heard.joined(at + 1)):
        return "", at
    following = below_hundred(heard.low(at + 1))
    if value >= 20 and following and following < 10 and heard.joined(at + 1):
        return str(value + following), at + 2
    return str(value), at + 1


def _one(word: str) -> str:
    return digit_of(word) or word


def _grouped(digits: str) -> str:
    """A telephone's number as it is written; a card's in fours; the rest as they are."""
    if len(digits) == 7:
        return f"{digits[:3]}-{digits[3:]}"
    if len(digits) == 10:
        return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}"
    if len(digits) == 16:
        return " ".join(digits[at : at + 4] for at in range(0, 16, 4))
    return digits


def _day(heard: _Heard, at: int) -> _Told | None:
    """ "March third", "the third of March"."""
    month = MONTH_OF.get(heard.low(at))
    if month and len(heard.low(at)) > 3 and heard.joined(at + 1):
        day, end = _ordinal_at(heard, at + 1)
        if day:
            return _Told(f"{MONTHS[month - 1]} {day}{_ending(day)}", end)
    day, end = _ordinal_at(heard, at)
    if day and heard.low(end) == "of" and heard.joined(end) and heard.joined(end + 1):
        month = MONTH_OF.get(heard.low(end + 1))
        if month and len(heard.low(end + 1)) > 2:
            return _Told(f"{day}{_ending(day)} of {MONTHS[month - 1]}", end + 2)
    return None


def _ordinal_at(heard: _Heard, at: int) -> tuple[int, int]:
    two = f"{heard.low(at)} {heard.low(at + 1)}"
    if two in _ORDINALS and heard.joined(at + 1):
        return _ORDINALS[two], at + 2
    return _ORDINALS.get(heard.low(at), 0), at + 1


def _ending(day: int) -> str:
    return "th" if 10 < day < 20 else _ENDINGS.get(day % 10, "th")


def _time(heard: _Heard, at: int) -> _Told | None:
    """ "seven thirty pm", "at seven thirty", "eight a m"."""
    hour = heard.number(at)
    if hour is None and below_hundred(heard.low(at)) is None:
        return None
    first = below_hundred(heard.low(at))
    if first is None and hour is not None:
        first = hour[0]
    if first is None or not 1 <= first <= 12:
        return None
    minute, end = _minute(heard, at + 1)
    half, after = _half(heard, end)
    if half:
        return _Told(f"{first}{minute and ':' + minute} {half}", after)
    clock = heard.low(at - 1) in _CLOCK and heard.low(end) not in _UNIT
    if clock and minute and not is_number_word(heard.low(end)):
        return _Told(f"{first}:{minute}", end)
    return None


def _minute(heard: _Heard, at: int) -> tuple[str, int]:
    """The minutes after an hour, with two digits; "" for none."""
    if not heard.joined(at):
        return "", at
    if heard.low(at) in ("oh", "o") and digit_of(heard.low(at + 1)) not in ("", "0"):
        return "0" + digit_of(heard.low(at + 1)), at + 2
    if re.fullmatch(r"[1-5]\d", heard.low(at)):
        return heard.low(at), at + 1
    tens = below_hundred(heard.low(at))
    if tens is None or not 10 <= tens < 60:
        return "", at
    ones = below_hundred(heard.low(at + 1)) if heard.joined(at + 1) else None
    if tens >= 20 and ones and ones < 10:
        return str(tens + ones), at + 2
    return str(tens), at + 1


def _half(heard: _Heard, at: int) -> tuple[str, int]:
    """am or pm, also in letters."""
    word = heard.low(at)
    if not heard.joined(at):
        return "", at
    if word in ("am", "pm"):
        # "I'm the one am I not": only the end of a phrase, or before a word that goes on.
        return ("", at) if word == "am" and heard.low(at + 1) == "i" else (word, at + 1)
    if word in _MERIDIEM and heard.low(at + 1) == "m" and heard.joined(at + 1):
        return _MERIDIEM[word], at + 2
    if word in _MERIDIEM and heard.low(at + 1) == "m" and heard.joined(at + 1, "."):
        return f"{word}.m", at + 2  # its last full stop is there
    return "", at


def _money(heard: _Heard, at: int) -> _Told | None:
    """ "forty nine dollars and ninety nine cents", "a fifty dollar refund"."""
    found = heard.number(at)
    if found is None or not heard.joined(found[1]):
        return None
    value, end = found
    unit = heard.low(end)
    if unit in _SMALL_MONEY and value >= _SMALL and not heard.low(at)[0].isdigit():
        return _Told(f"{value} {unit}", end + 1)
    if unit not in _MONEY:
        return None
    sign, small = _MONEY[unit]
    end += 1
    cents, after = _cents(heard, end, small)
    return _Told(f"{sign}{value:,}{cents}", after)


def _cents(heard: _Heard, at: int, small: str) -> tuple[str, int]:
    place = at + 1 if heard.low(at) == "and" and heard.joined(at) else at
    found = heard.number(place) if heard.joined(place) else None
    if not found or found[0] > 99 or not heard.joined(found[1]):
        return "", at
    same = _SMALL_MONEY.get(heard.low(found[1])) == small
    return (f".{found[0]:02}", found[1] + 1) if same else ("", at)


def _share(heard: _Heard, at: int) -> _Told | None:
    found = heard.number(at)
    if found and heard.low(found[1]) == "percent" and heard.joined(found[1]):
        return _Told(f"{found[0]}%", found[1] + 1)
    cent = found and heard.low(found[1]) == "per" and heard.low(found[1] + 1) == "cent"
    return _Told(f"{found[0]}%", found[1] + 2) if found and cent else None


def _year(heard: _Heard, at: int) -> _Told | None:
    """ "nineteen ninety eight", "twenty twenty six", "twenty four seven"."""
    century = {"nineteen": 19, "twenty": 20}.get(heard.low(at))
    if century is None or not heard.joined(at + 1):
        return None
    if [heard.low(at + 1), heard.low(at + 2)] == ["four", "seven"] and heard.joined(at + 2):
        return _Told("24/7", at + 3)
    if heard.low(at + 1) == "oh" and digit_of(heard.low(at + 2)):
        return _Told(f"{century}0{digit_of(heard.low(at + 2))}", at + 3)
    rest = below_hundred(heard.low(at + 1))
    if rest is None or rest < 10:
        return None
    ones = below_hundred(heard.low(at + 2)) if heard.joined(at + 2) else None
    if rest >= 20 and ones and ones < 10:
        return _Told(f"{century}{rest + ones}", at + 3)
    return _Told(f"{century}{rest}", at + 2)


def _decimal(heard: _Heard, at: int) -> _Told | None:
    """ "three point five"."""
    found = heard.number(at)
    if not found or heard.low(found[1]) != "point" or not heard.joined(found[1]):
        return None
    digits, end = "", found[1] + 1
    while heard.joined(end) and (digit := digit_of(heard.low(end))):
        digits, end = digits + digit, end + 1
    return _Told(f"{found[0]}.{digits}", end) if digits else None


def _number(heard: _Heard, at: int) -> _Told | None:
    """A number that is no small one."""
    found = heard.number(at)
    if not found or heard.low(at)[0].isdigit():
        return None
    value, end = found
    if value < _SMALL or heard.low(at) == "a":
        return None
    # "fifty fifty" and "twenty thirty people" are no numbers to be written.
    beside = is_number_word(heard.low(end)) and heard.joined(end)
    before = below_hundred(heard.low(at - 1)) is not None and heard.joined(at)
    if beside or before:
        return None
    return _Told(f"{value:,}" if value >= 10_000 else str(value), end)
