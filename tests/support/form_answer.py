"""What a text model answers that is asked for a persona's form."""

from typing import Any

from nicegui.testing import User

from tests.support.fakes.text_model import Asked

FILLED: dict[str, Any] = {
    "scenario": "Broken Oven",
    "name": "Mira Holt",
    "who": "Mira runs a bakery.",
    "difficulty": "hard",
    "intensity": 9,
    "threshold": 1,
    "context": ["The oven broke on Friday."],
    "opening": ["My oven is dead!"],
    "facts": [{"label": "Order", "value": "55 12"}],
    "angers": [{"words": "Being told to wait", "change": 9, "reply": "Wait? No."}],
    "calms": [{"words": "A sincere apology", "change": 2, "reply": "Thanks."}],
    "wants": [{"words": "A date is named", "reply": "Good."}],
    "objectives": [{"words": "Apologizes", "weight": 2}],
    "constraints": ["Stay in the role."],
    "briefing": ["You work for a maker of ovens.", "A new one can come on Monday."],
}


def answer(asked: Asked) -> dict[str, Any]:
    return FILLED


TYPED = {
    "scenario": "Lost Parcel",
    "name": "Dana <b>Fox</b>",
    "who": "Runs a shop.",
    "context": "The parcel is late.",
    "facts-0-label": "Order number",
    "facts-0-value": "55: 12",
    "opening-0": 'Hello? They said "tomorrow"!',
    "angers-0-words": "Being told to calm down",
    "calms-0-words": "A sincere apology",
    "wants-0-words": "A date is named",
    "objectives-0-words": "Apologizes",
}
"""What an author types, by the marker of the field."""


def fill(user: User, **instead: str) -> None:
    """Type it all into the form."""
    for marker, text in {**TYPED, **instead}.items():
        user.find(marker=marker).clear().type(text)
