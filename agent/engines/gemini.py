"""Gemini Live through livekit-plugins-google: native audio, one model for ears and voice."""

from google.genai import types
from livekit.plugins import google

from agent.engines.base import History
from agent.engines.realtime import RealtimeEngine
from agent.engines.tools import EngineTools
from personas.model import Persona

VOICE = "Puck"


def make(persona: Persona, tools: EngineTools, history: History) -> RealtimeEngine:
    """The engine of a call."""
    settings = tools.settings

    def model(persona: Persona) -> google.realtime.RealtimeModel:
        voice = persona.voice.get("gemini")
        return google.realtime.RealtimeModel(
            model=settings.gemini_model,
            api_key=settings.google_api_key,
            voice=voice if isinstance(voice, str) else VOICE,
            language=persona.language,
            http_options=_address(settings.gemini_base_url),
            input_audio_transcription=types.AudioTranscriptionConfig(),
            output_audio_transcription=types.AudioTranscriptionConfig(),
            conn_options=tools.patience,
        )

    return RealtimeEngine("gemini", persona, history, model)


def _address(base_url: str) -> types.HttpOptions:
    return types.HttpOptions(base_url=base_url or None)
