"""OpenAI Realtime through livekit-plugins-openai: one model for ears and voice."""

import asyncio
import logging
from dataclasses import replace

from livekit.agents import NOT_GIVEN
from livekit.agents.voice import SpeechHandle
from openai.types.realtime import AudioTranscription

from agent.engines.openai.connection import Model
from agent.engines.openai.spec import SPEC
from agent.engines.realtime import RealtimeEngine
from agent.engines.tools import EngineTools
from agent.simulation.acting.prompt import marked, persona_prompt
from agent.simulation.directing.director import Step
from agent.simulation.history import History
from personas.model import Persona

log = logging.getLogger(__name__)

VOICES = frozenset(
    ("alloy", "ash", "ballad", "cedar", "coral", "echo", "marin", "sage", "shimmer", "verse")
)
"""What OpenAI has; an unknown voice would cost the whole set-up of the session."""
TRANSCRIBER = "gpt-4o-mini-transcribe"


class OpenAIRealtime(RealtimeEngine):
    """Instructions can be replaced at any time, so directions and edits go there."""

    spec = SPEC
    _clearing: asyncio.Task[None] | None = None
    _below = ""

    def answer(self, text: str, step: Step) -> SpeechHandle:
        """The persona answers a turn that was typed, or one that was lost with a connection."""
        self._clear()
        return super().answer(text, step)

    async def direct(self, step: Step) -> None:
        """The instructions, and below them what the next line is to be."""
        self._direction = step.direction.text
        self._below = f"\n{marked(self._direction)}\n"
        await self._instruct()

    async def free_for(self, persona: Persona) -> None:
        """Only another voice needs another connection."""
        if voice_of(persona) != voice_of(self.persona):
            await super().free_for(persona)

    async def swap(self, persona: Persona, history: History) -> str:
        """New instructions, with the direction that was to be followed next."""
        if voice_of(persona) != voice_of(self.persona):
            return await super().swap(persona, history)
        self.persona = persona
        await self._instruct()
        return "applied"

    async def aclose(self) -> None:
        """Nothing is sent any more."""
        if self._clearing is not None:
            self._clearing.cancel()
        await super().aclose()

    def _ask(self, direction: str) -> SpeechHandle:
        self._clear()
        return super()._ask(direction)

    def _clear(self) -> None:
        """The line that is asked for next has a direction of its own, which goes below the
        instructions: the last turn's must not stand there too."""
        if self._below:
            self._below = ""
            self._clearing = asyncio.create_task(self._instruct())

    async def _instruct(self) -> None:
        text = persona_prompt(self.persona) + self._below
        await self.session.current_agent.update_instructions(text)


def make(persona: Persona, tools: EngineTools, history: History) -> OpenAIRealtime:
    """The engine of a call."""
    settings = tools.settings

    def model(persona: Persona) -> Model:
        return Model(
            model=settings.openai_realtime_model,
            api_key=settings.openai_api_key.get_secret_value(),
            base_url=settings.openai_base_url or NOT_GIVEN,
            voice=voice_of(persona),
            input_audio_transcription=AudioTranscription(
                model=TRANSCRIBER, language=persona.language.partition("-")[0]
            ),
            # The job connects again, with the turns so far, and asks for what was lost.
            conn_options=replace(tools.conn_options, max_retry=0),
        )

    return OpenAIRealtime(persona, history, model)


def voice_of(persona: Persona) -> str:
    """The voice that the persona's file names, or the one of all who name none."""
    voice = persona.voice.get(SPEC.name)
    if voice is None or voice in VOICES:
        return str(voice or SPEC.default_voice)
    instead = SPEC.default_voice
    log.warning("%s: OpenAI has no voice %r; %s speaks", persona.slug, voice, instead)
    return instead
