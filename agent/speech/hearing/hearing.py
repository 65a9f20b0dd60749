"""The trainee's words with no key: Moonshine in processes of its own, as a livekit STT."""

import logging
import threading
import weakref
from collections.abc import Callable, Collection, Sequence

from livekit.agents import APIConnectOptions, stt
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS, NOT_GIVEN, NotGivenOr
from livekit.agents.utils import AudioBuffer

from agent.platform.process.pace import Health
from agent.platform.process.requests import Refused
from agent.speech.hearing.model_folder import ModelFolder, NoModel, model_folder
from agent.speech.hearing.plausible import Loudness
from agent.speech.hearing.recogniser import START, Recogniser, command
from agent.speech.hearing.stream import LocalStream
from agent.speech.known_names import NO_NAMES, Names, known_names
from agent.speech.turn_detector import Heard
from agent.speech.written_form import codes
from personas.model import Persona

__all__ = ["Hearing", "LocalSTT"]

log = logging.getLogger(__name__)

IDLE = 60.0
"""Seconds after which a process ends that no call has, beside the one that stays warm."""
_UNUSED = Health("idle", 0, "")


class Hearing:
    """Hearing for all calls of this process: a recogniser for each, and one that waits warm.

    ``folder`` is that of a model of one's own, "" for the one that comes with the app. For any
    thread.
    """

    def __init__(self, folder: str = "", run: Sequence[str] = (), idle: float = IDLE) -> None:
        self._idle = idle
        self._lock = threading.Lock()
        self._free: list[Recogniser] = []
        self._taken: set[Recogniser] = set()
        self._timers: set[threading.Timer] = set()
        self._closed = False
        self._model: ModelFolder | None = None
        self.lacks = ""
        """Why there is no model here, in words; "" when there is one."""
        try:
            self._model = model_folder(folder)
        except NoModel as error:
            self.lacks = str(error)
        self._run = tuple(run) or (command(self._model) if self._model else ())

    @property
    def available(self) -> str:
        """Why nobody is heard on this machine, for a person; "" when all is well."""
        health = self.health
        if self.lacks or not _down(health) or self._model is None:
            return self.lacks
        return self._model.broken(health.error)

    @property
    def model(self) -> str:
        """What the model is called; "" without one."""
        return self._model.name if self._model is not None else ""

    @property
    def health(self) -> Health:
        """How its processes are: the worst of them, and how often one died."""
        with self._lock:
            each = [part.health for part in (*self._free, *self._taken)]
        worst = max(each, key=_down, default=_UNUSED)
        return Health(worst.state, sum(part.deaths for part in each), worst.error)

    def warm(self) -> None:
        """Have a recogniser ready for the next call; blocks while it starts, for a second or
        so."""
        with self._lock:
            if self._closed or self.lacks:
                return
            if not self._free:
                self._free.append(Recogniser(self._run))
            recogniser = self._free[0]
        recogniser.start(START)

    def take(self) -> Recogniser:
        """A recogniser of one's own, which may still be starting; raises Refused in words."""
        with self._lock:
            if self._closed:
                raise Refused("hearing is closed")
            if self.lacks:
                raise Refused(self.lacks)
            recogniser = self._free.pop() if self._free else Recogniser(self._run)
            self._taken.add(recogniser)
        recogniser.start()
        return recogniser

    def give_back(self, recogniser: Recogniser) -> None:
        """It is not needed any more: it stays for the next call, or ends some time later."""
        with self._lock:
            self._taken.discard(recogniser)
            closed = self._closed
            if not closed:
                self._free.append(recogniser)
                if len(self._free) > 1:
                    self._end_later()
        if closed:
            recogniser.close()

    def close(self) -> None:
        """End all processes."""
        with self._lock:
            self._closed = True
            timers = list(self._timers)
            each = [*self._free, *self._taken]
            self._free.clear()
            self._taken.clear()
        for timer in timers:
            timer.cancel()
        for recogniser in each:
            recogniser.close()

    def _end_later(self) -> None:
        timer = threading.Timer(self._idle, self._end_one)
        timer.name, timer.daemon = "hearing", True
        self._timers.add(timer)
        timer.start()

    def _end_one(self) -> None:
        """End one that nobody has, if another one stays."""
        with self._lock:
            self._timers = {timer for timer in self._timers if timer.is_alive()}
            recogniser = self._free.pop(0) if len(self._free) > 1 else None
        if recogniser is not None:
            recogniser.close()


class LocalSTT(stt.STT[str]):
    """Hears one call, in English. ``heard`` is what judges whether a turn is over; ``in_line``
    tells whether the persona is in the middle of a line."""

    def __init__(
        self,
        hearing: Hearing,
        heard: Heard | None = None,
        in_line: Callable[[], bool] = lambda: False,
    ) -> None:
        super().__init__(
            capabilities=stt.STTCapabilities(
                streaming=True, interim_results=True, offline_recognize=False
            )
        )
        self.heard = heard
        self.in_line = in_line
        self.known: Collection[str] = ()
        """Numbers and codes that the talk is about, as they are written."""
        self.names: Names = NO_NAMES
        """Names that the talk is about, by their sounds."""
        self.loudness = Loudness()
        """How loud the trainee of this call is."""
        self._name = hearing.model
        self._recogniser: Recogniser | None = None
        self._lacks = ""
        try:
            self._recogniser = recogniser = hearing.take()
        except Refused as error:
            self._lacks = str(error)
        else:
            self._release = weakref.finalize(self, hearing.give_back, recogniser)

    @property
    def model(self) -> str:
        """Its name."""
        return self._name

    @property
    def provider(self) -> str:
        """Who recognises."""
        return "local"

    def stream(
        self,
        *,
        language: NotGivenOr[str] = NOT_GIVEN,
        conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS,
    ) -> LocalStream:
        """Listen to one track."""
        return LocalStream(self, self._words, conn_options)

    def know(self, persona: Persona) -> None:
        """From the next turn on, numbers, codes and names of this persona's are written so."""
        values = [fact.value for fact in persona.facts]
        self.known, self.names = codes(values), known_names(persona.name, values)

    def is_echo(self, level: float) -> bool:
        """Whether what is that loud (dB of full scale) in its loudest moments is the persona's own
        voice."""
        return self.in_line() and self.loudness.is_faint_moment(level)

    async def aclose(self) -> None:
        """Give the recogniser back; streams are closed by who opened them."""
        if self._recogniser is not None:
            self._recogniser = None
            self._release()

    async def _words(self, pcm: bytes) -> str:
        if self._recogniser is None:
            raise Refused(self._lacks or "hearing is closed")
        return await self._recogniser.words(pcm) if pcm else ""

    async def _recognize_impl(
        self,
        buffer: AudioBuffer,
        *,
        language: NotGivenOr[str] = NOT_GIVEN,
        conn_options: APIConnectOptions,
    ) -> stt.SpeechEvent:
        raise NotImplementedError("only streams are recognised")


def _down(health: Health) -> bool:
    return health.state == "resting"
