"""Which profile facts a trainee asks for, by word lists."""

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from agent.simulation.directing.course import AskedFact
from agent.simulation.directing.facts import key_of
from agent.simulation.language.reading_th import has_thai
from agent.simulation.language.sentences import turn_sentences
from agent.simulation.language.tokens_en import stem
from agent.simulation.observing.examples import Verdict, as_asked, share_words
from agent.simulation.observing.turn_act import asks_consent, is_asked, without_small_talk
from personas.model import Fact, Persona

_REQUEST_TH = r"(?<!เล)ขอ(?!ง|บ|โทษ|อภัย|ให้|สรุป|ทวน|อนุญาต|คิด|จด|เช็|ตรวจ)"
"""To ask for something; the same letters begin thanks and apologies, and stand within a number."""
_REQUESTS = re.compile(
    r"\b(?:tell me(?! to\b)|give me (?:your|the)|remind me (?:of|what|which|who|when|where|how)"
    r"|(?:can|could|may|might) (?:i|we) (?:just |please |also )*(?:have|get|ask|take|know)\b"
    r"(?! (?:a|an|some|one|back)\b)|(?:wonder\w*|ask|asking|to know) (?:you )?"
    r"(?:what|which|when|where|who|how)(?:'s| (?:is|are|was) your| you)\b"
    r"|(?<!don't )(?<!not )(?<!won't )(?<!no )need (?:your|the|to (?:know|have|confirm|verify|"
    r"check|ask)(?! (?:you\b|it's|that it's|who|if|some|a few)))|confirm (?:your|the|me)|spell"
    r"|verify (?:your|the)|(?:your|the) [a-z ]{3,30} please"
    r"|please (?:confirm|verify|provide|state))\b"
    rf"|{_REQUEST_TH}|ทราบ|อะไร|เท่าไ|เมื่อไ|ไหน|(?<!เ)กี่|ใคร(?!\S{0, 4}ก็)|ไหม|มั้ย|รบกวน|ช่วยบอก|ช่วยแจ้ง"
    r"|(?:^|\s)(?:แล้ว)?(?:วันเดือนปีเกิด|วันเกิด|ชื่อ(?:นามสกุล)?|เลขบัญชี|เบอร์(?:โทร)?|อีเมล|ที่อยู่)"
    r"(?:คุณ)?(?:ด้วย)?(?:ค่ะ|คะ|ครับ)\s*$|(?:ว่า|ทำ|เป็น)ไง|ทำไม|ยังไง|อย่างไร|หรือเปล่า|รึเปล่า|หรือยัง|เหรอ|ล่ะ(?:คะ|ครับ)|หรือ\S{2,20}(?:คะ|ครับ)"
    r"|(?:แจ้ง|บอก)\S{0,40}หน่อย",
    re.I,
)
"""Asks for something in a sentence that need be no question."""
_BEGINS = re.compile(
    r"\W*(?:(?:and|but|so|okay|ok|well|now|um|uh|sorry|then|right)\b\W*)*"
    r"(?:(?:since|by|till|until|at|in|under|for|from|to|on|roughly|about) )*"
    r"(?:what|whats|which|when|whens|where|wheres|whereabouts|who|whos|whose|how|hows|why|any\w*"
    r"|is|are|was|were|does|did|has|had|can|could|do (?:you|they|we)|have you)\b",
    re.I,
)
_INFORMS = re.compile(
    r"\b(?:what|which|when|where|who|how|tell me|describe|do you|did you"
    rf"|have you|is it|are there)\b|อะไร|เท่าไ|เมื่อไ|ไหน|(?<!เ)กี่|ใคร|ทราบ|{_REQUEST_TH}",
    re.I,
)
_OFFERS = re.compile(
    r"\b(?:can|could|may|shall|should) (?:i|we)\b(?! (?:(?:just|please|also) )*(?:have|get|ask|"
    r"know|take|confirm|verify|see|hear|call you|reach|ring|contact|note|send))"
    r"|\b(?:can|could|will|would) you\b(?! (?:(?:just|please|also) )*(?:tell|say|give|read|spell|"
    r"confirm|verify|describe|explain|remember|name|share|provide|repeat|state|let|show))",
    re.I,
)
"""Offers to do something, or asks for it: 'Could we come on Monday?', 'Could you open it?'"""
_OFF = re.compile(
    r"\b(?:which|what)(?: one)? (?:would|do|should|shall) (?:you|i|we) "
    r"(?:like|prefer|want|rather|do)\b|\bweather\b"
    r"|\b(?:is|was) it (?:\w+ )?(?:cold|hot|warm|sunny|raining|rainy|snowing|nice) "
    r"(?:where|over|out|up|down|in|today|there)\b"
    r"|^\W*what an? [\w ]+[,!]|\b(?:have|got|grab|find|get) (?:a |some )?(?:pen|pencil|paper|"
    r"something to write)\b"
    r"|^(?:(?!\byou\b|\byour\b|\byou're\b)[^?])*, (?:right|correct|huh|eh|"
    r"(?:is|are|was|were|does|do|has|did)n't (?:it|he|she|they))\s*\?"
    r"|(?:^|[.,] |\b(?:so|and|or|but) )do you (?:need|want) (?:me|us|to|a|an|any)\b"
    r"|\b(?:can't|cannot|can not|won't|couldn't|unable to|not (?:able|allowed) to) "
    r"(?:tell|give|share|say|read)\b[^?]*$|(?:บอก|ตอบ|แจ้ง)ไม่ได้",
    re.I,
)
"""Asks to choose, or for what is in no file, only remarks on something, or refuses to tell."""
MUCH = (
    r"how much|(?:what|which|the) amount|what (?:was|is|were) the (?:charge|sum)"
    r"|(?:ทราบ|ขอ)ยอด|ยอด\S{0,14}(?:เท่าไ|กี่|อะไร)|(?:เงิน(?!เดือน)|ราคา|ค่า|ตัด|หัก|เก็บ|จ่าย|โดน)\S{0,16}เท่าไ|กี่บาท"
)
_WHEN_TH = r"(?:วันที่เท่าไ|วันไหน|วันอะไร|เมื่อไ)\S{0,4}"
_KIN_TH = r"แม่|พ่อ|ลูกชาย|ลูกสาว|สามี|แฟน|หมา(?!ย)|แมว|หัวหน้า|เพื่อน|ธนาคาร"
_OTHERS_TH = re.compile(
    rf"(?:ชื่อ|เบอร์)\S{{0,8}}(?:{_KIN_TH})\S*|(?:{_KIN_TH})\S{{0,8}}(?:ชื่อ|เบอร์)\S*|เงินเดือน\S*"
)
"""Asks for a detail of somebody else, or for one that no file has."""
_USUAL_TH: tuple[tuple[str, str], ...] = (
    (rf"(?:ตัด|หัก|เก็บเงิน)\S{{0,14}}{_WHEN_TH}", r"วันที่\S{0,6}(?:ตัด|หัก|เก็บ)"),
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
    (r"เลขท้าย|บัตร\S{0,12}(?:อะไร|ไหน)|(?:ตัว|หลัก)ท้าย", r"บัตร"),
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
        r"account (?:number|id|no\b|name)"
        r"|(?:have|give me|need|what's) your account(?: please)?\s*(?:\?|$)"
        r"|(?:เลข|หมายเลข)(?:ที่)?บัญชี",
        r"account|เลขบัญชี",
    ),
    (
        r"card number|which card|card end|(?:last|four) (?:four )?digits|เลขบัตร|บัตร(?:ใบไหน|ลงท้าย)",
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
        r"again|tomorrow|when|today))|who(?:m)? do i have (?:on|the)|who(?:'s| is) on the line"
        r"|who am i (?:speaking|talking)|spell (?:(?:your|the|that|full|first|last) )*(?:sur)?name|"
        r"(?:ขอ|ทราบ)ชื่อ|ชื่อ(?:อะไร|ของ|คุณ|ลูกค้า|นามสกุล|-)|"
        r"who(?:'s| is) (?:this|calling|speaking|there)|คุณคือใคร|ใครโทร|(?:เรียน|คุย)สายกับใคร",
        r"^(?:full |first |customer |my )?name|^ชื่อ",
    ),
)
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
_WHICH_TH = re.compile(r"อะไร|เท่าไ|เมื่อไ|ไหน|กี่|ใคร|ยังไง|อย่างไร")
PIECE = 8
"""Letters of a Thai label that must stand in a question."""
ALIKE_TH, NEARER_TH = 0.45, 0.72
"""The share of groups of three letters that two Thai questions have in common when they ask for the
same; the greater one where a usual name says otherwise. Set on 70 questions for Sarah's facts, and
on 20 for something else, of which none finds one."""
_SPELLED_TH = (
    ("คราว", "ครั้ง"),
    ("ที่แล้ว|ล่าสุด|(?<=ครั้ง)ก่อน", "ก่อนนี้"),
    ("โดน", "ถูก"),
    ("เจ้าหน้าที่", "พนักงาน"),
    ("เท่า(?:ไร|ไหร่)", " ม "),
    ("เมื่อ(?:ไร|ไหร่)|ตอนไหน|กี่โมง", " ต "),
    ("อย่างไร|ยังไง|ไง", " ง "),
    ("ทำไม|เพราะอะไร", " ท "),
    ("อะไร", " อ "),
    ("ใคร", " ค "),
    ("ที่ไหน|ไหน", " น "),
)
"""Other words for the same; what asks becomes one letter by itself, since it tells little."""
_PLAIN_TH = re.compile(
    r"(?:นะ)?(?:คะ|ค่ะ|ครับ|จ้ะ)|(?:คุณ)?ซาร่าห์|คุณ|ลูกค้า(?!ของ)|ช่วย|หน่อย|ด้วย|รบกวน|ขอ(?:ทราบ)?"
    r"|ทราบ|บอก|แจ้ง|ล่ะ|เหรอ|ไหม|มั้ย|หรือ(?:เปล่า|ไม่|ยัง)|รึเปล่า|บ้าง|ดี(?=\s|$)|ตอนนี้|วันนี้|แล้ว|ของ|ที่"
    r"|ดิฉัน|ผม|หนู|อยู่|คือ|ได้|ว่า|เป็น|ให้|มี"
)
"""What stands in questions of every kind."""
MOST = 3
"""Facts that one turn asks for; more are mostly misread."""


