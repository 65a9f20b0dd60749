"""Quotation marks of every kind around what is said; apostrophes stay what they are."""

# ruff: noqa: RUF001

import re
import time

import pytest

from personas.marks import quotations, take_apart
from personas.parse import examine
from personas.quotes import find
from tests.support.persona_text import FULL, swap

PAIRS = [
    "“”",
    "””",
    "„“",
    "„”",
    '„"',
    '“"',
    '"”',
    "«»",
    "»«",
    "»»",
    "‹›",
    "›‹",
    "「」",
    "『』",
    "｢｣",
    "〝〞",
    "〝〟",
    "＂＂",
    "❝❞",
    "《》",
    "‘’",
    "‚‘",
    "‚’",
    "’’",
    "‘'",
]
PAIRS += ["''"]
LONGER = [("``", "''"), (",,", "''"), (",,", "“"), ("« ", " »"), ("\u2039\u00a0", "\u00a0\u203a")]
LONGER += [("*“", "”*"), ("**«", "»**"), ("_'", "'_")]
APOSTROPHES = FULL.replace("I was charged twice!", "I'm charged twice, it's the customers' bill!")


@pytest.mark.parametrize("text", [FULL, APOSTROPHES], ids=["plain", "apostrophes"])
@pytest.mark.parametrize(("begin", "end"), [*PAIRS, *LONGER])
def test_every_pair_says_the_same(begin: str, end: str, text: str) -> None:
    other = examine(re.sub(r'"([^"]*)"', lambda said: begin + said[1] + end, text), "x")
    usual = examine(text, "x")
    assert usual.persona is not None
    assert other.persona is not None
    assert other.findings == usual.findings
    assert other.persona.phases == usual.persona.phases
    assert other.persona.rules == usual.persona.rules


@pytest.mark.parametrize(
    ("bullet", "words", "replies"),
    [
        ("Don't say 'calm down' (+2): 'No!'", "Don't say 'calm down'", ("No!",)),
        ("Says 'calm down' to her (+2): 'What?'", "Says 'calm down' to her", ("What?",)),
        ("Get 'em back (+1)", "Get 'em back", ()),
        ("Rock 'n' roll in the '90s (+1)", "Rock 'n' roll in the '90s", ()),
        ("The customers' agent isn't there", "The customers' agent isn't there", ()),
        ("Mentions 'company policy' (+1)", "Mentions 'company policy'", ()),
        ("Says »calm down« (+2): »No«", "Says »calm down«", ("No",)),
        ("Calling her ’hon’: ’Don’t.’ or ’No.’", "Calling her ’hon’", ("Don’t.", "No.")),
        ('A 12" pipe (+1): ”No.” ”Never.”', 'A 12" pipe', ("No.", "Never.")),
        ('A 12" pipe (+1): "No." "Never."', 'A 12" pipe', ("No.", "Never.")),
        ("'I will wait.'", "", ("I will wait.",)),
        ("L’agente dice «no» (+1) : « Ah non ! »", "L’agente dice «no»", ("Ah non !",)),
        ("Saying it's 5 o'clock: 'Well, isn't it?'", "Saying it's 5 o'clock", ("Well, isn't it?",)),
    ],
)  # fmt: skip
def test_words_and_replies(bullet: str, words: str, replies: tuple[str, ...]) -> None:
    read = take_apart(bullet, "trigger")
    assert (read.words, read.replies, read.unclosed) == (words, replies, False)


def test_examples_in_single_marks() -> None:
    assert quotations("'I'm sorry.' 'It's our fault.'").lines == ("I'm sorry.", "It's our fault.")
    assert quotations("You say 'no' all day").lines == ()


@pytest.mark.parametrize("sign", [*"\"“”„«»'‘’‚「`", "'a ", " ‘a", ",,a", '\\"'])
def test_no_text_takes_long(sign: str) -> None:
    before = time.process_time()
    find(sign * (100_000 // len(sign)))
    assert time.process_time() - before < 5


def test_a_mark_without_its_partner_is_told() -> None:
    bullet = '- Being told to calm down (+2): "Do not tell me to calm down!"'
    for broken in ("„No", "No”", "«No", '"No', "」“"):
        text = swap(bullet, f"- Being told to calm down (+2): {broken}")
        assert "without its partner" in str(examine(text, "x").findings), broken
