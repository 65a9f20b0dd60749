"""The word lists: speech acts with their phrasings, and groups of words that mean the same."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from agent.simulation.language.patterns import Pattern, PatternError, compile_pattern

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Act:
    """A speech act: how trainees say it, how rules name it, and what only looks like it.

    ``asked``: it also counts inside a question to the customer. ``weak``: too common a word in
    rules to decide alone. ``bad``: what angers; rules of other kinds seldom mean it.
    """

    name: str
    asked: bool
    weak: bool
    bad: bool
    said: tuple[str, ...]
    named: tuple[str, ...]
    excluded: tuple[str, ...]
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Index:
    """Patterns found by their first word; each carries the name it stands for."""

    words: dict[str, list[tuple[str, Pattern]]] = field(default_factory=dict)
    stems: dict[str, list[tuple[str, Pattern]]] = field(default_factory=dict)

    def add(self, name: str, source: str) -> None:
        """Take in one pattern; PatternError when it cannot be read."""
        pattern = compile_pattern(source)
        for first in pattern.firsts:
            table = self.stems if first.endswith("*") else self.words
            table.setdefault(first.rstrip("*"), []).append((name, pattern))

    def starting(self, word: str) -> list[tuple[str, Pattern]]:
        """The patterns that may begin with this word."""
        found = list(self.words.get(word, ()))
        for end in range(len(word) + 1):
            found += self.stems.get(word[:end], ())
        return found


@dataclass(frozen=True, slots=True)
class English:
    """The English lists, ready for matching."""

    acts: dict[str, Act]
    said: Index
    named: Index
    excluded: Index
    groups: Index
    grammar: dict[str, frozenset[str]]
    vocabulary: dict[str, tuple[str, ...]]
    """Words of six letters and more that the lists look for, by first letter."""
    known: frozenset[str]
    """Words that are spelled right, whether the lists look for them or not."""


@dataclass(frozen=True, slots=True)
class Thai:
    """The Thai lists: one regular expression for each act and word group."""

    acts: dict[str, Act]
    said: dict[str, re.Pattern[str]]
    named: dict[str, re.Pattern[str]]
    excluded: dict[str, re.Pattern[str]]
    groups: dict[str, re.Pattern[str]]


def read_acts(text: str, name: str = "lexicon") -> dict[str, Act]:
    """The acts of one list; PatternError names the line that cannot be read."""
    acts: dict[str, Act] = {}
    head, flags = "", ""
    lines: dict[str, list[str]] = {}
    for number, line in enumerate([*text.splitlines(), "[]"], 1):
        if line.startswith("["):
            if head:
                acts[head] = _act(head, flags, lines)
            head, _, flags = line[1:].partition("]")
            lines = {}
        elif line[:2] in ("+ ", "> ", ": ", "- ", "! "):
            lines.setdefault(line[0], []).append(line[2:].strip())
        elif line.strip() and not line.startswith("#"):
            raise PatternError(f"{name}, line {number}: cannot read {line!r}")
    return acts


def _act(name: str, flags: str, lines: dict[str, list[str]]) -> Act:
    both = lines.get("+", [])
    return Act(
        name=name,
        asked="any" in flags,
        weak="weak" in flags,
        bad="bad" in flags,
        said=tuple(both + lines.get(">", [])),
        named=tuple(both + lines.get(":", [])),
        excluded=tuple(lines.get("-", [])),
        examples=tuple(lines.get("!", [])),
    )


def read_groups(text: str) -> dict[str, tuple[str, ...]]:
    """The word groups of one list: name and the words in it."""
    groups = {}
    for line in text.splitlines():
        name, colon, words = line.partition(":")
        if colon and not line.startswith("#"):
            groups[name.strip()] = tuple(w.strip() for w in words.split(",") if w.strip())
    return groups


@cache
def english() -> English:
    """The English lists, read once."""
    acts = read_acts(_read("lexicon_en.txt"), "lexicon_en.txt")
    said, named, excluded, groups = Index(), Index(), Index(), Index()
    for act in acts.values():
        for index, sources in ((said, act.said), (named, act.named), (excluded, act.excluded)):
            for source in sources:
                index.add(act.name, source)
    for name, words in read_groups(_read("words_en.txt")).items():
        for word in words:
            groups.add(name, word)
    grammar = {k: frozenset(v) for k, v in read_groups(_read("grammar_en.txt")).items()}
    known = _literals(said, excluded, groups)
    known |= set(_listed(_read("known_en.txt"))) | set().union(*grammar.values())
    vocabulary = _vocabulary(said, groups)
    return English(acts, said, named, excluded, groups, grammar, vocabulary, frozenset(known))


def _listed(text: str) -> Iterator[str]:
    """The words of a plain list."""
    for line in text.splitlines():
        if not line.startswith("#"):
            yield from line.split()


def _literals(*indexes: Index) -> set[str]:
    """Every word that any pattern has, stems with their star."""
    return {
        word
        for index in indexes
        for found in (*index.words.values(), *index.stems.values())
        for _, pattern in found
        for word in pattern.words
    }


@cache
def thai() -> Thai:
    """The Thai lists, read once."""
    acts = read_acts(_read("lexicon_th.txt"), "lexicon_th.txt")
    groups = read_groups(_read("words_th.txt"))
    return Thai(
        acts,
        {a.name: _thai_regex(a.said) for a in acts.values() if a.said},
        {a.name: _thai_regex(a.named) for a in acts.values() if a.named},
        {a.name: _thai_regex(a.excluded) for a in acts.values() if a.excluded},
        {name: _thai_regex(words) for name, words in groups.items()},
    )


def _thai_regex(sources: tuple[str, ...]) -> re.Pattern[str]:
    """Thai has no spaces: patterns are pieces of text, ``..`` for up to 15 characters between."""
    longest_first = sorted(sources, key=len, reverse=True)
    return re.compile("|".join(_thai_piece(s) for s in longest_first))


def _thai_piece(source: str) -> str:
    pieces = (re.escape(p.strip()).replace(r"\ ", r"\s*") for p in source.split(".."))
    expression = ".{0,15}?".join(pieces)
    return (
        expression.replace(r"\(", "(?:").replace(r"\)", ")").replace(r"\|", "|").replace(r"\?", "?")
    )


def _vocabulary(*indexes: Index) -> dict[str, tuple[str, ...]]:
    words = {w for index in indexes for w in (*index.words, *index.stems) if len(w) >= 6}
    table: dict[str, list[str]] = {}
    for word in sorted(words):
        table.setdefault(word[0], []).append(word)
    return {letter: tuple(found) for letter, found in table.items()}


def _read(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")
