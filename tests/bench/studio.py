"""Opening the studio's pages with 500 personas of 200 versions each, in a browser."""

import hashlib
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from data.history import LINES, Version
from data.journal import encoded
from tests.bench.figures import spread
from tests.support.caller import Caller, browser
from tests.support.places import ROOT
from tests.support.running import RunningApp

PERSONAS, VERSIONS = 500, 200
RUNS = 20
PAGES = (
    ("/", "the catalogue", "a:has-text('Start Practice')"),
    ("/studio", "the studio", ".rh-row, .rh-list li"),
    ("/studio/{slug}", "the editor", ".cm-content"),
    ("/studio/{slug}/versions", "the versions of one", ".rh-diff-changed"),
)
"""Address, name, and what must be visible."""


def measure() -> Iterator[tuple[str, str]]:
    """From the moment at which the browser is sent to the page to its content being visible."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        app = RunningApp(Path(folder))
        _fill(app.personas, app.data / "versions")
        began = time.monotonic()
        with app, browser() as chromium:
            yield "start to calls being possible", f"{time.monotonic() - began:.1f} s"
            caller = Caller(chromium, app.url)
            caller.log_in("author")
            for address, name, content in PAGES:
                seconds = [_open(caller, app.url + _at(address, n), content) for n in range(RUNS)]
                yield f"opening {name}", spread(seconds)


def _open(caller: Caller, address: str, content: str) -> float:
    caller.page.goto("about:blank")
    began = time.monotonic()
    caller.page.goto(address, wait_until="commit")
    caller.page.locator(content).first.wait_for()
    took = time.monotonic() - began
    caller.page.wait_for_timeout(300)
    return took


def _at(address: str, number: int) -> str:
    return address.format(slug=_slug(number * 7 % PERSONAS))


def _slug(number: int) -> str:
    return f"persona-{number:03d}"


def _fill(personas: Path, versions: Path) -> None:
    """Write the personas, and their versions as the app would have kept them."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("personas/*.md"))]
    shutil.rmtree(personas)
    personas.mkdir()
    now = time.time()
    for number in range(PERSONAS):
        folder = versions / _slug(number)
        folder.mkdir(parents=True)
        rows = []
        for version in range(VERSIONS):
            text = f"{texts[number % len(texts)]}\n- Persona {number}, version {version}\n"
            data = text.encode()
            name = hashlib.sha256(data).hexdigest()[:12]
            (folder / f"{name}.md").write_bytes(data)
            rows.append(Version(name, now - 3600 * (VERSIONS - version), "author", "page"))
        (folder / LINES).write_bytes(b"".join(encoded("version", row) for row in rows))
        (personas / f"{_slug(number)}.md").write_bytes(data)
