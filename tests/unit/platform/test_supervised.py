"""A child that is watched over: whatever it does costs the request that it was at, no more."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from agent.platform.process.frames import Frame
from agent.platform.process.pace import LASTING, LONGEST_REST, REST, WORKING, Pace
from agent.platform.process.piped import Piped
from agent.platform.process.replies import Reply, collect
from agent.platform.process.requests import ChildTrouble, Failed, Late, Lost, Refused
from agent.platform.process.supervised import Supervised
from tests.support.clock import PATIENCE, until
from tests.support.places import ROOT

ECHO = {"do": "echo"}
Make = Callable[..., Supervised]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Makes children of the fake kind; they are closed at the end of the test."""
    made: list[Supervised] = []

    def child(mode: str = "works", **options: Any) -> Supervised:
        command = ("-m", "tests.support.fakes.child", mode, str(tmp_path))
        made.append(Supervised("the fake", command, cwd=ROOT, **options))
        return made[-1]

    yield child
    for one in made:
        one.close()


def starts(folder: Path) -> int:
    """How many children have been started."""
    return len(list(folder.iterdir()))


async def answer(child: Supervised, head: dict[str, Any], **options: Any) -> list[Frame]:
    """All pieces of the answer."""
    options = {"begin": PATIENCE, "limit": PATIENCE, **options}
    return [frame async for frame in Reply(child, head, **options)]


def flood(child: Supervised) -> None:
    """Ask for more than it can take."""
    for _ in range(100):
        child.ask(ECHO, print, bytes(400_000)).cancel()


async def pid_of(child: Supervised) -> int:
    """The process that answers now."""
    return int((await answer(child, ECHO))[0].head["pid"])


async def test_requests_are_answered_by_one_process(make: Make, tmp_path: Path) -> None:
    child = make()
    replies = await asyncio.gather(*(answer(child, {**ECHO, "n": n}) for n in range(20)))
    assert [reply[0].head["n"] for reply in replies] == list(range(20))
    assert len({reply[0].head["pid"] for reply in replies}) == 1
    assert starts(tmp_path) == 1
    assert child.health.state == "up"


async def test_bytes_go_both_ways_while_a_request_is_under_way(make: Make) -> None:
    heard: asyncio.Queue[Frame] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def take(frame: Frame) -> None:
        loop.call_soon_threadsafe(heard.put_nowait, frame)

    ask = make().ask({"do": "echo", "stay": True}, take)
    sound = os.urandom(50_000)
    for n in range(5):
        ask.send({"n": n}, sound)
    told = [await asyncio.wait_for(heard.get(), PATIENCE) for _ in range(7)]
    assert [frame.head.get("n") for frame in told] == [None, None, 0, 1, 2, 3, 4]
    assert all(frame.body == sound for frame in told[2:])


@pytest.mark.parametrize("death", ["die", "abort", "garbage"])
async def test_a_death_costs_the_request_it_died_over(
    make: Make, tmp_path: Path, death: str
) -> None:
    """Those before it have been answered, those behind it are, by the next child."""
    child = make()
    before = await pid_of(child)
    bad = asyncio.create_task(answer(child, {"do": death}))
    others = [asyncio.create_task(answer(child, ECHO)) for _ in range(5)]
    with pytest.raises(Lost):
        await bad
    pids = {(await other)[0].head["pid"] for other in others}
    assert pids
    assert before not in pids
    assert starts(tmp_path) == 2
    assert child.health.deaths == 1


async def test_a_death_is_told_with_its_last_words(make: Make) -> None:
    child = make()
    with pytest.raises(Lost, match=r"the fake ended: it ended with code 134: \*\*\* stack smash"):
        await answer(child, {"do": "abort"})
    assert "stack smashing" in child.health.error


async def test_what_came_before_the_death_has_come(make: Make) -> None:
    reply = Reply(make(), {"do": "die"}, begin=PATIENCE, limit=PATIENCE)
    assert (await anext(reply)).body == b"half an "
    with pytest.raises(Lost):
        await anext(reply)


