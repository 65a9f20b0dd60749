"""How long the persona bears a silence; on a loop whose waiting takes no time."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from agent.call.patience import MOST, Patience
from tests.clock import at_once, now

Story = Callable[[Patience], Awaitable[None]]


def nudges(story: Story, *, restart: bool = True) -> list[float]:
    """When the persona spoke up; its lines take no time, so each begins the next silence."""
    times: list[float] = []

    async def main() -> None:
        def speak_up() -> None:
            times.append(now())
            if restart:
                patience.start()

        patience = Patience(10, speak_up)
        patience.start()
        await story(patience)

    at_once(main())
    return times


async def silence(patience: Patience) -> None:
    await asyncio.sleep(1000)


async def somebody_speaks(patience: Patience) -> None:
    await asyncio.sleep(9)
    patience.stop()
    await asyncio.sleep(1000)


async def short_noises(patience: Patience) -> None:
    for _ in range(5):
        await asyncio.sleep(9)
        patience.start()
    await asyncio.sleep(11)
    patience.stop()


async def an_answer_after_two_nudges(patience: Patience) -> None:
    await asyncio.sleep(30)
    patience.stop()
    patience.renew()
    patience.start()
    await asyncio.sleep(1000)


async def an_edit(patience: Patience) -> None:
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
        (an_edit, [10, 17]),
    ],
)
def test_when_the_persona_speaks_up(story: Story, times: list[float]) -> None:
    assert nudges(story) == pytest.approx(times)


def test_it_counts_only_while_told_to() -> None:
    assert nudges(silence, restart=False) == [10]
    assert len(nudges(silence)) == MOST
