"""The command ``say``."""

import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from agent.engines.registry import EngineRegistry
from agent.speech.speaking import speaker_models
from agent.speech.speaking.say import main
from agent.speech.speaking.speaker_models import SpeakerModels
from agent.speech.speaking.speaking import Speaking
from tests.support.persona_text import PLAIN

FAKE = ("-m", "tests.support.fakes.voice", "b-a-d")
BROKEN = ("-c", "raise SystemExit('no voice here')")
Say = Callable[..., int]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "said.wav"


@pytest.fixture
def say(tmp_path: Path, out: Path) -> Say:
    """The command with a persona ``dana``; ``command`` is the voice's process."""
    (tmp_path / "dana.md").write_text(PLAIN, encoding="utf-8")

    def run(*arguments: str, command: tuple[str, ...] = FAKE, file: Path = out) -> int:
        return main(
            [*arguments, "--out", str(file)],
            lambda: tmp_path,
            "offline",
            EngineRegistry().voices,
            lambda: Speaking(SpeakerModels(tmp_path), command, command),
        )

    return run


def samples(path: Path) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    with wave.open(str(path), "rb") as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        return np.frombuffer(file.readframes(file.getnframes()), dtype=np.int16)


def test_a_line_is_written_as_wav(say: Say, out: Path) -> None:
    assert say("dana", "Where is my parcel?") == 0
    assert np.count_nonzero(samples(out)) == 4_000


def test_a_file_may_be_named(say: Say, out: Path, tmp_path: Path) -> None:
    assert say(str(tmp_path / "dana.md"), "Where is it?", "--intensity", "9") == 0
    assert np.count_nonzero(samples(out)) == 3_000


@pytest.mark.parametrize(
    ("language", "noted", "model", "words"),
    [
        ("en-US", "", "", "speaker emma, which is not on this machine; heart speaks, near to it. "
         "An admin fetches it under Settings"),
        ("en-US", "It was cut off.\nFetch it again.\n", "", "It was cut off. Fetch it again."),
        ("en-US", "", "abc", ""),
        ("th-TH", "", "", ""),
    ],
    ids=["away", "not fetched", "here", "other language"],
)  # fmt: skip
def test_a_speaker_who_is_not_here_is_told_with_a_remedy(
    say: Say,
    out: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    language: str,
    noted: str,
    model: str,
    words: str,
) -> None:
    published = {"file": "emma.onnx", "bytes": 3}
    monkeypatch.setattr(speaker_models, "_voices", lambda: {"emma": published})
    head = f"---\nlanguage: {language}\nvoice: {{offline: {{speaker: emma}}}}\n---\n"
    (tmp_path / "dana.md").write_text(head + PLAIN, encoding="utf-8")
    for name, content in (("emma.problem.txt", noted), ("emma.onnx", model)):
        if content:
            (tmp_path / name).write_text(content, encoding="utf-8")
    assert say("dana", "Where is my parcel?") == 0
    assert out.exists()
    told = capsys.readouterr().err
    assert words in told
    assert bool(told) == bool(words)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nobody", "Hello."), "there is no persona 'nobody'. Choose one of: dana"),
        (("dana", " ... "), "nothing to say"),
        (("dana", "\U0001f600"), "nothing to say"),
    ],
)
def test_bad_usage_is_told_with_a_remedy(
    say: Say, out: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], words: str
) -> None:
    assert say(*arguments) == 2
    assert words in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.parametrize("intensity", ["11", "-1", "high", "4.5"])
def test_a_mood_that_is_none(say: Say, capsys: pytest.CaptureFixture[str], intensity: str) -> None:
    with pytest.raises(SystemExit) as stop:
        say("dana", "Hello.", f"--intensity={intensity}")
    assert stop.value.code == 2
    assert "from 0 to 10" in capsys.readouterr().err


def test_a_place_that_cannot_be_written(
    say: Say, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert say("dana", "Hello.", file=tmp_path / "nowhere" / "a.wav") == 2
    assert "cannot write" in capsys.readouterr().err


def test_what_cannot_be_spoken_fails(
    say: Say, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert say("dana", "Hello.", command=BROKEN) == 1
    assert "no voice here" in capsys.readouterr().err
    assert not out.exists()
