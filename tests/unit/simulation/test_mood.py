"""One scale of moods, whoever reads it."""

from dataclasses import replace

import pytest

from agent.simulation.directing.mood import mood_word
from agent.simulation.directing.stage import direction_text
from agent.simulation.rehearsal import as_text, play
from tests.support.personas import make_persona
from ui.kit.words import mood_line


@pytest.mark.parametrize(
    ("intensity", "word"),
    [
        *[(level, "calm") for level in (0, 1, 2)],
        *[(level, "tense") for level in (3, 4, 5)],
        *[(level, "angry") for level in (6, 7)],
        *[(level, "furious") for level in (8, 9, 10)],
    ],
)
def test_models_pages_and_printed_calls_have_the_same_word(intensity: int, word: str) -> None:
    persona = replace(make_persona(), intensity=intensity)
    assert mood_word(intensity) == word
    told = direction_text(persona, "escalation", intensity, "", ())
    assert told.startswith(f"You are {word} ({intensity}/10)")
    assert mood_line("escalation", intensity) == f"Escalating, {word} ({intensity} of 10)"
    assert f"{intensity}/10 {word};" in as_text(play(persona, ["The weather is fine."]))
