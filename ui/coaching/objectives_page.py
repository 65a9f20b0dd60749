"""A persona's objectives over its calls: in how many of the last ones each was shown and by whom
not, and how well the reading of it fits what coaches say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from nicegui import run, ui

from agent.simulation.reviewing.coached import (
    Agreement,
    Shown,
    agreement,
    coached,
    judged,
    shown_lately,
)
from data.annotations import AnnotatedCall, Annotation
from data.renames import Name
from data.store import StoreError
from data.versions import VersionsError
from personas.model import Persona, Rule
from ui import kit
from ui.context import Studio
from ui.kit import lang, words
from ui.kit.frame import frame
from ui.kit.problem import problem
from ui.kit.restricted import STUDIO, admitted

LAST = 20
"""Scored calls that are looked at."""
CORRECTIONS = 5
"""Corrections that are listed for an objective, the newest ones."""
FEW = 10
"""With fewer judgements a kappa may be anything."""
KAPPA = (
    "Kappa tells how far coach and reader agree beyond chance: 1 is always, 0 no more than by "
    "chance. It needs some ten calls to say much."
)


def register(studio: Studio) -> None:
    """The page ``/studio/{slug}/objectives``."""

    @kit.page("/studio/{slug}/objectives")
    async def objectives(slug: str) -> None:
        if admitted(studio, STUDIO) is None:
            return
        entry = studio.library.get(slug)
        persona = entry.persona if entry is not None and not entry.deleted else None
        if persona is None:
            gone = entry is None or entry.deleted
            title = "There is no such persona" if gone else "This persona's file has an error"
            text = "It may be archived." if gone else "Its objectives are read once it is mended."
            problem(studio, title, text, 404)
            return
        found = await run.io_bound(look, studio, persona)
        if found is None:
            return  # the app is stopping
        with frame(studio, f"{persona.name}, objectives"):
            _page(studio, persona, found)


@dataclass(frozen=True, slots=True)
class Correction:
    """A coach's word that differs from what was read in that call."""

    call: AnnotatedCall
    said: Annotation


@dataclass(frozen=True, slots=True)
class Found:
    """What calls say of a persona's objectives, by their ids; ``calls`` is how many were looked at,
    ``trouble`` why they cannot be read."""

    calls: int = 0
    shown: Mapping[str, Shown] = field(default_factory=dict)
    agreements: Mapping[str, Agreement] = field(default_factory=dict)
    corrections: Mapping[str, Sequence[Correction]] = field(default_factory=dict)
    trouble: str = ""


def look(studio: Studio, persona: Persona) -> Found:
    """Read it from the last calls and all that coaches said. Blocks."""
    try:
        names: Sequence[Name] = studio.versions.names(persona.slug)
    except VersionsError:  # then calls stand under the names that they were made with
        names = (Name(persona.slug),)
    try:
        calls = studio.archive.finished.scored(names, LAST)
    except StoreError as error:
        return Found(trouble=str(error))
    results = [(call.user, _shown_in(studio, call.call)) for call in calls]
    pairs: dict[str, list[tuple[bool, bool]]] = {}
    corrections: dict[str, list[Correction]] = {}
    for annotated in studio.annotations.calls():
        if not any(name.covers(annotated.persona, annotated.started) for name in names):
            continue
        for rule, said in judged(annotated.annotations).items():
            pairs.setdefault(rule, []).append((bool(said.reader), bool(said.yes)))
            if said.reader != said.yes:
                corrections.setdefault(rule, []).append(Correction(annotated, said))
    agreements = {rule: agreement(rows) for rule, rows in pairs.items()}
    return Found(len(results), shown_lately(results), agreements, corrections)


def _shown_in(studio: Studio, call: str) -> dict[str, bool]:
    """What a call showed, by the coach's word where there is one."""
    record = studio.archive.get(call)
    if record is None or record.scorecard is None:  # it was deleted meanwhile
        return {}
    card = coached(record.scorecard, studio.annotations.of(call), record.turns)
    read = {str(item["id"]): bool(item["shown"]) for item in record.scorecard.get("objectives", ())}
    return read | {rule: objective.shown for rule, objective in card.objectives.items()}


def _page(studio: Studio, persona: Persona, found: Found) -> None:
    with kit.tag("div", classes="rh-line-between"):
        kit.page_title(
            f"Objectives of {persona.name}",
            f"What the last {words.count(found.calls, 'scored call')} showed, and how well it is "
            "read. Where a coach has decided, the coach's word counts.",
        )
        kit.link_button("Back to the editor", f"/studio/{persona.slug}")
    if found.trouble:
        kit.message(found.trouble, "bad")
        return
    if not persona.objectives:
        kit.message("This persona has no objectives: add some below “# Test Objectives”.", "warn")
        return
    with kit.tag("section", classes="rh-card").props('aria-label="Objectives"'):
        with kit.tag("ul", classes="rh-results"):
            for rule in persona.objectives:
                with kit.tag("li", classes="rh-result").mark(f"objective-{rule.id}"):
                    _objective(studio, persona, rule, found)
        kit.muted(KAPPA).classes("rh-small")


def _objective(studio: Studio, persona: Persona, rule: Rule, found: Found) -> None:
    shown = found.shown.get(rule.id, Shown())
    with kit.tag("div", classes="rh-objective-figure rh-number"):
        if shown.calls:
            kit.tag("span", f"{shown.shown} of {shown.calls}", "rh-score-small")
            ui.linear_progress(shown.shown / shown.calls, show_value=False, size="8px").props(
                f'aria-label="Shown in {shown.shown} of {shown.calls} calls"'
            )
        else:
            kit.muted("No call yet")
    with kit.tag("div", classes="rh-grow rh-stack-tight"):
        lang.persona_words(kit.tag("p", rule.text, "rh-strong"), persona.language)
        if shown.missed:
            kit.tag("p", f"Not shown by: {_people(studio, shown)}.", "rh-small")
        _agreement(found.agreements.get(rule.id, agreement(())))
        corrections = found.corrections.get(rule.id, ())
        if corrections:
            with kit.tag("ul", classes="rh-corrections rh-small"):
                for each in corrections[:CORRECTIONS]:
                    with kit.tag("li"):
                        _correction(studio, each)


def _agreement(found: Agreement) -> None:
    few = " Few calls yet." if found.kappa is not None and found.calls < FEW else ""
    kit.tag("p", found.words() + few, "rh-muted rh-small rh-number")


def _correction(studio: Studio, correction: Correction) -> None:
    said, call = correction.said, correction.call
    target = f"/calls/{call.call}#objective-{said.rule}"
    ui.link(f"Call of {words.when_inside(call.started)}", target)
    who = studio.users.get(said.by)
    effect = "shown, read as not shown" if said.yes else "not shown, read as shown"
    name = who.display if who else said.by or "Somebody who is gone"
    kit.tag("span", f" {name}: {effect}", "rh-muted")


def _people(studio: Studio, shown: Shown) -> str:
    names = []
    for name, times in shown.missed:
        user = studio.users.get(name)
        display = user.display if user else name
        names.append(f"{display} ({times} times)" if times > 1 else display)
    return ", ".join(names)