async def test_a_child_that_is_killed_is_started_again_by_itself(make: Make) -> None:
    child = make()
    child.warm(PATIENCE)
    first = await pid_of(child)
    os.kill(first, signal.SIGKILL)
    await until(lambda: child.health.deaths == 1 and child.health.state == "up")
    assert await pid_of(child) != first


async def test_a_child_that_says_why_it_cannot_goes_on(make: Make, tmp_path: Path) -> None:
    child = make()
    with pytest.raises(Failed, match="I do not know that word"):
        await answer(child, {"do": "fail"})
    assert await answer(child, ECHO)
    assert starts(tmp_path) == 1


async def test_a_child_that_hangs_is_ended_and_the_others_go_on(make: Make) -> None:
    child = make()
    hanging = asyncio.create_task(answer(child, {"do": "hang"}, limit=0.2))
    other = asyncio.create_task(answer(child, ECHO))
    with pytest.raises(Late):
        await hanging
    assert await other
    assert child.health.deaths == 1


async def test_a_child_that_is_only_busy_is_not_ended(make: Make, tmp_path: Path) -> None:
    """It answers another request all the time; who has waited too long is told, and that is all."""
    child = make()
    counting = Reply(child, {"do": "count"}, begin=PATIENCE, limit=PATIENCE)
    await anext(counting)
    with pytest.raises(Late):
        await answer(child, ECHO, begin=0.1)
    assert (await anext(counting)).head["at"]
    counting.cancel()
    assert await answer(child, ECHO)
    assert starts(tmp_path) == 1


async def test_a_cancelled_request_stops_and_the_next_is_answered(make: Make) -> None:
    child = make()
    for _ in range(3):
        reply = Reply(child, {"do": "count"}, begin=PATIENCE, limit=PATIENCE)
        await anext(reply)
        reply.cancel()
    assert await answer(child, ECHO)
    assert child.health.deaths == 0


async def test_a_flood_is_cut_off(make: Make, tmp_path: Path) -> None:
    child = make()
    reply = Reply(child, {"do": "flood"}, begin=PATIENCE, most=1_000_000)
    await until(lambda: reply.overflown)  # nobody takes any: on a busy machine it is soon too much
    with pytest.raises(Failed, match="more came than could be taken"):
        await anext(reply)
    assert await answer(child, ECHO)
    assert starts(tmp_path) == 1


async def test_a_full_queue_refuses_in_words(make: Make) -> None:
    child = make(outbox=500_000, most=4)
    hanging = Reply(child, {"do": "hang"}, begin=PATIENCE)
    await anext(hanging)
    with pytest.raises(Refused, match=r"the fake does not keep up: [\d,]+ bytes wait for it"):
        flood(child)
    waiting = [child.ask(ECHO, print) for _ in range(3)]
    with pytest.raises(Refused, match="the fake is busy with 4 requests already"):
        child.ask(ECHO, print)
    for ask in waiting:
        ask.cancel()
    child.ask(ECHO, print).cancel()


async def test_a_child_that_exits_at_once_is_not_started_for_ever(
    make: Make, tmp_path: Path
) -> None:
    child = make("exits")
    with pytest.raises(Lost, match="no voices in this house"):
        await answer(child, ECHO)
    await until(lambda: child.health.state == "resting")
    with pytest.raises(Refused, match=r"again and again .*code 3.* it is tried again in 1\d s"):
        child.ask(ECHO, print)
    assert 2 <= starts(tmp_path) <= 4


async def test_a_child_that_never_starts_is_given_up(make: Make) -> None:
    child = make("mute", start=0.2)
    with pytest.raises(Lost):
        await answer(child, ECHO)
    assert child.health.deaths


async def test_a_child_that_writes_garbage_from_the_beginning_is_given_up(make: Make) -> None:
    child = make("garbage")
    with pytest.raises(Lost, match="no message"):
        await answer(child, ECHO)


