"""A recogniser's process that hears "No." in everything, and fails over longer sounds.

``python -m tests.support.fakes.recogniser SECONDS dies|hangs``
"""

import os
import sys
import time

from agent.platform.process.frames import Kind
from agent.platform.process.serving import connect


def main(seconds: float, how: str) -> None:
    """Serve until the app is gone."""
    served = connect()
    for frame in served.frames():
        if frame.kind is not Kind.ASK:
            continue
        if len(frame.body) > seconds * 32_000:
            if how == "dies":
                os.abort()
            time.sleep(3600)
        served.tell(Kind.PIECE, frame.request, {"text": "No."})
        served.tell(Kind.DONE, frame.request)


if __name__ == "__main__":
    main(float(sys.argv[1]), sys.argv[2])
