"""Why the persona said a line: what was seen in the turn before, the direction, the prompt."""

from dataclasses import dataclass

from agent.engines.registry import EngineRegistry
from agent.engines.spec import EngineSpec
from agent.simulation.acting.prompt import persona_prompt
from data.journal import CallRecord
from data.records import Turn
from personas.model import Persona, Rule
from personas.parse import examine


@dataclass(frozen=True, slots=True)
class Seen:
    """A rule that the trainee's words matched; ``line`` is 1-based in the persona's text."""

    words: str
    change: int
    line: int
    quote: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the persona's text the words of a line stand; ``line`` is 1-based."""

    line: int
    what: str


@dataclass(frozen=True, slots=True)
class Reason:
    """What is behind one line of the persona.

    ``answered`` is the trainee's turn before it, None when there is none; ``late`` when the
    direction was that of an earlier turn. ``prompt`` is "" when no model was asked, or when the
    record does not hold the text that spoke.
    """

    turn: Turn
    engine: EngineSpec
    version: str
    answered: Turn | None
    seen: tuple[Seen, ...]
    late: bool
    places: tuple[Place, ...]
    prompt: str


class Why:
    """Answers for the lines of one call; each version of the persona is read once."""

    def __init__(self, record: CallRecord, engines: EngineRegistry) -> None:
        self._record = record
        self._engines = engines
        self._personas: dict[str, Persona | None] = {}
        self._prompts: dict[str, str] = {}

    def reasons(self) -> dict[int, Reason]:
        """What is behind each line, by the turn's index; takes a while for long texts."""
        turns = [turn for turn in self._record.turns if turn.speaker == "persona"]
        return {turn.index: self.reason(turn) for turn in turns}

    def reason(self, turn: Turn) -> Reason:
        """What is behind that turn of the persona."""
        engine = self._engines.recorded(engine_at(self._record, turn.index))
        version = turn.version or self._record.start.version
        persona = self._persona(version)
        answered = self._answered(turn)
        late = engine.capabilities.replies_itself
        prompted = engine.capabilities.prompted and not turn.replayed
        return Reason(
            turn,
            engine,
            version,
            answered,
            self._seen(answered) if answered is not None else (),
            late and answered is not None and answered.source == "voice",
            places(persona, turn.text) if persona is not None else (),
            self._prompt(version) if prompted else "",
        )

    def _answered(self, turn: Turn) -> Turn | None:
        """The turn that the line answers: what the trainee said since the line before."""
        before = [each for each in self._record.turns if each.index < turn.index]
        return before[-1] if before and before[-1].speaker == "trainee" else None

    def _seen(self, turn: Turn) -> tuple[Seen, ...]:
        persona = self._persona(turn.version or self._record.start.version)
        pairs = zip(turn.matched, turn.quotes, strict=False)
        found = ((persona.rule(rule) if persona else None, rule, quote) for rule, quote in pairs)
        return tuple(_seen(rule, name, quote) for rule, name, quote in found)

    def _prompt(self, version: str) -> str:
        """What a model is told of that version; one text for all lines that spoke by it."""
        if version not in self._prompts:
            persona = self._persona(version)
            self._prompts[version] = "" if persona is None else persona_prompt(persona)
        return self._prompts[version]

    def _persona(self, version: str) -> Persona | None:
        if version not in self._personas:
            text = self._record.texts.get(version, "")
            found = examine(text, self._record.start.persona).persona if text else None
            self._personas[version] = found
        return self._personas[version]


def engine_at(record: CallRecord, turn: int) -> str:
    """The engine that played the turn with that index."""
    begun = [use.engine for use in record.engines if use.turn <= turn]
    return begun[-1] if begun else record.start.engine


def places(persona: Persona, text: str) -> tuple[Place, ...]:
    """Where the words of that line stand in the persona's text, in its order."""
    found = [
        Place(rule.line, f"the reply to: {rule.text}")
        for rule in persona.rules
        if any(reply and reply in text for reply in rule.replies)
    ]
    for phase in persona.phases:
        for said in phase.lines:
            if said and said in text:
                found.append(Place(_line_of(persona, said), f"a line of phase {phase.number}"))
    found += [
        Place(fact.line, f"a fact: {fact.label}" if fact.label else "a fact")
        for fact in persona.facts
        if len(fact.value) > 2 and fact.value in text
    ]
    found += [
        Place(change.line, f"what became of a fact: {change.label}")
        for rule in persona.rules
        for change in rule.then
        if len(change.value) > 2 and change.value in text
    ]
    found += [
        Place(_line_of(persona, said), f"a phrase: {kind.capitalize()}")
        for kind, lines in persona.phrases.items()
        for said in lines
        if said in text
    ]
    return tuple(sorted(set(found), key=lambda place: place.line))


def _seen(rule: Rule | None, name: str, quote: str) -> Seen:
    if rule is None:
        return Seen(f"a rule that is not in the text ({name})", 0, 0, quote)
    return Seen(rule.text, rule.change, rule.line, quote)


def _line_of(persona: Persona, words: str) -> int:
    lines = persona.text.splitlines()
    return next((number for number, line in enumerate(lines, 1) if words in line), 0)
