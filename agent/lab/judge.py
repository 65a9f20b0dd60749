"""What a script expects, held against what was played; pure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from agent.lab.told_facts import facts_named, tells_one, told_too_soon
from agent.simulation.directing.course import State
from agent.simulation.directing.scorecard import Scorecard
from agent.simulation.text_call import Exchange
from data.lab_runs import Miss
from data.phases import phase_word
from data.records import Break, Turn
from personas.model import Persona
from personas.script_model import Expectation, Measure, Script
from personas.small_talk import examples_of_small_talk

SHOWN = 160
"""Characters of a line that are shown of what was seen."""


@dataclass(frozen=True, slots=True)
class Played:
    """A call that was played: the persona's ``opening`` (None when not even that was said), every
    exchange, where it stands at the end, and the guards that were broken.

    ``failure`` is what broke it off, in words; then nothing is known of its end.
    """

    persona: Persona
    opening: Turn | None
    exchanges: Sequence[Exchange]
    state: State
    card: Scorecard | None
    breaks: Sequence[Break] = ()
    failure: str = ""


@dataclass(frozen=True, slots=True)
class _Scope:
    """What an expectation is about: the exchange of one turn, or the whole call (no ``number``)."""

    played: Played
    exchanges: Sequence[Exchange]
    state: State
    number: int = 0

    @property
    def where(self) -> str:
        return f"after turn {self.number}" if self.number else "at the end"

    @property
    def lines(self) -> list[tuple[Turn, Exchange | None]]:
        """What the persona said in it."""
        opening = self.played.opening
        first = [(opening, None)] if opening is not None and not self.number else []
        return [*first, *((each.reply, each) for each in self.exchanges)]


def judge(script: Script, played: Played) -> tuple[Miss, ...]:
    """Every expectation that was not met, in the order of the script's lines."""
    return tuple(_misses(script, played))


def _misses(script: Script, played: Played) -> Iterator[Miss]:
    for number, turn in enumerate(script.turns, 1):
        if number > len(played.exchanges):
            saw = f"turn {number} was never said: {_why_over(played)}"
            yield from (Miss(each.line, each.text, saw) for each in turn.expected)
            continue
        exchange = played.exchanges[number - 1]
        scope = _Scope(played, (exchange,), exchange.state, number)
        for each in turn.expected:
            if saw := _LOOKS[each.measure](each, scope):
                yield Miss(each.line, each.text, saw, exchange.said.index)
    if played.failure:
        for each in script.at_end:
            yield Miss(each.line, each.text, f"the call did not come to its end: {played.failure}")
        return
    scope = _Scope(played, played.exchanges, played.state)
    for each in script.at_end:
        if saw := _LOOKS[each.measure](each, scope):
            yield Miss(each.line, each.text, saw)


def _why_over(played: Played) -> str:
    if played.failure:
        return played.failure
    return f"the customer hung up after turn {len(played.exchanges)}"


def _matched(expected: Expectation, scope: _Scope) -> str:
    persona = scope.played.persona
    hits = [
        (rule, quote, each)
        for each in scope.exchanges
        for rule, quote in zip(each.said.matched, each.said.quotes, strict=False)
        if expected.target in ("", rule)
    ]
    if not expected.wanted:
        first = next(iter(hits), None)
        return f"{_hit(persona, first[0], first[1])}{_at(scope, first[2])}" if first else ""
    if hits:
        return ""
    if persona.rule(expected.target) is None:
        return "this version of the persona has no such rule"
    return _instead(expected, scope)


def _instead(expected: Expectation, scope: _Scope) -> str:
    """What was matched where something else was expected, or was nearest to it."""
    persona = scope.played.persona
    unsure = [
        (sure, rule, each)
        for each in scope.exchanges
        for rule, sure in zip(each.said.unsure, each.said.unsure_confidences, strict=False)
    ]
    own = max((one for one in unsure if one[1] == expected.target), default=None, key=_sureness)
    if own is not None:
        return f"nearly matched it{_at(scope, own[2])}, but only {own[0]:.0%} sure"
    names = dict.fromkeys(rule for each in scope.exchanges for rule in each.said.matched)
    if names:
        return f"matched only {', '.join(_rule(persona, rule) for rule in names)}"
    nearest = max(unsure, default=None, key=_sureness)
    if nearest is None:
        return "matched nothing, and nothing was near"
    return f"matched nothing; nearest was {_rule(persona, nearest[1])} ({nearest[0]:.0%} sure)"


def _sureness(one: tuple[float, str, Exchange]) -> float:
    return one[0]


def _intensity(expected: Expectation, scope: _Scope) -> str:
    is_so = _holds(expected, scope.state.intensity)
    return "" if is_so else f"saw intensity {scope.state.intensity} {scope.where}"


def _phase(expected: Expectation, scope: _Scope) -> str:
    is_so = (scope.state.phase == expected.target) == expected.wanted
    return "" if is_so else f'saw phase "{phase_word(scope.state.phase)}" {scope.where}'


def _reply(expected: Expectation, scope: _Scope) -> str:
    wanted = _plain(expected.target)
    having = [turn for turn, _ in scope.lines if wanted in _plain(turn.text)]
    if bool(having) == expected.wanted:
        return ""
    if having:
        return f"{_line(having[0])}{_at(scope, _of(scope, having[0]))}"
    if scope.number:
        return _line(scope.lines[0][0])
    return f"none of the {len(scope.lines)} lines of the customer has it"


