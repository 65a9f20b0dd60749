"""What is made of a recording: its waves and other formats, of damaged ones too."""

import asyncio
import os
import time
import wave
from collections.abc import AsyncIterator
from pathlib import Path

import av
import numpy as np
import pytest

from agent.calls.transcoding import CannotTranscode, Transcoder
from agent.worker.recording.timeline import RATE, Sound
from data.recordings import Recordings
from tests.support.recorded import keep, onsets, voices

CALL = "a" * 16
HEARD = ((1, 1.0, 4.0), (0, 5.0, 7.0), (1, 8.5, 11.0))
NEAR = 0.03


@pytest.fixture
def recordings(tmp_path: Path) -> Recordings:
    keep(tmp_path, CALL, voices(12.0, *HEARD))
    (tmp_path / "calls" / f"{CALL}.jsonl").write_text("{}")
    return Recordings(tmp_path, days=30)


@pytest.fixture
async def transcoder(recordings: Recordings) -> AsyncIterator[Transcoder]:
    made = Transcoder(recordings)
    yield made
    await asyncio.to_thread(made.close)


def of_wav(path: Path) -> Sound:
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getframerate(), file.getsampwidth()) == (2, RATE, 2)
        data = file.readframes(file.getnframes())
    return np.frombuffer(data, dtype=np.int16).reshape(-1, 2)


def of_m4a(path: Path) -> Sound:
    """As a player has it, which leaves out what the file's edit list does."""
    resampler = av.AudioResampler(format="s16", layout="stereo", rate=RATE)
    with av.open(str(path)) as file:
        frames = [made for each in file.decode(audio=0) for made in resampler.resample(each)]
    return np.concatenate([each.to_ndarray().reshape(-1, 2) for each in frames])


async def test_every_format_has_each_side_at_its_time(
    transcoder: Transcoder, recordings: Recordings
) -> None:
    wav, m4a = await asyncio.gather(transcoder.wav(CALL), transcoder.m4a(CALL))
    for sound in (of_wav(wav), of_m4a(m4a)):
        trainee, customer = onsets(sound)
        assert trainee == pytest.approx([5.0], abs=NEAR)
        assert customer == pytest.approx([1.0, 8.5], abs=NEAR)
        assert len(sound) / RATE == pytest.approx(12.0, abs=0.1)
    assert b"moov" in m4a.read_bytes()[:200], "a browser can play it before it has all of it"
    peaks = await transcoder.peaks(CALL)
    assert peaks.seconds == pytest.approx(12.0, abs=0.1)
    step = peaks.seconds / len(peaks.customer)
    for side, begin, end in HEARD:
        voice = (peaks.trainee, peaks.customer)[side]
        assert voice[round((begin + end) / 2 / step)] == pytest.approx(24, abs=3)
        assert voice[round((begin - 0.5) / step)] <= 1
    assert recordings.find_made(CALL, ".m4a") == m4a
    assert not list(m4a.parent.glob("*.making"))


async def test_what_is_kept_is_made_once_and_anew_for_another_recording(
    transcoder: Transcoder, recordings: Recordings, tmp_path: Path
) -> None:
    await asyncio.gather(transcoder.peaks(CALL), transcoder.peaks(CALL))
    path = recordings.find_made(CALL, ".peaks")
    assert path is not None
    before = path.stat().st_mtime_ns
    await transcoder.peaks(CALL)
    assert path.stat().st_mtime_ns == before
    later = time.time() + 60
    os.utime(keep(tmp_path, CALL, voices(3.0, *HEARD)), (later, later))
    assert (await transcoder.peaks(CALL)).seconds == pytest.approx(3.0, abs=0.1)


async def test_a_recording_that_was_cut_off_is_read_to_there(
    transcoder: Transcoder, recordings: Recordings
) -> None:
    path = recordings.find(CALL)
    assert path is not None
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2 + 11])
    assert 4.0 < (await transcoder.peaks(CALL)).seconds < 8.0


async def test_what_follows_a_damaged_part_stays_at_its_time(
    transcoder: Transcoder, recordings: Recordings
) -> None:
    path = recordings.find(CALL)
    assert path is not None
    data = path.read_bytes()
    middle = len(data) // 2
    path.write_bytes(data[:middle] + bytes(600) + data[middle + 600 :])
    _, customer = onsets(of_wav(await transcoder.wav(CALL)))
    assert customer[-1] == pytest.approx(8.5, abs=NEAR)


@pytest.mark.parametrize("junk", [b"", b"no sound at all" * 200, b"OggS" + bytes(5000)])
async def test_a_damaged_one_is_called_so_and_costs_no_other(
    transcoder: Transcoder, recordings: Recordings, tmp_path: Path, junk: bytes
) -> None:
    other = "b" * 16
    keep(tmp_path, other, voices(1.0))
    path = recordings.find(CALL)
    assert path is not None
    path.write_bytes(junk)
    for make in (transcoder.peaks, transcoder.m4a, transcoder.wav):
        with pytest.raises(CannotTranscode, match="damaged") as found:
            await make(CALL)
        assert found.value.damaged
    assert not await asyncio.to_thread(lambda: list(tmp_path.glob("exports/*")))
    assert (await transcoder.peaks(other)).seconds == pytest.approx(1.0, abs=0.1)


async def test_its_waves_are_drawn_before_anybody_asks(
    transcoder: Transcoder, recordings: Recordings
) -> None:
    await transcoder.prepare(CALL)
    assert recordings.find_made(CALL, ".peaks") is not None
    await transcoder.prepare("c" * 16)  # was not recorded, and nothing is wrong about that


async def test_there_is_none(transcoder: Transcoder) -> None:
    with pytest.raises(CannotTranscode, match="no recording") as found:
        await transcoder.peaks("c" * 16)
    assert not found.value.damaged


async def test_no_room_is_said(
    transcoder: Transcoder, recordings: Recordings, tmp_path: Path
) -> None:
    (tmp_path / "exports").write_text("a file, not a folder")
    with pytest.raises(CannotTranscode, match="could not be made") as found:
        await transcoder.wav(CALL)
    assert not found.value.damaged
