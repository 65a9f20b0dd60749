"""How a script says what its turns sound like."""

import pytest

from personas.script_model import TurnSound
from personas.script_parse import parse_script
from personas.script_sound import INTERRUPTS, read_sound
from personas.source import Findings
from tests.support.scripts import TEXT, script_of
from tests.support.talk import persona_of


@pytest.mark.parametrize(
    ("text", "words", "sound"),
    [
        ("Good morning.", "Good morning.", TurnSound()),
        ("[waits 3 s] Hmm, well.", "Hmm, well.", TurnSound(waits=3)),
        ("[wait for 2.5 seconds] Hmm.", "Hmm.", TurnSound(waits=2.5)),
        ("[interrupts] Listen!", "Listen!", TurnSound(interrupts=INTERRUPTS)),
        ("[Interrupts after 0.5s] Listen!", "Listen!", TurnSound(interrupts=0.5)),
        ("No. [pause 1,5 s] Oh.", "No. Oh.", TurnSound(pauses=(("No.", 1.5), ("Oh.", 0)))),
        ("Yes. [pause 2 s]", "Yes.", TurnSound(pauses=(("Yes.", 2),))),
        ("Hello [noisy] there.", "Hello there.", TurnSound(noisy=True)),
        ("[noisy] [waits 1 s] Hello.", "Hello.", TurnSound(waits=1, noisy=True)),
        ("[sighs] Press [1], please.", "[sighs] Press [1], please.", TurnSound()),
    ],
)  # fmt: skip
def test_marks_are_taken_out_of_the_words(text: str, words: str, sound: TurnSound) -> None:
    found = Findings()
    assert read_sound(text, 1, found) == (words, sound)
    assert not found.sorted()


@pytest.mark.parametrize(
    ("text", "level", "part"),
    [
        ("[waits] Hmm.", "error", "says how long"),
        ("Well [pause] then.", "error", "[pause 2 s]"),
        ("Listen [interrupts] to me.", "error", "stands before the words"),
        ("[waits 90 s] Hmm.", "error", "60 s at most"),
        ("[waits 2 s] [interrupts] Hmm.", "error", "take one of the marks away"),
        ("[wats 3 s] Hmm.", "warning", "said as words"),
        ("[waits a moment] Hmm.", "warning", "said as words"),
    ],
)
def test_a_mark_that_says_nothing_is_told(text: str, level: str, part: str) -> None:
    found = Findings()
    read_sound(text, 7, found)
    (finding,) = found.sorted()
    assert (finding.level, finding.line) == (level, 7)
    assert part in finding.message


def test_a_script_has_its_sound() -> None:
    script = script_of("---\nsound: noisy\n---\n1. Hello.\n2. [interrupts] Calm down.\n")
    assert script.noisy
    assert [turn.text for turn in script.turns] == ["Hello.", "Calm down."]
    assert [turn.sound.interrupts for turn in script.turns] == [None, INTERRUPTS]


def test_an_unknown_sound_is_an_error() -> None:
    script = parse_script("---\nsound: loud\n---\n1. Hello.\n", persona_of(TEXT), "it")
    assert [finding.line for finding in script.findings if finding.level == "error"] == [2]
    assert "clear or noisy" in script.findings[0].message


def test_a_turn_of_marks_alone_has_no_words() -> None:
    script = parse_script("1. [pause 2 s]\n", persona_of(TEXT), "it")
    assert any("a turn without words" in finding.message for finding in script.findings)
