"""Numbers in English words, and back; pure."""

import re
from collections.abc import Sequence

ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen"),
)
TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SCALES = (
    *((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (1000, "thousand")),
    (100, "hundred"),
)
_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
LONGEST = 15
"""Digits that are still said as one number; longer ones are said digit by digit."""

_VALUES = {name: value for value, name in enumerate(ONES)}
_VALUES |= {name: 10 * value for value, name in enumerate(TENS) if name}
_SCALE_VALUES = {name: value for value, name in _SCALES}


def cardinal(digits: str, *, british: bool = False) -> str:
    """A whole number in words: ``"1249"`` gives one thousand two hundred forty nine.

    ``digits`` may have commas; more than ``LONGEST``, or a zero in front, are said one by one.
    """
    digits = digits.replace(",", "")
    if len(digits) > LONGEST or (len(digits) > 1 and digits[0] == "0"):
        return singly(digits)
    return " ".join(_cardinal(int(digits), british))


def ordinal(value: int) -> str:
    """First, second, twenty first; ``value`` in range(1000)."""
    *head, last = _cardinal(value, False)
    if last in _ORDINALS:
        last = _ORDINALS[last]
    else:
        last = last[:-1] + "ieth" if last.endswith("y") else last + "th"
    return " ".join([*head, last])


def year(value: int) -> str:
    """A year from 1100 to 2099 as it is said: nineteen ninety eight, two thousand five."""
    century, rest = divmod(value, 100)
    if century == 20 and rest < 10:
        return " ".join(_cardinal(value, False))
    if not rest:
        return f"{ONES[century] if century < 20 else 'twenty'} hundred"
    tail = f"oh {ONES[rest]}" if rest < 10 else " ".join(_cardinal(rest, False))
    return f"{' '.join(_cardinal(century, False))} {tail}"


def singly(digits: str) -> str:
    """Digit by digit, in groups where there are gaps: ``"4077 2158"``."""
    groups = re.findall(r"\d+", digits)
    return ", ".join(" ".join(ONES[int(digit)] for digit in group) for group in groups)


def value_of(words: Sequence[str]) -> int | None:
    """The number that the words are, as ``["two", "hundred", "and", "five"]``; None for none.

    Only words in the order of one number: "twenty thirty" and "four four" are none.
    """
    total = current = 0
    # What may still be added: below the last scale, and below the last word within it.
    top, room = 10**15, 1000
    before = ""
    for word in words:
        if word == "and":
            if before not in _SCALE_VALUES:
                return None
        elif word in _SCALE_VALUES:
            scale = _SCALE_VALUES[word]
            if scale == 100:
                if not 0 < current < 20 or before == "hundred":
                    return None
                current, room = current * 100, 100
            else:
                if not 0 < current < 1000 or scale >= top:
                    return None
                total, current, top, room = total + current * scale, 0, scale, 1000
        elif (value := _VALUES.get(word)) is not None and _fits(value, room, before, words):
            current, room = current + value, 10 if value >= 20 else 0
        else:
            return None
        before = word
    return None if not words or before == "and" else total + current


def _fits(value: int, room: int, before: str, words: Sequence[str]) -> bool:
    if value == 0:
        return len(words) == 1
    return value < room and (before not in TENS or not before or value < 10)


def is_number_word(word: str) -> bool:
    """Whether the word can begin a number: not "and", "hundred", "thousand"."""
    return word in _VALUES


def is_scale(word: str) -> bool:
    """Whether it is "hundred", "thousand" and so on."""
    return word in _SCALE_VALUES


def digit_of(word: str) -> str:
    """The digit that the word is, where digits are read out one by one; "" for none."""
    if word in ("oh", "o"):
        return "0"
    value = _VALUES.get(word)
    return str(value) if value is not None and value < 10 else ""


def below_hundred(word: str) -> int | None:
    """The value of one word below a hundred: "nineteen", "forty"."""
    return _VALUES.get(word)


def _cardinal(value: int, british: bool) -> list[str]:
    if value < 20:
        return [ONES[value]]
    if value < 100:
        return [TENS[value // 10], *([ONES[value % 10]] if value % 10 else [])]
    scale, name = next(pair for pair in _SCALES if value >= pair[0])
    head, rest = divmod(value, scale)
    joined = ["and"] if british and 0 < rest < 100 else []
    tail = [*joined, *_cardinal(rest, british)] if rest else []
    return [*_cardinal(head, british), name, *tail]
