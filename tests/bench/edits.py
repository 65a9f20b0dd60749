"""A save, on disk and in the page, to the live session having it; and what is heard meanwhile."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.bench.figures import spread
from tests.bench.stage import stage
from tests.support.caller import Caller

SLUG = "walter-hughes"
LINES = 6
"""Lines of the persona with saves from each place, and as many without."""
SAVES = 3
"""Saves in each of them."""

STATS = """
window.__connections = [];
window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(...given) { super(...given); window.__connections.push(this); }
};
addEventListener(
  "keydown", (event) => { if (event.key === "s") window.__saved = Date.now(); }, true
);
"""
HEARD = """async () => {
  let heard = [0, 0];
  for (const connection of window.__connections) {
    for (const stat of (await connection.getStats()).values()) {
      if (stat.type !== "inbound-rtp" || stat.kind !== "audio") continue;
      heard[0] += stat.concealedSamples - stat.silentConcealedSamples;
      heard[1] += stat.packetsLost;
    }
  }
  return heard;
}"""


def measure() -> Iterator[tuple[str, str]]:
    """From the end of the write, or the key, to the line in the call's journal that the job has
    the text, which is written and synced after the job has said so: an upper bound."""
    with stage() as (app, caller):
        author = _author(caller, app.url)
        caller.context.add_init_script(STATS)
        caller.open_call(SLUG)
        caller.start()
        caller.wait_for_silence()
        journal = next((app.data / "calls").glob("*.jsonl"))
        file = app.personas / f"{SLUG}.md"
        yield "no saves: made up by the receiver", _lines(caller, lambda: 0.0)[1]
        for name, target, save in (
            ("on disk", 250, lambda: _on_disk(file, journal)),
            ("in the page", 100, lambda: _in_page(author, journal)),
        ):
            seconds, heard = _lines(caller, save)
            what = f"save {name} to the live session (target p95 at most {target} ms)"
            yield what, spread([each * 1000 for each in seconds], "ms", 0)
            yield f"saves {name}: made up by the receiver", heard
        caller.end()


def _lines(caller: Caller, save: Callable[[], float]) -> tuple[list[float], str]:
    """Times of saves while the persona speaks, and what of its sound was not there in time."""
    seconds: list[float] = []
    before = caller.page.evaluate(HEARD)
    for _ in range(LINES):
        caller.type("What is your account number, and what is the matter?")
        caller.wait_for_speech()
        for _ in range(SAVES):
            seconds.append(save())
            time.sleep(0.3)
        caller.wait_for_silence()
    after = caller.page.evaluate(HEARD)
    samples, packets = (new - old for new, old in zip(after, before, strict=True))
    return seconds, f"{samples / 48:.0f} ms in {LINES} lines, {packets:.0f} packets lost"


def _on_disk(file: Path, journal: Path) -> float:
    base = file.read_text().split("\n<!--")[0]
    known = _edits(journal)
    file.write_text(f"{base}\n<!-- save {time.time()} -->\n")
    return _reached(journal, known, time.time())


def _author(caller: Caller, url: str) -> Caller:
    browser = caller.context.browser
    assert browser is not None
    author = Caller(browser, url)
    author.context.add_init_script(STATS)
    author.log_in("author")
    author.page.goto(f"{url}/studio/{SLUG}")
    author.page.locator(".cm-content").click()
    author.page.keyboard.press("Control+End")
    return author


def _in_page(author: Caller, journal: Path) -> float:
    known = _edits(journal)
    author.page.keyboard.type(".")
    time.sleep(0.2)
    author.page.keyboard.press("Control+s")
    return _reached(journal, known, author.page.evaluate("() => window.__saved") / 1000)


def _reached(journal: Path, known: int, began: float) -> float:
    while _edits(journal) == known and time.time() < began + 10:
        time.sleep(0.002)
    return time.time() - began


def _edits(journal: Path) -> int:
    # Counted as text: the last line may be half written.
    return journal.read_text(encoding="utf-8", errors="replace").count('"kind": "edit"')
