"""A language that changes in mid-call: offline, the voice changes and the ears come and go."""

from pathlib import Path

import pytest

from agent.engines.offline import engine as offline
from agent.protocol.messages import NewPersona, Say
from agent.speech.speaking.local_tts import LocalTTS
from tests.support.booth import booth, settings_of
from tests.support.persona_text import PLAIN, swap

THAI = swap("# Persona", "---\nlanguage: th-TH\n---\n# Persona", PLAIN)


async def test_offline_the_voice_changes_and_the_recogniser_goes_and_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[offline.OfflineEngine] = []
    make = offline.make

    def noted(*given: object) -> offline.OfflineEngine:
        made.append(make(*given))  # type: ignore[arg-type]
        return made[-1]

    monkeypatch.setattr(offline, "make", noted)
    async with booth("offline", settings_of(tmp_path, {}), PLAIN, monkeypatch) as call:
        await call.lines(1)
        call.command(NewPersona(THAI, "v2"))
        await call.wait(lambda: call.edits)
        call.command(Say("สวัสดีค่ะ"))
        await call.lines(2)
        call.command(NewPersona(PLAIN, "v3"))
        await call.wait(lambda: len(call.edits) == 2)
        call.command(Say("Hello?"))
        await call.lines(3)
    assert call.edits == ["rebuilt", "rebuilt"]
    voices = [engine.session.tts for engine in made]
    assert [voice.provider for voice in voices if isinstance(voice, LocalTTS)] == [
        "hibari",
        "espeak-ng",
        "hibari",
    ]
    assert [engine.session.stt is not None for engine in made] == [True, False, True]
    assert (call.troubles, call.end) == ([], "ended")
