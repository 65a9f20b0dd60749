"""Deleting: a call with every file of it, a person with all that is kept, and what is too old."""

import errno
import hashlib
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher

from data.annotations import Annotation, Annotations
from data.calls import Archive, CallGoesOn
from data.common import files
from data.drafts import Draft, Drafts
from data.people import People, PersonInCall
from data.recordings import DAY, Recordings
from data.records import CallEnd, CallStart, Turn
from data.retention import Retention
from data.sessions import Sessions
from data.store import Store, StoreError
from data.users import Users
from data.versions import Versions
from tests.support.record_writer import head, score

FIRST, SECOND, THIRD, FOURTH = (letter * 16 for letter in "1234")
OF_A_CALL = (".jsonl", ".ogg", ".m4a", ".peaks.json", ".notes.json")
SAID = "I am sorry, my name is Mai."


class House:
    """A data folder with its parts, opened anew by each start."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.calls = folder / "calls"
        self.start()

    def start(self) -> None:
        self.store = Store(self.folder)
        fast = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        self.users = Users(self.store, hasher=fast)
        self.users.seed_demo()
        self.sessions = Sessions(self.store, self.users)
        self.archive = Archive(self.folder, self.store, score)
        self.recordings = Recordings(self.folder, days=30)
        self.drafts = Drafts(self.folder / "drafts")
        self.versions = Versions(self.folder / "versions")
        self.annotations = Annotations(self.store)
        self.archive.on_delete(self.annotations.forget)
        self.people = People(
            self.store,
            self.users,
            self.sessions,
            self.archive,
            self.drafts,
            self.versions,
            self.annotations,
        )

    def stop(self) -> None:
        self.versions.close()
        self.store.close()

    def restart(self) -> None:
        self.stop()
        self.start()
        self.archive.recover()
        self.retention().sweep()

    def retention(self, days: int | None = None) -> Retention:
        return Retention(self.archive, self.recordings, self.people, days)

    def call(self, call: str, user: str = "mai", started: float = 1000.0, **more: Any) -> None:
        start = CallStart(**{**head(call, user, started).to_json(), **more})
        made = self.archive.open(start, "# Persona: Sarah Thompson\n")
        made.turn(Turn(0, "trainee", SAID, 1.0))
        made.close(CallEnd(started + 60, "ended"))
        for ending in OF_A_CALL[1:]:
            (self.calls / f"{call}{ending}").write_text("of the call")
        (self.calls / f".{call}-abcdefgh.tmp").write_text("left by a killed writer")

    def files_of(self, call: str) -> list[str]:
        return sorted(name for name in os.listdir(self.calls) if call in name)

    def holds(self, words: str) -> list[str]:
        """The files of the data folder with these words in them."""
        found = (path for path in self.folder.rglob("*") if path.is_file())
        return sorted(path.name for path in found if words.encode() in path.read_bytes())


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    yield house
    house.stop()


def gone(house: House, call: str) -> bool:
    listed = [summary.call for summary in house.archive.list()]
    return house.archive.get(call) is None and call not in listed and not house.files_of(call)


def test_a_call_goes_with_every_file_of_it_and_another_stays(house: House) -> None:
    for call in (FIRST, SECOND):
        house.call(call)
    (house.calls / "notes.ogg").write_text("somebody's own")
    assert house.archive.delete([FIRST, "../../etc/passwd", THIRD]) == 1
    assert gone(house, FIRST)
    assert [summary.call for summary in house.archive.list()] == [SECOND]
    assert len(house.files_of(SECOND)) == len(OF_A_CALL) + 1
    assert (house.calls / "notes.ogg").exists()
    assert house.archive.finished.uses([]) == {}
    assert house.archive.delete([FIRST]) == 0


def test_a_call_that_goes_on_is_not_deleted_nor_is_any_beside_it(house: House) -> None:
    house.call(FIRST)
    live = house.archive.open(head(SECOND), "")
    with pytest.raises(CallGoesOn, match="End it first"):
        house.archive.delete([FIRST, SECOND])
    assert house.archive.get(FIRST) is not None
    live.end(CallEnd(1_000_060.0, "ended"))  # over, and not scored yet
    assert house.archive.delete([SECOND]) == 1
    live.complete()
    assert gone(house, SECOND)


def test_a_call_that_is_made_again_from_its_journal_meanwhile_is_not_listed(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.call(FIRST)
    house.archive.finished.remove([FIRST])
    closed = Archive._closed

    def read_and_deleted(archive: Archive, path: Path) -> Any:
        found = closed(archive, path)
        house.archive.delete([FIRST])
        return found

    monkeypatch.setattr(Archive, "_closed", read_and_deleted)
    house.archive.recover()
    assert gone(house, FIRST)


class Killed(BaseException):
    """Stands for a process that dies at this point."""


def steps(house: House, monkeypatch: pytest.MonkeyPatch, last: int) -> list[str]:
    """Let the process die at the step ``last`` (from 0) of those that change anything."""
    done: list[str] = []

    def counted(name: str, real: Any) -> Any:
        def step(*values: Any, **more: Any) -> Any:
            if len(done) == last:
                raise Killed
            done.append(name)
            return real(*values, **more)

        return step

    for owner, name in (
        (Path, "replace"),
        (Path, "unlink"),
        (type(house.archive.finished), "remove"),
        (files, "write_atomic"),
        (Users, "remove"),
        (type(house.store.table("deletions", key="name", remedy="-")), "put"),
    ):
        monkeypatch.setattr(owner, name, counted(name, getattr(owner, name)))
    return done


@pytest.mark.parametrize("last", range(12))
def test_a_death_at_any_step_leaves_a_call_whole_or_gone(
    house: House, monkeypatch: pytest.MonkeyPatch, last: int
) -> None:
    for call in (FIRST, SECOND):
        house.call(call)
    with monkeypatch.context() as patch:
        done = steps(house, patch, last)
        died = False
        try:
            house.archive.delete([FIRST])
        except Killed:
            died = True
    if "replace" in done:
        assert house.archive.get(FIRST) is None
    house.restart()
    if died and "replace" not in done:
        assert len(house.files_of(FIRST)) == len(OF_A_CALL) + 1
        assert {call.call for call in house.archive.list()} == {FIRST, SECOND}
    else:
        assert gone(house, FIRST)
    assert house.archive.get(SECOND) is not None


@pytest.mark.parametrize("last", range(4))
def test_of_a_call_that_is_gone_no_try_stays_whenever_the_process_dies(
    house: House, monkeypatch: pytest.MonkeyPatch, last: int
) -> None:
    house.call(FIRST)
    house.call(SECOND, origin=FIRST, taken=1)
    house.call(THIRD, origin=SECOND, taken=1)
    with monkeypatch.context() as patch:
        steps(house, patch, last)
        with pytest.raises(Killed):
            house.archive.delete([FIRST])
    house.restart()
    there = [house.archive.get(call) is not None for call in (FIRST, SECOND, THIRD)]
    assert there == [last <= number for number in (2, 1, 0)]
    house.archive.delete([FIRST])
    assert all(gone(house, call) for call in (FIRST, SECOND, THIRD))


def test_a_call_with_a_try_that_goes_on_or_waits_for_the_index(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.call(FIRST)
    values = {**head(SECOND, started=2000.0).to_json(), "origin": FIRST, "taken": 1}
    going_on = house.archive.open(CallStart(**values), "")
    with pytest.raises(CallGoesOn, match="that has a try going on"):
        house.archive.delete([FIRST])
    with monkeypatch.context() as patch:
        patch.setattr(type(house.archive.finished), "put", refuse)
        going_on.close(CallEnd(2060.0, "ended"))
    assert house.archive.delete([FIRST]) == 2
    assert gone(house, FIRST)
    assert gone(house, SECOND)


def refuse(*_: object) -> None:
    raise StoreError("locked")


def test_the_steps_above_are_all_there_are(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.call(FIRST)
    with monkeypatch.context() as patch:
        done = steps(house, patch, 99)
        house.archive.delete([FIRST])
    assert done[0] == "replace"
    assert len(done) == 8  # one name, one row, five files, and the mark


def test_a_file_that_cannot_be_taken_away_goes_with_a_later_look(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.call(FIRST)
    unlink = Path.unlink

    def held(path: Path, missing_ok: bool = False) -> None:
        if path.suffix == ".ogg":
            raise PermissionError(errno.EACCES, "is in use")
        unlink(path, missing_ok)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", held)
        assert house.archive.delete([FIRST]) == 1
    assert house.archive.get(FIRST) is None
    assert house.files_of(FIRST) == [f"{FIRST}.deleted", f"{FIRST}.ogg"]
    assert house.holds(SAID) == []  # what was said does not wait for the sound
    house.retention().sweep()
    assert gone(house, FIRST)


def test_what_is_kept_of_a_call_elsewhere_goes_too_when_it_can(house: House) -> None:
    told: list[tuple[str, ...]] = []

    def forget(*calls: str) -> None:
        told.append(calls)
        if len(told) == 1:
            raise OSError(errno.ENOSPC, "no room")

    house.call(FIRST)
    house.archive.on_delete(forget)
    house.archive.delete([FIRST])
    assert house.archive.get(FIRST) is None
    for _ in range(2):
        house.retention().sweep()
    assert told == [(FIRST,)] * 2
    assert gone(house, FIRST)


def test_what_belongs_to_no_call_any_more_goes_but_not_beside_a_damaged_one(house: House) -> None:
    house.call(FIRST)
    house.call(SECOND)
    (house.calls / f"{FIRST}.jsonl").unlink()
    (house.calls / f"{SECOND}.jsonl").rename(house.calls / f"{SECOND}.damaged")
    house.retention().sweep()
    assert house.files_of(FIRST) == []
    assert f"{SECOND}.ogg" in house.files_of(SECOND)


def test_calls_are_kept_for_ever_or_for_so_many_days(house: House) -> None:
    now = time.time()
    house.call(FIRST, started=now - 10.1 * DAY)
    house.call(SECOND, started=now - 9.9 * DAY)
    house.retention().sweep()
    assert house.archive.get(FIRST) is not None
    house.retention(days=10).sweep()
    assert gone(house, FIRST)
    assert house.archive.get(SECOND) is not None


def test_an_old_call_that_has_to_wait_keeps_no_other(house: House) -> None:
    for call in (FIRST, SECOND):
        house.call(call, started=time.time() - 20 * DAY)
    values = {**head(THIRD, started=time.time()).to_json(), "origin": FIRST, "taken": 1}
    going_on = house.archive.open(CallStart(**values), "")
    house.retention(days=10).sweep()
    assert house.archive.get(FIRST) is not None
    assert gone(house, SECOND)
    going_on.close(CallEnd(time.time(), "ended"))
    house.retention(days=10).sweep()
    assert gone(house, FIRST)
    assert gone(house, THIRD)


def test_a_look_that_fails_stops_neither_the_app_nor_the_next_look(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.call(FIRST, started=time.time() - 20 * DAY)
    with monkeypatch.context() as patch:
        for owner, name, error in (
            (People, "finish", RuntimeError("a fault")),
            (Archive, "sweep", OSError(errno.EIO, "a broken disk")),
            (Recordings, "sweep", OSError(errno.EIO, "a broken disk")),
            (type(house.archive.finished), "begun_before", StoreError("locked")),
        ):
            patch.setattr(owner, name, lambda *_, error=error: (_ for _ in ()).throw(error))
        house.retention(days=10).sweep()
    assert house.archive.get(FIRST) is not None
    house.retention(days=10).sweep()
    assert gone(house, FIRST)


def kim(house: House) -> None:
    """A person with all that can be kept of one, and others beside."""
    house.users.add("kim", "author", "Kim Lee", "a long password")
    user = house.users.get("kim")
    assert user is not None
    house.sessions.begin(user)
    house.call(FIRST, "kim")
    house.call(SECOND, "mai", origin=FIRST, taken=1)
    house.call(THIRD, "mai", origin=SECOND, taken=1)
    house.call(FOURTH, "mai")
    for author in ("kim", "mai"):
        house.drafts.note(Draft(author, "ann-lee", "page", f"by {author}", "", "", 5.0))
    house.drafts.flush()
    for call, trainee in ((FIRST, "kim"), (FOURTH, "mai")):
        house.annotations.add(
            head(call, trainee), Annotation("comment", "kim", 5.0, turn=0, text="!")
        )
    text = "# Persona: Ann Lee\n"
    version = hashlib.sha256(text.encode()).hexdigest()[:12]
    assert house.versions.keep("ann-lee", version, text, author="kim", origin="page").result()


def test_all_that_is_kept_of_a_person_is_named(house: House) -> None:
    kim(house)
    kept = house.people.kept("kim")
    assert [call.call for call in kept.calls] == [FIRST]
    assert {call.call for call in kept.repeating} == {SECOND, THIRD}
    assert [draft.text for draft in kept.drafts] == ["by kim"]
    assert [(slug, row.author) for slug, row in kept.versions] == [("ann-lee", "kim")]
    assert {call for call, _ in kept.annotations} == {FIRST, FOURTH}
    assert len(kept.logins) == 1
    assert (kept.account, kept.stays, kept.going_on) == (True, "", ())


def check_forgotten(house: House) -> None:
    for call in (FIRST, SECOND, THIRD):
        assert gone(house, call), call
    assert house.archive.get(FOURTH) is not None
    assert house.users.get("kim") is None
    assert [draft.author for draft in house.drafts.by("mai")] == ["mai"]
    (version,) = house.versions.list("ann-lee")
    assert (version.author, version.origin) == ("", "page")
    assert house.versions.text("ann-lee", version.version) is not None
    assert house.annotations.of(FIRST) == ()
    (said,) = house.annotations.of(FOURTH)
    assert (said.by, said.text) == ("", "!")
    house.sessions.prune()
    kept = house.people.kept("kim")
    assert kept == type(kept)("kim")
    house.store.close()
    assert house.holds('"kim"') == []
    house.start()


def test_a_person_goes_with_all_that_is_kept_and_others_stay(house: House) -> None:
    kim(house)
    house.people.delete("kim")
    check_forgotten(house)


@pytest.mark.parametrize("last", range(0, 24, 3))
def test_a_death_at_any_step_of_forgetting_is_finished_by_the_next_start(
    house: House, monkeypatch: pytest.MonkeyPatch, last: int
) -> None:
    kim(house)
    with monkeypatch.context() as patch:
        done = steps(house, patch, last)
        died = False
        try:
            house.people.delete("kim")
        except Killed:
            died = True
    house.restart()
    if not done:
        assert died
        assert house.users.get("kim") is not None
        assert house.archive.get(FIRST) is not None
    else:
        check_forgotten(house)


@pytest.mark.parametrize(
    ("start", "words"),
    [
        ({"user": "kim"}, "kim is in a call. End it"),
        ({"user": "mai", "origin": THIRD}, "mai is in a call that goes on from one of kim. End it"),
    ],
)
def test_who_is_in_a_call_is_not_forgotten_yet(
    house: House, start: dict[str, str], words: str
) -> None:
    kim(house)
    values = {**head("5" * 16, started=time.time()).to_json(), **start}
    house.archive.open(CallStart(**values), "")
    with pytest.raises(PersonInCall, match=words):
        house.people.delete("kim")
    assert house.users.get("kim") is not None
    assert house.archive.get(FIRST) is not None


@pytest.mark.parametrize(("name", "why"), [("trainee", "demo account"), ("boss", "only admin")])
def test_an_account_that_has_to_stay_does_and_its_calls_go(
    house: House, name: str, why: str
) -> None:
    house.users.set_first_password("a long password")
    house.users.add("boss", "admin", "Boss", "a long password")
    house.users.change("admin", role="admin", display="", disabled=True)
    if name == "trainee":
        house.stop()
        (house.folder / "users.json").unlink()
        house.start()
    house.call(FIRST, name)
    assert why in house.people.kept(name).stays
    house.people.delete(name)
    assert gone(house, FIRST)
    assert house.users.get(name) is not None
    house.call(SECOND, name, time.time() + 5)
    house.restart()
    assert house.archive.get(SECOND) is not None  # it was made later


def test_who_has_calls_and_no_account_is_found(house: House) -> None:
    house.call(FIRST, "mai")
    house.call(SECOND, "trainee")
    assert house.people.without_account() == ["mai"]
    house.people.delete("mai")
    assert house.people.without_account() == []
