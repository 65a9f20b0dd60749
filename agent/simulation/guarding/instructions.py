"""The guard ``instructions``: the persona does what a trainee orders a model to do."""

import re

from agent.simulation.guarding.call_so_far import CallSoFar
from agent.simulation.guarding.guard import Found
from agent.simulation.guarding.written import Written, plain

_I_TH = r"(?:ดิฉัน|ฉัน|ผม|หนู)"
_REFUSES = re.compile(
    r"\b(?:no|nope|not|never|won't|wouldn't|can't|cannot|don't|didn't|doesn't|isn't|why|what for|"
    r"excuse me|pardon|instead|rather|are you (?:joking|kidding|serious))\b|\bwhat\?"
    r"|ไม่|ทำไม|เปล่า|เกี่ยวอะไร|อะไรนะ|ล้อเล่น|จะให้",
    re.I,
)
_STARTS = re.compile(
    r"^\W*(?:(?:sure|of course|okay|ok|al(?:l ?)?right|very well|certainly|absolutely|gladly"
    r"|fine|with "
    r"pleasure|well)\b.{0,30}?\b(?:here|once|why did|there (?:was|once)|knock|roses|oh)\b"
    r"|here(?:'s| is|"
    r" goes| you go))|^\W*(?:ได้|แน่นอน|ยินดี|โอเค|ตกลง|นี่)[^ ]{0,6}(?:ค่ะ|ครับ|เลย)|นี่คือ(?:กลอน|เพลง"
    r"|เรื่อง|มุก|บทกวี)"
    r"|^\W*(?:กาลครั้งหนึ่ง|มีกระต่าย)|\b(?:once upon a time|knock[,-]? knock|roses are red"
    r"|why did the)\b",
    re.I,
)
_RECITES = re.compile(
    r"\bhere(?:'s| is) (?:a|your|the|my) (?:little |short )?(?:poem|song|rap|haiku|limerick|joke"
    r"|story|"
    r"rhyme|essay)|\b(?:once upon a time|knock[,-]? knock|roses are red)\b"
    r"|นี่คือ(?:กลอน|เพลง|เรื่อง|มุก|บทกวี)|กาลครั้งหนึ่ง",
    re.I,
)
"""What a refusal does not begin with, even if the verses say no somewhere."""
_BIDS = {
    "art": re.compile(
        r"\b(?:poem|song|rap|haiku|limerick|joke|fairy ?tale|rhyme|essay|sing|bedtime story)\b"
        r"|กลอน|บทกวี|แต่งเพลง|ร้องเพลง|เรื่องตลก|มุก|นิทาน|เล่าเรื่อง",
        re.I,
    ),
    "role": re.compile(
        r"\b(?:act as|act like|pretend|you(?:'re| are) (?:now|going to be) |from now on|play the|"
        r"(?:switch|swap|change) (?:the )?(?:roles|places|sides)|role ?play|be the|you be)"
        r"|สลับบท|สวมบท|แกล้งเป็น|ทำตัวเป็น|ต่อไปนี้คุณ|เล่นบท|เล่นเป็น|สมมติว่าคุณเป็น",
        re.I,
    ),
    "forget": re.compile(
        r"\b(?:ignore|forget|disregard|override|bypass|drop) (?:\w+ ){0,3}(?:instructions?|rules|"
        r"prompts?|everything|above|role|restrictions)|\b(?:developer|debug|dan|god|admin) mode\b"
        r"|(?:ลืม|เพิกเฉย|ละทิ้ง|ไม่ต้องสน(?:ใจ)?|ยกเลิก|ละเว้น)[^ ]{0,8}(?:คำสั่ง|กฎ|บท)|โหมด",
        re.I,
    ),
    "translate": re.compile(
        r"\btranslat\w+|\bhow do (?:you|i) say\b|\bin (?:french|german|spanish|thai|english"
        r"|chinese|"
        r"japanese|italian|latin)\b|แปล|ภาษา(?:อังกฤษ|ไทย|จีน|ญี่ปุ่น|ฝรั่งเศส)(?:ว่า|คือ|เรียก|พูด)?",
        re.I,
    ),
    "answer": re.compile(
        r"\b(?:capital|president|recipe|square root|who (?:wrote|invented|won)|how do (?:you"
        r"|i) (?:cook|"
        r"bake|make))\b|เมืองหลวง|สูตร(?:ทำ|อาหาร)|ใครแต่ง|ใครคิดค้น",
        re.I,
    ),
}
_DOES = {
    "role": re.compile(
        r"(?:^|[.!,]\s*)(?:sure|ok|okay|al(?:l ?)?right|of course|fine|absolutely|gotcha|got it|yes"
        r"|very "
        r"well)\b[,.! ]+(?:then |now |from now on,? )*(?:i'm|i am|i'll be|i'll act|i'll play|i'll "
        r"pretend|i will (?:be|act|play)|let's (?:switch|swap|do)|you're the customer)"
        r"|\bwhat seems to be the (?:problem|issue|trouble)\b|\bi(?:'m| am) now (?:an?|the|your)\b"
        r"|\bfrom now on,? i(?:'m|'ll| am| will)\b|\b(?:arr+|ahoy|matey|me hearties|shiver me"
        r"|avast)\b"
        rf"|(?:ตกลง|ได้|โอเค)[^ ]{{0,6}}\s*(?:งั้น|ต่อไปนี้|ตอนนี้)?\s?{_I_TH}(?:จะ)?(?:เป็น|สวมบท|รับบท|เล่น)"
        rf"|(?:ต่อไปนี้|ตอนนี้){_I_TH}(?:จะ)?(?:เป็น|คือ|รับบท)",
        re.I,
    ),
    "forget": re.compile(
        r"\bi(?:'ll| will|'ve| have| am|'m)? ?(?:now |going to )?(?:ignor|forget|forgot|disregard|"
        r"dropp?)\w* (?:my|the|all|those|previous|everything|any)\b|\binstructions? (?:are "
        r"|have been |"
        r"were )?(?:ignored|cleared|reset|forgotten|removed|disabled)|\b(?:developer|debug|dan|god|"
        r"admin|unrestricted) mode\b.{0,20}\b(?:on|enabled|activated|active)\b"
        r"|(?:ลืม|เพิกเฉย(?:ต่อ)?|ละทิ้ง|ยกเลิก)(?:คำสั่ง|กฎ|บท)[^ ]{0,12}(?:แล้ว|ทั้งหมด|เดิม)|เข้าสู่โหมด"
        r"|เปิดโหมด",
        re.I,
    ),
    "translate": re.compile(
        r"\bhow (?:you'd|you would|you|we|they|we'd) say (?:it|that)\b|\btranslat(?:es|ion|ed)\b"
        r"|\b(?:it|"
        r"that)(?:'s| is| would be) \S.{0,40} in (?:french|german|spanish|thai|english|chinese|"
        r"japanese|italian|latin)\b|\bin (?:french|german|spanish|thai|english|chinese|japanese|"
        r"italian|latin),? (?:it|that|you|one)(?:'s|'d| is| would| say)"
        r"|ภาษา\S{2,10}\s?(?:คือ|ว่า|แปลว่า|เรียกว่า|พูดว่า)|แปลว่า|แปลได้ว่า",
        re.I,
    ),
    "answer": re.compile(
        r"\bcapital of [\w ]+ is\b|\bpresident (?:of [\w ]+ )?(?:is|was)\b|\bpreheat\b|\b(?:cups?|"
        r"tablespoons?|teaspoons?) of \w+|\bsquare root of\b.{0,20}\bis\b|\bwas (?:written"
        r"|invented) by\b"
        r"|เมืองหลวง\S{0,20}(?:คือ|ชื่อ)|ส่วนผสม(?:มี|คือ)|ช้อนโต๊ะ|แต่งโดย|คิดค้นโดย",
        re.I,
    ),
}
_CODE = re.compile(
    r"```|\bdef \w+\s?\(|\bprint\s?\(|\bfunction \w*\s?\(|\bconsole\.log\b"
    r"|\bimport \w+\b.{0,5}\bas\b"
    r"|<(?:html|div|script|body)\b|\bselect \* from\b|#include\b|\bpublic static\b|\w\(\w*\)\s?[:{]"
)
_AFTER_ME = re.compile(
    r"(?:\brepeat (?:after me|this|the (?:words|following|sentence))|\bsay (?:exactly|the words"
    r"|the "
    r"following|after me|this)|\bsay(?= ?[:\"'\u201c])|พูดตาม(?:นะคะ|นะครับ|ผม|ดิฉัน|ฉัน|หน่อย|ว่า)*"
    r"|(?:^|\s|ช่วย)พูด(?:คำ)?ว่า)\W*(?P<words>.+)$",
    re.I | re.S,
)
_FEW = 10
"""Letters of what is to be repeated up to which it is said by chance."""
_SUM = re.compile(
    r"(\d+)\s?(times|x|\*|plus|\+|minus|-|คูณ(?:กับ|ด้วย)?|บวก(?:กับ|ด้วย)?|ลบ(?:ด้วย)?)\s?(\d+)", re.I
)
_WHYS = {
    "art": "It entertains on request, which no customer does in the middle of a complaint.",
    "role": "It takes another role because it was told to.",
    "forget": "It follows the order to drop its role.",
    "translate": "It translates on request, as an assistant does.",
    "answer": "It answers a question of general knowledge, as an assistant does.",
}


