"""The model as the recogniser's process has it."""

import re
import subprocess
import sys

import numpy as np
import pytest

from agent.speech.hearing.listener import Decoder
from agent.speech.hearing.model_folder import model_folder
from agent.speech.speaking.delivery import Delivery
from agent.speech.speaking.neural import SAMPLE_RATE, Synthesiser
from tests.support import speech

RATE = 16_000


@pytest.fixture(scope="module")
def decoder() -> Decoder:
    model = model_folder("")
    return Decoder(str(model.path), model.kind)


@pytest.fixture(scope="module")
def voice() -> Synthesiser:
    return Synthesiser()


@pytest.mark.parametrize(
    "text",
    [
        "I understand how frustrating this must be.",
        "Could you tell me the last four digits of your card?",
        "Would you like me to block the card?",
    ],
)
def test_no_words_stand_before_those_that_were_said(
    decoder: Decoder, voice: Synthesiser, text: str
) -> None:
    """The library's own cutter puts some there."""
    sound = np.frombuffer(b"".join(data for data, _ in voice.say(text, Delivery())), np.int16)
    padded = speech.compose([speech.resample(sound, SAMPLE_RATE, RATE)], 0, 0.2, 0.2, RATE)
    assert plain(decoder.words(padded.tobytes())) == plain(text)


def test_its_process_has_nothing_that_fetches_models() -> None:
    code = (
        "import sys; from agent.speech.hearing.listener import Decoder; Decoder(*sys.argv[1:]); "
        "print({'requests', 'tqdm', 'filelock', 'platformdirs'} & set(sys.modules))"
    )
    model = model_folder("")
    run = [sys.executable, "-c", code, str(model.path), model.kind]
    assert subprocess.run(run, capture_output=True, text=True, check=True).stdout == "set()\n"


def plain(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())
