"""The bytes of a persona file: their version, their text, and what is wrong with them."""

import hashlib
import re
from collections.abc import Iterable

from personas.model import Finding, Level

LIMIT = 256 * 1024
"""Bytes a persona file may have."""
LONG_LINE = 1000
"""Characters above which a line gets a warning: nobody says that much in one breath."""
LONG_RUN = 200
"""Characters without a space above which a run gets a warning: no voice can say such a word."""
MOST_FINDINGS = 1000
"""Findings that are told of one file; whoever has more mends the first ones first."""

_END = re.compile(r"\r\n|\n|\r")
_BYTES_END = re.compile(rb"\r\n|\n|\r")
# Only of letters that are written with spaces between words: Thai and Chinese do without.
_RUN = re.compile(rf"[!-~\u00a1-\u02af\u0370-\u058f]{{{LONG_RUN + 1},}}")
_CONTROL = re.compile(r"[\x01-\x08\x0b\x0e-\x1f\x7f]")


class Findings:
    """Collects the remarks about one file."""

    def __init__(self) -> None:
        self._all: list[Finding] = []

    def error(self, line: int, message: str) -> None:
        """Note what keeps the persona from being used."""
        self._add(line, "error", message)

    def warn(self, line: int, message: str) -> None:
        """Note what the author should know but need not change."""
        self._add(line, "warning", message)

    def take(self, findings: Iterable[Finding]) -> None:
        """Note what was found before."""
        self._all.extend(findings)

    def sorted(self) -> tuple[Finding, ...]:
        """The findings by line, errors first; of very many, the errors before the warnings."""
        found = sorted(self._all, key=lambda f: (f.line, f.level))
        if len(found) <= MOST_FINDINGS:
            return tuple(found)
        kept = sorted(found, key=lambda f: f.level)[:MOST_FINDINGS]
        more = f"{len(found) - len(kept):,} more findings are not listed; mend these first"
        kept.append(Finding(found[-1].line, kept[-1].level, more))
        return tuple(sorted(kept, key=lambda f: (f.line, f.level)))

    def _add(self, line: int, level: Level, message: str) -> None:
        self._all.append(Finding(line, level, message))


def version_of(data: bytes | str) -> str:
    """The version of a file's bytes, or of the text they hold: 12 hex digits of its SHA-256."""
    return hashlib.sha256(to_bytes(data)).hexdigest()[:12]


def to_bytes(data: bytes | str) -> bytes:
    """The bytes of a text; a lone surrogate becomes bytes that are not UTF-8."""
    return data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data


def shown(words: str, most: int = 60) -> str:
    """What was written, as a remark can repeat it: its beginning, when it is long."""
    return words if len(words) <= most else f"{words[:most]}…"


def decode(data: bytes, found: Findings) -> str | None:
    """The text of a file, or None when it cannot be read at all."""
    if len(data) > LIMIT:
        found.error(
            _line_at(data, LIMIT),
            f"the file is over {LIMIT // 1024} KB, and from this line on too long; shorten it",
        )
        return None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        found.error(_line_at(data, error.start), _not_utf8(data, error.start))
        return None
    _check_characters(text, found)
    return text


def cannot_be_said(text: str) -> bool:
    """Whether a word in it is too long; addresses and lines drawn with signs are not meant."""
    return any("://" not in run and any(map(str.isalnum, run)) for run in _RUN.findall(text))


def line_of(text: str, offset: int) -> int:
    """The line (1-based) of the character at that offset."""
    return len(_END.findall(text, 0, offset)) + 1


def last_line(text: str) -> int:
    """The number of the last line that holds something."""
    return line_of(text, len(text.rstrip()))


def _line_at(data: bytes, offset: int) -> int:
    return len(_BYTES_END.findall(data[:offset])) + 1


def _not_utf8(data: bytes, offset: int) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "the file is not UTF-8 (it looks like UTF-16); save it as UTF-8"
    return f"the file is not UTF-8 (byte 0x{data[offset]:02x} here); save it as UTF-8"


def _check_characters(text: str, found: Findings) -> None:
    if nul := text.find("\0") + 1:
        found.error(line_of(text, nul - 1), "a NUL byte in the text; remove it")
    if control := _CONTROL.search(text):
        found.warn(
            line_of(text, control.start()),
            f"a control character (U+{ord(control[0]):04X}) in the text",
        )
    if _RUN.search(text) or len(max(text.split("\n"), key=len)) > LONG_LINE:
        for number, line in enumerate(_END.split(text), start=1):
            _check_length(number, line, found)


def _check_length(number: int, line: str, found: Findings) -> None:
    if len(line) > LONG_LINE:
        found.warn(number, f"a line of {len(line)} characters; split what is to be said")
    if cannot_be_said(line):
        found.warn(
            number,
            f"over {LONG_RUN} characters without a space; nobody can say that, so put spaces in",
        )
