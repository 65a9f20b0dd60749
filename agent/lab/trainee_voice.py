"""The voice of the lab's trainee: one of this machine's, and another than the persona's."""

import math
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from agent.lab.line_sound import Sound, joined
from agent.lab.play import BrokenOff
from agent.platform.process.requests import ChildTrouble
from agent.speech.speaking.delivery import MIDDLE, VoiceSettings, voice_settings
from agent.speech.speaking.espeak import Manner
from agent.speech.speaking.speakable import speakable
from agent.speech.speaking.speakers import BUNDLED, SPEAKERS
from personas.model import Persona
from personas.script_model import TurnSound

if TYPE_CHECKING:
    from agent.speech.speaking.speaking import Speaking

VOICES = (VoiceSettings(), VoiceSettings(size=0.8, tone=0.8))
"""The English voices that a trainee may have: a woman's and a man's, both of the speaker that every
machine has."""
VARIANTS = ("f2", "m3")
"""The same in other languages, as espeak-ng calls them."""


class TraineeVoice:
    """Speaks a trainee's lines; ``speaking`` are the voices of this process, None while there are
    none. ``key`` is where a persona's ``voice:`` describes them."""

    def __init__(self, speaking: "Callable[[], Speaking | None]", key: str) -> None:
        self._speaking = speaking
        self._key = key

    async def spoken(self, persona: Persona, text: str, sound: TurnSound) -> Sound:
        """The line as said to that persona, with its pauses; empty when there is nothing to say.
        Raises ``BrokenOff``."""
        voices = self._speaking()
        if voices is None:
            raise BrokenOff(
                "there is no voice for the trainee: on this machine none is loaded, since calls "
                "are played by workers elsewhere. Play it in text, or where REHEARSAL_OWN_WORKER "
                "is not off."
            )
        from agent.speech.speaking.say import spoken  # it loads LiveKit's modules

        trainee = opposite(persona, self._key, voices)
        pieces = []
        for words, pause in sound.pauses or ((text, 0.0),):
            pcm = b""
            if speakable(words):
                try:
                    pcm = await spoken(voices, trainee, self._key, words, MIDDLE)
                except ChildTrouble as trouble:
                    why = str(trouble).removesuffix(".")
                    raise BrokenOff(
                        f"the trainee's voice cannot say {words!r}: {why}. app.py doctor says what "
                        "is missing."
                    ) from trouble
            pieces.append((pcm, pause))
        return joined(pieces)


def opposite(persona: Persona, key: str, voices: "Speaking") -> Persona:
    """Somebody who speaks the persona's language in a voice that nobody takes for the persona's."""
    how = voices.manner(persona, key, MIDDLE)
    if isinstance(how, Manner):
        woman = how.voice.partition("+")[2][:1].lower() in ("f", "a")
        variant = VARIANTS[woman]
        return replace(persona, name="", voice={key: {"variant": variant}})
    other = max(VOICES, key=lambda each: abs(_height(each) - _height(voice_settings(persona, key))))
    return replace(persona, voice={key: asdict(other)})


def _height(voice: VoiceSettings) -> float:
    """How high a voice is, in octaves above the speaker that every machine has."""
    speaker = SPEAKERS.get(voice.speaker, BUNDLED)
    return math.log2(voice.size * voice.tone * speaker.size * speaker.tone)
