"""Text as it is spoken: lowercase words, numbers spelled out, no punctuation."""

import re

_ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen"),
)
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SCALES = ((1_000_000_000, "billion"), (1_000_000, "million"), (1000, "thousand"), (100, "hundred"))
_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
_ABBREVIATIONS = {"mr": "mister", "mrs": "missus", "ms": "miss", "dr": "doctor", "ok": "okay"}
_AMERICAN = {
    "apologise": "apologize",
    "apologised": "apologized",
    "cancelling": "canceling",
    "cheque": "check",
    "colour": "color",
    "favour": "favor",
    "grey": "gray",
    "organise": "organize",
    "realise": "realize",
    "realised": "realized",
    "recognise": "recognize",
}
_SENTENCE = re.compile(r"[.!?…;:\n]+(?=\s|$)|[\"“”()\[\]]+|\s[-–—]+\s|[–—]")  # noqa: RUF001
_TOKEN = re.compile(r"\$?\d[\d,]*(?:\.\d+)?%?(?:st|nd|rd|th)?|[a-z]+(?:'[a-z]+)*|&")


def sentences(text: str) -> list[list[str]]:
    """The sentences of a text, each as its spoken words; other alphabets are left out."""
    parts = _SENTENCE.split(text.replace("’", "'"))  # noqa: RUF001
    return [words for part in parts if part and (words := spoken(part))]


def spoken(text: str) -> list[str]:
    """The spoken words of a text: ``"$45, Mr. O'Neil"`` gives forty five dollars mister o'neil."""
    words: list[str] = []
    for token in _TOKEN.findall(text.lower().replace("’", "'")):  # noqa: RUF001
        words += _said(token)
    return words


def number(value: int) -> list[str]:
    """A number in words, as in English without "and"."""
    if value < 20:
        return [_ONES[value]]
    if value < 100:
        return [_TENS[value // 10], *(number(value % 10) if value % 10 else [])]
    for scale, name in _SCALES:
        if value >= scale:
            rest = value % scale
            return [*number(value // scale), name, *(number(rest) if rest else [])]
    raise AssertionError("unreachable")


def ordinal(value: int) -> list[str]:
    """First, second, twenty first."""
    *head, last = number(value)
    if last in _ORDINALS:
        return [*head, _ORDINALS[last]]
    return [*head, last[:-1] + "ieth" if last.endswith("y") else last + "th"]


def _said(token: str) -> list[str]:
    if token == "&":
        return ["and"]
    if not token.strip("$")[0].isdigit():
        return [_AMERICAN.get(token) or _ABBREVIATIONS.get(token, token)]
    digits = token.strip("$%").replace(",", "")
    if digits[-1].isalpha():
        return ordinal(int(digits[:-2])) if digits[:-2].isdigit() and len(digits) < 9 else []
    whole, _, cents = digits.partition(".")
    if token.startswith("$"):
        small = cents.lstrip("0")
        return [*_amount(whole), "dollars", *(_amount(small) if small else [])]
    spelled = _amount(whole)
    if cents:
        spelled += ["point", *(_ONES[int(d)] for d in cents)]
    return [*spelled, "percent"] if token.endswith("%") else spelled


def _amount(digits: str) -> list[str]:
    """Years as two pairs, long or zero-led numbers digit by digit, the rest as a number."""
    if len(digits) > 6 or (digits.startswith("0") and len(digits) > 1):
        return [_ONES[int(d)] for d in digits]
    value = int(digits)
    if 1100 <= value < 2000 and len(digits) == 4 and value % 100 > 9:
        return [*number(value // 100), *number(value % 100)]
    return number(value)
