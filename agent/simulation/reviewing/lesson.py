"""What a call teaches, worked out from its record: what decided it, the best moment and the one
that cost most, and what to do next time.

Nothing of it is kept: it follows from the turns, the rules and what was shown, so that a corrected
objective corrects the advice as well.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from agent.simulation.directing.mood import mood_word
from agent.simulation.directing.next_line import ACCEPTED
from agent.simulation.directing.scorecard import INSULTS, PASS_MARK, RUDE_MOST
from agent.simulation.language.tokens_en import stem, tokenise
from agent.simulation.observing.aims import rule_reading
from agent.simulation.reviewing.example import VAGUE, example_of
from agent.simulation.reviewing.imperative import imperative
from data.journal import CallRecord
from data.records import Turn
from personas.model import Persona, Rule
from personas.parse import examine

SHORT = 3
"""Letters of a word that tells two rules apart in no case."""
MOST = 3
"""Pieces of advice: more are not taken in."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a call came out: its score (0-100, None when not scored) with whether that passes, the
    ids of the objectives that were shown, and of those shown in an earlier call alone; whether the
    customer accepted a solution, None when that is not known."""

    score: int | None
    passed: bool | None
    shown: frozenset[str] = frozenset()
    before: frozenset[str] = frozenset()
    resolved: bool | None = None

    @classmethod
    def of_card(cls, card: Mapping[str, Any], resolved: bool | None) -> "Verdict":
        """The verdict that a scorecard's JSON holds."""
        objectives = [item for item in card.get("objectives", ()) if item.get("shown")]
        return cls(
            card.get("score"),
            card.get("passed"),
            frozenset(str(item.get("id")) for item in objectives),
            frozenset(str(item.get("id")) for item in objectives if item.get("before")),
            resolved,
        )


