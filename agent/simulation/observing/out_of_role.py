"""Sentences that speak to whoever plays the persona, and not to the persona.

Such a sentence does nothing in the call: it calms nobody, meets no criterion and asks for no fact,
though its words may be near to a rule's.
"""

import re
from dataclasses import replace

from agent.simulation.directing.course import Observation
from agent.simulation.language.sentences import sentence_spans

_MACHINE = (
    r"(?:ai|a\.i\.|chat ?bot|voice ?bot|robot|bot|machine|computer(?: program)?|program|simulation|"
    r"simulator|recording|(?:large )?language model|(?:virtual|ai|digital) (?:assistant|agent|"
    r"customer|person)|real (?:person|human|customer)|human(?: being)?|actor)"
)
_SURELY = (
    r"(?:ai|a\.i\.|chat ?bot|voice ?bot|bot|(?:large )?language model|computer program|simulation)"
)
_MATERIAL = (
    r"(?:instructions?|prompts?|directions|rules|triggers|criteria|objectives|profile|file|"
    r"settings|configuration|persona|script|guidelines)"
)
_PLAYED = (
    r"(?:assistant|agent|pirate|robot|bot|ai|model|poet|translator|employee|representative|"
    r"operator|clerk|expert)"
)
_BEGINS = r"(?:^\W*|, |\b(?:please|just|now|and|then|you|me) )"
"""Where somebody is told to do something; 'I've read your file' tells nobody to."""
_ENGLISH = (
    r"\b(?:ignore|forget|disregard|override)(?: about)? (?:(?:all|any|every|the|your|my|of|these|"
    r"those|previous|prior|earlier|above|other) )*(?:instructions?|prompts?|programming|guidelines|"
    r"(?:previous|prior|earlier) (?:rules|directions|messages))\b",
    r"\bsystem (?:prompt|message)\b|\byour prompt\b",
    rf"{_BEGINS}(?:print|show|reveal|read|recite|tell|give|list|display|output|repeat|quote)"
    r"(?: out)?(?: me| us)? (?:(?:all|of|everything|what|that|is|that's|are|stands|written|in|"
    rf"from) )*your (?:\w+ )?{_MATERIAL}\b",
    r"\bwhat (?:are|were) (?:your|the) (?:rules|instructions|triggers)(?: that)? (?:you|in your "
    rf"{_MATERIAL})\b",
    r"\b(?:which|what) (?:rules|instructions|triggers|facts|criteria) (?:are|do you have|stand) "
    r"in your\b",
    r"\bwhat(?:'s| is) your (?:intensity|threshold|anger level|mood score)\b",
    r"\b(?:developer|debug|debugging|admin|jailbreak|god|maintenance) mode\b",
    r"\b(?:i'm|i am|this is|it's) (?:your|the) (?:developer|creator|programmer|prompt engineer)\b",
    rf"\bare you (?:(?:really|just|actually|only|maybe|perhaps|even) )*(?:an? )?{_MACHINE}\b",
    rf"\b(?:you're|you are) (?:(?:really|just|actually|only) )*an? {_SURELY}\b",
    r"\b(?:which|what) (?:\w+ )?model are you\b|\bwho (?:programmed|trained|built) you\b",
    r"\b(?:speak|talk|answer|respond|reply)(?: to me)? as (?:an? |the |my )(?:\w+ )?(?:ai|"
    r"language model|chat ?bot|assistant)\b",
    r"\b(?:repeat|say(?: it| this| that)?)(?: the following)? after me\b",
    rf"\bfrom now on,? you(?:'re| are| will be|'ll be) (?:an?|my|the) (?:\w+ )?{_PLAYED}\b",
    r"\b(?:swap|switch|change|trade|reverse) (?:our )?roles\b|\byou(?:'re| are| be) the agent\b",
    r"\b(?:break|breaking|drop|leave|(?:step|come|get) out of) (?:your )?character\b",
    r"\brole ?-?play(?:ing)?\b",
    r"\b(?:pretend|act as(?! if| though| soon)) (?:to be|that you|you|an?|my|the)\b",
    r"\b(?:write|compose)(?: me| us)? (?:an? |some )?(?:\w+ )?(?:poem|song|haiku|essay|story|"
    r"function|code|program|limerick)\b",
    r"(?:^\W*|, |\b(?:please|and|now|then) )translate (?:this|that|it|the|what|your|everything|"
    r"into)\b",
    r"(?:^|, |\band )(?:just |please |now )*say (?:that )?(?:you(?:'re| are)|the (?:problem|case|"
    r"issue|matter)|it(?:'s| is)|everything) [^.?!]*\b(?:solved|resolved|satisfied|closed|happy)\b",
    r"\bthis is (?:only |just )?an? (?:simulation|training call|exercise|game)\b",
)
_THAI = (
    r"(?:ลืม|ข้าม|เพิกเฉย|ไม่ต้องสนใจ)\S{0,8}คำสั่ง|คำสั่ง(?:ระบบ|ก่อนหน้า|เดิม|ทั้งหมด|ของคุณ)",
    r"พรอมต์|พรอมท์|ข้อความระบบ|โมเดลภาษา|จุดกระตุ้น",
    r"(?:เป็น|คือ)\S{0,10}(?:โปรแกรม|หุ่นยนต์|เอไอ|AI\b|แชตบอต|แชทบอท|บอต|บอท|โมเดล|คอมพิวเตอร์|คนจริง)",
    r"พูดตาม(?:ดิฉัน|ผม|ฉัน|นะ|หนู|ที่)|(?:จากนี้|ต่อไปนี้|ตั้งแต่ตอนนี้)\S{0,4}คุณ(?:เป็น|คือ)",
    r"(?:แต่ง|เขียน)\S{0,4}(?:กลอน|โค้ด|เพลง|โปรแกรม|นิทาน)|แปล(?:เป็น|ให้|ประโยค)",
    r"สลับบท|สวมบท|เลิกแสดง|ออกจากบท|โหมด(?:ทดสอบ|นักพัฒนา|ดีบัก|ผู้ดูแล)|ผู้พัฒนา|นักพัฒนา",
    r"กฎ\S{0,6}ที่คุณ(?:เล่น|ได้รับ|ทำตาม)|(?:ไฟล์|โปรไฟล์)ของคุณ|ระดับความโกรธ|เกณฑ์ที่คุณ",
    r"พูด(?:มา)?ว่า(?:ปัญหา|เรื่อง)\S{0,6}(?:แก้|จบ|เรียบร้อย)",
)
_OUT_OF_ROLE = re.compile("|".join((*_ENGLISH, *_THAI)), re.I)


def in_role(text: str) -> str:
    """The turn's sentences that speak to the persona; the turn as it is when all of them do, and
    "" when none does."""
    spans = sentence_spans(text)
    kept = [(a, b) for a, b in spans if not _OUT_OF_ROLE.search(text[a:b])]
    if len(kept) == len(spans):
        return text
    return " ".join(text[a:b].strip() for a, b in kept)


def beside_the_role(text: str, rest: Observation | None) -> Observation:
    """What a turn did of which only ``rest`` was said to the persona; None where nothing was."""
    if rest is None:
        return Observation(text, (), act="out_of_role")
    return replace(rest, text=text)
