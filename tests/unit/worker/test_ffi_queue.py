"""Whose loop has closed is told nothing more, and holds up nobody."""

import asyncio
import logging
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from livekit.rtc import _ffi_client as ffi

from agent.worker.ffi_queue import forget_closed_loops

PATIENCE = 30.0


@pytest.fixture
def queue() -> Iterator[Any]:
    before = ffi.FfiQueue.put
    forget_closed_loops()
    yield ffi.FfiQueue()
    ffi.FfiQueue.put = before  # type: ignore[method-assign]


@pytest.fixture
def closed() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    loop.close()
    return loop


async def test_the_others_are_told_in_order_and_by_their_filters(
    queue: Any, closed: asyncio.AbstractEventLoop, caplog: pytest.LogCaptureFixture
) -> None:
    first = queue.subscribe()
    queue.subscribe(closed)
    queue.subscribe(closed)
    even = queue.subscribe(filter_fn=lambda item: item % 2 == 0)
    failing = queue.subscribe(filter_fn=lambda item: item.none)
    for item in range(4):
        queue.put(item)
    assert [await first.get() for _ in range(4)] == [0, 1, 2, 3]
    assert [await even.get() for _ in range(2)] == [0, 2]
    assert [await failing.get() for _ in range(4)] == [0, 1, 2, 3]
    assert [entry[0] for entry in queue._subscribers] == [first, even, failing]
    assert not caplog.records


def test_who_takes_themselves_off_while_the_log_is_in_use_waits_for_nobody(
    queue: Any, closed: asyncio.AbstractEventLoop
) -> None:
    """A stream is collected in a thread that is logging, as an event comes."""
    gone = queue.subscribe(closed)
    handler = logging.StreamHandler()
    logger = logging.getLogger("livekit")
    logger.addHandler(handler)
    logging_now, told = threading.Event(), threading.Event()

    def log() -> None:
        with handler.lock:  # type: ignore[union-attr]
            logging_now.set()
            told.wait(0.5)  # by now an event's thread would have the queue, and wait for the log
            queue.unsubscribe(gone)

    def event() -> None:
        logging_now.wait(PATIENCE)
        queue.put("an event")
        told.set()

    threads = [threading.Thread(target=work, daemon=True) for work in (log, event)]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
        assert not any(thread.is_alive() for thread in threads)
    finally:
        logger.removeHandler(handler)
    assert queue._subscribers == []
