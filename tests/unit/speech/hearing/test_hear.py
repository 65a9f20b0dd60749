"""The ``hear`` command: WAV files of any rate, in words; a bad one is named, the others go on."""

import io
import json
import re
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agent.speech.hearing.hear import hear, main
from agent.speech.hearing.hearing import Hearing
from tests.support import speech

SENTENCE = "I am so sorry about that."
PLAIN = "i am so sorry about that"


@pytest.fixture(scope="module")
def hearing() -> Iterator[Hearing]:
    hearing = Hearing()
    yield hearing
    hearing.close()


def run(hearing: Hearing, *arguments: str | Path) -> tuple[int, str, str]:
    out, errors = io.StringIO(), io.StringIO()
    code = main([str(each) for each in arguments], hearing, out, errors)
    return code, out.getvalue(), errors.getvalue()


def heard(hearing: Hearing, *files: Path) -> list[dict[str, Any]]:
    code, out, _ = run(hearing, "--json", *files)
    assert code == 0
    return list(json.loads(out)["files"])


def plain(text: str) -> str:
    return re.sub(r"[^\w ]", "", text).lower()


def said(rate: int) -> speech.Sound:
    return speech.compose([speech.sentence(SENTENCE, "en-us", rate)], 0, 0.7, 0.9, rate)


def stereo(path: Path, left: speech.Sound, right: speech.Sound, rate: int) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.stack([left, right], axis=1).tobytes())
    return path


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 48_000])
def test_any_rate_is_heard(hearing: Hearing, tmp_path: Path, rate: int) -> None:
    file = speech.write(tmp_path / "a.wav", said(rate), rate)
    [found] = heard(hearing, file)
    assert plain(found["text"]).endswith("about that")
    assert found["file"] == str(file)
    assert found["seconds"] == pytest.approx(said(rate).size / rate, abs=0.1)


def test_a_file_that_begins_with_speech_has_silence_around_it(tmp_path: Path) -> None:
    class Recogniser:
        pcm = b""

        def hear(self, pcm: bytes) -> str:
            self.pcm = pcm
            return PLAIN

    recogniser, sound = Recogniser(), speech.sentence(SENTENCE, "en-us", 16_000)
    _, seconds = hear(recogniser, speech.write(tmp_path / "a.wav", sound, 16_000))  # type: ignore[arg-type]
    decoded = np.frombuffer(recogniser.pcm, dtype=np.int16)
    loud = np.flatnonzero(np.abs(decoded) > 150)
    assert loud[0] >= 3_000
    assert decoded.size - loud[-1] > 1_600
    assert seconds == pytest.approx(sound.size / 16_000, abs=0.04)


def test_two_channels_are_mixed(hearing: Hearing, tmp_path: Path) -> None:
    sound = said(48_000)
    file = stereo(tmp_path / "a.wav", sound, np.zeros_like(sound), 48_000)
    assert plain(heard(hearing, file)[0]["text"]) == PLAIN


def test_words_are_printed_one_file_a_line(hearing: Hearing, tmp_path: Path) -> None:
    one = speech.write(tmp_path / "one.wav", said(16_000), 16_000)
    two = speech.write(tmp_path / "two.wav", speech.silence(2.0, 16_000), 16_000)
    code, out, errors = run(hearing, one)
    assert (code, plain(out.strip()), errors) == (0, PLAIN, "")
    _, out, _ = run(hearing, one, two)
    first, second = out.splitlines()
    assert first.startswith(f"{one}: I am")
    assert second == f"{two}: "


def test_bad_files_are_named_and_the_others_heard(hearing: Hearing, tmp_path: Path) -> None:
    good = speech.write(tmp_path / "good.wav", said(16_000), 16_000)
    text, empty, wide = (tmp_path / name for name in ("text.wav", "empty.wav", "wide.wav"))
    text.write_text("not a sound")
    empty.write_bytes(b"")
    with wave.open(str(wide), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(3)
        sound.setframerate(16_000)
        sound.writeframes(bytes(3_000))
    cut = tmp_path / "cut.wav"
    cut.write_bytes(good.read_bytes()[:-1001])
    files = (text, empty, wide, tmp_path / "none.wav", tmp_path, cut, good)
    code, out, errors = run(hearing, "--json", *files)
    assert code == 1
    found = {each["file"]: each for each in json.loads(out)["files"]}
    assert [str(file) for file in files] == list(found)
    assert "no WAV file" in found[str(text)]["error"]
    assert "no WAV file" in found[str(empty)]["error"]
    assert "24 bits" in found[str(wide)]["error"]
    assert "error" in found[str(tmp_path)]
    for file in (cut, good):
        assert plain(found[str(file)]["text"]) == PLAIN
    assert f"{tmp_path / 'none.wav'}: error: No such file" in errors
    assert len(errors.splitlines()) == 5


def test_words_far_apart_in_a_long_file_are_all_heard(hearing: Hearing, tmp_path: Path) -> None:
    """It is never in memory as a whole, and silence costs nothing."""
    voice = speech.sentence(SENTENCE, "en-us", 16_000)
    sound = speech.compose([voice, voice], 100.0, 60.0, 60.0, 16_000)
    [found] = heard(hearing, speech.write(tmp_path / "a.wav", sound, 16_000))
    assert plain(found["text"]) == f"{PLAIN} {PLAIN}"


def test_without_hearing_it_says_why(tmp_path: Path) -> None:
    hearing = Hearing(str(tmp_path))
    code, out, errors = run(hearing, tmp_path / "a.wav")
    assert (code, out) == (1, "")
    assert "REHEARSAL_STT_MODEL_FOLDER" in errors
