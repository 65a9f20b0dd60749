"""All that is kept of one person, as one ZIP of plain files."""

import asyncio
import json
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from fastapi.responses import FileResponse, JSONResponse, Response
from nicegui import app, run

from data.calls import Summary
from data.people import Kept
from data.store import StoreError
from data.versions import VersionsError
from ui.api.calls import text_of
from ui.api.sound import TEXTS, Taken
from ui.auth import access
from ui.context import Studio

README = """Everything that Rehearsal keeps of {name}, as of {day}.

account.json      the account: its names and its role. The password is kept as a hash that nobody
                  can read, and is not in here.
logins.json       when the browsers logged in that are logged in now
calls.json        a line for each call: with whom, when, how long, which score
calls/            a folder for each call: its report as text (.txt), all that is known of it
                  (.json), its captions (.vtt), and its recording (.ogg) while that is kept
not-saved/        texts of personas that were written and not saved
written.json      comments and corrections at calls, one's own and others'
versions.json     versions of personas that bear the name

Not in here: the texts of the personas, which are their authors'; what the customer was still
waiting for, which only authors see; calls that are going on; and hints that were whispered in
other people's calls. Times in .json files are seconds since 1970, or since the call began.
"""


def register(studio: Studio) -> None:
    """``GET /api/people/NAME.zip``, for that person and for admins."""
    one = asyncio.Lock()  # such a file may be large, and its reader waits anyway

    @app.get("/api/people/{file}")
    async def export(file: str) -> Response:
        user, name = access.require(studio), file.removesuffix(".zip")
        if not file.endswith(".zip") or (user.name != name and not access.is_admin(user)):
            words = "Everyone can export what is kept of themselves, and admins of everybody."
            return JSONResponse({"error": words}, 403)
        try:
            async with one:
                made = await run.io_bound(_pack, studio, name, access.is_author(user))
        except (StoreError, VersionsError) as error:
            return JSONResponse({"error": str(error)}, 503)
        except OSError as error:
            words = f"The file could not be made: {error.strerror or error}. Make room on the disk."
            return JSONResponse({"error": words}, 503)
        if made is None:
            return JSONResponse({"error": "Nothing is kept of such a person."}, 404)
        return _sent(made, name)


def _sent(made: Path, name: str) -> FileResponse:
    headers = {"Cache-Control": "no-store", "Content-Encoding": "identity"}
    return Taken(
        made, headers=headers, media_type="application/zip", filename=f"rehearsal-{name}.zip"
    )


def _pack(studio: Studio, name: str, author: bool) -> Path | None:
    """The ZIP, to be taken away by whoever sends it; None when nothing is kept."""
    kept = studio.people.kept(name)
    if not (kept.account or kept.calls):
        return None
    path = studio.recordings.export(".zip")
    try:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
            for inside, text in _texts(studio, kept):
                file.writestr(inside, text)
            for folder, call in _folders(kept.calls):
                _add_call(studio, file, folder, call, author=author)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def _texts(studio: Studio, kept: Kept) -> Iterator[tuple[str, str]]:
    day = f"{datetime.now().astimezone():%Y-%m-%d %H:%M %Z}"
    yield "README.txt", README.format(name=kept.name, day=day)
    for account in studio.users.accounts():
        if account.user.name == kept.name:
            user = account.user
            told = {"name": user.name, "display": user.display, "role": user.role}
            yield "account.json", _json({**told, "disabled": account.disabled})
    yield "logins.json", _json(list(kept.logins))
    yield "calls.json", _json([call.to_json() for call in kept.calls])
    at_own = [(call.call, each) for call in kept.calls for each in studio.annotations.of(call.call)]
    written = dict.fromkeys((*at_own, *kept.annotations))
    yield "written.json", _json([{"call": call, **each.to_json()} for call, each in written])
    versions = [{"persona": slug, **row.to_json()} for slug, row in kept.versions]
    yield "versions.json", _json(versions)
    for number, draft in enumerate(kept.drafts, start=1):
        yield f"not-saved/{number}-{draft.slug}.md", draft.text


def _folders(calls: Sequence[Summary]) -> Iterator[tuple[str, Summary]]:
    for call in calls:
        begun = datetime.fromtimestamp(call.started).astimezone()
        yield f"calls/{begun:%Y-%m-%d-%H%M}-{call.persona}-{call.call[:8]}", call


def _add_call(
    studio: Studio, file: zipfile.ZipFile, folder: str, call: Summary, *, author: bool
) -> None:
    record = studio.archive.get(call.call)
    if record is None or record.end is None:
        return  # it was deleted just now
    for ending in TEXTS:
        made = text_of(studio, record, ending, author=author)
        file.writestr(f"{folder}/call.{ending}", bytes(made.body))
    sound = studio.recordings.find(call.call)
    if sound is not None:
        with suppress(FileNotFoundError):  # its days are over just now
            file.write(sound, f"{folder}/recording.ogg", compress_type=zipfile.ZIP_STORED)


def _json(values: Any) -> str:
    return json.dumps(values, ensure_ascii=False, indent=1)
