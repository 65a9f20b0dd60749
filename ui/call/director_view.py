"""A call seen from the director's side, live: mood and its causes, objectives, what is awaited."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from data.records import Turn
from personas.model import Persona, Rule
from ui import kit
from ui.kit import lang, words
from ui.kit.avatar import persona_head, show_mood
from ui.kit.mood import MoodGauge
from ui.kit.turn_reading import link_to_studio, reading_button, reading_dialog, unsure_lines

if TYPE_CHECKING:
    from agent.calls.live_call import LiveCall

MOVES = 8
"""Turns of the trainee whose effect is listed; all of them are in the report."""


class DirectorView:
    """Two cards for one call; ``persona`` gives its persona as it is played just now."""

    def __init__(self, call: "LiveCall", trainee: str, persona: Callable[[], Persona]) -> None:
        self._call = call
        self._persona = persona
        self._drawn: object = None
        with kit.tag("section", classes="rh-card rh-who").props('aria-label="The customer"'):
            self._head(call.persona, trainee)
            self._mood = MoodGauge(call.persona.language, inside=True)
            self._threshold = kit.tag("p", classes="rh-muted rh-small")
        self._rest = kit.tag("section", classes="rh-card rh-brief")
        self._rest.props('aria-label="How the call stands"')
        self.show()

    def show(self) -> None:
        """Draw what has changed."""
        call, persona = self._call, self._persona()
        mood = call.mood
        level = mood.intensity if mood else persona.intensity
        show_mood(self._face, level)
        if mood is None:
            self._mood.show(level)
        else:
            self._mood.show(mood.intensity, mood.phase, mood.cause, solved=mood.resolved)
        accepts = f"Accepts a solution at {persona.threshold} of 10 or lower."
        self._threshold.set_text("Has accepted a solution." if call.resolved else accepts)
        moves = [turn for turn in call.turns if turn.speaker == "trainee" and turn.phase]
        shown, met = (mood.shown, mood.met) if mood else ((), ())
        drawn = (persona.version, shown, met, tuple(moves))
        if drawn == self._drawn:
            return
        self._drawn = drawn
        self._rest.clear()
        with self._rest:
            _rules("Objectives", "shown", persona.objectives, shown, persona.language)
            _rules("What the customer waits for", "met", persona.criteria, met, persona.language)
            kit.heading("What moved the mood", 2)
            self._moves(moves[: -MOVES - 1 : -1], persona)

    def _head(self, persona: Persona, trainee: str) -> None:
        with persona_head(persona) as self._face:
            kit.tag("span", f"Trainee: {trainee}", "rh-badge").mark("trainee")
            kit.difficulty_badge(persona.difficulty)

    def _moves(self, turns: list[Turn], persona: Persona) -> None:
        """The newest first: when, to what, and why, with the trainee's own words."""
        if not turns:
            kit.muted("Nothing yet: the trainee has not spoken.")
            return
        with kit.tag("ol", classes="rh-moves rh-small").props("reversed"):
            for turn in turns:
                with kit.tag("li"):
                    kit.tag("span", words.clock(turn.begin), "rh-muted rh-number")
                    with kit.tag("div"):
                        self._move(turn, persona)

    def _move(self, turn: Turn, persona: Persona) -> None:
        pieces = words.cause_pieces(turn.cause) or (("No change", False),)
        lang.line("span", pieces, persona.language, "rh-strong")
        kit.tag("span", f" → {turn.intensity} of 10", "rh-number")
        for quote in dict.fromkeys(turn.quotes):  # one may show two things
            with kit.tag("p"):
                lang.persona_words(kit.tag("q", quote), persona.language)
        unsure_lines(turn, persona)
        offer = link_to_studio(self._call.slug, self._call.id, turn.index)
        reading_button(turn, lambda: reading_dialog(turn, persona, offer))


def _rules(
    title: str, word: str, rules: Iterable[Rule], done: Iterable[str], language: str
) -> None:
    rules, done = tuple(rules), set(done)
    if not rules:
        return
    number = sum(rule.id in done for rule in rules)
    kit.heading(f"{title}: {number} of {len(rules)} {word}", 2)
    with kit.tag("ul", classes="rh-objectives"):
        for rule in rules:
            with kit.tag("li", classes="rh-shown" if rule.id in done else ""):
                lang.persona_words(kit.tag("span", rule.text), language)
                kit.tag("span", word, "rh-objective-shown")
