"""The offline actor: plays a persona from its own file, with a memory of the whole call."""

from collections import Counter
from collections.abc import Sequence

from agent.simulation.acting.context_lines import context_lines
from agent.simulation.acting.cut_line import cut_line
from agent.simulation.acting.lines import Lines, lines_for
from agent.simulation.directing.director import Direction, PhaseName, State, Step
from agent.simulation.directing.facts import asked_fact, asked_unknown
from personas.model import Fact, Persona

_PLACE = {"opening": 0, "escalation": 1, "deescalation": 2, "resolution": 3}


class Actor:
    """Chooses the persona's next line; the same call always gives the same lines.

    A line is repeated only when every other one that would do has been used as often, and never
    right after itself. ``seed`` shifts where a persona begins among its own lines; ``past`` is what
    it has said already, when somebody else has played it so far.
    """

    def __init__(self, persona: Persona, seed: int = 0, past: Sequence[str] = ()) -> None:
        self._persona = persona
        self._seed = seed
        self._used: Counter[str] = Counter()
        self._told: Counter[str] = Counter()
        self._last = ""
        self._nudges = 0
        for text in past:
            self._recall(text)

    def open(self, state: State) -> str:
        """The first line, of the phase in which the call begins; after it the persona's other
        lines are still unused."""
        if state.phase != "opening":
            return self._phase_line(state.phase)
        return self._say(self._persona.phases[0].lines or self._stock.opening, self._seed)

    def answer(self, text: str, step: Step) -> str:
        """The answer to a trainee's turn, one to three sentences."""
        self._nudges = 0
        if not any(c.isalnum() for c in text):
            return self._say(self._stock.unclear)
        if step.direction.kind in ("accept", "farewell"):
            return self._close(text, step.direction)
        reply = self._reply(step.direction)
        fact = self._fact(text, reply)
        if reply or fact:
            return self._remember(" ".join(part for part in (reply, fact) if part))
        return self._line(text, step)

    def nudge(self, state: State) -> str:
        """What the persona says into a silence, more impatient each time in a row."""
        del state
        nudges = self._stock.nudges
        start = min(self._nudges, len(nudges) - 1)
        self._nudges += 1
        line = nudges[start]
        return self._remember(line) if line != self._last else self._say(nudges)

    def go_on(self, heard: str) -> str:
        """Taking up the line of which a lost connection let no more be heard, from the sentence
        that was cut; a line that is not the file's cannot be finished, only asked about."""
        line, rest = cut_line(self._every, heard)
        if not rest:
            return self._say(self._stock.cut_off)
        self._used[line] += 1
        return self._say([frame.format(rest=rest) for frame in self._stock.cut])

    def swap(self, persona: Persona) -> None:
        """Play this version from the next line on; what was said stays remembered."""
        self._persona = persona

    @property
    def _every(self) -> list[str]:
        """Every line that is known to the actor beside the facts."""
        persona = self._persona
        replies = [line for rule in persona.rules for line in rule.replies]
        own = [line for phase in persona.phases for line in phase.lines]
        return [*replies, *own, *context_lines(persona), *self._stock.every]

    @property
    def _stock(self) -> Lines:
        return lines_for(self._persona.language)

    def _close(self, text: str, direction: Direction) -> str:
        own = self._persona.phases[3].lines
        if direction.kind == "accept":
            return self._say(own[:-1] or own or self._stock.accept)
        fact = self._fact(text, "")
        if fact:
            return self._remember(fact)
        unused = [line for line in own[-1:] if not self._used[line]]
        return self._say(unused or self._stock.farewell)

    def _reply(self, direction: Direction) -> str:
        rule = self._persona.rule(direction.rule) if direction.rule else None
        if rule is None or direction.kind != "reply":
            return ""
        if rule.replies:
            return self._pick(rule.replies)
        if rule.kind == "trigger":
            return self._pick(self._stock.angrier)
        return self._pick(self._stock.calmer) if rule.kind == "deescalation" else ""

    def _fact(self, text: str, reply: str) -> str:
        """The detail asked for, unless the reply has told it already."""
        fact = asked_fact(self._persona, text)
        if fact is None:
            unknown = not reply and asked_unknown(self._persona, text)
            return self._pick(self._stock.unknown_fact) if unknown else ""
        if fact.value.lower() in reply.lower():
            self._told[fact.value] += 1
            return ""
        return "" if reply and self._told[fact.value] else self._tell(fact)

    def _tell(self, fact: Fact) -> str:
        stock = self._stock
        frames: Sequence[str] = stock.fact
        if fact.label.lower() in ("name", "full name", "ชื่อ", "ชื่อเต็ม"):
            frames = stock.name
        elif len(fact.value) > 45:
            frames = ("{value}",)
        elif self._told[fact.value]:
            frames = stock.repeated_fact
        self._told[fact.value] += 1
        value = fact.value.rstrip(".")
        options = [f.format(label=_capital(fact.label), value=value) for f in frames]
        line = _capital(self._pick(options))
        return line if line[-1] in ".!?" or not line.isascii() else line + "."

    def _line(self, text: str, step: Step) -> str:
        """A line of the present phase, then of the persona's context, then a stock one."""
        if step.direction.kind == "retort":
            return self._say(self._stock.hostile)
        return self._phase_line(step.state.phase)

    def _phase_line(self, phase: PhaseName) -> str:
        place, stock = _PLACE[phase], self._stock
        own = () if place == 3 else self._persona.phases[place].lines
        if place == 3:
            own = self._persona.phases[2].lines
        pools = (own, context_lines(self._persona) if place < 2 else (), _stock_pool(stock, place))
        for pool in pools:
            if any(not self._used[line] for line in pool):
                return self._say(pool)
        return self._say([line for pool in pools for line in pool])

    def _say(self, options: Sequence[str], start: int = 0) -> str:
        return self._remember(self._pick(options, start))

    def _pick(self, options: Sequence[str], start: int = 0) -> str:
        """The least used option that was not the last line; ties go in file order from start."""
        turned = [options[(start + i) % len(options)] for i in range(len(options))]
        fresh = [line for line in turned if line != self._last] or turned
        line = min(fresh, key=lambda option: self._used[option])
        self._used[line] += 1
        return line

    def _recall(self, text: str) -> None:
        """These words have been said: the lines and facts in them are not fresh any more."""
        for line in set(self._every):
            self._used[line] += line in text
        for fact in self._persona.facts:
            self._told[fact.value] += bool(fact.value) and fact.value in text
        self._last = text

    def _remember(self, line: str) -> str:
        self._last = line
        return line


def _stock_pool(stock: Lines, place: int) -> tuple[str, ...]:
    return (stock.escalation, stock.escalation, stock.deescalation, stock.resolution)[place]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
