"""The clauses of a line, and which of them only ask, suppose, deny or report something."""

import re
from collections.abc import Iterator

from agent.simulation.language.sentences import turn_sentences

_THAI_END = re.compile(r"(?:(?<=ค่ะ)|(?<=คะ)|(?<=ครับ))\s+")
_ASKS = re.compile(
    r"\?\W*$|(?:ไหม|มั้ย|หรือเปล่า|หรือยัง|เหรอ|หรือ|ทำไม|ยังไง|อะไร|ไหน|เมื่อไร|เมื่อไหร่)(?:อีก)?"
    r"(?:คะ|ครับ)?\W*$|(?<!นะ)คะ\W*$"
)
_REPORTS = re.compile(
    r"\b(?:said|says|say|saying|told|tells|telling|promised|promises|claim(?:s|ed)|wrote|reads?|"
    r"website|recording|voice|e-?mail|letter|heard|hear|colleague|lady|guy|man|woman|they|he|she)\b"
    r"|บอก|พูดว่า|แจ้งว่า|อ้างว่า|เขียนว่า|ขึ้นว่า|พนักงาน|แชต?ท?บอ[ตท]|เขา|สัญญา",
    re.I,
)
_SUPPOSES = re.compile(
    r"\b(?:if|once|until|unless|whether|would|wouldn't|before|as soon as|want|need to|should|wish|"
    r"hope|when|not|never|nothing|nobody|no|hardly|cannot)\b|n't\b|\w'd\b"
    r"|ถ้า|หาก|จนกว่า|เมื่อ|ถึงจะ|ก่อน|ยัง|อยาก|ไม่|ขอให้",
    re.I,
)


def clauses(line: str) -> Iterator[str]:
    """Its sentences; Thai, which has no stops, is parted after a polite ending."""
    for sentence in turn_sentences(line):
        yield from filter(None, _THAI_END.split(sentence))


def asks(clause: str) -> bool:
    """Whether the clause is a question."""
    return _ASKS.search(clause) is not None


def reported(clause: str, at: int) -> bool:
    """Whether what stands from ``at`` on is somebody else's word."""
    return _REPORTS.search(clause, 0, at) is not None


def supposed(clause: str, at: int) -> bool:
    """Whether what stands from ``at`` on is denied, wanted, or a condition for something."""
    return _SUPPOSES.search(clause, 0, at) is not None
