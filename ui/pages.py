"""Registers every page, the guards in front of them, and the HTTP endpoints."""

from nicegui import app

from ui import (
    access,
    accounts,
    api,
    assistive,
    catalogue,
    in_force,
    login,
    problem,
    proxy,
    shield,
    sockets,
    theme,
    worker_api,
)
from ui.call import page as call_page
from ui.context import Studio
from ui.doctor import page as doctor_page
from ui.library import export as persona_export
from ui.library import import_page, new_persona, upload_limit
from ui.library import page as studio_library
from ui.progress import page as progress_page
from ui.report import calls_page
from ui.report import page as report
from ui.studio import page as edit
from ui.versions import page as versions_page
from ui.watch import page as watch_page


def register(studio: Studio) -> None:
    """Everything that the browser can reach; call it before ``ui.run``."""
    proxy.register(app, studio.settings)
    app.add_middleware(access.Guard, studio=studio)
    app.add_middleware(upload_limit.UploadLimit)
    app.add_middleware(shield.Shield)
    theme.register()
    assistive.register()
    for part in (
        problem,
        sockets,
        login,
        catalogue,
        call_page,
        calls_page,
        report,
        progress_page,
        watch_page,
        versions_page,
        studio_library,
        new_persona,
        import_page,
        persona_export,
        edit,
        accounts,
        in_force,
        doctor_page,
        api,
        worker_api,
    ):
        part.register(studio)
