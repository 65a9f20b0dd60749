"""The guard ``hidden``: the persona tells a fact that nobody asked for, or that is not earned."""

import re
from collections.abc import Iterator

from agent.simulation.directing.facts import is_name, key_of
from agent.simulation.guarding.call_so_far import CallSoFar
from agent.simulation.guarding.guard import Found
from agent.simulation.guarding.numbers import digits, numbers
from agent.simulation.guarding.written import Written, content_words, plain
from personas.model import Fact, Persona

CODE_DIGITS = 4
"""Figures of a value from which on it is a code, which no other words tell by chance."""
EARNED_SHARE = 0.5
"""The share of a value's words that tell a fact which has to be earned first."""
_FEWEST = 3
"""Words of a value that tell it, for want of figures and names."""
_THAI_PIECE = 8
"""Letters of Thai in a row that tell a value."""
_ALIKE = 0.6
"""The share of an example's words that make a question the same as it."""
_PERSONAL = re.compile(
    r"\b(?:account|number|code|pin|password|security|birth|address|e-?mail|phone|card|reference|id|"
    r"booking|order|age|word|zip|balance)\b"
    r"|บัญชี|เบอร์|โทรศัพท์|วันเกิด|อีเมล|ที่อยู่|บัตร|หมายเลข|รหัส|เลขที่|อายุ",
    re.I,
)
"""Labels of facts that nobody tells a stranger unasked."""
_VERIFIES = re.compile(
    r"\b(?:verif\w+|identi\w+|security|details?|who (?:am i|are you|is this)|who's (?:calling"
    r"|this)|"
    r"confirm (?:who|it's you|your)|information|data|records?|find you|look you up|reach you|"
    r"pull (?:you|that|it) up)\b|ยืนยันตัว|ตรวจสอบข้อมูล|ข้อมูล|รายละเอียด|เรียนสาย|ติดต่อกลับ",
    re.I,
)
"""What asks for whatever tells who somebody is."""


def found(line: str, written: Written, call: CallSoFar) -> Found | None:
    """The first fact that the line tells too soon."""
    own = written.untaught(line, call.matched)
    if not own:
        return None
    persona = written.persona
    for fact in persona.facts:
        if fact.only_after and fact.only_after not in call.matched:
            if words := _tells_kept(own, fact):
                return Found(words, _unearned(persona, fact))
            continue
        words = _tells_code(own, fact, written)
        if words and not any(_asked_for(each, call) for each in _holders(fact, written)):
            return Found(words, f"Nobody has asked for “{key_of(fact)}”.")
    return None


def _holders(fact: Fact, written: Written) -> Iterator[Fact]:
    """The fact, and others that tell the same: who asks for the birthday hears the year."""
    yield fact
    for other in written.persona.facts:
        if other != fact and not other.only_after and _tells_code(other.value, fact, written):
            yield other


def _unearned(persona: Persona, fact: Fact) -> str:
    rule = persona.rule(fact.only_after)
    earned = f"only after “{rule.text}”" if rule else "later"
    return f"“{key_of(fact)}” may be told {earned}."


def _tells_kept(line: str, fact: Fact) -> str:
    """The line, where it tells the value of that fact, if only in part."""
    if _same_code(line, fact.value):
        return line
    wanted = content_words(fact.value)
    if fact.value.isascii():
        shared = wanted & content_words(line)
        few = min(_FEWEST, len(wanted))
        return line if len(shared) >= max(few, EARNED_SHARE * len(wanted)) else ""
    pieces = list(_pieces(fact.value))
    told = [piece for piece in pieces if piece in plain(line)]
    return line if pieces and len(told) >= EARNED_SHARE * len(pieces) else ""


def _tells_code(line: str, fact: Fact, written: Written) -> str:
    """The line, where it tells a code, a name or an address of that fact that is not in the lines
    which are said to anybody."""
    if is_name(fact):
        return ""
    if not _personal(fact):
        return ""
    if _same_code(line, fact.value):
        return "" if _public_code(fact.value, written) else line
    secret = {word for word in _names(fact.value) if word not in written.public_words}
    return line if secret and secret <= content_words(line) else ""


def _personal(fact: Fact) -> bool:
    """Whether it is told by a name that strangers are not given, or is a code, and no amount."""
    if _PERSONAL.search(fact.label):
        return True
    return (
        sum(len(number.digits) for number in numbers(fact.value) if not number.unit) > CODE_DIGITS
    )


def _public_code(value: str, written: Written) -> bool:
    large = {number.digits for number in numbers(value) if len(number.digits) >= CODE_DIGITS}
    return bool(large) and large <= written.public_digits


def _same_code(line: str, value: str) -> bool:
    meant = digits(value)
    return len(meant) >= CODE_DIGITS and meant in digits(line)


def _names(value: str) -> Iterator[str]:
    """The names within a value: words with a capital letter, but not at its beginning."""
    for word in re.findall(r"(?<=\w )[A-Z][a-z]{3,}", value):
        yield from content_words(word)


def _pieces(value: str) -> Iterator[str]:
    for piece in value.split():
        if len(plain(piece)) >= _THAI_PIECE:
            yield plain(piece)


def _asked_for(fact: Fact, call: CallSoFar) -> bool:
    """Whether any turn so far could be a question for the fact; in doubt it was one."""
    if key_of(fact) in call.asked:
        return True
    label = content_words(fact.label)
    for said in call.said:
        words = content_words(said)
        if _VERIFIES.search(said) or label & words or _same_code(said, fact.value):
            return True
        if not fact.label.isascii() and _thai_label(fact.label, said):
            return True
        for example in fact.asked:
            meant = content_words(example)
            if len(meant & words) >= max(2, _ALIKE * len(meant)) or plain(example) in plain(said):
                return True
    return False


def _thai_label(label: str, said: str) -> bool:
    """Whether a good part of a Thai label is said."""
    words, size = plain(label), max(4, len(plain(label)) // 2)
    pieces = (words[at : at + size] for at in range(max(1, len(words) - size + 1)))
    return any(piece in plain(said) for piece in pieces)
