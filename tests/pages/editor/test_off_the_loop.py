"""What takes files or long parsing is done off the app's loop, so that the calls go on."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from agent.providers.prices import FILE
from data.records import CallEnd, CallStart, Edit, Turn
from personas.source import LIMIT
from tests.support.editor_world import EditorWorld
from tests.support.studio import Make, log_in, persona_text

CALL = "0123456789abcdef"
FILES = {"open", "os.listdir", "os.scandir", "os.remove", "os.rename", "os.mkdir", "glob.glob"}
"""What Python tells its auditors of files; of a look at one (``stat``) it tells nothing."""


class Auditor:
    """The files that this thread works with, while ``on``, in the folders that are watched."""

    def __init__(self) -> None:
        self.on = False
        self.folders: tuple[str, ...] = ()
        self.seen: list[str] = []
        self._thread = threading.get_ident()
        sys.addaudithook(self._hear)  # for ever; there is no way to take one away

    def _hear(self, event: str, values: tuple[object, ...]) -> None:
        if self.on and event in FILES and threading.get_ident() == self._thread:
            path = str(values[0])
            if path.startswith(self.folders):
                self.seen.append(f"{event} {path}")


@pytest.fixture(scope="module")
def auditor() -> Auditor:
    return Auditor()


@contextmanager
def watching(auditor: Auditor, *folders: Path) -> Iterator[None]:
    """Fails when this thread works with a file in these folders meanwhile."""
    auditor.folders, auditor.seen, auditor.on = tuple(map(str, folders)), [], True
    try:
        yield
    finally:
        auditor.on = False
    assert auditor.seen == []


@pytest.mark.parametrize(
    "page",
    [
        "/",
        "/calls",
        f"/calls/{CALL}",
        "/call/ann-lee",
        "/progress",
        "/progress/trainee",
        "/studio",
        "/studio/ann-lee",
        "/studio/gone",
        "/studio/ann-lee/versions",
        "/studio/new",
        "/studio/import",
        "/settings",
        f"/api/calls/{CALL}.json",
        "/sdk/livekit-client.esm.mjs",
    ],
)
async def test_no_page_works_with_files_on_the_loop(
    page: str,
    world: EditorWorld,
    make: Make,
    auditor: Auditor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    index = world.store.database
    read = index.read

    def told(query: str, *values: object) -> list[Any]:
        sys.audit("open", str(index.path))  # sqlite tells Python's auditors of no reading
        return read(query, *values)

    monkeypatch.setattr(index, "read", told)
    world.finished_call(call=CALL)
    user = make()
    await log_in(user, "admin")
    with watching(auditor, world.personas.parent, FILE):
        answer = await user.http_client.get(page)
    assert answer.status_code == (404 if page.endswith("gone") else 200)


async def test_a_report_of_long_texts_is_worked_out_off_the_loop(
    world: EditorWorld, make: Make
) -> None:
    """The monitor of the pages' loop fails this test when the texts are parsed there."""
    text = persona_text() + "- Another constraint, one of many.\n" * (LIMIT // 40)
    start = CallStart(
        CALL,
        "trainee",
        "ann-lee",
        "Ann Lee",
        "Returns",
        "aaaa",
        "offline",
        "en-US",
        1_790_000_000.0,
    )
    record = world.archive.open(start, text)
    for n in range(16):
        record.edit(Edit(f"{n:012}", "applied", "", n, float(n)), f"{text}- Edit {n}\n")
        record.turn(Turn(n, "persona", "My parcel is broken.", float(n), version=f"{n:012}"))
    record.close(CallEnd(1_790_000_060.0, "ended"))
    user = make()
    await log_in(user, "author")
    await user.open(f"/calls/{CALL}")
    await user.should_see("Why did it say that?")
