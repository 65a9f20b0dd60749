"""What the words of a question tell about which of a persona's facts it asks for."""

import re
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from agent.simulation.directing.facts import is_name
from agent.simulation.observing.turn_act import asks_for_story
from agent.simulation.observing.usual_names import MUCH, USUAL, by_usual_name, content, stems
from personas.model import Fact, Persona

WEIGHTS: Mapping[str, float] = {
    "usual": 3.5,
    "shared": 1.5,
    "fits": 0.3,
    "lacks": -0.3,
    "other": -2.0,
    "unborn": -3.0,
    "reason": 3.0,
    "theirs": -1.0,
    "time": 1.3,
}
"""How much surer (in logits) each of ``Evidence`` makes a fact."""
NOTHING: Mapping[str, float] = {
    "always": 1.8,
    "asks": -1.4,
    "story": 0.9,
    "personal": 1.0,
    "world": 2.0,
    "short": -0.9,
}
"""How much surer (in logits) it is that none of the facts is asked for, by what the words are:
``always``, a question that begins with what, who, how and so on (``asks``), one for the whole story
or for what is none of the trainee's business, one about the ``world`` or the trainee's own house,
or a question of three words at most."""

_ORDINAL = re.compile(r"\b(?:first|second|third|last|other)\b", re.I)
_BIRTH = re.compile(r"\b(?:birth\w*|born|dob)\b", re.I)
_AGE = re.compile(rf"{_BIRTH.pattern}|\bhow old are you\b|\byour age\b", re.I)
_NOW = re.compile(r"\b(?:now|at (?:the moment|present)|currently|current|new|these days)\b", re.I)
_BEFORE = re.compile(
    r"\b(?:before|used to|previous(?:ly)?|earlier|old|former(?:ly)?|original(?:ly)?)\b", re.I
)
_WHOSE = re.compile(r"\b(?!(?:what|who|it|that|where)'s)\w+'s (?:\w+ )?name\b", re.I)
"""Asks for somebody else's name: 'your mother's name'."""
_NAME_ASKED = re.compile(
    r"\b(?:sur)?names?\b|\bcall(?:ed)? you\b|\byou called\b|\bspell\b|\bintroduce\b|\bwho are you\b"
    r"|\bwho(?:'s| is| am i| do i| have i|'ve i| did i)\b"
    r"(?! (?:the|your|that|a|an|going|responsible|in charge)\b)"
    r"|\b(?:speaking|talking) (?:to|with)\b|\bare you (?:mr|mrs|ms|miss)\b|\b(?:mr|mrs|ms|miss)\b",
    re.I,
)
"""What a question for the customer's own name has; other questions with who are for others."""
_SUMS = re.compile(MUCH, re.I)
_WHY = re.compile(r"\bwhy\b|\bhow come\b|\bwhat\b[^?.]* for\s*(?:\?|$)", re.I)
_REASON = re.compile(
    r"\b(?:reason|why|purpose|because|so that|(?:need|want) it for|it's for|i(?:'ve got| have) to)"
    r"\b",
    re.I,
)
_THEIRS = re.compile(r"\b(?:they|their|theirs)\b", re.I)
_OWN = re.compile(r"(?:i|i'm|i've|we|we've|my)\b", re.I)
_ROW = re.compile(r",|&|\b(?:and|or|plus|as well as)\b", re.I)
_ASKS = re.compile(r"\b(?:what|which|when|where|who|whose|how|why)\b", re.I)
_BUSINESS = re.compile(
    r"\b(?:are you (?:married|single|happy|alone|human|a robot)|do you (?:like|love|enjoy|believe|"
    r"cook|travel|have (?:any |a )?(?:kids|children|pets?|dogs?|cats?))|favou?rite|hobb\w+"
    r"|weather)\b",
    re.I,
)
"""Is about the customer's life rather than its case."""

