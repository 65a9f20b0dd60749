"""Words of the persona's language are marked as such wherever they stand beside ours."""

from nicegui import ui
from nicegui.testing import User

from agent.simulation.reviewing.lesson import Verdict, lesson
from data.records import Turn
from tests.support.personas import make_persona, rule
from ui.kit import lang, words
from ui.kit.mood import MoodGauge

THAI = "กล่าวขอโทษอย่างจริงใจ ครับ"


def test_a_text_falls_into_pieces_by_its_letters() -> None:
    assert lang.by_script(f"Still to show: {THAI}, Sarah.") == (
        ("Still to show: ", False),
        (THAI, True),
        (", Sarah.", False),
    )
    assert lang.by_script("Señora Núñez, 7 € (n\u0303)") == (
        ("Señora Núñez, 7 € (n\u0303)", False),
    )
    assert lang.by_script("") == ()


def test_of_a_cause_only_the_rule_is_the_persona_s() -> None:
    found = words.cause_pieces(f"+2: a hostile tone; -2: {THAI}")
    assert [text for text, own in found if own] == [THAI]


async def test_the_mood_says_its_cause_in_the_persona_s_language(user: User) -> None:
    @ui.page("/")
    def page() -> None:
        MoodGauge("th-TH").show(5, "deescalation", f"-2: {THAI}")

    user.http_client.base_url = "http://localhost"  # other names are refused, see ui.auth.proxy
    await user.open("/")
    (span,) = user.find(THAI).elements
    assert (span.props["lang"], span.props["dir"]) == ("th-TH", "auto")
    (lead,) = user.find("Calmer by 2").elements
    assert "lang" not in lead.props


def test_advice_in_thai_has_no_full_stop() -> None:
    persona = make_persona(
        [rule("objective", THAI), rule("objective", "Names a day"), rule("trigger", THAI)],
        language="th-TH",
    )
    trigger = persona.triggers[0].id
    said = Turn(0, "trainee", THAI, 1.0, matched=(trigger,), quotes=(THAI,), phase="escalation")
    advice = [each.text for each in lesson(persona, [said], Verdict(0, False)).advice]
    assert advice == [THAI, f"อย่า{THAI}", "Name a day."]
