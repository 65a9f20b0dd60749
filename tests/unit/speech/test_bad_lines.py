"""Whole calls that go on: words that end the process that speaks, engines that raise."""

from pathlib import Path
from typing import Any

import pytest

from agent.engines.offline.engine import OfflineEngine
from agent.protocol.messages import Say
from agent.speech.speaking.speakable import Softened
from tests.support.booth import booth, settings_of
from tests.support.persona_text import PLAIN, swap

HISS = "Sss" + "'s" * 200
DOTTED = "x." * 300
DEADLY = "x." * 600
"""No luck with where its memory lies lets espeak-ng live through it, as half of it once did."""


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
    """espeak-ng, which speaks Dutch, is given the words as they are, and dies of them: they are
    shown."""
    dutch = f"---\nlanguage: nl-NL\n---\n{opening(DEADLY)}"
    monkeypatch.setattr("agent.speech.speaking.speakable._RUN", 100_000)
    monkeypatch.setattr("agent.speech.speaking.local_tts.plain", whole)
    async with booth("offline", settings_of(tmp_path, {}), dutch, monkeypatch) as call:
        await call.wait(lambda: call.troubles)
        await call.lines(1)
        call.command(Say("I am sorry about that."))
        await call.lines(2)
    assert call.troubles == ["unspoken"]
    assert DEADLY in call.said("persona")[0]
    assert (call.restored, call.end) == ([], "ended")


@pytest.mark.parametrize("method", ["open", "answer"])
async def test_an_engine_that_raises_where_none_should_costs_its_line_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    """Another one takes over, and the trainee gets the answer."""
    works, failed = getattr(OfflineEngine, method), list[str]()

    def once(engine: OfflineEngine, *given: Any) -> Any:
        if not failed:
            failed.append(method)
            raise ZeroDivisionError("a fault of the engine")
        return works(engine, *given)

    monkeypatch.setattr(OfflineEngine, method, once)
    async with booth("offline", settings_of(tmp_path, {}), PLAIN, monkeypatch) as call:
        await call.joined()
        call.command(Say("I am sorry about that."))
        await call.wait(lambda: call.restored)
        await call.lines(1)
    assert failed
    assert call.troubles == ["closed"]
    assert call.end == "ended"


async def test_an_engine_whose_session_does_not_start_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    works, failed = OfflineEngine.agent, list[int]()

    def once(engine: OfflineEngine, on_turn: Any) -> Any:
        if not failed:
            failed.append(1)
            raise ZeroDivisionError("a fault of the engine")
        return works(engine, on_turn)

    monkeypatch.setattr(OfflineEngine, "agent", once)
    async with booth("offline", settings_of(tmp_path, {}), PLAIN, monkeypatch) as call:
        await call.lines(1)
    assert (call.troubles, call.end) == (["closed"], "ended")
