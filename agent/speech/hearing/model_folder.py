"""The model that hears: which folder it lies in, and of which kind its files are."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from agent.platform.settings import Settings

Kind = Literal["tiny", "base", "streaming"]

PACKAGE = "moonshine_voice"
"""Brings the library and the model ``tiny-en``; has no wheel for some systems."""
LANGUAGES = ("en",)
"""What it understands, as primary subtags."""
SETTING = "REHEARSAL_STT_MODEL_FOLDER"

_WHOLE = ("encoder_model.ort", "decoder_model_merged.ort", "tokenizer.bin")
_STREAMING = (
    *("frontend.ort", "encoder.ort", "adapter.ort", "cross_kv.ort", "decoder_kv.ort"),
    *("streaming_config.json", "tokenizer.bin"),
)
_SEVENTH = b"past_key_values.6.decoder.key"
"""An input that decoders have from their seventh layer on: base has eight layers, tiny has six
(moonshine-model.cpp of moonshine-voice 0.1.0)."""
_BLOCK = 1 << 20


class NoModel(Exception):
    """There is no model that could be used: why, and the remedy, in words for a person."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem}. {remedy}")
        self.problem = problem
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A model of Moonshine's on this machine."""

    path: Path
    kind: Kind
    own: bool = False

    @property
    def name(self) -> str:
        """What it is called, in records and on pages."""
        return f"Moonshine {self.path.name}"

    def broken(self, why: str) -> str:
        """What to tell of it when it cannot be used, although its files are there."""
        if self.own:
            return (
                f"The model in {self.path} cannot be used ({why}). Fetch its files again, or "
                f"remove {SETTING}."
            )
        return f"The package moonshine-voice does not work ({why}). Install it again."


def model_folder(own: str, package: Callable[[], Path | None] | None = None) -> ModelFolder:
    """The model in ``own``, a folder as it is set, or else the one in the package.

    Raises NoModel. Nothing is loaded, so that a file which is damaged is found by who does.
    """
    bundled = (package or _package)()
    if bundled is None:
        raise NoModel(
            "The package moonshine-voice, which recognises speech, is not installed",
            f"{_needs()} Until then, turns are typed.",
        )
    if not own:
        return ModelFolder(bundled / "assets" / "tiny-en", "tiny")
    path = Path(own)
    if not path.is_dir():
        raise NoModel(f"{SETTING} names {path}, which is no folder", "Correct it, or remove it.")
    return ModelFolder(path, _kind(path), own=True)


def deaf(settings: "Settings") -> str:
    """Why nobody is heard by the model of these settings; "" when they are.

    Where workers elsewhere play the customers, it is theirs that hears.
    """
    return _lacks(settings.stt_model_folder) if settings.own_worker else ""


@cache
def _lacks(own: str) -> str:
    try:
        model_folder(own)
    except NoModel as error:
        return str(error)
    return ""


def _package() -> Path | None:
    """Where the package lies; it is not imported, since that loads its library."""
    found = find_spec(PACKAGE)
    return Path(found.origin).parent if found is not None and found.origin else None


def _needs() -> str:
    if sys.platform == "darwin":
        return "With an Apple processor and macOS 15 or newer, `uv sync` installs it."
    if sys.platform == "linux":
        return "With glibc 2.34 or newer, `uv sync` installs it."
    return "`uv sync` installs it."


def _kind(path: Path) -> Kind:
    if not _missing(path, _WHOLE):
        return "base" if _has(path / "decoder_model_merged.ort", _SEVENTH) else "tiny"
    if not _missing(path, _STREAMING):
        return "streaming"
    wanted = _STREAMING if (path / _STREAMING[0]).exists() else _WHOLE
    lacks = ", ".join(_missing(path, wanted))
    raise NoModel(
        f"{SETTING} names {path}, which is not the folder of a Moonshine model: it lacks {lacks}",
        "Name the folder with these files, or remove the setting.",
    )


def _missing(path: Path, names: tuple[str, ...]) -> list[str]:
    return [name for name in names if not (path / name).is_file()]


def _has(path: Path, mark: bytes) -> bool:
    """Whether the file has these bytes; reads it block by block."""
    before = b""
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            if mark in before + block:
                return True
            before = block[-len(mark) :]
    return False
