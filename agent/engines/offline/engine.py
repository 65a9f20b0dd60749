"""The engine that needs no key: bundled VAD, turn model, Moonshine, actor, hibari, espeak-ng."""

from livekit.agents import NOT_GIVEN, Agent, AgentSession, TurnHandlingOptions
from livekit.agents.voice import SpeechHandle

from agent.engines.base import Engine, OnTurn
from agent.engines.offline.spec import SPEC
from agent.engines.persona_agent import PersonaAgent
from agent.engines.tools import EngineTools
from agent.engines.turn_gate import TurnGate
from agent.engines.turns import activity, turn_handling
from agent.simulation.acting.actor import Actor
from agent.simulation.directing.director import State, Step
from agent.simulation.history import History
from agent.speech.hearing.hearing import Hearing, LocalSTT
from agent.speech.hearing.model_folder import LANGUAGES
from agent.speech.speaking.local_tts import LocalTTS
from agent.speech.speaking.speaking import Speaking
from agent.speech.turn_detector import Heard
from personas.model import Persona


def make(persona: Persona, tools: EngineTools, history: History) -> "OfflineEngine":
    """The engine of a call; its actor does not repeat what the persona has said by then."""
    return OfflineEngine(persona, tools.hearing, tools.voice, history)


class OfflineEngine(Engine):
    """Plays a persona from its own file, with a synthetic voice."""

    spec = SPEC

    def __init__(
        self, persona: Persona, hearing: Hearing, speaking: Speaking, history: History = ()
    ) -> None:
        self._language = persona.language
        past = [said.text for said in history if said.speaker == "persona"]
        self._actor = Actor(persona, past=past)
        self._tts = LocalTTS(persona, speaking, SPEC.name)
        heard = Heard()
        known = persona.language.partition("-")[0].lower() in LANGUAGES
        self._stt = LocalSTT(hearing, heard) if known and not hearing.lacks else None
        self._session: AgentSession[None] = _session(
            self._stt, self._tts, turn_handling(persona.language, heard)
        )
        self._turn_gate = TurnGate(self._session)
        if self._stt is not None:
            self._stt.in_line = lambda: self._session.current_speech is not None
            self._stt.know(persona)
        self._session.on(
            "user_input_transcribed", lambda event: heard.take(event.transcript, event.is_final)
        )

    @property
    def session(self) -> AgentSession[None]:
        """The session to be started in the room."""
        return self._session

    def agent(self, on_turn: OnTurn) -> Agent:
        """The agent to start the session with."""
        return PersonaAgent(on_turn)

    def open(self, state: State) -> SpeechHandle:
        """The persona speaks first."""
        return self._say(self._actor.open(state), state)

    def answer(self, text: str, step: Step) -> SpeechHandle:
        """The persona answers from its file."""
        return self._say(self._actor.answer(text, step), step.state)

    def nudge(self, state: State, *, last: bool = False) -> SpeechHandle:
        """The persona breaks a silence; its actor counts silences itself."""
        return self._say(self._actor.nudge(state), state)

    def go_on(self, heard: str, state: State) -> SpeechHandle:
        """The persona takes up a line that was cut off."""
        return self._say(self._actor.go_on(heard), state)

    def repeat(self, line: str, state: State) -> SpeechHandle:
        """The persona says this line once more."""
        return self._say(self._actor.repeat(line), state)

    def plays(self, persona: Persona) -> bool:
        """The recogniser knows English only, and the end of a turn differs by language."""
        return persona.language == self._language

    async def free_for(self, persona: Persona) -> None:
        """Only for another language everything is taken down."""
        if not self.plays(persona):
            await self._turn_gate.free()

    async def swap(self, persona: Persona, history: History) -> str:
        """The actor and the voice follow the new text at once."""
        self._actor.swap(persona)
        self._tts.swap(persona)
        if self._stt is not None:
            self._stt.know(persona)
        return "applied"

    async def aclose(self) -> None:
        """Close the recogniser and the voice."""
        if self._stt is not None:
            await self._stt.aclose()
        await self._tts.aclose()

    def _say(self, line: str, state: State) -> SpeechHandle:
        self._tts.set_mood(state.intensity)
        return self._session.say(line)


def _session(stt: LocalSTT | None, tts: LocalTTS, turns: TurnHandlingOptions) -> AgentSession[None]:
    return AgentSession(
        stt=stt if stt is not None else NOT_GIVEN,
        vad=activity(stt),
        tts=tts,
        turn_handling=turns,
        use_tts_aligned_transcript=True,
        # A barge-in counts from the first word on; the browser cancels the echo.
        aec_warmup_duration=None,
        # At the end, words still being recognised are waited for; mostly there are none, and the
        # line stays taken meanwhile (2 s by default).
        session_close_transcript_timeout=0.3,
        # Silences are the persona's to break; see agent.worker.silence_timer.
        user_away_timeout=None,
    )
