"""A save on disk to the live session having it."""

import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.figures import spread
from tests.bench.stage import stage

SLUG = "walter-hughes"
SAVES = 20


def measure() -> Iterator[tuple[str, str]]:
    """From the end of the write to the line in the call's journal that the job has the text.

    The journal's line is written and synced after the job has said so: the figure is an upper
    bound, by some milliseconds.
    """
    with stage() as (app, caller):
        caller.open_call(SLUG)
        caller.start()
        journal = next((app.data / "calls").glob("*.jsonl"))
        seconds = [_save(app.personas / f"{SLUG}.md", journal, i) for i in range(SAVES)]
        caller.end()
    yield "save on disk to the live session", spread([s * 1000 for s in seconds], "ms", 0)


def _save(file: Path, journal: Path, number: int) -> float:
    text = file.read_text()
    base = text.split("\n<!--")[0]
    known = _edits(journal)
    file.write_text(f"{base}\n<!-- save {number} -->\n")
    began = time.monotonic()
    while _edits(journal) == known and time.monotonic() < began + 10:
        time.sleep(0.002)
    took = time.monotonic() - began
    time.sleep(0.5)
    return took


def _edits(journal: Path) -> int:
    # Counted as text: the last line may be half written.
    return journal.read_text(encoding="utf-8", errors="replace").count('"kind": "edit"')
