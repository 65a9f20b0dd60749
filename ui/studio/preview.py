"""What the product reads from a text: the persona as the call will play it, in plain words.

All of it is put in as text, never as HTML.
"""

from collections.abc import Iterator, Sequence

from nicegui.elements.mixins.text_element import TextElement

from agent.simulation.directing.mood import mood_word
from personas.model import Persona, Phase, Rule
from ui import kit
from ui.kit import lang, words


class Preview:
    """The persona that a text makes; the last good one while the text has errors."""

    def __init__(self) -> None:
        self._wanted: tuple[Persona | None, bool] = (None, False)
        self._shown: tuple[Persona | None, bool] | None = None
        self._open = False
        with kit.tag("section", classes="rh-pane rh-pane-preview").props('aria-label="Preview"'):
            self._box = kit.tag("div", classes="rh-preview")

    def show(self, persona: Persona | None, *, present: bool) -> None:
        """``present``: this is what the text says as it stands, not an earlier one."""
        self._wanted = (persona, present)
        if self._open:
            self._draw()

    def open(self, seen: bool) -> None:
        """Whether it is looked at: nothing is drawn before, or each keystroke would cost it."""
        self._open = seen
        if seen:
            self._draw()

    def _draw(self) -> None:
        if self._wanted == self._shown:
            return
        persona, present = self._shown = self._wanted
        self._box.clear()
        with self._box:
            if not present:
                kit.message(_stale(persona), "warn")
            if persona is not None:
                _persona(persona)


def _stale(persona: Persona | None) -> str:
    if persona is None:
        return "The text cannot be read as a persona yet. Mend the errors that the checker names."
    return "The text has an error. This is the last version that could be read."


def _persona(persona: Persona) -> None:
    with lang.persona_words(kit.tag("div", classes="rh-stack-tight"), persona.language):
        kit.heading(persona.name, 2)
        kit.muted(persona.scenario)
    with kit.tag("div", classes="rh-line"):
        kit.difficulty_badge(persona.difficulty)
        kit.tag("span", words.language_name(persona.language), "rh-badge")
        patience = words.length(persona.patience)
        kit.tag("span", f"Speaks up after {patience} of silence", "rh-badge")
        if persona.engine:
            kit.tag("span", f"Voice: {persona.engine}", "rh-badge")
        for switch in _switches(persona):
            kit.tag("span", switch, "rh-badge")
    with lang.persona_words(kit.tag("div", classes="rh-stack"), persona.language):
        _prose("Character", persona.character.splitlines())
        _facts(persona)
        _prose("Scenario context", persona.context)
        _phases(persona)
        _objectives(persona.objectives)
        _prose("Constraints", persona.constraints)
        _phrases(persona)
        _prose("Briefing, for the trainee only", persona.briefing.splitlines())
        for section in persona.extra:
            title = section.title or "Text before the first heading"
            _prose(f"{title} (kept word for word)", section.text.splitlines())


def _switches(persona: Persona) -> Iterator[str]:
    """What the front matter sets otherwise than usual."""
    if not persona.published:
        yield "Unpublished"
    if not persona.hang_up:
        yield "Never hangs up"
    if persona.exam:
        yield "Exam"
    if not persona.recording:
        yield "Never recorded"


def _prose(title: str, lines: Sequence[str]) -> None:
    if not lines:
        return
    with kit.tag("section", classes="rh-read"):
        kit.heading(title, 3)
        for line in lines:
            kit.tag("p", line)


def _facts(persona: Persona) -> None:
    with kit.tag("section", classes="rh-read"):
        kit.heading("Facts, told only when asked", 3)
        if not persona.facts:
            kit.muted("None. Add bullets such as “- Account: TC-88213” under Profile Data.")
        with kit.tag("dl", classes="rh-read-facts"):
            for fact in persona.facts:
                kit.tag("dt", fact.label)
                with kit.tag("dd"):
                    kit.tag("p", fact.value)
                    if rule := persona.rule(fact.only_after):
                        _under("Only after", rule.text)
                    for question in fact.asked:
                        _under("Asked for by", f"“{question}”")


def _phases(persona: Persona) -> None:
    opening, escalation, deescalation, resolution = persona.phases
    with _phase(opening, f"Begins {mood_word(persona.intensity)}: {persona.intensity} of 10"):
        pass
    with _phase(escalation, "What makes it worse"):
        _rules(persona.triggers, "Nothing angers this customer.")
    threshold = f"Ready to agree at {persona.threshold} of 10 or below"
    with _phase(deescalation, f"What calms. {threshold}"):
        _rules(persona.deescalations, "Nothing calms this customer.")
    with _phase(resolution, "What must be there before the customer agrees"):
        _rules(persona.criteria, "Calm is enough.")


def _phase(phase: Phase, meaning: str) -> TextElement:
    with kit.tag("section", classes="rh-read") as box:
        kit.heading(f"Phase {phase.number}: {phase.title}", 3)
        lang.our_words(kit.tag("p", meaning, "rh-muted rh-small"))
        for note in phase.notes:
            kit.tag("p", note)
        _quotes(phase.lines)
    return box


def _rules(rules: Sequence[Rule], none: str) -> None:
    if not rules:
        lang.our_words(kit.tag("p", none, "rh-muted"))
    with kit.tag("ul", classes="rh-read-rules"):
        for rule in rules:
            with kit.tag("li"):
                if rule.change:
                    kind = "bad" if rule.change > 0 else "good"
                    change = f"{rule.change:+d}".replace("-", "\N{MINUS SIGN}")
                    kit.tag("span", change, f"rh-badge rh-badge-{kind} rh-number")
                _rule(rule)


def _rule(rule: Rule) -> None:
    with kit.tag("div", classes="rh-grow"):
        kit.tag("p", rule.text)
        _quotes(rule.replies)
        for change in rule.then:
            _under(f"Then “{change.label}” is", change.value)
        quoted = (
            ("Such as", rule.like),
            ("But not", rule.unlike),
            ("While it is missing", rule.missing),
        )
        for title, sentences in quoted:
            for sentence in sentences:
                _under(title, f"“{sentence}”")


def _under(title: str, words: str) -> None:
    with kit.tag("p", classes="rh-small"):
        lang.our_words(kit.tag("span", f"{title}: ", "rh-muted"))
        kit.tag("span", words)


def _phrases(persona: Persona) -> None:
    if not persona.phrases:
        return
    with kit.tag("section", classes="rh-read"):
        kit.heading("Phrases of this customer's own", 3)
        for kind, lines in persona.phrases.items():
            lang.our_words(kit.tag("p", kind.capitalize(), "rh-muted rh-small"))
            _quotes(lines)


def _objectives(rules: Sequence[Rule]) -> None:
    with kit.tag("section", classes="rh-read"):
        kit.heading("What the trainee is scored on", 3)
        if not rules:
            kit.tag("p", "Nothing: calls get no score. Add bullets under Test Objectives.")
        with kit.tag("ul", classes="rh-read-rules"):
            for rule in rules:
                with kit.tag("li"):
                    weight = f"weight {rule.weight}"
                    lang.our_words(kit.tag("span", weight, "rh-badge rh-number"))
                    _rule(rule)


def _quotes(lines: Sequence[str]) -> None:
    for line in lines:
        kit.tag("p", f"“{line}”", "rh-read-quote")
