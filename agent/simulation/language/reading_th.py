"""What a piece of Thai says: Thai has no spaces, so patterns are looked up as pieces of text."""

import re

from agent.simulation.language.lexicon import Thai
from agent.simulation.language.reading import Hit, Reading
from agent.simulation.language.sentence import Asking

_THAI = re.compile(r"[\u0e00-\u0e7f]")
_NEGATION = re.compile(r"(?:ไม่|มิ(?!ถุ|น)|อย่า(?!ง)|ห้าม|ปฏิเสธ|ไม่อยาก|ไม่สามารถ)(?:\S{0,14})$")
"""What denies what follows it; the same letters begin "such" (อย่าง) and June (มิถุนายน)."""
_UNABLE = re.compile(r"[^\s]{0,8}?ไม่ได้")
_TURNING = re.compile(r"แต่|และ|แล้ว|เพราะ|ที่|(?<!ไม่ได้บอก)(?<!ไม่ได้พูด)(?<!หมายความ)ว่า(?!จะ)")
_QUESTION = re.compile(r"(?:ไหม(?!้)|มั้ย|หรือเปล่า|รึเปล่า|หรือยัง|เหรอ|หรือไม่)(?:คะ|ครับ|ค่ะ|นะ)?|\?")
_CONFIRMS = re.compile(r"(?:ใช่|ถูก(?:ต้อง)?)(?:ไหม|มั้ย|หรือเปล่า|รึเปล่า)")
"""Asks whether something was understood rightly."""
_OFFER = re.compile(r"(?:ขออนุญาต|ขอให้ดิฉัน|ให้(?:ดิฉัน|ผม|หนู|เรา)|ได้ไหม|ได้มั้ย|สะดวกไหม|สะดวกมั้ย)")
_IF = re.compile(r"(?:แล้ว)?(?:ถ้า|หาก|สมมติ|สมมุติ)(?!อย่างนั้น|งั้น|เป็น(?:ดิฉัน|ผม|หนู|เรา))")
_REPEATS = "repeat_back"
"""The act that is a question by nature: "You were charged twice, right?"."""
_FELT = ("empathy", "apology")
"""What is often said in one breath with a question that follows from it."""
_ASKED_OF_THEM = re.compile(r"(?:ได้รับ|คุณ|ลูกค้า|มีใคร|เคย|มีคน)")
_WHO_ASKS = re.compile(
    r"(?:ใคร(?!\S{0,4}ก็)|(?:ว่า|ทำ)ไง|ไหน(?=คะ|ครับ|ค่ะ|บ้าง|\s|$)|อะไร|ที่ไหน|เมื่อไร|เมื่อไหร่|ทำไม|อย่างไร|ยังไง|กี่|เท่าไร|เท่าไหร่)"
)


_WH = r"ใคร|อะไร|ไหน|เมื่อไร|เมื่อไหร่|ทำไม|อย่างไร|ยังไง|เท่าไร|เท่าไหร่|กี่(?:ครั้ง|รอบ|วัน|บาท|ปี|เดือน)"
ASKS_WHAT = re.compile(
    r"(?:^|\s)(?:แล้ว|งั้น|ว่าแต่|สรุป)?(?:ใคร(?!\S*ก็)|ทำไม|เพราะอะไร|เพราะเหตุใด|เมื่อไร|เมื่อไหร่)\S+"
    rf"|(?:{_WH})(?:บ้าง|กัน|ดี|นะ|ล่ะ|เหรอ)*(?:คะ|ครับ|ค่ะ)?\s*$"
)
"""A clause that asks for something: the word for it stands first or, as it mostly does, last."""


def has_thai(text: str) -> bool:
    """Whether there is any Thai letter in the text."""
    return bool(_THAI.search(text))


def read_thai(text: str, lists: Thai, index: dict[str, re.Pattern[str]]) -> Reading:
    """The reading of a Thai text; ``index`` says which act patterns apply."""
    reading = Reading(text)
    clauses = _clauses(text)
    reading.question = bool(_QUESTION.search(text) or _WHO_ASKS.search(text))
    for name, pattern in index.items():
        hits = [_hit(m, text, clauses, name) for m in pattern.finditer(text)]
        wrong = lists.excluded.get(name)
        spans = [m.span() for m in wrong.finditer(text)] if wrong else []
        kept = [h for h in hits if not any(a < h.end and h.start < b for a, b in spans)]
        if len(kept) < len(hits):
            reading.likened.add(name)
        if kept:
            reading.acts[name] = kept
    for name, pattern in lists.groups.items():
        hits = [_hit(m, text, clauses, name) for m in pattern.finditer(text)]
        if hits:
            reading.groups[name] = hits
    return reading


def _clauses(text: str) -> list[tuple[int, int]]:
    """Spans between spaces or marks; in Thai a space ends a clause."""
    return [m.span() for m in re.finditer(r"[^\s,.!?;:]+", text)]


def _hit(found: re.Match[str], text: str, clauses: list[tuple[int, int]], name: str) -> Hit:
    start, end = next(((a, b) for a, b in clauses if a <= found.start() < b), (0, len(text)))
    before = text[start : found.start()]
    turned = [m.end() for m in _TURNING.finditer(before)]
    scope = before[turned[-1] :] if turned else before
    negated = bool(_NEGATION.search(scope)) or bool(_UNABLE.match(text, found.end()))
    asking = _asking(text[start:end], text[end : end + 20], name)
    return Hit(found.start(), found.end(), negated, asking)


def _asking(clause: str, rest: str, name: str) -> Asking:
    """How a clause is asked in which ``name`` was found; ``rest`` is what follows, up to the next
    mark or two words on."""
    if _OFFER.search(clause) or _OFFER.match(rest.strip()):
        return "offer"
    asks = _QUESTION.search(clause) is not None
    confirms = _CONFIRMS.search(clause) is not None
    of_them = _ASKED_OF_THEM.search(clause) is not None
    if name == _REPEATS and confirms:
        return ""
    if _IF.match(clause) and ASKS_WHAT.search(rest.split("\n")[0]):
        return "info"
    if name in _FELT:
        return "info" if asks and of_them else ""
    if ASKS_WHAT.search(clause) or (asks and (of_them or not confirms)):
        return "info"
    return ""
