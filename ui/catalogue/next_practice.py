"""What to practise next, as a line on the catalogue; nothing before the first call."""

from contextlib import suppress
from dataclasses import replace

from agent.simulation.reviewing.coached import coached
from agent.simulation.reviewing.imperative import imperative
from agent.simulation.reviewing.next_practice import LATEST, Next, Practised
from data.store import StoreError
from data.summary import Summary
from ui import kit
from ui.context import Studio
from ui.kit import lang, words
from ui.kit.persona_lists import personas_of


def practised_by(studio: Studio, user: str) -> dict[str, Practised]:
    """The user's finished calls with each persona, by its present name, as coaches have them.
    Blocks; without the list of calls, none."""
    finished, found = studio.archive.finished, dict[str, Practised]()
    with suppress(StoreError):
        for slug, names in personas_of(studio, user).items():
            course = finished.course(user, names, drawn=LATEST)
            if course is not None:
                newest = (_as_coached(studio, call) for call in reversed(course.newest))
                found[slug] = Practised(course.last.started, tuple(newest))
    return found


def _as_coached(studio: Studio, call: Summary) -> Summary:
    """The call with what a coach has settled counting before what was read."""
    said = studio.annotations.of(call.call)
    if call.missed is None or not said:
        return call
    card = {"objectives": [{"id": rule} for rule in {each.rule for each in said if each.rule}]}
    settled = coached(card, said, ()).objectives
    left = [rule for rule in call.missed if rule not in settled]
    return replace(call, missed=(*left, *(r for r, word in settled.items() if not word.shown)))


def next_line(found: Next | None) -> None:
    """One line with a button."""
    if found is None:
        return
    name = found.persona.name
    with kit.tag("section", classes="rh-next").props('aria-label="Practise next"').mark("next"):
        with kit.tag("p", classes="rh-grow"):
            kit.tag("span", f"Practise next: {name}. ", "rh-strong")
            _why(found)
        start = kit.link_button("Start Practice", f"/call/{found.persona.slug}")
        start.props["aria-label"] = f"Start Practice: {found.persona.scenario}, {name}"


def _why(found: Next) -> None:
    if found.weakest is None:
        text = "You have not practised this call yet."
        if found.last is not None:
            text = f"Your last call there was {words.when_inside(found.last)}, longest ago of all."
        kit.tag("span", text)
        return
    told = imperative(found.weakest, found.persona).rstrip(".")
    lang.persona_words(kit.tag("q", told), found.persona.language)
    calls = f"{found.missed} of your last {found.of} calls" if found.of > 1 else "your last call"
    kit.tag("span", f" was missing in {calls}.")
