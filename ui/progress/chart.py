"""Scores over time as a small drawing, with the same in words."""

from collections.abc import Collection, Sequence
from html import escape
from typing import TYPE_CHECKING

from nicegui import ui

from agent.simulation.directing.scorecard import PASS_MARK
from ui import kit
from ui.kit import words

if TYPE_CHECKING:
    from data.calls import Summary

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 200, 34, 16, 12, 28


def in_words(scored: "Sequence[Summary]") -> str:
    """The course as a sentence, for those who do not see the drawing."""
    scores = [call.score or 0.0 for call in scored]
    best = max(scores)
    return (
        f"{words.score(scores[0])} in the first of {words.count(len(scores), 'call')}, "
        f"{words.score(scores[-1])} in the last, {words.score(best)} at best."
    )


def score_chart(shown: "Sequence[Summary]", scored: int, by_coach: Collection[str] = ()) -> None:
    """The drawing of these calls, the newest of all that are ``scored``, oldest first; a sentence
    instead while there are too few. ``by_coach`` are the ids of those whose score is a coach's."""
    if len(shown) < 2:
        kit.muted("After the second scored call, a chart of the scores stands here.")
        return
    text = in_words(shown)
    kit.tag("p", text)
    mark = f"{PASS_MARK} passes: the dashed line. Full dots passed."
    if scored > len(shown):
        mark += f" The newest {len(shown)} calls are drawn."
    kit.tag("p", mark, "rh-muted rh-small")
    # Made here of numbers and escaped words only; the sanitizer would drop the drawing's titles.
    ui.html(_svg(shown, text, by_coach), sanitize=False).classes("rh-course rh-scores")


def _svg(scored: "Sequence[Summary]", text: str, by_coach: Collection[str]) -> str:
    step = (WIDTH - LEFT - RIGHT) / (len(scored) - 1)
    places = [(LEFT + i * step, _y(call.score or 0.0)) for i, call in enumerate(scored)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    dots = "".join(
        _dot(x, y, call, coach=call.call in by_coach)
        for (x, y), call in zip(places, scored, strict=True)
    )
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(text)}">'
        f'{_grid()}<polyline class="rh-course-line" points="{line}"/>{dots}{_dates(scored)}</svg>'
    )


def _grid() -> str:
    lines = "".join(
        f'<line class="rh-course-grid" x1="{LEFT}" x2="{WIDTH}" y1="{_y(n)}" y2="{_y(n)}"/>'
        f'<text class="rh-course-text" x="{LEFT - 8}" y="{_y(n) + 4}" text-anchor="end">{n}</text>'
        for n in (0, 50, 100)
    )
    y = _y(PASS_MARK)
    return f'{lines}<line class="rh-course-mark" x1="{LEFT}" x2="{WIDTH}" y1="{y}" y2="{y}"/>'


def _dot(x: float, y: float, call: "Summary", *, coach: bool) -> str:
    score = f"{words.score(call.score or 0.0)}{' by a coach' if coach else ''}"
    title = f"{words.when(call.started)}: {score}, {call.scenario}"
    kind = "passed" if call.passed else "failed"
    circle = f'<circle class="rh-dot-{kind}" cx="{x:.1f}" cy="{y:.1f}" r="6">'
    return f"{circle}<title>{escape(title)}</title></circle>"


def _dates(scored: "Sequence[Summary]") -> str:
    ends = ((LEFT, "start", scored[0]), (WIDTH, "end", scored[-1]))
    return "".join(
        f'<text class="rh-course-text" x="{x}" y="{HEIGHT - 6}" text-anchor="{anchor}">'
        f"{escape(words.when(call.started))}</text>"
        for x, anchor, call in ends
    )


def _y(score: float) -> float:
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - score / 100)
