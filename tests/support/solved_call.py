"""A call from an unkind word to the customer's goodbye, for every engine that asks a model."""

from agent.protocol.messages import Say
from tests.support.booth import Booth
from tests.support.persona_text import swap

_KEPT = swap("- Account: TC-88213", "- Account: TC-88213\n  - only after: A sincere apology")
TEXT = swap(
    "- A time is named",
    "- A time is named\n  - then: Account: closed today",
    swap("language: th-TH", "language: en-US", _KEPT),
)
ASKED = "What is your account number?"
TURNS = (
    ASKED,
    "I am so sorry about this, Ms. Thompson.",
    ASKED,
    "This was our mistake, we got it wrong and I take full responsibility.",
    "I confirm that the full refund is on its way.",
    "It will be on your account by Friday at noon.",
    ASKED,
    "Thank you for calling, goodbye.",
)


async def played(call: Booth, seconds: float) -> list[str]:
    """Type these turns, each once the last one was answered, until the customer has left; the
    stage directions of its answers. ``seconds`` is how long one answer may take."""
    await call.lines(1, seconds)
    for number, text in enumerate(TURNS):
        call.command(Say(text))
        await call.lines(number + 2, seconds)
    await call.wait(lambda: call.end, seconds)
    return [turn.direction for turn in call.turns("persona")][1:]


def check(directions: list[str], end: str) -> None:
    """What a model must have been told in this call, and who ended it."""
    kept, _, told, *_, solved, again, farewell = directions
    assert "TC-88213" not in kept
    assert "do not tell yet" in kept
    assert 'tell them: "Account: TC-88213"' in told
    assert "By now: Account: closed today." in solved
    assert 'tell them: "Account: closed today"' in again
    assert "say goodbye" in farewell
    assert end == "goodbye"
