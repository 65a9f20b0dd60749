"""Thai is read by word lists: what a turn is, what it does, and which facts it asks for."""

from dataclasses import replace

import pytest

from agent.simulation.directing.certainty import decided
from agent.simulation.observing.keywords import is_keywords
from agent.simulation.observing.observer import LexicalObserver
from personas.model import Fact
from tests.support.personas import make_persona, rule

TRANSFER = rule("trigger", "โอนสายไปแผนกอื่น", 2)
REFUSAL = rule("trigger", "ปฏิเสธการคืนเงิน", 2)
ACCOUNT = rule("deescalation", "ขอเลขบัญชีเพื่อยืนยันตัวตน", -1)
REFUND = rule("criterion", "ยืนยันว่าจะคืนเงินเต็มจำนวน")
DATE = rule("criterion", "บอกวันที่เงินคืนจะเข้าบัตร")
WRITTEN = rule("criterion", "ส่งข้อความหรืออีเมลยืนยันให้ลูกค้า")
RULES = (TRANSFER, REFUSAL, ACCOUNT, REFUND, DATE, WRITTEN)
FACTS = (
    Fact("ชื่อ", "ซาร่าห์", 1),
    Fact("เบอร์โทรศัพท์", "081", 2),
    Fact("ยอดที่ถูกเก็บซ้ำ", "สามพันบาท", 3),
    Fact("อาชีพ", "รับจัดงาน", 4, asked=("บริษัทของคุณทำอะไรคะ", "ทำธุรกิจอะไรอยู่คะ")),
    Fact("สายแรก", "รับเรื่องไว้", 5, asked=("โทรครั้งแรกเกิดอะไรขึ้นคะ",)),
    Fact("สายที่สอง", "สายหลุด", 6, asked=("ครั้งที่แล้วเกิดอะไรขึ้นคะ",)),
    Fact("รอมานาน", "สองสัปดาห์", 7, asked=("เรื่องนี้นานหรือยังคะ",)),
)
OBSERVER = LexicalObserver(make_persona(RULES, language="th-TH"))
ASKED = LexicalObserver(replace(make_persona(language="th-TH"), facts=FACTS))


def done(said: str) -> set[str]:
    """The rules that count for those words."""
    seen = decided(make_persona(RULES, language="th-TH"), OBSERVER.observe(said))
    return {match.rule for match in seen.matches}


@pytest.mark.parametrize(
    ("said", "act"),
    [
        ("ยังมีเรื่องไหนให้ผมช่วยอีกไหมครับ", "more"),
        ("มีอะไรให้ดูแลเพิ่มเติมไหมคะ", "more"),
        ("เมื่อกี้ว่าอะไรนะคะ", "repeat"),
        ("ขอโทษค่ะ ฟังไม่ทัน", "repeat"),
        ("มีลูกไหมคะ", "personal"),
        ("ทานข้าวหรือยังคะ", "personal"),
        ("หมายเลขอะไรคะ", "detail"),
        ("ขอโทษค่ะ ดิฉันพูดแรงไป", "regret"),
        ("โทษทีครับ ผมพูดไม่ดีเอง", "regret"),
        ("เดี๋ยวผมลองดูให้", "pause"),
        ("ฟังอยู่ไหมคะ", "check"),
        ("โทรมาทำไมครับ", "story"),
        ("โดนแบบนี้ใครก็โมโหค่ะ", ""),
    ],
)
def test_the_act_of_a_turn(said: str, act: str) -> None:
    assert OBSERVER.observe(said).act == act


def test_such_is_no_denial() -> None:
    """The word for it (อย่างนั้น) begins with the letters of "don't" (อย่า)."""
    assert done("ถ้าอย่างนั้นผมโอนสายให้ฝ่ายบัญชีนะครับ") == {TRANSFER.id}
    assert done("อย่าโอนสายไปแผนกอื่นนะครับ") == set()


