"""What runs by paid models will cost, what they have cost, and the limit that neither may pass."""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from agent.engines.cost import CURRENCY, estimate
from agent.engines.length import as_prompt, measure
from agent.engines.registry import EngineRegistry
from agent.lab.built_in import FACTS
from agent.lab.play import BrokenOff, Task
from agent.providers.endpoints import ProviderEndpoint
from agent.providers.model_observer import PAST, task
from agent.providers.prices import Price, load_prices
from agent.providers.spoken_trainee import BEFORE, MOST_BRIEFING, MOST_LINES
from agent.providers.text_model import Reply, model_use
from data.records import ModelUse

MOST = 1.0
"""US dollars that runs may cost unless another limit is given."""
NAME = "lab"
"""Beside the engines' names in what models are asked."""
BUILT_IN_TURNS = 18
"""Turns of a built-in trainee; with the shipped personas they say 8 to 17."""
LINE, DIRECTION = 45, 70
"""Tokens of a line of either speaker and of a stage direction; those of the shipped personas have
some 20 and 60."""
TRAINEE = 250
"""Tokens of what a model is told of how to speak as a trainee, and of the form of its answer."""
JUDGING, JUDGED = 400, 20
"""Tokens of what a model is told of how to judge lines, and of what it says of one."""
VERDICT = 90
"""Tokens of what a model says of one turn of the trainee."""


class TooDear(Exception):
    """The runs would pass the limit; the text says what they would cost and what helps."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """``lines`` that the model is to say as the customer in so many ``runs``, ``looks`` at turns of
    the trainee, and ``cost`` in US dollars; None when the model has no known price."""

    model: str
    runs: int
    lines: int
    looks: int
    cost: float | None

    def __str__(self) -> str:
        looks = f" and {self.looks} looks at turns" if self.looks else ""
        cost = "no price is known" if self.cost is None else f"about {self.cost:.2f} {CURRENCY}"
        return f"{self.model}: {self.runs} runs, {self.lines} lines{looks}: {cost}"

    def check(self, most: float | None) -> None:
        """Raises ``TooDear`` when that limit (in US dollars; None for any cost) would be passed."""
        if most is None:
            return
        if self.cost is None:
            raise TooDear(
                f"No price of {self.model} is known, so no limit can be kept. Play it whatever it "
                "costs with --most-cost any, or add its price to agent/providers/prices.toml."
            )
        if self.cost > most:
            raise TooDear(
                f"{self}, and the limit is {most:.2f} {CURRENCY}. Raise it with --most-cost "
                f"{self.cost * 1.2:.2f}, or play fewer scripts or repeats."
            )


def forecast(
    tasks: Sequence[Task], source: ProviderEndpoint, looks: Iterable[bool], registry: EngineRegistry
) -> Forecast:
    """What these runs by the model of ``source`` will take; ``looks`` says for each whether the
    model also looks at the trainee's turns."""
    asked = cached = written = lines = seen = 0
    for each, observed in zip(tasks, looks, strict=True):
        turns = _turns(each)
        lines += turns + 1
        asked += (turns + 1) * (as_prompt(each.persona.text) + DIRECTION)
        asked += (LINE * 2 + DIRECTION) * turns * (turns + 1) // 2
        written += (turns + 1) * LINE
        if each.spoken and each.script.trainee != "none":
            briefing = measure(each.persona.briefing[:MOST_BRIEFING], each.persona.language).tokens
            asked += MOST_LINES * (TRAINEE + briefing + BEFORE * LINE)
            written += MOST_LINES * LINE
        if each.script.name == FACTS:
            asked += JUDGING + as_prompt(each.persona.text) + 4 * LINE * turns
            written += JUDGED * turns
        if observed:
            seen += turns
            rules = measure(task(each.persona), each.persona.language).tokens
            asked += turns * (rules + PAST * LINE)
            written += turns * VERDICT
    use = model_use(NAME, source, Reply("", asked, cached, written))
    purse = Purse(source, registry)
    return Forecast(source.model, len(tasks), lines, seen, purse.price(use))


def _turns(each: Task) -> int:
    longest = MOST_LINES if each.spoken else BUILT_IN_TURNS
    built_in = longest if each.script.trainee != "none" else 0
    return len(each.script.turns) + built_in


@dataclass(slots=True)
class Purse:
    """What the model of ``source`` has cost, and may cost (``most``, in US dollars; None for any);
    shared by the runs of a batch and their threads."""

    source: ProviderEndpoint
    registry: EngineRegistry
    most: float | None = None
    spent: float = 0.0
    _prices: Sequence[Price] = field(default_factory=load_prices)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def price(self, use: ModelUse) -> float | None:
        """What that use costs; nothing on a server of this machine, None when nobody knows."""
        if not self.source.receiver:
            return 0.0
        found = estimate([use], self._prices, date.today(), self.registry)
        return found.lines[0].cost if found.lines else None

    def pay(self, use: ModelUse) -> float | None:
        """Count that use; raises ``BrokenOff`` when more than ``most`` has been spent."""
        cost = self.price(use)
        with self._lock:
            self.spent += cost or 0.0
            check_spent(self.spent, self.most)
        return cost


def check_spent(spent: float, most: float | None) -> None:
    """Raises ``BrokenOff`` when more has been spent than may be (US dollars; None for any sum)."""
    if most is not None and spent > most:
        raise BrokenOff(
            f"the runs have cost {spent:.4g} {CURRENCY}, which is more than the limit of "
            f"{most:.4g} {CURRENCY}; raise it with --most-cost"
        )
