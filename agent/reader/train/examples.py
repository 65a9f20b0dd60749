"""What the reader learns from: personas with labelled turns (``data/README.md``)."""

import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from agent.reader.network import KINDS

DATA = Path(__file__).parent / "data"
TURNS = DATA / "turns.jsonl"
BLIND = DATA / "blind.jsonl"
"""Never learnt from, and never read one by one."""
HARMLESS = DATA / "harmless.txt"
"""What anybody says on the phone and what does nothing by any persona's rules."""

EVERY = 8
"""Of so many personas one is not learnt from, and the thresholds are set by it."""
RECOGNISED = 1 / 3
"""The share of turns that are learnt as a recogniser writes them: in small letters, no stops."""
STATED = 6
"""Turns that ask for nothing, beside the questions that are learnt at once."""
OTHER_KIND = 0.15
"""The share of what calms and of objectives that is learnt as the other: the same act does both."""
_OTHER = {"deescalation": "objective", "objective": "deescalation"}


@dataclass(frozen=True, slots=True)
class Utterance:
    """A turn, the places of the rules that it fulfils, and that of the rule that it nearly does
    (-1: none); ``group`` says where it stands in the file."""

    text: str
    fulfils: frozenset[int]
    nearly: int
    group: str


@dataclass(frozen=True, slots=True)
class Taught:
    """One persona: its rules as (kind, text), its turns, its facts and its lines; ``wordings`` are
    each rule's text and further ways to say it."""

    name: str
    rules: tuple[tuple[str, str], ...]
    wordings: tuple[tuple[str, ...], ...]
    utterances: tuple[Utterance, ...]
    facts: tuple[dict[str, Any], ...]
    lines: tuple[dict[str, Any], ...]


@dataclass(slots=True)
class Batch:
    """Turns against candidates: ``wanted`` and ``weight`` are (turns, candidates)."""

    turns: list[str]
    candidates: list[tuple[str, str]]
    wanted: np.ndarray = field(repr=False)
    weight: np.ndarray = field(repr=False)


def personas(path: Path) -> list[Taught]:
    """All of that file, in its order."""
    rows = path.read_text(encoding="utf-8").splitlines()
    return [_taught(json.loads(row)) for row in rows if row.strip()]


def held(everyone: Sequence[Taught]) -> list[Taught]:
    """Those of them that are not learnt from."""
    return list(everyone[EVERY - 1 :: EVERY])


def harmless() -> list[str]:
    """The sentences of ``HARMLESS``."""
    rows = HARMLESS.read_text(encoding="utf-8").splitlines()
    return [row for row in rows if row.strip()]


def fact_text(label: str, value: str) -> str:
    """A fact as the reader is told it."""
    return f"{label}: {value}"


def _taught(row: dict[str, Any]) -> Taught:
    places = {rule["text"]: place for place, rule in enumerate(row["rules"])}
    also = {text: frozenset(places[rule] for rule in rules) for text, rules in row["also"].items()}
    found: dict[str, Utterance] = {}
    for place, rule in enumerate(row["rules"]):
        for text in rule["yes"]:
            fulfils = also.get(text, frozenset()) | {place}
            found[text] = Utterance(text, fulfils, -1, "yes")
        for text in rule["no"]:
            fulfils = also.get(text, frozenset()) - {place}
            found[text] = Utterance(text, fulfils, place, "no")
    for group in ("neutral", "harmless", "keywords"):
        for text in row.get(group, ()):
            found.setdefault(text, Utterance(text, also.get(text, frozenset()), -1, group))
    for each in row.get("misheard", ()):
        if (said := found.get(each["said"])) is not None:
            heard = Utterance(each["heard"], said.fulfils, said.nearly, "misheard")
            found.setdefault(heard.text, heard)
    return Taught(
        row["persona"],
        tuple((rule["kind"], rule["text"]) for rule in row["rules"]),
        tuple((rule["text"], *rule.get("other", ())) for rule in row["rules"]),
        tuple(found.values()),
        tuple(row.get("facts", ())),
        tuple(row.get("lines", ())),
    )


def as_recognised(text: str) -> str:
    """The words as a recogniser without capitals and stops writes them."""
    return re.sub(r"\s+", " ", re.sub(r"[^\w\s'$£€%-]", " ", text.lower())).strip()


