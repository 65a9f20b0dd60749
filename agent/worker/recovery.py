"""What is tried after an engine has failed in a call, or could not even be made."""

import logging
from collections.abc import Callable
from typing import NamedTuple

from agent.engines.base import Engine
from agent.engines.choice import OFFLINE
from agent.providers.line_failure import LineFailure, unusable

log = logging.getLogger(__name__)

PAUSES = (0.5, 1.5, 3.0)
"""Seconds before each new attempt with the same engine."""
SILENT = 1
"""Attempts after a provider has fallen silent, when the offline engine may follow: each costs the
trainee ten seconds on a mute line."""


class Attempt(NamedTuple):
    """The engine to go on with, after ``pause`` seconds."""

    engine: str
    pause: float


class Recovery:
    """Counts the attempts; ``fall_back`` allows the offline engine as the last one."""

    def __init__(self, engine: str, fall_back: bool) -> None:
        self._engine = engine
        self._fall_back = fall_back
        self._tried = 0

    @property
    def engine(self) -> str:
        """The name of the engine that plays, or is to."""
        return self._engine

    def after(self, failure: LineFailure) -> Attempt | None:
        """The next attempt; None when there is nothing left to try."""
        if failure.retry and self._tried < self._most(failure):
            self._tried += 1
            return Attempt(self._engine, PAUSES[self._tried - 1])
        if self._fall_back and self._engine != OFFLINE:
            self._engine, self._tried = OFFLINE, 0
            return Attempt(OFFLINE, 0.0)
        return None

    def _most(self, failure: LineFailure) -> int:
        may_fall_back = self._fall_back and self._engine != OFFLINE
        return SILENT if failure.code == "silent" and may_fall_back else len(PAUSES)

    def worked(self) -> None:
        """The persona has spoken a whole line: the next failure is a first one again."""
        self._tried = 0


def first_engine(
    make: Callable[[str], Engine], recovery: Recovery, tell: Callable[[LineFailure], None]
) -> Engine:
    """The engine of that call, made by its name.

    One that cannot even be made, as by a worker elsewhere that lacks its key, is told of; then
    another may begin. Raises what ``make`` raised when none may.
    """
    wanted = recovery.engine
    try:
        return make(wanted)
    except Exception as error:
        failure = unusable(wanted, error)
        if (attempt := recovery.after(failure)) is None:
            raise
        log.warning("%s", failure.remedy)
        tell(failure)
    return make(attempt.engine)
