"""What pages are given: the objects that app.py builds once."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent.calls.calls import Calls
    from agent.doctor.runner import Doctor
    from agent.engines.registry import EngineRegistry
    from agent.platform.settings import Settings
    from agent.platform.setup.preparation import Preparation
    from agent.protocol.websocket.server import RemoteWorkers
    from data.calls import Archive
    from data.drafts import Drafts
    from data.password_work import PasswordWork
    from data.sessions import Sessions
    from data.users import Users
    from data.versions import Versions
    from personas.library import Library
    from ui.call_events import CallEvents


@dataclass(frozen=True)
class Studio:
    """Everything that the pages need, built in app.py and handed to ``register``."""

    settings: "Settings"
    users: "Users"
    sessions: "Sessions"
    passwords: "PasswordWork"
    library: "Library"
    archive: "Archive"
    calls: "Calls"
    call_events: "CallEvents"
    preparation: "Preparation"
    doctor: "Doctor"
    drafts: "Drafts"
    versions: "Versions"
    engines: "EngineRegistry"
    remote: "RemoteWorkers | None" = None
