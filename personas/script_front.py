"""The front matter of a script: who plays, on which engine, how often, and in which sound."""

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import cast, get_args

import yaml

from personas.front_yaml import find_front, is_scalar, keys_of
from personas.frontmatter import AUTO
from personas.script_model import ScriptTrainee
from personas.source import Findings, shown
from personas.voices import Engines

TRAINEES: tuple[ScriptTrainee, ...] = get_args(ScriptTrainee)
MOST_REPEATS = 20
SOUNDS = ("clear", "noisy")
_EXAMPLE = "trainee: good"


@dataclass(slots=True)
class ScriptFront:
    """The values of the front matter, defaults where it is silent; ``end`` and ``line`` are offset
    and line (1-based) of what stands below it."""

    trainee: ScriptTrainee = "none"
    engine: str = ""
    repeat: int = 1
    noisy: bool = False
    end: int = 0
    line: int = 1


def read_script_front(text: str, found: Findings, engines: Engines | None) -> ScriptFront:
    """The front matter of a script; without ``engines``, any engine may be named."""
    there = find_front(text, found, _EXAMPLE)
    front = ScriptFront(end=there.end, line=there.line)
    if there.node is not None:
        _Reader(front, there.first, found, engines).read(there.node)
    return front


class _Reader:
    def __init__(
        self, front: ScriptFront, first: int, found: Findings, engines: Engines | None
    ) -> None:
        self._front, self._first = front, first
        self._found, self._engines = found, engines
        self._keys: dict[str, Callable[[str, int], None]] = {
            "trainee": self._trainee,
            "engine": self._engine,
            "repeat": self._repeat,
            "sound": self._sound,
        }

    def read(self, node: yaml.MappingNode) -> None:
        """Take over every key that has a meaning."""
        for key, line, value in keys_of(node, self._first, self._found):
            if key not in self._keys:
                self._unknown(key, line)
            elif not is_scalar(value):
                self._found.error(line, f"{key} has one value, such as '{_EXAMPLE}'")
            elif not value.value.strip():
                self._found.warn(line, f"{key} has no value; its default holds")
            else:
                self._keys[key](value.value.strip(), self._first + value.start_mark.line)

    def _unknown(self, key: str, line: int) -> None:
        near = get_close_matches(key[:40], self._keys, n=1)
        meant = f" (is {near[0]} meant?)" if near else ""
        known = ", ".join(self._keys)
        self._found.warn(line, f"unknown key {shown(key)!r}{meant}; the keys are {known}")

    def _trainee(self, word: str, line: int) -> None:
        if word.casefold() in TRAINEES:
            self._front.trainee = cast(ScriptTrainee, word.casefold())
        else:
            self._found.error(line, f"unknown trainee {shown(word)!r}; write {_one_of(TRAINEES)}")

    def _engine(self, word: str, line: int) -> None:
        name = word.casefold()
        if self._engines is None or name in (AUTO, *self._engines):
            self._front.engine = "" if name == AUTO else name
        else:
            names = _one_of((AUTO, *self._engines))
            self._found.error(line, f"unknown engine {shown(word)!r}; write {names}")

    def _repeat(self, word: str, line: int) -> None:
        if word.isdecimal() and len(word) < 4 and 1 <= int(word) <= MOST_REPEATS:
            self._front.repeat = int(word)
        else:
            self._found.error(
                line,
                f"bad repeat {shown(word)!r}; write how often a model plays it, a whole number "
                f"from 1 to {MOST_REPEATS}",
            )

    def _sound(self, word: str, line: int) -> None:
        if word.casefold() in SOUNDS:
            self._front.noisy = word.casefold() == "noisy"
        else:
            self._found.error(line, f"unknown sound {shown(word)!r}; write {_one_of(SOUNDS)}")


def _one_of(words: tuple[str, ...]) -> str:
    return ", ".join(words[:-1]) + " or " + words[-1]
