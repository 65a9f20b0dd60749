"""Gemini Live through livekit-plugins-google: native audio, one model for ears and voice."""

import asyncio
import logging
from dataclasses import replace
from typing import get_args

from google.genai import types
from livekit.agents.voice import SpeechHandle
from livekit.plugins import google
from livekit.plugins.google.realtime.api_proto import Voice

from agent.engines.gemini.spec import SPEC
from agent.engines.persona_agent import PersonaAgent
from agent.engines.realtime import RealtimeEngine
from agent.engines.tools import EngineTools
from agent.simulation.directing.director import Step
from agent.simulation.history import History
from personas.model import Persona

log = logging.getLogger(__name__)

FORGOTTEN = 0.02
"""Seconds in which a session forgets a line that is over."""
VOICES = {name.lower(): name for name in get_args(Voice)}


class GeminiLive(RealtimeEngine):
    """Any text that is sent while the model speaks cuts its line: directions wait for the end."""

    spec = SPEC
    _sending: asyncio.Task[None] | None = None

    async def direct(self, step: Step) -> None:
        """The turn's direction among the turns, once the line under way is over."""
        self._forget()
        # A model that takes over is told with all the rest.
        self._direction = step.direction.text
        if not self._coming:
            self._sending = asyncio.create_task(self._after_the_line(step, self._newest))

    def answer(self, text: str, step: Step) -> SpeechHandle:
        """The persona answers; the turn's own direction goes with it."""
        self._forget()
        return super().answer(text, step)

    async def aclose(self) -> None:
        """Whatever was still to be sent is not sent any more."""
        self._forget()
        await super().aclose()

    async def _after_the_line(self, step: Step, model: PersonaAgent | None) -> None:
        while (speech := self.session.current_speech) is not None:
            await speech.wait_for_playout()
            # Waiting for a line that is over gives nobody else a turn, and the session forgets one
            # that has failed only in its own.
            await asyncio.sleep(FORGOTTEN)
        if model is not self._newest:
            return
        try:
            await super().direct(step)
        except Exception as error:
            # The line goes on without it: the next turn brings another direction.
            log.warning("a direction did not reach the model: %s", error)

    def _forget(self) -> None:
        if self._sending is not None:
            self._sending.cancel()
            self._sending = None


def make(persona: Persona, tools: EngineTools, history: History) -> GeminiLive:
    """The engine of a call."""
    settings = tools.settings

    def model(persona: Persona) -> google.realtime.RealtimeModel:
        return google.realtime.RealtimeModel(
            model=settings.gemini_model,
            api_key=settings.google_api_key.get_secret_value(),
            voice=voice_of(persona),
            language=persona.language,
            http_options=_address(settings.gemini_base_url),
            input_audio_transcription=types.AudioTranscriptionConfig(),
            output_audio_transcription=types.AudioTranscriptionConfig(),
            # Without it, Google ends a talk after a quarter of an hour.
            context_window_compression=types.ContextWindowCompressionConfig(
                sliding_window=types.SlidingWindow()
            ),
            # The job connects again, with the turns so far, and asks for what was lost.
            conn_options=replace(tools.conn_options, max_retry=0),
        )

    return GeminiLive(persona, history, model)


def voice_of(persona: Persona) -> str:
    """The voice that the persona's file names, or the one of all who name none."""
    voice = persona.voice.get(SPEC.name)
    if voice is None:
        return SPEC.default_voice
    found = VOICES.get(str(voice).lower())
    if found is None:
        # Google would refuse the whole talk.
        instead = SPEC.default_voice
        log.warning("%s: Gemini has no voice %r; %s speaks", persona.slug, voice, instead)
    return found or SPEC.default_voice


def _address(base_url: str) -> types.HttpOptions:
    return types.HttpOptions(base_url=base_url or None)