@pytest.mark.parametrize(
    "said",
    [
        "ใครบอกว่าเงินจะเข้าในเจ็ดวันคะ",
        "ทำไมเงินถึงยังไม่เข้าบัตรคะ",
        "ให้ส่งเป็นอีเมลหรือข้อความดีครับ",
        "ได้เงินคืนเต็มจำนวนเมื่อไหร่คะ",
        "ถ้าเราคืนให้ไม่ได้ คุณจะทำยังไงครับ",
        "อีเมลของคุณคือ sarah.t@example.com ใช่ไหมคะ",
        "ชื่อแม่คุณชื่ออะไรคะ",
    ],
)
def test_a_question_does_nothing(said: str) -> None:
    assert done(said) == set()


@pytest.mark.parametrize(
    ("said", "rules"),
    [
        ("ดิฉันยืนยันว่าจะคืนเงินเต็มจำนวนค่ะ", {REFUND.id}),
        ("คืนให้ไม่ได้หรอกครับ", {REFUSAL.id}),
        ("ผมส่งอีเมลยืนยันให้แล้วครับ", {WRITTEN.id}),
        ("ขอเลขบัญชีด้วยค่ะ", {ACCOUNT.id}),
    ],
)
def test_what_is_said_does_it(said: str, rules: set[str]) -> None:
    assert done(said) == rules


@pytest.mark.parametrize(
    "said", ["คืนเงินคงยากครับ", "พรุ่งนี้วันหยุดค่ะ", "เลขบัญชีขึ้นต้นด้วย TC ครับ", "เสียงหมาเห่าค่ะ ขำดี"]
)
def test_what_has_the_same_letters_does_nothing(said: str) -> None:
    assert done(said) == set()
    assert not OBSERVER.observe(said).hostile


def test_a_summary_of_short_pieces_is_no_row_of_keywords() -> None:
    assert not is_keywords("สรุปนะครับ คืนเต็มจำนวน เข้าบัตรภายในวันพุธ เลขอ้างอิง CS-30915")
    assert is_keywords("คืนเต็มจำนวน เข้าบัตรภายในวันพุธ เลขอ้างอิง CS-30915 อีเมล")


@pytest.mark.parametrize(
    ("said", "labels"),
    [
        ("เปิดบริษัทอะไรเหรอคะ", ["อาชีพ"]),
        ("ตอนโทรครั้งแรกเกิดอะไรครับ", ["สายแรก"]),
        ("คราวที่แล้วเกิดอะไรขึ้นครับ", ["สายที่สอง"]),
        ("วันนี้มีอะไรให้ดิฉันช่วยบ้างคะ", []),
        ("ทานข้าวหรือยังคะ", []),
        ("สีโปรดสีอะไรคะ", []),
        ("ขอเบอร์หัวหน้าของคุณค่ะ", []),
        ("ชื่อแม่คุณชื่ออะไรคะ", []),
        ("เงินเดือนคุณเท่าไหร่คะ", []),
        ("ยอดเท่าไหร่นะครับ", ["ยอดที่ถูกเก็บซ้ำ"]),
        ("ขอทราบชื่อกับเบอร์โทรด้วยค่ะ", ["ชื่อ", "เบอร์โทรศัพท์"]),
        ("เบอร์โทรค่ะ", ["เบอร์โทรศัพท์"]),
        ("คราวที่แล้วเกิดเรื่องเป็นไงครับ", ["สายที่สอง"]),
        ("ตอนโทรมาครั้งแรกเกิดไรขึ้น ว่าไงครับ", ["สายแรก"]),
        ("เรื่องนี้นานแค่ไหนผมก็บอกไม่ได้ครับ", []),
    ],
)
def test_a_fact_is_asked_for_in_nearly_the_letters_of_its_questions(
    said: str, labels: list[str]
) -> None:
    assert [fact.label for fact in ASKED.observe(said).facts] == labels