@dataclass(frozen=True, slots=True)
class Moment:
    """A turn of the trainee that mattered: its index, the words that did it, the director's cause,
    and by how much the intensity (0-10) changed."""

    turn: int
    quote: str
    cause: str
    change: int


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do (or not to do), as a sentence; an ``example`` of how to say it, or of what calms
    the customer instead, "" without one. ``turn`` is the index of the turn that it is about, with
    the ``quote`` from it; None for what was not done at all."""

    text: str
    example: str = ""
    turn: int | None = None
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Lesson:
    """``why`` is a sentence on what decided the call, "" when there is no verdict."""

    why: str = ""
    best: Moment | None = None
    worst: Moment | None = None
    advice: tuple[Advice, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """JSON-ready values; the causes stand with the turns already."""
        values = asdict(self)
        for name in ("best", "worst"):
            (values[name] or {}).pop("cause", None)
        return values

    def lines(self) -> list[str]:
        """The advice to read, a line for each piece."""
        return [in_words(each) for each in self.advice]


def in_words(advice: Advice) -> str:
    """A piece of advice with its example, and what it is about."""
    parts = [advice.text]
    if advice.turn is not None:
        parts.append(f"You did in turn {advice.turn + 1}: \u201c{advice.quote}\u201d")
    if advice.example:
        parts.append(f"{example_lead(advice)}: \u201c{advice.example}\u201d")
    return " ".join(parts)


def example_lead(advice: Advice) -> str:
    """What stands before its example and a colon."""
    return "For example" if advice.turn is None else "What calms instead, for example"


def lesson_of(record: CallRecord, persona: Persona | None = None) -> Lesson:
    """The lesson of a recorded call that has a scorecard, by the persona text that was last in
    force in it (``persona``, where it has been read already); an empty one when that cannot be
    read."""
    if persona is None:
        text = record.edited_text or record.persona_text
        persona = examine(text, record.start.persona).persona
    if persona is None or record.scorecard is None:
        return Lesson()
    resolved = record.end.resolved if record.end is not None else None
    begun = record.start.intensity
    return lesson(
        persona,
        record.turns,
        Verdict.of_card(record.scorecard, resolved),
        begun=persona.intensity if begun is None else begun,
        whole=record.start.from_the_top,
    )


def lesson(
    persona: Persona,
    turns: Sequence[Turn],
    verdict: Verdict,
    *,
    begun: int | None = None,
    whole: bool = True,
) -> Lesson:
    """What that call teaches. ``begun`` is the intensity at its start, None for the persona's own;
    ``whole`` is whether it was played from its beginning, as only then it was decided."""
    best, worst = moments(persona, turns, begun)
    scored = whole and verdict.score is not None
    return Lesson(
        why=why(persona, turns, verdict) if scored else "",
        best=best,
        worst=worst,
        advice=advice(persona, turns, verdict),
    )


# ---- What decided it ----


def why(persona: Persona, turns: Sequence[Turn], verdict: Verdict) -> str:
    """Why the customer accepted a solution or did not, and why that passed or did not; "" when it
    is not known whether a solution was accepted."""
    if verdict.resolved is None or verdict.passed is None:
        return ""
    if rude(persona, turns, verdict):
        return (
            f"{persona.name} was insulted more than once: such a call gets at most {RUDE_MOST}, "
            "whatever else was shown in it."
        )
    if verdict.resolved:
        return f"{_accepted(persona, turns)}, {_counted(persona, verdict)}."
    lead = "Enough was shown to pass, but " if verdict.passed else ""
    return f"{lead}{persona.name} did not accept a solution: {_refused(persona, turns)}."


def rude(persona: Persona, turns: Iterable[Turn], verdict: Verdict) -> bool:
    """Whether insults have lowered the score."""
    open_ = [rule for rule in persona.objectives if rule.id not in verdict.before]
    shown = sum(rule.weight for rule in open_ if rule.id in verdict.shown)
    points = round(100 * shown / (sum(rule.weight for rule in open_) or 1))
    insults = sum(turn.hostile for turn in turns if not turn.replayed)
    return insults >= INSULTS and points > RUDE_MOST >= (verdict.score or 0)


def _accepted(persona: Persona, turns: Sequence[Turn]) -> str:
    decided = [turn for turn in _trainee(turns) if ACCEPTED in turn.cause]
    criteria = {rule.id for rule in persona.criteria}
    quotes = [_quote(turn, criteria) for turn in decided[-1:]]
    if quotes and quotes[0]:
        return f"{persona.name} accepted the solution after \u201c{quotes[0]}\u201d"
    return f"{persona.name} accepted the solution"


def _counted(persona: Persona, verdict: Verdict) -> str:
    rules = [rule for rule in persona.objectives if rule.id not in verdict.before]
    missed = sorted((r for r in rules if r.id not in verdict.shown), key=lambda r: -r.weight)
    if not missed:
        return "and every objective was shown on the way"
    shown = f"{len(rules) - len(missed)} of {len(rules)} objectives were shown on the way"
    most = imperative(missed[0], persona).rstrip(".")
    rest = f"what counts most of the rest is \u201c{most}\u201d"
    if verdict.passed:
        return f"and {shown}; {rest}"
    return f"but the score needs {PASS_MARK} and only {shown}; {rest}"


def _refused(persona: Persona, turns: Sequence[Turn]) -> str:
    level = next((turn.intensity for turn in reversed(_trainee(turns)) if turn.phase), None)
    reasons = []
    if level is not None and level > persona.threshold:
        needed = f"{persona.threshold} or lower is needed"
        reasons.append(f"the mood ended at {level} of 10 ({mood_word(level)}), and {needed}")
    matched = {rule for turn in turns if turn.speaker == "trainee" for rule in turn.matched}
    unmet = [rule for rule in persona.criteria if rule.id not in matched]
    if unmet:
        named = "; ".join(_as_part(imperative(rule, persona)) for rule in unmet[:2])
        more = f"; and {len(unmet) - 2} more" if len(unmet) > 2 else ""
        reasons.append(f"still open: {named}{more}")
    return ", and ".join(reasons) or "what had been accepted was taken back"


def _as_part(sentence: str) -> str:
    """A sentence as part of another."""
    return sentence[:1].lower() + sentence[1:].rstrip(".")


# ---- Its moments ----


def moments(
    persona: Persona, turns: Sequence[Turn], begun: int | None = None
) -> tuple[Moment | None, Moment | None]:
    """The best moment and the one that cost most; None where nothing was good, or bad.

    The best one calmed most; of those that did as much, or where nothing did, it settled or showed
    the most. The worst one angered most; at 10 of 10, where nothing can rise, the one that would
    have. ``begun`` as in ``lesson``.
    """
    before = persona.intensity if begun is None else begun
    best: tuple[tuple[int, int], Moment] | None = None
    worst: tuple[tuple[int, int], Moment] | None = None
    for turn in _trainee(turns):
        if not turn.phase:
            continue
        change, before = turn.intensity - before, turn.intensity
        if turn.replayed:
            continue
        rules = [rule for each in turn.matched if (rule := persona.rule(each)) is not None]
        good = -change, sum(_worth(rule) for rule in rules)
        harm = change, sum(max(rule.change, 0) for rule in rules) + 2 * turn.hostile
        if change <= 0 and good > (0, 0) and (best is None or good > best[0]):
            best = good, _moment(turn, change, rules, angering=False)
        if change >= 0 and harm > (0, 0) and (worst is None or harm > worst[0]):
            worst = harm, _moment(turn, change, rules, angering=True)
    return (best[1] if best else None, worst[1] if worst else None)


def _worth(rule: Rule) -> int:
    return rule.weight + 3 * (rule.kind == "criterion")


def _moment(turn: Turn, change: int, rules: Sequence[Rule], *, angering: bool) -> Moment:
    side = [rule for rule in rules if (rule.kind == "trigger") is angering]
    first = max(side, key=lambda rule: (abs(rule.change), _worth(rule)), default=None)
    quote = _quote(turn, {first.id}) if first else ""
    return Moment(turn.index, quote or turn.text, turn.cause, change)


# ---- What to do next time ----


def advice(persona: Persona, turns: Sequence[Turn], verdict: Verdict) -> tuple[Advice, ...]:
    """At most three pieces: the weightiest objective that was missed, what made the customer
    angriest, what they still waited for, then further objectives. Of two that say the same only
    the first."""
    missed = [rule for rule in persona.objectives if rule.id not in verdict.shown]
    missed.sort(key=lambda rule: -rule.weight)
    angering = _angering(persona, turns)
    matched = {rule for turn in turns if turn.speaker == "trainee" for rule in turn.matched}
    unmet = [rule for rule in persona.criteria if rule.id not in matched]
    waited = [] if verdict.resolved else unmet
    wanted = [*missed[:1], *angering[:1], *waited, *missed[1:], *angering[1:]]
    chosen: list[Rule] = []
    for rule in wanted:
        if len(chosen) < MOST and not any(_same(rule, other) for other in chosen):
            chosen.append(rule)
    return tuple(_advice(rule, persona, turns) for rule in chosen)


def _angering(persona: Persona, turns: Sequence[Turn]) -> list[Rule]:
    """The triggers of this call's own turns, the one that counts most first."""
    hit = {rule for turn in _trainee(turns) if not turn.replayed for rule in turn.matched}
    found = [rule for rule in persona.triggers if rule.id in hit]
    return sorted(found, key=lambda rule: -rule.change)


