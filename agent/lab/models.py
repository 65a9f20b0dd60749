"""Runs by a text model: it is told what the engine's model is told, and asked line by line."""

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from agent.engines.spec import EngineSpec
from agent.lab.budget import NAME, Purse
from agent.lab.play import BrokenOff
from agent.providers.consistency_judge import ConsistencyJudge, measured
from agent.providers.endpoints import ProviderEndpoint
from agent.providers.line_failure import explain, wordless
from agent.providers.model_observer import ModelObserver
from agent.providers.spoken_trainee import SpokenTrainee, TraineeFailed
from agent.providers.text_model import Reply, TextModel, model_use
from agent.simulation.acting.prompt import marked, opening_direction, persona_prompt
from agent.simulation.directing.course import Observation, State, Step
from agent.simulation.guarding.consistency import Answer
from agent.simulation.history import Said
from agent.simulation.observing.second_opinion import LIMIT, NotSeen
from agent.simulation.text_call import NextLine, SecondLook
from agent.speech.aloud import aloud
from data.consistency import Consistency
from data.records import ModelUse, Turn
from personas.model import Persona

if TYPE_CHECKING:
    from livekit.agents import llm

TIMEOUT = 30.0
"""Seconds that one line may take: nobody waits on the phone."""
RETRIES, PAUSE = 2, 2.0
"""Further attempts at a line, and the seconds between them."""


class ModelPlayer:
    """The text model of ``source`` plays in place of ``engine``'s; ``observes``: it also looks at
    the trainee's turns, as in a call."""

    def __init__(
        self,
        engine: EngineSpec,
        source: ProviderEndpoint,
        purse: Purse,
        *,
        observes: bool,
    ) -> None:
        self._engine = engine
        self._source = source
        self._purse = purse
        self._eyes = TextModel(source) if observes else None

    @property
    def played_by(self) -> str:
        """The model, and for whom it stands in where the engine has another kind of model."""
        if self._engine.capabilities.replies_itself:
            return f"{self._source.model} in place of {self._engine.title}"
        return self._source.model

    @property
    def trainee(self) -> str:
        """The model, which speaks as trainees as well."""
        return self._source.model

    def part(self, persona: Persona, seed: int) -> "ModelPart":
        """The model in one run; its words cannot be seeded."""
        late = self._engine.capabilities.replies_itself
        eyes = ModelObserver(self._eyes) if self._eyes is not None else None
        return ModelPart(persona, self._source, self._purse, eyes, late=late)

    def close(self) -> None:
        """End the connections."""
        if self._eyes is not None:
            self._eyes.close()