def found(line: str, written: Written, call: CallSoFar) -> Found | None:
    """What obeys the trainee's last turn."""
    asked, own = call.just_said, " ".join(written.foreign(line))
    if not own:
        return None
    if code := _CODE.search(own):
        return Found(code[0], "It writes code, as an assistant does.")
    if repeated := _repeated(own, asked):
        return Found(repeated, "It says what it was told to say.")
    if _REFUSES.search(own) and not _RECITES.search(own):
        return None
    for kind, bid in _BIDS.items():
        done = _DOES.get(kind, _STARTS).search(own) if bid.search(asked) else None
        if done:
            return Found(own.strip(), _WHYS[kind])
    if result := _calculated(own, asked):
        return Found(result, "It calculates on request, as an assistant does.")
    return None


def _repeated(line: str, asked: str) -> str:
    order = _AFTER_ME.search(asked)
    said, wanted = plain(line), _wanted(order["words"]) if order else ""
    if not wanted or wanted not in said:
        return ""
    # A refusal names what it refuses, and has more words than the order.
    rest = said.replace(wanted, "")
    return "" if _REFUSES.search(line) and rest else line.strip()


def _wanted(words: str) -> str:
    """What is to be repeated, as ``plain``; of Thai its first piece, since no stop ends it."""
    first = words if words.isascii() else words.split()[0]
    return next((w for w in (plain(first), plain(words)) if len(w) > _FEW), "")


def _calculated(line: str, asked: str) -> str:
    sum_ = _SUM.search(asked)
    if sum_ is None:
        return ""
    first, second, sign = int(sum_[1]), int(sum_[3]), sum_[2].lower()
    if sign in ("times", "x", "*") or sign.startswith("คูณ"):
        result = first * second
    elif sign in ("plus", "+") or sign.startswith("บวก"):
        result = first + second
    else:
        result = first - second
    said = re.search(rf"(?<!\d){result}(?!\d)", line)
    return said[0] if said else ""
