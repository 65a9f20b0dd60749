"""What cards are written in beside words: macros in braces, HTML, markdown's pictures and links."""

import html
import re
from dataclasses import dataclass

USER = "\ue000"
"""Stands for whoever talks with the character, until it is known how to say it."""
_NAMED = {
    "char": "char bot character charname ai name",
    "user": "user username you",
    "sub": "sub",
    "obj": "obj",
    "poss": "poss",
    "poss_p": "poss_p possp",
    "ref": "ref",
}
_MACROS = {name: kind for kind, names in _NAMED.items() for name in names.split()}
# JanitorAI's pronouns of whoever talks with the character.
_PRONOUNS = {"sub": "they", "obj": "them", "poss": "their", "poss_p": "theirs", "ref": "themselves"}
_CHOICE = re.compile(r"(?:random|pick)\s*:{1,2}\s*(.*)", re.IGNORECASE | re.DOTALL)
_BRACES = re.compile(r"\{\{([^{}]*)\}\}")
_SINGLE = re.compile(
    r"\{(char|character|user|bot)\}|<(char|user|bot)>|%(char|user)%", re.IGNORECASE
)
_COMMENT = re.compile(r"\{\{\s*(?://|comment\s*:)")

_HIDDEN = re.compile(
    r"<(script|style|details|think|thinking|svg|head)\b[^<>]*>.*?</\1\s*>",
    re.IGNORECASE | re.DOTALL,
)
_BREAK = re.compile(r"<(?:br|hr)\s*/?>|</?(?:p|div|li|ul|ol|tr|table|h[1-6]|center)\b[^<>]*>", re.I)
_TAG = re.compile(r"</?[A-Za-z][\w:-]{0,30}(?:\s[^<>]*)?/?>")
_HTML_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_IMAGE = re.compile(r"!\[[^\]\n]*\]\([^)\n]*\)")
_LINK = re.compile(r"\[([^\]\n]+)\]\([^)\n]*\)")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+")
START = re.compile(r"<start>", re.IGNORECASE)
"""What stands before each example of a dialogue."""


@dataclass(frozen=True, slots=True)
class Speakers:
    """Who ``{{char}}`` and ``{{user}}`` are."""

    char: str
    user: str


def named(text: str, who: Speakers) -> str:
    """The text with names for its macros, and without those that only a program can follow."""
    if "{{" in text:
        text = _without_comments(text)
        # Macros stand in each other, the innermost is replaced first.
        for _ in range(4):
            replaced = _BRACES.sub(lambda match: _macro(match[1], who), text)
            if replaced == text:
                break
            text = replaced
    return _SINGLE.sub(lambda m: _macro(next(filter(None, m.groups())), who), text).strip()


def plain(text: str) -> str:
    """The text without HTML, pictures and addresses; what was a block begins a line."""
    if "<" in text:
        text = START.sub("\ue001", text)
        text = _HIDDEN.sub("\n", _HTML_COMMENT.sub("", text))
        text = _TAG.sub("", _BREAK.sub("\n", text)).replace("\ue001", "<START>")
    if "&" in text:
        text = _TAG.sub("", html.unescape(text))
    text = _LINK.sub(r"\1", _IMAGE.sub("", text))
    text = _ADDRESS.sub("", text)
    return re.sub(r"[ \t]*\n[ \t]*(?:\n[ \t]*)+", "\n\n", text.replace("\r\n", "\n")).strip()


def own(name: str) -> str:
    """A pattern for the name of who speaks before a colon: all of it, or the first name."""
    names = sorted({name, *name.split()[:1]}, key=len, reverse=True)
    return rf"[*_]{{0,3}}(?:{'|'.join(map(re.escape, names))})[*_]{{0,3}}\s*[:：][*_]{{0,3}}\s*"  # noqa: RUF001


def _macro(inside: str, who: Speakers) -> str:
    inside = inside.strip()
    kind = _MACROS.get(inside.casefold())
    if kind == "char":
        return who.char
    if kind == "user":
        return who.user
    if kind:
        return _PRONOUNS[kind]
    if inside.casefold() == "newline":
        return "\n"
    if choice := _CHOICE.match(inside):
        first = re.split(r"::|,", choice[1])[0]
        return first.strip()
    return ""


def _without_comments(text: str) -> str:
    """The text without what a card's author says to other authors."""
    pieces, at = [], 0
    while (begin := _COMMENT.search(text, at)) and (end := text.find("}}", begin.end())) >= 0:
        pieces.append(text[at : begin.start()])
        at = end + 2
    return "".join([*pieces, text[at:]])
