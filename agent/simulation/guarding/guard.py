"""What every guard is: its name, what it finds in a line, and how several look at one call."""

import re
from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple, get_args

from agent.simulation.guarding.call_so_far import CallSoFar
from agent.simulation.guarding.clauses import asks, reported
from agent.simulation.guarding.written import Written

GuardName = Literal[
    "assistant",
    "company",
    "rules",
    "hidden",
    "instructions",
    "language",
    "early",
    "contradiction",
]
GUARDS: tuple[GuardName, ...] = get_args(GuardName)
"""Every guard, in the order in which they are shown."""


class Found(NamedTuple):
    """The exact words of a line that break a guard, and why, as a plain sentence."""

    words: str
    why: str


Look = Callable[[str, Written, CallSoFar], Found | None]
"""How a guard looks at a line of the persona: with the file's words, and what was heard before."""


class Sign(NamedTuple):
    """Words that break a guard; ``asked`` where they do so as a question as well."""

    pattern: re.Pattern[str]
    why: str
    asked: bool = True


def sign(pattern: str, why: str, *, asked: bool = True) -> Sign:
    """A sign by its regular expression, in letters of either case."""
    return Sign(re.compile(pattern, re.IGNORECASE), why, asked)


def first_sign(parts: Iterable[str], signs: Iterable[Sign]) -> Found | None:
    """The first of these signs in clauses that are the persona's own word."""
    known = tuple(signs)
    for clause in parts:
        question = asks(clause)
        for each in known:
            found = each.pattern.search(clause)
            if found and (each.asked or not question) and not reported(clause, found.start()):
                return Found(clause.strip(), each.why)
    return None
