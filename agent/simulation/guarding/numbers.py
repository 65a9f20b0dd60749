"""The numbers that are said in a text, in digits or in English or Thai words, with their units."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

_SMALL_WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
)
_TENS_WORDS = "twenty thirty forty fifty sixty seventy eighty ninety"
_ORDINAL_WORDS = (
    "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
    "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth"
)
_VALUES = {word: value for value, word in enumerate(_SMALL_WORDS.split())} | {"oh": 0}
_ORDINALS = {word: value for value, word in enumerate(_ORDINAL_WORDS.split())}
_TENS = {word: 20 + 10 * place for place, word in enumerate(_TENS_WORDS.split())}
_ORDINALS |= {word[:-1] + "ieth": value for word, value in _TENS.items()}
_SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000}
_PAIRS = {"double": 2, "triple": 3}

_THAI_DIGIT_WORDS = "ศูนย์ หนึ่ง สอง สาม สี่ ห้า หก เจ็ด แปด เก้า"
_THAI_SCALE_WORDS = "สิบ ร้อย พัน หมื่น แสน ล้าน"
_THAI_DIGITS = {word: value for value, word in enumerate(_THAI_DIGIT_WORDS.split())}
_THAI_DIGITS |= {"เอ็ด": 1, "ยี่": 2}
_THAI_SCALES = {word: 10 ** (at + 1) for at, word in enumerate(_THAI_SCALE_WORDS.split())}
_THAI_WORD = (
    "ศูนย์(?!บ|ก)|หนึ่ง|สอง|สาม(?!ี|ารถ)|สี่(?!แยก)|ห้า(?!ง|ม)|หก(?!ล้ม)|เจ็ด|แปด|เก้า(?!อ)|เอ็ด"
    "|ยี่(?=สิบ)|สิบ|(?<!เรียบ)ร้อย|พัน(?!ธ)|หมื่น|แสน|ล้าน"
)
_WORD = re.compile(
    rf"(?P<thai>(?:{_THAI_WORD})+)|(?P<digits>\d[\d,]*(?:\.\d+)?)(?:st|nd|rd|th)?\b"
    r"|(?P<word>[a-z]+)|(?P<money>[$£€฿])",
    re.I,
)
_THAI_PART = re.compile(_THAI_WORD)
_UNIT = re.compile(
    r"\s*(?:ๆ\s*)?(?P<thai>บาท|ครั้ง|รอบ|ปี|วัน|เดือน|สัปดาห์|อาทิตย์|คน|ชั่วโมง|นาที|โมง|ทุ่ม)"
    r"|[\s-]+(?P<word>dollars?|bucks?|pounds?|euros?|baht|percent|years?|months?|weeks?|days?|"
    r"hours?|minutes?|times|nights?|people|lines?|calls?)\b",
    re.I,
)
_SAME = {"buck": "dollar", "รอบ": "ครั้ง", "อาทิตย์": "สัปดาห์", "$": "dollar", "£": "pound", "€": "euro"}
_AND = re.compile(r"(?<=\bhundred)(?: and)(?= [a-z])|(?<=\bthousand)(?: and)(?= [a-z])", re.I)
_DAY = re.compile(r"วันที่\s*$")


class Number(NamedTuple):
    """A number by its digits ("0128", "49.90"); ``unit`` is "" where none is said."""

    digits: str
    unit: str


@lru_cache(maxsize=2048)
def numbers(text: str) -> tuple[Number, ...]:
    """Every number of the text, in its order; a file's facts are compared with each line."""
    found = []
    for said in _runs(text):
        unit = said.money or _unit_after(text, said.end)
        if _DAY.search(text, 0, said.start):
            unit = "วันที่"
        found.append(Number(said.digits, _SAME.get(unit, unit)))
    return tuple(found)


def digits(text: str) -> str:
    """The digits of all its numbers, one after the other, as a code or a date is compared."""
    return "".join(number.digits for number in numbers(text)).replace(".", "")


class _Said(NamedTuple):
    digits: str
    start: int
    end: int
    money: str = ""


class _Token(NamedTuple):
    kind: str
    text: str
    start: int
    end: int


