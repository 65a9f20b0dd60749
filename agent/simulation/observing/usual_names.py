"""What a trainee usually calls a customer's details, such as an order number."""

import re

from agent.simulation.language.tokens_en import stem
from personas.model import Fact, Persona

MUCH = (
    r"how much|(?:what|which|the) amount|what (?:was|is|were) the (?:charge|sum)"
    r"|(?:ทราบ|ขอ)ยอด|ยอด\S{0,14}(?:เท่าไ|กี่|อะไร)|(?:เงิน(?!เดือน)|ราคา|ค่า|ตัด|หัก|เก็บ|จ่าย|โดน)\S{0,16}เท่าไ|กี่บาท"
)
_WHEN_TH = r"(?:วันที่เท่าไ|วันไหน|วันอะไร|เมื่อไ)\S{0,4}"
_USUAL_TH: tuple[tuple[str, str], ...] = (
    (rf"(?:ตัด|หัก|เก็บเงิน)\S{{0,22}}{_WHEN_TH}", r"วันที่\S{0,6}(?:ตัด|หัก|เก็บ)"),
    (
        r"(?:พนักงาน|เจ้าหน้าที่|คนที่รับสาย|คนก่อน)\S{0,16}(?:ไหน|ใคร|อะไร)|ชื่อ(?:พนักงาน|เจ้าหน้าที่)|ใครรับ(?:ปาก|เรื่อง|สาย)"
        r"|(?:ครั้ง|คราว|รอบ)(?:ก่อน|ที่แล้ว)\S{0,8}คุยกับใคร",
        r"พนักงาน|เจ้าหน้าที่",
    ),
    (
        rf"(?:โทร|ติดต่อ|แจ้งเรื่อง)\S{{0,16}}(?:กี่ครั้ง|กี่รอบ|{_WHEN_TH})",
        r"ติดต่อ|การโทร|ครั้งก่อน",
    ),
    (
        r"เป็นสมาชิก\S{0,12}(?:กี่ปี|นาน|ไหน|อะไร)|สมาชิก(?:ระดับ|ประเภท|แบบ)"
        r"|(?:เป็นลูกค้า|อยู่|ใช้บริการ)(?:กับเรา)?มา(?:กี่|นาน)\S{0,12}|ระดับ(?:ไหน|อะไร)",
        r"สมาชิก|ลูกค้าตั้งแต่",
    ),
    (
        r"(?:โปร(?!ด)|แพ็กเกจ|แพคเกจ)\S{0,8}(?:อะไร|ไหน)"
        r"|(?:เดือนละ|ต่อเดือน|ค่าบริการ)\S{0,10}(?:เท่าไ|กี่)\S{0,6}",
        r"แพ็กเกจ|แพคเกจ|โปร|ค่าบริการ",
    ),
    (r"เกิด(?:วัน|ปี|เดือน|เมื่อ)\S{0,14}|อายุ(?:เท่าไ|กี่)\S{0,6}", r"วันเกิด|วันเดือนปีเกิด"),
    (r"(?:หมายเลข|เลขที่|รหัส)ลูกค้า|บัญชี\S{0,8}(?:เลขที่|หมายเลข)\S{0,8}", r"เลขบัญชี|ลูกค้า"),
    (r"เคส(?:เดิม)?เลข", r"หมายเลขเรื่อง|อ้างอิง"),
    (r"(?:อี)?เมล(?:ไป|ของ|อะไร|ไหน)\S{0,12}|มี(?:อี)?เมล|ส่ง\S{0,16}ทางไหน", r"อีเมล"),
    (r"หมายเลขโทรศัพท์|โทรกลับ(?:ที่|ไป|หมายเลข)\S{0,4}ไหน", r"เบอร์|โทรศัพท์"),
    (r"เลขท้าย|บัตร(?!\S{0,14}วัน)\S{0,12}(?:อะไร|ไหน)|(?:ตัว|หลัก)(?:ท้าย|หลัง)", r"บัตร"),
    (r"(?:พัก|(?<!ตั้ง)อยู่|บ้าน)\S{0,10}(?:ที่ไหน|แถวไหน|คอนโดไหน|เขต(?:อะไร|ไหน))", r"ที่อยู่"),
    (r"(?:คุย|สาย)กับคุณอะไร|สะกดชื่อ|(?:^|\s)คุณเป็นใคร", r"^ชื่อ"),
)
"""What a trainee calls the detail in Thai, before the names that are the same in all languages:
Thai has no words to be compared, so each kind is told by what stands about its question."""
USUAL: tuple[tuple[str, str], ...] = (
    *_USUAL_TH,
    # what a trainee calls the detail, what its label holds
    (
        r"security (?:word|question|answer)|code ?word|pass ?phrase",
        r"security (?:word|question|answer)|code ?word",
    ),
    (
        r"\b(?:pin|password|passcode|otp|cvv)\b|รหัสผ่าน|พิน",
        r"\b(?:pin|password|passcode|otp|cvv|code)\b|รหัสผ่าน",
    ),
    (
        r"date of birth|birth ?(?:day|date)|were you born|\bdob\b|วันเกิด|เกิดวัน|วันเดือนปีเกิด",
        r"birth|born|วันเกิด|วันเดือนปีเกิด",
    ),
    (
        r"(?:your|what|which) (?:\w+ )?e-?mail|e-?mail address"
        r"|(?:ขอ|ทราบ)อีเมล|อีเมล(?:อะไร|ของ|คุณ|ลูกค้า)",
        r"e-?mail|อีเมล",
    ),
    (
        r"(?:send|mail|e-?mail|forward) (?:(?:you|it|the|a|an|that|this|your|over|out) )*(?:\w+ )?"
        r"(?:confirmation|link|itinerary|summary|receipt|invoice|offer|quote|copy|details|pdf|"
        r"email)\b|(?:write|reach you|get you) (?:to )?(?:\w+ )?online",
        r"e-?mail",
    ),
    (
        r"(?:what|which|your) (?:\w+ )?(?:plan|package|tariff|subscription|contract tier)\b"
        r"|subscribed to|sign(?:ed)? up for",
        r"plan|package|tariff|subscription",
    ),
    (
        r"how (?:long|many years) (?:have you been|are you|is it|has it been|were you)"
        r"(?: (?:a|an|our|already|now))*(?: (?:customer|client|member|patient|guest|user|with us"
        r"|here|at our))|since when are you|when did you (?:join|sign up|become|first come)",
        r"(?:customer|client|member|patient|with us)\b.*since|since|joined|years",
    ),
    (r"suitcase|luggage|baggage|\bbags?\b", r"luggage|baggage|bags"),
    (
        r"order (?:number|id|reference|no)|number of (?:the|your) order|คำสั่งซื้อ|ออเดอร์",
        r"order|ออเดอร์|คำสั่งซื้อ",
    ),
    (
        r"booking|reservation|confirmation (?:number|code)|record locator|การจอง",
        r"booking|reservation|confirmation|locator|การจอง",
    ),
    (
        r"(?:case|ticket|reference) (?:number|id|no)|(?:หมายเลข|เลข)(?:เรื่อง|เคส)|อ้างอิง",
        r"case|ticket|reference|หมายเลขเรื่อง|อ้างอิง",
    ),
    (
        r"(?:member|loyalty|frequent|platinum|gold)\w*(?: flyer)? (?:number|id|status)|ระดับสมาชิก",
        r"member|loyalty|frequent|status|tier|สมาชิก",
    ),
    (
        r"account (?:number|id|no\b|name)|customer (?:number|id)"
        r"|(?:have|give me|need|what's) your account(?: please)?\s*(?:\?|$)"
        r"|(?:เลข|หมายเลข)(?:ที่)?บัญชี",
        r"account|เลขบัญชี",
    ),
    (
        r"card number|which card|card end|(?:last|four|final) (?:four )?(?:digits|numbers)"
        r"|(?:last|final) four\b|เลขบัตร|บัตร(?:ใบไหน|ลงท้าย)",
        r"card|บัตร",
    ),
    (
        r"(?:your|the|delivery|billing|home|mailing|street|what) address|where do you live|"
        r"where (?:should|shall|do|can) (?:we|i) (?:send|ship|post|deliver)"
        r"|zip|post ?code|postal|ที่อยู่",
        r"address|ที่อยู่",
    ),
    (
        r"(?:phone|mobile|cell|contact|callback|telephone) number|your (?:phone|mobile|cell)\b"
        r"|reach you|เบอร์",
        r"phone|mobile|cell|เบอร์|โทรศัพท์",
    ),
    (MUCH, r"amount|charge|paid|price|cost|total|ยอด"),
    (
        r"your (?:full |last |first )*(?:and (?:last|family) )?(?:sur)?name"
        r"|(?:what|which|whose) name (?:is|'s|was|are|do|should|goes)\b|name (?:is|'s)? ?on the|and"
        r" you are\W*$|(?:do|should|may|can|shall) i (?:call|address) you(?! (?:back|later|at|on|"
        r"again|tomorrow|when|today))|who(?:m)? do i have (?:on|the)|"
        r"who(?:'ve| have) i got\b|who(?:'s| is) on the line"
        r"|(?:what|who) (?:are|were) you called|you (?:are|were) called\W*$"
        r"|who am i (?:speaking|talking)|spell (?:(?:your|the|that|full|first|last) )*(?:sur)?name|"
        r"(?:ขอ|ทราบ)ชื่อ|ชื่อ(?:อะไร|ของ|คุณ|ลูกค้า|นามสกุล|-)|"
        r"who(?:'s| is) (?:this|calling|speaking|there)|คุณคือใคร|ใครโทร|(?:เรียน|คุย)สายกับใคร",
        r"^(?:full |first |customer |my )?name|^ชื่อ",
    ),
)
_NAME = USUAL[-1][0]
_EN_WORD = re.compile(r"[a-z]{3,}", re.I)
_COMMON = frozenset(
    [
        "the",
        "and",
        "your",
        "you",
        "our",
        "can",
        "could",
        "would",
        "please",
        "tell",
        "what",
        "which",
        "when",
        "where",
        "who",
        "how",
        "with",
        "this",
        "that",
        "for",
        "was",
        "are",
        "were",
        "did",
        "does",
        "have",
        "has",
        "need",
        "number",
        "give",
        "get",
        "me",
        "my",
        "name",
        "date",
        "time",
        "last",
        "first",
        "about",
        "from",
        "into",
        "them",
        "they",
        "there",
        "here",
        "been",
        "call",
        "calls",
        "calling",
        "previous",
        "her",
        "his",
        "customer",
        "since",
        "word",
        "second",
    ]
)
_SUM = re.compile(r"\d|dollar|pound|euro|cent|baht|hundred|thousand|บาท|พัน|ร้อย", re.I)
_NO_SUM = re.compile(r"\b(?:number|phone|card|birth|address|code|id)\b", re.I)


