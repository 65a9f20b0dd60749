"""Coaching in the list of calls: what waits for a coach, and the scores by a coach's word."""

from collections.abc import Iterable
from dataclasses import dataclass

from nicegui import ui

from agent.simulation.reviewing.coached import CoachedCard, coached, waiting
from data.annotations import AnnotatedCall, Annotation, Annotations
from data.progress import Course
from data.summary import Summary
from ui import kit
from ui.context import Studio
from ui.kit import words
from ui.kit.avatar import avatar

MOST = 20


@dataclass(frozen=True, slots=True)
class Waiting:
    """A claim of a call that nobody has answered."""

    call: AnnotatedCall
    claim: Annotation


def all_waiting(annotations: Annotations) -> list[Waiting]:
    """Every claim that waits, the one that has waited longest first."""
    found = [
        Waiting(call, claim) for call in annotations.calls() for claim in waiting(call.annotations)
    ]
    return sorted(found, key=lambda each: each.claim.at)


def waiting_list(studio: Studio) -> None:
    """The section; nothing when nothing waits."""
    found = all_waiting(studio.annotations)
    if not found:
        return
    with kit.tag("section", classes="rh-stack").props('aria-label="Waits for a coach"'):
        kit.heading("Waits for a coach", 2)
        kit.muted("Trainees say that they did this in a call. Open the report, look, and decide.")
        with kit.tag("ul", classes="rh-list").mark("waiting"):
            for each in found[:MOST]:
                with kit.tag("li"):
                    _row(studio, each)
        if len(found) > MOST:
            kit.muted(f"{len(found) - MOST} more come up when these are answered.")


def _row(studio: Studio, waiting: Waiting) -> None:
    call, claim = waiting.call, waiting.claim
    user = studio.users.get(call.user)
    target = f"/calls/{call.call}#objective-{claim.rule}"
    with ui.link(target=target).classes("rh-row rh-waiting"):
        avatar(call.name, 44)
        with kit.tag("div", classes="rh-grow"):
            kit.tag("p", claim.words, "rh-strong").props("dir=auto")
            kit.tag("p", f"{call.scenario} · {call.name}", "rh-muted rh-small")
        kit.tag("p", user.display if user else call.user, "rh-row-who rh-small")
        kit.tag("p", f"Said {words.when_inside(claim.at)}", "rh-row-when rh-small rh-number")


def coached_scores(studio: Studio, calls: Iterable[Summary]) -> dict[str, CoachedCard]:
    """The scores of those of these calls that coaches have changed. Blocks."""
    found = {}
    for call in calls:
        said = studio.annotations.of(call.call) if call.score is not None else ()
        record = studio.archive.get(call.call) if said else None
        if record is not None and record.scorecard is not None:
            card = coached(record.scorecard, said, record.turns)
            if card.score != call.score:
                found[call.call] = card
    return found


def as_coached(studio: Studio, course: Course) -> Course:
    """The course with the scores of coaches where there are any. Blocks."""
    cards = coached_scores(studio, course.newest)
    scores = {
        call: (card.score, bool(card.passed))
        for call, card in cards.items()
        if card.score is not None
    }
    return course.corrected(scores)


def coached_score(score: int, *, passed: bool) -> None:
    """The score with the coach's word, beside the one as it was read."""
    with kit.tag("div", classes="rh-row-score rh-row-coached").mark(f"coached-{score}"):
        kit.tag("span", "Coach", "rh-muted rh-small")
        kit.tag("span", words.score(score), "rh-score-small rh-number")
        kind, word = ("good", "Passed") if passed else ("bad", "Not passed")
        kit.tag("span", word, f"rh-badge rh-badge-{kind}")
