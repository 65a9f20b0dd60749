"""The director: a pure state machine over a persona's own rules.

How a call moves, for every engine alike:

- A trigger or de-escalation point counts in full the first time, half the second, a quarter the
  third, and nothing after that (see ``Rule.change_after``). Two matches of one rule in one turn
  count once.
- A hostile turn raises the intensity by 2 (by 1 from the second one on) unless a trigger in it
  raised it by as much; what is friendly in a hostile turn does not count.
- Phases: *opening* until a turn moves the intensity or two trainee turns have passed (about 30
  seconds); *escalation* after a turn that raised it; *deescalation* after one that lowered it;
  *resolution* whenever it stands at or below the threshold after the opening. A turn that moves
  nothing leaves the phase alone, and an opening that ends so ends in escalation.
- Criteria may be met in any order at any time. What is only offered, as a question, is met once the
  trainee says that it is done, in the turn after it or after further questions. The resolution is
  accepted when the intensity is at or below the threshold and every criterion is met. A hostile
  turn, or triggers that carry the intensity above the threshold, take the acceptance back.
- Who takes back a harsh word calms by no more than the harm that they had done.
- The persona hangs up after the trainee's goodbye or its second silence, once it has accepted, but
  never in the turn in which it accepts; and at the second insult that leaves it at 10 of 10.
- A call may begin in a later phase and at another intensity. Where the two contradict each other,
  the intensity stays and the phase follows the threshold, as after an edit.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from types import MappingProxyType

from agent.simulation.directing.certainty import decided, offered
from agent.simulation.directing.course import (
    PHASES,
    AskedFact,
    Change,
    Direction,
    Effect,
    FittingLine,
    Match,
    Observation,
    PhaseName,
    State,
    Step,
)
from agent.simulation.directing.facts import asked
from agent.simulation.directing.next_line import cause, direct, is_apology
from personas.model import Persona, Rule

__all__ = [
    "AskedFact",
    "Direction",
    "FittingLine",
    "Match",
    "Observation",
    "PhaseName",
    "State",
    "Step",
    "advance",
    "begin",
    "carry",
    "leaves",
]

OPENING_TURNS = 2
INSULTS = 2
"""Insults at the highest intensity at which the persona hangs up."""
SILENCES = 2
"""Silences of its patience after which the persona hangs up, once all is settled."""


def begin(persona: Persona, phase: str = "", intensity: int | None = None) -> State:
    """The state in which the persona picks up the phone, or from which a part is practised.

    ``phase`` "" stands for the opening and ``intensity`` None for the persona's own; a phase that
    the intensity contradicts is put right as in ``carry``. ValueError for an unknown phase.
    """
    wanted = PHASES[PHASES.index(phase)] if phase else "opening"
    level = _clamp(persona.intensity if intensity is None else intensity)
    return carry(persona, State(wanted, level, MappingProxyType({})))


def advance(persona: Persona, state: State, observation: Observation) -> Step:
    """The state after a trainee turn, with its cause and the direction of the next line."""
    seen = _settling(state, _of_regret(persona, state, decided(persona, observation)))
    rules = [rule for m in seen.matches if (rule := persona.rule(m.rule)) is not None]
    effects = [_effect(rule, state) for rule in rules if _moves(rule)]
    if seen.act == "regret":
        effects = list(_taken_back(effects, state.harm))
    insult = _insult(state, seen, effects)
    total = sum(e.change for e in effects) + insult
    open_offers = offered(persona, observation)
    after = _next_state(persona, state, seen, rules, total, open_offers)
    facts, waiting = asked(persona, after, seen.facts)
    change = Change(
        persona, state, after, seen, tuple(rules), tuple(effects), insult, facts, waiting
    )
    return Step(
        state=after,
        cause=cause(change),
        direction=direct(change, _hangs_up(change)),
        matched=tuple(match.rule for match in seen.matches),
        quotes=tuple(match.quote for match in seen.matches),
        observation=seen,
    )


def _of_regret(persona: Persona, state: State, seen: Observation) -> Observation:
    """An apology for one's own words takes the sting out of them, and makes nothing else good: an
    objective that asks for an apology is for what was done to the customer. Where nothing was said
    that needs one, it is none for that."""
    if seen.act != "regret":
        return seen
    angered = any(rule.id in state.counts for rule in persona.triggers)
    if not angered and not state.hostile_turns:
        return replace(seen, act="")
    other = [m for m in seen.matches if not _apologizes(persona, m.rule)]
    return replace(seen, matches=tuple(other))


def _settling(state: State, seen: Observation) -> Observation:
    """With what was offered before, where the turn says that it is done."""
    if not seen.settles or seen.hostile or seen.act == "keywords":
        return seen
    known = {match.rule for match in seen.matches}
    settled = (Match(r, seen.settles, source=seen.source) for r in state.offered if r not in known)
    return replace(seen, matches=(*seen.matches, *settled))


def _taken_back(effects: Iterable[Effect], harm: int) -> Iterator[Effect]:
    """The effects of a turn that takes back a harsh word: it calms by no more than that had
    angered."""
    for effect in effects:
        if effect.change < 0 and is_apology(effect.rule):
            effect = replace(effect, change=max(effect.change, -harm))
            harm += effect.change
        yield effect


def _apologizes(persona: Persona, rule_id: str) -> bool:
    rule = persona.rule(rule_id)
    return rule is not None and not _moves(rule) and is_apology(rule)


def leaves(persona: Persona, state: State, silences: int) -> bool:
    """Whether the persona hangs up now that it was left in silence so often in a row."""
    return persona.hang_up and state.resolved and silences >= SILENCES


def _hangs_up(change: Change) -> bool:
    if not change.persona.hang_up:
        return False
    if change.observation.hostile:
        return change.after.insults >= INSULTS and change.after.insults > change.before.insults
    settled = change.before.resolved and change.after.resolved
    return settled and change.observation.act == "goodbye" and not change.facts


def carry(persona: Persona, state: State) -> State:
    """The same state under an edited persona.

    Rules that are gone are forgotten, the intensity stays, and phase and acceptance follow the
    new threshold and criteria.
    """
    known = {rule.id for rule in persona.rules}
    met = tuple(r for r in state.met if r in known)
    kept = replace(
        state,
        counts=MappingProxyType({r: n for r, n in state.counts.items() if r in known}),
        met=met,
        shown=tuple(r for r in state.shown if r in known),
    )
    low = kept.intensity <= persona.threshold
    resolved = kept.resolved and low and _complete(persona, met)
    phase = kept.phase
    if phase == "resolution" and not low:
        phase = "deescalation"
    elif phase in ("escalation", "deescalation") and low:
        phase = "resolution"
    return replace(kept, phase=phase, resolved=resolved)


def _moves(rule: Rule) -> bool:
    return rule.kind in ("trigger", "deescalation")


def _effect(rule: Rule, state: State) -> Effect:
    times = state.counts.get(rule.id, 0)
    return Effect(rule, rule.change_after(times), times)


def _insult(state: State, observation: Observation, effects: list[Effect]) -> int:
    """What hostility adds on top of the triggers that the same turn matched."""
    if not observation.hostile:
        return 0
    raised = sum(e.change for e in effects if e.change > 0)
    return max(0, (2 if state.hostile_turns == 0 else 1) - raised)


def _next_state(
    persona: Persona,
    state: State,
    observation: Observation,
    rules: list[Rule],
    total: int,
    offers: tuple[str, ...],
) -> State:
    hostile, regret = observation.hostile, observation.act == "regret"
    intensity = _clamp(state.intensity + total)
    if hostile and state.resolved:
        intensity = _clamp(max(intensity, persona.threshold + 1))
    counts = dict(state.counts)
    for rule in rules:
        if regret and is_apology(rule):
            continue  # the trouble itself is still to be apologized for
        counts[rule.id] = counts.pop(rule.id, 0) + 1  # at the end: the latest match stands last
    met = _add(state.met, rules, "criterion")
    low = intensity <= persona.threshold
    touched = bool(rules) or state.resolved
    return State(
        phase=_phase(persona, state, intensity, total, hostile),
        intensity=intensity,
        counts=MappingProxyType(counts),
        met=met,
        shown=_add(state.shown, rules, "objective"),
        resolved=low and not hostile and touched and _complete(persona, met),
        turns=state.turns + 1,
        hostile_turns=state.hostile_turns + hostile,
        insults=state.insults + (hostile and intensity == 10),
        harm=max(0, state.harm + (total if regret else max(0, intensity - state.intensity))),
        offered=offers or (state.offered if observation.question else ()),
    )


def _phase(persona: Persona, state: State, intensity: int, total: int, hostile: bool) -> PhaseName:
    opening = state.phase == "opening" and state.turns + 1 < OPENING_TURNS
    if opening and total == 0 and not hostile:
        return "opening"
    if hostile:
        return "escalation"
    if intensity <= persona.threshold:
        return "resolution"
    if total > 0:
        return "escalation"
    if total < 0 or state.phase == "deescalation":
        return "deescalation"
    return "escalation"


def _add(known: tuple[str, ...], rules: list[Rule], kind: str) -> tuple[str, ...]:
    fresh = (rule.id for rule in rules if rule.kind == kind)
    return tuple(dict.fromkeys((*known, *fresh)))


def _complete(persona: Persona, met: tuple[str, ...]) -> bool:
    return all(rule.id in met for rule in persona.criteria)


def _clamp(intensity: int) -> int:
    return max(0, min(10, intensity))
