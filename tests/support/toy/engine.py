"""Plays a persona from its file, and beeps where others speak."""

import numpy as np
from livekit.agents import DEFAULT_API_CONNECT_OPTIONS, Agent, AgentSession, APIConnectOptions, tts
from livekit.agents.voice import SpeechHandle

from agent.engines.base import Engine, OnTurn
from agent.engines.persona_agent import PersonaAgent
from agent.engines.tools import EngineTools
from agent.simulation.acting.actor import Actor
from agent.simulation.directing.director import State, Step
from agent.simulation.history import History
from personas.model import Persona
from tests.support.toy.spec import SPEC

RATE = 16_000
BEEP = 0.2
"""Seconds of each line."""


class ToyEngine(Engine):
    """Hears nothing, so that its trainees type."""

    spec = SPEC

    def __init__(self, persona: Persona, history: History) -> None:
        past = [said.text for said in history if said.speaker == "persona"]
        self._actor = Actor(persona, past=past)
        self._session: AgentSession[None] = AgentSession(tts=_Beeper(), user_away_timeout=None)

    @property
    def session(self) -> AgentSession[None]:
        return self._session

    def agent(self, on_turn: OnTurn) -> Agent:
        return PersonaAgent(on_turn)

    def open(self, state: State) -> SpeechHandle:
        return self._session.say(self._actor.open(state))

    def answer(self, text: str, step: Step) -> SpeechHandle:
        return self._session.say(self._actor.answer(text, step))

    def nudge(self, state: State, *, last: bool = False) -> SpeechHandle:
        return self._session.say(self._actor.nudge(state))

    def go_on(self, heard: str, state: State) -> SpeechHandle:
        return self._session.say(self._actor.go_on(heard))

    def repeat(self, line: str, state: State) -> SpeechHandle:
        return self._session.say(self._actor.repeat(line))

    async def swap(self, persona: Persona, history: History) -> str:
        self._actor.swap(persona)
        return "applied"


def make(persona: Persona, tools: EngineTools, history: History) -> ToyEngine:
    """The engine of a call."""
    return ToyEngine(persona, history)


class _Beeper(tts.TTS[str]):
    def __init__(self) -> None:
        super().__init__(
            capabilities=tts.TTSCapabilities(streaming=False), sample_rate=RATE, num_channels=1
        )

    def synthesize(
        self, text: str, *, conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS
    ) -> tts.ChunkedStream:
        return _Beep(tts=self, input_text=text, conn_options=conn_options)


class _Beep(tts.ChunkedStream):
    async def _run(self, output_emitter: tts.AudioEmitter) -> None:
        output_emitter.initialize(
            request_id="beep", sample_rate=RATE, num_channels=1, mime_type="audio/pcm"
        )
        wave = 8_000 * np.sin(np.arange(int(BEEP * RATE)) * 2 * np.pi * 440 / RATE)
        output_emitter.push(wave.astype(np.int16).tobytes())
        output_emitter.flush()
