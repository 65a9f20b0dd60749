"""The watched app, which also writes down when a trainee ended, was heard and was answered.

``python -m tests.bench.timed_app FILE …``: stalls into FILE, as ``tests.support.watched_app`` does,
and the moments of the calls' sessions beside it.
"""

import asyncio
import json
import runpy
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from nicegui import app

from tests.support.watched_app import watch

Kind = Literal["ended", "words", "answer", "sound"]


@dataclass(frozen=True)
class Moment:
    """Something of a session, on the wall clock: the trainee's speech ``ended``, final ``words``
    came, an ``answer`` was asked for, its ``sound`` left for the room."""

    kind: Kind
    at: float


@dataclass(frozen=True)
class Answer:
    """Where the time of an answer went, in seconds: from the end of the trainee's speech, as the
    voice detector found it, to the last ``words`` and to the turn being ``taken`` (silence waited
    for, the words included); from there to the first sound that was sent (``voice``)."""

    words: float
    taken: float
    voice: float


def answer(moments: Sequence[Moment], since: float) -> Answer | None:
    """The last answer that began to sound after that moment; None while there is none."""
    recent = [moment for moment in moments if moment.at >= since]
    sound = _last(recent, "sound")
    asked = _last(recent[:sound], "answer")
    words, ended = _last(recent[:asked], "words"), _last(recent[:asked], "ended")
    if not (sound and asked and words is not None and ended is not None):
        return None
    end = recent[ended].at
    return Answer(
        words=recent[words].at - end,
        taken=recent[asked].at - end,
        voice=recent[sound].at - recent[asked].at,
    )


def read(stalls: Path) -> list[Moment]:
    """The moments so far, in the order in which the sessions told them."""
    file = beside(stalls)
    if not file.exists():
        return []
    *lines, _ = file.read_bytes().split(b"\n")  # the last one may be half written
    return [Moment(**json.loads(line)) for line in lines]


def beside(stalls: Path) -> Path:
    """The file of the moments."""
    return stalls.with_suffix(".moments")


def kind_of(event: str, told: Any) -> Kind | None:
    """What an event of LiveKit's session means here; None for what is not looked at."""
    match event:
        case "user_state_changed" if told.old_state == "speaking":
            return "ended"
        case "user_input_transcribed" if told.is_final:
            return "words"
        case "speech_created":
            return "answer"
        case "agent_state_changed" if told.new_state == "speaking":
            return "sound"
    return None


def _last(moments: Sequence[Moment], kind: Kind) -> int | None:
    return next((n for n in reversed(range(len(moments))) if moments[n].kind == kind), None)


def _note(stalls: Path) -> None:
    def load() -> None:
        from livekit.agents import AgentSession

        emit = AgentSession.emit

        def noting(session: Any, event: Any, told: Any) -> None:
            if kind := kind_of(event, told):
                line = json.dumps(asdict(Moment(kind, told.created_at)))
                with beside(stalls).open("a", encoding="utf-8") as out:
                    out.write(line + "\n")
            emit(session, event, told)

        AgentSession.emit = noting  # type: ignore[method-assign,assignment]

    async def start() -> None:
        await asyncio.to_thread(load)  # slow, so not on the loop

    app.on_startup(start)


if __name__ == "__main__":
    _, file, *arguments = sys.argv
    watch(Path(file))
    _note(Path(file))
    sys.argv = ["app.py", *arguments]
    runpy.run_path("app.py", run_name="__main__")
