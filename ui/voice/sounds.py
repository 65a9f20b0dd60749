"""Where the browser fetches the sounds that a page has had made."""

import re

from fastapi import Request
from fastapi.responses import JSONResponse, Response
from nicegui import app

from ui.auth import access
from ui.context import Studio

_RANGE = re.compile(r"bytes=(\d{1,12})-(\d{0,12})")


def address(name: str) -> str:
    """Where a sound can be had."""
    return f"/api/sounds/{name}.wav"


def register(studio: Studio) -> None:
    """``GET /api/sounds/NAME.wav``, for authors."""

    @app.get("/api/sounds/{name}.wav")
    async def sound(request: Request, name: str) -> Response:
        if not access.is_author(access.require(studio)):
            return JSONResponse({"error": "Voices are tried by authors."}, 403)
        wav = studio.voice.sounds.get(name)
        if wav is None:
            return JSONResponse({"error": "This sound is not kept any more."}, 404)
        return _part(wav, request.headers.get("range", ""))


def _part(data: bytes, wanted: str) -> Response:
    """The bytes that are asked for: some browsers play nothing that cannot be had in parts."""
    headers = {"Cache-Control": "no-store", "Accept-Ranges": "bytes"}
    found = _RANGE.fullmatch(wanted)
    if found is None:
        return Response(data, media_type="audio/wav", headers=headers)
    first = int(found[1])
    last = min(int(found[2] or len(data)), len(data) - 1)
    if first > last:
        headers["Content-Range"] = f"bytes */{len(data)}"
        return Response(status_code=416, headers=headers)
    headers["Content-Range"] = f"bytes {first}-{last}/{len(data)}"
    return Response(data[first : last + 1], 206, media_type="audio/wav", headers=headers)
