"""How long the persona bears a silence; on a loop whose waiting takes no time."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from agent.worker.silence_timer import MOST, SilenceTimer
from tests.support.clock import JumpingLoop, at_once, now

Story = Callable[[SilenceTimer], Awaitable[None]]


def nudges(story: Story, *, restart: bool = True) -> list[float]:
    """When the persona spoke up; its lines take no time, so each begins the next silence."""
    times: list[float] = []

    async def main() -> None:
        def speak_up() -> None:
            times.append(now())
            if restart:
                patience.start()

        patience = SilenceTimer(10, speak_up)
        patience.start()
        await story(patience)

    at_once(main())
    return times


async def silence(patience: SilenceTimer) -> None:
    await asyncio.sleep(1000)


async def somebody_speaks(patience: SilenceTimer) -> None:
    await asyncio.sleep(9)
    patience.stop()
    await asyncio.sleep(1000)


async def short_noises(patience: SilenceTimer) -> None:
    for _ in range(5):
        await asyncio.sleep(9)
        patience.start()
    await asyncio.sleep(11)
    patience.stop()


async def an_answer_after_two_nudges(patience: SilenceTimer) -> None:
    await asyncio.sleep(30)
    patience.stop()
    patience.renew()
    patience.start()
    await asyncio.sleep(1000)


async def held_in_silence(patience: SilenceTimer) -> None:
    await asyncio.sleep(9)
    patience.hold("page")
    await asyncio.sleep(100)
    patience.hold("room")
    patience.hold("page", False)
    await asyncio.sleep(100)
    patience.hold("room", False)
    await asyncio.sleep(11)
    patience.stop()


async def held_while_somebody_speaks(patience: SilenceTimer) -> None:
    patience.stop()
    patience.hold("page")
    await asyncio.sleep(50)
    patience.hold("page", False)
    await asyncio.sleep(100)


async def an_edit(patience: SilenceTimer) -> None:
    await asyncio.sleep(11)
    patience.seconds = 4
    patience.start()
    await asyncio.sleep(7)
    patience.stop()


@pytest.mark.parametrize(
    ("story", "times"),
    [
        (silence, [10, 25, 45]),  # each time half as long again, then never more
        (somebody_speaks, []),
        (short_noises, [55]),  # starting again begins anew, and leaves no second timer behind
        (an_answer_after_two_nudges, [10, 25, 40, 55, 75]),
        (held_in_silence, [219]),  # as long as anything holds it, and then from the beginning
        (held_while_somebody_speaks, []),
        (an_edit, [10, 17]),
    ],
)
def test_when_the_persona_speaks_up(story: Story, times: list[float]) -> None:
    assert nudges(story) == pytest.approx(times)


def test_it_counts_only_while_told_to() -> None:
    assert nudges(silence, restart=False) == [10]
    assert len(nudges(silence)) == MOST


def test_a_silence_in_which_this_process_stood_still_begins_anew() -> None:
    async def stand_still(patience: SilenceTimer) -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, JumpingLoop)
        await asyncio.sleep(9)
        loop.stand_still(300)
        await asyncio.sleep(11)
        patience.stop()

    assert nudges(stand_still) == [319]


@pytest.mark.parametrize(("heard", "times"), [(True, [12]), (False, [])])
def test_before_it_speaks_up_it_asks_whether_it_would_be_heard(
    heard: bool, times: list[float]
) -> None:
    spoke: list[float] = []

    async def is_heard() -> bool:
        await asyncio.sleep(2)
        return heard

    async def main() -> None:
        patience = SilenceTimer(10, lambda: spoke.append(now()), is_heard)
        patience.start()
        await asyncio.sleep(30)
        patience.stop()

    at_once(main())
    assert spoke == pytest.approx(times)


def test_who_speaks_while_it_asks_is_not_interrupted() -> None:
    spoke: list[float] = []

    async def is_heard() -> bool:
        await asyncio.sleep(2)
        return True

    async def main() -> None:
        patience = SilenceTimer(10, lambda: spoke.append(now()), is_heard)
        patience.start()
        await asyncio.sleep(11)
        patience.stop()
        await asyncio.sleep(30)

    at_once(main())
    assert spoke == []


def test_it_speaks_up_when_nobody_knows_whether_it_would_be_heard() -> None:
    spoke: list[float] = []

    async def is_heard() -> bool:
        raise OSError("the room tells nothing")

    async def main() -> None:
        patience = SilenceTimer(10, lambda: spoke.append(now()), is_heard)
        patience.start()
        await asyncio.sleep(20)
        patience.stop()

    at_once(main())
    assert spoke == pytest.approx([10.0])
