"""A call's scorecard with a coach's word beside the reader's, and how well the two agree."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from agent.simulation.directing.scorecard import PASS_MARK, points
from data.annotations import Annotation
from data.journal import CallRecord
from data.records import Turn


@dataclass(frozen=True, slots=True)
class CoachedObjective:
    """An objective of which a coach has said something: ``shown`` is what counts by that, ``last``
    the latest word, ``turns`` those that a coach named for it."""

    shown: bool
    last: Annotation
    turns: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class CoachedCard:
    """A scorecard with what coaches said: ``score`` (0-100) and ``passed`` are None where it has
    none, ``objectives`` those that a coach has settled, by id; ``waiting`` the claims of the
    trainee that nobody has answered."""

    score: int | None
    passed: bool | None
    objectives: Mapping[str, CoachedObjective] = field(default_factory=dict)
    waiting: tuple[Annotation, ...] = ()

    @property
    def last(self) -> Annotation | None:
        """The latest word of a coach that counts."""
        return max((o.last for o in self.objectives.values()), key=lambda a: a.at, default=None)


def coached(
    card: Mapping[str, Any], annotations: Sequence[Annotation], turns: Sequence[Turn]
) -> CoachedCard:
    """The card as coaches have it; an objective of which they say nothing stays as it was read.

    Of two words on one objective the later counts. A turn that counts for an objective shows it.
    """
    found: dict[str, CoachedObjective] = {}
    objectives = [item for item in card.get("objectives", ()) if not item.get("before")]
    for item in objectives:
        rule = str(item.get("id"))
        if (settled := _settled(rule, annotations)) is not None:
            found[rule] = settled
    known = {rule: objective.shown for rule, objective in found.items()}
    results = [
        (int(item.get("weight", 1)), known.get(str(item.get("id")), bool(item.get("shown"))))
        for item in objectives
    ]
    scored = isinstance(card.get("score"), int | float)
    score = points(results, turns) if scored else None
    passed = None if score is None else score >= PASS_MARK
    return CoachedCard(score, passed, found, waiting(annotations))


def corrected(record: CallRecord, annotations: Sequence[Annotation]) -> CallRecord:
    """The record with its scorecard as coaches have it, so that what is worked out from that
    follows them, too; without their evidence, which is not the trainee's words."""
    card = record.scorecard
    if card is None or not annotations:
        return record
    found = coached(card, annotations, record.turns)
    objectives = []
    for item in card.get("objectives", ()):
        settled = found.objectives.get(str(item.get("id")))
        if settled is not None and settled.shown != bool(item.get("shown")):
            item = {**item, "shown": settled.shown, "evidence": []}
        objectives.append(item)
    score = {"score": found.score, "passed": found.passed} if found.score is not None else {}
    return replace(record, scorecard={**card, **score, "objectives": objectives})


def as_json(record: CallRecord, annotations: Sequence[Annotation]) -> dict[str, Any] | None:
    """The score with the coach's word, and all that was said; None when nothing was."""
    if not annotations:
        return None
    found = coached(record.scorecard or {}, annotations, record.turns)
    said = [each.to_json() for each in annotations]
    return {"score": found.score, "passed": found.passed, "annotations": said}


def as_lines(record: CallRecord, annotations: Sequence[Annotation]) -> list[str]:
    """The same to read."""
    found = coached(record.scorecard or {}, annotations, record.turns)
    score = f"{found.score} of 100, {'passed' if found.passed else 'not passed'}"
    told = found.last is not None and found.score is not None
    return ([score] if told else []) + [_line(each) for each in annotations]


def _line(said: Annotation) -> str:
    where = f", turn {said.turn + 1}" if said.turn is not None else ""
    if said.moment is not None:
        minutes, seconds = divmod(int(said.moment), 60)
        where += f", at {minutes}:{seconds:02d}"
    text = f': "{said.text}"' if said.text else ""
    if said.kind == "comment":
        return f"{said.by}{where}{text}"
    if said.kind == "claim":
        return f"{said.by} says to have done this: {said.words}{where}{text}"
    effects = ("shown", "not shown") if said.kind == "objective" else ("counts", "does not count")
    effect = "as it was read" if said.yes is None else effects[not said.yes]
    return f"{said.by}: {said.words}: {effect}{where}{text}"


def for_trainee(
    card: Mapping[str, Any], annotations: Iterable[Annotation]
) -> tuple[Annotation, ...]:
    """What of it is the trainee's to read: not what was settled of rules that are no objectives,
    which names what the customer waits for."""
    known = {str(item.get("id")) for item in card.get("objectives", ())}
    return tuple(each for each in annotations if each.kind != "turn" or each.rule in known)


