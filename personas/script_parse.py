"""Reads a script of the lab: the trainee's turns, what is expected, and all that is wrong with it.

Numbered lines are turns, bullets below them (or below ``# At the end``) are expectations. Other
headings are titles, and what stands below ``# Notes`` is for people.
"""

import logging
import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Literal, NamedTuple

from personas.expectations import ExpectationReader, Place
from personas.marks import clean, normalised, without_comments
from personas.model import Persona
from personas.parse import failure
from personas.parsed import ParsedPersona
from personas.pieces import Item, Piece, cut
from personas.quotes import QUOTATION
from personas.script_conflicts import check_together
from personas.script_front import read_script_front
from personas.script_model import Expectation, Script, ScriptTurn, TurnSound
from personas.script_sound import read_sound
from personas.script_subject import Names, ScriptSubject
from personas.source import Findings, decode, shown, to_bytes
from personas.voices import Engines

log = logging.getLogger(__name__)

MOST_TURNS = 200
MOST_SAME = 40
"""How often a script may say the same: whoever wants more goes round in a circle."""
AT_THE_END, NOTES = "At the end", "Notes"

_Section = Literal["turns", "end", "notes"]
_SECTIONS: dict[str, _Section] = {"at the end": "end", "notes": "notes", "turns": "turns"}
_NUMBER = re.compile(r"(\d{1,3})[.)][ \t]*(?:\[[ xX]\][ \t]+)?")
_EXPECT = re.compile(r"[*_`]{0,3}expect(?:s|ed)?[*_`]{0,3}\s*[:：][*_`]{0,3}\s*", re.IGNORECASE)  # noqa: RUF001


def parse_script(
    data: bytes | str,
    persona: Persona | ParsedPersona | None,
    name: str,
    *,
    slug: str = "",
    engines: Engines | None = None,
    guards: Collection[str] | None = None,
) -> Script:
    """The script of a file, with all findings; one that has an error cannot be played.

    ``persona`` may be a text with errors, and None when it cannot be read at all: then nothing that
    a script names is looked at. ``slug`` is the persona's, where ``persona`` has none. Engines and
    guards may have any name unless those that there are stand here. Never raises.
    """
    slug = persona.slug if isinstance(persona, Persona) else slug
    try:
        return _parse(data, persona, Script(slug, name, ""), engines, guards)
    except Exception as error:
        log.exception("the reader failed on the script %s of %s", name, slug)
        return Script(slug, name, "", findings=(failure(error),))


def _parse(
    data: bytes | str,
    persona: Persona | ParsedPersona | None,
    script: Script,
    engines: Engines | None,
    guards: Collection[str] | None,
) -> Script:
    found = Findings()
    text = decode(to_bytes(data), found)
    if text is None:
        return replace(script, findings=found.sorted())
    front = read_script_front(text, found, engines)
    subject = ScriptSubject.of(persona) if persona is not None else None
    reader = _Reader(ExpectationReader(Names(subject), found, guards), found)
    for placed in _placed(cut(text[front.end :]), text[front.end :], front.line):
        reader.take(placed)
    turns, at_end = reader.finish()
    script = replace(
        script,
        text=text,
        trainee=front.trainee,
        engine=front.engine,
        repeat=front.repeat,
        noisy=front.noisy,
        turns=turns,
        at_end=at_end,
    )
    _check_turns(script, reader.last_line, found)
    if subject is not None:
        _check_expectations(script, subject, found)
    return replace(script, findings=found.sorted())


class _Placed(NamedTuple):
    """A heading or an item: its line (1-based), and its number where it is numbered."""

    item: Item | None
    title: str
    line: int
    number: int | None


def _placed(pieces: list[Piece], text: str, line: int) -> Iterator[_Placed]:
    start = 0
    for piece in pieces:
        if piece.heading is not None:
            yield _Placed(None, piece.heading.title, line, None)
        for item in piece.items:
            at = start + item.start
            lead = text[max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1 : at]
            match = _NUMBER.fullmatch(lead.strip(" \t") + " ") if item.kind == "bullet" else None
            number = int(match[1]) if match else None
            yield _Placed(item, "", line + item.line, number)
        line += piece.lines
        start += len(piece.text)


@dataclass(slots=True)
class _Turn:
    text: str
    line: int
    sound: TurnSound
    expected: list[Expectation] = field(default_factory=list)


