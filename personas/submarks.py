"""The marks of bullets below a rule or a fact, such as ``like: "…"``, and the lines of a phrase."""

# Authors also write full-width colons.
# ruff: noqa: RUF001

import re
from difflib import get_close_matches
from typing import Literal, NamedTuple, cast, get_args

from personas import quotes
from personas.marks import clean, normalised, quotations, without_comments
from personas.model import FactChange, PhraseKind
from personas.outline import Part
from personas.pieces import Item
from personas.source import Findings, shown

ExampleMark = Literal["like", "unlike"]
PHRASE_KINDS: tuple[PhraseKind, ...] = get_args(PhraseKind)
AFTER, ASKED = "only after", "asked"
OF_FACTS = (AFTER, ASKED)
MISSING = "missing"
_MARKS = (*get_args(ExampleMark), "then", MISSING, *OF_FACTS)

_LABEL = r"[*_`]{0,3}(?P<name>%s)[*_`]{0,3}\s*+[:：](?!//)[*_`]{0,3}"
_MARK = re.compile(_LABEL % r"like|unlike|then|missing|asked|only[ \t_-]{1,3}after", re.IGNORECASE)
_OTHER = re.compile(_LABEL % r"[^\W\d_]{2,20}(?:[ \t_-][^\W\d_]{2,12})?")
_PHRASE = re.compile(_LABEL % r"[^:：\r\n*_`]{1,60}?")
_FACT = re.compile(r"([^:：]{1,60}?)\s*(?::(?!//)|：)\s*(.*)", re.DOTALL)
_HIDDEN = re.compile(rf"[\r\n][ \t]*+(?={_MARK.pattern})", re.IGNORECASE)
_SPOKEN = re.compile(rf"\s*+[{quotes.SIGNS}'‘‚]")


class Submark(NamedTuple):
    """A mark, one of ``_MARKS``, and what stands behind its colon, as it was written."""

    name: str
    rest: str

    @property
    def example(self) -> ExampleMark | None:
        """The mark, when it is that of an example."""
        return cast(ExampleMark, self.name) if self.name in get_args(ExampleMark) else None


def submark(item: Item) -> Submark | None:
    """The mark with which a bullet begins."""
    match = _MARK.match(item.text) if item.kind == "bullet" else None
    if match is None:
        return None
    name = " ".join(re.split(r"[ \t_-]+", match["name"].casefold()))
    return Submark(name, item.text[match.end() :])


def unknown_mark(item: Item, *, words: bool) -> str:
    """The label of a bullet below another when it looks like a mark and is none, else "".

    With ``words``, any label in lower case does; without, only one that is nearly a mark.
    """
    match = _OTHER.match(item.text) if item.kind == "bullet" else None
    if match is None:
        return ""
    name = match["name"]
    if words and name.islower() and name.isalpha():
        return name
    return name if get_close_matches(name.casefold(), _MARKS, n=1, cutoff=0.8) else ""


def sentences(words: str, mark: str, line: int, found: Findings) -> tuple[str, ...]:
    """The quoted sentences behind a mark; what stands there unquoted is taken as one."""
    said = quotations(without_comments(words))
    if said.unclosed:
        found.warn(line, f"{mark}: a quotation mark without its partner; close the sentence")
    elif not said.lines and normalised(said.beside):
        found.warn(line, f"{mark}: put the sentence in quotation marks, so that its end is seen")
    elif said.lines and normalised(said.beside):
        found.warn(line, f"{mark}: {shown(said.beside)!r} beside the quotation is not read")
    lines = tuple(filter(normalised, said.lines or (said.beside.strip(quotes.SIGNS + " "),)))
    if not lines and mark == ASKED:
        found.error(line, f'{mark}: has no question; write one, as in {mark}: "How old is it?"')
    elif not lines:
        found.warn(line, f'{mark} has no words; write a sentence, as in {mark}: "I am so sorry."')
    return lines


def fact_change(words: str, line: int, found: Findings) -> FactChange | None:
    """What a ``then`` changes, with the label as it stands there."""
    label, value = labelled(clean(without_comments(words)))
    if label and value:
        return FactChange(label, value, line)
    found.error(line, "then: names no fact with its new value; write then: Label: new value")
    return None


def labelled(words: str) -> tuple[str, str]:
    """Label and value of a fact; the label is empty when there is none."""
    match = _FACT.fullmatch(words)
    # "Called at 10:30" and a whole sentence before the colon are no labels.
    if match is None or len(match[1].split()) > 6:
        return "", words
    if match[1][-1].isdigit() and words[match.end(1) :].lstrip()[1:2].isdigit():
        return "", words
    return match[1], match[2]


def is_stray_example(item: Item, found: Findings) -> bool:
    """Whether this bullet of a section without rules is an example; it is noted then."""
    mark = submark(item)
    spoken = mark is not None and (mark.example or mark.name in (ASKED, MISSING))
    if mark is None or not spoken or not _SPOKEN.match(mark.rest):
        return False
    note_stray(mark.name, item.line, found)
    return True


def note_stray(mark: str, line: int, found: Findings) -> None:
    """Note a mark that belongs to nothing above it."""
    if mark in OF_FACTS:
        found.error(line, f"{mark}: stands below no fact; indent it below one of Profile Data")
    else:
        found.error(line, f"{mark}: stands below no rule; indent it below the rule that it is for")


def note_hidden(item: Item, found: Findings) -> None:
    """Note a mark that began a line, but no bullet, and so became words of the one above."""
    if item.kind == "bullet" and (match := _HIDDEN.search(item.text)):
        name = match["name"].casefold()
        found.error(item.line, f"{name}: begins no bullet, so it is read as words; write - {name}:")


def read_phrases(part: Part, found: Findings) -> list[tuple[PhraseKind, str]]:
    """Each line of ``# Phrases`` with its kind; lines below a kind belong to it."""
    lines: list[tuple[PhraseKind, str]] = []
    above: tuple[PhraseKind, int] | None = None
    for item in part.items:
        if item.kind in ("code", "heading"):
            continue
        match = _PHRASE.match(item.text)
        rest = item.text[match.end() :] if match else item.text
        kind = _phrase_kind(match["name"]) if match else None
        if kind is not None and item.parent and not rest.strip():
            above = kind, item.indent
        elif kind is None and above and item.indent > above[1] and _SPOKEN.match(item.text):
            lines += [(above[0], line) for line in sentences(item.text, above[0], item.line, found)]
        elif kind is not None:
            lines += [(kind, line) for line in sentences(rest, kind, item.line, found)]
        else:
            known = ", ".join(kind.capitalize() for kind in PHRASE_KINDS)
            words = f"unknown phrase {shown(match['name'])!r}" if match else "a line of no kind"
            found.warn(item.line, f'{words}; write {known}, as in - Unknown: "I could not say."')
    return lines


def _phrase_kind(name: str) -> PhraseKind | None:
    word = normalised(name)
    return next((kind for kind in PHRASE_KINDS if kind == word), None)
