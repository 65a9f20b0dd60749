"""Which profile facts a trainee asks for, by word lists."""

import re
from collections import Counter

from agent.simulation.directing.course import AskedFact
from agent.simulation.directing.facts import is_name, key_of
from agent.simulation.language.reading_th import has_thai
from agent.simulation.language.sentences import turn_sentences
from agent.simulation.language.tokens_en import stem
from agent.simulation.observing.turn_act import asks_consent, is_asked, without_small_talk
from personas.model import Fact, Persona

_REQUEST_TH = r"(?<!เล)ขอ(?!ง|บ|โทษ|อภัย|ให้|สรุป|ทวน|อนุญาต|คิด|จด|เช็|ตรวจ)"
"""To ask for something; the same letters begin thanks and apologies, and stand within a number."""
_QUESTION = re.compile(
    r"\?|\b(?:what(?:'s|s)?|which|when|where|who(?:'s)?|how (?:much|many|old|long)|tell me|give me"
    r"|(?:can|could|may|might|would|will) (?:i|you|we)|do you (?:have|know|remember)|have you got"
    r"|need (?:your|the|to (?:know|have|confirm|verify|check|ask)"
    r"(?! (?:you\b|it's|that it's|who|if|some|a few)))|confirm (?:your|the|me)|spell"
    r"|verify (?:your|the)|(?:your|the) [a-z ]{3,30} please"
    r"|please (?:confirm|verify|provide|state))\b"
    rf"|{_REQUEST_TH}|ทราบ|อะไร|เท่าไ|เมื่อไ|ไหน|(?<!เ)กี่|ใคร(?!\S{0, 4}ก็)|ไหม|มั้ย|รบกวน|ช่วยบอก|ช่วยแจ้ง"
    r"|ทำไม|ยังไง|อย่างไร|หรือเปล่า|รึเปล่า|หรือยัง|เหรอ|ล่ะ(?:คะ|ครับ)|หรือ\S{2,20}(?:คะ|ครับ)"
    r"|(?:แจ้ง|บอก)\S{0,40}หน่อย",
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
    r"|(?:^|[.,] |\b(?:so|and|or|but) )do you (?:need|want) (?:me|us|to|a|an|any)\b"
    r"|\b(?:can't|cannot|can not|won't|couldn't|unable to|not (?:able|allowed) to) "
    r"(?:tell|give|share|say|read)\b[^?]*$",
    re.I,
)
"""Asks to choose, or for what is in no file, or refuses to tell."""
_MUCH = (
    r"how much|(?:what|which|the) amount|what (?:was|is|were) the (?:charge|sum)"
    r"|(?:ทราบ|ขอ)ยอด|ยอด\S{0,14}(?:เท่าไ|กี่|อะไร)|(?:เงิน(?!เดือน)|ราคา|ค่า|ตัด|หัก|เก็บ|จ่าย|โดน)\S{0,16}เท่าไ|กี่บาท"
)
_WHEN_TH = r"(?:วันที่เท่าไ|วันไหน|วันอะไร|เมื่อไ)\S{0,4}"
_KIN_TH = r"แม่|พ่อ|ลูกชาย|ลูกสาว|สามี|แฟน|หมา(?!ย)|แมว|หัวหน้า|เพื่อน|ธนาคาร"
_OTHERS_TH = re.compile(
    rf"(?:ชื่อ|เบอร์)\S{{0,8}}(?:{_KIN_TH})\S*|(?:{_KIN_TH})\S{{0,8}}(?:ชื่อ|เบอร์)\S*|เงินเดือน\S*"
)
"""Asks for a detail of somebody else, or for one that no file has."""
_KINDS_TH: tuple[tuple[str, str], ...] = (
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
    (r"(?:อี)?เมล(?:ไป|ของ|อะไร|ไหน)\S{0,12}|มีอีเมล|ส่ง\S{0,16}ทางไหน", r"อีเมล"),
    (r"หมายเลขโทรศัพท์|โทรกลับ(?:ที่|ไป|หมายเลข)\S{0,4}ไหน", r"เบอร์|โทรศัพท์"),
    (r"เลขท้าย|บัตร\S{0,12}(?:อะไร|ไหน)|(?:ตัว|หลัก)ท้าย", r"บัตร"),
    (r"(?:พัก|อยู่|บ้าน)\S{0,10}(?:ที่ไหน|แถวไหน|คอนโดไหน|เขต(?:อะไร|ไหน))", r"ที่อยู่"),
    (r"(?:คุย|สาย)กับคุณอะไร|สะกดชื่อ", r"^ชื่อ"),
)
"""What a trainee calls the detail in Thai, before the names that are the same in all languages:
Thai has no words to be compared, so each kind is told by what stands about its question."""
_KINDS: tuple[tuple[str, str], ...] = (
    *_KINDS_TH,
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
    (_MUCH, r"amount|charge|paid|price|cost|total|ยอด"),
    (
        r"your (?:full |last |first )?name|who am i (?:speaking|talking)|"
        r"spell (?:(?:your|the|that|full|first|last) )*(?:sur)?name|"
        r"(?:ขอ|ทราบ)ชื่อ|ชื่อ(?:อะไร|ของ|คุณ|ลูกค้า|นามสกุล|-)|"
        r"who(?:'s| is) (?:this|calling|speaking|there)|คุณคือใคร|ใครโทร|(?:เรียน|คุย)สายกับใคร",
        r"^(?:full |first |customer |my )?name|^ชื่อ",
    ),
)
_ORDINAL = re.compile(r"\b(?:first|second|third|last|other)\b", re.I)
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
PIECE = 7
"""Letters of a Thai label that must stand in a question."""
ALIKE_TH, NEARER_TH = 0.45, 0.72
"""The share of groups of three letters that two Thai questions have in common when they ask for the
same; the greater one where a usual name says otherwise. Of 69 questions that were written for
Sarah after hers, 66 find their fact with both, and of 20 for something else one finds any."""
_SPELLED_TH = (
    ("คราว", "ครั้ง"),
    ("ที่แล้ว|ล่าสุด|(?<=ครั้ง)ก่อน", "ก่อนนี้"),
    ("โดน", "ถูก"),
    ("เจ้าหน้าที่", "พนักงาน"),
    ("เท่า(?:ไร|ไหร่)", " ม "),
    ("เมื่อ(?:ไร|ไหร่)|ตอนไหน|กี่โมง", " ต "),
    ("อย่างไร|ยังไง", " ง "),
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
NAMED, LABELLED, SHARED, TIMED = 2.0, 2.0, 1.0, 1.0
"""How much surer (in logits) a fact is asked for when the question has a usual name of it, all of
its label's words, one that stands in no other fact, and when both are about now or both about
before (less when one is about now and the other about before). Of 147 questions, most
of them tuned on, for facts of the shipped English files 129 are answered rightly, 115 without."""
UNSAID = 3.0
"""How much less sure a date of birth is asked for when nothing of birth or age is said (to the
reader it is like any other date), and a number or address when the question has the usual name of
another ("Can I get your card number?" is not for the account's)."""
DOUBTFUL = 1.0
"""How much less sure it is, too, when the question begins with why, wants a yes or no, or has no
word that tells anything, and shares none with the fact: of what is misread most is such."""
_BIRTH = re.compile(r"\b(?:birth\w*|born|dob)\b", re.I)
_AGE = re.compile(rf"{_BIRTH.pattern}|\b(?:how old|your age)\b", re.I)
_NOW = re.compile(r"\b(?:now|at (?:the moment|present)|currently|current|new|these days)\b", re.I)
_BEFORE = re.compile(
    r"\b(?:before|used to|previous(?:ly)?|earlier|old|former(?:ly)?|original(?:ly)?)\b", re.I
)
_WHOSE = re.compile(r"\b(?!(?:what|who|it|that|where)'s)\w+'s (?:\w+ )?name\b", re.I)
"""Asks for somebody else's name: 'your mother's name'."""


_SUMS = re.compile(_MUCH, re.I)
_DOUBTFUL = re.compile(
    r"\W*(?:(?:and|but|so|okay|well)\b\W*)*(?:why|is|are|was|were|do|does|did|have|has|had)\b", re.I
)
FOR_THAT = 1.0
"""How much surer a fact that gives a reason is asked for by a question for one, and how much less
sure one of what the customer does ("I paid 45") by a question for what others do."""
_WHY = re.compile(r"\bwhy\b|\bhow come\b|\bwhat\b[^?.]* for\s*(?:\?|$)", re.I)
_REASON = re.compile(
    r"\b(?:reason|why|purpose|because|so that|(?:need|want) it for|it's for|i(?:'ve got| have) to)"
    r"\b",
    re.I,
)
_THEIRS = re.compile(r"\b(?:they|their|theirs)\b", re.I)
_OWN = re.compile(r"(?:i|i'm|i've|we|we've|my)\b", re.I)
_ROW = re.compile(r",|&|\b(?:and|or|plus|as well as)\b", re.I)


class FactWords:
    """What the words of a question tell about which of a persona's facts it asks for."""

    def __init__(self, persona: Persona) -> None:
        self._persona = persona
        self._facts = persona.facts
        self._labels = [_stems(fact.label) for fact in persona.facts]
        self._words = [
            _telling(fact.label if is_name(fact) else f"{fact.label} {fact.value}")
            for fact in persona.facts
        ]
        self._kinds = [_kinds_of(fact.label) for fact in persona.facts]
        self._reasons = [_REASON.search(f"{fact.label}: {fact.value}") for fact in persona.facts]
        self._own = [_OWN.match(fact.value) for fact in persona.facts]
        self._often = Counter(word for words in self._words for word in words)

    def evidence(self, text: str) -> list[float]:
        """For each fact how much surer it is, in logits."""
        stems, asked = _stems(text), _telling(text)
        other = {place for place, (said, _) in enumerate(_KINDS) if re.search(said, text, re.I)}
        why, theirs = _WHY.search(text), _THEIRS.search(text)
        vague = not asked and not _SUMS.search(text)
        doubtful = DOUBTFUL if vague or _DOUBTFUL.match(text) else 0.0
        usual = self.usual(text)
        when = bool(_NOW.search(text)) - bool(_BEFORE.search(text))
        return [
            NAMED * (fact in usual)
            + LABELLED * (len(label & stems) / len(label) if label else 0.0)
            + SHARED * min(1.0, sum(1 / self._often[word] for word in words & asked))
            - UNSAID * bool(_BIRTH.search(fact.label) and not _AGE.search(text))
            - UNSAID * bool(kinds and other and not kinds & other)
            - doubtful * (not words & asked and not (why and reason))
            + FOR_THAT * bool(why and reason)
            - FOR_THAT * bool(theirs and own)
            + TIMED * when * (bool(_NOW.search(fact.label)) - bool(_BEFORE.search(fact.label)))
            for fact, label, words, kinds, reason, own in zip(
                self._facts,
                self._labels,
                self._words,
                self._kinds,
                self._reasons,
                self._own,
                strict=True,
            )
        ]

    def usual(self, text: str) -> list[Fact]:
        """The facts for which the question has a usual name; a sum is none, there may be many."""
        return [] if _SUMS.search(text) else _by_kind(self._persona, text)

    def in_a_row(self, text: str) -> list[int]:
        """The places of facts that are called by their names in a row, as in "your name and order
        number"; none when there are fewer than two."""
        found = (self.named(part) for part in _ROW.split(text))
        places = list(dict.fromkeys(place for place in found if place is not None))
        return places if len(places) > 1 else []

    def named(self, text: str) -> int | None:
        """The place of the fact that is called by its name there."""
        if usual := self.usual(text):
            return self._facts.index(usual[0])
        asked = _stems(text)
        whole = [place for place, label in enumerate(self._labels) if label and label <= asked]
        return max(whole, key=lambda place: len(self._labels[place]), default=None)

    def others_name(self, text: str, place: int) -> bool:
        """Whether the question is for the name of another than the customer, whose that fact is."""
        return bool(_WHOSE.search(text)) and is_name(self._facts[place])


def asked_facts(persona: Persona, text: str) -> tuple[AskedFact, ...]:
    """The facts that a turn asks for, in its order: by usual names for them, or by their labels."""
    found = [fact for part in turn_sentences(text) for fact in _in_sentence(persona, part)]
    return tuple(AskedFact(key_of(fact)) for fact in dict.fromkeys(found))[:MOST]


def may_ask(text: str) -> bool:
    """Whether the words ask for something at all that a fact could be."""
    said = without_small_talk(text)
    if asks_consent(said):
        return False
    if _OFF.search(said) or (_OFFERS.search(said) and not _INFORMS.search(said)):
        return False
    return _QUESTION.search(said) is not None or is_asked(said, said)


def asks_detail(text: str) -> bool:
    """Whether a usual detail of a customer is asked for, such as an e-mail address."""
    asks = re.search(rf"\byour\b|{_REQUEST_TH}|ทราบ", text, re.I) is not None
    return asks and any(re.search(said, text, re.I) for said, _ in _KINDS)


def _in_sentence(persona: Persona, text: str) -> list[Fact]:
    text = _OTHERS_TH.sub(" ", text)
    if not may_ask(text):
        return []
    found = _by_kind(persona, text)
    likeness, near = _by_thai_questions(persona, text)
    if near is not None and likeness >= (NEARER_TH if found else ALIKE_TH) and len(found) < 2:
        return [near]
    if found:
        return found
    by_label = _by_label(persona, text) if _INFORMS.search(text) else None
    return [by_label] if by_label else []


def _by_kind(persona: Persona, text: str) -> list[Fact]:
    """The facts that are asked for by the usual names of such details, in their order."""
    spans: list[tuple[int, int, Fact]] = []
    for said, label in _KINDS:
        asked = re.search(said, text, re.I)
        if asked is None or any(a < asked.end() and asked.start() < b for a, b, _ in spans):
            continue
        named = [f for f in persona.facts if re.search(label, f.label, re.I)]
        fact = _sum_meant(persona, text, named) if said == _MUCH else next(iter(named), None)
        if fact is not None:
            spans.append((*asked.span(), fact))
    return [fact for _, _, fact in sorted(spans, key=lambda each: each[:2])]


def _sum_meant(persona: Persona, text: str, named: list[Fact]) -> Fact | None:
    """Which of many sums is asked for: the fact with a number that shares most words with the
    question; one that is only called so when the question has no words of its own."""
    said = _content(text) - _content("much amount charge charged cost paid pay total")
    sums = [f for f in persona.facts if _SUM.search(f.value) and not _NO_SUM.search(f.label)]
    shared = {fact: len(said & _content(f"{fact.label} {fact.value}")) for fact in sums}
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
    said = _content(text)
    best, score = None, 0.0
    for fact in persona.facts:
        label = fact.label.lower()
        if len(label) > 2 and (_names(label, text) or _in_thai(label, text)):
            return fact
        words = _content(label)
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


def _kinds_of(label: str) -> set[int]:
    """The places of the usual kinds of details that the label may be."""
    return {place for place, (_, named) in enumerate(_KINDS) if re.search(named, label, re.I)}


def _stems(text: str) -> set[str]:
    return {stem(word.lower())[:6] for word in _EN_WORD.findall(text)} - {"the", "and", "your"}


def _telling(text: str) -> set[str]:
    """The words of a text that may tell which of several alike things is meant."""
    return _content(text) | {word.lower() for word in _ORDINAL.findall(text)}


def _content(text: str) -> set[str]:
    words = {word.lower() for word in _EN_WORD.findall(text)} - _COMMON
    return {stem(word)[:6] for word in words}
