"""The command ``say``: a line in a persona's voice, as a WAV file."""

import argparse
import asyncio
import math
import sys
import wave
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from livekit.agents.tts import TTSError

from agent.platform.process.requests import ChildTrouble
from agent.speech.speaking.delivery import named_speaker
from agent.speech.speaking.local_tts import SAMPLE_RATE, LocalTTS, Unspoken
from agent.speech.speaking.speakable import speakable
from agent.speech.speaking.speaker_models import NOT_TRIED, SpeakerModels
from agent.speech.speaking.speakers import BUNDLED
from agent.speech.speaking.speaking import Speaking, is_english
from personas.lookup import LookupProblem, find_persona
from personas.model import Persona
from personas.voices import Engines

WORST = 10


class SayError(Exception):
    """Words for a person: what could not be said, and the remedy."""


def main(
    arguments: list[str],
    folder: Callable[[], Path],
    key: str,
    engines: Engines,
    speaking: Callable[[], Speaking],
) -> int:
    """Speak and write; 0 when it was done, 1 when it could not be spoken, 2 on bad usage.

    Personas are looked up in ``folder`` unless another is named; ``key`` is where their
    ``voice:`` describes this voice, ``engines`` those that a file may name.
    """
    parser = argparse.ArgumentParser(
        prog="app.py say", description="Speak a line in a persona's offline voice."
    )
    parser.add_argument("persona", metavar="PERSONA", help="a persona's name or file")
    parser.add_argument("text", metavar="TEXT", help="what is to be said")
    parser.add_argument(
        "--out", required=True, type=Path, metavar="FILE.wav", help="16-bit mono WAV to write"
    )
    parser.add_argument(
        "--intensity",
        type=_intensity,
        metavar="N",
        help="the mood, 0 (calm) to 10 (furious); the persona's own at its opening by default",
    )
    parser.add_argument("--personas", type=Path, metavar="DIR", help="folder of persona files")
    options = parser.parse_args(arguments)
    try:
        if not speakable(options.text):
            raise SayError("there is nothing to say; give some words.")
        persona = find_persona(options.persona, options.personas or folder(), engines)
        voices = speaking()
        _tell_stand_in(persona, key, voices.models)
        try:
            pcm = asyncio.run(spoken(voices, persona, key, options.text, options.intensity))
        finally:
            voices.close()
        _write(options.out, pcm)
    except (LookupProblem, SayError) as error:
        print(f"say: {error}", file=sys.stderr)
        return 2
    except ChildTrouble as error:
        print(f"say: not all of it could be spoken: {error}", file=sys.stderr)
        return 1
    return 0


async def spoken(
    speaking: Speaking,
    persona: Persona,
    key: str,
    text: str,
    intensity: int | None = None,
    *,
    most: float = math.inf,
) -> bytes:
    """The line as a call has it, int16 mono PCM of ``SAMPLE_RATE``, and no more of it than about
    ``most`` seconds; raises ChildTrouble where something would only be shown."""
    voice = LocalTTS(persona, speaking, key)
    if intensity is not None:
        voice.set_mood(intensity)
    troubles: list[TTSError] = []
    voice.on("error", troubles.append)
    pieces = []
    seconds = 0.0
    async with voice.stream() as stream:
        stream.push_text(text)
        stream.end_input()
        async for audio in stream:
            pieces.append(bytes(audio.frame.data))
            seconds += audio.frame.duration
            if seconds >= most:
                break
    await voice.aclose()
    for trouble in troubles:
        if isinstance(trouble.error, Unspoken):
            raise ChildTrouble(trouble.error.failure.remedy or trouble.error.failure.words)
        raise ChildTrouble(str(trouble.error))
    return b"".join(pieces)


def write_wav(target: BinaryIO, pcm: bytes) -> None:
    """Write such a line as WAV."""
    with wave.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(pcm)


def _tell_stand_in(persona: Persona, key: str, models: SpeakerModels) -> None:
    """Say that the speaker whom the persona's file names is not here, and what helps."""
    name = named_speaker(persona, key)
    if not name or not is_english(persona.language) or models.here(name):
        return
    print(
        f"say: {persona.name} names the speaker {name}, which is not on this machine; "
        f"{BUNDLED.name} speaks, near to it. {models.problem(name) or NOT_TRIED}",
        file=sys.stderr,
    )


def _intensity(text: str) -> int:
    try:
        value = int(text)
    except ValueError:
        value = -1
    if not 0 <= value <= WORST:
        raise argparse.ArgumentTypeError(f"{text!r} is no mood; give a whole number from 0 to 10")
    return value


def _write(path: Path, pcm: bytes) -> None:
    try:
        with path.open("wb") as target:
            write_wav(target, pcm)
    except OSError as error:
        why = error.strerror or error
        remedy = "Name a file in a folder that is there."
        raise SayError(f"cannot write {path}: {why}. {remedy}") from None
