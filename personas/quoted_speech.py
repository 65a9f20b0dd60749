"""Finds what is quoted in a story, by every pair of quotation marks that is in use.

Inch marks, apostrophes and quotations inside others are none.
"""

# The signs themselves.
# ruff: noqa: RUF001

import re
from typing import NamedTuple

_CLOSERS = {
    '"': '"”',
    "＂": "＂",
    "“": '”“"',
    "„": '“”"„',
    "”": "”",
    "«": "»",
    "»": "«»",
    "‹": "›",
    "›": "‹›",
    "「": "」",
    "『": "』",
    "﹁": "﹂",
    "﹃": "﹄",
    "〝": "〞〟",
}
"""What ends a quotation, by the sign that begins it."""
_SINGLE = {"'": "'", "‘": "’", "‚": "‘’", "’": "’", "`": "'`"}
_CJK = "「『﹁﹃〝"
_ENDS = ".!?…。！？,，、;:—–-~～"
_BEFORE = " \t\n*_([{—–-―>/~…¿¡、，。：:「『"
_MOST = 300
"""Quotations that are looked for in one text."""
_LONGEST = 20_000
"""Characters of one quotation."""


class Quotation(NamedTuple):
    """What stands between two marks, which are at ``start`` and before ``end``."""

    start: int
    end: int
    words: str


def quotations(text: str) -> list[Quotation]:
    """What is quoted, in its order; single marks count where there are no others."""
    return _found(text, _CLOSERS) or _found(text, _SINGLE)


def ends_sentence(words: str) -> bool:
    """Whether the words end as what somebody says does, rather than as a name in a sentence."""
    return words.rstrip(" *_").endswith(tuple(_ENDS))


def _found(text: str, pairs: dict[str, str]) -> list[Quotation]:
    found: list[Quotation] = []
    barren: set[tuple[str, int]] = set()
    at = 0
    opener = re.compile("[" + re.escape("".join(pairs)) + "]")
    while len(found) < _MOST and (match := opener.search(text, at)):
        start = match.start()
        at = start + 1
        if not _opens(text, start):
            continue
        end = _end(text, start, pairs, barren)
        if end is not None:
            found.append(
                Quotation(start, end, text[start + 1 : end].rstrip("".join(pairs[match[0]])))
            )
            at = end
    return found


def _opens(text: str, at: int) -> bool:
    """Whether a quotation may begin here: behind a space or the like, before a word."""
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if text[at] in _CJK:
        return True
    if not after or after.isspace():
        return text[at] == "«" and bool(after)  # the French put a space there
    # Behind a digit it is the sign of inches, behind a letter an apostrophe.
    return not before or before in _BEFORE or _unspaced(before)


def _unspaced(letter: str) -> bool:
    """Whether a letter is of a script that has no spaces between words."""
    return letter > "\u0e00" and letter.isalpha()


def _end(text: str, start: int, pairs: dict[str, str], barren: set[tuple[str, int]]) -> int | None:
    """Behind the mark that ends the quotation; None when it has no end. ``barren`` are the signs
    that nothing ends before that place: many in a row are else looked through for each of them."""
    sign, closers = text[start], pairs[text[start]]
    limit = text.find("\n\n", start)
    limit = min(len(text) if limit < 0 else limit, start + _LONGEST)
    if (sign, limit) not in barren:
        for at in range(start + 1, limit):
            if text[at] in closers and _closes(text, at, limit, sign, pairs):
                return at + 1
        barren.add((sign, limit))
    first = not text[:start].rstrip(" *_\t") or text[:start].rstrip(" *_\t").endswith("\n")
    # Somebody's speech that goes on in the next paragraph, or whose end was forgotten.
    return limit if first and text[start] in _CLOSERS else None


def _closes(text: str, at: int, limit: int, opener: str, pairs: dict[str, str]) -> bool:
    before, after = text[at - 1], text[at + 1 : at + 2]
    if opener in _CJK:
        return True
    if pairs is _SINGLE:
        # What is said ends with a sign; else it is the end of a word such as "dogs'".
        return before in f"{_ENDS}*_" and not after.isalnum()
    if text[at] == opener and after.isalnum() and not _unspaced(after):
        return False
    if text[at] in '"”' and before.isdigit() and after[:1].isspace():
        rest = text[at + 1 : limit]
        return not re.match(r"\s+[a-z]", rest) or not _another_end(rest, text[at])
    return True


def _another_end(rest: str, sign: str) -> bool:
    """Whether the next such sign ends a quotation, so that the one before meant inches."""
    next_sign = rest.find(sign)
    return next_sign > 0 and not rest[next_sign - 1].isspace() and not rest[next_sign - 1].isdigit()
