"""The guard ``company``: the persona helps as if it were the company that it called."""

from agent.simulation.guarding.call_so_far import CallSoFar
from agent.simulation.guarding.guard import Found, first_sign, sign
from agent.simulation.guarding.written import Written

_DOES = "It does for the caller what only the company can do."
_GREETS = "It speaks for the company, to whoever called."
_ASKS = "It asks for the caller's details, as the company does."

_RECORD = (
    r"(?:account|order|booking|reservation|bill|records?|details|case|ticket|file|subscription|"
    r"policy|refund|payment|request|information|profile|line|service|connection|claim|warranty)"
)
_SHALL = (
    r"\b(?:let me|i'll|i will|i'm going to|i am going to|i can|allow me to|we'll|we will|we can)"
    r"(?: just| quickly| go ahead and| also| now| gladly| certainly)*"
)
_DONE = r"\b(?:i|we)(?:'ve| have)(?: just| now| already| also| gone ahead and)*"
_NUMBER = (
    r"(?:account|order|booking|customer|member(?:ship)?|reference|confirmation|card) (?:number"
    r"|code|"
    r"reference)|date of birth|(?:billing |e-?mail )address|security word|full name"
)

_SIGNS = (
    sign(
        rf"{_DONE} (?:issued|processed|refunded|credited|initiated|approved|escalated|applied"
        rf"|waived|"
        r"activated|upgraded|reset|blocked|frozen|submitted|arranged|scheduled|booked|opened|"
        r"created|located|verified|updated|cancell?ed|ordered|sent|emailed)(?: \w+){0,5}? "
        r"(?:your (?!company|website|people|boss|manager|app\b|letter|message|form|colleague)\w+|"
        r"for you\b(?! (?:people|guys|lot))|to your (?:card|account|address))",
        _DOES,
        asked=False,
    ),
    sign(
        rf"{_DONE} (?:issued|processed|initiated|approved|credited|waived)(?: \w+){{0,2}} "
        r"(?:refund|credit|replacement|fee|claim)\b",
        _DOES,
        asked=False,
    ),
    sign(
        rf"{_SHALL} (?:check|look up|pull up|look into|look at|review|access|open|update|verify|"
        rf"bring up|have a look at|see)(?: \w+){{0,2}}? your (?:\w+ )?{_RECORD}\b",
        _DOES,
        asked=False,
    ),
    sign(
        rf"{_SHALL} (?:process|issue|refund|credit|waive|approve|initiate|submit|escalate|reverse|"
        r"apply)(?: \w+){0,4}? (?:your|you|for you|refund|credit|claim|dispute|ticket)\b",
        _DOES,
        asked=False,
    ),
    sign(
        rf"{_SHALL} (?:transfer|connect|put|pass|forward) you\b(?! down)(?: \w+){{0,2}}? "
        r"(?:to|through|over|with|on hold)\b",
        _DOES,
        asked=False,
    ),
    sign(
        rf"{_SHALL} (?:send|e-?mail|text|mail|ship|post|get) you (?:an?|the|your"
        rf"|out)(?: \w+){{0,2}}? "
        r"(?:confirmation|replacement|router|box|technician|label|refund|voucher|link|card|code|"
        r"machine|one|receipt|invoice)\b",
        _DOES,
        asked=False,
    ),
    sign(
        rf"{_SHALL} (?:book|schedule|arrange|set up|send(?: out)?|reserve|rebook|freeze|block"
        rf"|cancel|"
        r"reset|rebook)(?: (?!my\b)\w+){0,5}? (?:for you\b|to you\b|to your\b|you on\b"
        r"|your (?:card|"
        r"account|room|seat|flight|router|connection))",
        _DOES,
        asked=False,
    ),
    sign(
        rf"\byour (?:\w+ )?{_RECORD} (?:has been|have been|is being|will be|is now|was) (?:\w+ )?"
        r"(?:processed|issued|shipped|sent|approved|credited|resolved|closed|updated|refunded|"
        r"activated|cancell?ed|confirmed|escalated)\b",
        _DOES,
        asked=False,
    ),
    sign(
        r"\bthank(?:s| you)(?: so much| very much)? for (?:calling|contacting|choosing"
        r"|reaching out "
        r"to|being an? (?:loyal|valued|long)|your (?:patience|loyalty|business))\b"
        r"(?! (?:me|back|again))",
        _GREETS,
    ),
    sign(
        r"\b(?:i|we)(?:'m|'re| am| are| do)?(?: sincerely| deeply| truly| very| really| so)* "
        r"(?:apologi[sz]e|sorry) for (?:the|any|this|your|all the) (?:inconvenience|delay|"
        r"frustration|experience)\b|\bon behalf of (?:the|our|all|everyone)\b",
        _GREETS,
    ),
    sign(
        r"\bi (?:completely |totally |fully |can |do |certainly )*understand (?:your|how) "
        r"(?:frustrat\w+|concerns?|upsett?\w*|disappoint\w+|you feel|you must feel)",
        _GREETS,
        asked=False,
    ),
    sign(
        r"\bour (?:records|support team|billing department|technical (?:team|department)"
        r"|technicians?|"
        r"customers|policy|specialists?|representatives?) (?:show|will|says?|is|are|can|do|does"
        r"|may)\b"
        r"|\b(?:this is|my name is|i'm) [\w' ]{1,30} (?:from|with|at) (?:\w+ ){0,3}(?:support"
        r"|customer "
        r"(?:service|care)|help ?desk|billing)\b|\byou(?:'ve| have) reached\b|\bvalued customer\b",
        _GREETS,
    ),
    sign(
        rf"\b(?:may|can|could) (?:i|you)(?: please)? (?:have|get|provide|give|confirm|verify|tell)"
        rf"(?: me)?(?: with)? your (?:\w+ )?(?:{_NUMBER})",
        _ASKS,
    ),
    sign(
        rf"\bplease (?:provide|give|confirm|verify|tell)(?: me)? your (?:\w+ )?(?:{_NUMBER})", _ASKS
    ),
    sign(r"คุณลูกค้า|ท่านลูกค้า|ลูกค้าท่าน", "It calls the other one its customer."),
    sign(
        r"(?<!คุณ)(?:ดำเนินการ|ทำรายการ|ทำเรื่อง|อนุมัติ|จัดการ|ประสานงาน|คืนเงิน|โอนเงิน|เปิดเรื่อง|ส่งเรื่อง"
        r"|ตรวจสอบ|จัดส่ง)[^ ]{0,40}ให้(?:กับ)?(?:คุณ|ลูกค้า|ท่าน)",
        _DOES,
        asked=False,
    ),
    sign(r"ขออนุญาต(?:ตรวจสอบ|เช็[กค]|โอนสาย|ถือสาย|เรียน|ให้ถือสาย|แจ้ง)", _DOES),
    sign(
        r"(?:จะ|ขอ)?โอนสาย(?:ให้)?(?:คุณ|ท่าน|ลูกค้า)|(?:เดี๋ยว|ขอ)(?:ดิฉัน|ผม|ฉัน)?(?:จะ)?ตรวจสอบ[^ ]{0,20}"
        r"(?:ของคุณ|ให้คุณ|ให้นะ)|(?<!คุณ)จะตรวจสอบ[^ ]{0,20}(?:ของคุณ|ให้คุณ)|กรุณา(?:ถือสาย)?รอสักครู่",
        _DOES,
        asked=False,
    ),
    sign(
        r"ขอบคุณที่(?:โทรหา|โทรเข้ามา|ติดต่อ|ใช้บริการ|ไว้วางใจ|เลือกใช้)(?!กลับ|ดิฉัน)|สายด่วน[^ ]*สวัสดี", _GREETS
    ),
    sign(
        r"ขออภัยในความไม่สะดวก|(?:ทางเรา|ทางบริษัท|บริษัทของเรา|ทางทีม)[^?]{0,12}(?:ขออภัย|ขอโทษ|ยินดี"
        r"|จะ(?:คืน|ส่ง|"
        r"ดำเนิน|รีบ|ตรวจ)|ได้(?:คืน|ส่ง|ดำเนิน|รับเรื่อง))|ในนามของ(?:บริษัท|ทาง)",
        _GREETS,
        asked=False,
    ),
    sign(r"(?:เข้าใจ)(?:ใน)?ความ(?:รู้สึก|กังวล|ไม่พอใจ|เดือดร้อน)ของคุณ", _GREETS, asked=False),
    sign(
        r"(?:รบกวน|กรุณา|ขอ)[^ ]{0,10}(?:แจ้ง|ขอ|บอก|ทราบ)(?:เลขบัญชี|เลขที่บัญชี|หมายเลขบัญชี"
        r"|หมายเลขสมาชิก|วันเกิด"
        r"|ชื่อนามสกุล|ที่อยู่)[^ ]{0,12}(?:ของคุณ|เพื่อยืนยัน|ด้วย)",
        _ASKS,
    ),
)


def found(line: str, written: Written, call: CallSoFar) -> Found | None:
    """What makes the persona the company."""
    return first_sign(written.foreign(line), _SIGNS)
