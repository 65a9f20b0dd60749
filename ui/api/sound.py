"""A call's recording over HTTP: in parts, as browsers want sound, or as files to take away."""

import asyncio
import os
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from fastapi.responses import FileResponse
from starlette.types import Receive, Scope, Send

from agent.calls.transcoding import CannotTranscode
from data.exports import file_name
from data.journal import CallRecord
from ui.context import Studio
from ui.report.sound_state import why_silent

TEXTS = ("json", "txt", "vtt")
SOUNDS = {"ogg": "audio/ogg", "m4a": "audio/mp4", "wav": "audio/wav"}
"""Each ending with its type."""


class NoSound(Exception):
    """The sound cannot be had, in words; ``status`` as of HTTP."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


class Taken(FileResponse):
    """A file that nobody needs once it has been sent, or can be sent no more."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            await asyncio.shield(asyncio.to_thread(_take_away, Path(self.path)))


async def sound_of(studio: Studio, record: CallRecord, ending: str) -> FileResponse:
    """The recording as one of ``SOUNDS``, made first if it has to be; raises ``NoSound``."""
    sound = await _recording(studio, record)
    try:
        if ending == "ogg":
            return await _sent(sound, record, ending)
        if ending == "m4a":
            return await _sent(await studio.transcoder.m4a(record.start.call), record, ending)
        wav = await studio.transcoder.wav(record.start.call)
        return await _sent(wav, record, ending, kind=Taken)
    except CannotTranscode as error:
        raise _refusal(error) from error


async def archive_of(
    studio: Studio, record: CallRecord, texts: Mapping[str, bytes | memoryview]
) -> FileResponse:
    """Everything in one file: these texts by their endings, and the recording as each of
    ``SOUNDS``, or why it cannot be; raises ``NoSound``."""
    whole = {file_name(record, ending): bytes(text) for ending, text in texts.items()}
    sounds: dict[str, Path] = {}
    wav: Path | None = None
    try:
        try:
            sounds["ogg"] = await _recording(studio, record)
            sounds["m4a"] = await studio.transcoder.m4a(record.start.call)
            sounds["wav"] = wav = await studio.transcoder.wav(record.start.call)
        except (NoSound, CannotTranscode) as error:
            whole["recording.txt"] = f"{error}\n".encode()
        named = {file_name(record, ending): path for ending, path in sounds.items()}
        try:
            made = await asyncio.to_thread(_pack, studio, whole, named)
        except OSError as error:
            raise _no_room(error) from error
    finally:
        if wav is not None:
            await asyncio.shield(asyncio.to_thread(_take_away, wav))
    return await _sent(made, record, "zip", kind=Taken)


async def _recording(studio: Studio, record: CallRecord) -> Path:
    sound = await asyncio.to_thread(studio.recordings.find, record.start.call)
    if record.end is None:
        raise NoSound(409, "This call is still going on. Its recording comes when it has ended.")
    if sound is None:
        raise NoSound(404, why_silent(record, studio.recordings.days))
    return sound


async def _sent(
    path: Path, record: CallRecord, ending: str, kind: type[FileResponse] = FileResponse
) -> FileResponse:
    """The file with its name, in parts if the browser asks so; it may keep it, if it asks each time
    whether that may still be heard."""
    try:
        stat = await asyncio.to_thread(path.stat)
    except OSError as error:
        raise NoSound(404, "The recording has just been deleted.") from error
    return kind(
        path,
        headers={"Cache-Control": "private, no-cache", "Content-Encoding": "identity"},
        media_type=SOUNDS.get(ending, "application/zip"),
        filename=file_name(record, ending),
        stat_result=stat,
    )


def _pack(studio: Studio, texts: Mapping[str, bytes], sounds: Mapping[str, Path]) -> Path:
    path = studio.recordings.export(".zip")
    try:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
            for name, text in texts.items():
                file.writestr(name, text)
            for name, sound in sounds.items():
                # What is compressed already would only take time.
                how = zipfile.ZIP_DEFLATED if sound.suffix == ".wav" else zipfile.ZIP_STORED
                file.write(sound, name, compress_type=how)
    except BaseException:
        _take_away(path)
        raise
    return path


def _refusal(error: CannotTranscode) -> NoSound:
    return NoSound(422 if error.damaged else 503, str(error))


def _no_room(error: OSError) -> NoSound:
    why = error.strerror or str(error)
    return NoSound(503, f"The file could not be made: {why}. Try again in a moment.")


def _take_away(path: Path) -> None:
    with suppress(OSError):
        os.unlink(path)
