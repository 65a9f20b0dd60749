"""The course of a call's intensity over time as a drawing, with the same in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from nicegui import ui

from agent.simulation.directing.mood import mood_word
from data.journal import CallRecord
from personas.model import Persona
from ui import kit
from ui.kit import lang, words
from ui.report.moment import play_turn

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 840, 210, 44, 14, 36
TOUCH = 74.0
"""Distance below which two labels under the drawing would touch, on a phone."""
STEPS = (5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600, 10**9)
"""Seconds between two labels, of which the first is taken that needs no more than ``LABELS``."""
LABELS = 9


@dataclass(frozen=True, slots=True)
class Point:
    """The intensity (0-10) after a turn; ``turn`` is its index, -1 for the start; ``at`` is seconds
    since the call began."""

    turn: int
    intensity: int
    cause: str
    at: float


def points(record: CallRecord, persona: Persona | None) -> list[Point]:
    """The persona's first intensity, then one point for each of the trainee's judged turns."""
    judged = [
        Point(turn.index, turn.intensity, turn.cause, turn.over)
        for turn in record.turns
        if turn.speaker == "trainee" and turn.phase
    ]
    begun = record.start.intensity
    first = begun if begun is not None else persona.intensity if persona else None
    return ([] if first is None else [Point(-1, first, "", 0.0)]) + judged


def in_words(course: Sequence[Point]) -> str:
    """The course as a sentence, for those who do not see the drawing."""
    first, last = course[0], course[-1]
    peak = max(course, key=lambda point: point.intensity)
    text = f"Began at {first.intensity} of 10 ({mood_word(first.intensity)})"
    if peak.intensity > first.intensity:
        text += f", peaked at {peak.intensity} after turn {peak.turn + 1}"
    return f"{text}, ended at {last.intensity} ({mood_word(last.intensity)})."


def course_chart(record: CallRecord, persona: Persona | None, *, inside: bool = True) -> None:
    """The drawing, if there are two points at least; ``inside`` as in ``words.cause_pieces``."""
    course = points(record, persona)
    threshold = persona.threshold if persona else None
    if len(course) < 2:
        kit.muted("Too few turns to draw a course.")
        return
    text = in_words(course)
    kit.tag("p", text)
    if threshold is not None:
        kit.tag("p", f"A solution is accepted at {threshold} or lower.", "rh-muted rh-small")
    # Made here of numbers and escaped words only; the sanitizer would drop the drawing's titles.
    titles = [_title(point, record.start.language, inside=inside) for point in course]
    drawing = ui.html(svg(course, threshold, text, titles), sanitize=False)
    drawing.classes("rh-course rh-course-mood")
    _causes(course, record, inside=inside)


def _causes(course: Sequence[Point], record: CallRecord, *, inside: bool) -> None:
    """What moved the customer, in order, for those who cannot point at the drawing."""
    language = record.start.language
    moved = [after for before, after in pairwise(course) if after.intensity != before.intensity]
    if not moved:
        return
    with kit.tag("details", classes="rh-details").mark("causes"):
        kit.tag("summary", "What moved the customer")
        with kit.tag("ol", classes="rh-advice rh-causes rh-small"):
            for point in moved:
                with kit.tag("li"):
                    play_turn(record, point.turn)
                    link = kit.tag("a", words.clock(point.at), "rh-number")
                    link.props(f'href="#turn-{point.turn}" aria-label="Turn {point.turn + 1}"')
                    pieces = words.cause_pieces(point.cause, inside=inside)
                    lang.line("span", pieces, language)
                    kit.tag("span", f"{point.intensity} of 10", "rh-muted rh-number")


def svg(course: Sequence[Point], threshold: int | None, text: str, titles: Sequence[str]) -> str:
    last = max(point.at for point in course)
    places = [(_x(point.at, last), _y(point.intensity)) for point in course]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    dots = "".join(
        _dot(x, y, point, title)
        for (x, y), point, title in zip(places, course, titles, strict=True)
    )
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(text)}">'
        f"{_grid(threshold)}"
        f'<polyline class="rh-course-line" points="{line}"/>{dots}'
        f"{_labels(last)}</svg>"
    )


def _grid(threshold: int | None) -> str:
    lines = "".join(
        f'<line class="rh-course-grid" x1="{LEFT}" x2="{WIDTH}" y1="{_y(n)}" y2="{_y(n)}"/>'
        f'<text class="rh-course-text" x="{LEFT - 8}" y="{_y(n) + 4}" text-anchor="end">{n}</text>'
        for n in (0, 5, 10)
    )
    if threshold is not None:
        y = _y(threshold)
        lines += f'<line class="rh-course-mark" x1="{LEFT}" x2="{WIDTH}" y1="{y}" y2="{y}"/>'
    return lines


def _title(point: Point, language: str, *, inside: bool) -> str:
    """What a dot says of itself; a title is in one language, so it is the persona's where any of
    it is."""
    where = "Start" if point.turn < 0 else f"Turn {point.turn + 1}"
    pieces = words.cause_pieces(point.cause, inside=inside)
    said = "".join(text for text, _ in pieces)
    own = any(own for _, own in pieces) and not lang.is_english(language)
    mark = f' lang="{escape(language)}"' if own else ""
    return f"<title{mark}>{escape(f'{where}: {point.intensity} of 10. {said}'.strip())}</title>"


def _dot(x: float, y: float, point: Point, title: str) -> str:
    mood = mood_word(point.intensity)
    circle = f'<circle class="rh-dot-{mood}" cx="{x:.1f}" cy="{y:.1f}" r="6">'
    return f"{circle}{title}</circle>"


def _labels(last: float) -> str:
    """Round times under the drawing, and where the call began."""
    step = next(step for step in STEPS if last <= LABELS * step)
    marks = [(float(LEFT), "Start")]
    for moment in range(step, int(last) + 1, step):
        if (x := _x(moment, last)) - marks[-1][0] >= TOUCH:
            marks.append((x, words.clock(moment)))
    return "".join(
        f'<text class="rh-course-text" x="{x:.1f}" y="{HEIGHT - 8}" text-anchor="middle">'
        f"{text}</text>"
        for x, text in marks
    )


def _x(moment: float, last: float) -> float:
    """Where a moment stands; a call of no length is all at its beginning."""
    return LEFT + (WIDTH - LEFT - 36) * (moment / last if last > 0 else 0.0)


def _y(intensity: int) -> float:
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - intensity / 10)