def asked_facts(persona: Persona, text: str, like: Sequence[Verdict] = ()) -> tuple[AskedFact, ...]:
    """The facts that a turn asks for, in its order: by the author's own questions (``like``), by
    usual names for them, or by their labels."""
    found: dict[str, AskedFact] = {}
    for part in turn_sentences(text):
        own = [as_asked(each) for each in like if share_words(each.quote, part)]
        for fact in own or [AskedFact(key_of(fact)) for fact in _in_sentence(persona, part)]:
            found.setdefault(fact.label, fact)
    return tuple(found.values())[:MOST]


def may_ask(text: str) -> bool:
    """Whether the words ask for something at all that a fact could be."""
    said = without_small_talk(text)
    if _OFF.search(said) or asks_consent(said):
        return False
    if _OFFERS.search(said) and not _INFORMS.search(said):
        return False
    if "?" in said or _REQUESTS.search(said) or is_asked(said, said):
        return True
    # Without a stop, as a recogniser writes it, it may be a question all the same.
    return not said.rstrip().endswith((".", "!")) and _BEGINS.match(said) is not None


def asks_detail(text: str) -> bool:
    """Whether a usual detail of a customer is asked for, such as an e-mail address."""
    asks = re.search(rf"\byour\b|{_REQUEST_TH}|ทราบ", text, re.I) is not None
    return asks and any(re.search(said, text, re.I) for said, _ in USUAL)


