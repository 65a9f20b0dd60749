"""How a persona speaks, and what its mood does to it."""

from dataclasses import replace
from itertools import combinations, pairwise

import pytest

from agent.speech.speaking.delivery import RANGES, Delivery, delivery
from personas.parse import examine
from tests.support.personas import make_persona
from tests.support.places import ROOT

KEY = "offline"


def said(offline: object, intensity: int = 4) -> Delivery:
    return delivery(replace(make_persona(), voice={KEY: offline}), KEY, intensity)


def test_a_file_says_how_its_persona_speaks_in_the_middle_of_the_scale() -> None:
    given = said({"speaker": "heart", "size": 0.82, "tone": 0.8, "pace": 1.05})
    assert given == Delivery(speaker="heart", size=0.82, tone=0.8, pace=1.05)


def test_anger_grows_step_by_step() -> None:
    moods = [said({"size": 1.0}, intensity) for intensity in range(11)]
    for calmer, angrier in pairwise(moods):
        assert calmer.pace < angrier.pace
        assert calmer.tone < angrier.tone
        assert calmer.spread < angrier.spread
        assert calmer.level < angrier.level
        assert calmer.effort < angrier.effort
        assert calmer.pause > angrier.pause
        assert calmer.size < angrier.size
        assert angrier.tone * angrier.size / (calmer.tone * calmer.size) < 1.02
        assert angrier.pace / calmer.pace < 1.03


@pytest.mark.parametrize(
    "value",
    [float("inf"), float("-inf"), float("nan"), 10**400, True, [], {}, None, "tall"],
    ids=lambda value: repr(value)[:9],
)
@pytest.mark.parametrize("key", ["size", "tone", "pace", "speaker"])
def test_no_value_makes_the_persona_mute(key: str, value: object) -> None:
    assert said({key: value}) == said({})


@pytest.mark.parametrize("key", RANGES)
def test_numbers_are_kept_within_bounds(key: str) -> None:
    low, high = RANGES[key]
    assert getattr(said({key: -5}), key) == low
    assert getattr(said({key: 1e308}), key) == high


def test_what_espeak_takes_means_nothing_here() -> None:
    espeak = {"pitch": 60, "rate": 300, "range": 90, "volume": 5, "variant": "f2", "voice": "en"}
    assert said(espeak) == said({}) == said("text")


def test_no_two_of_the_shipped_customers_sound_alike() -> None:
    """At their opening moods they differ by 8 % or more in size or in pitch, and all of them are
    the speaker that comes with the package."""
    said = [
        delivery(persona, KEY, persona.intensity)
        for path in sorted((ROOT / "personas").glob("*.md"))
        if (persona := examine(path.read_bytes(), path.stem).persona)
        and persona.language.startswith("en")
    ]
    assert len(said) == 7
    assert {each.speaker for each in said} == {"heart"}
    for one, other in combinations(said, 2):
        apart = max(
            ratio(one.size, other.size), ratio(one.size * one.tone, other.size * other.tone)
        )
        assert apart >= 1.08, (one, other)


def ratio(one: float, other: float) -> float:
    """How many times the larger is the smaller."""
    return max(one, other) / min(one, other)