def _settled(rule: str, annotations: Iterable[Annotation]) -> CoachedObjective | None:
    said: Annotation | None = None
    turns: dict[int, Annotation] = {}
    for each in annotations:
        if each.rule != rule or each.kind not in ("objective", "turn"):
            continue
        if each.kind == "objective":
            said = None if each.yes is None else each
            turns = {each.turn: each} if each.yes and each.turn is not None else {}
        elif each.yes and each.turn is not None:
            turns[each.turn] = each
        elif each.turn is not None:
            turns.pop(each.turn, None)
    settled = [each for each in (said, *turns.values()) if each is not None]
    if not settled:
        return None
    shown = bool(turns) or bool(said is not None and said.yes)
    return CoachedObjective(shown, max(settled, key=lambda each: each.at), tuple(turns))


def of_turn(annotations: Iterable[Annotation], turn: int) -> dict[str, Annotation]:
    """What coaches have settled in that turn, by the rule; what was taken back, or refused
    with its whole objective, is none of it."""
    found: dict[str, Annotation] = {}
    for each in annotations:
        if each.kind == "turn" and each.turn == turn:
            found[each.rule] = each
        elif each.kind == "objective" and not each.yes and _counts(found.get(each.rule)):
            del found[each.rule]
    return {rule: each for rule, each in found.items() if each.yes is not None}


def _counts(said: Annotation | None) -> bool:
    return said is not None and bool(said.yes)


def waiting(annotations: Iterable[Annotation]) -> tuple[Annotation, ...]:
    """The claims that no coach has answered since, one for each objective, the oldest first."""
    open_: dict[str, Annotation] = {}
    for each in annotations:
        if each.kind == "claim":
            open_.setdefault(each.rule, each)
        elif each.kind == "objective" or (each.kind == "turn" and each.yes):
            open_.pop(each.rule, None)
    return tuple(open_.values())


@dataclass(frozen=True, slots=True)
class Agreement:
    """How often two who judge the same calls said the same.

    ``kappa`` is Cohen's (1960), ``(observed - chance) / (1 - chance)``: 1 when they always agree,
    0 when they do as often as chance would have it. None without a call, and when both only ever
    said one and the same thing: then chance agrees always, too.
    """

    calls: int
    agreed: int
    kappa: float | None

    def words(self) -> str:
        """The same for a person who need not know the figure."""
        if not self.calls:
            return "No coach has judged this yet."
        said = f"Coach and reader agree in {self.agreed} of {_calls(self.calls)}"
        if self.kappa is not None:
            return f"{said}: kappa {self.kappa:.2f}".replace("-", "\N{MINUS SIGN}") + "."
        return (
            f"{said}. Both always said the same thing, so it cannot be told yet from chance: judge "
            "calls of both kinds."
        )


def agreement(pairs: Iterable[tuple[bool, bool]]) -> Agreement:
    """Cohen's kappa of two judgements of each call: the reader's and the coach's.

    J. Cohen, "A coefficient of agreement for nominal scales", 1960.
    """
    rows = list(pairs)
    calls, agreed = len(rows), sum(one == other for one, other in rows)
    if not calls:
        return Agreement(0, 0, None)
    first, second = sum(one for one, _ in rows), sum(other for _, other in rows)
    # In whole numbers, times the square of the calls: one call more or less must not decide by a
    # rounding error whether there is a kappa.
    chance = first * second + (calls - first) * (calls - second)
    if chance == calls * calls:
        return Agreement(calls, agreed, None)
    return Agreement(calls, agreed, (agreed * calls - chance) / (calls * calls - chance))


def judged(annotations: Iterable[Annotation]) -> dict[str, Annotation]:
    """The latest word of a coach on each objective of a call, which answers what was read. That a
    turn counts says so of its objective, that it does not says nothing."""
    found: dict[str, Annotation] = {}
    for each in annotations:
        before = found.get(each.rule)
        back = before is not None and before.kind == "turn" and before.turn == each.turn
        if each.kind == "objective" or (each.kind == "turn" and (each.yes or back)):
            found[each.rule] = each
    said = {r: a for r, a in found.items() if a.reader is not None and a.yes is not None}
    return {r: a for r, a in said.items() if a.yes or a.kind == "objective"}


@dataclass(frozen=True, slots=True)
class Shown:
    """In how many of the last calls an objective was shown: ``shown`` of ``calls``; ``missed``
    names the trainees who did not show it, with how often, the most frequent first."""

    shown: int = 0
    calls: int = 0
    missed: tuple[tuple[str, int], ...] = ()


def shown_lately(results: Iterable[tuple[str, Mapping[str, bool]]]) -> dict[str, Shown]:
    """For each objective by id, from each call's trainee and what was shown in it."""
    found: dict[str, Shown] = {}
    missed: dict[str, dict[str, int]] = {}
    for user, objectives in results:
        for rule, shown in objectives.items():
            before = found.get(rule, Shown())
            found[rule] = replace(before, shown=before.shown + shown, calls=before.calls + 1)
            if not shown:
                of_rule = missed.setdefault(rule, {})
                of_rule[user] = of_rule.get(user, 0) + 1
    for rule, users in missed.items():
        ordered = sorted(users.items(), key=lambda each: (-each[1], each[0]))
        found[rule] = replace(found[rule], missed=tuple(ordered))
    return found


def _calls(number: int) -> str:
    return "1 call" if number == 1 else f"{number} calls"
