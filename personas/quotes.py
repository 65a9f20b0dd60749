"""Quotation marks, in every pair that is in use anywhere; apostrophes are none of them.

The pairs: https://www.unicode.org/reports/tr14/#QU and CLDR's delimiters, and what keyboards
without them make of them.
"""

# Authors write every sign there is.
# ruff: noqa: RUF001

import re
from itertools import islice

SIGNS = '"“”„‟«»‹›「」『』｢｣〝〞〟＂❝❞《》'
"""Signs that are never an apostrophe."""
SIGN = re.compile(f"[{SIGNS}]")
MOST = 100
"""Quotations that are read of one text: with more it is no bullet, and must not take long."""

# What begins a word with an apostrophe, such as "'em", begins no quotation.
_ELIDED = r"(?:em|til|tis|twas|cause|bout|round|n|\d\d?s)\b"
_ENDS = r"(?<=[.!?…。！？,~][%s])"
_FOLLOWS = r"(?=[*_]{0,3}\s*(?:\Z|[.,;:/|(\[（—–-]|['‘’‚\"“„]|(?:or|and|then)\b))"


def _single(opening: str, closing: str) -> str:
    """A quotation in single marks: it ends where a sentence does, or where the text goes on with
    what follows a quotation, and never at an apostrophe."""
    end = rf"[{closing}](?![^\W_])(?:{_ENDS % closing}|{_FOLLOWS})"
    begin = rf"(?<![^\W_])(?<!['’.!?…,])[{opening}](?=[\w¿¡…*—])(?!{_ELIDED})"
    inner = rf"(?:[^'‘’‚]|(?!{end})(?<![\s(\[:])['’]|['’](?={_ELIDED}))++"
    return rf"{begin}({inner}){end}"


# A mark right behind a digit is an inch. Each stops at the next sign of its own kind, so that no
# text takes time that grows with the square of its length; the limit of signs behind a backslash is
# for the same.
_PATTERNS = (
    r'(?<!\d)"([^"\\]*(?:\\.[^"\\]*){0,200})"',
    r'(?<!\d)"([^"“”„]*)”',
    r"“([^“”]*)”",
    r'“([^“”"]*)"',
    r"“([^“”„]*)“",
    r"„([^„“”]*)[“”‟]",
    r'„([^„"]*)"',
    r"”([^“”]*)”",
    r"‟([^‟“”]*)[”“]",
    r"«([^«»]*)»",
    r"»([^«»]*)[«»]",
    r"‹([^‹›]*)›",
    r"›([^‹›]*)[‹›]",
    r"「([^「」]*)」",
    r"『([^『』]*)』",
    r"｢([^｢｣]*)｣",
    r"[〝〞]([^〝〞〟]*)[〞〟]",
    r"＂([^＂]*)＂",
    r"❝([^❝❞]*)❞",
    r"《([^《》]*)》",
    r"``([^`']*(?:'(?!')[^`']*){0,200})''",
    r",,(?=\w)((?:[^\"“”„',]|,(?!,)|'(?!'))++)(?:''|[\"“”])",
    _single("'", "'’"),
    _single("‘", "’'"),
    _single("‚", "‘’"),
    _single("’", "’"),
)
QUOTATION = re.compile("|".join(_PATTERNS), re.DOTALL)
_SINGLES = frozenset("'‘’‚")
_MAYBE_SINGLE = re.compile(r"(?<!\w)['‘’‚`]|,,")
_SIGN = re.compile(f"[{SIGNS}]")
_STRAY = re.compile(r'(?<!\d)["”]|[“„‟«»]')


def may_be_in(text: str) -> bool:
    """Whether there is a sign that may begin a quotation."""
    return bool(_SIGN.search(text) or _MAYBE_SINGLE.search(text))


def may_be_single(text: str) -> bool:
    """Whether there is a quotation, perhaps, in signs that are apostrophes elsewhere."""
    return bool(_MAYBE_SINGLE.search(text))


def find(text: str) -> list[re.Match[str]]:
    """The quotations of a text, in their order."""
    return list(islice(QUOTATION.finditer(text), MOST))


def is_single(quotation: re.Match[str]) -> bool:
    """Whether its marks are apostrophes elsewhere."""
    return quotation[0][0] in _SINGLES


def inner(quotation: re.Match[str]) -> str:
    """What stands between the marks."""
    return next(group for group in quotation.groups() if group is not None)


def unclosed(text: str, quotations: list[re.Match[str]]) -> bool:
    """Whether a mark has no partner."""
    at = 0
    for quotation in [*quotations, None]:
        # 12" is a measure, not a quotation.
        if _STRAY.search(text[at : quotation.start() if quotation else len(text)]):
            return True
        at = quotation.end() if quotation else at
    return False