def _in_sentence(persona: Persona, text: str) -> list[Fact]:
    text = _OTHERS_TH.sub(" ", text)
    if not may_ask(text):
        return []
    found = by_usual_name(persona, text)
    likeness, near = _by_thai_questions(persona, text)
    if near is not None and likeness >= (NEARER_TH if found else ALIKE_TH) and len(found) < 2:
        return [near]
    if found:
        return found
    by_label = _by_label(persona, text) if _INFORMS.search(text) else None
    return [by_label] if by_label else []


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


def _by_thai_questions(persona: Persona, text: str) -> tuple[float, Fact | None]:
    """The fact of whose questions one is nearest to this one by its letters, and how near; Thai has
    no words to be compared, and a question seldom more than one word that tells."""
    if not has_thai(text):
        return 0.0, None
    said = _thai_groups(without_small_talk(text))
    near = [
        (_alike_th(said, _thai_groups(question)), fact)
        for fact in persona.facts
        for question in fact.asked
        if has_thai(question)
    ]
    return max(near, key=lambda each: each[0], default=(0.0, None))


@lru_cache(maxsize=2048)
def _thai_groups(text: str) -> Counter[str]:
    """The groups of three letters in what is left of a question without what all have."""
    for way, usual in _SPELLED_TH:
        text = re.sub(way, usual, text)
    pieces = _PLAIN_TH.sub(" ", text.lower()).split()
    return Counter(f" {piece} "[at : at + 3] for piece in pieces for at in range(len(piece)))


