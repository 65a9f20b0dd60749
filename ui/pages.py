"""Registers every page, the guards in front of them, and the HTTP endpoints."""

from nicegui import app

from ui.accounts import login
from ui.accounts import page as accounts
from ui.api import calls as calls_api
from ui.api import lab_sound
from ui.api import people as people_api
from ui.api import workers as workers_api
from ui.auth import access, proxy, shield, sockets
from ui.call import page as call_page
from ui.catalogue import page as catalogue
from ui.coaching import objectives_page
from ui.context import Studio
from ui.doctor import page as doctor_page
from ui.imports import page as import_page
from ui.imports import upload_limit
from ui.kit import keyboard, problem, theme
from ui.lab import page as lab_page
from ui.library import export as persona_export
from ui.library import new_persona
from ui.library import page as studio_library
from ui.people import page as people_page
from ui.progress import page as progress_page
from ui.report import calls_page
from ui.report import page as report
from ui.settings import page as settings_page
from ui.studio import page as edit
from ui.tries import page as try_page
from ui.versions import page as versions_page
from ui.voice import sounds
from ui.watch import page as watch_page


def register(studio: Studio) -> None:
    """Everything that the browser can reach; call it before ``ui.run``."""
    proxy.register(app, studio.settings)
    app.add_middleware(access.Guard, studio=studio)
    app.add_middleware(upload_limit.UploadLimit)
    app.add_middleware(shield.Shield)
    theme.register()
    keyboard.register()
    for part in (
        problem,
        sockets,
        login,
        catalogue,
        call_page,
        calls_page,
        report,
        try_page,
        progress_page,
        watch_page,
        versions_page,
        objectives_page,
        lab_page,
        lab_sound,
        studio_library,
        new_persona,
        import_page,
        persona_export,
        sounds,
        edit,
        accounts,
        people_page,
        settings_page,
        doctor_page,
        calls_api,
        people_api,
        workers_api,
    ):
        part.register(studio)
