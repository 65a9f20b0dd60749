"""A file's text in the browser: an editor knows ``\\n`` alone, and hangs on a line without end or a
file of NULs."""

import re
from collections import Counter
from difflib import SequenceMatcher

LONGEST_LINE = 10_000
"""Characters of a line that an editor still shows; of 256,000 it hangs for minutes."""
MOST_CONTROLS = 1_000
"""Control characters that an editor still draws a sign for."""
CUT = 2_000
"""Characters of a line that a comparison shows."""

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_ENDS = re.compile(r"\r\n|\n|\r")


def obstacle(text: str) -> str:
    """Why no editor can open that text, in words that end with what to do; "" when one can."""
    controls = len(_CONTROLS.findall(text))
    if controls > MOST_CONTROLS:
        return (
            f"it holds {controls:,} control characters, such as NUL, so it may be damaged or no "
            "text at all. Bring back an earlier version, or put the right file in its place"
        )
    if len(text) <= LONGEST_LINE:
        return ""
    lengths = [len(line) for line in _ENDS.split(text)]
    if (longest := max(lengths)) <= LONGEST_LINE:
        return ""
    number = lengths.index(longest) + 1
    return (
        f"line {number} has {longest:,} characters without a break, and a browser would hang on "
        "it. Break that line in another program, or bring back an earlier version"
    )


def excerpt(text: str, lines: int = 40, width: int = 200) -> str:
    """The beginning of a text, each line cut, with signs in place of control characters."""
    found = _ENDS.split(text[: lines * LONGEST_LINE])
    shown = [cut(line, width) for line in found[:lines]]
    return "\n".join([*shown, "…"] if len(found) > lines else shown)


def cut(line: str, most: int = CUT) -> str:
    """A line as far as it is shown; how much is left out is said."""
    kept = _CONTROLS.sub(_sign, line[:most])
    return kept if len(line) <= most else f"{kept} … ({len(line) - most:,} more characters)"


def _sign(found: re.Match[str]) -> str:
    code = ord(found[0])
    return "\u2421" if code == 0x7F else chr(0x2400 + code)


BOM = "\ufeff"
_END = re.compile(r"(\r\n|\r|\n)")


def for_browser(text: str) -> str:
    """The text as the editor shows it."""
    text = text.removeprefix(BOM)
    return _END.sub("\n", text) if "\r" in text else text


def for_file(edited: str, original: str) -> str:
    """The edited text with the original's mark and line ends.

    Lines that were not touched keep their own end; new ones get the most frequent.
    """
    mark = BOM if original.startswith(BOM) else ""
    if "\r" not in original:
        return mark + edited
    old, ends = _split(original.removeprefix(BOM))
    usual = Counter(ends).most_common(1)[0][0] if ends else "\n"
    if len(set(ends)) < 2:
        return mark + edited.replace("\n", usual)
    new = edited.split("\n")
    chosen = [usual] * (len(new) - 1)
    for block in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks():
        for offset in range(block.size):
            if block.a + offset < len(ends) and block.b + offset < len(chosen):
                chosen[block.b + offset] = ends[block.a + offset]
    return mark + "".join(line + end for line, end in zip(new, [*chosen, ""], strict=True))


def _split(text: str) -> tuple[list[str], list[str]]:
    parts = _END.split(text)
    return parts[::2], parts[1::2]
