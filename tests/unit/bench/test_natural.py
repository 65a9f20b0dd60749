"""The natural trainees: what is fetched is checked, and pauses stand where they are wanted."""

import io
import json
import tarfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import yaml
from numpy.typing import NDArray

from tests.bench import natural
from tests.bench.disturbances import RATE
from tests.bench.figures import LeftOut, of_group
from tests.bench.natural import checked, packed
from tests.bench.spoken import PARTS, sentences
from tests.bench.trainee_voices import pause_at
from tests.support.places import ROOT
from tests.support.speech import Sound


def package(voices: Mapping[str, NDArray[np.float32]]) -> bytes:
    """A file as npm packs it."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, style in voices.items():
            member = tarfile.TarInfo(f"package/voices/{name}.bin")
            member.size = style.nbytes
            archive.addfile(member, io.BytesIO(style.tobytes()))
    return out.getvalue()


def test_voices_of_the_package_become_one_file() -> None:
    given = {n: np.full((510, 1, 256), i, np.float32) for i, n in enumerate(("af_x", "bm_y"))}
    styles = np.load(io.BytesIO(packed(package(given), ["bm_y"])))
    assert styles.files == ["bm_y"]
    assert (styles["bm_y"] == given["bm_y"]).all()


def test_another_file_than_expected_is_not_used() -> None:
    digest = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
    assert checked(b"hello", digest, "it") == b"hello"
    with pytest.raises(LeftOut, match="it has the SHA-256 486ea46224d1"):
        checked(b"world", digest, "it")


def test_a_package_that_is_not_there_is_named_with_its_group() -> None:
    assert of_group("json") is json
    with pytest.raises(LeftOut, match=r"No module named 'no_such_voice': .*--group bench"):
        of_group("no_such_voice")


def test_a_clip_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    class Model:
        def create(self, text: str, voice: str, speed: float, lang: str) -> tuple[object, int]:
            made.append(f"{voice} {lang}: {text}")
            silence = np.zeros(2_400, np.float32)
            return np.concatenate([silence, np.full(24_000, 0.5, np.float32), silence]), 24_000

    monkeypatch.setenv("REHEARSAL_CACHE", str(tmp_path))
    monkeypatch.setattr(natural, "_kokoro", Model)
    assert natural.prepare([("Hello.", "bm_george"), ("Hello.", "bm_george")]) == 1
    assert natural.prepare([("Hello.", "bm_george")]) == 0
    first, again = natural.clip("Hello.", "bm_george"), natural.clip("Hello.", "bm_george")
    assert made == ["bm_george en-gb: Hello."]
    assert (first == again).all()
    assert first.size == pytest.approx(RATE, rel=0.01)  # the silence around it is gone
    assert np.abs(first).max() == pytest.approx(16_383, rel=0.1)


TEXTS = (".md", ".py", ".txt", ".yaml", ".toml", ".json")


def _sound(*parts: tuple[float, int]) -> Sound:
    """Seconds of noise of that loudness each."""
    random = np.random.default_rng(2)
    pieces = [random.standard_normal(int(s * RATE)) * level for s, level in parts]
    return np.concatenate(pieces).astype(np.int16)


@pytest.mark.parametrize("share", [0.2, 0.35, 0.45])
def test_a_pause_takes_the_place_of_the_one_that_is_there(share: float) -> None:
    spoken = _sound((0.5, 3_000), (0.1, 3), (0.7, 3_000), (0.05, 3), (0.3, 3_000))
    sound = pause_at(spoken, share, 0.6)
    silent = np.flatnonzero(sound == 0)
    runs = np.split(silent, np.flatnonzero(np.diff(silent) > 1) + 1)
    longest = max(runs, key=len)
    assert longest.size / RATE == pytest.approx(0.6, abs=0.02)
    assert longest[0] / RATE == pytest.approx(0.5, abs=0.02)


def test_without_a_pause_the_softest_place_is_taken() -> None:
    sound = pause_at(_sound((0.5, 3_000), (0.02, 900), (0.5, 3_000)), 0.45, 0.6)
    assert sound.size / RATE == pytest.approx(1.02 + 0.6, abs=0.03)
    silent = np.flatnonzero(sound == 0)
    assert silent[silent.size // 2] / RATE == pytest.approx(0.51 + 0.3, abs=0.05)


def test_no_list_of_the_product_was_made_from_the_sentences() -> None:
    """Nor do they stand in a persona: the recogniser knows a file's words."""
    lines = [text for part in PARTS for text, _ in sentences(part)]
    assert len(sentences("held")) >= 60
    assert len({voice for _, voice in sentences("held")}) >= 6
    assert len(set(lines)) == len(lines)
    files = [*(ROOT / "personas").glob("*.md"), *(ROOT / "agent").rglob("*")]
    kept = " ".join(_plain(f.read_text("utf-8", "ignore")) for f in files if f.suffix in TEXTS)
    heldout = yaml.safe_load((ROOT / "tests/support/heldout.yaml").read_text("utf-8"))
    kept += _plain(str(heldout))
    assert not [line for line in lines if _plain(line) in kept]


def _plain(text: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in text.lower()).split())
