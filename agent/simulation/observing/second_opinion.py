"""A text model's view of the trainee's turns, asked for beside the call and never waited for."""

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import NamedTuple, Protocol

from agent.simulation.directing.director import Observation
from agent.simulation.history import History
from data.records import ModelUse
from personas.model import Persona

log = logging.getLogger(__name__)

LIMIT = 4.0
"""Seconds after which a view comes too late to count."""
AT_ONCE = 4
"""Turns that are looked at together: a call that goes on from another brings many."""
LATE = "late"
"""The code of that failure; the others are those of ``agent.providers.line_failure``."""


class NotSeen(Exception):
    """The model gave no view that can be used; ``code`` says why, ``retry`` whether the next turn
    may fare better, ``use`` what it took all the same. The text is for the log."""

    def __init__(self, code: str, words: str, *, retry: bool, use: ModelUse | None = None) -> None:
        super().__init__(words)
        self.code = code
        self.retry = retry
        self.use = use


class View(NamedTuple):
    """What the model saw in a turn, and what that took."""

    observation: Observation
    use: ModelUse | None = None


class TurnModel(Protocol):
    """Tells what a trainee's turn did; see ``agent.providers.model_observer``."""

    async def observe(self, persona: Persona, text: str, past: History) -> View:
        """What ``text`` did by that persona's rules, said after ``past``; raises ``NotSeen``."""
        ...


Models = Callable[[str], TurnModel | None]
"""The model that looks at turns while the engine of that name plays; None when none does."""

OnView = Callable[[int, Observation | str], None]
"""Takes a turn's index and the model's view of it, or the code of why there is none."""


class SecondOpinion:
    """Asks the model about each turn; what it says goes to ``take``, on the same loop, and what it
    took to ``spent``."""

    def __init__(
        self, call: str, models: Models, take: OnView, spent: Callable[[ModelUse], None]
    ) -> None:
        self._call = call
        self._models = models
        self._take = take
        self._spent = spent
        self._asked: dict[int, asyncio.Task[None]] = {}
        self._few = asyncio.Semaphore(AT_ONCE)
        self.gone = ""
        """Why the model is not asked any more in this call; a refused key stays refused."""

    def ask(self, engine: str, index: int, persona: Persona, text: str, past: History) -> None:
        """Have that turn looked at; nothing when there is no model (any more)."""
        model = self._models(engine)
        if model is None or self.gone:
            return
        task = asyncio.create_task(self._look(model, index, persona, text, past))
        self._asked[index] = task
        task.add_done_callback(partial(self._forget, index))

    async def finish(self, seconds: float) -> None:
        """Wait that long for what is being looked at; the rest is late."""
        if self._asked:
            await asyncio.wait(self._asked.values(), timeout=seconds)
        late = {index: task for index, task in self._asked.items() if not task.done()}
        for index, task in late.items():
            task.cancel()
            self._take(index, LATE)
        await asyncio.gather(*late.values(), return_exceptions=True)

    async def _look(
        self, model: TurnModel, index: int, persona: Persona, text: str, past: History
    ) -> None:
        view: Observation | str
        use: ModelUse | None = None
        try:
            async with self._few, asyncio.timeout(LIMIT):
                view, use = await model.observe(persona, text, past)
        except TimeoutError:
            view = LATE
        except NotSeen as failure:
            log.warning("call %s, turn %d: the text model: %s", self._call, index, failure)
            view, use = failure.code, failure.use
            if not failure.retry:
                self.gone = failure.code
        except Exception:
            log.exception("call %s, turn %d: the text model", self._call, index)
            view = "failed"
        if use is not None:
            self._spent(use)
        self._take(index, view)

    def _forget(self, index: int, task: asyncio.Task[None]) -> None:
        self._asked.pop(index, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("call %s, turn %d was not judged anew", self._call, index, exc_info=error)
