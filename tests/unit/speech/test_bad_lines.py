"""Whole calls that go on: words that end the process that speaks, engines that raise."""

from pathlib import Path
from typing import Any

import pytest

from agent.engines.offline.engine import OfflineEngine
from agent.protocol.messages import Say
from agent.speech.speaking.speaker_models import SpeakerModels
from agent.speech.speaking.speaking import Speaking
from tests.support.booth import booth, settings_of
from tests.support.persona_text import PLAIN, swap

HISS = "Sss" + "'s" * 200
DOTTED = "x." * 300


def opening(line: str) -> str:
    """A persona that begins with that line."""
    return swap("- Asks where the parcel is", f'- "{line}"', PLAIN)


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
    """Its process dies of the line, and of its plain words: they are shown."""
    voice = ("-m", "tests.support.fakes.voice", "deadly")
    frail = Speaking(SpeakerModels(tmp_path), voice, voice)
    monkeypatch.setattr("tests.support.booth.speaking", lambda: frail)
    line = "That was a deadly thing to say."
    try:
        async with booth("offline", settings_of(tmp_path, {}), opening(line), monkeypatch) as call:
            await call.wait(lambda: call.troubles)
            await call.lines(1)
            call.command(Say("I am sorry about that."))
            await call.lines(2)
    finally:
        frail.close()
    assert call.troubles == ["unspoken"]
    assert line in call.said("persona")[0]
    assert frail.english.health.deaths == 2
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
