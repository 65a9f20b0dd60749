"""A call in text as it goes on: a trainee's lines, the director, and whoever plays the persona."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from agent.simulation.directing.director import Observation, State, Step, begin
from agent.simulation.directing.ledger import Ledger
from agent.simulation.observing.observer import Observer
from data.records import Turn
from personas.model import Fact, Persona

SECONDS_A_TURN = 5.0

NextLine = Callable[[State], str | None]
"""The trainee's next line where the call stands so; None when the trainee hangs up."""


class Speaker(Protocol):
    """Who says the persona's lines: the actor of this machine, or a model."""

    def open(self, state: State) -> str:
        """The first line."""
        ...

    def answer(self, text: str, step: Step) -> str:
        """The answer to a trainee's turn."""
        ...


SecondLook = Callable[[Turn, tuple[Turn, ...]], Observation | None]
"""What a text model saw in a trainee's turn, said after those turns; None when it saw nothing that
can be used."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A trainee's turn and what came of it: the ``reply`` of the persona, the ``state`` after both,
    the facts that were to be ``told`` in the reply, and whether the persona then hung up."""

    said: Turn
    reply: Turn
    state: State
    told: tuple[Fact, ...]
    hung_up: bool


class PlayedCall(Protocol):
    """A call that was played, in whatever way; ``ended`` is who hung up, None when nobody has."""

    persona: Persona
    turns: list[Turn]
    ended: Literal["customer", "trainee"] | None

    @property
    def exchanges(self) -> Sequence[Exchange]:
        """Each line of the trainee with what came of it."""
        ...

    @property
    def state(self) -> State:
        """Where it stands."""
        ...


class TextCall:
    """One call in text; a turn's ``begin`` counts ``SECONDS_A_TURN`` for each turn before it.

    What has been said so far stays to be read when the speaker fails in mid-call.
    """

    def __init__(
        self,
        persona: Persona,
        observer: Observer,
        speaker: Speaker,
        second_look: SecondLook | None = None,
    ) -> None:
        self.persona = persona
        self.turns: list[Turn] = []
        self._exchanges: list[Exchange] = []
        self.ended: Literal["customer", "trainee"] | None = None
        """Who hung up; None as long as nobody has."""
        self._observer = observer
        self._speaker = speaker
        self._second_look = second_look
        self._ledger = Ledger(persona, begin(persona))

    @property
    def exchanges(self) -> Sequence[Exchange]:
        """Each line of the trainee with what came of it."""
        return self._exchanges

    @property
    def state(self) -> State:
        """Where the call stands now."""
        return self._ledger.state

    def talk(self, next_line: NextLine) -> None:
        """The whole call, until somebody hangs up; raises what the speaker raises."""
        self._speak(self._speaker.open(self.state), "")
        while self.ended != "customer" and (line := next_line(self.state)) is not None:
            self.say(line)

    def say(self, line: str) -> Exchange:
        """A line of the trainee and the answer to it."""
        said, step = self._ledger.heard(self._turn("trainee", line), self._observer.observe(line))
        self.turns.append(said)
        reply = self._speak(self._speaker.answer(line, step), step.direction.text)
        self._look_again(said)
        if step.hang_up:
            self.ended = "customer"
        else:
            self.ended = "trainee" if step.observation.act == "goodbye" else None
        exchange = Exchange(
            self.turns[said.index],
            self.turns[reply.index],
            self.state,
            step.direction.facts,
            step.hang_up,
        )
        self._exchanges.append(exchange)
        return exchange

    def _speak(self, line: str, direction: str) -> Turn:
        turn = self._ledger.spoke(self._turn("persona", line, direction))
        self.turns.append(turn)
        return turn

    def _look_again(self, said: Turn) -> None:
        """As in a call, what a model saw comes when the answer is on its way already."""
        if self._second_look is None:
            return
        seen = self._second_look(said, tuple(self.turns[: said.index]))
        if seen is not None:
            for turn in self._ledger.revise(said.index, seen):
                self.turns[turn.index] = turn

    def _turn(self, speaker: Literal["trainee", "persona"], text: str, direction: str = "") -> Turn:
        index = len(self.turns)
        at = index * SECONDS_A_TURN
        return Turn(
            index, speaker, text, at, "typed", self.persona.version, direction=direction, end=at
        )
