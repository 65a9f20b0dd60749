"""**Score again with today's rules**: what an old call would come to now, beside what it did."""

import logging

from nicegui import run

from agent.simulation.directing.assessment import Reassessment, assess_again
from data.journal import CallRecord
from personas.model import Persona
from ui import kit
from ui.context import Studio
from ui.kit import lang, words

log = logging.getLogger(__name__)

STAYS = "The score of then stays."
LISTS = (
    ("gained", "Shown now, not then"),
    ("lost", "Shown then, not now"),
    ("added", "Not in the text of then"),
    ("dropped", "No longer in the text"),
)


class ScoreAgain:
    """The button and what came of it; ``slug`` is the persona's present name. Nothing is kept."""

    def __init__(self, studio: Studio, record: CallRecord, slug: str) -> None:
        self._studio, self._record, self._slug = studio, record, slug
        self._answer: Reassessment | str = ""
        self._persona: Persona | None = None

    def draw(self) -> None:
        """The button, with what it told before."""
        self._button = kit.button("Score again with today's rules", self._score, kind="quiet")
        self._button.mark("score-again").classes("rh-again-button")
        self._box = kit.tag("div", classes="rh-again").props("aria-live=polite")
        self._show()

    async def _score(self) -> None:
        entry = self._studio.library.get(self._slug) if self._slug else None
        name = self._record.start.name
        if entry is None or entry.deleted:
            self._answer = f"{name} is no longer here, so there are no rules of today. {STAYS}"
        elif (persona := entry.persona) is None:
            self._answer = (
                f"{entry.path.name} has an error, so it cannot be read. Mend it first. {STAYS}"
            )
        else:
            self._persona = persona
            with kit.busy(self._button):
                answer = await run.io_bound(self._read, persona)
            self._answer = answer or f"It could not be scored; the console says why. {STAYS}"
        if not self._box.is_deleted:
            self._show()

    def _read(self, persona: Persona) -> Reassessment | None:
        """On a thread: a text is learnt in a second."""
        try:
            return assess_again(self._record, persona, self._studio.observer(persona))
        except Exception:
            log.exception("call %s could not be scored again", self._record.start.call)
            return None

    def _show(self) -> None:
        self._box.clear()
        with self._box:
            if isinstance(self._answer, str):
                if self._answer:
                    kit.message(self._answer, "warn").mark("scored-again")
            else:
                self._tell(self._answer)

    def _tell(self, again: Reassessment) -> None:
        card, persona = again.card, self._persona
        then = (self._record.scorecard or {}).get("score")
        before = f"then: {words.score(then)}" if then is not None else "then: no score"
        if card.score is None:
            text = f"By today's rules: no score. {card.not_scored}"
        else:
            passed = "passed" if card.passed else "not passed"
            text = f"By today's rules: {card.score} of 100, {passed} ({before}). {STAYS}"
        kit.tag("p", text, "rh-strong").mark("scored-again")
        for name, label in LISTS:
            for objective in getattr(again, name):
                with kit.tag("p", classes="rh-small"):
                    kit.tag("span", f"{label}: ", "rh-muted")
                    lang.persona_words(kit.tag("span", objective), self._record.start.language)
        for note in self._notes(again, persona):
            kit.tag("p", note, "rh-muted rh-small")

    def _notes(self, again: Reassessment, persona: Persona | None) -> list[str]:
        record, notes = self._record, []
        versions = {record.start.version, *(e.version for e in record.edits)}
        if persona is not None and versions == {persona.version}:
            notes.append("The text is the same as in this call.")
        if not any(getattr(again, name) for name, _ in LISTS):
            notes.append("Each objective is read as it was then.")
        if any(turn.observer == "model" for turn in record.turns):
            notes.append("A text model looked at this call then; here it is read without one.")
        return notes
