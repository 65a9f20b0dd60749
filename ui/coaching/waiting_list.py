"""What trainees say they did say, waiting for a coach: on the list of calls."""

from dataclasses import dataclass

from nicegui import ui

from agent.simulation.reviewing.coached import waiting
from data.annotations import AnnotatedCall, Annotation, Annotations
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
