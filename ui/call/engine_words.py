"""What the engine of a call can do and what it sends away, in words for the call page."""

from dataclasses import dataclass

from agent.engines import choice, observer_choice
from personas.model import Persona
from ui.context import Studio


@dataclass(frozen=True, slots=True)
class Offer:
    """A voice that can be chosen for a call; ``lacks`` says what is missing, "" when nothing is."""

    name: str
    title: str
    lacks: str = ""


def engine_title(name: str) -> str:
    """The engine's name for people; a record may name one that is gone."""
    return next((kind.title for kind in choice.KINDS if kind.name == name), name.capitalize())


def offers(studio: Studio, persona: Persona) -> list[Offer]:
    """The automatic choice (with the name "") and every engine, those that lack something too."""
    usual = choice.kind_of(studio.calls.engine_for(persona).name).title
    found = [Offer("", f"Automatic ({usual})")]
    for kind in choice.KINDS:
        found.append(Offer(kind.name, kind.title, kind.lacks(studio.settings)))
    return found


def engine_of(studio: Studio, persona: Persona, wanted: str = "") -> str:
    """The name of the engine of a call with that persona."""
    return studio.calls.engine_for(persona, wanted).name


def leaves(studio: Studio, persona: Persona, wanted: str = "", *, author: bool = False) -> str:
    """The engine of a call with that persona and what leaves this machine in it, in words; an
    author also reads why it is not the one that was asked for."""
    chosen = studio.calls.engine_for(persona, wanted)
    words = f"Voice: {choice.kind_of(chosen.name).title}. {_leaving(studio, chosen.name)}"
    return f"{words} {chosen.note}".strip() if author else words


def in_call(studio: Studio, engine: str, first: str) -> str:
    """The same during a call that began with ``first`` and goes on with ``engine``."""
    title = choice.kind_of(engine).title
    if engine == first:
        return f"Voice: {title}. {_leaving(studio, engine)}"
    before = choice.kind_of(first).title
    return f"Voice: {title}, until the trouble {before}. From now on: {_leaving(studio, engine)}"


def _leaving(studio: Studio, engine: str) -> str:
    parts = [
        choice.kind_of(engine).leaves(studio.settings),
        observer_choice.leaves(studio.settings, engine),
    ]
    if url := studio.settings.livekit_url:
        parts.append(f"both voices go through the LiveKit server at {url}")
    gone = "; ".join(part for part in parts if part)
    return f"What leaves this machine: {gone}." if gone else "Nothing leaves this machine."
