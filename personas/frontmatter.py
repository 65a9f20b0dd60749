"""The YAML in front of a persona file: scenario, difficulty, language, patience, voice, engine, and
what holds or does not of calls with the persona."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Any, Literal, cast, get_args

import yaml

from personas.front_yaml import find_front, is_scalar, keys_of
from personas.languages import canonical, is_read
from personas.source import Findings, shown
from personas.voices import ANY_VOICE, LARGEST, Engines, VoiceSyntax

Difficulty = Literal["easy", "medium", "hard"]
DIFFICULTIES = ("easy", "medium", "hard")
AUTO = "auto"
"""Stands for the best engine that there is, as a file without one does."""
LONGEST_PATIENCE = 600.0
LONGEST_NAME = 100
"""Characters of a persona's name, of a scenario, and of a voice's name."""


@dataclass(slots=True)
class Front:
    """The values of the front matter, defaults where it is silent."""

    scenario: str = ""
    difficulty: Difficulty = "medium"
    language: str = "en"
    patience: float = 10.0
    voice: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    engine: str = ""
    published: bool = True
    hang_up: bool = True
    exam: bool = False
    recording: bool = True


Flag = Literal["published", "hang_up", "exam", "recording"]
TRUTH = {
    **dict.fromkeys(("yes", "true", "on"), True),
    **dict.fromkeys(("no", "false", "off"), False),
}


def read_front(
    text: str, found: Findings, engines: Engines | None = None
) -> tuple[Front, int, int]:
    """The front matter, and offset and line (1-based) of where the markdown begins.

    Without ``engines``, any engine may be named, with a voice of any kind.
    """
    there = find_front(text, found)
    front = Front()
    if there.node is not None:
        _Reader(front, there.first, found, engines).read(there.node)
    return front, there.end, there.line


class _Reader:
    def __init__(self, front: Front, first: int, found: Findings, engines: Engines | None) -> None:
        self._engines = engines
        self._front = front
        self._first = first
        self._found = found
        self._keys: dict[str, Callable[[yaml.Node, int], None]] = {
            "scenario": self._scenario,
            "difficulty": self._difficulty,
            "language": self._language,
            "patience": self._patience,
            "voice": self._voice,
            "engine": self._engine,
            **{name: partial(self._flag, name) for name in get_args(Flag)},
        }

    def read(self, node: yaml.MappingNode) -> None:
        """Take over every key that has a meaning."""
        for key, line, value in keys_of(node, self._first, self._found):
            if key not in self._keys:
                self._found.warn(
                    line, f"unknown key {shown(key)!r}; the keys are {', '.join(self._keys)}"
                )
            elif is_scalar(value) and not value.value.strip():
                self._found.warn(line, f"{key} has no value; its default holds")
            else:
                self._keys[key](value, self._first + value.start_mark.line)

    def _scenario(self, node: yaml.Node, line: int) -> None:
        words = " ".join(node.value.split()) if is_scalar(node) else ""
        if len(words) > LONGEST_NAME:
            self._found.error(line, f"scenario is over {LONGEST_NAME} characters; shorten it")
        elif words:
            self._front.scenario = words
        else:
            self._found.error(line, "scenario must be a few words, such as Billing Dispute")

    def _difficulty(self, node: yaml.Node, line: int) -> None:
        word = node.value.strip().casefold() if is_scalar(node) else ""
        if word in DIFFICULTIES:
            self._front.difficulty = cast(Difficulty, word)
        else:
            self._found.error(line, f"unknown difficulty{_shown(node)}; write easy, medium or hard")

    def _language(self, node: yaml.Node, line: int) -> None:
        if not is_scalar(node):
            self._found.error(line, "unknown language tag; write one such as th-TH or en")
            return
        try:
            tag = self._front.language = canonical(node.value.strip())
        except ValueError as error:
            self._found.error(line, str(error))
            return
        if not is_read(tag):
            self._found.warn(
                line,
                f"without a text model, rules in {tag} count by their examples (like:) alone: what "
                "is said in other words moves no mood and shows no objective",
            )

    def _patience(self, node: yaml.Node, line: int) -> None:
        try:
            seconds = float(node.value) if is_scalar(node) else math.nan
        except ValueError:
            seconds = math.nan
        if 0 < seconds <= LONGEST_PATIENCE:
            self._front.patience = seconds
        else:
            self._found.error(
                line,
                f"bad patience{_shown(node)}; write seconds of silence, above 0 and up to "
                f"{LONGEST_PATIENCE:.0f}, such as 12",
            )

    def _engine(self, node: yaml.Node, line: int) -> None:
        word = node.value.strip().casefold() if is_scalar(node) else ""
        if word and (self._engines is None or word in (AUTO, *self._engines)):
            self._front.engine = "" if word == AUTO else word
        else:
            names = _one_of((AUTO, *(self._engines or ())))
            self._found.error(line, f"unknown engine{_shown(node)}; write {names}")

    def _flag(self, name: Flag, node: yaml.Node, line: int) -> None:
        value = TRUTH.get(node.value.strip().casefold()) if is_scalar(node) else None
        if value is None:
            self._found.error(line, f"bad {name}{_shown(node)}; write yes or no")
        else:
            setattr(self._front, name, value)

    def _voice(self, node: yaml.Node, line: int) -> None:
        if not isinstance(node, yaml.MappingNode):
            known = (f"{name}: {syntax.example}" for name, syntax in (self._engines or {}).items())
            such = f", such as {{{', '.join(known)}}}" if self._engines else ""
            self._found.error(line, f"voice must name engines{such}")
            return
        voice: dict[str, Any] = {}
        for key, value in node.value:
            at = self._first + key.start_mark.line
            engine = str(key.value).casefold() if is_scalar(key) else "?"
            if engine in voice:
                self._found.error(at, f"voice: {engine} is written twice; keep one")
            elif self._engines is not None and engine not in self._engines:
                self._found.warn(at, f"voice: unknown engine {shown(engine)!r}")
            if (plain := self._voice_of(engine, value)) is not None:
                voice[engine] = plain
        self._front.voice = MappingProxyType(voice)

    def _voice_of(self, engine: str, node: yaml.Node) -> object:
        line = self._first + node.start_mark.line
        syntax = (self._engines or {}).get(engine, ANY_VOICE)
        if is_scalar(node) and node.tag.endswith(":str") and syntax.named:
            if _fits(node.value):
                return node.value
            self._found.error(line, f"voice: {engine}: {_TOO_LONG}")
            return None
        if not isinstance(node, yaml.MappingNode) or not syntax.detailed:
            example = f"{engine}: {syntax.example}"
            self._found.error(line, f"voice: {engine} has the wrong type; write {example}")
            return None
        values: dict[str, Any] = {}
        for key, value in node.value:
            at = self._first + key.start_mark.line
            name = str(key.value) if is_scalar(key) else "?"
            plain = _plain(value)
            if name in values:
                self._found.error(at, f"voice: {engine}.{shown(name)} is written twice; keep one")
            elif problem := _problem(syntax, name, plain):
                self._found.error(at, f"voice: {engine}.{shown(name)} {problem}")
            elif syntax.settings and name not in syntax.settings:
                words = f"voice: {engine}.{shown(name)} is no setting of a voice and does nothing"
                self._found.warn(at, f"{words}; there are {', '.join(syntax.settings)}")
            values[name] = plain
        return values


_TOO_LONG = f"a voice's name has {LONGEST_NAME} characters at most"


def _problem(syntax: VoiceSyntax, name: str, value: str | float | None) -> str:
    """What is wrong with a setting of a voice; empty when nothing is."""
    if (known := syntax.names.get(name)) is not None:
        return "" if value in known else f"must be {_one_of(tuple(known))}"
    if value is None:
        return "must be a number or a name"
    low, high = syntax.numbers.get(name, (-LARGEST, LARGEST))
    if isinstance(value, str | bool):
        if name in syntax.numbers:
            return f"must be a number from {low:g} to {high:g}"
        return "" if isinstance(value, bool) or _fits(value) else f"is too long: {_TOO_LONG}"
    # Infinity and "not a number" are numbers of YAML, too.
    return "" if low <= value <= high else f"must be a number from {low:g} to {high:g}"


def _fits(name: str) -> bool:
    return len(name) <= LONGEST_NAME


def _plain(node: yaml.Node) -> str | int | float | bool | None:
    """A scalar as YAML means it; None for what is no name, number or truth value."""
    if not is_scalar(node):
        return None
    try:
        value = yaml.constructor.SafeConstructor().construct_document(node)
    except Exception:  # KeyError, OverflowError and others, as of "!!bool maybe"
        return None
    return value if isinstance(value, str | int | float | bool) else None


def _shown(node: yaml.Node) -> str:
    return f" {shown(node.value.strip())!r}" if is_scalar(node) else ""


def _one_of(words: tuple[str, ...]) -> str:
    return ", ".join(words[:-1]) + " or " + words[-1]
