"""Addresses and telephone numbers as they are said; pure."""

import re

from agent.speech.number_words import cardinal, singly
from agent.speech.spoken_rules import Rules, Written, letters, unsayable
from agent.speech.spoken_words import DIGITAL

rules = Rules()

_DOMAIN = rf"(?:[A-Za-z0-9-]{{1,63}}\.){{1,5}}(?:{'|'.join(DIGITAL)})(?![\w-])"


@rules(
    "letter digit",
    rf"[\w.+-]{{1,64}}@{_DOMAIN}|[\w.+-]{{1,64}}@[\w-]{{1,63}}(?:\.[\w-]{{1,63}}){{1,5}}",
)
def _email(written: Written, found: re.Match[str]) -> str | None:
    return _address(found[0])


@rules("letter", r"(?:https?://|www\.)[^\s<>\"]{1,300}")
def _url(written: Written, found: re.Match[str]) -> str | None:
    place = re.sub(r"^(?:https?://)?(?:www\.)?", "", found[0]).rstrip(".,;:!?)]'/")
    # What follows "?" is for machines.
    said = _address(re.split(r"[?#]", place)[0])
    return said + ("." if found[0][-1] in ".!?" else "")


@rules("letter digit", rf"{_DOMAIN}(?:/[\w./-]{{0,100}}\w)?")
def _domain(written: Written, found: re.Match[str]) -> str | None:
    return _address(found[0]) if any(map(str.isalpha, found[0])) else None


_ADDRESS_SIGNS = {".": "dot", "@": "at", "-": "dash", "_": "underscore", "/": "slash", "+": "plus"}


def _address(text: str) -> str:
    words = []
    for part in re.findall(r"[A-Za-z]+|\d+|[^\W\d_]+|[^\w\s]|_", text):
        if part.isdigit():
            words.append(singly(part) if len(part) > 2 else cardinal(part))
        elif part.isalpha():
            spelled = len(part) == 1 or unsayable(part)
            words.append(letters(part) if spelled else part.lower())
        elif part in _ADDRESS_SIGNS:
            words.append(_ADDRESS_SIGNS[part])
    return " ".join(words)


@rules("digit", r"1-800-\d{3}-\d{4}(?![\w-])")
def _toll_free(written: Written, found: re.Match[str]) -> str | None:
    return "one eight hundred, " + singly(found[0][6:])


@rules(
    "digit sign",
    r"(?:(?:\+?\d{1,3}[-. ])?(?:\(\d{3}\) ?|\d{3}[-. ]))?\d{3}[-.]\d{4}(?![\w-])"
    r"|\+?\d{1,3} \d{3} \d{3} \d{4}(?![\w-])"
    r"|\d{3} \d{3} \d{4}(?![\w-])|0\d{2,4}[ -]\d{3,4}[ -]?\d{3,4}(?![\w-])"
    r"|\+\d{1,3}(?:[-. ]?\(?\d{1,5}\)?){1,6}(?![\w-])",
)
def _phone(written: Written, found: re.Match[str]) -> str | None:
    return ("plus " if found[0].startswith("+") else "") + singly(found[0])


@rules("digit", r"(?:\d{3,4}(?:[ -]\d{3,4}){1,5}|\d\d(?:[ -]\d\d){2,6})(?![\w-])(?![.,]\d)")
def _groups(written: Written, found: re.Match[str]) -> str | None:
    """A card's number, or an order's: "4077 2158"."""
    years = re.fullmatch(r"((?:19|20)\d\d)-((?:19|20)\d\d)", found[0])
    if years or (" " not in found[0] and re.fullmatch(r"\d{3}-\d{3}", found[0])):
        return None
    return singly(found[0])
