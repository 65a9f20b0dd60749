"""The sound of the lab's runs over HTTP, for authors."""

from fastapi.responses import FileResponse, PlainTextResponse, Response
from nicegui import app, run

from data.lab_runs import LabRun
from ui.auth import access
from ui.context import Studio

ENDING = ".ogg"
GONE = (
    "This run has no sound: it was played in text, or it is no longer kept. Play it again in real "
    "sound."
)


def register(studio: Studio) -> None:
    """``GET /api/lab/RUN.ogg``; browsers ask for parts of it."""

    @app.get("/api/lab/{name}")
    async def lab_sound(name: str) -> Response:
        if not access.is_author(access.require(studio)):
            return PlainTextResponse("Only authors hear the runs of the lab.", 403)
        found = await run.io_bound(studio.lab.kept.sound, name.removesuffix(ENDING))
        if found is None or not name.endswith(ENDING):
            return PlainTextResponse(GONE, 404)
        return FileResponse(found, media_type="audio/ogg", headers={"Cache-Control": "private"})


def address_of_sound(found: LabRun) -> str:
    """Where a browser finds the sound of that run."""
    return f"/api/lab/{found.id}{ENDING}"
