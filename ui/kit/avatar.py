"""The persona's face: initials on a colour, both made from the name; and what stands beside it."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from nicegui import ui
from nicegui.elements.html import Html

from agent.simulation.directing.mood import MOODS, Mood, mood_word
from personas.model import Persona
from ui import kit

HUES = (8, 32, 84, 152, 176, 200, 222, 262, 296, 330)
"""Spread so that two personas side by side are told apart; 44 % lightness or less carries white."""


def avatar(name: str, size: int = 48, mood: Mood | None = None) -> Html:
    """A drawn face of ``size`` px; ``mood``, one of ``MOODS``, colours its ring.

    The ring grows with the persona's voice when the page has a ``VoiceCall``. Read by screen
    readers as nothing: the name always stands beside it.
    """
    made = ui.html(_svg(name, size), sanitize=False).classes("rh-avatar")
    made.style(f"width: {size}px; height: {size}px").props("data-level=persona aria-hidden=true")
    if mood:
        made.classes(f"rh-avatar-{mood}")
    return made


@contextmanager
def persona_head(persona: Persona) -> Iterator[Html]:
    """Who the customer is, at the head of a card; its badges go inside the ``with``, which gives
    the face."""
    with kit.tag("div", classes="rh-persona-head"):
        face = avatar(persona.name, 72, mood_word(persona.intensity))
        with kit.tag("div", classes="rh-stack-tight"):
            kit.heading(persona.name)
            kit.muted(persona.scenario)
            with kit.tag("div", classes="rh-line"):
                yield face


def show_mood(face: Html, intensity: int | None) -> None:
    """Colour the face's ring by an intensity of 0-10; not at all where nobody may see the mood."""
    for mood in MOODS:
        shown = intensity is not None and mood == mood_word(intensity)
        kit.switch(face, f"rh-avatar-{mood}", shown)


def initials(name: str) -> str:
    """The first letters of the first and last word, or of the one there is."""
    words = [word for word in name.split() if word[0].isalnum()]
    chosen = words if len(words) < 2 else [words[0], words[-1]]
    return "".join(_letter(word) for word in chosen).upper() or "?"


def _letter(word: str) -> str:
    # A Thai leading vowel is written before the consonant that names the person.
    return next((c for c in word if c.isalpha() and c not in "เแโใไ"), word[0])


def _svg(name: str, size: int) -> str:
    digest = hashlib.sha256(name.encode()).digest()
    hue, tilt = HUES[digest[0] % len(HUES)], digest[1] % 360
    letters = _escape(initials(name))
    return (
        f'<svg viewBox="0 0 100 100" width="{size}" height="{size}" focusable="false">'
        f'<circle cx="50" cy="50" r="50" fill="hsl({hue} 45% 30%)"/>'
        f'<g transform="rotate({tilt} 50 50)">'
        f'<path d="M0 50a50 50 0 0 1 100 0z" fill="hsl({hue} 42% 36%)"/></g>'
        '<text x="50" y="50" dy="0.35em" text-anchor="middle" fill="#fff" font-size="38" '
        f'font-weight="650" font-family="inherit">{letters}</text></svg>'
    )


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
