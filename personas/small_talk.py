"""Examples that fit small talk: with them, a rule would be matched by words that do nothing.

Only a sentence that is all small talk is meant, and has nothing of its rule: "One moment, please."
is an example of being put on hold, and of nothing else.
"""

import re
from collections.abc import Iterable, Iterator

from personas.model import Rule

_WORDS = """
a about absolutely afternoon again ahead all alright am an and any anything are as ask at back be
bear been bit but by call called calling came can catch certainly check checking clear could
course day didnt do does down else evening exactly file fine first for from front further get give
glad go good got great had happy has have having hear hello help helping here hey hi hm hmm hold
how hows i id if ill im in interesting is it its ive just kind know last later let lets like line
listen listening little ll load loading look looking loud lovely made make may me mean mhm minute
moment more morning much my name need next nice noise noisy note noted notes now of oh ok okay on
once one open opening or over pardon patience patient perfect perhaps please pleasure point
problem pull question questions quick quickly quiet ready repeat right s say saying screen sec
second see seem showing slow so some soon sounds speak speaking spell spelling still such sure
system take taken takes talk talking tell telling thank thanks that thats the then there theres
thing think this through time to today too type typing uh um understand understood until up
very view wait waiting was we weather welcome well were what whats when whenever which while will
with worries would yeah yes you your youre
"""
_ENGLISH = frozenset(_WORDS.split())
"""Words of which sentences are made that say nothing of a case."""
_THAI = re.compile(
    r"(?:ฮัลโหล|สวัสดี|ค่ะ|คะ|ครับ|นะ|จ้ะ|จ้า|โอเค|โอเช|ได้|เลย|ใช่|ถูกต้อง|แน่นอน|รับทราบ|ทราบ|เข้าใจ|แล้ว|ดี|มาก|อ๋อ|อืม|เอ่อ|"
    r"ขอบคุณ|ขอบพระคุณ|ที่|บอก|รอ|จด|ไว้|กำลัง|อยู่|เชิญ|พูด|ต่อ|ฟัง|ดิฉัน|ผม|ฉัน|ยัง|ใน|สาย|ตอนนี้|เปิด|หน้าจอ|ดู|"
    r"ช้า|นิดหน่อย|หน่อย|ได้ยิน|ชัด|ไหม|มั้ย|อีก|ที|ครั้ง|เมื่อกี้|ทัน|ไม่ทัน|สัญญาณ|วันนี้|อากาศ|ขอ|ถาม|สักครู่|แป๊บ|นึง|"
    r"คุณ|ลูกค้า|ว่า|ก็|และ|จะ|ให้|เช็ก|เช็ค|ตรวจ|สอบ|ระบบ|ชื่อ|มะลิ|ยินดี|บริการ|ช่วย|อะไร|มี|เรื่อง|เพิ่มเติม|"
    r"ตรง|นี้|นั้น|เป็น|อย่างไร|ยังไง|บ้าง|สบาย|[\s,.!?ๆ])+"
)
_WORD = re.compile(r"[a-z]+")
_COMMON = "a an and at be by for from have in is it of on or that the to with you your"
_PLAIN = frozenset(_COMMON.split())
"""Words that a sentence and a rule may share by chance."""
LONGEST = 60
"""Characters of small talk at most; the time for Thai, which has no spaces, grows fast."""
_STEM = 5
"""Letters that two words have in common when they are forms of one."""


def examples_of_small_talk(rules: Iterable[Rule]) -> Iterator[tuple[Rule, str]]:
    """The examples for which a rule counts (``like``) that fit any small talk, with their rules;
    those of objectives move nobody."""
    for rule in rules:
        if rule.kind == "objective":
            continue
        for example in rule.like:
            if fits_small_talk(example, rule.text):
                yield rule, example


def fits_small_talk(sentence: str, rule: str) -> bool:
    """Whether the sentence is small talk, and has no word of the rule."""
    if len(sentence) > LONGEST:
        return False
    if not sentence.isascii() and _THAI.fullmatch(sentence.strip()):
        return not _THAI.fullmatch(rule)
    words = _words(sentence)
    if not words or not set(words) <= _ENGLISH:
        return False
    stems = {word[:_STEM] for word in _words(rule) if word not in _PLAIN}
    return not any(word[:_STEM] in stems for word in words if word not in _PLAIN)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold().replace("'", "").replace("\u2019", ""))
