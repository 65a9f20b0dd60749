"""A process that makes calls until it is killed; its output says what the disk has by then.

``python -m tests.support.record_writer FOLDER`` prints ``turn CALL INDEX`` and ``end CALL``, each
after the method has returned.
"""

import secrets
import sys
import time
from pathlib import Path

from data.calls import Archive, CallRecord
from data.records import CallEnd, CallStart, Turn
from data.store import Store


def head(call: str, user: str = "trainee", started: float = 1_000_000.0) -> CallStart:
    """A call's start with the given id."""
    return CallStart(
        call, user, "sarah-thompson", "Sarah Thompson", "Billing Dispute", "v1", "offline", "th-TH",
        started,
    )  # fmt: skip


def score(record: CallRecord) -> dict[str, object]:
    """A scorecard in place of the real one."""
    return {"score": 10 * len(record.turns), "passed": True, "objectives": []}


def write_calls(folder: Path) -> None:
    """Make calls of 4 turns each, without end."""
    archive = Archive(folder, Store(folder), score)
    while True:
        call = archive.open(head(secrets.token_hex(8)), "# Persona: Sarah Thompson\n")
        for index in range(4):
            call.turn(Turn(index, "trainee", "ขอโทษค่ะ " * 40, float(index)))
            print("turn", call.start.call, index, flush=True)
        call.close(CallEnd(time.time(), "ended"))
        print("end", call.start.call, 0, flush=True)


if __name__ == "__main__":
    write_calls(Path(sys.argv[1]))
