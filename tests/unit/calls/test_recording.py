"""Which calls are recorded, and what the app keeps of what their jobs send."""

import base64
import errno
import os
from pathlib import Path

import pytest

from agent.calls.admission import CallOptions
from agent.calls.call_events import CallEvent, RecordingChanged
from agent.calls.live_call import LiveCall
from agent.platform.settings import RecordMode
from agent.protocol.messages import Ended, RecordingEnded, RecordingPart
from data.recordings import OpenRecording
from data.records import Recording
from tests.support.clock import until
from tests.support.live_calls import Studio
from tests.support.persona_text import PLAIN

KNOWS = CallOptions(record=True)
REFUSES = f"---\nrecording: no\n---\n{PLAIN}"


def part(call: LiveCall, number: int, sound: bytes) -> RecordingPart:
    return RecordingPart(call.id, number, base64.b64encode(sound).decode())


async def recorded_call(studio: Studio) -> LiveCall:
    return (await studio.calls.begin("trainee", "ann", KNOWS)).call


async def finished(studio: Studio, call: LiveCall) -> tuple[Recording | None, bytes | None]:
    """What is kept of a call that is over: the word about its recording, and that."""
    call.receive(Ended(call.id, "ended"))
    record = await studio.record(call.id)
    path = studio.recordings.find(call.id)
    return record.recording, None if path is None else path.read_bytes()


@pytest.mark.parametrize(
    ("mode", "knows", "text", "why_not"),
    [
        ("ask", True, PLAIN, ""),
        ("yes", True, PLAIN, ""),
        ("ask", False, PLAIN, "declined"),
        ("yes", False, PLAIN, "declined"),
        ("no", True, PLAIN, "off"),
        ("no", True, REFUSES, "off"),
        ("ask", True, REFUSES, "persona"),
        ("yes", False, REFUSES, "persona"),
    ],
)
async def test_a_call_is_recorded_when_all_agree_and_the_trainee_knows(
    tmp_path: Path, mode: RecordMode, knows: bool, text: str, why_not: str
) -> None:
    recorded = not why_not
    (tmp_path / "personas").mkdir()
    (tmp_path / "personas" / "cleo.md").write_text(text)
    studio = Studio(tmp_path, record=mode)
    ticket = await studio.calls.begin("trainee", "cleo", CallOptions(record=knows))
    await until(lambda: studio.jobs.sent)
    (brief,) = studio.jobs.sent
    assert brief.record is recorded
    assert type(brief).load(brief.dump()).record is recorded
    call = ticket.call
    call.receive(part(call, 0, b"OggS"))
    word, sound = await finished(studio, call)
    assert (sound is not None) is recorded, "nothing is kept that nobody agreed to"
    assert (word is not None) is recorded
    record = await studio.record(call.id)
    assert record.start.unrecorded == why_not


@pytest.mark.parametrize(
    ("wanted", "text", "kept"),
    [
        (True, PLAIN, True),
        (False, PLAIN, False),
        (True, f"---\nexam: yes\n---\n{PLAIN}", False),
    ],
)
async def test_the_head_of_a_record_says_whether_live_hints_were_on(
    tmp_path: Path, wanted: bool, text: str, kept: bool
) -> None:
    (tmp_path / "personas").mkdir()
    (tmp_path / "personas" / "cleo.md").write_text(text)
    studio = Studio(tmp_path)
    call = (await studio.calls.begin("trainee", "cleo", CallOptions(live_hints=wanted))).call
    await finished(studio, call)
    assert (await studio.record(call.id)).start.live_hints is kept


async def test_parts_become_the_file_and_pages_hear_of_its_begin_and_end(studio: Studio) -> None:
    call = await recorded_call(studio)
    told: list[CallEvent] = []
    call.subscribe(told.append)
    for number, piece in enumerate((b"one", b"two")):
        call.receive(part(call, number, piece))
    assert call.recording is not None
    assert (call.recording.state, told) == ("on", [RecordingChanged(call.id)])
    call.receive(RecordingEnded(call.id, ""))
    assert told == [RecordingChanged(call.id)] * 2
    word, sound = await finished(studio, call)
    assert sound == b"onetwo"
    assert word is not None
    assert (word.state, word.reason) == ("ended", "")


@pytest.mark.parametrize(
    ("numbers", "reason", "kept"), [((0, 1), "job", b"0011"), ((0, 2, 1), "gap", b"00")]
)
async def test_a_recording_that_is_not_whole_says_why(
    studio: Studio, numbers: tuple[int, ...], reason: str, kept: bytes
) -> None:
    call = await recorded_call(studio)
    for number in numbers:
        call.receive(part(call, number, str(number).encode() * 2))
    word, sound = await finished(studio, call)
    assert word is not None
    assert (word.state, word.reason, sound) == ("ended", reason, kept)


async def test_a_full_disk_ends_the_recording_and_not_the_call(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = await recorded_call(studio)
    recording = call.recording
    assert recording is not None
    call.receive(part(call, 0, b"one"))
    await studio.calls.written()

    def full(file: OpenRecording, sound: bytes) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(OpenRecording, "add", full)
    call.receive(part(call, 1, b"two"))
    await until(lambda: recording.state == "ended")
    monkeypatch.undo()
    call.receive(part(call, 2, b"three"))
    assert call.is_on
    word, sound = await finished(studio, call)
    assert word is not None
    assert (word.reason, sound) == ("disk", b"one")
