"""When a turn ends and when the persona falls silent: the settings all engines share."""

from typing import Any

import numpy as np
from livekit.agents import TurnHandlingOptions, inference, stt, vad
from livekit.local_inference import EOT, VAD

from agent.speech.hearing.hearing import LocalSTT
from agent.speech.hearing.near import NearVAD
from agent.speech.segments import RATE
from agent.speech.turn_detector import Heard, TurnEnd

_MODEL_LANGUAGES = frozenset(
    ("ar", "de", "en", "es", "fr", "hi", "id", "it", "ja", "ko", "nl", "pt", "tr", "zh")
)
GOES_ON = 0.72
"""Seconds of silence that end a turn of which the detector thinks that it goes on: a pause of 0.6 s
has up to 0.70 for the voice detector, from the last window of speech to the second of the next."""

_ACTIVITY: dict[str, Any] = {"min_speech_duration": 0.05, "min_silence_duration": 0.25}
"""Seconds: a barge-in counts from the first word on, and the end of a turn is judged early."""


def warm_models() -> None:
    """Load what the first call would wait for; blocks for a second or so."""
    second = np.zeros(RATE, dtype=np.int16)
    EOT().predict(second)
    VAD().predict(second[:512])


def activity(hears: stt.STT[Any] | None) -> vad.VAD:
    """What tells a session that somebody speaks; what hears on this machine knows who."""
    if isinstance(hears, LocalSTT):
        return NearVAD(hears.is_echo, **_ACTIVITY)
    return inference.VAD(**_ACTIVITY)


def turn_handling(
    language: str, heard: Heard, *, by_recogniser: bool = False
) -> TurnHandlingOptions:
    """Endpointing and barge-in for a language (BCP 47).

    The end-of-turn model decides at 0.25 s of silence, with the words of ``heard``.
    Where it says that the trainee goes on, or knows no such language, the wait is longer. A
    barge-in counts from 0.05 s of speech, also at the beginning of the persona's line; when no
    words follow, the line is resumed. ``by_recogniser``: what hears tells also where a turn ends.
    """
    known = language.split("-")[0].lower() in _MODEL_LANGUAGES
    at_once = known or by_recogniser
    return TurnHandlingOptions(
        turn_detection="stt" if by_recogniser else TurnEnd(heard) if known else "vad",
        endpointing={"min_delay": 0.0, "max_delay": GOES_ON} if at_once else {"min_delay": 0.7},
        interruption={
            "enabled": True,
            "mode": "vad",
            "min_duration": 0.05,
            "resume_false_interruption": True,
            "false_interruption_timeout": 0.8,
        },
        preemptive_generation={"enabled": False},
    )