class ModelPart:
    """Says the persona's lines in one run, and looks at the trainee's turns; used by one thread.

    With ``late``, a direction reaches the model for the line after, as where a realtime model
    answers by itself.
    """

    def __init__(
        self,
        persona: Persona,
        source: ProviderEndpoint,
        purse: Purse,
        eyes: ModelObserver | None,
        *,
        late: bool,
    ) -> None:
        from livekit.agents import llm

        from agent.engines.ahead import plain
        from agent.providers.plugins import make_llm

        self._persona = persona
        self._source = source
        self._purse = purse
        self._eyes = eyes
        self._late = late
        self._title = f"The text model {source.model}"
        self._runner = asyncio.Runner()
        self._model = self._runner.run(_made(make_llm, source))
        self._shape: Callable[[llm.ChatContext], llm.ChatContext] | None = (
            plain if source.who == "compatible" else None
        )
        self._talk = llm.ChatContext.empty()
        self._talk.add_message(role="system", content=persona_prompt(persona))
        self._pending = ""
        self.cost: float | None = 0.0

    @property
    def speaker(self) -> "ModelPart":
        """It speaks itself."""
        return self

    @property
    def second_look(self) -> SecondLook | None:
        """It looks itself, where the engine's calls have it so."""
        return self._look if self._eyes is not None else None

    def trainee(self, kind: str, turns: Sequence[Turn]) -> NextLine:
        """The model as a trainee, who knows the briefing and hears what the persona says."""
        spoken = SpokenTrainee(self._source, self._persona, kind, self._took)

        def next_line(state: State) -> str | None:
            try:
                return self._runner.run(spoken.next(turns))
            except TraineeFailed as failure:
                raise BrokenOff(str(failure)) from failure

        return next_line

    def measured(self, turns: Sequence[Turn], answers: Sequence[Answer]) -> Consistency:
        """The figures, by the model where code cannot judge."""
        judge = ConsistencyJudge(self._source, paid=self._took)
        return self._runner.run(measured(self._persona, turns, answers, judge))

    def open(self, state: State) -> str:
        """The persona speaks first."""
        return self._line(opening_direction(self._persona, state))

    def answer(self, text: str, step: Step) -> str:
        """The answer to a trainee's turn; raises ``BrokenOff``."""
        direction = step.direction.text
        if self._late:
            direction, self._pending = self._pending, direction
        self._talk.add_message(role="user", content=text)
        return self._line(direction)

    def close(self) -> None:
        """End the connections."""
        try:
            self._runner.run(self._model.aclose())
        finally:
            self._runner.close()

    def _line(self, direction: str) -> str:
        """What the model says next; only its words stay in what it is told later, as in a call."""
        context = self._talk.copy()
        if direction:
            context.add_message(role="system", content=marked(direction))
        try:
            reply = self._runner.run(self._asked(self._shape(context) if self._shape else context))
        except Exception as error:
            why = "timeout" if isinstance(error, TimeoutError) else error
            raise BrokenOff(explain(self._title, why).remedy) from error
        self._took(reply)
        line = aloud(reply.text, [self._persona.name]).strip()
        if not line:
            raise BrokenOff(wordless(self._title).remedy)
        self._talk.add_message(role="assistant", content=line)
        return line

    async def _asked(self, context: "llm.ChatContext") -> Reply:
        from livekit.agents import APIConnectOptions

        options = APIConnectOptions(max_retry=RETRIES, retry_interval=PAUSE, timeout=TIMEOUT)
        words: list[str] = []
        asked = cached = written = 0
        async with asyncio.timeout(TIMEOUT):
            async with self._model.chat(chat_ctx=context, conn_options=options) as stream:
                async for chunk in stream:
                    if chunk.delta is not None and chunk.delta.content:
                        words.append(chunk.delta.content)
                    if (usage := chunk.usage) is not None:
                        asked, written = usage.prompt_tokens, usage.completion_tokens
                        cached = usage.prompt_cached_tokens
        return Reply("".join(words), asked, cached, written)

    def _look(self, said: Turn, past: tuple[Turn, ...]) -> Observation | None:
        """What the model saw in that turn; None when it saw nothing that can be used. Raises
        ``BrokenOff`` when it will see nothing any more."""
        assert self._eyes is not None
        history = [Said(turn.speaker, turn.text) for turn in past]
        try:
            view = self._runner.run(
                asyncio.wait_for(self._eyes.observe(self._persona, said.text, history), LIMIT)
            )
        except TimeoutError:
            return None
        except NotSeen as failure:
            if failure.use is not None:
                self._pay(failure.use)
            if failure.retry:
                return None
            raise BrokenOff(str(failure)) from failure
        if view.use is not None:
            self._pay(view.use)
        return view.observation

    def _took(self, reply: Reply) -> None:
        self._pay(model_use(NAME, self._source, reply))

    def _pay(self, use: ModelUse) -> None:
        price = self._purse.price(use)
        self.cost = None if price is None or self.cost is None else self.cost + price
        self._purse.pay(use)


async def _made(make: Callable[[ProviderEndpoint], Any], source: ProviderEndpoint) -> Any:
    """A client belongs to the loop on which it is made."""
    return make(source)
