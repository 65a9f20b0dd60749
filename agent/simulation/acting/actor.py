"""The offline actor: plays a persona from its own file, with a memory of the whole call."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from agent.simulation.acting.cut_line import cut_line
from agent.simulation.acting.lines import Lines, lines_for
from agent.simulation.acting.telling import content_words, frames, is_code, shared_words, tells
from agent.simulation.directing.certainty import FITTING
from agent.simulation.directing.director import Observation, PhaseName, State, Step
from agent.simulation.directing.facts import changes, facts_now, is_name, key_of
from agent.simulation.language.sentences import turn_sentences
from agent.simulation.observing.usual_names import asks_name
from personas.model import Fact, Persona, PhraseKind, Rule

A_TAG = 2
"""Words of a question up to which it only wants to hear a yes: "All right?"."""
HARDLY = 0.25
"""How well a line of the present phase must fit, for want of any that does."""
HOT = 7
"""The intensity from which on words that do nothing are met with impatience."""
OWN_WORDS = 0.75
"""How well an own line must fit to be the answer to how the persona is, which every one has."""
BESIDE = 0.8
"""The least confidence of a fact that is told behind a rule's reply."""
_PLACE = {"opening": 0, "escalation": 1, "deescalation": 2, "resolution": 3}
_PLACES: dict[PhaseName, tuple[int, ...]] = {
    "opening": (0, 1),
    "escalation": (0, 1),
    "deescalation": (0, 1, 2),
    "resolution": (0, 2),
}
_ASKS = re.compile(r"\?\W*$|ไหม(?:คะ|ครับ)?$|(?<!นะ)คะ$")
"""How a line of the persona ends that is a question."""
_GREETS = re.compile(
    r"\bthank(?:s| you) (?:so much |again )?for (?:calling|your call)|ขอบคุณที่โทร"
    r"|^\W*สวัสดี(?:ค่ะ|ครับ|นะคะ|นะครับ)?\W*$",
    re.I,
)
"""What is a goodbye, or in the first turn a greeting."""
_WHICH = re.compile(
    r"\b(?:what|which|when|where|who|whose|how (?:much|many|long|old)|number|name|word|address|"
    r"code|date|day|street|amount|price)\b|อะไร|เท่าไ|เมื่อไ|ไหน|กี่|ใคร",
    re.I,
)
"""What asks for one thing that was said, not for all of it."""
_ASKING = re.compile(r"\W*ask(?:s|ed|ing)?\b|ถาม", re.I)
_ALL_OF_IT = re.compile(
    r"(?:ว่า|พูด)*อะไรนะ|ว่าไงนะ|\bwhat (?:was|is) that\s*\?|\bwhat did you (?:just )?say\s*\?", re.I
)
_ANSWERED_AS_USUAL = ("more", "goodbye", "regret", "pause", "check", "permission")
_BESIDE_A_REPLY = ("more", "wellbeing", "check")
"""The questions that are answered even where the rest of the turn has its reply."""


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
        self._last: tuple[str, ...] = ()
        self._last_asked: tuple[str, ...] = ()
        self._just_told: list[str] = []
        self._nudges = 0
        # Lines come again: reading each once lets a try of a call of two hours begin quickly.
        for text, times in Counter(past).items():
            self._recall(text, times)
        self._last = tuple(past[-1:])

    def open(self, state: State) -> str:
        """The first line, of the phase in which the call begins; after it the persona's other
        lines are still unused."""
        if state.phase != "opening":
            return self._said([self._phase_line(state, own=True)])
        opening = self._persona.phases[0].lines or self._stock.opening
        return self._said([self._pick(opening, self._seed)])

    def answer(self, text: str, step: Step) -> str:
        """The answer to a trainee's turn, one to three sentences."""
        self._nudges = 0
        if not any(c.isalnum() for c in text) or step.observation.act == "keywords":
            return self._said([self._pick(self._stock.unclear)])
        return self._said(self._parts(step))

    def nudge(self, state: State) -> str:
        """What the persona says into a silence, more impatient each time in a row; once all is
        settled, that it is going, and then its goodbye."""
        nudges = self._stock.nudges
        line = nudges[min(self._nudges, len(nudges) - 1)]
        if state.resolved:
            line = self._goodbye() if self._nudges else self._pick(self._stock.closing)
        self._nudges += 1
        return self._said([self._pick(nudges) if line in self._last else line])

    def go_on(self, heard: str) -> str:
        """Taking up the line of which a lost connection let no more be heard, from the sentence
        that was cut; a line that is not the file's cannot be finished, only asked about."""
        line, rest = cut_line(self._every, heard)
        if not rest:
            return self._said([self._pick(self._stock.cut_off)])
        self._used[line] += 1
        return self._said([self._pick([frame.format(rest=rest) for frame in self._stock.cut])])

    def repeat(self, line: str) -> str:
        """A line that was chosen before, said once more; it is remembered like any other."""
        self._recall(line)
        return line

    def swap(self, persona: Persona) -> None:
        """Play this version from the next line on; what was said stays remembered."""
        self._persona = persona

    @property
    def _every(self) -> list[str]:
        """Every line that is known to the actor beside the facts."""
        persona = self._persona
        replies = [line for rule in persona.rules for line in rule.replies]
        own = [line for phase in persona.phases for line in phase.lines]
        own += [line for rule in persona.criteria for line in rule.missing]
        phrases = [line for lines in persona.phrases.values() for line in lines]
        return [*replies, *own, *phrases, *self._stock.every]

    @property
    def _stock(self) -> Lines:
        return lines_for(self._persona.language)

    def _parts(self, step: Step) -> list[str]:
        """The sentences of an answer: what the rule calls for, and the facts that were asked."""
        direction, stock = step.direction, self._stock
        if direction.kind == "leave":
            return [self._pick(stock.leave)]
        if direction.kind == "farewell":
            return [self._goodbye()]
        if direction.kind == "retort":
            return [self._pick(stock.hostile)]
        parts: list[str] = []
        rule = self._persona.rule(direction.rule) if direction.rule else None
        facts, apart = list(direction.facts), _asks_apart(step)
        if rule is not None:
            said, more = self._reply(rule, step)
            parts += [said] if said else []
            if said and not apart:
                facts = [f for f in _surely_asked(step, facts) if not _answers(rule, f)]
            facts += more
        elif step.observation.act == "repeat":
            return self._again(step)
        parts += self._facts(facts, " ".join(parts))
        if direction.kind == "accept":
            parts.append(self._pick(self._acceptance(), avoid=parts))
        elif rule is not None and parts and apart and not facts:
            parts += self._beside(step)
        return parts or [self._line(step)]

    def _beside(self, step: Step) -> list[str]:
        """The answer to a question that stands beside what the reply was for."""
        fitting = self._fitting(step)
        if fitting:
            return [self._pick([fitting])]
        return [self._honest(step)] if step.observation.act in _BESIDE_A_REPLY else []

    def _again(self, step: Step) -> list[str]:
        """What the trainee did not catch: the thing asked for, as far as it has been told, or else
        the last line."""
        text, asked = step.observation.text, step.direction.facts
        if not asked and (_ALL_OF_IT.search(text) or not _WHICH.search(text)):
            return list(self._last)
        now = facts_now(self._persona, step.state)
        told = [fact for fact in now if self._told[fact.value]]
        facts = [fact for fact in asked if fact in told] or _surely_asked(step, asked)
        facts = facts or [fact for fact in told if key_of(fact) in self._last_asked]
        facts = facts or [fact for fact in told if shared_words(text, fact)][-1:] or list(asked)
        if not facts and content_words(text):
            return [self._phrase("unknown")]
        return self._facts(facts, "") or list(self._last)

    def _acceptance(self) -> Sequence[str]:
        own = self._persona.phases[3].lines
        return self._persona.phrases.get("solved") or own[:-1] or own or self._stock.accept

    def _goodbye(self) -> str:
        own = self._persona.phrases.get("goodbye", ())
        last = [line for line in self._persona.phases[3].lines[-1:] if not self._used[line]]
        return self._pick(own or last or self._stock.farewell)

    def _reply(self, rule: Rule, step: Step) -> tuple[str, list[Fact]]:
        """What the rule makes the persona say; facts instead of a reply that is true no more."""
        state, again = step.state, step.direction.kind == "known"
        stale = self._untrue(rule.replies, state)
        true = [line for line in rule.replies if line not in stale]
        if again:
            true = [line for line in true if not self._used[line]]
        if true:
            return self._pick(true), []
        labels = {fact.label for facts in stale.values() for fact in facts}
        labels |= {change.label for change in rule.then} if again else set()
        facts = [fact for fact in facts_now(self._persona, state) if fact.label in labels]
        if facts:
            return "", facts
        if again:
            stock = self._stock
            return self._pick(stock.settled if step.state.resolved else stock.known), []
        return self._reaction(rule), []

    def _reaction(self, rule: Rule) -> str:
        """For a rule without a reply."""
        if rule.kind == "trigger":
            return self._pick(self._stock.angrier)
        return self._pick(self._stock.calmer) if rule.kind == "deescalation" else ""

    def _facts(self, facts: Iterable[Fact], said: str) -> list[str]:
        """Each fact in a sentence, unless what is said before it has told it already."""
        parts: list[str] = []
        for fact in facts:
            self._just_told.append(key_of(fact))
            if not tells(" ".join((said, *parts)), fact.value):
                again = bool(self._told[fact.value])
                options = frames(fact, self._stock, again=again)
                parts += [self._pick(options)] if options else []
            self._told[fact.value] += 1
        return parts

    def _line(self, step: Step) -> str:
        """The own line that fits best, or a short honest one, or one of the present phase."""
        seen, state = step.observation, step.state
        if step.direction.kind == "withhold":
            return self._phrase("why")
        begins = state.turns == 1 and _GREETS.search(seen.text)
        if seen.act == "goodbye" and begins and self._untold:
            return self._pick(self._untold)
        told = seen.act == "story" and (state.resolved or self._untold)
        if told or seen.act in _ANSWERED_AS_USUAL:
            return self._honest(step)
        fitting = self._fitting(step, OWN_WORDS if seen.act == "wellbeing" else FITTING)
        if fitting:
            return self._pick([fitting])
        if state.phase == "opening" and state.turns == 1 and not seen.act and self._untold:
            return self._pick(self._untold)
        if honest := self._honest(step):
            return honest
        calm = state.phase == "resolution" and not state.resolved
        if calm and (wanted := self._missing(state)):
            return wanted
        hot = state.intensity >= HOT
        if hot and (hardly := self._fitting(step, HARDLY, _PLACE[state.phase])):
            return self._pick([hardly])
        return self._phase_line(state, own=not seen.lines or state.phase == "opening")

    def _fitting(self, step: Step, least: float = FITTING, place: int | None = None) -> str:
        """The persona's line, of that phase or of any that may be said now, that answers the turn
        best, if one does and has not been said."""
        lines = self._lines_of(step.state)
        if place is not None:
            lines &= set(self._persona.phases[place].lines)
        sure = [
            line
            for line in step.observation.lines
            if line.confidence >= least and line.text in lines and not self._used[line.text]
        ]
        return max(sure, key=lambda line: line.confidence).text if sure else ""

    def _lines_of(self, state: State) -> set[str]:
        """The own lines that may be said there: those of the last phase accept, those of
        de-escalation are too calm before, and those of escalation too harsh afterwards."""
        places = (3,) if state.resolved else _PLACES[state.phase]
        lines = {line for place in places for line in self._persona.phases[place].lines}
        return lines - set(self._untrue(lines, state))

    def _untrue(self, lines: Iterable[str], state: State) -> dict[str, list[Fact]]:
        """Those lines that tell a fact as it is no more, with these facts."""
        changed = changes(self._persona, state)
        old = [fact for fact in self._persona.facts if fact.label in changed]
        told = {
            line: [f for f in old if tells(line, f.value) and not tells(line, changed[f.label])]
            for line in lines
        }
        return {line: facts for line, facts in told.items() if facts}

    def _honest(self, step: Step) -> str:
        """A short answer in character where the file has none; "" where any line will do."""
        act, stock, calm = step.observation.act, self._stock, step.state.phase == "resolution"
        answers: dict[str, Callable[[], str]] = {
            "goodbye": lambda: self._not_done(step.state),
            "more": lambda: (
                self._pick(stock.nothing_more)
                if step.state.resolved
                else self._not_done(step.state)
            ),
            "wellbeing": lambda: self._pick(stock.well if calm else stock.unwell),
            "story": lambda: (
                self._pick(stock.nothing_more) if step.state.resolved else self._story(step)
            ),
            "check": lambda: self._pick(stock.here),
            "personal": lambda: self._phrase("why"),
            "out_of_role": lambda: self._phrase("why"),
            "detail": lambda: self._own_name(step) or self._phrase("unknown"),
            "offer": lambda: self._pick(stock.welcome if calm else stock.offered),
            "confirm": lambda: self._pick(stock.confirmed),
            "remark": lambda: self._pick(stock.remarked),
            "choice": lambda: self._pick(stock.chosen),
            "permission": lambda: self._pick(stock.allowed),
            "request": lambda: self._pick(stock.requested),
            "pause": lambda: self._pick(stock.waits),
            "regret": lambda: self._pick(stock.regretted),
            "brush_off": lambda: self._pick(
                stock.settled if step.state.resolved else stock.brushed_off
            ),
            "filler": lambda: self._phrase("unanswered") if self._waits_for_answer else "",
        }
        if act in answers:
            return answers[act]()
        return self._phrase("unknown") if _asks_something(step.observation) else ""

    def _own_name(self, step: Step) -> str:
        """The customer's name when it is asked for and stands under no fact."""
        name, facts = self._persona.name, self._persona.facts
        if any(map(is_name, facts)) or not asks_name(step.observation.text):
            return ""
        return self._pick([frame.format(value=name) for frame in self._stock.name])

    def _not_done(self, state: State) -> str:
        """That it is too early to go, and what is missing, where the file has words for it."""
        wanted = self._missing(state)
        stock = self._stock.still_open if state.met else self._stock.not_done
        return " ".join([self._pick(stock), *([wanted] if wanted else [])])

    def _missing(self, state: State) -> str:
        """What is asked for while a criterion is not met: the first one of which that was said
        least; "" when the file has no words for it or it was said just now."""
        open_ones = [rule for rule in self._persona.criteria if rule.id not in state.met]
        lines = [line for rule in open_ones for line in rule.missing if line not in self._last]
        return self._pick(lines) if lines else ""

    @property
    def _waits_for_answer(self) -> bool:
        """Whether its last words were a question, and it has not complained just now."""
        complaints = self._phrases("unanswered")
        return (
            bool(self._last)
            and bool(_ASKS.search(self._last[-1]))
            and not any(line in complaints for line in self._last)
        )

    def _story(self, step: Step) -> str:
        """What of the story is untold: the line that fits, or the first."""
        untold = self._untold
        fitting = self._fitting(step, place=0)
        return self._pick([fitting] if fitting in untold else untold or self._stock.story_told)

    @property
    def _untold(self) -> list[str]:
        """What of the persona's story has not been said."""
        return [line for line in self._persona.phases[0].lines if not self._used[line]]

    def _phrase(self, kind: PhraseKind) -> str:
        return self._pick(self._phrases(kind))

    def _phrases(self, kind: PhraseKind) -> Sequence[str]:
        stock = {
            "unknown": self._stock.unknown,
            "why": self._stock.why,
            "unanswered": self._stock.unanswered,
            "solved": self._stock.accept,
            "goodbye": self._stock.farewell,
        }
        return self._persona.phrases.get(kind) or stock[kind]

    def _phase_line(self, state: State, *, own: bool) -> str:
        """An unused line of the phase, of the persona's ``own`` or a stock one."""
        phase, stock = state.phase, self._stock
        place = _PLACE[phase]
        mine = self._persona.phases[2 if place == 3 else place].lines if own else ()
        pool = _stock_pool(stock, phase)
        if place < 2 and state.intensity < HOT:
            pool = stock.neutral
        if state.resolved:
            mine, pool = self._persona.phases[3].lines[:-1], stock.settled
        stale = self._untrue(mine, state)
        mine = tuple(line for line in mine if line not in stale)
        for lines in (mine, pool):
            if any(not self._used[line] for line in lines):
                return self._pick(lines)
        return self._pick([*mine, *pool])

    def _pick(self, options: Sequence[str], start: int = 0, avoid: Sequence[str] = ()) -> str:
        """The least used option that was not said just now; ties go in file order from start."""
        turned = [options[(start + i) % len(options)] for i in range(len(options))]
        just = {*self._last, *avoid}
        fresh = [line for line in turned if line not in just] or turned
        line = min(fresh, key=lambda option: self._used[option])
        self._used[line] += 1
        return line

    def _recall(self, text: str, times: int = 1) -> None:
        """These words have been said: the lines and facts in them are not fresh any more."""
        for line in set(self._every):
            self._used[line] += times * (line in text)
        for fact in self._persona.facts:
            self._told[fact.value] += times * tells(text, fact.value)
        self._last = (text,)

    def _said(self, parts: Sequence[str]) -> str:
        self._last = tuple(parts)
        self._last_asked, self._just_told = tuple(self._just_told), []
        return " ".join(parts)


