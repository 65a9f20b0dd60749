"""Three models in a row: one hears, one finds the words, one speaks; each from whom one likes."""

import time
from collections.abc import AsyncIterable, AsyncIterator
from typing import Any

from livekit import rtc
from livekit.agents import (
    NOT_GIVEN,
    Agent,
    AgentSession,
    APIError,
    APITimeoutError,
    ErrorEvent,
    ModelSettings,
    UserStateChangedEvent,
    llm,
    stt,
    tts,
)
from livekit.agents.voice import SpeechHandle
from livekit.agents.voice.agent_session import SessionConnectOptions

from agent.engines.ahead import Ahead, plain
from agent.engines.answer_watch import AnswerWatch
from agent.engines.base import Engine, OnTurn
from agent.engines.offline.spec import SPEC as OFFLINE
from agent.engines.persona_agent import PersonaAgent
from agent.engines.pipeline.spec import SPEC
from agent.engines.pipeline.voices import voice_name
from agent.engines.tools import EngineTools
from agent.engines.turn_gate import TurnGate
from agent.engines.turns import activity, turn_handling
from agent.engines.whole_words import heard as heard_whole
from agent.providers.endpoints import Endpoints, endpoints
from agent.providers.flux import FluxSTT
from agent.providers.line_failure import wordless
from agent.providers.plugins import (
    make_llm,
    make_stt,
    make_tts,
    use_voice,
)
from agent.simulation.acting.prompt import (
    cut_direction,
    marked,
    opening_direction,
    persona_prompt,
    silence_direction,
)
from agent.simulation.directing.director import State, Step
from agent.simulation.history import History
from agent.speech.aloud import Aloud
from agent.speech.hearing.hearing import LocalSTT
from agent.speech.speaking.local_tts import LocalTTS
from agent.speech.turn_detector import Heard
from personas.model import Persona

SENTENCE = 1.0
"""Seconds of speech that a streaming recogniser must have a word for; a cough is less."""
DEAF = 10.0
"""Seconds without a word from it after which it counts as failed."""
LOADING = 80.0
"""Seconds more for the first answer of a server of one's own: it loads some gigabytes, and reads a
whole persona, on a laptop perhaps without a graphics processor. An estimate, not measured."""


def make(persona: Persona, tools: EngineTools, history: History) -> "PipelineEngine":
    """The engine of a call; ValueError when a key is missing."""
    found = endpoints(tools.settings)
    if isinstance(found, str):
        raise ValueError(found)
    return PipelineEngine(persona, tools, history, found)