def _alike_th(one: Counter[str], other: Counter[str]) -> float:
    """Dice's coefficient; 0 for what has next to nothing that tells."""
    both = one.total() + other.total()
    return 2 * (one & other).total() / both if min(one.total(), other.total()) > 2 else 0.0


def _by_thai_label(persona: Persona, text: str) -> Fact | None:
    """The fact whose label shares the longest piece with a question; Thai has no spaces."""
    if not _WHICH_TH.search(text):
        return None
    shared = [(_longest_piece(fact.label, text), fact) for fact in persona.facts]
    length, best = max(shared, key=lambda each: each[0], default=(0, None))
    return best if length >= PIECE else None


def _longest_piece(label: str, text: str) -> int:
    for length in range(len(label), PIECE - 1, -1):
        pieces = (label[at : at + length] for at in range(len(label) - length + 1))
        if any(piece in text for piece in pieces):
            return length
    return 0


def _by_label(persona: Persona, text: str) -> Fact | None:
    """The fact whose label stands soon after a question word, or shares most words with it."""
    said = content(text)
    best, score = None, 0.0
    for fact in persona.facts:
        label = fact.label.lower()
        if len(label) > 2 and (_names(label, text) or _in_thai(label, text)):
            return fact
        words = content(label)
        share = len(words & said) / len(words) if len(words) > 1 else 0.0
        if share > score:
            best, score = fact, share
    return best if score >= 0.5 else _by_thai_label(persona, text)


def _in_thai(label: str, text: str) -> bool:
    """Whether the label stands there, and not as the trainee's own ('my name is …')."""
    own = rf"(?:ดิฉัน|ผม|หนู|ฉัน|เรา)(?:มี)?{re.escape(label)}"
    return not label.isascii() and label in text and not re.search(own, text)


def _names(label: str, text: str) -> bool:
    soon = r"(?:what|which|how|when|where|tell me|know|have)\b[^.?!]{0,20}"
    named = rf"\b{re.escape(label)}\b(?! (?:of|on)\b)"
    return re.search(soon + named, text, re.I) is not None


def stems(text: str) -> set[str]:
    """The stems of the words of a text."""
    return {stem(word.lower())[:6] for word in _EN_WORD.findall(text)} - {"the", "and", "your"}


def content(text: str) -> set[str]:
    """The stems of the words of a text that tell anything."""
    words = {word.lower() for word in _EN_WORD.findall(text)} - _COMMON
    return {stem(word)[:6] for word in words}
