"""File names for personas, proposed from what people call them."""

# ruff: noqa: RUF001

import unicodedata
from collections.abc import Callable

from personas.files import is_slug

LONGEST = 48
"""Characters of a proposed name; there is room left for a number."""
FALLBACK = "persona"

# Roughly as the Royal Thai General System of Transcription and ISO 9 write them: a file's name only
# has to be told from others.
_THAI = """
กk ขkh ฃkh คkh ฅkh ฆkh งng จch ฉch ชch ซs ฌch ญy ฎd ฏt ฐth ฑth ฒth ณn ดd ตt ถth ทth ธth นn บb ปp ผph
ฝf พph ฟf ภph มm ยy รr ลl วw ศs ษs สs หh ฬl อo ฮh ะa ัa าa ำam ิi ีi ึue ืue ุu ูu เe แae โo ใai ไai
"""
_CYRILLIC = """
аa бb вv гg дd еe ёe жzh зz иi йy кk лl мm нn оo пp рr сs тt уu фf хkh цts чch шsh щshch ъ ыy ь эe
юyu яya іi їyi єye ґg
"""
_GREEK = "αa βv γg δd εe ζz ηi θth ιi κk λl μm νn ξx οo πp ρr σs ςs τt υy φf χch ψps ωo"
_LATIN = "ßss æae œoe øo łl đd ðd þth"
_LETTERS = {pair[0]: pair[1:] for pair in f"{_THAI} {_CYRILLIC} {_GREEK} {_LATIN}".split()}
_APOSTROPHES = "'\u2019`"


def proposed(*names: str, taken: Callable[[str], bool] = lambda slug: False) -> str:
    """A name for a file made of the first of these names that gives one, and not taken yet."""
    plain = next(filter(None, map(_plain, names)), FALLBACK)
    return free(plain, taken)


def free(slug: str, taken: Callable[[str], bool]) -> str:
    """The slug itself, or with the first number from 2 on that is not taken."""
    if is_slug(slug) and not taken(slug):
        return slug
    stem = slug[:LONGEST].strip("-")
    if not is_slug(f"{stem}-2"):
        stem = FALLBACK
    number = 2
    while not is_slug(f"{stem}-{number}") or taken(f"{stem}-{number}"):
        number += 1
    return f"{stem}-{number}"


def _plain(name: str) -> str:
    """The name in a-z, 0-9 and hyphens; empty when nothing of it can be written so."""
    letters = "".join(map(_letter, unicodedata.normalize("NFKC", name[:200]).casefold()))
    words = "".join(c if c.isascii() and c.isalnum() else "-" for c in letters).split("-")
    short = ""
    for word in filter(None, words):
        if short and len(short) + len(word) >= LONGEST:
            break
        short = f"{short}-{word}".strip("-")[:LONGEST]
    return short


def _letter(letter: str) -> str:
    if letter in _LETTERS:
        return _LETTERS[letter]
    if letter in _APOSTROPHES:
        return ""
    base = unicodedata.normalize("NFKD", letter)
    # Accents of Latin letters go; marks of other scripts, such as Thai tones, are no breaks.
    return "".join(_LETTERS.get(c, c) for c in base if not unicodedata.combining(c))
