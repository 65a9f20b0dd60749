"""File names for personas, proposed from what people call them."""

import re
import unicodedata
from collections.abc import Callable

from personas.files import is_slug

LONGEST = 48
"""Characters of a proposed name; there is room left for a number."""
FALLBACK = "persona"


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


def writable(name: str) -> bool:
    """Whether anything of a name can be written in a file's name."""
    return bool(_plain(name))


def _plain(name: str) -> str:
    """The name in a-z, 0-9 and hyphens; empty when nothing of it can be written so."""
    # Here, since the checker is also used where there is PyYAML and nothing else.
    from anyascii import anyascii

    # Signs have names in ASCII, too, such as ":thumbsup:", but nobody is called so.
    plain = unicodedata.normalize("NFKC", name[:200])
    letters = (" " if unicodedata.category(c) in ("So", "Sk") and c != "`" else c for c in plain)
    # An apostrophe, and what stands for a soft sign, is no break: O'Brien, Ol'ga.
    written = re.sub("['`]", "", anyascii("".join(letters))).lower()
    words = re.findall("[a-z0-9]+", written)
    short = ""
    for word in words:
        if short and len(short) + len(word) >= LONGEST:
            break
        short = f"{short}-{word}".strip("-")[:LONGEST]
    return short
