"""The names of a zip's members as they were written, whatever program packed it.

A name is in UTF-8 when the zip says so (flag 11, or the extra field 0x7075 of Info-ZIP); macOS
writes UTF-8 and does not say it, and Windows writes what is usual in its country.
"""

import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType

_UTF8_FLAG = 0x800
_UNICODE_PATH = 0x7075
_PAGES_WORDS = """
cp437 cp850 cp1252 cp852 cp1250 cp866 cp1251 cp874 cp932 cp936 cp950 cp949 cp737 cp1253 cp857
cp1254 cp862 cp1255 cp720 cp1256 cp775 cp1257 cp1258
"""
_PAGES = _PAGES_WORDS.split()
"""Code pages of DOS and Windows; of two that read equally well the earlier one is meant."""

# The characters in everyday use have the first places of their tables.
_COMMON: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "cp932": (0x889F, 0x9872),
        "cp936": (0xB0A1, 0xD7F9),
        "cp950": (0xA440, 0xC67E),
        "cp949": (0xB0A1, 0xC8FE),
    }
)
_IN_NAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗小明美丽華明陳張劉黃吳佐藤田山子木村中川井花太郎"
    "김이박최정강조윤장임한오서신권황안송홍전고문손배백허유남심노하민준지현수영희철은경미진혜연주성"
    "님객화난불만환분가의는에을를자사상담청년할머니아버어대리점원부장과차"
)
"""Characters that many names of people and customers in China, Taiwan, Japan and Korea have."""
_RARE_THAI = frozenset("ฃฅฦ๎ํฺๆฯ๏๚๛฿")
_FINAL = frozenset("ךםןףץ")
"""Hebrew letters that end a word."""
_VOWELS = frozenset("аеёиоуыэюяіїєαεηιουωάέήίόύώ")
_WORD = re.compile(r"[^\W\d_]+")
_NO_MARK = -4.0
_USUAL = frozenset("äöüßéèêëàâáçñóôòíîìïúûùãõåæøœšžčřěýůąćęłńśźżőűăâîșțşğıİ¿¡’–—")  # noqa: RUF001


def member_names(members: Iterable[zipfile.ZipInfo]) -> dict[str, str]:
    """The name of each member as it was written, by ``orig_filename``."""
    names: dict[str, str] = {}
    unknown: dict[str, bytes] = {}
    for info in members:
        said = _said(info)
        if said is None:
            unknown[info.orig_filename] = _raw(info)
        else:
            names[info.orig_filename] = said
    names.update(zip(unknown, _guessed(list(unknown.values())), strict=True))
    return {key: unicodedata.normalize("NFC", name) for key, name in names.items()}


def _raw(info: zipfile.ZipInfo) -> bytes:
    """The bytes of a name that zipfile has read as code page 437."""
    try:
        return info.orig_filename.encode("cp437")
    except UnicodeEncodeError:
        return info.orig_filename.encode()


def _said(info: zipfile.ZipInfo) -> str | None:
    """The name in the characters that the zip names; None where it names none."""
    if info.flag_bits & _UTF8_FLAG or info.orig_filename.isascii():
        return _from_extra(info) if info.orig_filename.isascii() else info.orig_filename
    return _from_extra(info)


def _from_extra(info: zipfile.ZipInfo) -> str | None:
    """The name in the extra field, which tells with a checksum for which name it stands."""
    extra, at = info.extra, 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        field = extra[at + 4 : at + 4 + size]
        if kind == _UNICODE_PATH and len(field) > 5 and field[0] == 1:
            (checksum,) = struct.unpack_from("<I", field, 1)
            if checksum == zlib.crc32(_raw(info)):
                try:
                    return field[5:].decode("utf-8")
                except UnicodeDecodeError:
                    break
        at += 4 + size
    return info.orig_filename if info.orig_filename.isascii() else None


def _guessed(names: list[bytes]) -> list[str]:
    """These names in the characters in which all of them can be read best."""
    if not names:
        return []
    try:
        return [name.decode("utf-8") for name in names]
    except UnicodeDecodeError:
        pass
    # One zip comes from one program, and a name alone may be too short to tell.
    together = b"\n".join(names)
    best = max(_PAGES, key=lambda page: _readable(together, page))
    return [name.decode(best, "replace") for name in names]