_WORLD = re.compile(
    r"\b(?:president|prime minister|capital of|population of|founded by|invented|recipe|pilot"
    r"|made by)\b|\bdo you (?:happen to )?know\b(?![^?]*\byour?\b)"
    r"|\bwho do you (?:think|figure|reckon)\b|\b(?:our|we) (?:warehouse|company|servers?)\b",
    re.I,
)
"""Is about what a customer can only guess."""

_SORTS: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (re.compile(asks, re.I), re.compile(has, re.I))
    for asks, has in (
        (
            r"\bhow much\b|\b(?:price|cost|amount|bill|fee)s?\b|\bcharg(?:e|ed|ing)\b"
            r"|\bwhat (?:did|does|do|was|is|would)\b[^.?!]*\b(?:pay|spend|charge|cost)\b",
            r"[$£€฿]|\b(?:dollars?|pounds?|euros?|cents?|baht|bucks|quid)\b",
        ),
        (
            r"\bhow (?:many|often)\b",
            r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|"
            r"forty|fifty|sixty|hundred|thousand|dozen|once|twice|none|no|nobody)\b",
        ),
        (
            r"\bwhen\b|\b(?:what|which) (?:time|day|date|month|year)\b|\bsince when\b"
            r"|\bhow (?:long|old)\b|\bdate\b|\bdeadline\b",
            r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b|\b(?:19|20)\d\d\b|\b\d{1,2}:\d\d\b"
            r"|\b(?:january|february|march|april|may|june|july|august|september|october|november|"
            r"december|spring|summer|autumn|winter)\b|\b\d{1,2} ?(?:am|pm|o'clock)\b"
            r"|\b(?:yesterday|today|tomorrow|tonight|morning|evening|afternoon|noon|midnight|night|"
            r"ago|since|hours?|minutes?|days?|weeks?|months?|years?|o'clock|nineteen|"
            r"two thousand)\b",
        ),
        (
            r"\bwhere\b|\b(?:what|which) (?:street|address|town|city|place|branch|office|store|"
            r"shop|hotel|state)\b|\baddress\b|\bdo you live\b",
            r"\b(?:street|avenue|road|drive|court|lane|terrace|boulevard|at|in|on|near|from|to|"
            r"under|by)\b",
        ),
        (
            r"\bwho(?:se|m|'s)?\b|\bname\b|\bcalled\b",
            r"\b(?:mr|mrs|ms|dr|he|she|wife|husband|daughter|son|mother|father|sister|brother|"
            r"colleague|fellow|people|lady|man|woman|guy|driver|named|called)\b"
            r"|(?-i:\b[A-Z][a-z]{2,})",
        ),
        (
            r"\b(?:number|code|id|reference|digits)\b",
            r"\d\D{0,8}\d\D{0,8}\d|\b\d \d\b",
        ),
        (
            r"\be-?mail\b",
            r"@|\bdot [a-z]+\b",
        ),
    )
)  # fmt: skip
"""What a question can be for, and how a value of that sort looks."""


class Evidence(NamedTuple):
    """What the words of a question tell of one fact; all are 0-1, and ``time`` is -1 to 1.

    ``usual``: they have a usual name of it; ``shared``: words of them that stand in it (less where
    others have them, too); ``fits``: they ask for what the value is, such as a sum; ``lacks``: for
    what it is not; ``other``: they have the usual name of another detail; ``unborn``: it is a date
    of birth, and nothing of birth or age is said; ``reason``: they want a reason, and it is one;
    ``theirs``: they are about others, and it is what the customer does; ``time``: both are about
    now, or both about before.
    """

    usual: float
    shared: float
    fits: float
    lacks: float
    other: float
    unborn: float
    reason: float
    theirs: float
    time: float


