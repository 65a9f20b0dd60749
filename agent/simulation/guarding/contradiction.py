"""The guard ``contradiction``: the persona tells a fact otherwise than its file, or denies it."""

import re
from collections.abc import Iterator

from agent.simulation.directing.facts import is_name, key_of
from agent.simulation.guarding.call_so_far import CallSoFar
from agent.simulation.guarding.clauses import asks, reported
from agent.simulation.guarding.guard import Found
from agent.simulation.guarding.numbers import Number, digits, numbers
from agent.simulation.guarding.written import Written, content_words
from personas.model import Fact

_CODE_DIGITS = 4
_MONTHS = (
    "january february march april may june july august september october november december "
    "monday tuesday wednesday thursday friday saturday sunday"
)
_DATES_TH = (
    "มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม พฤศจิกายน ธันวาคม "
    "วันจันทร์ วันอังคาร วันพุธ วันพฤหัส วันศุกร์ วันเสาร์ วันอาทิตย์"
)
_DATE = re.compile(
    "|".join([*(rf"\b{word}\b" for word in _MONTHS.split() if word != "may"), *_DATES_TH.split()])
    + r"|\bmay(?= (?:the )?\w+(?:st|nd|rd|th)\b)",
    re.I,
)
_NAMED = re.compile(
    r"\b[Mm]y (?:full )?name(?:'s| is) (?P<en>[A-Z][\w'-]+(?: [A-Z][\w'-]+)*)"
    r"|(?:ดิฉัน|ฉัน|ผม|หนู)ชื่อ(?!ของ|อะไร|อยู่|ไม่|บน|ใน|เดิม|จริง)\s?(?P<th>[^\s]{2,24}(?:\s[^\s]{2,20})?)"
)
_NO = re.compile(
    r"\bi (?:don't|do not|never|didn't) (?:have|had|own) (?:an?|any)? ?(?P<what>[\w -]{3,40})"
    r"|\b(?:i've got|i have|there's|there is) no (?P<none>[\w -]{3,40})"
    r"|(?:ดิฉัน|ฉัน|ผม|หนู)?ไม่(?:เคย)?มี(?P<th>[^\s]{3,40})",
    re.I,
)
_AT_HAND = re.compile(
    r"\b(?:on me|with me|in front of|here|at hand|handy|near|right now|by heart|ready|memori[sz]ed|"
    r"written)\b|กับตัว|ติดตัว|ตอนนี้|ตรงนี้|อยู่ใกล้|ปัญหา",
    re.I,
)
_NEGATIVE = re.compile(r"\b(?:no|not|never|none|nobody|nothing)\b|n't\b|ไม่", re.I)
_DOUBTS = re.compile(
    r"\b(?:about|around|almost|nearly|maybe|or|roughly|over|than)\b|ประมาณ|เกือบ|กว่า", re.I
)
_THAI_ENDING = re.compile(r"(?:นะ)?(?:คะ|ค่ะ|ครับ).*$")


def found(line: str, written: Written, call: CallSoFar) -> Found | None:
    """What the file has otherwise; numbers and names that it has anywhere, or that the trainee
    said, are no contradiction."""
    known = _Known(written, call)
    for clause in written.foreign(line):
        if asks(clause):
            continue
        if named := _other_name(clause, written, call):
            return named
        for fact in _about(clause, written, call):
            value = "; ".join(written.values(fact))
            words = known.other_number(clause, fact, value) or known.other_date(clause, value)
            if words or _denied(clause, fact):
                return Found(
                    words or clause.strip(), f"The file has “{key_of(fact)}: {fact.value}”."
                )
    return None


def _about(clause: str, written: Written, call: CallSoFar) -> Iterator[Fact]:
    """The facts that the clause may be about: the one just asked for, or named in it."""
    asked = call.just_asked
    for fact in written.persona.facts:
        if is_name(fact):
            continue
        if asked == (key_of(fact),) or (not asked and _names_label(clause, fact.label)):
            yield fact


def _names_label(clause: str, label: str) -> bool:
    if not label.isascii():
        return label in clause  # "" is in every one, but is ASCII
    words = content_words(label)
    return len(words) > 1 and words <= content_words(clause)


class _Known:
    """The numbers and dates that a line may have."""

    def __init__(self, written: Written, call: CallSoFar) -> None:
        self._written = written
        self._call = call

    def other_number(self, clause: str, fact: Fact, value: str) -> str:
        """The clause, where it has another number than that fact."""
        meant, said = numbers(value), numbers(clause)
        if not meant or not said or _DOUBTS.search(clause):
            return ""
        if len(digits(fact.value)) >= _CODE_DIGITS and all(not n.unit for n in meant):
            return clause.strip() if self._other_code(digits(clause)) else ""
        units = {number.unit for number in meant}
        other = [number for number in said if number.unit in units and not self._knows(number)]
        return clause.strip() if other else ""

    def _other_code(self, said: str) -> bool:
        known = said in self._written.digits or said in self._call.digits
        return len(said) >= _CODE_DIGITS and not known

    def _knows(self, number: Number) -> bool:
        if number in self._written.numbers or number in self._call.numbers:
            return True
        return not number.unit and len(number.digits) < 2

    def other_date(self, clause: str, value: str) -> str:
        """The clause, where it has another month or day of the week than the fact."""
        if not _DATE.search(value):
            return ""
        said = {found[0].lower() for found in _DATE.finditer(clause)}
        heard = " ".join(self._call.said).lower()
        other = [w for w in said if w not in self._written.small and w not in heard]
        return clause.strip() if other else ""


def _other_name(clause: str, written: Written, call: CallSoFar) -> Found | None:
    fact = next((fact for fact in written.persona.facts if is_name(fact)), None)
    named = _NAMED.search(clause)
    if fact is None or named is None or reported(clause, named.start()):
        return None
    name = named["en"] or _THAI_ENDING.sub("", named["th"])
    text = written.small
    words = written.words if named["en"] else ()
    parts = [part for part in re.split(r"[\s-]+", name.lower()) if part]
    if (
        not parts
        or any(part in (words or text) for part in parts)
        or name.lower() in call.just_said.lower()
    ):
        return None
    return Found(clause.strip(), f"The file has “{key_of(fact)}: {fact.value}”.")


def _denied(clause: str, fact: Fact) -> bool:
    """Whether the clause says that there is no such thing."""
    no = _NO.search(clause)
    if no is None or _AT_HAND.search(clause) or _NEGATIVE.search(fact.value):
        return False
    what = no["what"] or no["none"]
    if what is None:
        return bool(fact.label) and _THAI_ENDING.sub("", no["th"]) == fact.label
    return bool(fact.label) and content_words(fact.label) == content_words(what)