def _fact_told(expected: Expectation, scope: _Scope) -> str:
    facts = facts_named(scope.played.persona, expected.target)
    if not facts:
        return "this version of the persona has no such fact"
    telling = [turn for turn, each in scope.lines if tells_one(turn.text, facts, each)]
    if bool(telling) == expected.wanted:
        return ""
    if telling:
        return f"{_line(telling[0])}{_at(scope, _of(scope, telling[0]))}"
    return _line(scope.lines[0][0]) if scope.number else "no line of the customer told it"


def _told_unasked(expected: Expectation, scope: _Scope) -> str:
    played = scope.played
    if not facts_named(played.persona, expected.target):
        return ""  # what is not there cannot be told
    until = scope.number or len(played.exchanges)
    opening, said = played.opening, played.exchanges[:until]
    found = told_too_soon(played.persona, expected.target, opening, said)
    if found is None or (scope.number and found[0].index != said[-1].reply.index):
        return ""
    return f"{_line(found[0])}{_at(scope, _of(scope, found[0]))}, {found[1]}"


def _hung_up(expected: Expectation, scope: _Scope) -> str:
    gone = [each for each in scope.exchanges if each.hung_up]
    if bool(gone) == expected.wanted:
        return ""
    after = scope.number or len(scope.exchanges)
    return f"the customer hung up after turn {after}" if gone else "the customer stayed on the line"


def _resolved(expected: Expectation, scope: _Scope) -> str:
    state, persona = scope.state, scope.played.persona
    if state.resolved == expected.wanted:
        return ""
    if state.resolved:
        return f"resolved {scope.where}, at intensity {state.intensity}"
    reasons = []
    if state.intensity > persona.threshold:
        reasons.append(f"intensity {state.intensity} is above {persona.threshold}")
    missing = [_rule(persona, rule.id) for rule in persona.criteria if rule.id not in state.met]
    if missing:
        reasons.append(f"not met: {', '.join(missing)}")
    return "; ".join([f"not resolved {scope.where}", *reasons])


def _score(expected: Expectation, scope: _Scope) -> str:
    card = scope.played.card
    if card is None or card.score is None:
        return f"no score: {card.not_scored if card else 'the call was not played'}"
    if _holds(expected, card.score):
        return ""
    missing = [f'"{each.text}"' for each in card.objectives if not each.shown]
    rest = f"; not shown: {', '.join(missing)}" if missing and expected.bound != "at most" else ""
    return f"saw score {card.score}{rest}"


def _done(expected: Expectation, scope: _Scope, *, what: str) -> str:
    """Of an objective that is shown, or a criterion that is met."""
    done = scope.state.shown if what == "shown" else scope.state.met
    if (expected.target in done) == expected.wanted:
        return ""
    if not expected.wanted:
        return f"it was {what} {scope.where}"
    persona = scope.played.persona
    if persona.rule(expected.target) is None:
        return "this version of the persona has no such rule"
    seen = ", ".join(_rule(persona, rule) for rule in done)
    return f"not {what} {scope.where}; {what} by then: {seen or 'nothing'}"


def _guard(expected: Expectation, scope: _Scope) -> str:
    indexes = {turn.index for turn, _ in scope.lines}
    broken = [
        each
        for each in scope.played.breaks
        if (each.turn in indexes or not scope.number) and expected.target in ("", each.guard)
    ]
    if bool(broken) != expected.wanted:
        first = next(iter(broken), None)
        return f'guard "{first.guard}": "{_short(first.words)}": {first.why}' if first else ""
    return ""


def _small_talk(expected: Expectation, scope: _Scope) -> str:
    found = next(examples_of_small_talk(scope.played.persona.rules), None)
    if found is None:
        return ""
    rule, example = found
    return f'"{rule.text}" has the example "{_short(example)}", which is said in any call'


_LOOKS: dict[Measure, Callable[[Expectation, _Scope], str]] = {
    "matched": _matched,
    "intensity": _intensity,
    "phase": _phase,
    "reply has": _reply,
    "fact told": _fact_told,
    "revealed": _fact_told,
    "revealed unasked": _told_unasked,
    "hung up": _hung_up,
    "resolved": _resolved,
    "score": _score,
    "shown": partial(_done, what="shown"),
    "met": partial(_done, what="met"),
    "guard": _guard,
    "small talk": _small_talk,
}
"""For each measure what was seen instead, in words; "" when it is as expected."""


def _holds(expected: Expectation, number: int) -> bool:
    compared = {
        "is": number == expected.number,
        "at most": number <= expected.number,
        "at least": number >= expected.number,
    }
    return compared[expected.bound] == expected.wanted


def _of(scope: _Scope, turn: Turn) -> Exchange | None:
    return next((each for line, each in scope.lines if line.index == turn.index), None)


def _at(scope: _Scope, exchange: Exchange | None) -> str:
    """Where in a whole call something was; nothing where it can only be one turn."""
    if scope.number:
        return ""
    if exchange is None:
        return " in the first line"
    return f" in turn {scope.played.exchanges.index(exchange) + 1}"


def _hit(persona: Persona, rule: str, quote: str) -> str:
    return f'matched {_rule(persona, rule)} by "{_short(quote)}"'


def _rule(persona: Persona, rule_id: str) -> str:
    rule = persona.rule(rule_id)
    return f'"{rule.text if rule else rule_id}"'


def _line(turn: Turn) -> str:
    return f'the customer said "{_short(turn.text)}"'


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= SHOWN else f"{words[: SHOWN - 1].rstrip()}…"


def _plain(text: str) -> str:
    """A text as it is compared: one case, one kind of apostrophe and blank."""
    straight = text.replace("\u2019", "'").replace("\u2018", "'")
    return " ".join(straight.casefold().split())