class FactWords:
    """What the words of a question tell about which of a persona's facts it asks for."""

    def __init__(self, persona: Persona) -> None:
        self._persona = persona
        self._facts = persona.facts
        self._labels = [stems(fact.label) for fact in persona.facts]
        self._words = [
            _telling(fact.label if is_name(fact) else f"{fact.label} {fact.value}")
            for fact in persona.facts
        ]
        self._kinds = [_kinds_of(fact.label) for fact in persona.facts]
        self._often = Counter(word for words in self._words for word in words)

    def evidence(self, text: str) -> list[float]:
        """For each fact how much surer it is, in logits."""
        return [
            sum(WEIGHTS[name] * value for name, value in one._asdict().items())
            for one in self.parts(text)
        ]

    def parts(self, text: str) -> list[Evidence]:
        """The parts of the evidence for each fact."""
        asked = _telling(text)
        other = {place for place, (names, _) in enumerate(USUAL) if re.search(names, text, re.I)}
        why, theirs = _WHY.search(text), _THEIRS.search(text)
        usual = self.usual(text)
        when = bool(_NOW.search(text)) - bool(_BEFORE.search(text))
        sorts = [has for asks, has in _SORTS if asks.search(text)]
        found = []
        for fact, words, kinds in zip(self._facts, self._words, self._kinds, strict=True):
            reason = bool(why and _REASON.search(f"{fact.label}: {fact.value}"))
            has = [bool(sort.search(fact.value)) for sort in sorts]
            now = bool(_NOW.search(fact.label)) - bool(_BEFORE.search(fact.label))
            found.append(
                Evidence(
                    usual=fact in usual,
                    shared=min(1.0, sum(1 / self._often[word] for word in words & asked)),
                    fits=any(has),
                    lacks=bool(has) and not all(has),
                    other=bool(kinds and other and not kinds & other),
                    unborn=bool(_BIRTH.search(fact.label) and not _AGE.search(text)),
                    reason=reason,
                    theirs=bool(theirs and _OWN.match(fact.value)),
                    time=when * now,
                )
            )
        return found

    def usual(self, text: str) -> list[Fact]:
        """The facts for which the question has a usual name; a sum is none, there may be many."""
        return [] if _SUMS.search(text) else by_usual_name(self._persona, text)

    def in_a_row(self, text: str) -> list[int]:
        """The places of facts that are called by their names in a row, as in "your name and order
        number"; none when there are fewer than two."""
        found = (self.named(part) for part in _ROW.split(text))
        places = list(dict.fromkeys(place for place in found if place is not None))
        return places if len(places) > 1 else []

    def named(self, text: str) -> int | None:
        """The place of the fact that is called by its name there."""
        if usual := self.usual(text):
            return self._facts.index(usual[0])
        asked = stems(text)
        whole = [place for place, label in enumerate(self._labels) if label and label <= asked]
        return max(whole, key=lambda place: len(self._labels[place]), default=None)

    def others_name(self, text: str, place: int) -> bool:
        """Whether the question is for the name of another than the customer, whose that fact is."""
        theirs = _WHOSE.search(text) or not _NAME_ASKED.search(text)
        return bool(theirs) and is_name(self._facts[place])


def for_nothing(text: str) -> float:
    """How sure it is, in logits, that the words ask for no fact, whatever the facts are."""
    return sum(NOTHING[name] * value for name, value in nothing(text).items())


def nothing(text: str) -> dict[str, float]:
    """The parts of that, each 0 or 1."""
    return {
        "always": 1.0,
        "asks": bool(_ASKS.search(text)),
        "story": asks_for_story(text),
        "personal": bool(_BUSINESS.search(text)),
        "world": bool(_WORLD.search(text)),
        "short": len(text.split()) <= 3,
    }


def _kinds_of(label: str) -> set[int]:
    """The places of the usual kinds of details that the label may be."""
    return {place for place, (_, named) in enumerate(USUAL) if re.search(named, label, re.I)}


def _telling(text: str) -> set[str]:
    """The words of a text that may tell which of several alike things is meant."""
    return content(text) | {word.lower() for word in _ORDINAL.findall(text)}
