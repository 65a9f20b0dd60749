"""Calls at a laptop without headphones: the microphone gets the persona's voice, 20 dB down."""

from pathlib import Path

import pytest

from tests.support.booth import booth, settings_of
from tests.support.loudspeaker import Loudspeaker
from tests.support.persona_text import PLAIN, swap

LINE = "I have been waiting for my parcel since Tuesday, and nobody tells me where it is."
MORE = (
    "It was to come on Monday, so I took a day off for it and sat by the door from eight to six, "
    "and on Tuesday I did the same once more, and I cannot do that again this week."
)
OPENING = swap("- Asks where the parcel is", f'- "{LINE}"', PLAIN)


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Gets an entry for each time that the persona's line is held."""
    found: list[str] = []
    pause = Loudspeaker.pause

    def noted(loudspeaker: Loudspeaker) -> None:
        found.append("paused")
        pause(loudspeaker)

    monkeypatch.setattr(Loudspeaker, "pause", noted)
    return found


async def test_a_line_is_not_stopped_by_its_own_echo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pauses: list[str]
) -> None:
    async with booth("offline", settings_of(tmp_path, {}), OPENING, monkeypatch) as call:
        call.echoes = 0.1
        await call.lines(1)
        assert call.said() == [LINE]
        assert not call.turns()[0].interrupted
        assert pauses == []


async def test_who_breaks_in_is_heard_over_the_echo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pauses: list[str]
) -> None:
    # What is said over a short line may be understood only after its end, on a busy machine.
    opening = OPENING.replace(LINE, f"{LINE} {MORE}")
    async with booth("offline", settings_of(tmp_path, {}), opening, monkeypatch) as call:
        call.echoes = 0.1
        await call.heard("waiting")
        call.say("Stop, please listen to me.")
        await call.wait(lambda: call.said("trainee"))
        assert pauses
        assert call.turns("persona")[0].interrupted
        assert "listen" in call.said("trainee")[0]
