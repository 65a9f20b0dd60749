"""A pipeline of models as slow as good ones are: speech to speech, and how soon they are asked."""

import asyncio
import os
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from livekit.agents import (
    Agent,
    AgentSession,
    ConversationItemAddedEvent,
    inference,
    llm,
    utils,
)
from livekit.plugins import deepgram, openai

from agent.simulation.acting.prompt import MARK
from tests.bench.figures import spread
from tests.bench.sentences import TURNS
from tests.bench.stage import stage
from tests.bench.talk import answer_time
from tests.support.booth import Booth, Microphone, booth, settings_of
from tests.support.caller import Caller
from tests.support.clock import until
from tests.support.fakes.deepgram import Utterance
from tests.support.fakes.models import Delays, Message, Models
from tests.support.loudspeaker import Loudspeaker
from tests.support.persona_text import PLAIN
from tests.support.speech import RATE, VOICES, sentence

SLUG = "walter-hughes"
DELAYS = Delays(stt=0.25, llm=0.54, tts=0.15)
SAID = TURNS[: int(os.environ.get("BENCH_TURNS", "20"))]
ASKED = TURNS[:12]
STREAMING = {"STT_PROVIDER": "deepgram"}
HEARS: dict[str, Mapping[str, str]] = {
    "recogniser that knows turns": {**STREAMING, "STT_MODEL": "flux-general-en"},
    "streaming recogniser": STREAMING,
    "recogniser of whole utterances": {"STT_PROVIDER": "openai"},
}
"""Who hears, and the settings for it."""
LINE = "I see. And what do I do now?"
PATIENCE = 20.0

Times = tuple[float, float]


def measure() -> Iterator[tuple[str, str]]:
    """Twenty turns in the browser for each kind of hearing, twelve beside a session as it comes."""
    for title, hears in HEARS.items():
        with Models(_line, delays=DELAYS) as models, stage(_environ(models, hears)) as (_, caller):
            seconds = _answers(models, caller)
        yield f"speech to speech, {title} (1.1, 1.6)", spread(seconds)
        asked = [each for each in models.asked("llm") if MARK in each.prompt]
        yield "  replies asked for", f"{(len(asked) - 1) / len(SAID):.2f} a turn"
        if hears["STT_PROVIDER"] == "openai":
            yield "  utterances asked for", f"{len(models.asked('stt')) / len(SAID):.2f} a turn"
    with Models(_line, delays=DELAYS) as models:
        ours, stock = asyncio.run(_asked(models))
    for title, asked_after in (("our call", ours), ("a stock session", stock)):
        words, finals = zip(*asked_after, strict=True)
        yield f"last word to the text model being asked, {title}", spread(words, digits=3)
        yield "  of it after the final transcript", spread(finals, digits=3)


def _line(messages: Sequence[Message]) -> str:
    return LINE


def _environ(models: Models, hears: Mapping[str, str] = STREAMING) -> dict[str, str]:
    return {
        "REHEARSAL_ENGINE": "pipeline",
        "OPENAI_API_KEY": "sk",
        "OPENAI_BASE_URL": models.url,
        "TTS_PROVIDER": "deepgram",
        "DEEPGRAM_API_KEY": "dg",
        "DEEPGRAM_BASE_URL": models.deepgram_url,
        **hears,
    }


def _answers(models: Models, caller: Caller) -> list[float]:
    """End of the trainee's speech to the persona's first sound, from both sides' recording."""
    caller.open_call(SLUG)
    time.sleep(1)
    caller.start()
    caller.wait_for_silence()
    found = []
    for index, text in enumerate(SAID):
        sound = sentence(text, VOICES[index % len(VOICES)])
        models.hears.clear()
        models.hears.append(Utterance(text, sound.size / RATE))
        span = caller.play(sound)
        caller.wait_for_speech()
        caller.page.wait_for_timeout(300)
        seconds = answer_time(caller.levels(), *span)
        found += [seconds] if seconds is not None else []
        caller.wait_for_silence(0.8)
    caller.end()
    return found


async def _asked(models: Models) -> tuple[list[Times], list[Times]]:
    """Seconds from the last sample of a turn, and from the recogniser's final transcript, to the
    question; in our call and in a stock session."""
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        settings = settings_of(Path(folder), _environ(models))
        ours = await _in_our_call(models, settings, patch)
    async with utils.http_context.open():
        return ours, await _in_stock_session(models)


async def _in_our_call(models: Models, settings: Any, patch: pytest.MonkeyPatch) -> list[Times]:
    async with booth("pipeline", settings, PLAIN, patch) as call:
        await call.lines(1, PATIENCE)
        found = []
        for index, text in enumerate(ASKED):
            found.append(await _ask(models, call, text))
            await call.lines(index + 2, PATIENCE)
            await asyncio.sleep(0.5)
    return found


async def _in_stock_session(models: Models) -> list[Times]:
    """As LiveKit's own examples make it: the same models, its own turn taking."""
    mouth = SimpleNamespace(sound=np.zeros(0, dtype=np.int16))
    session: AgentSession[None] = AgentSession(
        stt=deepgram.STT(api_key="dg", base_url=f"{models.deepgram_url}/v1/listen"),
        vad=inference.VAD(),
        llm=openai.LLM(model="gpt-4.1", api_key="sk", base_url=models.url),
        tts=deepgram.TTS(api_key="dg", base_url=f"{models.deepgram_url}/v1/speak"),
    )
    said: list[str] = []

    def note(event: ConversationItemAddedEvent) -> None:
        if isinstance(event.item, llm.ChatMessage) and event.item.role == "assistant":
            said.append(event.item.text_content or "")

    session.on("conversation_item_added", note)
    session.input.audio = Microphone(cast(Booth, mouth))
    session.output.audio = Loudspeaker()
    await session.start(Agent(instructions="You are a customer."), record=False)
    session.generate_reply()
    await until(lambda: said, PATIENCE)
    found = []
    for index, text in enumerate(ASKED):
        found.append(await _ask(models, mouth, text))
        await until(partial(_more_than, said, index + 1), PATIENCE)
        await asyncio.sleep(0.5)
    await session.aclose()
    return found


def _more_than(said: list[str], count: int) -> bool:
    return len(said) > count


async def _ask(models: Models, mouth: Any, text: str) -> Times:
    """Speak; returns when the question came that holds all of it."""
    sound = sentence(text, VOICES[0], 16_000)
    before = len(models.asked("llm"))
    models.hears.clear()
    models.hears.append(Utterance(text, sound.size / 16_000))
    mouth.sound = np.concatenate([mouth.sound, sound])
    await until(lambda: mouth.sound.size == 0, PATIENCE)
    ended = time.monotonic()

    def questions() -> list[float]:
        return [each.at for each in models.asked("llm")[before:] if text in each.prompt]

    await until(questions, PATIENCE)
    told = next(at for at, words in reversed(models.listenings[-1].finals) if words == text)
    return questions()[0] - ended, questions()[0] - told
