"""The recogniser's process as one call has it: sound of an utterance to it, words back."""

from collections.abc import Sequence

from agent.platform.process.pace import Health
from agent.platform.process.replies import Reply, collect
from agent.platform.process.supervised import Supervised
from agent.speech.hearing.model_folder import ModelFolder

MODULE = ("-m", "agent.speech.hearing.listener")
START = 20.0
"""Seconds that its start may take, and the words that are asked for meanwhile; 1 on an idle
machine."""
LATE = 8.0
"""Seconds for the words of an utterance; those of 15 s of speech take 1 on an idle machine."""
_OUTBOX = 8 << 20
"""Bytes of sound that wait for it at most: four minutes."""


def command(model: ModelFolder) -> tuple[str, ...]:
    """What runs it."""
    return (*MODULE, str(model.path), model.kind)


class Recogniser:
    """One process; for any thread. Nothing here waits but ``start`` and ``hear``."""

    def __init__(self, command: Sequence[str]) -> None:
        self._child = Supervised("the recogniser", command, start=START, outbox=_OUTBOX)

    @property
    def health(self) -> Health:
        """How its process is."""
        return self._child.health

    def start(self, seconds: float = 0.0) -> None:
        """Start the process unless it runs; waits up to so many seconds until it can decode."""
        self._child.warm(seconds)

    async def words(self, pcm: bytes) -> str:
        """The words in int16 mono PCM at 16 kHz, on the running loop; raises ChildTrouble."""
        # Behind another request it waits as long as that one may take.
        begin = LATE if self.health.state == "up" else START
        reply = Reply(self._child, {}, pcm, begin=begin, limit=LATE)
        try:
            return " ".join([str(frame.head["text"]) async for frame in reply])
        finally:
            reply.cancel()

    def hear(self, pcm: bytes) -> str:
        """As ``words``, for a thread; blocks."""
        pieces = collect(self._child, {}, pcm, limit=START)
        return " ".join(str(frame.head["text"]) for frame in pieces)

    def close(self) -> None:
        """End the process."""
        self._child.close()
