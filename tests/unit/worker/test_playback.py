"""Captions that grow with the persona's voice, over a loudspeaker that plays in its own time."""

import asyncio
from collections.abc import Awaitable, Callable
from types import SimpleNamespace

import pytest
from livekit import rtc
from livekit.agents.types import TimedString
from livekit.agents.voice import io

from agent.worker.playback import STALL, PlaybackOutput, TimedTranscript
from tests.support.clock import at_once, now
from tests.support.loudspeaker import RATE, Loudspeaker

WORDS = (("I ", 0.0), ("want ", 0.3), ("my ", 0.6), ("money ", 0.8), ("back.", 1.2))
SECONDS = 1.6
LINE = "I want my money back."


class Stage:
    """A persona that speaks, what was shown of it when, and what was taken as heard."""

    def __init__(self, delay: float = 0.0) -> None:
        self.words = TimedTranscript()
        self.shown: list[tuple[float, str]] = []
        self.heard: list[tuple[str | None, bool]] = []
        self.before_the_end = ""
        self.stalled: list[float] = []
        self.output = PlaybackOutput(Loudspeaker(delay), self.words, self._show, self._stall, now)
        self.output.on("playback_finished", self._finished)

    def _show(self, text: str) -> None:
        self.shown.append((now(), text))

    def _stall(self) -> None:
        self.stalled.append(now())

    def _finished(self, event: io.PlaybackFinishedEvent) -> None:
        self.heard.append((event.synchronized_transcript, event.interrupted))

    async def begin(
        self, words: tuple[tuple[str, float | None], ...] = WORDS, *, flush: bool = True
    ) -> None:
        """Hand a line's text and sound to the outputs, much faster than it sounds."""
        for word, begin in words:
            await self.words.capture_text(
                word if begin is None else TimedString(word, start_time=begin)
            )
        for _ in range(int(SECONDS / 0.02)):
            await self.output.capture_frame(rtc.AudioFrame.create(RATE, 1, RATE // 50))
        self.output.flush()
        if flush:
            self.words.flush()


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The module's clock is the loop's, which takes no time."""
    monkeypatch.setattr("agent.worker.playback.time", SimpleNamespace(monotonic=now))


def play(story: Callable[[Stage], Awaitable[None]], delay: float = 0.0) -> Stage:
    """A stage after that story."""

    async def main() -> Stage:
        stage = Stage(delay)
        await story(stage)
        await asyncio.sleep(0)
        assert len(asyncio.all_tasks()) == 1  # nothing goes on by itself
        return stage

    return at_once(main())


async def whole_line(stage: Stage) -> None:
    await stage.begin()
    await stage.output.wait_for_playout()


def text_at(stage: Stage, time: float) -> str:
    return next((text for when, text in reversed(stage.shown) if when <= time), "")


def test_captions_grow_as_the_words_begin_to_sound() -> None:
    stage = play(whole_line)
    texts = [text for _, text in stage.shown]
    assert texts == ["I", "I want", "I want my", "I want my money", LINE]
    for (when, _), (_, begin) in zip(stage.shown, WORDS, strict=True):
        assert 0 <= when - begin <= 0.11
    assert stage.heard == [(LINE, False)]


def test_nothing_is_shown_before_the_first_sound() -> None:
    stage = play(whole_line, delay=5.0)
    assert stage.shown[0][0] == pytest.approx(5.0)
    assert text_at(stage, 5.75) == "I want my"


@pytest.mark.parametrize(
    ("cut", "heard"), [(0.1, "I"), (0.7, "I want my"), (1.15, "I want my money"), (1.5, LINE)]
)
def test_a_line_that_is_cut_off_holds_what_was_heard(cut: float, heard: str) -> None:
    async def story(stage: Stage) -> None:
        await stage.begin()
        await asyncio.sleep(cut)
        stage.output.clear_buffer()
        await asyncio.sleep(5)

    stage = play(story)
    assert stage.heard == [(heard, True)]
    assert max(when for when, _ in stage.shown) <= cut


def test_a_paused_line_stands_still_and_goes_on_where_it_was() -> None:
    async def story(stage: Stage) -> None:
        await stage.begin()
        await asyncio.sleep(0.7)
        stage.output.pause()
        await asyncio.sleep(10)
        stage.output.resume()
        await stage.output.wait_for_playout()

    stage = play(story)
    assert text_at(stage, 0.7) == text_at(stage, 10.69) == "I want my"
    assert text_at(stage, 10.95) == "I want my money"
    assert stage.shown[-1][0] == pytest.approx(11.2, abs=0.11)
    assert stage.heard == [(LINE, False)]


def test_a_paused_line_that_is_cut_off_holds_what_was_heard() -> None:
    async def story(stage: Stage) -> None:
        await stage.begin()
        await asyncio.sleep(0.7)
        stage.output.pause()
        await asyncio.sleep(10)
        stage.output.clear_buffer()

    stage = play(story)
    assert stage.heard == [("I want my", True)]
    assert stage.output.fell_silent == pytest.approx(0.7), "not when it was given up"


def test_a_line_that_was_cut_off_after_it_had_gone_on_fell_silent_when_it_was_cut() -> None:
    async def story(stage: Stage) -> None:
        await stage.begin()
        await asyncio.sleep(0.2)
        stage.output.pause()
        await asyncio.sleep(1)
        stage.output.resume()
        await asyncio.sleep(0.8)
        stage.output.clear_buffer()

    assert play(story).output.fell_silent is None


def test_each_piece_of_speech_pauses_a_line_anew() -> None:
    async def story(stage: Stage) -> None:
        await stage.begin()
        await asyncio.sleep(0.7)
        for _ in range(5):
            stage.output.pause()
            await asyncio.sleep(0.5)
        stage.output.clear_buffer()
        stage.output.resume()

    assert play(story).output.fell_silent == pytest.approx(0.7)


def test_pausing_twice_and_between_lines_does_no_harm() -> None:
    async def story(stage: Stage) -> None:
        stage.output.pause()
        stage.output.resume()
        await stage.begin()
        await asyncio.sleep(0.7)
        for _ in range(2):
            stage.output.pause()
            await asyncio.sleep(1)
        for _ in range(2):
            stage.output.resume()
            await asyncio.sleep(0.3)
        stage.before_the_end = text_at(stage, now())
        await stage.output.wait_for_playout()
        stage.output.pause()
        stage.output.resume()
        await stage.begin((("Now!", 0.5),))
        await stage.output.wait_for_playout()

    stage = play(story)
    assert stage.heard == [(LINE, False), ("Now!", False)]
    assert stage.before_the_end == LINE  # 1.3 s of sound
    when, text = stage.shown[-1]
    assert when == pytest.approx(3.6 + 0.5, abs=0.11)
    assert text == "Now!"


@pytest.mark.parametrize("cut", [None, 0.7])
def test_a_line_holds_nothing_of_the_one_before(cut: float | None) -> None:
    async def story(stage: Stage) -> None:
        await stage.begin()
        if cut is None:
            await stage.output.wait_for_playout()
        else:
            await asyncio.sleep(cut)
            stage.output.clear_buffer()
        stage.shown.clear()
        await stage.begin((("Are ", 0.0), ("you there?", 0.2)))
        await stage.output.wait_for_playout()

    stage = play(story)
    assert [text for _, text in stage.shown] == ["Are", "Are you there?"]
    assert stage.heard[1] == ("Are you there?", False)


def test_words_that_come_while_the_line_sounds_are_shown() -> None:
    async def story(stage: Stage) -> None:
        await stage.begin(WORDS[:2], flush=False)
        await asyncio.sleep(0.5)
        for word, begin in WORDS[2:]:
            await stage.words.capture_text(TimedString(word, start_time=begin))
        stage.words.flush()
        await stage.output.wait_for_playout()

    stage = play(story)
    assert text_at(stage, 0.5) == "I want"
    assert stage.heard == [(LINE, False)]


def test_text_without_times_sounds_with_the_word_before() -> None:
    async def story(stage: Stage) -> None:
        await stage.begin((("Well", 0.0), (", ", None), ("no", 0.5), ("!", None)))
        await stage.output.wait_for_playout()

    assert [text for _, text in play(story).shown] == ["Well,", "Well, no!"]


def test_a_line_whose_words_lag_is_whole_when_it_was_heard_to_its_end() -> None:
    async def story(stage: Stage) -> None:
        await stage.begin((("Yes ", 0.0), ("indeed.", SECONDS + 0.5)))
        await stage.output.wait_for_playout()

    stage = play(story)
    assert stage.heard == [("Yes indeed.", False)]


@pytest.mark.parametrize(("silence", "stalls"), [(STALL - 0.5, 0), (STALL + 0.5, 1)])
def test_a_line_that_stops_sounding_before_its_end_is_told(silence: float, stalls: int) -> None:
    async def story(stage: Stage) -> None:
        for text in ("Where is it?", "I want it now."):
            await stage.words.capture_text(text)
            await stage.output.capture_frame(rtc.AudioFrame.create(RATE, 1, RATE))
            await asyncio.sleep(1 + silence)
            await stage.output.capture_frame(rtc.AudioFrame.create(RATE, 1, RATE))
            stage.output.flush()
            stage.words.flush()
            await stage.output.wait_for_playout()
            await asyncio.sleep(2 * STALL)

    assert len(play(story).stalled) == 2 * stalls