def _readable(names: bytes, page: str) -> float:
    """How well these bytes can be read in a code page; the largest is best."""
    try:
        text = names.decode(page)
    except UnicodeDecodeError:
        return float("-inf")
    mark = _mark_east if page in _COMMON else _mark
    signs = sum(mark(text, at, page) for at in range(len(text)) if text[at] > "\x7f")
    return signs + sum(map(_mark_word, _WORD.findall(text))) + _mark_mixtures(text)


def _mark(text: str, at: int, _: str) -> float:
    """How likely the character there is in a name; most letters get 1."""
    letter, before, after = text[at], text[at - 1 : at] if at else "", text[at + 1 : at + 2]
    script = _script(letter)
    if script == "THAI":
        return _mark_thai(letter, before, after)
    if letter in _FINAL and after.isalpha():
        return -3.0
    if unicodedata.category(letter) in ("Mn", "Mc"):
        return 1.0 if before.isalpha() else _NO_MARK
    if not letter.isalpha() or unicodedata.category(letter) == "Lm":
        return 0.0 if letter in _USUAL else _NO_MARK
    if letter.isupper() and before.isalpha() and (before.islower() or after.islower()):
        return -2.0
    if script == "LATIN":
        if before > "\x7f" and before.isalpha():  # two of them in a row are rare
            return 0.2
        return 1.0 if letter.lower() in _USUAL else 0.3
    return 0.6 if script in ("CYRILLIC", "GREEK") else 1.0


def _mark_thai(letter: str, before: str, after: str) -> float:
    if letter in _RARE_THAI:
        return -2.0
    if unicodedata.category(letter) == "Mn":
        return 1.0 if _is_thai(before) else _NO_MARK
    if "เ" <= letter <= "ไ":  # a vowel that is written before its consonant
        return 1.0 if "ก" <= after <= "ฮ" else _NO_MARK
    return 1.0


def _is_thai(before: str) -> bool:
    """Whether a sign above or below may stand there: over a consonant, or over another one."""
    return "ก" <= before <= "ฮ" or (bool(before) and unicodedata.category(before) == "Mn")


def _mark_word(word: str) -> float:
    """What speaks for a word of a script that has vowels and capitals to go by."""
    if _script(word[0]) not in ("CYRILLIC", "GREEK"):
        return 0.0
    if word[0].lower() in "ъьы":
        return -3.0
    vowels = sum(letter in _VOWELS for letter in word.lower()) / len(word)
    case = 0.1 if word.istitle() else -0.3 if word.isupper() else -0.2
    return len(word) * (case + (0.5 if 0.2 <= vowels <= 0.7 else -0.2))


def _mark_east(text: str, at: int, page: str) -> float:
    """How likely a character of the tables of Japan, China, Taiwan and Korea is in a name."""
    letter = text[at]
    if "\uff61" <= letter <= "\uff9f":  # half-width katakana, which is one byte and rarely meant
        return -0.5
    if "\u3040" <= letter <= "\u30ff":
        return 2.5 if page == "cp932" else 1.0
    if letter in _IN_NAMES:
        return 3.0
    if page == "cp949":
        return 1.4 if "\uac00" <= letter <= "\ud7a3" else -1.0
    code = letter.encode(page)
    first, last = _COMMON[page]
    common = len(code) > 1 and first <= int.from_bytes(code) <= last
    # The extension of GBK has its second byte where the old table has none.
    if common and (page != "cp936" or code[1] >= 0xA1):
        return 2.0
    return 0.0 if letter.isalpha() or unicodedata.category(letter)[0] == "P" else 2.0 * _NO_MARK


def _mark_mixtures(text: str) -> float:
    """A mark for each place where what stands side by side is never written so."""
    strange = 0
    for one, other in pairwise(text):
        if one.isalpha() and other.isalpha() and max(one, other) > "\x7f":
            scripts = {_script(one), _script(other)}
            strange += len(scripts) > 1 and not scripts <= {"HIRAGANA", "KATAKANA", "CJK"}
            strange += "A" <= other <= "Z" and one.islower()
        strange += one > "\x7f" and one.isalpha() and other in "[]{}|\\^@"
    return -5.0 * strange


@lru_cache(maxsize=4096)
def _script(letter: str) -> str:
    return re.split("[ -]", unicodedata.name(letter, ""))[0]