class _Reader:
    """Takes a script's headings and items in their order."""

    def __init__(self, expectations: ExpectationReader, found: Findings) -> None:
        self._expectations, self._found = expectations, found
        self._section: _Section = "turns"
        self._turns: list[_Turn] = []
        self._at_end: list[Expectation] = []
        self._numbers: list[tuple[int, int]] = []
        self.last_line = 1

    def take(self, placed: _Placed) -> None:
        """Take the next heading, turn, expectation or note."""
        self.last_line = placed.line
        item = placed.item
        if item is None:
            self._take_heading(placed.title, placed.line)
        elif self._section == "notes":
            return
        elif placed.number is not None:
            self._take_turn(item, placed)
        elif item.kind == "bullet":
            self._take_expectations(item, placed.line)
        elif words := clean(without_comments(item.text)):
            self._found.warn(
                placed.line,
                f"nobody says {shown(words, 40)!r}; number it as a turn (1. …), or put it below "
                f"# {NOTES}",
            )

    def finish(self) -> tuple[tuple[ScriptTurn, ...], tuple[Expectation, ...]]:
        """The turns, and what is expected at the end; notes wrong numbers."""
        _check_numbers(self._numbers, self._found)
        turns = tuple(ScriptTurn(t.text, t.line, tuple(t.expected), t.sound) for t in self._turns)
        return turns, tuple(self._at_end)

    def _take_heading(self, title: str, line: int) -> None:
        key = normalised(title)
        near = get_close_matches(key[:30], _SECTIONS, n=1, cutoff=0.7)
        if key not in _SECTIONS and near:
            meant = AT_THE_END if near[0] == "at the end" else near[0].capitalize()
            self._found.warn(line, f"unknown heading {shown(title)!r}; is # {meant} meant?")
        self._section = _SECTIONS.get(key, "turns")

    def _take_turn(self, item: Item, placed: _Placed) -> None:
        said, sound = read_sound(_said(item.text), placed.line, self._found)
        if self._section == "end":
            self._found.error(
                placed.line,
                f"a turn below # {AT_THE_END}, where the call is over; move it above the heading",
            )
        elif not said:
            self._found.error(placed.line, "a turn without words; write what the trainee says")
        else:
            self._numbers.append((placed.number or 0, placed.line))
            self._turns.append(_Turn(said, placed.line, sound))

    def _take_expectations(self, item: Item, line: int) -> None:
        at_end = self._section == "end"
        if not at_end and not self._turns:
            self._found.error(
                line,
                "an expectation before the first turn, when nobody has said anything; write it "
                f"below a numbered turn, or below # {AT_THE_END}",
            )
            return
        text = without_comments(item.text)
        label = _EXPECT.match(text)
        line += text[: label.end()].count("\n") if label else 0
        words = text[label.end() :] if label else text
        expected = self._expectations.read(words, Place(line, at_end))
        (self._at_end if at_end else self._turns[-1].expected).extend(expected)


def _said(raw: str) -> str:
    """What a turn says; marks of a quotation around all of it are not said."""
    text = without_comments(raw).strip()
    whole = QUOTATION.fullmatch(text)
    inner = next((g for g in whole.groups() if g is not None), "") if whole else text
    return clean(inner)


def _check_numbers(numbers: list[tuple[int, int]], found: Findings) -> None:
    """Note numbers that are missing or there twice; all alike is how some number any list."""
    plain = [number for number, _ in numbers]
    if len(set(plain)) == 1 and plain[:1] in ([0], [1]):
        return
    for place, (number, line) in enumerate(numbers):
        before = numbers[place - 1][0] if place else 0
        if number == before + 1 or (not place and number == 0):
            continue
        if number in plain[:place]:
            first = numbers[plain.index(number)][1]
            words = f"the number {number} is there twice (the first is on line {first})"
        elif number > before + 1:
            missing = f"{before + 1}" if number == before + 2 else f"{before + 1} to {number - 1}"
            words = f"the numbers jump from {before} to {number}; {missing} is missing"
        else:
            words = f"the number {number} comes after {before}"
        found.warn(line, f"{words}; the turns are said in the order in which they stand")


def _check_turns(script: Script, last_line: int, found: Findings) -> None:
    turns = script.turns
    if not turns and script.trainee == "none":
        found.error(
            last_line,
            "nobody says anything; write numbered turns (1. …), or trainee: good, rude or clueless "
            "in the front matter",
        )
    if len(turns) > MOST_TURNS:
        found.error(
            turns[MOST_TURNS].line,
            f"over {MOST_TURNS} turns; no call is so long, so make two scripts of it",
        )
    said = Counter(normalised(turn.text) for turn in turns)
    for turn in turns:
        times = said.pop(normalised(turn.text), 0)
        if times > MOST_SAME:
            found.error(
                turn.line,
                f"{shown(turn.text, 40)!r} is said {times} times; a script that goes round in a "
                f"circle is not played, so keep {MOST_SAME} at most",
            )
    if not script.at_end and not any(turn.expected for turn in turns):
        found.warn(last_line, "nothing is expected, so it passes always; write - expect: resolved")


def _check_expectations(script: Script, subject: ScriptSubject, found: Findings) -> None:
    for number, turn in enumerate(script.turns, start=1):
        check_together(turn.expected, subject, number, found)
    check_together(script.at_end, subject, 0, found)
