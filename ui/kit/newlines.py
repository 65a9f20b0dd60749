"""Keeps a file's own line ends and byte order mark while a browser edits it with ``\\n`` alone."""

import re
from collections import Counter
from difflib import SequenceMatcher

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
