"""A data folder of 100,000 calls: the end of one more, the start, and the pages that list them.

The calls are put into the index as summaries, half of them of one trainee and with one persona that
has 100 versions, the others of 1,000 trainees with 50 personas; each has a journal of one line, as
the start only looks at the names of those that are listed.
"""

import json
import tempfile
import time
from base64 import b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.request import Request, urlopen

from itsdangerous import TimestampSigner

from agent.simulation.directing.assessment import assess
from data.calls import Archive, Summary
from data.journal import encoded
from data.open_call import OpenCall
from data.records import CallEnd, CallStart
from data.secret import storage_secret
from data.sessions import Sessions
from data.store import Store
from data.users import Users
from data.versions import Versions
from personas.parse import examine
from personas.source import version_of
from tests.bench.figures import spread
from tests.bench.start import start_of
from tests.support.places import ROOT
from tests.support.running import RunningApp
from tests.support.studio import turns
from ui.auth.access import TOKEN

CALLS = 100_000
VERSIONS = 100
ENDS, STARTS, VISITS = 200, 5, 10
PAGES = (
    "/calls",
    "/progress",
    "/progress/trainee",
    "/studio/sarah-thompson/versions",
    "/",
)
SLUG = "sarah-thompson"


def measure() -> Iterator[tuple[str, str]]:
    """Each with as many calls, and with none."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        apps = {number: RunningApp(Path(folder) / str(number)) for number in (0, CALLS)}
        for number, app in apps.items():
            app.data.mkdir()
            fill(app.data, number)
            for what, seconds in _ends(app.data):
                yield f"{what}, {number:,} calls", spread(seconds, "ms", 1)
            cookie = _log_in(app.data)
            with app:
                for page, seconds in _visits(app.url, cookie):
                    yield f"answer of {page}, {number:,} calls", spread(seconds)
        starts: dict[int, list[tuple[float, float]]] = {0: [], CALLS: []}
        for _ in range(STARTS):
            for number, runs in starts.items():
                runs.append(start_of(apps[number].data))
        for number, runs in starts.items():
            for what, times in zip(
                ("a served page", "calls"), zip(*runs, strict=True), strict=True
            ):
                yield f"command to {what}, {number:,} calls", spread(times)


def fill(folder: Path, number: int) -> None:
    """Make a data folder of that many calls."""
    (folder / "calls").mkdir(exist_ok=True)
    store = Store(folder)
    archive = Archive(folder, store, assess)
    versions = Versions(folder / "versions")
    for version in range(VERSIONS if number else 1):
        text = f"{_text()}\n- Version {version}\n"
        versions.keep(SLUG, version_of(text), text).result()
    versions.close()
    for first in range(0, number, 5_000):
        made = [_summary(n) for n in range(first, min(number, first + 5_000))]
        archive.finished.put(made)
        for summary in made:
            line = encoded("start", {**_start(summary), "persona_text": ""})
            (folder / "calls" / f"{summary.call}.jsonl").write_bytes(line)
    store.close()


def _text() -> str:
    return (ROOT / "personas" / f"{SLUG}.md").read_text(encoding="utf-8")


def _start(summary: Summary) -> dict[str, object]:
    return CallStart.from_json(summary.to_json()).to_json()


def _summary(number: int) -> Summary:
    often = number % 2 == 0
    persona = SLUG if often else f"persona-{number % 50}"
    started = 1_500_000_000.0 + number * 3_000
    version = f"{number // 2 % VERSIONS:012x}"
    score = None if number % 7 == 0 else float(number % 101)
    return Summary(
        f"{number:016x}", "trainee" if often else f"user-{number % 1_000}", persona,
        persona.title(), f"Scenario {number % 50}", version, "offline", "en-US", started,
        ended=started + 300, duration=300.0, reason="ended", turns=20, edits=number % 3,
        score=score, passed=None if score is None else score >= 70, latency=0.5,
        versions=(version,) if number % 3 else (version, "f" * 12),
    )  # fmt: skip


def _ends(folder: Path) -> Iterator[tuple[str, list[float]]]:
    """From the end being written to the call being listed with its score, and how long of it the
    thread was busy that writes the lines of all calls; milliseconds."""
    text = _text()
    persona = examine(text, SLUG).persona
    assert persona is not None
    store = Store(folder)
    archive = Archive(folder, store, assess)
    whole, writing = [], []
    with ThreadPoolExecutor(1) as writer:
        for number in range(ENDS):
            start = CallStart(
                f"{0xE << 60 | number:016x}", "trainee", SLUG, "Ann Lee", "Returns",
                version_of(text), "offline", "en-US", time.time(),
            )  # fmt: skip
            call = archive.open(start, text)
            for turn in turns(persona) * 5:
                call.turn(turn)
            began = time.perf_counter()
            writing.append(writer.submit(_end, call).result() * 1000)
            summary = call.complete_later().result()
            whole.append((time.perf_counter() - began) * 1000)
            assert summary is not None
            assert summary.score is not None
    archive.close_open_calls()
    store.close()
    yield "end of a call until it is listed", whole
    yield "of it in the thread of the live journals", writing


def _end(call: OpenCall) -> float:
    began = time.perf_counter()
    call.end(CallEnd(time.time(), "ended"))
    return time.perf_counter() - began


def _log_in(data: Path) -> str:
    """The cookie of an author's browser, made before the app runs."""
    store = Store(data)
    users = Users(store)
    users.seed_demo()
    author = users.get("author")
    assert author is not None
    token = Sessions(store, users).begin(author)
    store.close()
    session = b64encode(json.dumps({"id": "bench", TOKEN: token}).encode())
    return f"session={TimestampSigner(storage_secret(data)).sign(session).decode()}"


def _visits(url: str, cookie: str) -> Iterator[tuple[str, list[float]]]:
    """Seconds from the request for a page to its answer, which has the page's content."""
    for page in PAGES:
        seconds = []
        for _ in range(VISITS):
            began = time.perf_counter()
            with urlopen(Request(url + page, headers={"Cookie": cookie})) as answer:
                content = answer.read()
            seconds.append(time.perf_counter() - began)
            assert answer.url == url + page
            assert b"rh-main" in content
        yield page, seconds
