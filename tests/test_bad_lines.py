"""Whole calls with personas whose words end the process that speaks them."""

from pathlib import Path

import pytest

from agent.call.link import Say
from agent.engines.speakable import Softened
from tests.booth import booth, settings_of
from tests.persona_text import PLAIN, swap

HISS = "Sss" + "'s" * 200
DOTTED = "x." * 300


def opening(line: str) -> str:
    """A persona that begins with that line."""
    return swap("- Asks where the parcel is", f'- "{line}"', PLAIN)


def whole(text: str) -> Softened:
    """The text as it is."""
    return Softened(text, ((0, 0),))


@pytest.mark.parametrize("line", [HISS, DOTTED, "a" * 5_000, "Hm. \U0001f600"], ids=lambda t: t[:4])
async def test_a_call_lives_through_its_persona_s_opening(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    """The line is spoken, as far as it can be, and the next turn is answered."""
    async with booth("offline", settings_of(tmp_path, {}), opening(line), monkeypatch) as call:
        await call.speaking()
        call.command(Say("I am sorry about that."))
        await call.lines(2)
    assert (call.troubles, call.end) == ([], "ended")


async def test_a_call_whose_voice_cannot_speak_a_line_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real process is given the words as they are, and dies of them: they are shown."""
    monkeypatch.setattr("agent.engines.speakable._RUN", 100_000)
    monkeypatch.setattr("agent.engines.speaking.plain", whole)
    async with booth("offline", settings_of(tmp_path, {}), opening(HISS), monkeypatch) as call:
        await call.wait(lambda: call.troubles)
        await call.lines(1)
        call.command(Say("I am sorry about that."))
        await call.lines(2)
    assert call.troubles == ["unspoken"]
    assert HISS in call.said("persona")[0]
    assert (call.restored, call.end) == ([], "ended")
