"""What a script expects, read from an author's words such as ``intensity at most 6; resolved``."""

# Authors also write typographic quotation marks.
# ruff: noqa: RUF001

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import NamedTuple

from personas.marks import clean, normalised
from personas.model import Kind
from personas.quotes import QUOTATION, SIGN
from personas.script_model import Bound, Expectation, Measure
from personas.script_subject import NameProblem, Names
from personas.source import Findings, shown

PHASE_NAMES = ("opening", "escalation", "deescalation", "resolution")
"""The phases of a call, as records have them and in the order of a persona's file."""
MOST = {"intensity": 10, "score": 100}
"""The largest number of a measure that has one; the smallest is 0."""
LONGEST = 2000
"""Characters of one bullet's expectations; the time for quotations grows with the square."""


class Form(NamedTuple):
    """One way to write an expectation.

    In ``words``, a name in quotes stands for what the author quotes, N for a number, PHASE for a
    phase. ``kind`` is of the rule that is named, None for any; ``only_end``: nothing of the kind is
    known after a turn.
    """

    words: str
    measure: Measure
    wanted: bool = True
    kind: Kind | None = None
    only_end: bool = False


FORMS = (
    Form('matched "RULE"', "matched"),
    Form('not matched "RULE"', "matched", wanted=False),
    Form("nothing matched", "matched", wanted=False),
    Form("intensity is N", "intensity"),
    Form("intensity at most N", "intensity"),
    Form("intensity at least N", "intensity"),
    Form("phase is PHASE", "phase"),
    Form("phase is not PHASE", "phase", wanted=False),
    Form('reply has "WORDS"', "reply has"),
    Form('reply has not "WORDS"', "reply has", wanted=False),
    Form('tells "FACT"', "fact told"),
    Form('never reveals "FACT"', "revealed", wanted=False),
    Form('never reveals "FACT" before it is asked', "revealed unasked", wanted=False),
    Form("hung up", "hung up"),
    Form("not hung up", "hung up", wanted=False),
    Form("resolved", "resolved"),
    Form("not resolved", "resolved", wanted=False),
    Form("score is N", "score", only_end=True),
    Form("score at least N", "score", only_end=True),
    Form("score at most N", "score", only_end=True),
    Form('shown "OBJECTIVE"', "shown", kind="objective"),
    Form('not shown "OBJECTIVE"', "shown", wanted=False, kind="objective"),
    Form('met "CRITERION"', "met", kind="criterion"),
    Form('not met "CRITERION"', "met", wanted=False, kind="criterion"),
    Form("no guard broken", "guard", wanted=False),
    Form('no guard broken "GUARD"', "guard", wanted=False),
    Form("no example fits small talk", "small talk", wanted=False, only_end=True),
)
"""All that can be expected; docs/personas-repo.md has the same list for authors."""

_PIECE = re.compile(r"[^;；]+")
_LINE_END = re.compile(r"\r\n|\n|\r")
_FORM_NAME = re.compile(r'"[A-Z]+"')
_NUMBER = re.compile(r"-?\d{1,9}")
_OTHER_JOINTS = re.compile(r",|\band\b|&|\bwith\b")


@dataclass(frozen=True, slots=True)
class Place:
    """Where expectations stand: in which line (1-based), and at the end or below a turn."""

    line: int
    at_end: bool


class _Clause(NamedTuple):
    """One expectation as written; in ``form`` each of the ``quoted`` is ``"…"``."""

    text: str
    form: str
    quoted: tuple[str, ...]
    line: int