async def test_a_process_that_cannot_be_made_is_tried_again(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed: list[int] = []

    def short_of_memory(*args: Any, **options: Any) -> Any:
        if not failed:
            failed.append(1)
            raise OSError(12, "Cannot allocate memory")
        return Piped(*args, **options)

    monkeypatch.setattr("agent.platform.process.supervised.Piped", short_of_memory)
    child = make()
    assert await answer(child, ECHO)
    assert failed
    assert "Cannot allocate memory" in child.health.error


async def test_an_idle_child_is_ended_and_started_when_needed(make: Make) -> None:
    child = make(idle=0.1)
    first = await pid_of(child)
    await until(lambda: child.health.state == "idle")
    await until(lambda: not psutil.pid_exists(first))
    assert await pid_of(child) != first
    assert child.health.deaths == 0


async def test_closing_ends_the_child_and_tells_who_waits(make: Make) -> None:
    child = make()
    pid = await pid_of(child)
    reply = Reply(child, {"do": "hang"}, begin=PATIENCE, limit=PATIENCE)
    await anext(reply)
    child.close()
    with pytest.raises(Lost, match="closed"):
        await anext(reply)
    assert not psutil.pid_exists(pid)
    with pytest.raises(Refused, match="closed"):
        child.ask(ECHO, print)


def test_an_answer_can_be_waited_for_on_any_thread(make: Make) -> None:
    child = make()
    assert collect(child, ECHO, b"sound", limit=PATIENCE)[0].body == b"sound"
    with pytest.raises(Lost):
        collect(child, {"do": "die"}, limit=PATIENCE)
    with pytest.raises(ChildTrouble):
        collect(child, {"do": "hang"}, limit=0.1)


APP = """
import sys, threading
from agent.platform.process.supervised import Supervised

child = Supervised("it", ("-m", "tests.support.fakes.child", "works", sys.argv[1]))
child.ask({"do": "hang"}, lambda frame: print(frame.head.get("pid", ""), flush=True))
threading.Event().wait()
"""


def test_a_killed_app_leaves_no_child(tmp_path: Path) -> None:
    """Not even one that hangs in what it was asked for."""
    command = [sys.executable, "-c", APP, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as app:
        assert app.stdout is not None
        app.stdout.readline()  # it has begun
        pid = int(app.stdout.readline())
        app.kill()
    asyncio.run(until(lambda: not psutil.pid_exists(pid)))


@pytest.mark.skipif(sys.platform == "win32", reason="niceness is POSIX's")
async def test_a_child_may_run_at_low_priority(make: Make) -> None:
    with suppress(psutil.NoSuchProcess):
        pid = await pid_of(make(low_priority=True))
        assert psutil.Process(pid).nice() > psutil.Process().nice()


def test_starts_that_fail_are_paced_and_end_in_rests_that_grow() -> None:
    pace = Pace()
    pauses = [pace.died(0.0, at_work=False) for _ in range(4)]
    assert [rest for _, rest in pauses] == [False, False, False, True]
    assert sorted(pauses) == pauses
    rests = [pace.died(0.0, at_work=False)[0] for _ in range(10)]
    assert rests[0] > REST
    assert rests[-1] == LONGEST_REST
    pace.worked()
    assert pace.died(0.0, at_work=False) == (0.0, False)


def test_starts_that_failed_before_one_that_worked_are_over() -> None:
    pace = Pace()
    for at_work in (False, False, False, True):
        pace.died(0.0, at_work=at_work)
    assert pace.died(0.0, at_work=False) == (0.0, False)


@pytest.mark.parametrize("at_work", [True, False])
def test_rests_are_short_again_once_a_child_has_lasted(at_work: bool) -> None:
    """The recogniser's requests have no end that would say so while it hears."""
    pace = Pace()

    def next_rest(now: float) -> float:
        for _ in range(WORKING):
            pause, rests = pace.died(now, at_work=at_work)
            if rests:
                return pause
        raise AssertionError("it never rests")

    first = next_rest(1000.0)
    grown = next_rest(1000.0 + first)
    assert grown > first
    assert next_rest(1000.0 + first + grown + LASTING - 1.0) > grown, "it had just failed"
    assert next_rest(1e5) == first


def test_requests_that_kill_are_borne_for_long() -> None:
    """One persona's bad lines must not silence the others'."""
    pace = Pace()
    assert not any(pace.died(10.0 * n, at_work=True)[1] for n in range(10 * WORKING))
    assert pace.died(1e6, at_work=True) == (0.0, False)
    assert any(pace.died(1e6, at_work=True)[1] for _ in range(WORKING))
