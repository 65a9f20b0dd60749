"""Persona files to take along: one as it is on disk, or many in a zip."""

from collections.abc import Iterable
from pathlib import Path

from fastapi import Request
from fastapi.responses import JSONResponse, Response
from nicegui import app, run

from personas import files
from personas.bundle import packed
from ui.auth import access
from ui.context import Studio

HEADERS = {"Cache-Control": "no-store"}


def register(studio: Studio) -> None:
    """``GET /api/personas/SLUG.md`` and ``/api/personas.zip?slug=…``, for authors."""

    @app.get("/api/personas.zip")
    async def many(request: Request) -> Response:
        if not access.is_author(access.require(studio)):
            return _refused()
        wanted = request.query_params.getlist("slug") or None
        data = await run.io_bound(lambda: packed(_with_scripts(studio, wanted)))
        return _download(data or b"", "personas.zip", "application/zip")

    @app.get("/api/personas/{name}")
    async def one(name: str) -> Response:
        if not access.is_author(access.require(studio)):
            return _refused()
        slug = name.removesuffix(".md")
        wanted = [slug] if name.endswith(".md") else []
        for found, data in await run.io_bound(lambda: list(_files(studio, wanted))) or []:
            return _download(data, found, "text/markdown; charset=utf-8")
        return JSONResponse({"error": "There is no such persona."}, 404, headers=HEADERS)


def address(slugs: Iterable[str]) -> str:
    """Where a zip of these personas can be had."""
    return "/api/personas.zip?" + "&".join(f"slug={slug}" for slug in slugs)


def _files(studio: Studio, wanted: list[str] | None) -> Iterable[tuple[str, bytes]]:
    """Name and bytes of each persona file asked for; of all when ``wanted`` is None."""
    for entry in studio.library.entries():
        if wanted is None or entry.slug in wanted:
            content = files.read(entry.path, studio.library.folder)
            if content.signature is not None and not content.trouble:
                yield entry.path.name, content.data


def _with_scripts(studio: Studio, wanted: list[str] | None) -> Iterable[tuple[str, bytes]]:
    """The persona files asked for, and the scripts of each."""
    for name, data in _files(studio, wanted):
        yield name, data
        yield from studio.scripts.files_of(Path(name).stem)


def _download(data: bytes, name: str, kind: str) -> Response:
    attachment = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type=kind, headers={**HEADERS, **attachment})


def _refused() -> Response:
    return JSONResponse({"error": "Personas are exported by authors."}, 403, headers=HEADERS)
