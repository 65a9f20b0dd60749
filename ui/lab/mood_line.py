"""The course of the mood in a run as a line of a few pixels; the same stands beside it in signs."""

from collections.abc import Sequence

from nicegui import ui

from agent.simulation.directing.mood import mood_word

WIDTH, HEIGHT, EDGE = 120, 32, 4


def mood_line(moods: Sequence[int]) -> None:
    """Draw these intensities (0-10); nothing for a run without turns."""
    if len(moods) > 1:
        # Made of numbers only.
        ui.html(drawing(moods), sanitize=False).classes("rh-mood-line")


def drawing(moods: Sequence[int]) -> str:
    """The SVG of at least two intensities."""
    step = (WIDTH - 2 * EDGE) / (len(moods) - 1)
    places = [(EDGE + place * step, _y(mood)) for place, mood in enumerate(moods)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    x, y = places[-1]
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true">'
        f'<polyline class="rh-course-line" points="{line}"/>'
        f'<circle class="rh-dot-{mood_word(moods[-1])}" cx="{x:.1f}" cy="{y:.1f}" r="4"/></svg>'
    )


def _y(mood: int) -> float:
    return EDGE + (HEIGHT - 2 * EDGE) * (1 - mood / 10)