def by_usual_name(persona: Persona, text: str) -> list[Fact]:
    """The facts that are asked for by the usual names of such details, in their order."""
    spans: list[tuple[int, int, Fact]] = []
    for said, label in USUAL:
        asked = re.search(said, text, re.I)
        if asked is None or any(a < asked.end() and asked.start() < b for a, b, _ in spans):
            continue
        named = [f for f in persona.facts if re.search(label, f.label, re.I)]
        fact = _sum_meant(persona, text, named) if said == MUCH else next(iter(named), None)
        if fact is not None:
            spans.append((*asked.span(), fact))
    return [fact for _, _, fact in sorted(spans, key=lambda each: each[:2])]


def _sum_meant(persona: Persona, text: str, named: list[Fact]) -> Fact | None:
    """Which of many sums is asked for: the fact with a number that shares most words with the
    question; one that is only called so when the question has no words of its own."""
    said = content(text) - content("much amount charge charged cost paid pay total")
    sums = [f for f in persona.facts if _SUM.search(f.value) and not _NO_SUM.search(f.label)]
    shared = {fact: len(said & content(f"{fact.label} {fact.value}")) for fact in sums}
    best = max(shared, key=lambda fact: shared[fact], default=None)
    if best is not None and shared[best]:
        return best
    return next(iter(named), None) if not said else None


def stems(text: str) -> set[str]:
    """The stems of the words of a text."""
    return {stem(word.lower())[:6] for word in _EN_WORD.findall(text)} - {"the", "and", "your"}


def content(text: str) -> set[str]:
    """The stems of the words of a text that tell anything."""
    words = {word.lower() for word in _EN_WORD.findall(text)} - _COMMON
    return {stem(word)[:6] for word in words}


def asks_name(text: str) -> bool:
    """Whether the words ask the customer who they are."""
    return re.search(_NAME, text, re.I) is not None