class PipelineEngine(Engine):
    """Plays a persona with a text model between two others."""

    spec = SPEC

    def __init__(
        self, persona: Persona, tools: EngineTools, history: History, who: Endpoints
    ) -> None:
        self._persona = persona
        self._history = history
        self._who = who
        self._voice = tools.settings.tts_voice
        self._deaf = AnswerWatch(DEAF, self._tell_deaf)
        heard = Heard()
        self._stt = self._ears(tools, persona, heard)
        self._llm = make_llm(who.llm)
        self._tts = self._mouth(tools, persona)
        more = LOADING if who.llm.who == "compatible" else 0.0
        self._ahead = Ahead(self._llm, make_llm(who.llm), tools.conn_options, more)
        self._agent: Agent | None = None
        self._speech_began = 0.0
        self._session: AgentSession[None] = AgentSession(
            stt=self._stt if self._stt is not None else NOT_GIVEN,
            vad=activity(self._stt),
            llm=self._llm,
            tts=self._tts,
            turn_handling=turn_handling(
                persona.language, heard, by_recogniser=isinstance(self._stt, FluxSTT)
            ),
            conn_options=SessionConnectOptions(
                tools.conn_options, tools.conn_options, tools.conn_options
            ),
            use_tts_aligned_transcript=isinstance(self._tts, LocalTTS),
            aec_warmup_duration=None,
            session_close_transcript_timeout=0.3,
            user_away_timeout=None,
        )
        self._session.on(
            "user_input_transcribed", lambda event: heard.take(event.transcript, event.is_final)
        )
        self._session.on("user_input_transcribed", lambda event: self._deaf.stop())
        self._session.on("user_state_changed", self._on_user_state)
        self._turn_gate = TurnGate(self._session)
        if isinstance(self._stt, LocalSTT):
            self._stt.in_line = lambda: self._session.current_speech is not None
            self._stt.know(persona)

    @property
    def session(self) -> AgentSession[None]:
        """The session to be started in the room."""
        return self._session

    @property
    def more_time(self) -> float:
        """A text model may have to be loaded for the first answer."""
        return self._ahead.more_time

    def agent(self, on_turn: OnTurn) -> Agent:
        """The agent to start the session with."""
        shape = plain if self._who.llm.who == "compatible" else _as_it_is
        self._ahead.prewarm()
        self._agent = _Actor(on_turn, self._persona, self._history, self._ahead, shape)
        return self._agent

    def open(self, state: State) -> SpeechHandle:
        """The persona speaks first."""
        self._feel(state)
        return self._ask(opening_direction(self._persona, state))

    def may_be_over(self, words: str) -> bool:
        """Whether what hears has told that the turn may end with these."""
        return isinstance(self._agent, _Actor) and words == self._agent.last_words

    def foresee(self, text: str, step: Step) -> None:
        """The trainee may have finished: ``answer`` may follow with just these."""
        if isinstance(self._agent, _Actor):
            self._agent.ask_ahead(text, marked(step.direction.text))

    def answer(self, text: str, step: Step) -> SpeechHandle:
        """The persona answers; the direction is the last thing that the model reads."""
        self._feel(step.state)
        return self._session.generate_reply(
            user_input=text, instructions=marked(step.direction.text)
        )

    def nudge(self, state: State, *, last: bool = False) -> SpeechHandle:
        """The persona breaks a silence."""
        self._feel(state)
        return self._ask(silence_direction(self._persona, state, last=last))

    def go_on(self, heard: str, state: State) -> SpeechHandle:
        """The persona takes up a line that was cut off."""
        self._feel(state)
        return self._ask(cut_direction(self._persona, state, heard))

    def repeat(self, line: str, state: State) -> SpeechHandle:
        """The persona says this line once more; no model is asked for what is known."""
        self._feel(state)
        return self._session.say(line)

    def plays(self, persona: Persona) -> bool:
        """Ears, voice and the end of a turn are made for one language."""
        return persona.language == self._persona.language

    async def free_for(self, persona: Persona) -> None:
        """Only for another language everything is taken down."""
        if not self.plays(persona):
            await self._turn_gate.free()

    async def swap(self, persona: Persona, history: History) -> str:
        """New instructions and voice from the next line on; the same connections."""
        self._persona = persona
        self._ahead.drop()
        if isinstance(self._agent, _Actor):
            self._agent.speaker = persona.name
            await self._agent.update_instructions(persona_prompt(persona))
        if isinstance(self._stt, LocalSTT):
            self._stt.know(persona)
        if isinstance(self._tts, LocalTTS):
            self._tts.swap(persona)
        else:
            use_voice(self._tts, voice_name(self._who.tts, persona, self._voice))
        return "applied"

    async def aclose(self) -> None:
        """Close the three connections."""
        self._deaf.stop()
        await self._ahead.aclose()
        if self._stt is not None:
            await self._stt.aclose()
        await self._llm.aclose()
        await self._tts.aclose()

    def _ears(self, tools: EngineTools, persona: Persona, words: Heard) -> stt.STT[Any] | None:
        """What hears; None when nothing on this machine understands that language."""
        if self._who.stt.who != "local":
            return make_stt(self._who.stt, persona, self._deaf.stop)
        heard = SPEC.hears(persona.language, tools.settings)
        return LocalSTT(tools.hearing, words) if heard and not tools.hearing.lacks else None

    def _mouth(self, tools: EngineTools, persona: Persona) -> tts.TTS[Any]:
        if self._who.tts.who == "local":
            return LocalTTS(persona, tools.voice, OFFLINE.name)
        return make_tts(self._who.tts, voice_name(self._who.tts, persona, self._voice))

    def _feel(self, state: State) -> None:
        """The voice of this machine follows the mood by itself, others what the words are."""
        if isinstance(self._tts, LocalTTS):
            self._tts.set_mood(state.intensity)

    def _ask(self, direction: str) -> SpeechHandle:
        return self._session.generate_reply(instructions=marked(direction))

    def _on_user_state(self, event: UserStateChangedEvent) -> None:
        if event.new_state == "speaking":
            self._speech_began = time.monotonic()
            self._ahead.drop()
        elif self._may_fall_silent and time.monotonic() - self._speech_began > SENTENCE:
            self._deaf.expect()

    @property
    def _may_fall_silent(self) -> bool:
        """Whether what hears is a provider's stream, from which words must come."""
        ears = self._stt
        return ears is not None and ears.capabilities.streaming and not isinstance(ears, LocalSTT)

    def _tell_deaf(self) -> None:
        assert self._stt is not None
        timeout = APITimeoutError(f"no answer for {DEAF:g} s")
        error = stt.STTError(
            timestamp=time.time(), label=self._stt.label, error=timeout, recoverable=False
        )
        self._session.emit("error", ErrorEvent(error=error, source=self._stt))


