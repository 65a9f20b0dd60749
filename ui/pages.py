"""Registers every page, the guards in front of them, and the HTTP endpoints."""

from nicegui import app

from ui import (
    access,
    accounts,
    api,
    call_page,
    calls_page,
    catalogue,
    doctor_page,
    edit,
    import_page,
    login,
    new_persona,
    persona_export,
    problem,
    report,
    shield,
    studio_library,
    theme,
    upload_limit,
    versions_page,
    watch_page,
    worker_api,
)
from ui.context import Studio


def register(studio: Studio) -> None:
    """Everything that the browser can reach; call it before ``ui.run``."""
    app.add_middleware(access.Guard, studio=studio)
    app.add_middleware(upload_limit.UploadLimit)
    app.add_middleware(shield.Shield)
    theme.register()
    for part in (
        problem,
        login,
        catalogue,
        call_page,
        calls_page,
        report,
        watch_page,
        versions_page,
        studio_library,
        new_persona,
        import_page,
        persona_export,
        edit,
        accounts,
        doctor_page,
        api,
        worker_api,
    ):
        part.register(studio)
