"""Who begins to play a call: the engine that was chosen for it, or the one that stands in."""

import logging
from collections.abc import Callable

from agent.engines.base import Engine
from agent.providers.line_failure import LineFailure, unusable
from agent.worker.recovery import Recovery

log = logging.getLogger(__name__)


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