def _runs(text: str) -> Iterator[_Said]:
    """The numbers as they stand; English words that belong to one number are put together."""
    text = _AND.sub("    ", text)
    tokens = [_Token(m.lastgroup or "", m[0].lower(), *m.span()) for m in _WORD.finditer(text)]
    english: list[_Token] = []
    money = ""
    for token, gap in zip(tokens, _gaps(text, tokens), strict=True):
        if english and (gap or not _is_number(token)):
            yield from _english(english)
            english = []
        if token.kind == "word" and _is_number(token):
            english.append(token)
        elif token.kind == "digits":
            plain = re.match(r"\d[\d,]*(?:\.\d+)?", token.text)
            said = plain[0].replace(",", "") if plain else ""
            yield _Said(said, token.start, token.end, money)
        elif token.kind == "thai":
            yield _Said(_thai(token.text), token.start, token.end)
        money = token.text if token.kind == "money" else ""
    yield from _english(english)


def _gaps(text: str, tokens: list[_Token]) -> list[bool]:
    """Whether more than a space or a hyphen stands before each token."""
    between = (text[a.end : b.start] for a, b in pairwise(tokens))
    return [True, *(part.strip(" -\t") != "" for part in between)][: len(tokens)]


def _is_number(token: _Token) -> bool:
    if token.kind != "word":
        return False
    word = token.text
    return (
        word in _VALUES or word in _TENS or word in _SCALES or word in _ORDINALS or word in _PAIRS
    )


def _english(tokens: list[_Token]) -> Iterator[_Said]:
    """Number words in a row: "forty nine" is 49, "four oh seven" three numbers of one digit, and
    "nineteen fifty" a year."""
    held: _Held | None = None
    times = 1
    for token in tokens:
        if token.text in _PAIRS:
            times = _PAIRS[token.text]
            continue
        grown = held.with_word(token) if held else None
        if grown is None:
            if held:
                yield held.said
            grown = _Held.of(token)
            for _ in range(times - 1):
                yield grown.said
            times = 1
        held = grown
    if held:
        yield held.said


class _Held(NamedTuple):
    """A number that may still grow: below ``room``; ``century`` are the first digits of a year."""

    value: int
    room: int
    start: int
    end: int
    century: str = ""

    @classmethod
    def of(cls, token: _Token) -> "_Held":
        word = token.text
        value = _value(word)
        return cls(value, 10 if word in _TENS else _SCALES.get(word, 0), token.start, token.end)

    def with_word(self, token: _Token) -> "_Held | None":
        """The number with that word, or None where the word begins another."""
        word, value = token.text, self.value
        if word in _SCALES:
            size = _SCALES[word]
            low = value % 1000 if size == 100 else value
            if not 0 < low < size:
                return None
            return self._replace(value=value - low + low * size, room=size, end=token.end)
        more = _value(word)
        if 0 < more < self.room:
            room = 10 if word in _TENS else 0
            return self._replace(value=value + more, room=room, end=token.end)
        if 10 < value < 21 and word in _TENS and not self.century:
            return _Held(more, 10, self.start, token.end, str(value))
        return None

    @property
    def said(self) -> _Said:
        return _Said(self.century + str(self.value), self.start, self.end)


def _value(word: str) -> int:
    for known in (_VALUES, _TENS, _ORDINALS, _SCALES):
        if word in known:
            return known[word]
    return -1


def _thai(text: str) -> str:
    """The digits of Thai number words that stand together."""
    words = _THAI_PART.findall(text)
    if not any(word in _THAI_SCALES for word in words):
        return "".join(str(_THAI_DIGITS[word]) for word in words)
    total = part = 0
    waiting = -1
    for word in words:
        if word in _THAI_DIGITS:
            part += max(0, waiting)
            waiting = _THAI_DIGITS[word]
        elif word == "ล้าน":
            total = (total + part + max(0, waiting)) * _THAI_SCALES[word] or _THAI_SCALES[word]
            part, waiting = 0, -1
        else:
            part += (1 if waiting < 0 else waiting) * _THAI_SCALES[word]
            waiting = -1
    return str(total + part + max(0, waiting))


def _unit_after(text: str, end: int) -> str:
    found = _UNIT.match(text, end)
    if found is None:
        return ""
    word = (found["thai"] or found["word"]).lower()
    return word if found["thai"] else word.removesuffix("s")
