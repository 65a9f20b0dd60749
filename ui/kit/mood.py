"""The persona's mood as a gauge: a word, a level of ten, the phase, and the last cause."""

from agent.simulation.directing.mood import MOODS, mood_word
from ui import kit
from ui.kit import lang, words

EMPTY = "What you say moves it; the reason stands here."


class MoodGauge:
    """Shows an intensity; redrawn in place by ``show``.

    ``language`` is that of the persona's rules; ``inside``: whether the reader may know what the
    customer waits for.
    """

    def __init__(self, language: str, *, inside: bool = False) -> None:
        self._language = language
        self._inside = inside
        self._shown: tuple[int, str, str, bool] | None = None
        with kit.tag("div", classes="rh-mood") as self._root:
            with kit.tag("div", classes="rh-mood-head"):
                self._word = kit.tag("span", classes="rh-mood-word")
                self._level = kit.tag("span", classes="rh-mood-level rh-number")
            with kit.tag("div", classes="rh-mood-bar") as self._bar:
                for _ in range(10):
                    kit.tag("span", classes="rh-mood-step")
            self._bar.props('role=meter aria-label="Mood" aria-valuemin=0 aria-valuemax=10')
            self._phase = kit.tag("p", classes="rh-mood-phase")
            self._cause = kit.tag("p", classes="rh-mood-cause rh-muted").mark("mood-cause")

    def show(
        self, intensity: int, phase: str = "", cause: str = "", *, solved: bool = False
    ) -> None:
        """Show an intensity of 0-10, the name of the phase and the cause of the last change, and
        whether a solution has been accepted."""
        if self._shown == (intensity, phase, cause, solved):
            return
        self._shown = (intensity, phase, cause, solved)
        word = mood_word(intensity)
        self._root.classes(remove=" ".join(f"rh-mood-{mood}" for mood in MOODS))
        self._root.classes(f"rh-mood-{word}")
        self._word.set_text(word.capitalize())
        self._level.set_text(f"{intensity} of 10")
        self._bar.props["aria-valuenow"] = intensity
        self._bar.props["aria-valuetext"] = f"{word}, {intensity} of 10"
        self._bar.style(f"--mood: {intensity}")
        where = f"Phase: {words.phase(phase)}" if phase else "At the start"
        self._phase.set_text(words.SOLVED if solved else where)
        pieces = words.cause_pieces(cause, inside=self._inside) if phase else ((EMPTY, False),)
        lang.fill(self._cause, pieces, self._language)
        for number, step in enumerate(self._bar):
            kit.switch(step, "rh-on", number < intensity)
