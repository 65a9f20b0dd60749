"""Files of recordings: what a full disk or a killed process leaves, and what goes when."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from data.recordings import DAY, MADE, Recordings
from tests.support.places import ROOT

CALL, OTHER = "a" * 16, "b" * 16


@pytest.fixture
def recordings(tmp_path: Path) -> Recordings:
    (tmp_path / "calls").mkdir()
    for call in (CALL, OTHER):
        (tmp_path / "calls" / f"{call}.jsonl").write_text("{}")
    return Recordings(tmp_path, days=30)


def kept(recordings: Recordings, call: str = CALL) -> bytes:
    path = recordings.find(call)
    assert path is not None
    return path.read_bytes()


def record(recordings: Recordings, call: str = CALL, days_ago: float = 0) -> None:
    recording = recordings.open(call)
    recording.add(b"OggS")
    recording.close()
    path = recordings.find(call)
    assert path is not None
    moment = path.stat().st_mtime - days_ago * DAY
    os.utime(path, (moment, moment))


def test_parts_stand_in_their_order_for_nobody_else(recordings: Recordings) -> None:
    recording = recordings.open(CALL)
    for part in (b"one", b"two"):
        recording.add(part)
    assert kept(recordings) == b"onetwo"
    recording.close()
    recording.close()
    with pytest.raises(ValueError, match="closed"):
        recording.add(b"three")
    assert kept(recordings) == b"onetwo"
    if os.name == "posix":
        path = recordings.find(CALL)
        assert path is not None
        assert path.stat().st_mode & 0o077 == 0


def test_a_call_is_recorded_once(recordings: Recordings) -> None:
    record(recordings)
    with pytest.raises(FileExistsError):
        recordings.open(CALL)


def test_of_a_call_without_a_sound_no_file_stays(recordings: Recordings) -> None:
    recordings.open(CALL).close()
    assert recordings.find(CALL) is None


def test_a_part_that_a_full_disk_cuts_is_taken_back_whole(
    recordings: Recordings, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording = recordings.open(CALL)
    recording.add(b"page")
    write = os.write
    room = 3

    def full(descriptor: int, data: memoryview) -> int:
        nonlocal room
        if not room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written = write(descriptor, data[:room])
        room -= written
        return written

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OSError, match="space"):
        recording.add(b"another page")
    assert kept(recordings) == b"page"
    recording.close()
    assert kept(recordings) == b"page"


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is POSIX's")
def test_a_process_that_is_killed_leaves_what_it_wrote(
    recordings: Recordings, tmp_path: Path
) -> None:
    work = (
        "import os, signal, sys; from pathlib import Path; from data.recordings import Recordings\n"
        f"recording = Recordings(Path(sys.argv[1]), 30).open('{CALL}')\n"
        "for part in range(100): recording.add(b'%03d ' % part)\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    killed = subprocess.run([sys.executable, "-c", work, tmp_path], cwd=ROOT, check=False)
    assert killed.returncode < 0
    assert kept(recordings).split() == [b"%03d" % part for part in range(100)]


def test_only_those_of_longer_ago_go(recordings: Recordings) -> None:
    record(recordings, CALL, days_ago=30.1)
    record(recordings, OTHER, days_ago=29.9)
    assert recordings.sweep() == 1
    assert recordings.find(CALL) is None
    assert kept(recordings, OTHER)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "A" * 16, "short"])
def test_no_other_file_is_reached(recordings: Recordings, name: str) -> None:
    assert recordings.find(name) is None
    with pytest.raises(ValueError, match="call id"):
        recordings.open(name)


def test_what_was_made_of_a_recording_goes_with_it(recordings: Recordings) -> None:
    for call, ago in ((CALL, 31.0), (OTHER, 0.0)):
        record(recordings, call, days_ago=ago)
        for ending in MADE:
            place = recordings.place(call, ending)
            place.write_bytes(b"made")
            assert recordings.put(place) == recordings.find_made(call, ending)
    recordings.sweep()
    folder = recordings.open("c" * 16)._path.parent
    assert {path.stem for path in folder.glob("*.peaks")} == {OTHER}
    assert recordings.find_made(CALL, ".m4a") is None


def test_what_is_older_than_its_recording_was_made_of_another(recordings: Recordings) -> None:
    record(recordings)
    made = recordings.put(_touched(recordings.place(CALL, ".peaks")))
    os.utime(made, (1.0, 1.0))
    assert recordings.find_made(CALL, ".peaks") is None


def test_what_a_crash_left_half_made_is_taken_away(recordings: Recordings) -> None:
    record(recordings)
    left = [recordings.place(CALL, ".m4a"), recordings.export(".wav")]
    under_way = recordings.export(".zip")
    for path in left:
        os.utime(_touched(path), (1.0, 1.0))
    lonely = recordings.put(_touched(recordings.place("c" * 16, ".peaks")))
    recordings.sweep()
    assert not [path for path in (*left, lonely) if path.exists()]
    assert under_way.exists()


def _touched(path: Path) -> Path:
    path.write_bytes(b"made")
    return path
