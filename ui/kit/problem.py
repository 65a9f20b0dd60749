"""Pages that say in words why there is nothing to see, and where to go on."""

import logging

from fastapi import Request, Response
from fastapi.exception_handlers import http_exception_handler
from fastapi.responses import JSONResponse
from nicegui import Client, app, ui
from starlette.exceptions import HTTPException

from ui import kit
from ui.context import Studio
from ui.kit.frame import bare_page, frame

log = logging.getLogger(__name__)

FAULT = "Something went wrong on our side. Nothing that was saved is lost; please try again."


def problem(studio: Studio, title: str, text: str, status: int) -> None:
    """A whole page with that HTTP status, title and text, and the way back."""
    ui.context.client.status_code = status
    with frame(studio, title):
        _words(title, text)


def register(studio: Studio) -> None:
    """Our own pages for unknown addresses and for faults; no trace ever reaches a browser."""

    @app.exception_handler(404)
    async def missing(request: Request, error: Exception) -> Response:
        if _is_endpoint(request) and isinstance(error, HTTPException):
            return await http_exception_handler(request, error)
        with Client(ui.page(""), request=request) as client:
            problem(studio, "This page does not exist", "Check the address, or start again.", 404)
        return client.build_response(request, 404)

    @app.exception_handler(Exception)
    async def fault(request: Request, error: Exception) -> Response:
        return JSONResponse({"error": FAULT}, 500)

    def page_fault(error: Exception) -> None:
        bare_page("Something went wrong")
        with kit.tag("main", classes="rh-main"):
            _words("Something went wrong", FAULT)

    app.on_page_exception(page_fault)


def _words(title: str, text: str) -> None:
    with kit.tag("section", classes="rh-empty"):
        kit.heading(title)
        kit.muted(text)
        kit.link_button("Go to the simulations", "/", kind="primary")


def _is_endpoint(request: Request) -> bool:
    found = request.scope.get("endpoint")
    return found is not None and found is not app and "nicegui_page_path" not in request.scope
