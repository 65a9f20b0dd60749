"""A persona's own text turned into what a trainee can say: its rules, and the briefing."""

import re
from itertools import islice

from personas.marks import clean
from personas.model import Persona

_MOST = 60
"""Sentences of a briefing that are looked at."""
_FEWEST = 3
"""Words from which on a sentence of a briefing is one that can be said."""
_ASKING = re.compile(
    r"^(?:politely |first )?(?:ask(?:s|ing)?|find(?:s|ing)? out|check(?:s|ing)?)"
    r"(?: about| for| if| whether| that)? "
)
_TOLD_TO = re.compile(
    r"^being (?:told|asked|advised|ordered|instructed|made|forced|required) (?P<no>not )?to "
    r"(?P<deed>.+)"
)
_TOLD = re.compile(r"^being (?:told|informed)(?: that)? (?P<said>.+)")
_GIVEN = re.compile(r"^being (?:offered|given|promised|sent|granted) (?P<thing>.+)")
_YOU = ((r"\b(?:her|his|their)\b(?= \w)", "your"), (r"\b(?:she|he|her|him|they|them)\b", "you"))


def own_words(text: str, language: str) -> list[str]:
    """A rule's own words turned into something to say to the persona."""
    if language == "th":
        return [f"ดิฉัน{text}ค่ะ", f"เรียบร้อยแล้วค่ะ {text}"]
    words = text.strip().rstrip(".")
    words = words[0].lower() + words[1:]
    for pattern, you in _YOU:
        words = re.sub(pattern, you, words)
    first, _, rest = words.partition(" ")
    if _ASKING.match(words):
        rest = _ASKING.sub("", words)
        return [f"Could you tell me {rest}?", f"May I ask you about {rest}?", f"I am {words}."]
    if first == "being" and (said := _of_what_is_done_to_them(words)):
        return [*said, f"I am {words}."]
    if first.endswith("ing"):
        return [f"I am {words}.", f"What I am doing now is {words}."]
    plain = [f"I confirm that {words}.", f"So, to be clear: {words}."]
    if first.endswith("s") and rest:
        verb = first[:-3] + "y" if first.endswith("ies") else first[:-1]
        return [f"Let me {verb} {rest}.", f"I {verb} {rest}.", *plain]
    return plain


def _of_what_is_done_to_them(words: str) -> list[str]:
    """What is said to somebody who is "being told to wait" or "being offered a day"."""
    if found := _TOLD_TO.match(words):
        no, deed = "not " if found["no"] else "", found["deed"]
        return [f"Please {'do ' if no else ''}{no}{deed}.", f"You will {no}have to {deed}."]
    if found := _TOLD.match(words):
        said = found["said"]
        return [f"{said[0].upper()}{said[1:]}.", f"I can only tell you that {said}."]
    if found := _GIVEN.match(words):
        return [f"I can offer you {found['thing']}.", f"You will get {found['thing']}."]
    return []


_HEADING = re.compile(r"\s*(?:#|```|<!--|\|)")
_LIST = re.compile(r"\s*(?:[-*+•]|\d{1,3}[.)])\s+")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_I = (
    (r"^you (may|can|could|will|must)\b", "I can"),
    (r"^(offer|send|credit|give|waive|refund|book|arrange)\b", r"I can \1"),
    (r"\b(?:she|he|they)\b", "you"),
    (r"\b(?:her|his|their)\b(?= \w)", "your"),
)


def briefing_lines(persona: Persona) -> list[str]:
    """The sentences of the briefing as its reader would say them to the customer."""
    found: dict[str, None] = {}
    for line in persona.briefing.splitlines():
        if _HEADING.match(line):
            continue
        for sentence in _SENTENCE.split(clean(_LIST.sub("", line))):
            if len(sentence.split()) >= _FEWEST or not sentence.isascii():
                found[_as_mine(sentence)] = None
    return [line for line in islice(found, _MOST) if line]


def _as_mine(sentence: str) -> str:
    for pattern, mine in _I:
        sentence = re.sub(pattern, mine, sentence, flags=re.IGNORECASE)
    return sentence[:1].upper() + sentence[1:]
