"""Which voice speaks for a persona whose file names none."""

from dataclasses import replace
from itertools import combinations

import pytest

from agent.speech.speaking.casting import cast_voice, gender
from personas.model import Fact, Persona
from personas.parse import examine
from tests.support.personas import make_persona
from tests.support.places import ROOT

SHIPPED = sorted((ROOT / "personas").glob("*.md"))


def persona_of(name: str, character: str) -> Persona:
    return replace(make_persona(name=name), character=character)


@pytest.mark.parametrize(
    ("name", "character", "expected"),
    [
        ("Sam Miller", "Sam Miller is a plumber. She runs her own shop.", "woman"),
        ("Sam Miller", "Sam Miller is a plumber. He runs his own shop.", "man"),
        ("Mary Jones", "Mary Jones, the caller, says that he is somebody else. He isn't.", "man"),
        ("Walter Hughes", "Walter Hughes never says much. She hates the phone.", "woman"),
        ("Mrs. Chen", "Mrs. Chen is tired.", "woman"),
        ("Lee Chen", "Mr. Chen is tired, and Mary knows it.", "man"),
        ("Ms Okafor", "Ms Okafor calls about his bill.", "woman"),
        ("Wen Li", "A retired man of seventy, Wen Li lives with a daughter. She cooks.", "man"),
        ("Kim Bo", "Kim Bo is a widow of sixty-one with a bad knee.", "woman"),
        ("Tom Baker", "Tom Baker is angry. His wife Ann said that she would call.", "man"),
        ("Ann Baker", "Ann Baker's late husband had the account; she wants it closed.", "woman"),
        ("Alex Kent", "Alex Kent, whose mother signed the contract, wants his money.", "man"),
        ("Alex Kent", "A female caller of forty.", "woman"),
        ("Mrs Eleanor Vance", "Calls about a bill.", "woman"),
        ("Dr. Eleanor Vance", "", "woman"),
        ("María López", "", "woman"),
        ("Petra Lindqvist", "", "woman"),
        ("Joshua Reed", "", "man"),
        ("Luca Bianchi", "", "man"),
        ("Mary Jones", "", "woman"),
        ("Walter Hughes", "", "man"),
        ("Zq", "", "man"),
    ],
)
def test_the_text_says_whether_a_woman_or_a_man_speaks(
    name: str, character: str, expected: str
) -> None:
    assert gender(persona_of(name, character)) == expected


@pytest.mark.parametrize(
    ("language", "character", "line", "expected"),
    [
        ("de", "Alex Weber wartet. Sie ist müde.", "", "woman"),
        ("de", "Alex Weber wartet. Er ist müde.", "", "man"),
        ("de", "Eine Frau aus Kiel.", "", "woman"),
        ("fr", "Alex attend. Elle est fatiguée.", "", "woman"),
        ("es", "Una señora mayor.", "", "woman"),
        ("es", "Alex espera; él es paciente.", "", "man"),
        ("ru", "Саша ждёт. Она устала.", "", "woman"),
        ("th-TH", "", "สวัสดีค่ะ ดิฉันรอมาสามวันแล้ว", "woman"),
        ("th-TH", "", "สวัสดีครับ ผมรอมาสามวันแล้ว", "man"),
        ("th-TH", "ลูกค้าผู้หญิงอายุสี่สิบ", "", "woman"),
        ("ja-JP", "彼女は店の人です。", "", "woman"),
        ("zh-CN", "她在等包裹。", "", "woman"),
        ("zh-CN", "他在等包裹。", "", "man"),
        ("ko-KR", "그녀는 기다린다.", "", "woman"),
        ("de", "A shop owner. She waits.", "", "woman"),
    ],
)
def test_other_languages_say_it_too(
    language: str, character: str, line: str, expected: str
) -> None:
    persona = persona_of("Alex", character)
    opening = replace(persona.phases[0], lines=(line,))
    quiet = replace(persona, triggers=(), deescalations=(), criteria=(), objectives=(), context=())
    one = replace(quiet, language=language, phases=(opening,))  # type: ignore[arg-type]
    assert gender(one) == expected


@pytest.mark.parametrize(
    ("label", "value", "expected"),
    [
        ("Gender", "Female", "woman"),
        ("Gender", "male", "man"),
        ("Pronouns", "she/her", "woman"),
        ("Sex", "F", "woman"),
        ("Geschlecht", "weiblich", "woman"),
        ("เพศ", "หญิง", "woman"),
        ("性别", "男", "man"),
    ],
)
def test_a_fact_says_it(label: str, value: str, expected: str) -> None:
    text = "Alex is a nurse. She waits." if expected == "man" else "Alex is a nurse. He waits."
    one = replace(persona_of("Alex", text), facts=(Fact(label, value, 1),))
    assert gender(one) == expected


def test_rules_tell_it_where_the_character_does_not() -> None:
    one = replace(make_persona(name="Sam Miller"), context=("She was sent the wrong size.",))
    assert gender(one) == "woman"


def test_the_shipped_customers_are_who_their_files_say() -> None:
    told = {path.stem: persona for path in SHIPPED if (persona := shipped(path.read_bytes()))}
    men = {slug for slug, persona in told.items() if gender(persona) == "man"}
    assert men == {"marcus-reid", "victor-lang", "walter-hughes"}


def shipped(data: bytes) -> Persona | None:
    return examine(data, "x").persona


def test_a_voice_stays_while_the_text_is_edited() -> None:
    one = persona_of("Mary Jones", "Mary Jones is a nurse. She is tired.")
    other = replace(one, version="other", character="Mary Jones, a nurse, has a day off. She ran.")
    assert cast_voice(one) == cast_voice(other)


def test_different_personas_have_different_voices() -> None:
    """Of ten women hardly two are heard as the same one."""
    women = [replace(make_persona(name="Mary X"), slug=f"mary-{index}") for index in range(10)]
    voices = list(map(cast_voice, women))
    assert len(set(voices)) == 10
    alike = [
        pair
        for pair in combinations(voices, 2)
        if ratio(pair[0].size, pair[1].size) < 1.08
        and ratio(pair[0].size * pair[0].tone, pair[1].size * pair[1].tone) < 1.08
        and pair[0].pace == pair[1].pace
    ]
    assert len(alike) <= 1


def ratio(one: float, other: float) -> float:
    """How many times the larger is the smaller."""
    return max(one, other) / min(one, other)
