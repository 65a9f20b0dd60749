"""What programs do to a persona file on its way: found with its remedy, and mended.

Chat models put a polite sentence before the file and a fence around it; programs that read UTF-8 as
an older encoding make three signs of one. Both can be undone without asking anybody.
"""

# The signs are those that programs make.
# ruff: noqa: RUF001

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from personas.front_yaml import FENCED
from personas.sections import PERSONA, Heading, bold, heading, underlined
from personas.source import Findings, line_of, shown

MOST_LINES = 20
"""Lines before or behind a file that may be a chat model's own words."""
MOST_REMARKS = 20
"""Lines that are named as wrongly decoded; mending mends all of them."""
_TIMES = 3
"""How often a text may have been decoded wrongly in a row."""

_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})[ \t]*([\w+-]*)[^\r\n`]*")
_KEY = re.compile(
    r"(?:scenario|difficulty|language|patience|voice|engine|published|hang_up|exam|recording)\s*:",
    re.IGNORECASE,
)
_RULE = re.compile(r"-{3}[ \t]*")
_POLITE = re.compile(
    r"(?:sure|certainly|of course|absolutely|great|ok(?:ay)?|here(?:'s|’s| is| are| you)|below is|"
    r"i(?:'ve|’ve| have) |got it|happy to|no problem|voil|ได้|นี่|แน่นอน|ครับ|ค่ะ|claro|aquí|"
    r"gerne|natürlich|hier ist|bien sûr|certo|ecco)",
    re.IGNORECASE,
)
_OFFER = re.compile(
    r"(?:let me know|would you like|feel free|i hope th|hope this|want me to|"
    r"if you(?:'d|’d| would| want| need)|do you want me|shall i|should i|i can also|happy to|"
    r"this persona (?:is|has|should)|you can now|หากต้องการ|ต้องการให้)",
    re.IGNORECASE,
)

_OF_THE_FILE = re.compile(
    r"\b(?:i can|me know|me to|shall i|should i|hope this|hope that|"
    r"persona (?:is|has|should|file))\b|หากต้องการ|ต้องการให้",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Wrapping:
    """What stands around a file: what is wrong, at which line (1-based), and the text without.

    ``error``: nothing of the file, or of its front matter, can be read until it is gone.
    """

    line: int
    problem: str
    text: str
    error: bool = True


def mended(text: str) -> str:
    """The text without what programs did to it; the same text when there is nothing to mend."""
    for _ in range(_TIMES):
        found = wrapping(text)
        if found is None:
            break
        text = found.text
    return well_decoded(text)


def note_wrapping(text: str, found: Findings) -> bool:
    """Note what stands around the file; whether it keeps the file from being read."""
    around = wrapping(text)
    if around is None:
        return False
    (found.error if around.error else found.warn)(around.line, around.problem)
    return around.error


def wrapping(text: str) -> Wrapping | None:
    """The first thing around the file that is no part of it."""
    return next(filter(None, (look(text) for look in _LOOKS)), None)


def _fenced_whole(text: str) -> Wrapping | None:
    """A code block that holds the whole file, or all below its front matter, between a chat model's
    own words."""
    front = FENCED.match(text)
    above = front[0] if front and any(map(_KEY.match, front["yaml"].splitlines())) else ""
    first = above.count("\n")
    lines = text[len(above) :].splitlines(keepends=True)
    for number, line in enumerate(lines[: MOST_LINES + 1]):
        begin = _FENCE.fullmatch(line.lstrip("\ufeff").rstrip())
        if begin:
            ends = [i for i in range(number + 1, len(lines)) if lines[i].strip() == begin[1]]
            end = ends[-1] if ends else len(lines)
            inside = lines[number + 1 : end]
            if end < len(lines) - MOST_LINES or not _is_file(inside):
                return None
            outside = (
                " and the words around it" if number or "".join(lines[end + 1 :]).strip() else ""
            )
            problem = (
                f"the whole file stands in a code block; take away the fence {begin[1]} on lines "
                f"{first + number + 1} and {first + min(end + 1, len(lines))}{outside}"
            )
            return Wrapping(first + number + 1, problem, above + "".join(inside))
        if _begins(line) or _RULE.fullmatch(line.strip()):
            return None
    return None


def _fenced_front(text: str) -> Wrapping | None:
    """A code block around the front matter, with or without its own ``---``."""
    lines = text.splitlines(keepends=True)
    for number, line in enumerate(lines[: MOST_LINES + 1]):
        begin = _FENCE.fullmatch(line.lstrip("\ufeff").rstrip())
        if begin:
            end = next(
                (i for i in range(number + 1, len(lines)) if lines[i].strip() == begin[1]), 0
            )
            inside = [one for one in lines[number + 1 : end] if not _RULE.fullmatch(one.strip())]
            if not end or not any(map(_KEY.match, inside)) or any(map(_begins, inside)):
                return None
            problem = (
                f"the front matter stands in a code block, so it is not read; take away the fence "
                f"{begin[1]} on lines {number + 1} and {end + 1}"
            )
            rest = "".join(lines[end + 1 :])
            rest = re.sub(r"\A\s*-{3}[ \t]*\r?\n", "", rest)
            return Wrapping(number + 1, problem, f"---\n{''.join(inside)}---\n{rest}")
        if _begins(line) or (_RULE.fullmatch(line.strip()) and not _fence_next(lines, number)):
            return None
    return None


def _fence_next(lines: list[str], number: int) -> bool:
    return any(_FENCE.fullmatch(line.rstrip()) for line in lines[number + 1 : number + 2])


def _preamble(text: str) -> Wrapping | None:
    """Words before the front matter."""
    lines = text.splitlines(keepends=True)
    for number, line in enumerate(lines[: MOST_LINES + 1]):
        if _begins(line):
            return None
        if _RULE.fullmatch(line.lstrip("\ufeff").strip()):
            front = _until_rule(lines[number + 1 :])
            before = "".join(lines[:number]).strip("\ufeff \t\r\n")
            if not before or not any(map(_KEY.match, front)):
                return None
            first = next(i for i, each in enumerate(lines) if each.strip("\ufeff \t\r\n"))
            where = f"line {first + 1}" if first + 1 >= number else f"lines {first + 1} to {number}"
            problem = (
                f"the front matter is not read, since words stand before it: {shown(before)!r}; "
                f"take away {where}, so that the file begins with ---"
            )
            return Wrapping(first + 1, problem, "".join(lines[number:]))
    return None


def _bare_front(text: str) -> Wrapping | None:
    """Front matter without its ``---``, right above the first heading."""
    lines = text.splitlines(keepends=True)
    first = next((i for i, each in enumerate(lines) if each.strip("\ufeff \t\r\n")), None)
    if first is None or not _KEY.match(lines[first].lstrip("\ufeff")):
        return None
    end = first
    while end < len(lines) and (_keyed(lines[end]) or not lines[end].strip()):
        end += 1
    rule = end < len(lines) and bool(_RULE.fullmatch(lines[end].strip()))
    rest = "".join(lines[end + rule :])
    if not _begins(rest.lstrip().split("\n", 1)[0]):
        return None
    front = "".join(lines[first:end]).rstrip() + "\n"
    problem = "the front matter is not read: write --- on a line of its own above and below it"
    return Wrapping(first + 1, problem, f"---\n{front}---\n{rest}")


def _polite(text: str) -> Wrapping | None:
    """A chat model's sentence before the first heading of a file without front matter."""
    lines = text.splitlines(keepends=True)
    for number, line in enumerate(lines[: MOST_LINES + 1]):
        if _begins(line):
            before = "".join(lines[:number]).strip("\ufeff \t\r\n-")
            if not before or not (_POLITE.match(before) or before.endswith((":", "："))):
                return None
            problem = (
                f"words before the persona, which it would be told: {shown(before)!r}; take them "
                "away"
            )
            return Wrapping(1, problem, "".join(lines[number:]), error=False)
        if _RULE.fullmatch(line.strip()) and number == 0:
            return None
    return None


def _offer(text: str) -> Wrapping | None:
    """A chat model's offer below the file."""
    stripped = text.rstrip()
    at = max(stripped.rfind("\n\n"), stripped.rfind("\r\n\r\n"))
    last = stripped[at:].strip()
    offers = bool(_OFFER.match(last) and _OF_THE_FILE.search(last))
    if at < 0 or not offers or len(last) > 600 or "\n-" in last:
        return None
    problem = f"words below the persona, which it would be told: {shown(last)!r}; take them away"
    rest = re.sub(r"(?:\s*\n-{3,}[ \t]*)?\s*\Z", "\n", stripped[:at])
    return Wrapping(line_of(text, text.rindex(last)), problem, rest, error=False)


_LOOKS: tuple[Callable[[str], Wrapping | None], ...] = (
    _fenced_front,
    _fenced_whole,
    _preamble,
    _bare_front,
    _polite,
    _offer,
)


def _is_file(lines: list[str]) -> bool:
    """Whether these lines are a persona file, or begin as one does."""
    return any(map(_begins, lines[:60]))


def _begins(line: str) -> bool:
    """Whether the line names the persona."""
    found = _heading(line.lstrip("\ufeff").strip())
    return found is not None and found.key == PERSONA


def _heading(words: str) -> Heading | None:
    if not words:
        return None
    return heading(words) if words[0] == "#" else bold(words) or underlined(words, "===")


def _until_rule(lines: list[str]) -> list[str]:
    """The lines before the next ``---``; none when there is no such line soon."""
    for number, line in enumerate(lines[:200]):
        if _RULE.fullmatch(line.strip()):
            return lines[:number]
    return []


def _keyed(line: str) -> bool:
    return bool(re.match(r"[A-Za-z_]+\s*:(?:\s|\Z)", line)) or line.startswith((" ", "\t"))


# What reads UTF-8 and takes it for something older: macOS, Windows, DOS, and Windows in Thai.
_CODECS = ("mac_roman", "cp1252", "cp437", "cp850", "cp1251", "cp874")
_RUN = re.compile(r"[^\x00-\x7f]{2,}")
_CLOSING = frozenset("“”‘’«»‹›„‚")
# Letters of Latin, Greek, Cyrillic, Hebrew, Arabic, Thai, kana, Han and Hangul; signs, and emoji.
_LIKELY = re.compile(
    "[\u00a0-\u017f\u0192\u0370-\u04ff\u05d0-\u06ff\u0900-\u0dff\u0e00-\u0eff\u1e00-\u1eff"
    "\u2010-\u204a\u20a0-\u20bf\u2100-\u27bf\u3000-\u30ff\u4e00-\u9fff\uac00-\ud7a3\ufe0f\uff00-\uffef"
    "\U0001f000-\U0001faff\ufeff]+"
)

_PUNCTUATION = re.compile("[\u2010-\u2044]+")


def well_decoded(text: str) -> str:
    """The text with what was decoded wrongly as it was meant."""
    for _ in range(_TIMES):
        codec = _codec(text)
        if not codec:
            break
        text = _RUN.sub(lambda run, by=codec: _decoded(run[0], by) or run[0], text)  # type: ignore[misc]
    return text


def note_misdecoded(text: str, found: Findings) -> None:
    """Warn at each line that looks wrongly decoded, with what it would be."""
    if text.isascii() or not _codec(text):
        return
    better = well_decoded(text)
    # Mending changes no end of a line.
    pairs = zip(text.splitlines(), better.splitlines(), strict=False)
    differ = [(n, old, new) for n, (old, new) in enumerate(pairs, start=1) if old != new]
    for number, old, new in differ[:MOST_REMARKS]:
        was, meant = _difference(old, new)
        more = len(differ) - MOST_REMARKS
        others = f", as {more} more lines do" if number == differ[-1][0] and more > 0 else ""
        found.warn(
            number,
            f"{shown(was)!r} looks wrongly decoded{others}; {shown(meant)!r} is meant, it seems: "
            "write it so, or take the text once more and read it as UTF-8",
        )


def _difference(old: str, new: str) -> tuple[str, str]:
    """The first words in which two lines differ."""
    for one, other in zip(old.split(), new.split(), strict=False):
        if one != other:
            return one, other
    return old, new


def _codec(text: str) -> str:
    """As what the text was read that is UTF-8; "" when it seems to be what it is."""
    if text.isascii():
        return ""
    runs = Counter(_RUN.findall(text))
    weighed = {codec: sum(_weights(runs, codec)) for codec in _CODECS}
    best = max(_CODECS, key=lambda codec: weighed[codec])
    return best if weighed[best] >= _ENOUGH else ""


_ENOUGH = 2


def _weights(runs: Counter[str], codec: str) -> Iterator[int]:
    """How strongly each run speaks for that codec.

    Two signs may meet by chance, as in a word in capitals before a quotation mark; of encodings
    whose letters are the text's own, as in Russian and Thai, more may.
    """
    own = codec in ("cp1251", "cp874")
    for run, times in runs.items():
        if _decoded(run, codec) is None:
            continue
        if (own and len(run) < 6 and not _PUNCTUATION.fullmatch(_decoded(run, codec) or "")) or (
            len(run) == 2 and run[1] in _CLOSING
        ):
            yield 0
        else:
            yield times * len(run)


def _decoded(run: str, codec: str) -> str | None:
    data = b"".join(_byte(sign, codec) for sign in run)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text if text != run and _LIKELY.fullmatch(text) else None


def _byte(sign: str, codec: str) -> bytes:
    """The byte that was read as that sign; what a codec leaves open stays the byte it was."""
    try:
        return sign.encode(codec)
    except UnicodeEncodeError:
        return bytes([ord(sign)]) if 0x80 <= ord(sign) < 0xA0 else b"\xff"
