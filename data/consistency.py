"""How consistent a persona was in a call: three figures, and the words that did not agree."""

from dataclasses import dataclass
from typing import Any, Literal, Self

from data.records import Record

By = Literal["code", "model", "code and model", ""]
"""Who judged a figure; "" when nobody did."""


@dataclass(frozen=True, slots=True)
class Disagreement(Record):
    """Words of a line (``turn`` is its index, of an answer -1) that do not agree with others."""

    turn: int
    words: str
    against: str
    by: Literal["code", "model"]


@dataclass(frozen=True, slots=True)
class Figure(Record):
    """``right`` of ``of`` agree; ``by`` says who judged, and ``open`` how many nobody could judge.
    ``wrong`` are the others, with their words."""

    right: int
    of: int
    by: By
    wrong: tuple[Disagreement, ...] = ()
    open: int = 0

    @property
    def share(self) -> float | None:
        """From 0 to 1; None where nothing was judged."""
        return self.right / self.of if self.of and self.by else None

    def __str__(self) -> str:
        if self.share is None:
            return "not judged"
        rest = f", {self.open} not judged" if self.open else ""
        return f"{self.right} of {self.of} (by {self.by}{rest})"

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """The figure, with what did not agree."""
        wrong = tuple(Disagreement.from_json(each) for each in values.get("wrong", ()))
        known = {name: values[name] for name in ("right", "of", "by", "open") if name in values}
        return cls(**known, wrong=wrong)


@dataclass(frozen=True, slots=True)
class Consistency(Record):
    """The three figures; ``problem`` is why no text model judged, "" when one did."""

    prompt_to_line: Figure
    line_to_line: Figure
    facts: Figure
    problem: str = ""

    @property
    def named(self) -> tuple[tuple[str, Figure], ...]:
        """The figures, each by what it is called for people."""
        return (
            ("lines that agree with the file", self.prompt_to_line),
            ("lines that agree with each other", self.line_to_line),
            ("facts answered as the file has them", self.facts),
        )

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """The three figures; raises ``KeyError`` when one is missing."""
        return cls(
            Figure.from_json(values["prompt_to_line"]),
            Figure.from_json(values["line_to_line"]),
            Figure.from_json(values["facts"]),
            str(values.get("problem", "")),
        )
