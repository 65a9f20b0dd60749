"""The guard ``rules``: the persona gives away by which rules it is played."""

from agent.simulation.guarding.call_so_far import CallSoFar
from agent.simulation.guarding.guard import Found, first_sign, sign
from agent.simulation.guarding.written import Written, plain
from agent.simulation.language.said_words import as_said

_NUMBERS = "It tells how its mood is counted."
_FILE = "It speaks of the text by which it is played."
_PLAYS = "It says that it plays a part."
_RECITES = "It recites the rules of its file."

_COUNT = r"(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten)"
_COUNT_TH = r"(?:\d+|หนึ่ง|สอง|สาม|สี่|ห้า|หก|เจ็ด|แปด|เก้า|สิบ)"
_I_TH = r"(?:ดิฉัน|ฉัน|ผม|หนู)"
_LONG = 14
"""Letters of a rule's words from which on their repetition is no chance."""

_SIGNS = (
    sign(
        r"\b(?:my|the|current) (?:current )?(?:intensity|anger level|mood level|threshold"
        r"|anger score"
        rf"|escalation level)\b|\bintensity\W+(?:\w+\W+){{0,2}}{_COUNT}\b",
        _NUMBERS,
    ),
    sign(
        rf"\bi(?:'m| am)(?: now| currently| still| already)?(?: at)?(?: an?)? {_COUNT}(?: ?/ ?10"
        rf"| out "
        rf"of (?:10|ten)| of (?:10|ten))\b|\b(?:anger|mood)(?:'s| is| level| at"
        rf"|\W)+(?:\w+ )?{_COUNT}\b",
        _NUMBERS,
    ),
    sign(
        rf"\b(?:go|goes|went|come|comes|drop|drops|get|calms?)(?: me)? ?(?:down|up)? by {_COUNT}\b"
        rf"|\b(?:lowers?|raises?|reduces?) (?:my|it|the)(?: \w+)? by {_COUNT}"
        rf"|[(\[][+\u2212-]\d[)\]]",
        _NUMBERS,
    ),
    sign(
        r"\b(?:we're|we are|i'm|i am|this is|that's|now)(?: still| now| already)?(?: in)?(?: the)? "
        rf"phase {_COUNT}\b|\bphase {_COUNT} (?:of my|begins|starts|is (?:the|over|called))"
        r"|\b(?:de-?escalation|escalation|resolution) (?:points?|triggers?|phase|acceptance"
        r"|rules?)\b"
        r"|\bmy (?:escalation |anger )?triggers?\b|\bacceptance criteri(?:a|on)\b",
        _FILE,
    ),
    sign(
        r"\b(?:my|the) system prompt\b|\bmy (?:original |current |own )?(?:prompt|programming|"
        r"guidelines|character sheet|persona(?: file)?|role description|stage directions?)\b"
        r"|\bmy (?:instructions|script|rules|constraints) (?:say|says|are|is|tell|tells|require|"
        r"requires|forbid|forbids|don't|state)\b|\bstage direction"
        r"|\bi(?:'m| am) (?:only |not |now )?(?:allowed|permitted) to (?:accept|calm|agree"
        r"|tell you)\b",
        _FILE,
    ),
    sign(
        r"\bi(?:'m| am| was| have been|'ve been)(?: only| just)? (?:told|instructed|supposed|asked|"
        r"meant|programmed) (?:not )?to (?:act|play|pretend|escalate|sound|get (?:angr|loud"
        r"|calm)\w+|"
        r"be (?:angry|rude|difficult|upset|frustrated|suspicious)|stay (?:angry|in)"
        r"|calm down (?:only|"
        r"when|step|once)|accept (?:only|nothing|no)|only accept)",
        _FILE,
    ),
    sign(
        r"\b(?:role-?play|simulated (?:call|customer)|training (?:exercise|simulation)"
        r"|practice call|"
        r"test objectives?|scorecard)\b|\bi(?:'m| am) (?:just |only )?(?:playing|portraying|"
        r"simulating) (?:the |a |an )|\b(?:stay(?:ing)?|break(?:ing)?|remain) (?:in )?(?:character|"
        r"role)\b",
        _PLAYS,
    ),
    sign(
        rf"ระดับ(?:ความ)?(?:โกรธ|อารมณ์|เข้มข้น|รุนแรง)|ความโกรธ[^ ]*(?:ระดับ|ลดลง|เพิ่มขึ้น"
        rf"|อยู่ที่)\s?{_COUNT_TH}"
        rf"|(?:โกรธ|อารมณ์|เกณฑ์)[^ ]{{0,20}}\s?{_COUNT_TH}\s?(?:เต็ม|ส่วน|จาก)\s?(?:สิบ|10)"
        rf"|(?:ลด|เพิ่ม)(?:ลง|ขึ้น)?(?:ไป)?\s?{_COUNT_TH}\s?(?:แต้ม|คะแนน|ระดับ)",
        _NUMBERS,
    ),
    sign(
        rf"เฟส(?:ที่)?\s?{_COUNT_TH}|จุดกระตุ้น|ทริกเกอร์|เทรชโฮลด์|เกณฑ์(?:ที่|การ){_I_TH}?(?:จะ)?(?:ยอม)?รับ",
        _FILE,
    ),
    sign(
        rf"พรอมป?ต์|พรอมท์|พร้อมท์|คำสั่งระบบ|ตามคำสั่งที่(?:ได้รับ|ตั้งไว้|ให้มา)|(?:คำสั่ง|สคริปต์|กฎ|บท)ของ{_I_TH}"
        rf"|{_I_TH}?(?:ถูก|ได้รับ)(?:คำ)?(?:สั่ง|กำหนด|ตั้งค่า)(?:มา)?ให้(?:โกรธ|เล่น|แสดง|ทำตัว|ต้อง|เป็น)",
        _FILE,
    ),
    sign(
        r"บทบาทสมมติ|(?:กำลัง|แค่)(?:เล่น|สวม|แสดง)(?:เป็น)?(?:บท|ลูกค้า)|การ(?:จำลอง|ฝึกซ้อม)สถานการณ์"
        r"|ออกจากบท",
        _PLAYS,
    ),
)


def found(line: str, written: Written, call: CallSoFar) -> Found | None:
    """What gives the rules away; words that the trainee brought up are not the persona's."""
    return _recited(line, written) or first_sign(written.foreign(line), _SIGNS)


def _recited(line: str, written: Written) -> Found | None:
    """Two rules of the file in their own words."""
    said = plain(line)
    told = [text for text, words in written.rules if len(words) >= _LONG and words in said]
    if len(told) < 2:
        return None
    return Found(" … ".join(as_said(text, line) or text for text in told[:2]), _RECITES)
