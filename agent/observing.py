"""Whether a text model observes the trainee's turns of a call; quick to import, knows no plugin."""

from agent.engines.choice import OFFLINE
from agent.engines.stages import Source, source
from agent.settings import Settings


def text_source(settings: Settings) -> Source | None:
    """The text model that observes; None when there is none, or when none is wanted."""
    if settings.observer == "lexical":
        return None
    found = source("llm", settings)
    return found if isinstance(found, Source) else None


def observes(settings: Settings, engine: str) -> bool:
    """Whether it observes while that engine plays. Beside the offline engine only when it runs on
    this machine or was asked for: whoever chooses offline wants nothing to leave."""
    found = text_source(settings)
    if found is None:
        return False
    return engine != OFFLINE or not found.receiver or settings.observer == "model"


def leaves(settings: Settings, engine: str) -> str:
    """What of a call leaves this machine for that, and to whom; "" when nothing does."""
    found = text_source(settings)
    if found is None or not found.receiver or not observes(settings, engine):
        return ""
    return f"what both say and the persona's rules go to {found.receiver} as text"


_STAND_IN = {
    "late": "It took too long.",
    "silent": "It took too long.",
    "wrong_key": "Its key was refused.",
    "no_quota": "Its allowance is used up.",
    "rate_limit": "Too much was asked of it at once.",
    "unknown_model": "Its provider does not know it.",
    "region": "Its provider does not serve this place.",
    "malformed": "Its answer could not be read.",
    "invented": "It claimed only what nobody had said.",
    "closed": "It could not be reached.",
}


def stand_in_words(code: str) -> str:
    """Why the word lists judged a turn in the model's place; ``code`` is ``Turn.stand_in``."""
    return f"Judged by its wording, without the text model. {_STAND_IN.get(code, 'It failed.')}"
