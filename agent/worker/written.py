"""Recognised words as a person writes them."""

import re

_ALONE = re.compile(r"\bi\b")


def as_written(text: str) -> str:
    """Capitals for the first letter and for "I"; a text that has capitals is left alone.

    No full stop is added: nobody said where the sentences end.
    """
    if text != text.lower():
        return text
    text = _ALONE.sub("I", text)
    return text[:1].upper() + text[1:]