def batches(
    taught: Sequence[Taught], anyone: Sequence[str], size: int, rng: random.Random
) -> list[Batch]:
    """One round through everything, in an order drawn by ``rng``; at most ``size`` turns each."""
    found = [batch for one in taught for batch in _of_rules(one, anyone, size, rng)]
    found += [batch for one in taught for batch in _of_facts(one, size, rng)]
    found += [batch for one in taught for batch in _of_lines(one, size, rng)]
    rng.shuffle(found)
    return found


def _of_rules(one: Taught, anyone: Sequence[str], size: int, rng: random.Random) -> Iterator[Batch]:
    some = rng.sample(anyone, min(8, len(anyone)))
    turns = [*one.utterances, *(Utterance(t, frozenset(), -1, "anyone") for t in some)]
    # Turns of about one length together: what is filled up to the longest costs as much.
    turns.sort(key=lambda turn: len(turn.text) * rng.uniform(0.8, 1.25))
    for part in (turns[start : start + size] for start in range(0, len(turns), size)):
        wanted = np.zeros((len(part), len(one.rules)), np.float32)
        weight = np.ones_like(wanted)
        for row, turn in enumerate(part):
            wanted[row, list(turn.fulfils)] = 1
            if turn.nearly >= 0:
                weight[row, turn.nearly] = (
                    3  # few among all that a turn does not do, and they count
                )
            elif turn.group in ("harmless", "anyone", "keywords"):
                weight[row] = 1.5
        weight[wanted > 0] = 3
        said = [_said(turn.text, rng) for turn in part]
        yield Batch(said, _worded(one, rng), wanted, weight)


def _worded(one: Taught, rng: random.Random) -> list[tuple[str, str]]:
    """The rules, each in one of its wordings: there are far fewer rules than turns to learn."""
    found = []
    for (kind, _), wordings in zip(one.rules, one.wordings, strict=True):
        other = kind in _OTHER and rng.random() < OTHER_KIND
        found.append((_OTHER[kind] if other else kind, rng.choice(wordings)))
    return found


def _of_facts(one: Taught, size: int, rng: random.Random) -> Iterator[Batch]:
    """What asks for a fact, what seems to, and statements, which ask for none."""
    angers = {place for place, (kind, _) in enumerate(one.rules) if kind == "trigger"}
    stated = [u.text for u in one.utterances if u.fulfils & angers and "?" not in u.text]
    candidates = [("fact", fact_text(fact["label"], fact["value"])) for fact in one.facts]
    for part in _shared_out(one.facts, "asks", "near", size - STATED, rng):
        some = rng.sample(stated, min(STATED, len(stated)))
        yield _batch([*part, *((text, -1, False) for text in some)], candidates, rng)


def _of_lines(one: Taught, size: int, rng: random.Random) -> Iterator[Batch]:
    candidates = [("line", line["line"]) for line in one.lines]
    for part in _shared_out(one.lines, "after", "not_after", size, rng):
        yield _batch(part, candidates, rng)


Told = tuple[str, int, bool]
"""A turn, the place of a candidate (-1: none), and whether it calls for that one."""


def _shared_out(
    rows: Sequence[dict[str, Any]], right: str, wrong: str, size: int, rng: random.Random
) -> Iterator[list[Told]]:
    """What stands in the rows under these keys, in an order drawn by ``rng``, in about equal parts
    of at most ``size``."""
    found = [(text, place, True) for place, row in enumerate(rows) for text in row[right]]
    found += [(text, place, False) for place, row in enumerate(rows) for text in row[wrong]]
    rng.shuffle(found)
    parts = -(-len(found) // size)
    for number in range(parts):
        yield found[number::parts]


def _batch(told: Sequence[Told], candidates: list[tuple[str, str]], rng: random.Random) -> Batch:
    wanted = np.zeros((len(told), len(candidates)), np.float32)
    weight = np.ones_like(wanted)
    for row, (_, place, yes) in enumerate(told):
        if yes:
            wanted[row, place] = 1
            weight[row, place] = 3
        elif place >= 0:  # it may well call for another one
            weight[row] = 0
            weight[row, place] = 2
    return Batch([_said(text, rng) for text, _, _ in told], candidates, wanted, weight)


def _said(text: str, rng: random.Random) -> str:
    return as_recognised(text) if rng.random() < RECOGNISED else text


def kind_number(kind: str) -> int:
    """The place of a kind in ``KINDS``."""
    return KINDS.index(kind)
