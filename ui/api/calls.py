"""The HTTP endpoints: a token for a call, health, and exports of a call."""

import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from nicegui import app, run

from agent.calls.admission import Refused
from agent.engines.cost import in_words
from agent.simulation.reviewing import coached
from agent.simulation.reviewing.coached import corrected, for_trainee
from agent.simulation.reviewing.lesson import Lesson, lesson_of
from data.exports import as_json, as_text, as_vtt, file_name
from data.journal import CallRecord
from personas.parse import examine
from ui.api.sound import SOUNDS, TEXTS, NoSound, archive_of, sound_of
from ui.auth import access
from ui.context import Studio
from ui.kit import words
from ui.report.engines import estimated

LONGEST_BODY = 4096
"""Bytes; a request for a token is one short line."""


class BadRequest(Exception):
    """What the client sent cannot be served; ``extra`` goes into the answer beside the words."""

    def __init__(self, status: int, words: str, **extra: str) -> None:
        super().__init__(words)
        self.answer = JSONResponse({"error": words, **extra}, status)


def register(studio: Studio) -> None:
    """``POST /api/token``, ``GET /healthz`` and ``GET /api/calls/NAME``."""

    @app.post("/api/token")
    async def token(request: Request) -> Response:
        try:
            slug = _persona(await _json(request))
            return await _token(studio, slug)
        except BadRequest as error:
            return error.answer

    @app.get("/healthz")
    def healthz() -> Response:
        return JSONResponse(health(studio), headers={"Cache-Control": "no-store"})

    @app.get("/api/calls/{name}")
    async def export(name: str) -> Response:
        call_id, _, ending = name.rpartition(".")
        try:
            record = await run.io_bound(studio.archive.get, call_id)
            record = _allowed(studio, record)
            author = access.is_author(access.require(studio))
            text = partial(text_of, studio, record, author=author)
            return await _export(studio, record, ending, text)
        except BadRequest as error:
            return error.answer
        except NoSound as error:
            return BadRequest(error.status, str(error)).answer


def health(studio: Studio) -> dict[str, Any]:
    """What a monitor may know: no secrets, no names."""
    problem = studio.calls.problem()
    parts = {part.key: part.state for part in studio.preparation.parts}
    status = "ok"
    if problem:
        status = "unavailable" if studio.preparation.ready else "preparing"
        failed = any(p.state == "failed" and p.needed for p in studio.preparation.parts)
        status = "failed" if failed else status
    details = {"status": status, "ready": not problem, "preparation": parts}
    return {**studio.calls.health(), **details, "problem": problem}


async def _json(request: Request) -> dict[str, Any]:
    """The JSON object of a request; raises ``BadRequest``.

    Only JSON is taken: a form on another site could send every other type without asking.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise BadRequest(415, "Send JSON with the content type application/json.")
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > LONGEST_BODY:
            raise BadRequest(413, f"The body may have {LONGEST_BODY} bytes at most.")
    try:
        values = json.loads(body)
    except (ValueError, RecursionError):
        raise BadRequest(400, "The body is no JSON.") from None
    if not isinstance(values, dict):
        raise BadRequest(400, 'The body must be an object such as {"persona": "sarah-thompson"}.')
    return values


def _persona(values: dict[str, Any]) -> str:
    """The persona asked for; the server chooses all else, so every other field is refused."""
    for field in values:
        if field != "persona":
            words = f"The client may not choose {field!r}; send only 'persona'."
            # Half a character, which JSON may hold, has no place in an answer.
            raise BadRequest(422, words, field=field.encode("utf-8", "replace").decode())
    slug = values.get("persona")
    if not isinstance(slug, str) or not slug:
        raise BadRequest(422, "Name the persona: 'persona' must be a string.", field="persona")
    return slug


async def _token(studio: Studio, slug: str) -> Response:
    user = access.require(studio)
    entry = studio.library.get(slug)
    if entry is None or not access.may_meet(user, entry):
        raise BadRequest(404, "There is no such persona.", field="persona")
    try:
        ticket = await studio.calls.begin(user.name, slug)
    except Refused as refused:
        # 409: an author must act first; 503: the same request can work later.
        raise BadRequest(503 if entry.persona else 409, str(refused)) from refused
    answer = {
        "server_url": ticket.server_url,
        "participant_token": ticket.token,
        "room_name": ticket.room,
    }
    return JSONResponse(answer, 201, headers={"Cache-Control": "no-store"})


def _allowed(studio: Studio, record: CallRecord | None) -> CallRecord:
    if record is None:
        raise BadRequest(404, "There is no such call.")
    if not access.may_see(access.require(studio), record.start.user):
        raise BadRequest(403, "This call belongs to someone else.")
    return record


def _as_told(record: CallRecord) -> CallRecord:
    """The record with each cause as a trainee's page says it: the director's own words name what
    the customer waits for."""
    turns = (replace(each, cause=words.cause(each.cause, inside=False)) for each in record.turns)
    moods = (each._replace(cause=words.cause(each.cause, inside=False)) for each in record.moods)
    return replace(record, turns=tuple(turns), moods=tuple(moods))


def _is_exam(record: CallRecord) -> bool:
    persona = examine(record.edited_text or record.persona_text, record.start.persona).persona
    return persona is not None and persona.exam


async def _export(
    studio: Studio, record: CallRecord, ending: str, text: Callable[[str], Response]
) -> Response:
    if ending in TEXTS:
        made = await run.io_bound(text, ending)
        return made or Response(status_code=503)  # the app is stopping
    if ending in SOUNDS:
        return await sound_of(studio, record, ending)
    if ending == "zip":
        texts = {each: await run.io_bound(text, each) for each in TEXTS}
        return await archive_of(
            studio, record, {each: made.body for each, made in texts.items() if made}
        )
    raise BadRequest(
        404, "A call can be had as .json, .txt, .vtt, .ogg, .m4a or .wav, or as .zip with all."
    )


def text_of(studio: Studio, record: CallRecord, ending: str, *, author: bool) -> Response:
    """The export with one of the endings ``TEXTS``, as that reader may have it; ``BadRequest``."""
    said, engines = studio.annotations.of(record.start.call), studio.engines
    said = said if author else for_trainee(record.scorecard or {}, said)
    if record.end is None and not author and _is_exam(record):
        raise BadRequest(
            409, "This is an exam that is still going on. Export it when it has ended."
        )
    taught = lesson_of(corrected(record, said)) if ending in ("json", "txt") else Lesson()
    record = record if author else _as_told(record)
    headers = {"Cache-Control": "no-store"}
    headers["Content-Disposition"] = f'attachment; filename="{file_name(record, ending)}"'
    if ending == "vtt":
        return Response(as_vtt(record), media_type="text/vtt", headers=headers)
    cost = estimated(record, engines) if author else None
    if ending == "txt":
        told = in_words(cost) if cost else ""
        text = as_text(
            record,
            cost=told,
            why=taught.why,
            advice=taught.lines(),
            coach=coached.as_lines(record, said),
        )
        return PlainTextResponse(text, headers=headers)
    values = as_json(
        record,
        inside=author,
        cost=cost.to_json() if cost else None,
        lesson=taught.to_json(),
        coach=coached.as_json(record, said),
    )
    return JSONResponse(values, headers=headers)
