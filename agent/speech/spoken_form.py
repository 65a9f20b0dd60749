"""English text as people say it: numbers, addresses, abbreviations and signs in words; pure.

What a synthesiser gets has letters, apostrophes, hyphens inside words, spaces and ``.,;:!?…``
only. Letters that are named one by one are capitals joined by full stops, "T.V", which
pronouncing dictionaries for English read so.
"""

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass

from agent.speech import spoken_addresses, spoken_names, spoken_numbers
from agent.speech.spoken_rules import Kind, Rule, Written

_ALL = (spoken_addresses.rules, spoken_numbers.rules, spoken_names.rules)
_KINDS: tuple[Kind, ...] = ("digit", "letter", "sign")
_RULES: dict[Kind, list[Rule]] = {
    kind: [rule for rules in _ALL for rule in rules.of(kind)] for kind in _KINDS
}


@dataclass(frozen=True, slots=True)
class SpokenForm:
    """What is said for a text; ``starts`` are where each part begins in it, where the part that
    it stands for begins and ends in the text, and whether it has the very same characters."""

    text: str
    starts: tuple[tuple[int, int, int, bool], ...]

    def origin(self, index: int) -> int:
        """The place in the written text that the character at ``index`` of ``text`` came from; a
        word that stands for a number came from the number's beginning."""
        found = bisect_right(self.starts, index, key=lambda part: part[0]) - 1
        if found < 0:
            return 0
        here, there, end, same = self.starts[found]
        return min(there + index - here, end) if same else there


def spoken_form(text: str, *, british: bool = False) -> SpokenForm:
    """What is said for an English text; with ``british``, 3/4 is in April, and numbers have an
    "and"."""
    return _Reading(text, british).whole()


_MARKED = ",;:.…!?"
"""The marks that are kept; a later one is stronger."""