def _same(rule: Rule, other: Rule) -> bool:
    """Whether both ask for the same deed: by what they name first, or by most of their words."""
    if "trigger" in (rule.kind, other.kind):
        return False
    first, second = (next(iter(rule_reading(each.text).acts), "") for each in (rule, other))
    if first and first == second and first not in VAGUE:
        return True
    words, others = (_content(each.text) for each in (rule, other))
    shared = len(words & others)
    return shared > 1 and shared > min(len(words), len(others)) / 2


def _content(text: str) -> set[str]:
    """The stems of the words that carry the meaning, which are seldom short."""
    return {stem(token.word) for token in tokenise(text)[0] if len(token.word) > SHORT}


def _advice(rule: Rule, persona: Persona, turns: Sequence[Turn]) -> Advice:
    text = imperative(rule, persona)
    if rule.kind != "trigger":
        return Advice(text, example_of(rule, persona))
    own = (turn for turn in _trainee(turns) if not turn.replayed and rule.id in turn.matched)
    turn = next(own)
    return Advice(text, _calming(persona, turns), turn.index, _quote(turn, {rule.id}) or turn.text)


def _calming(persona: Persona, turns: Sequence[Turn]) -> str:
    """An example of what calms the customer most, of what was not done in this call if there is
    such. The trigger's own ``unlike`` lines do no harm, which makes them no better way."""
    done = {rule for turn in _trainee(turns) for rule in turn.matched}
    rules = sorted(persona.deescalations, key=lambda rule: (rule.id in done, rule.change))
    return next((said for rule in rules if (said := example_of(rule, persona))), "")


def _trainee(turns: Iterable[Turn]) -> list[Turn]:
    return [turn for turn in turns if turn.speaker == "trainee"]


def _quote(turn: Turn, rules: Collection[str]) -> str:
    """The trainee's words for the first of these rules that the turn really holds."""
    pairs = zip(turn.matched, turn.quotes, strict=False)
    return next((q for rule, q in pairs if rule in rules and q and q in turn.text), "")
