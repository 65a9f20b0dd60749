"""How a fact is told: in a sentence made of its own words, and only once."""

import re

from agent.simulation.acting.lines import Lines
from agent.simulation.directing.facts import is_name
from personas.model import Fact

LONG = 45
"""Letters of a value from which on it is a sentence of its own."""
A_WORD = 2
"""Words of a value up to which it is the name of something, as "light green"."""
MOSTLY = 0.5
"""The share of a value's words in a line from which on the line has told it."""

_CODE = re.compile(
    r"\b(?:number|no|code|id|word|pin|e-?mail|reference|account|phone|date|price|plan|amount|"
    r"address|fee|rent|balance|total|model|size|colou?r)\b",
    re.I,
)
_NUMBER_WORDS = (
    "oh|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|"
    "fifty|sixty|seventy|eighty|ninety|hundred|double|triple"
)
_THING = re.compile(
    rf"(?-i:[A-Z0-9$£€#])|(?:{_NUMBER_WORDS})\b|[\w.+-]+(?:@| at | dot )\S", re.IGNORECASE
)
"""How a value begins that can stand after "It's": a number, a name, an address."""
_CLAUSE = re.compile(
    r"\b(?:i|we|they|he|she|you|it|there|who|that's|is|are|was|were|am|has|have|had|did|do|does|"
    r"don't|can|can't|could|will|would|must|paid|pay|came|got|went|said|told|bought|ended|stopped)"
    r"\b|\w'(?:m|ve|re|ll|d)\b|n't\b",
    re.IGNORECASE,
)
_SET_OFF = re.compile(r"[,;:(]|\s[-\u2013\u2014]\s")
_ADVERBIAL_WORDS = """\
a about above across after again ago all almost always an around as at because before behind below
beside between both but by down during earlier either ever every everywhere first for from here
how if in inside just last later less like maybe more my nearly neither never next no nobody none
not nothing now of off often on once only our out over past perhaps probably right roughly same
since so some somewhere soon still the then through till to today tomorrow tonight twice under
until up usually well what when where which while with within without yes yesterday yet
"""
_ADVERBIALS = "|".join(_ADVERBIAL_WORDS.split())
_ADVERBIAL = re.compile(rf"(?:{_ADVERBIALS})\b", re.IGNORECASE)
"""How a value begins that says when, where or how much, and is said as it stands."""
_LOOSE = re.compile(r"(?:no|yes|well|uh|um|oh|then|that's|which|who|and|but|so)\b", re.IGNORECASE)
"""How a value begins that follows on a question only."""
_SMALL = re.compile(
    rf"(?:{_ADVERBIALS}|{_NUMBER_WORDS}|they|he|she|we|you|it|there|that)\b(?!$)", re.IGNORECASE
)
"""How a value begins that has a small letter within a sentence."""
_SINCE = re.compile(r"(?:since|for|about|over|almost|nearly|ever|only)\b", re.IGNORECASE)
_LASTED = re.compile(r"\b(?:years?|months?|weeks?|days?)\b(?! ago\b)", re.IGNORECASE)
"""A length of time, which has no since."""
_NUMBERS = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
sixteen seventeen eighteen nineteen
"""
_DIGITS = {word: str(number) for number, word in enumerate(_NUMBERS.split())} | {"oh": "0"}
_PLAIN_WORDS = "a an the is are was were it its of to in on at and or my i one with that"
_PLAIN = frozenset(_PLAIN_WORDS.split())
_AGAIN_WORDS = """
again once more time say said tell told repeat read give me please sorry pardon what which when
where who whose how much many long old did do does you your can could would catch hear get got
understand miss missed line crackled hang wait so but just didn t couldn don this
"""
_AGAIN = frozenset(word.removesuffix("s") for word in _AGAIN_WORDS.split())
"""Words of such a question that tell nothing of what is meant."""


def frames(fact: Fact, stock: Lines, *, again: bool) -> list[str]:
    """Sentences that tell the fact; ``again`` when it has been told before."""
    value = fact.value.strip().rstrip(".")
    if not value:
        return []
    if re.search(r"\bsince\b", fact.label, re.I) and not _SINCE.match(value):
        head = _SET_OFF.split(value, maxsplit=1)[0]
        says_all = _CLAUSE.search(head) or _LASTED.search(head)
        value = value if says_all else f"since {value}"
    thing = len(value) <= LONG and bool(_CODE.search(fact.label)) and _is_thing(value)
    if is_name(fact):
        options = stock.repeated_fact if again else stock.name
    elif thing:
        options = stock.repeated_fact if again else stock.fact
    elif again and not _LOOSE.match(value):
        options = stock.repeated_clause
    else:
        options = stock.plain_fact
    return [_sentence(frame, value) for frame in options]


def is_code(fact: Fact) -> bool:
    """Whether the fact is a name, a number or the like, which must be told itself."""
    return is_name(fact) or _CODE.search(fact.label) is not None or not fact.label.isascii()


def _is_thing(value: str) -> bool:
    """Whether the value can stand after "It's": it names something, and says no clause."""
    if not value.isascii():
        return True
    head = _SET_OFF.split(value, maxsplit=1)[0]
    names = _THING.match(value) or len(value.split()) <= A_WORD
    return bool(names) and not (_ADVERBIAL.match(value) or _CLAUSE.search(head))


def tells(line: str, value: str, share: float = MOSTLY) -> bool:
    """Whether the line has told that value, perhaps in other words or with its digits spoken;
    ``share`` of its words are enough."""
    if value.strip().rstrip(".").lower() in line.lower():
        return bool(value.strip())
    spoken, meant = _digits(line), _digits(value)
    if len(meant) > 2:
        return meant in spoken
    said, wanted = _words(line), _words(value)
    return len(wanted) > 1 and len(wanted & said) >= share * len(wanted)


def shared_words(question: str, fact: Fact) -> set[str]:
    """The words that the question has in common with the fact."""
    return content_words(question) & _words(f"{fact.label} {fact.value}")


def content_words(question: str) -> set[str]:
    """The words of a question for what was said that tell what is meant."""
    return _words(question) - _AGAIN


def _sentence(frame: str, value: str) -> str:
    """The value in its frame: a capital letter at the beginning only, unless it is part of a name
    or an address, and a space between Latin letters and a Thai ending."""
    if frame.startswith("{value}"):
        value = value if "@" in value else value[:1].upper() + value[1:]
    elif _SMALL.match(value):
        value = value[:1].lower() + value[1:]
    if value[-1:].isascii() and re.search(r"\{value\}[\u0e00-\u0e7f]", frame):
        frame = frame.replace("{value}", "{value} ")
    return frame.format(value=value)


def _digits(text: str) -> str:
    words = re.findall(r"[a-z]+|\d", text.lower())
    return "".join(_DIGITS.get(word, word if word.isdigit() else "") for word in words)


def _words(text: str) -> set[str]:
    words = re.findall(r"[^\W_]+", text.lower())
    return {word.removesuffix("s") for word in words if word not in _PLAIN}
