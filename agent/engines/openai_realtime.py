"""OpenAI Realtime through livekit-plugins-openai: one model for ears and voice."""

from dataclasses import replace

from livekit.agents import NOT_GIVEN
from openai.types.realtime import AudioTranscription

from agent.director import Step
from agent.engines.base import History
from agent.engines.openai_connection import Model
from agent.engines.realtime import RealtimeEngine
from agent.engines.tools import EngineTools
from agent.prompt import MARK, persona_prompt
from personas.model import Persona

VOICE = "marin"
TRANSCRIBER = "gpt-4o-mini-transcribe"


class OpenAIRealtime(RealtimeEngine):
    """Instructions can be replaced at any time, so directions and edits go there."""

    async def direct(self, step: Step) -> None:
        """The instructions, and below them what the next line is to be."""
        await self._instruct(step.direction.text)

    async def swap(self, persona: Persona, history: History) -> str:
        """New instructions; only another voice needs another connection."""
        if voice_of(persona) != voice_of(self.persona):
            return await super().swap(persona, history)
        self.persona = persona
        await self._instruct("")
        return "applied"

    async def _instruct(self, direction: str) -> None:
        text = persona_prompt(self.persona)
        if direction:
            text += f"\n{MARK} {direction}\n"
        await self.session.current_agent.update_instructions(text)


def make(persona: Persona, tools: EngineTools, history: History) -> OpenAIRealtime:
    """The engine of a call."""
    settings = tools.settings

    def model(persona: Persona) -> Model:
        return Model(
            model=settings.openai_realtime_model,
            api_key=settings.openai_api_key,
            base_url=settings.openai_base_url or NOT_GIVEN,
            voice=voice_of(persona),
            input_audio_transcription=AudioTranscription(
                model=TRANSCRIBER, language=persona.language.partition("-")[0]
            ),
            # The job connects again, with the turns so far, and asks for what was lost.
            conn_options=replace(tools.patience, max_retry=0),
        )

    return OpenAIRealtime("openai", persona, history, model)


def voice_of(persona: Persona) -> str:
    """The voice that the persona's file names, or the one of all who name none."""
    voice = persona.voice.get("openai")
    return voice if isinstance(voice, str) else VOICE
