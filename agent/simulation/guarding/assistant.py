"""The guard ``assistant``: the persona speaks as an assistant or a machine, and offers help."""

from agent.simulation.guarding.call_so_far import CallSoFar
from agent.simulation.guarding.guard import Found, first_sign, sign
from agent.simulation.guarding.written import Written

_MACHINE = "It says that it is a machine, and no customer."
_OFFER = "It offers help, as an assistant does; a customer asks for it."
_REFUSAL = "It turns the request down as an assistant does."
_AI = (
    r"(?:ai\b|a\.i\.|artificial intelligence|(?:large )?language model|(?:ai |virtual |digital |"
    r"voice |automated |helpful )+(?:assistant|agent|model|system)|chat ?bot|computer program)"
)
_AI_TH = (
    r"(?:เอไอ|ai\b|ปัญญาประดิษฐ์|โมเดลภาษา|แบบจำลองภาษา|แชต?ท?บอ[ตท]|บอ[ตท]|โปรแกรม|ระบบอัตโนมัติ"
    r"|ผู้ช่วย(?:เสมือน|ดิจิทัล|อัจฉริยะ|ส่วนตัวของคุณ|ของคุณ|\s?ai|เอไอ))"
)
_I_TH = r"(?:ดิฉัน|ฉัน|ผม|หนู|เรา)"

_SIGNS = (
    sign(rf"\bas an? (?:{_AI}|assistant\b)", _MACHINE),
    sign(
        rf"\bi(?:'m| am)(?: just| only| actually| really| merely| simply)* (?:an?|your|the) {_AI}",
        _MACHINE,
        asked=False,
    ),
    sign(
        r"\bi was (?:created|developed|trained|built|designed) by\b|\bmy (?:training data|"
        r"knowledge cut-?off|creators|developers)\b|\bi(?:'m| am) (?:programmed|trained) to\b"
        r"|\bi don't have (?:real |personal |human )?(?:feelings|emotions|a body|a physical body|"
        r"opinions)\b",
        _MACHINE,
    ),
    sign(
        r"\bhow (?:can|may|could) i (?:be of (?:help|assistance|service)(?: to you)?|(?:help"
        r"|assist|"
        r"serve)(?: you)?)(?: out)?(?: with (?:that|this))?(?: today| further| now| this \w+)*\W*$",
        _OFFER,
    ),
    sign(
        r"\banything else (?:that )?i (?:can|could|may) (?:help|assist|do)\b"
        r"|\bwhat (?:else )?(?:can|"
        r"may) i (?:help you with|assist you with|do for you)\b",
        _OFFER,
    ),
    sign(
        r"\bi(?:'d| would|'m| am|'ll| will)(?: be)?(?: always| more than)? (?:happy|glad|delighted|"
        r"pleased|here) to (?:help|assist|answer|guide|walk you)\b(?! (?:you )?if)",
        _OFFER,
    ),
    sign(
        r"\bi can (?:help|assist) you (?:with|to)\b|\b(?:happy|glad) to help(?: you)?\W*$"
        r"|\b(?:let me know|tell me) if you need (?:any(?:thing| (?:more |further )?help)|more)\b"
        r"|\bfeel free to (?:ask|reach out|contact)\b|\bi(?:'m| am) here to help\b",
        _OFFER,
        asked=False,
    ),
    sign(
        r"\bi (?:can't|cannot|can not|am unable to|'m unable to|am not able to) (?:assist|comply|"
        r"fulfil+|help you) with (?:that|this|your|requests?)\b|\bi (?:can't|cannot) (?:fulfil+|"
        r"comply with) (?:that|this|your) request\b|\bi'm (?:not able|unable) to (?:assist"
        r"|comply)\b",
        _REFUSAL,
    ),
    sign(rf"(?:ในฐานะ|ด้วยความ)(?:ที่)?(?:เป็น)?(?:{_AI_TH}|ผู้ช่วย|ระบบ)", _MACHINE),
    sign(
        rf"{_I_TH}(?:เป็น|คือ)(?:แค่|เพียง|เพียงแค่|แต่)?\s?{_AI_TH}",
        _MACHINE,
        asked=False,
    ),
    sign(
        rf"{_I_TH}?(?:ถูก|ได้รับการ)(?:สร้าง|พัฒนา|ฝึกฝน|ออกแบบ)(?:ขึ้น)?(?:มา)?(?:โดย|ให้ช่วย|เพื่อช่วย)"
        rf"|{_I_TH}ไม่มี(?:ความรู้สึก|อารมณ์|ร่างกาย)(?:จริง|เหมือนมนุษย์|แบบมนุษย์)",
        _MACHINE,
    ),
    sign(
        r"(?<!คุณ)มีอะไรให้(?:ดิฉัน|ผม|ฉัน|หนู|เรา|ทางเรา)?(?:ได้)?(?:ช่วย|รับใช้|บริการ|ดูแล)"
        r"|(?:ดิฉัน|ผม|ฉัน|หนู|ทางเรา)(?:สามารถ)?(?:จะ)?ช่วย(?:เหลือ)?(?:อะไร)?คุณ[^ ]*(?:ได้บ้าง|ไหม|ยังไง)",
        _OFFER,
    ),
    sign(r"ยินดี(?:ให้(?:ความช่วยเหลือ|บริการ|คำปรึกษา|คำแนะนำ)|ช่วยเหลือ|ที่ได้(?:ช่วย|ให้บริการ)|รับใช้)", _OFFER),
    sign(
        r"(?:ต้องการ|อยาก|ประสงค์|สนใจ)(?:จะ)?(?:สอบถาม|ให้(?:ดิฉัน|ผม|ทางเรา)?ช่วย)[^?]*(?:เพิ่มเติม|อื่น|อีก)"
        r"|สอบถามเพิ่มเติมได้",
        _OFFER,
    ),
    sign(r"ไม่สามารถ(?:ช่วยเหลือ|ตอบสนอง|ทำตาม)(?:กับ|ใน|ต่อ)?(?:คำขอ|เรื่อง)(?:นี้|นั้น|ดังกล่าว)", _REFUSAL),
)


def found(line: str, written: Written, call: CallSoFar) -> Found | None:
    """What makes the persona an assistant."""
    return first_sign(written.foreign(line), _SIGNS)
