"""The facts and the words that one piece of a section says."""

# Authors also write full-width colons.
# ruff: noqa: RUF001

import re

from personas.content import Content, Passage
from personas.marks import clean
from personas.model import Fact
from personas.outline import Part
from personas.source import Findings, shown

_FACT = re.compile(r"([^:：]{1,60}?)\s*(?::(?!//)|：)\s*(.*)", re.DOTALL)


def read_words(part: Part) -> Passage:
    """The bullets, paragraphs and sub-headings, one note each."""
    notes = []
    for item in part.items:
        if item.kind == "code":
            notes.append(item.text)
        elif words := clean(item.text.lstrip("> ")):
            notes.append(words)
    return Passage(part.line, Content(notes=notes), ())


def read_facts(part: Part) -> Passage:
    """The facts, and as notes all that stands there."""
    content, found = read_words(part).content, Findings()
    for item in part.items:
        if item.kind not in ("bullet", "text") or not (words := clean(item.text)):
            continue
        label, value = _labelled(words)
        if value or not label:
            content.facts.append(Fact(label, value, item.line))
        elif not item.parent:
            found.warn(item.line, f"{shown(label)!r} has no value; the persona cannot tell it")
    return Passage(part.line, content, found.sorted())


def _labelled(words: str) -> tuple[str, str]:
    match = _FACT.fullmatch(words)
    # "Called at 10:30" and a whole sentence before the colon are no labels.
    if match is None or len(match[1].split()) > 6:
        return "", words
    if match[1][-1].isdigit() and words[match.end(1) :].lstrip()[1:2].isdigit():
        return "", words
    return match[1], match[2]