class _Writer:
    """Puts what is said together, with one space between words and one mark between phrases."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._starts: list[tuple[int, int, int, bool]] = []
        self._length = 0
        self._gap = -1  # where in the written text the last word ended, once it has
        self._mark = ""

    def gap(self, at: int) -> None:
        """The next word stands apart, since at that place there is something between."""
        if self._gap < 0:
            self._gap = at

    def word(self, said: str, start: int, end: int, *, same: bool = False) -> None:
        """``said`` stands for the characters from ``start`` to ``end``."""
        if self._gap >= 0 and self._parts:
            self._put(self._mark + " ", self._gap, start, same=True)
        self._mark, self._gap = "", -1
        self._put(said, start, end, same=same)

    def mark(self, sign: str, at: int) -> None:
        """A pause; the stronger of two counts."""
        self.gap(at)
        if self._parts and (not self._mark or _MARKED.find(sign) > _MARKED.find(self._mark)):
            self._mark = sign

    def finished(self) -> SpokenForm:
        """All of it."""
        if self._mark:
            self._put(self._mark, self._gap, self._gap, same=True)
        return SpokenForm("".join(self._parts), tuple(self._starts))

    def _put(self, said: str, start: int, end: int, *, same: bool) -> None:
        self._parts.append(said)
        self._starts.append((self._length, start, end, same))
        self._length += len(said)


class _Reading:
    """One text on its way to be said."""

    def __init__(self, text: str, british: bool) -> None:
        # Character for character, so that places stay what they are.
        self._text = text.translate(_Plain())
        self._written = Written(self._text, british)
        self._writer = _Writer()

    def whole(self) -> SpokenForm:
        """Read it from its beginning to its end."""
        at, end = 0, len(self._text)
        while at < end:
            at = self._step(at)
        return self._writer.finished()

    def _step(self, at: int) -> int:
        sign = self._text[at]
        if sign.isspace():
            return self._space(at)
        kind: Kind = "digit" if "0" <= sign <= "9" else "letter" if _is_letter(sign) else "sign"
        for pattern, handler in _RULES[kind]:
            found = pattern.match(self._text, at)
            if found and (said := handler(self._written, found)) is not None:
                self._say(said, at, found.end())
                return found.end()
        return self._word(at) if kind == "letter" else self._sign(at)

    def _space(self, at: int) -> int:
        self._writer.gap(at)
        paragraph = _PARAGRAPH.match(self._text, at)
        if paragraph is None:
            return at + 1
        self._writer.mark(".", at)
        return paragraph.end()

    def _say(self, said: str, start: int, end: int) -> None:
        words = said.rstrip(".")
        if words:
            self._part(start)
            self._writer.word(words, start, end)
        if words != said:
            self._writer.mark(".", end)
        self._writer.gap(end)

    def _word(self, at: int) -> int:
        word = _WORD.match(self._text, at)
        assert word is not None
        self._part(at)
        self._writer.word(word[0], at, word.end(), same=True)
        return word.end()

    def _part(self, at: int) -> None:
        """What was one run of letters and digits becomes words apart."""
        if at and self._text[at - 1].isalnum():
            self._writer.gap(at)

    def _sign(self, at: int) -> int:
        sign = self._text[at]
        if sign in _MARKS:
            dots = sign == "." and self._text[at + 1 : at + 2] == "."
            self._writer.mark("…" if dots else _MARKS[sign], at)
        elif sign == "-":
            self._hyphen(at)
        elif not unicodedata.combining(sign) and sign != "'":
            self._writer.gap(at)
        return at + 1

    def _hyphen(self, at: int) -> None:
        before, after = self._text[at - 1 : at] if at else "", self._text[at + 1 : at + 2]
        if before and after and _is_letter(before) and _is_letter(after):
            # It is part of a word, so the next one follows without a space.
            self._writer.word("-", at, at + 1, same=True)
        elif not before or before.isspace() or before == "-":
            self._writer.mark(",", at)
        else:
            self._writer.gap(at)


class _Plain(dict[int, int]):
    """For ``str.translate``: kinds of quotes, dashes, spaces and digits that are one to us."""

    def __missing__(self, code: int) -> int:
        sign = chr(code)
        if code < 128:
            plain = sign
        elif sign in _ALIKE:
            plain = _ALIKE[sign]
        elif sign.isspace():
            plain = "\n" if sign in "\u2028\u2029\x85" else " "
        elif unicodedata.category(sign) == "Nd":
            plain = str(unicodedata.digit(sign))
        elif 0xFF01 <= code <= 0xFF5E:
            plain = chr(code - 0xFEE0)
        else:
            plain = sign
        self[code] = ord(plain)
        return self[code]


_ALIKE = dict.fromkeys("\u2018\u2019\u02bc\u00b4\u2032", "'")
_ALIKE |= dict.fromkeys("\u201c\u201d\u201e\u00ab\u00bb\u2033", '"')
_ALIKE |= dict.fromkeys("\u2010\u2011\u2212\ufe63", "-") | dict.fromkeys(
    "\u2012\u2013\u2015", "\u2014"
)
_ALIKE |= {"\u03bc": "\u00b5", "\u2126": "\u03a9"}
_MARKS = {
    **{sign: sign for sign in _MARKED},
    **dict.fromkeys("\u2014()[]{}|•·", ","),
    **{"¿": ",", "¡": ",", "。": ".", "、": ",", "？": "?", "！": "!"},  # noqa: RUF001
}
_PARAGRAPH = re.compile(r"[ \t]{0,20}\r?\n\s*\n\s*")
_WORD = re.compile(
    r"[A-Za-z\u00aa\u00ba\u00c0-\u024f\u1e00-\u1eff\u0300-\u036f]+"
    r"(?:'[A-Za-z]{1,12}(?![A-Za-z]))*"
)


def _is_letter(sign: str) -> bool:
    """Whether a synthesiser for English can say it."""
    return ("A" <= sign <= "z" and sign.isalpha()) or (
        ("\u00c0" <= sign <= "\u024f" or "\u1e00" <= sign <= "\u1eff") and sign.isalpha()
    )
