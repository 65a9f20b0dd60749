"""What is tried after an engine has failed in a call, or could not even be made."""

import logging
from collections.abc import Callable
from typing import NamedTuple

from agent.engines.base import Engine
from agent.providers.line_failure import LineFailure, unusable

log = logging.getLogger(__name__)

PAUSES = (0.5, 1.5, 3.0)
"""Seconds before each new attempt with the same engine."""
SILENT = 1
"""Attempts after a provider has fallen silent, when another engine may follow: each costs the
trainee ten seconds on a mute line."""


class Attempt(NamedTuple):
    """The engine to go on with, after ``pause`` seconds."""

    engine: str
    pause: float


class Recovery:
    """Counts the attempts; ``fallback`` is the engine that may take over at last, "" for none."""

    def __init__(self, engine: str, fallback: str) -> None:
        self._engine = engine
        self._fallback = "" if fallback == engine else fallback
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
        if self._fallback:
            self._engine, self._fallback, self._tried = self._fallback, "", 0
            return Attempt(self._engine, 0.0)
        return None

    def _most(self, failure: LineFailure) -> int:
        return SILENT if failure.code == "silent" and self._fallback else len(PAUSES)

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