def _answers(rule: Rule, fact: Fact) -> bool:
    """Whether the reply to that question is the answer already: to one for a number or a name it
    may be no more than a yes."""
    return _ASKING.match(rule.text) is not None and not is_code(fact)


def _asks_something(seen: Observation) -> bool:
    """Whether its question wants to hear more than a yes."""
    asking = [each for each in turn_sentences(seen.text) if each.endswith("?")]
    return seen.question and any(len(each.split()) > A_TAG for each in asking or [seen.text])


def _asks_apart(step: Step) -> bool:
    """Whether a sentence of the turn asks that is none of those which the reply is for."""
    quotes = [
        quote
        for rule, quote in zip(step.matched, step.quotes, strict=True)
        if rule == step.direction.rule
    ]
    said = turn_sentences(step.observation.text)
    asking = [each for each in said if each.endswith("?") and len(each.split()) > A_TAG]
    return any(not any(q in each or each in q for q in quotes) for each in asking)


def _surely_asked(step: Step, facts: Iterable[Fact]) -> list[Fact]:
    """Those that are told behind a reply, which may be the answer already."""
    sure = {each.label for each in step.observation.facts if each.confidence >= BESIDE}
    return [fact for fact in facts if key_of(fact) in sure]


def _stock_pool(stock: Lines, phase: PhaseName) -> tuple[str, ...]:
    return {
        "opening": stock.escalation,
        "escalation": stock.escalation,
        "deescalation": stock.deescalation,
        "resolution": stock.resolution,
    }[phase]
