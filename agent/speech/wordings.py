"""Turns of phrase with choices, played through into sentences for the language model.

``(a|b)`` is a choice, ``[a]`` may be left out, ``$name`` stands for a class that a line
``$name = a | b`` defines.
"""

import random
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

WORDINGS = Path(__file__).parents[1] / "simulation" / "language" / "wordings_en.txt"

_TOKEN = re.compile(r"[()\[\]|]|\$\w+|[^\s()\[\]|$]+")

Play = Callable[[], list[str]]
"""Gives another wording each time, as words."""


def played(lines: Iterable[str], times: int) -> list[list[str]]:
    """``times`` wordings of each pattern; the same ones for the same lines.

    Raises ValueError for a line whose brackets do not match or that names an unknown class.
    """
    dice = random.Random(11)
    classes: dict[str, Play] = {}
    sentences: list[list[str]] = []
    for line in lines:
        if not line.strip() or line.startswith("#"):
            continue
        name, equals, choices = line.partition("=")
        if equals:
            classes[name.strip()] = _parsed(choices, classes, dice)
        else:
            play = _parsed(line, classes, dice)
            sentences += [play() for _ in range(times)]
    return sentences


def _parsed(text: str, classes: Mapping[str, Play], dice: random.Random) -> Play:
    tokens = _TOKEN.findall(text)
    play = _choice(tokens, classes, dice)
    if tokens:
        raise ValueError(f"{tokens[0]!r} has no beginning in: {text}")
    return play


def _choice(tokens: list[str], classes: Mapping[str, Play], dice: random.Random) -> Play:
    """Reads ``a | b c`` up to a closing bracket."""
    options = [_sequence(tokens, classes, dice)]
    while tokens and tokens[0] == "|":
        tokens.pop(0)
        options.append(_sequence(tokens, classes, dice))
    return options[0] if len(options) == 1 else _in_turn(options, dice)


def _sequence(tokens: list[str], classes: Mapping[str, Play], dice: random.Random) -> Play:
    parts: list[Play] = []
    while tokens and tokens[0] not in ")]|":
        token = tokens.pop(0)
        if token in "([":
            inner = _choice(tokens, classes, dice)
            if not tokens or tokens.pop(0) != {"(": ")", "[": "]"}[token]:
                raise ValueError(f"{token!r} has no end")
            parts.append(inner if token == "(" else _in_turn([inner, lambda: []], dice))
        elif token.startswith("$"):
            if token not in classes:
                raise ValueError(f"no class {token}")
            parts.append(classes[token])
        else:
            parts.append(lambda word=token: [word])  # type: ignore[misc]
    return lambda: [word for part in parts for word in part()]


def _in_turn(options: list[Play], dice: random.Random) -> Play:
    """Every option once, in a random order, then again: rarer words do not depend on luck."""
    waiting: list[Play] = []

    def play() -> list[str]:
        if not waiting:
            waiting.extend(dice.sample(options, len(options)))
        return waiting.pop()()

    return play
