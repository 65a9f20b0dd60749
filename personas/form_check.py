"""What an author has to add to the guided form before it makes a persona."""

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from personas import spelling
from personas.form import Aim, Deed, Form, Want
from personas.form_text import written
from personas.languages import canonical
from personas.marks import normalised
from personas.model import Kind, Rule
from personas.parse import examine
from personas.source import LIMIT, cannot_be_said

LONGEST = {"scenario": 80, "name": 80, "label": 60, "words": 300, "text": 20_000}
"""Characters of a scenario, a name, a fact's name, a line, and a text of many lines."""


class Problem(NamedTuple):
    """``field`` is a name of ``Form``; ``row`` counts from 0 in a list of rows, else -1."""

    field: str
    row: int
    words: str


def problems(form: Form) -> list[Problem]:
    """All that is missing or too much, in the order of the form; empty when it can be written."""
    found = [
        *_single(form),
        *_facts(form),
        *_opening(form),
        *_rules(form),
        *_threshold(form),
    ]
    return found or list(_whole(form))


def lowest(form: Form) -> int:
    """The intensity that the persona comes down to when all that calms is done."""
    reach = sum(_rule("deescalation", -row.change).reach for row in form.calms if _said(row.words))
    return max(0, form.intensity + reach)


def _single(form: Form) -> Iterator[Problem]:
    if not _said(form.scenario):
        yield Problem("scenario", -1, "Say what the call is about, in two or three words.")
    if not _said(form.name):
        yield Problem("name", -1, "Give the customer a name.")
    if not _said(form.who):
        yield Problem("who", -1, "Say in a sentence or two who the customer is.")
    if not _said(form.context):
        yield Problem("context", -1, "Say what happened before the call.")
    for field in ("scenario", "name"):
        yield from _length(field, -1, getattr(form, field), field)
    yield from _sentences("unknown", -1, form.unknown)
    for field in ("who", "context", "constraints", "briefing"):
        yield from _text(field, getattr(form, field))
    try:
        canonical(form.language)
    except ValueError:
        yield Problem("language", -1, "Choose a language from the list.")


def _facts(form: Form) -> Iterator[Problem]:
    if not any(_said(row.value) for row in form.facts):
        yield Problem("facts", -1, "Add at least one fact, such as an order number.")
    for index, row in enumerate(form.facts):
        if _said(row.label) and not _said(row.value):
            words = f"What does the customer answer when asked for “{row.label.strip()}”?"
            yield Problem("facts", index, words)
        yield from _length("facts", index, row.label, "label")
        yield from _length("facts", index, row.value, "words")
        yield from _sentences("facts", index, row.asked)


def _opening(form: Form) -> Iterator[Problem]:
    if not any(map(_said, form.opening)):
        yield Problem("opening", -1, "Write at least one sentence to begin the call with.")
    for index, line in enumerate(form.opening):
        if line.strip() and not _said(line):
            yield Problem("opening", index, "Write it in words; signs alone cannot be said.")
        yield from _length("opening", index, line, "words")


def _rules(form: Form) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    yield from _deeds("angers", form.angers, "Add at least one thing that makes it worse.", seen)
    yield from _deeds("calms", form.calms, "Add at least one thing that helps.", seen)
    yield from _deeds("wants", form.wants, "Say what the customer wants before the call ends.", {})
    words = "Say at least one thing that the trainee is to show."
    yield from _deeds("objectives", form.objectives, words, {})


_KINDS: dict[str, Kind] = {
    "angers": "trigger",
    "calms": "deescalation",
    "wants": "criterion",
    "objectives": "objective",
}
_CALLED = {"angers": "what angers", "calms": "what calms"}


def _deeds(
    field: str, rows: tuple[Deed | Want | Aim, ...], missing: str, seen: dict[str, str]
) -> Iterator[Problem]:
    if not any(_said(row.words) for row in rows):
        yield Problem(field, -1, missing)
    for index, row in enumerate(rows):
        reply = "" if isinstance(row, Aim) else row.reply
        long = [
            *_length(field, index, row.words, "words"),
            *_length(field, index, reply, "words"),
            *_sentences(field, index, *_below(row)),
        ]
        yield from long
        if long:
            continue  # how it would be spelled takes long to find out, for nothing
        if not _said(row.words):
            if row.words.strip() or _said(reply):
                yield Problem(field, index, "Say in words what the trainee does.")
            continue
        key = normalised(spelling.one_line(row.words))
        if key in seen:
            where = f" under {_CALLED[seen[key]]}" if seen[key] != field else ""
            yield Problem(field, index, f"This is there already{where}; say it once.")
        elif not _reads(field, row.words, reply):
            yield Problem(field, index, "Say it in other words; the file reads these differently.")
        seen.setdefault(key, field)


def _below(row: Deed | Want | Aim) -> tuple[str, ...]:
    return (row.like, row.unlike, *([row.missing] if isinstance(row, Want) else []))


def _sentences(field: str, row: int, *texts: str) -> Iterator[Problem]:
    """What is wrong with texts that have a sentence on each line; the first one only."""
    lines = (line for text in texts for line in text.splitlines())
    found = (problem for line in lines for problem in _length(field, row, line, "words"))
    yield from islice(found, 1)


def _reads(field: str, words: str, reply: str) -> bool:
    """Whether the bullet is one rule and bears these words."""
    kind = _KINDS[field]
    text = spelling.rule(kind, words, "", reply)
    return spelling.as_rule(kind, text) is not None


def _threshold(form: Form) -> Iterator[Problem]:
    least = lowest(form)
    if form.threshold < least and any(_said(row.words) for row in form.calms):
        words = (
            f"From {form.intensity}, all that calms leads down to {least} only. "
            f"Choose {least} or more here, or add something that calms."
        )
        yield Problem("threshold", -1, words)


def _whole(form: Form) -> Iterator[Problem]:
    """What only the written file shows."""
    text = written(form)
    if len(text.encode("utf-8", "replace")) > LIMIT:
        yield Problem("who", -1, f"All together is over {LIMIT // 1024} KB; shorten it.")
        return
    for finding in examine(text, "new").findings:
        if finding.level == "error":
            yield Problem("", -1, f"The file would not pass the check: {finding.message}.")


def _length(field: str, row: int, text: str, kind: str) -> Iterator[Problem]:
    if len(text) > LONGEST[kind]:
        words = f"This is too long; use at most {LONGEST[kind]} characters."
        yield Problem(field, row, words)
    elif cannot_be_said(text):
        yield Problem(field, row, "A word in it is too long to be said; put spaces into it.")


def _text(field: str, text: str) -> Iterator[Problem]:
    if len(text) > LONGEST["text"]:
        yield Problem(field, -1, f"This is too long; use at most {LONGEST['text']:,} characters.")
    elif cannot_be_said(text) or any(len(word) > LONGEST["words"] for word in text.split()):
        yield Problem(field, -1, "A word in it is too long for a line; put spaces into it.")
    elif any(len(line) > 900 for line in text.splitlines()) and field != "who":
        yield Problem(field, -1, "A line in it is too long; put each thing on a line of its own.")


def _said(text: str) -> bool:
    """Whether there is a word in it."""
    return bool(normalised(spelling.one_line(text)))


def _rule(kind: Kind, change: int) -> Rule:
    return Rule("", kind, "", (), change, 0, 0)
