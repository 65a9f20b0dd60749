"""The recogniser's process: the sound of whole utterances in, their words out.

Moonshine runs in C, on sound that anybody may send; a process of its own may die of that without
a call. ``python -m agent.speech.hearing.listener FOLDER KIND``; ends by itself with the app.
"""

import os
import sys
from types import ModuleType

import numpy as np

from agent.platform.process.frames import Frame, Kind
from agent.platform.process.memory import MemoryTrimmer, freeze
from agent.platform.process.serving import Served, connect

_OPTIONS = {
    # Its own cutter is off: it would put a "You." before two of three utterances.
    "vad_threshold": "0.0",
    "vad_max_segment_duration": "60",
    "return_audio_data": "false",
}
_RATE = 16_000
QUIET = 3.0
"""Seconds after the last utterance when what it took is given back to the system."""
_ONE_THREAD = "MOONSHINE_ORT_SINGLE_THREAD"
"""On two cores 4.5 s of speech take 95 ms with one thread and 190 to 450 ms with several, which
spin while they wait for each other."""


class Decoder:
    """The model, loaded; raises RuntimeError when its files cannot be read."""

    def __init__(self, folder: str, kind: str) -> None:
        os.environ[_ONE_THREAD] = "1"
        _leave_out_downloads()
        from moonshine_voice import ModelArch, Transcriber

        # Which one of the streaming kinds it is, the library reads from the files.
        arch = {"tiny": ModelArch.TINY, "base": ModelArch.BASE}.get(kind, ModelArch.SMALL_STREAMING)
        self._transcriber = Transcriber(folder, arch, options=_OPTIONS)

    def words(self, pcm: bytes, rate: int = _RATE) -> str:
        """The words in a sound: int16 mono PCM."""
        sound = np.frombuffer(pcm, dtype=np.int16).astype(np.float32) / 32_768
        found = self._transcriber.transcribe_without_streaming(sound.tolist(), rate)
        return " ".join(line.text.strip() for line in found.lines if line.text)


def _leave_out_downloads() -> None:
    """Nothing is fetched here: without the package's module for that, and what it imports, the
    process has 12 MB less."""
    name = "moonshine_voice.download_file"
    stand_in = ModuleType(name, "Fetches nothing.")
    for each in ("download_file", "download_model", "get_cache_dir"):
        setattr(stand_in, each, None)
    sys.modules.setdefault(name, stand_in)


def answer(served: Served, decoder: Decoder, frame: Frame) -> None:
    """Tell the words of one request."""
    try:
        text = decoder.words(frame.body)
    except Exception as error:
        served.tell(Kind.FAILED, frame.request, {"error": str(error)})
        return
    served.tell(Kind.PIECE, frame.request, {"text": text})
    served.tell(Kind.DONE, frame.request)


def main(folder: str, kind: str) -> None:
    """Serve until the app is gone."""
    served = connect()
    try:
        decoder = Decoder(folder, kind)
        decoder.words(bytes(2 * _RATE))  # the first time takes longer, and shows a damaged file
    except Exception as error:
        sys.exit(f"the model in {folder} cannot be used: {error}")
    freeze()
    memory = MemoryTrimmer(QUIET)
    for frame in served.frames():
        if frame.kind is Kind.ASK:
            answer(served, decoder, frame)
            memory.soon()


if __name__ == "__main__":
    main(*sys.argv[1:3])
