"""Which tests share a process, and which come first."""

import os

import pytest
from xdist.scheduler import LoadScopeScheduling

LANES = ("tests/calls/apart", "tests/calls")
"""Folders whose tests run one after the other in one process, the inner one first."""
COMPUTES = (3, 0)
"""The rank of a test that waits for nothing."""
BEHIND = 10
"""How nice such a test is."""


def lane(file: str) -> str:
    """The folder with which this file shares a process; "" where it goes by itself."""
    return next((folder for folder in LANES if file.startswith(f"{folder}/")), "")


class Lanes(LoadScopeScheduling):  # type: ignore[misc]
    """The files of a lane in one process, in their order; all others file by file.

    There are more processes than processors, since most of a call is waited for. But no more calls
    than two go on at a time: what is heard in them is spoken in real time. The tests of a file stay
    together, with the app, the server or the fake that its fixtures start.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return lane(file) or file


def order(items: list[pytest.Item]) -> None:
    """What waits for long comes first; what only computes fills the time that others wait.

    Raises ``pytest.UsageError`` for a test that uses the running app outside its lane: another
    process would start another one for it.
    """
    for item in items:
        if _uses(item, "app") and lane(item.nodeid) != "tests/calls":
            raise pytest.UsageError(f"{item.nodeid} uses the running app: see {__name__}")
    items.sort(key=_rank)


def give_way(item: pytest.Item) -> None:
    """Let what only computes run behind what is spoken in real time in the other processes, where
    the system lets this one come back from there."""
    if hasattr(os, "setpriority") and os.geteuid() == 0:
        os.setpriority(os.PRIO_PROCESS, 0, BEHIND if _rank(item) == COMPUTES else 0)


def _rank(item: pytest.Item) -> tuple[int, int]:
    if folder := lane(item.nodeid):
        return 0, -LANES.index(folder)
    if item.get_closest_marker("call"):
        return 1, 0
    return (2, 0) if hasattr(getattr(item, "module", None), "booth") else COMPUTES


def _uses(item: pytest.Item, fixture: str) -> bool:
    return fixture in getattr(item, "fixturenames", ())
