"""Whether hibari and espeak-ng speak and Moonshine hears; each raises when it does not.

For a process of its own: the synthesiser keeps one state for a whole process, and either may end
it.
"""

import os
import re
import time
from pathlib import Path

_ROOT = Path(__file__).parents[3]
_SENTENCE = "I am so sorry about that."


def speak() -> str:
    """Have the English voice say a sentence; how long that took."""
    from agent.speech.speaking.delivery import Delivery
    from agent.speech.speaking.neural import SAMPLE_RATE, Synthesiser

    synthesiser = Synthesiser()
    began = time.monotonic()
    made = synthesiser.say("Good morning, how may I help you today?", Delivery())
    sound = b"".join(data for data, _ in made)
    took = time.monotonic() - began
    if not any(sound):
        raise RuntimeError("it makes no sound")
    return f"a sentence of {len(sound) / 2 / SAMPLE_RATE:.1f} s was made in {took:.2f} s"


def speak_otherwise() -> None:
    """Render a few words."""
    from agent.speech.speaking.espeak import Espeak, Manner, enter_data_folder

    enter_data_folder()
    if not any(Espeak().render("Good morning.", Manner())):
        raise RuntimeError("it makes no sound")


def hear() -> str:
    """Decode a sentence that hibari speaks, or espeak-ng where it does not; how long that took."""
    from agent.speech.hearing.listener import Decoder
    from agent.speech.hearing.model_folder import model_folder

    model = model_folder(_own_folder())
    decoder = Decoder(str(model.path), model.kind)
    sound, rate = _spoken(_SENTENCE)
    began = time.monotonic()
    heard = decoder.words(sound, rate)
    took = time.monotonic() - began
    if _plain(heard) != _plain(_SENTENCE):
        raise RuntimeError(f"it hears {heard!r} where {_SENTENCE!r} was said")
    return f"{model.name} heard a sentence again, word for word, in {took:.2f} s"


def _own_folder() -> str:
    """The model that is set; none while the settings cannot be read, which is told elsewhere."""
    from agent.platform.settings import Settings, SettingsError

    try:
        return Settings.load(_ROOT, os.environ).stt_model_folder
    except SettingsError:
        return ""


def _spoken(text: str) -> tuple[bytes, int]:
    """PCM and its rate."""
    try:
        from agent.speech.speaking.delivery import Delivery
        from agent.speech.speaking.neural import SAMPLE_RATE, Synthesiser

        return b"".join(data for data, _ in Synthesiser().say(text, Delivery())), SAMPLE_RATE
    except ImportError:
        from agent.speech.speaking.espeak import SAMPLE_RATE as RATE
        from agent.speech.speaking.espeak import Espeak, Manner, enter_data_folder

        enter_data_folder()
        return Espeak().render(text, Manner(rate=150)), RATE


def _plain(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())
