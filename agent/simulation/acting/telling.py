"""How a fact is told: in a sentence made of its own words, and only once."""

import re

from agent.simulation.acting.lines import Lines
from personas.model import Fact

LONG = 45
"""Letters of a value from which on it is a sentence of its own."""
MOSTLY = 0.6
"""The share of a value's words in a line from which on the line has told it."""

_NAME = re.compile(r"(?:(?:full|first|last|customer|my) )?name|ชื่อ(?:เต็ม)?", re.I)
_CODE = re.compile(
    r"\b(?:number|no|code|id|word|pin|e-?mail|reference|account|phone|date|price|plan|amount|"
    r"address|fee|rent|balance|total|model|size|colou?r)\b",
    re.I,
)
_CLAUSE = re.compile(
    r"^(?:it|i|we|there|they|he|she|my|the|a|an|one|both|none|yes|no|not|since|for|from|in|on|at|"
    r"about|until|because|by|with|to|yesterday|today|last|next|every|two|three)\b"
    r"|\b(?:is|are|was|were|am|has|have|had|did|it's|i'm|i've)\b",
    re.I,
)
_SINCE = re.compile(r"(?:since|for|about|over|almost|nearly|ever|only)\b", re.I)
_NUMBERS = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
sixteen seventeen eighteen nineteen
"""
_DIGITS = {word: str(number) for number, word in enumerate(_NUMBERS.split())} | {"oh": "0"}
_PLAIN_WORDS = "a an the is are was were it its of to in on at and or my i one with that"
_PLAIN = frozenset(_PLAIN_WORDS.split())


def frames(fact: Fact, stock: Lines, *, again: bool) -> list[str]:
    """Sentences that tell the fact; ``again`` when it has been told before."""
    value = fact.value.strip().rstrip(".")
    if not value:
        return []
    if again:
        options: tuple[str, ...] = stock.repeated_fact
    elif _NAME.fullmatch(fact.label):
        options = stock.name
    elif re.search(r"\bsince\b", fact.label, re.I) and not _SINCE.match(value):
        options = ("Since {value}.",)
    elif len(value) <= LONG and _CODE.search(fact.label) and not _CLAUSE.search(value):
        options = stock.fact
    else:
        options = stock.plain_fact
    return [_sentence(frame, value) for frame in options]


def tells(line: str, value: str) -> bool:
    """Whether the line has told that value, perhaps in other words or with its digits spoken."""
    if value.strip().rstrip(".").lower() in line.lower():
        return bool(value.strip())
    spoken, meant = _digits(line), _digits(value)
    if len(meant) > 2:
        return meant in spoken
    said, wanted = _words(line), _words(value)
    return len(wanted) > 1 and len(wanted & said) >= MOSTLY * len(wanted)


def _sentence(frame: str, value: str) -> str:
    """The value in its frame: no capital letter where it stands for itself, as in an address of an
    e-mail, and a space between Latin letters and a Thai ending."""
    if frame.startswith("{value}") and "@" not in value:
        value = value[:1].upper() + value[1:]
    if value[-1:].isascii() and re.search(r"\{value\}[\u0e00-\u0e7f]", frame):
        frame = frame.replace("{value}", "{value} ")
    return frame.format(value=value)


def _digits(text: str) -> str:
    words = re.findall(r"[a-z]+|\d", text.lower())
    return "".join(_DIGITS.get(word, word if word.isdigit() else "") for word in words)


def _words(text: str) -> set[str]:
    words = re.findall(r"[^\W_]+", text.lower())
    return {word.removesuffix("s") for word in words if word not in _PLAIN}
