"""Lorebooks of cards: what a character knows, in all forms that editors write it in."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_BOOKS_WORDS = """
characterbook charbook book worldinfo lorebook lorebooks lore embeddedlorebook globallore
localelore loreitems worldbook memorybook entries world
"""
BOOKS = frozenset(_BOOKS_WORDS.split())
"""Names under which a lorebook stands, as they are compared: without case and signs."""
MOST_ENTRIES = 400
"""Entries that are taken."""
_CONTENT = ("content", "entry", "text", "value", "description")
_KEYS = ("keys", "key", "keywords", "triggers", "keyword", "primary_keys", "secondkey")
_TITLES = ("name", "comment", "title", "displayName", "memo")
_DECORATOR = re.compile(r"^@@@?[^\n]*\n?", re.MULTILINE)
_OFF = re.compile(r"^@@@?dont_activate\b", re.MULTILINE)
_TRUTH = {"true": True, "false": False, "1": True, "0": False, "yes": True, "no": False}


@dataclass(frozen=True, slots=True)
class Lore:
    """The entries in use as ``keys: content``, and how many are ``off`` or ``left`` for their
    number; ``decorated``: orders to a program were taken out; ``linked`` is a book that is not in
    the card."""

    entries: tuple[str, ...] = ()
    off: int = 0
    left: int = 0
    decorated: bool = False
    linked: str = ""


NO_LORE = Lore()
"""Of a card without a lorebook."""


def read_lore(books: Iterable[Any], extensions: Mapping[str, Any]) -> Lore:
    """What is in these lorebooks, each entry once."""
    found: dict[str, None] = {}
    off, decorated = 0, False
    for entry in (each for book in books for each in _entries(book)):
        content = _content(entry)
        decorated = decorated or bool(_DECORATOR.search(content))
        if not _is_on(entry, content):
            off += 1
        elif plain := _DECORATOR.sub("", content).strip():
            found[_told(entry, plain)] = None
    world = extensions.get("world")
    linked = world if isinstance(world, str) and world.strip() and not found else ""
    taken = tuple(found)[:MOST_ENTRIES]
    return Lore(taken, off, len(found) - len(taken), decorated, linked)


def is_book(values: Mapping[str, Any]) -> bool:
    """Whether these are a lorebook's own values."""
    entries = next(_entries(values), None) if "entries" in values else None
    return entries is not None and bool(_content(entries) or _keys(entries))


def _entries(book: Any, deep: int = 0) -> Iterator[Mapping[str, Any]]:
    """The entries of a book: a list, an object with numbers as names, or a book around them."""
    if isinstance(book, str) and book.lstrip().startswith(("{", "[")):
        try:
            book = json.loads(book, strict=False)
        except (ValueError, RecursionError):
            return
    if deep > 4:
        return
    if isinstance(book, list):
        for each in book:
            yield from _entries(each, deep + 1)
    elif isinstance(book, Mapping):
        inner = book.get("entries")
        if isinstance(inner, list | Mapping):
            yield from _entries(inner, deep + 1)
        elif any(isinstance(book.get(name), str) for name in _CONTENT):
            yield book
        else:
            for each in book.values():
                if isinstance(each, Mapping | list):
                    yield from _entries(each, deep + 1)


def _content(entry: Mapping[str, Any]) -> str:
    texts = (entry.get(name) for name in _CONTENT)
    return next((text.strip() for text in texts if isinstance(text, str) and text.strip()), "")


def _is_on(entry: Mapping[str, Any], content: str) -> bool:
    for name, wanted in (("enabled", True), ("disable", False), ("disabled", False)):
        value = entry.get(name)
        if isinstance(value, str):
            value = _TRUTH.get(value.strip().casefold())
        if isinstance(value, bool | int) and bool(value) is not wanted:
            return False
    probability = entry.get("probability")
    never = entry.get("useProbability") is not False and probability == 0
    return not never and not _OFF.search(content)


def _told(entry: Mapping[str, Any], content: str) -> str:
    names = _keys(entry)
    # What is to be searched by a pattern is named by its title, which people can read.
    if not names or entry.get("use_regex") is True or any(n.startswith("/") for n in names):
        titles = (entry.get(name) for name in _TITLES)
        names = [title.strip() for title in titles if isinstance(title, str) and title.strip()][:1]
    return f"{', '.join(names[:5])}: {content}" if names else content


def _keys(entry: Mapping[str, Any]) -> list[str]:
    for name in _KEYS:
        value = entry.get(name)
        keys = re.split("[,，、]", value) if isinstance(value, str) else value  # noqa: RUF001
        if isinstance(keys, list) and (
            texts := [key.strip() for key in keys if isinstance(key, str) and key.strip()]
        ):
            return texts
    return []
