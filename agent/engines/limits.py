"""How many tokens an engine takes, as far as its maker says so; each engine's spec has its own.

What goes in is counted: the whole context less what is kept for the answer, where that is said.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

SLOW = 8_000
"""Our own rule, not a measured one: three times the longest persona that comes with the app."""


@dataclass(frozen=True, slots=True)
class Limit:
    """What an engine takes of instructions and talk together, in tokens; None when nobody says.

    Past ``slow`` it still takes the prompt, but answers later and costs more: the whole of it is
    read before each answer. ``over`` says what happens past ``most``; ``basis`` where the figure
    comes from.
    """

    title: str
    most: int | None = None
    slow: int | None = SLOW
    over: str = ""
    basis: str = ""


class ModelLimit(NamedTuple):
    """Tokens of instructions and talk together that ``model`` takes, and who says so.

    The name stands for its dated and named variants too, unless a longer one does.
    """

    model: str
    most: int
    source: str


def limit_for(limit: Limit, known: Sequence[ModelLimit], model: str) -> Limit:
    """The limit with that model's figure; of one that is not ``known``, the least that is."""
    plain = model.removeprefix("models/")
    found = [each for each in known if f"{plain}-".startswith(f"{each.model}-")]
    if found:
        takes = max(found, key=lambda each: len(each.model))
        return replace(limit, most=takes.most, basis=takes.source)
    least = min(known, key=lambda each: each.most)
    basis = f"as {least.model}, since {plain} is not in our table"
    return replace(limit, most=least.most, basis=basis)
