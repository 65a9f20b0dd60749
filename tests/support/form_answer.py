"""What a text model answers that is asked for a persona's form."""

from typing import Any

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
}


def answer(asked: Asked) -> dict[str, Any]:
    return FILLED
