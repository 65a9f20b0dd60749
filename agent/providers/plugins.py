"""The plugins behind the pipeline's stages, made as the settings have it."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx2
from google.genai import Client, types
from livekit import rtc
from livekit.agents import (
    NOT_GIVEN,
    APIConnectionError,
    APIConnectOptions,
    APIStatusError,
    APITimeoutError,
    LanguageCode,
    NotGivenOr,
    llm,
    stt,
    tts,
)
from livekit.agents.utils import AudioBuffer
from livekit.plugins import deepgram, google, openai
from openai import APIStatusError as RefusedError
from openai import AsyncOpenAI, DefaultAsyncHttpxClient

from agent.providers.endpoints import ProviderEndpoint
from agent.providers.flux import ELSE, FluxSTT, is_flux, knows
from agent.providers.refusals import ErrorReportingSession, overheard
from agent.providers.tls import tls_context
from personas.model import Persona


def make_stt(
    source: ProviderEndpoint, persona: Persona, on_sign: Callable[[], None]
) -> stt.STT[Any]:
    """What hears; ``on_sign`` is called when a streaming provider says anything at all."""
    short = _short(persona)
    if source.who == "deepgram":
        if knows(source.model, persona.language):
            return FluxSTT(on_sign, source, persona.language)
        other = replace(source, model=ELSE) if is_flux(source.model) else source
        return _DeepgramSTT(on_sign, other, persona.language)
    if source.who == "google":
        return google.beta.GeminiSTT(
            model=source.model,
            language=persona.language,
            language_codes=[persona.language],
            api_key=source.api_key,
            vertexai=False,
            http_options=_google_address(source),
        )
    return _Transcriber(model=source.model, language=short, client=_client(source))


def make_llm(source: ProviderEndpoint) -> llm.LLM[Any]:
    """What finds the persona's words."""
    if source.who == "google":
        model = google.LLM(model=source.model, api_key=source.api_key, vertexai=False)
        _reroute(model, source)
        return model
    return _Writer(model=source.model, client=_client(source))


def make_tts(source: ProviderEndpoint, name: str) -> tts.TTS[Any]:
    """What speaks, with the voice of that name; Deepgram's voices are models."""
    if source.who == "deepgram":
        return _DeepgramTTS(source, name)
    if source.who == "google":
        speaker = google.beta.GeminiTTS(
            model=source.model, voice_name=name, api_key=source.api_key, vertexai=False
        )
        _reroute(speaker, source)
        return speaker
    return _Speaker(
        model=source.model,
        voice=name,
        client=_client(source),
        # Sound as it is needs no decoder; servers of one's own have rates of their own, which
        # only a header tells.
        response_format="pcm" if source.who == "openai" else "wav",
    )


def use_voice(speaker: tts.TTS[Any], name: str) -> None:
    """Speak with that voice from the next line on."""
    if isinstance(speaker, deepgram.TTS):
        if speaker.model != name:
            speaker.update_options(model=name)
    elif isinstance(speaker, google.beta.GeminiTTS):
        speaker.update_options(voice_name=name)
    elif isinstance(speaker, openai.TTS):
        speaker.update_options(voice=name)


class _Transcriber(openai.STT):
    """Asks for plain text, which every server has, and does not wait longer than it should."""

    async def _recognize_impl(
        self,
        buffer: AudioBuffer,
        *,
        language: NotGivenOr[str | list[str]] = NOT_GIVEN,
        conn_options: APIConnectOptions,
    ) -> stt.SpeechEvent:
        spoken = self._opts.languages[0]
        try:
            async with asyncio.timeout(conn_options.timeout):
                answer = await self._client.audio.transcriptions.create(
                    file=("speech.wav", rtc.combine_audio_frames(buffer).to_wav_bytes()),
                    model=self._opts.model,
                    language=spoken,
                    response_format="json",
                )
            text = getattr(answer, "text", None)
            if not isinstance(text, str):
                raise ValueError("malformed reply: no text in it")
            heard = stt.SpeechData(language=LanguageCode(spoken), text=text.strip())
        except TimeoutError:
            raise APITimeoutError from None
        except RefusedError as error:
            raise APIStatusError(
                error.message, status_code=error.status_code, body=error.body
            ) from None
        except Exception as error:
            raise APIConnectionError from error
        return stt.SpeechEvent(stt.SpeechEventType.FINAL_TRANSCRIPT, alternatives=[heard])

    async def aclose(self) -> None:
        """Close its connections, which the plugin leaves open."""
        await super().aclose()
        await self._client.close()


class _Writer(openai.LLM):
    """Closes its connections, which are its own."""

    async def aclose(self) -> None:
        """Close them."""
        await super().aclose()
        await self._client.close()


class _Speaker(openai.TTS):
    """Closes its connections, which are its own."""

    async def aclose(self) -> None:
        """Close them."""
        await super().aclose()
        await self._client.close()


def _client(source: ProviderEndpoint) -> AsyncOpenAI:
    """As the plugin makes it, but with trusted certificates that are read only once (0.1 s)."""
    web = DefaultAsyncHttpxClient(
        verify=tls_context(),
        limits=httpx2.Limits(keepalive_expiry=120),
        event_hooks={"response": [_must_make_sense]},
    )
    return AsyncOpenAI(
        api_key=source.api_key, base_url=source.base_url, max_retries=0, http_client=web
    )


async def _must_make_sense(response: httpx2.Response) -> None:
    """An error page of something in between would be heard as noise."""
    kind = response.headers.get("content-type", "")
    if response.status_code == 200 and kind.startswith(("text/html", "text/plain")):
        raise ValueError(f"malformed reply: {kind}")


class _DeepgramSTT(ErrorReportingSession, deepgram.STT):
    """Tells of every message, so that a provider that has fallen silent is noticed, and why it
    was refused."""

    def __init__(
        self, on_sign: Callable[[], None], source: ProviderEndpoint, language: str
    ) -> None:
        super().__init__(
            model=source.model,
            language=language,
            api_key=source.api_key,
            base_url=f"{source.base_url}/v1/listen",
        )
        self._on_sign = on_sign

    def stream(self, **options: Any) -> deepgram.SpeechStream:
        """A stream as usual, overheard."""
        return overheard(super().stream(**options), self._on_sign)


class _DeepgramTTS(ErrorReportingSession, deepgram.TTS):
    """Says why it was refused."""

    def __init__(self, source: ProviderEndpoint, name: str) -> None:
        super().__init__(model=name, api_key=source.api_key, base_url=f"{source.base_url}/v1/speak")


def _google_address(source: ProviderEndpoint) -> types.HttpOptions | None:
    return types.HttpOptions(base_url=source.base_url) if source.base_url else None


def _reroute(plugin: Any, source: ProviderEndpoint) -> None:
    """Google's plugins take no options for all of their requests; their client does.

    By itself it waits up to ten seconds before it tells that a connection broke, and asks again.
    """
    plugin._client = Client(
        api_key=source.api_key,
        vertexai=False,
        http_options=types.HttpOptions(
            base_url=source.base_url or None,
            retry_options=types.HttpRetryOptions(attempts=1),
            client_args={"verify": tls_context()},
            async_client_args={"ssl": tls_context()},
        ),
    )


def _short(persona: Persona) -> str:
    return persona.language.partition("-")[0].lower()
