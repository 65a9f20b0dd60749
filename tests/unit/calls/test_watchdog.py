"""The watchdog of a call, with LiveKit servers that fail in every way and no waiting."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor, Future
from itertools import pairwise
from typing import Any, cast

import pytest

from agent.calls import watchdog
from agent.calls.call_events import CallEvent
from agent.calls.live_call import LiveCall
from agent.calls.rooms import RoomsError
from agent.calls.watchdog import LATE, NO_BROWSER, TRIES, watch_over
from agent.protocol.brief import Brief
from agent.protocol.messages import Joined, Status, Trouble
from data.calls import OpenCall
from data.records import CallStart
from tests.support.clock import at_once, now
from tests.support.personas import make_persona

BRIEF = Brief("c1", "ann", "text", "v1", "offline", "trainee-ann")


class Inline(Executor):
    """Does at once what it is given."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


class NoRecord:
    """A record that nobody reads."""

    unwritten = ""

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *values: None


class Dispatcher:
    """A LiveKit server: ``answer`` says what comes of the first, second, ... dispatch."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.sent: list[float] = []

    def trainee_access(self, room: str, identity: str, name: str) -> tuple[str, str]:
        raise AssertionError

    def listener_access(self, room: str, identity: str) -> tuple[str, str]:
        raise AssertionError

    async def participants(self, room: str) -> list[str]:
        raise AssertionError

    async def remove(self, room: str, identity: str) -> None:
        raise AssertionError

    async def dispatch(self, room: str, brief: Brief) -> None:
        self.sent.append(now())
        assert (room, brief) == ("r1", BRIEF)
        match self.answers.pop(0) if self.answers else "lost":
            case "joins":
                asyncio.get_running_loop().call_later(0.2, self.call.receive, Joined("c1"))
            case "joins late":
                asyncio.get_running_loop().call_later(9.0, self.call.receive, Joined("c1"))
            case "refuses":
                raise RoomsError("the LiveKit server cannot be reached (down)")
            case "hangs":
                await asyncio.sleep(1000)
            case "breaks":
                raise KeyError("a fault of ours")

    async def close_room(self, room: str) -> None:
        raise AssertionError

    call: LiveCall


class Watch:
    """One watched call: what was dispatched, told and done, with the times."""

    def __init__(
        self,
        *answers: str,
        problem: str = "",
        browser: bool = True,
        then: Callable[[LiveCall], None] = lambda call: None,
    ) -> None:
        """``browser`` enters, and ``then`` happens, 1 s after the start."""
        self.rooms = Dispatcher(*answers)
        self.troubles: list[tuple[float, str]] = []
        self.ended: tuple[float, str] | None = None
        self.over = 0.0
        at_once(self._watch(problem, browser, then))

    async def _watch(self, problem: str, browser: bool, then: Callable[[LiveCall], None]) -> None:
        start = CallStart("c1", "ann", "ann", "Ann", "Parcel", "v1", "offline", "en-US", 0.0)
        record, persona = cast(OpenCall, NoRecord()), make_persona()
        call = LiveCall(start, "r1", persona, record, Inline(), lambda command: False)
        self.call = self.rooms.call = call
        call.subscribe(self._take)
        loop = asyncio.get_running_loop()
        if browser:
            loop.call_later(1.0, call.browser_joined)
        loop.call_later(1.0, then, call)
        await watch_over(call, BRIEF, self.rooms, lambda: problem)
        self.over = now()

    def _take(self, event: CallEvent) -> None:
        if isinstance(event, Trouble):
            assert event.code == "no_persona"
            self.troubles.append((now(), event.words))
        if self.call.end is not None:
            self.ended = (now(), self.call.end.reason)


def test_a_call_that_is_joined_is_left_alone() -> None:
    watch = Watch("joins")
    assert watch.rooms.sent == [0.0]
    assert (watch.troubles, watch.ended) == ([], None)
    assert watch.over == 1.0


@pytest.mark.parametrize("failure", ["lost", "refuses", "hangs"])
def test_a_dispatch_is_repeated_within_three_seconds(failure: str) -> None:
    watch = Watch(failure, failure, "joins")
    assert len(watch.rooms.sent) == 3
    assert all(second - first <= 3.0 for first, second in pairwise(watch.rooms.sent))
    assert [time <= 3.0 * n for n, (time, _) in enumerate(watch.troubles, 1)] == [True, True]
    assert watch.call.trouble is None  # taken back when the persona came
    assert watch.ended is None


@pytest.mark.parametrize(
    ("failure", "problem", "words"),
    [
        ("lost", "", "The machine may be very busy."),
        ("lost", "The phone lines are being connected.", "The phone lines are being connected."),
        ("refuses", "", "The reason: the LiveKit server cannot be reached (down)."),
        ("hangs", "", "The reason: the LiveKit server does not answer."),
        ("refuses", "The LiveKit server does not run.", "The LiveKit server does not run."),
    ],
)
def test_the_trainee_is_told_what_is_wrong(failure: str, problem: str, words: str) -> None:
    watch = Watch(failure, "joins", problem=problem)
    ((_, told),) = watch.troubles
    assert told == f"The customer has not come to the phone yet; we are calling again. {words}"


def test_the_last_words_do_not_promise_another_try() -> None:
    told = [words for _, words in Watch().troubles]
    assert len(told) == TRIES
    assert ["calling again" in words for words in told] == [True] * (TRIES - 1) + [False]


def test_a_persona_that_never_comes_frees_the_line() -> None:
    watch = Watch()
    assert len(watch.rooms.sent) == TRIES
    last = watch.troubles[-1][0]
    assert watch.ended is not None
    assert watch.ended[0] == pytest.approx(last + LATE)
    assert watch.ended[1] == "no_persona"


def test_a_persona_that_comes_very_late_is_welcome() -> None:
    watch = Watch("lost", "lost", "lost", "joins late")
    assert watch.call.persona_in.is_set()
    assert (watch.ended, watch.call.trouble) == (None, None)


@pytest.mark.parametrize("answers", [("joins",), ("lost", "joins")])
def test_a_call_that_no_browser_enters_is_given_up(answers: tuple[str, ...]) -> None:
    watch = Watch(*answers, browser=False)
    came = watch.rooms.sent[-1] + 0.2
    assert watch.ended is not None
    assert watch.ended[0] == pytest.approx(came + NO_BROWSER)
    assert watch.ended[1] == "no_browser"


def test_sound_that_somebody_takes_is_a_browser() -> None:
    """A client of the token endpoint has no page that tells of it."""
    watch = Watch("joins", browser=False, then=lambda call: call.receive(Status("c1", "speaking")))
    assert watch.ended is None


def test_a_hung_up_call_is_not_told_of() -> None:
    watch = Watch(then=lambda call: call.hang_up())
    assert (watch.troubles, watch.ended) == ([], (1.0, "ended"))


def test_other_errors_reach_the_caller() -> None:
    with pytest.raises(KeyError):
        Watch("breaks")


def test_the_figures_keep_the_promise() -> None:
    assert watchdog.PATIENCE < 3.0
