"""A supervised child that does what each request says, badly where it is asked to.

``python -m tests.support.fakes.child MODE [FOLDER]``: ``works``; ``exits`` at once; ``mute`` never
becomes ready; ``garbage`` from the beginning. Each start leaves a file in FOLDER.
"""

import os
import signal
import sys
import time
from pathlib import Path

from agent.platform.process.frames import Frame, Kind
from agent.platform.process.serving import Served, connect


def main(mode: str, folder: Path) -> None:
    """Serve until told otherwise."""
    (folder / f"{time.time_ns()}-{os.getpid()}").touch()
    if mode == "exits":
        print("no voices in this house", file=sys.stderr)
        sys.exit(3)
    if mode == "mute":
        time.sleep(600)
    if mode == "garbage":
        os.write(1, b"Hello, I am a library that prints.\n" * 10)
        time.sleep(600)
    served = connect()
    for frame in served.frames():
        work(served, frame)


def work(served: Served, frame: Frame) -> None:
    """Do what the request says."""
    number, does = frame.request, frame.head.get("do")
    if frame.kind is Kind.CANCEL:
        print(f"cancelled {number}", file=sys.stderr, flush=True)
    elif does == "echo" or frame.kind is Kind.MORE:
        served.tell(Kind.PIECE, number, {"pid": os.getpid(), **frame.head}, frame.body)
        if frame.kind is Kind.ASK and not frame.head.get("stay"):
            served.tell(Kind.DONE, number)
    elif does == "fail":
        served.tell(Kind.FAILED, number, {"error": "I do not know that word"})
    elif does == "die":
        served.tell(Kind.PIECE, number, {"pid": os.getpid()}, b"half an ")
        os.kill(os.getpid(), signal.SIGKILL)
    elif does == "abort":
        print("*** stack smashing detected ***", file=sys.stderr, flush=True)
        os.abort()
    elif does == "hang":
        served.tell(Kind.PIECE, number, {"pid": os.getpid()})
        time.sleep(600)
    elif does == "garbage":
        served._target.write(b"\0" * 500)
        served._target.flush()
        time.sleep(600)
    elif does == "flood":
        while not served.cancelled(number):
            served.tell(Kind.PIECE, number, body=bytes(100_000))
    elif does == "count":
        count(served, number)


def count(served: Served, number: int) -> None:
    """Pieces without end, until they are cancelled; how many of them is told by ``cancelled``."""
    at = 0
    while not served.cancelled(number):
        served.tell(Kind.PIECE, number, {"at": at})
        at += 1
        time.sleep(0.001)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
