"""The shapes that a field of a card has in JSON, made texts of: a text, a list, an object."""

import json
import re
from collections.abc import Mapping
from typing import Any

MOST_TEXTS = 200
"""Texts of each list of a card, such as its greetings, that are taken."""
_INNER = ("text", "content", "value", "message", "prompt", "entry", "mes", "title")


def text_of(value: Any) -> str:
    """One text from whatever shape a field has."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, list):
        texts = list(filter(None, map(text_of, value[:MOST_TEXTS])))
        short = all(len(text) <= 60 and "\n" not in text for text in texts)
        return (", " if short else "\n").join(texts)
    if isinstance(value, Mapping):
        return _mapped(value)
    return ""


def _mapped(value: Mapping[str, Any]) -> str:
    attributes = value.get("attributes")
    if isinstance(attributes, Mapping):  # Agnai's personas
        return _mapped(attributes)
    for key in _INNER:
        if isinstance(value.get(key), str):
            return str(value[key]).strip()
    lines = [(str(key), text_of(each)) for key, each in list(value.items())[:MOST_TEXTS]]
    # Plain text has one attribute, with the name of its kind.
    if len(lines) == 1 and lines[0][0] in ("text", "attributes"):
        return lines[0][1]
    return "\n".join(f"{key}: {text}" for key, text in lines if text)


def texts_of(value: Any) -> list[str]:
    """The texts of a list, of lists in it, or of a single one."""
    if isinstance(value, list):
        return [text for each in value[: 2 * MOST_TEXTS] for text in texts_of(each)]
    text = text_of(value)
    return [text] if text else []


def listed(value: Any) -> str:
    """The texts of a list with commas between them."""
    return ", ".join(texts_of(value)[:30])


def parsed(text: str) -> Any:
    """The values of a JSON text; None when it is none."""
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def is_full(value: Any) -> bool:
    """Whether there is anything in a value."""
    return bool(value.strip() if isinstance(value, str) else value)


def plain_key(key: object) -> str:
    """A key as it is compared: without letter case and signs."""
    return re.sub(r"[\W_]+", "", str(key).casefold())


def mapping_of(value: Any) -> Mapping[str, Any]:
    """The value if it is an object, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def list_of(value: Any) -> list[Any]:
    """The value if it is a list, else an empty one."""
    return value if isinstance(value, list) else []
