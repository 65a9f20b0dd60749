"""Which model hears, and what is said of a folder that has none."""

import json
from pathlib import Path

import pytest

from agent.speech.hearing.model_folder import NoModel, model_folder

WHOLE = ("encoder_model.ort", "decoder_model_merged.ort", "tokenizer.bin")
STREAMING = (
    *("frontend.ort", "encoder.ort", "adapter.ort", "cross_kv.ort", "decoder_kv.ort"),
    "tokenizer.bin",
)


def package() -> Path:
    return Path("/package")


def filled(folder: Path, names: tuple[str, ...], decoder: bytes = b"") -> str:
    for name in names:
        (folder / name).write_bytes(decoder if "decoder" in name else b"x")
    return str(folder)


def test_without_a_setting_it_is_the_one_in_the_package() -> None:
    found = model_folder("", package)
    assert (found.path, found.kind) == (Path("/package/assets/tiny-en"), "tiny")
    assert model_folder("").path.is_dir(), "the package that is installed has it"


@pytest.mark.parametrize(
    ("layers", "kind"),
    [(6, "tiny"), (8, "base")],
)
def test_the_kind_is_read_from_the_decoder(tmp_path: Path, layers: int, kind: str) -> None:
    names = [f"past_key_values.{layer}.decoder.key" for layer in range(layers)]
    # So that the one that is looked for lies across two blocks that are read.
    decoder = b"\0" * ((1 << 20) - 20 - 6 * 28) + " ".join(names).encode()
    assert model_folder(filled(tmp_path, WHOLE, decoder), package).kind == kind


def test_the_kind_of_the_models_own_files_is_right() -> None:
    bundled = model_folder("")
    assert model_folder(str(bundled.path)).kind == bundled.kind


def test_a_streaming_model_is_known_by_its_files(tmp_path: Path) -> None:
    (tmp_path / "streaming_config.json").write_text(json.dumps({"depth": 10}))
    assert model_folder(filled(tmp_path, STREAMING), package).kind == "streaming"


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ((), "it lacks encoder_model.ort, decoder_model_merged.ort, tokenizer.bin"),
        (WHOLE[:2], "it lacks tokenizer.bin"),
        (STREAMING, "it lacks streaming_config.json"),
        (("model.safetensors", "tokenizer.bin"), "it lacks encoder_model.ort"),
    ],
    ids=["empty", "tokenizer", "streaming", "another model"],
)
def test_what_is_no_model_is_named_with_the_remedy(
    tmp_path: Path, names: tuple[str, ...], words: str
) -> None:
    with pytest.raises(NoModel) as told:
        model_folder(filled(tmp_path, names), package)
    assert words in str(told.value)
    assert "REHEARSAL_STT_MODEL_FOLDER" in str(told.value)
    assert "remove the setting" in told.value.remedy


def test_what_is_no_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(NoModel, match="is no folder"):
        model_folder(str(tmp_path / "nowhere"), package)


def test_without_the_package_the_system_is_told_that_it_needs() -> None:
    with pytest.raises(NoModel, match=r"moonshine-voice.* is not installed"):
        model_folder("", lambda: None)
