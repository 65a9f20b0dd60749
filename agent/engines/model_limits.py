"""How many tokens each model takes, as far as its maker says so; one table, to be edited.

What goes in is counted: the whole context less what is kept for the answer, where that is said.
"""

from typing import NamedTuple


class Takes(NamedTuple):
    """Tokens of instructions and talk together that ``model`` takes, and who says so."""

    model: str
    most: int
    source: str


_REALTIME = "https://developers.openai.com/api/docs/models/gpt-realtime-2.1-mini"
_LIVE = "https://firebase.google.com/docs/ai-logic/live-api/sessions: 128k tokens a session"
_FLASH = "https://ai.google.dev/gemini-api/docs/models"

TABLE: dict[str, tuple[Takes, ...]] = {
    "gemini": (Takes("gemini-2.5-flash-native-audio", 128_000, _LIVE),),
    "openai": (
        Takes(
            "gpt-realtime",
            28_224,
            "OpenAI's API reference, RealtimeTruncation: of 32k tokens 28,224 are for what goes in",
        ),
        Takes("gpt-realtime-2.1-mini", 96_000, f"{_REALTIME}: 128,000, 32,000 of them for answers"),
    ),
    "pipeline/openai": (
        Takes("gpt-4.1", 1_047_576, "https://platform.openai.com/docs/models/gpt-4.1"),
        Takes("gpt-4o", 128_000, "https://platform.openai.com/docs/models/gpt-4o"),
        Takes(
            "gpt-5-mini",
            272_000,
            "https://platform.openai.com/docs/models/gpt-5-mini: 400,000, 128,000 of them for "
            "answers",
        ),
        Takes(
            "gpt-5.4-mini",
            272_000,
            "https://developers.openai.com/api/docs/models/gpt-5.4-mini: 400,000, 128,000 of them "
            "for answers",
        ),
    ),
    "pipeline/google": (
        Takes("gemini-2.0-flash", 1_048_576, f"{_FLASH}/gemini-2.0-flash"),
        Takes("gemini-2.5-flash", 1_048_576, _FLASH),
        Takes(
            "gemini-3-flash",
            1_048_576,
            "https://docs.cloud.google.com/vertex-ai/generative-ai/docs/models/gemini/3-flash",
        ),
    ),
}
"""By engine, and in the pipeline by who finds the words; read on 2026-11-28. A name stands for its
dated and named variants too, unless a longer one does."""


def takes(kind: str, model: str) -> Takes | None:
    """What that model takes; of one that is not in the table, the least that its maker's models
    take. None for a kind whose makers do not say."""
    table = TABLE.get(kind, ())
    plain = model.removeprefix("models/")
    known = [each for each in table if f"{plain}-".startswith(f"{each.model}-")]
    if known:
        return max(known, key=lambda each: len(each.model))
    least = min(table, key=lambda each: each.most, default=None)
    if least is None:
        return None
    return Takes(model, least.most, f"as {least.model}, since {plain} is not in our table")