class ExpectationReader:
    """Reads the expectations of one script; ``guards`` are the names that there are, None: any."""

    def __init__(self, names: Names, found: Findings, guards: Collection[str] | None) -> None:
        self._names = names
        self._found = found
        self._guards = guards

    def read(self, text: str, place: Place) -> tuple[Expectation, ...]:
        """What these words expect; what is not understood is noted as an error."""
        if len(text) > LONGEST:
            words = f"over {LONGEST:,} characters of expectations; write them as several bullets"
            self._found.error(place.line, words)
            return ()
        clauses = list(_clauses(text, place.line))
        if not clauses:
            self._found.error(
                place.line, "expect: says nothing; write what is expected, such as resolved"
            )
        return tuple(one for clause in clauses if (one := self._one(clause, place)) is not None)

    def _one(self, clause: _Clause, place: Place) -> Expectation | None:
        read = _understood(clause.form)
        if read is None:
            self._found.error(clause.line, _not_understood(clause))
            return None
        form, rest = read
        if form.only_end and not place.at_end:
            self._found.error(
                clause.line,
                f"the {form.measure} is known only when the call is over; write this below "
                "# At the end",
            )
            return None
        try:
            return self._filled(form, rest, clause)
        except (NameProblem, ValueError) as problem:
            self._found.error(clause.line, str(problem))
        return None

    def _filled(self, form: Form, rest: str, clause: _Clause) -> Expectation:
        """The expectation; raises NameProblem and ValueError with words for an author."""
        number, target = 0, ""
        if form.measure in MOST:
            number = self._number(form.measure, rest, clause)
        elif form.measure == "phase":
            target = _phase(rest)
        elif clause.quoted:
            target = self._target(form, clean(clause.quoted[0]))
        return Expectation(
            form.measure,
            clause.text,
            clause.line,
            target,
            _bound(form.words),
            number,
            form.wanted,
        )

    def _number(self, measure: str, rest: str, clause: _Clause) -> int:
        most = MOST[measure]
        if not _NUMBER.fullmatch(rest) or not 0 <= int(rest) <= most:
            raise ValueError(
                f"{shown(clause.text)!r} can never be; {measure} is a whole number from 0 to {most}"
            )
        number = int(rest)
        if (_bound(clause.form), number) in (("at least", 0), ("at most", most)):
            always = f"{shown(clause.text)!r} always holds; write a number that can be missed"
            self._found.warn(clause.line, always)
        return number

    def _target(self, form: Form, name: str) -> str:
        if not normalised(name):
            raise ValueError(f"nothing is named in {form.words}; write it between the quotes")
        match form.measure:
            case "matched" | "shown" | "met":
                return self._names.rule(name, form.kind)
            case "fact told" | "revealed" | "revealed unasked":
                return self._names.fact(name)
            case "guard":
                return self._guard(name)
        return name

    def _guard(self, name: str) -> str:
        if self._guards is None:
            return normalised(name)
        known = {normalised(guard): guard for guard in self._guards}
        if (guard := known.get(normalised(name))) is not None:
            return guard
        choice = ", ".join(self._guards)
        raise ValueError(f"there is no guard {shown(name)!r}; the guards are {choice}")


def _clauses(text: str, line: int) -> Iterator[_Clause]:
    """The expectations between semicolons that are not quoted."""
    quotes = list(QUOTATION.finditer(text))
    masked = text
    for quote in quotes:
        masked = masked[: quote.start()] + "\0" * len(quote[0]) + masked[quote.end() :]
    for piece in _PIECE.finditer(masked):
        start, end = piece.span()
        inside = [quote for quote in quotes if start <= quote.start() < end]
        if not piece[0].strip(" \t\r\n."):
            continue
        form, at = "", start
        for quote in inside:
            form += f'{text[at : quote.start()]}"…"'
            at = quote.end()
        form = " ".join(f"{form}{text[at:end]}".casefold().rstrip(" .\t\r\n").split())
        words = " ".join(text[start:end].split()).rstrip(" .")
        lead = start + len(piece[0]) - len(piece[0].lstrip())
        at_line = line + len(_LINE_END.findall(text[:lead]))
        yield _Clause(words, form, tuple(map(_inner, inside)), at_line)


def _inner(match: re.Match[str]) -> str:
    return next((group for group in match.groups() if group is not None), "")


def _understood(words: str) -> tuple[Form, str] | None:
    """The form that was written, and what stands for its number or phase."""
    for form, pattern in _PATTERNS:
        if match := pattern.fullmatch(words):
            return form, match[1] if pattern.groups else ""
    return None


def _pattern(form: Form) -> re.Pattern[str]:
    plain = re.escape(_FORM_NAME.sub('"…"', form.words))
    return re.compile(plain.replace("PHASE", r"(\w[\w -]*)").replace("N", r"(\S+)"))


# The longest first: "phase is not resolution" is no phase of that name.
_PATTERNS = tuple((f, _pattern(f)) for f in sorted(FORMS, key=lambda f: -len(f.words)))


def _bound(words: str) -> Bound:
    bounds: tuple[Bound, ...] = ("at most", "at least")
    return next((bound for bound in bounds if f" {bound} " in words), "is")


def _phase(words: str) -> str:
    name = re.sub(r"[ -]", "", words)
    if name in PHASE_NAMES:
        return name
    raise ValueError(f"there is no phase {shown(words)!r}; the phases are {', '.join(PHASE_NAMES)}")


def _not_understood(clause: _Clause) -> str:
    """What is wrong with a clause that is of no form, and what it could be."""
    said = f"{shown(clause.text)!r} is not understood"
    if SIGN.search(clause.form.replace('"…"', "")):
        return f"{said}: a quotation mark without its partner; close the quotation"
    if any(map(_understood, filter(None, map(str.strip, _OTHER_JOINTS.split(clause.form))))):
        return f"{said}; write one thing after the other, with ; between them"
    for form in FORMS:
        words = form.words.partition(' "')[0]
        if '"' in form.words and clause.form.startswith(f"{words} ") and not clause.quoted:
            return f"{said}; what is named stands in quotation marks: {form.words}"
    plain = {_FORM_NAME.sub('"…"', form.words): form.words for form in reversed(FORMS)}
    near = get_close_matches(clause.form[:100], plain, n=1, cutoff=0.55)
    if near:
        return f"{said}; did you mean {plain[near[0]]}?"
    starts = dict.fromkeys(form.words.split(' "')[0].split(" N")[0] for form in FORMS)
    return f"{said}; an expectation is one of: {', '.join(starts)}"