class _Actor(PersonaAgent):
    """Asks the text model, ahead of the turn's end if its words are known."""

    def __init__(
        self,
        on_turn: OnTurn,
        persona: Persona,
        history: History,
        ahead: Ahead,
        shape: Any,
    ) -> None:
        super().__init__(on_turn, persona_prompt(persona), history)
        self._ahead = ahead
        self._shape = shape
        self._thinks = False
        self.speaker = persona.name
        self.last_words = ""
        """The words, not final yet, that may have been the turn's last."""

    def ask_ahead(self, text: str, direction: str) -> None:
        """Ask as the reply to this turn will be asked for."""
        context = self.chat_ctx.copy()
        context.add_message(role="user", content=text)
        context.add_message(role="system", content=direction)
        self._ahead.ask(self._shape(context))

    def stt_node(
        self, audio: AsyncIterable[rtc.AudioFrame], model_settings: ModelSettings
    ) -> AsyncIterable[stt.SpeechEvent | str]:
        """What is said, as early as it can be known."""
        recogniser = self.session.stt
        if recogniser is None or recogniser.capabilities.streaming:
            return self._noting(Agent.default.stt_node(self, audio, model_settings))
        return heard_whole(recogniser, audio, self.session.conn_options.stt_conn_options)

    async def _noting(
        self, events: AsyncIterable[stt.SpeechEvent | str]
    ) -> AsyncIterator[stt.SpeechEvent | str]:
        async for event in events:
            if isinstance(event, stt.SpeechEvent) and event.alternatives:
                may = event.type == stt.SpeechEventType.PREFLIGHT_TRANSCRIPT
                self.last_words = event.alternatives[0].text if may else ""
            yield event

    async def llm_node(
        self, chat_ctx: llm.ChatContext, tools: list[llm.Tool], model_settings: ModelSettings
    ) -> AsyncIterator[llm.ChatChunk]:
        """The reply as it comes, less what is not to be spoken."""
        speech = Aloud([self.speaker], thinks=self._thinks)
        async for chunk in self._ahead.reply(self._shape(chat_ctx)):
            if chunk.delta is None or not chunk.delta.content:
                yield chunk
            elif said := speech.push(chunk.delta.content):
                yield _with(chunk, said)
        if rest := speech.finish():
            yield llm.ChatChunk(id="", delta=llm.ChoiceDelta(role="assistant", content=rest))
        self._thinks = self._thinks or speech.thinks
        if not speech.spoke:
            self._ahead.tell(_Wordless())


class _Wordless(APIError):
    """The text model has answered, and there is nothing to be spoken in it."""

    def __init__(self) -> None:
        super().__init__("an answer without a word to be spoken", retryable=False)
        self.failure = wordless(SPEC.title)


def _with(chunk: llm.ChatChunk, content: str) -> llm.ChatChunk:
    assert chunk.delta is not None
    return chunk.model_copy(update={"delta": chunk.delta.model_copy(update={"content": content})})


def _as_it_is(context: llm.ChatContext) -> llm.ChatContext:
    return context
