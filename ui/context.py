"""What pages are given: the objects that app.py builds once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent.calls.calls import Calls
    from agent.calls.transcoding import Transcoder
    from agent.doctor.runner import Doctor
    from agent.engines.registry import EngineRegistry
    from agent.lab.lab import Lab
    from agent.platform.settings import Settings
    from agent.platform.setup.preparation import Preparation
    from agent.protocol.websocket.server import RemoteWorkers
    from agent.simulation.observing.observer import Observer
    from agent.speech.speaking.preview import VoicePreview
    from agent.speech.speaking.speaker_models import SpeakerModels
    from data.annotations import Annotations
    from data.calls import Archive
    from data.drafts import Drafts
    from data.imports import Imports
    from data.lab_switch import PlayOnSave
    from data.password_work import PasswordWork
    from data.people import People
    from data.recordings import Recordings
    from data.sessions import Sessions
    from data.users import Users
    from data.versions import Versions
    from personas.library import Library
    from personas.model import Persona
    from personas.script_library import ScriptLibrary
    from ui.call_events import CallEvents
    from ui.lab_events import LabEvents


@dataclass(frozen=True, kw_only=True)
class Studio:
    """Everything that the pages need, built in app.py and handed to ``register``.

    Who may log in: ``users``, ``sessions``, ``passwords`` (hashed off the loop), ``people`` (all
    that is kept of them). Personas: ``library`` (the files as they are), ``scripts`` (what the lab
    plays with them), ``versions`` (as they were), ``drafts`` (unsaved texts), ``imports`` (as they
    came). Calls: ``calls`` (going on), ``call_events`` (what happens to them), ``archive`` (over),
    ``recordings`` (their sound), ``transcoder`` (what is made of that), ``annotations`` (what
    coaches and trainees say of them), ``engines``, ``remote`` (None unless settings ask for workers
    elsewhere). What a call needs: ``preparation``, ``doctor``. Voices: ``voice`` (to try them),
    ``speakers``. ``observer`` makes what reads a trainee's turns with that persona; it may take a
    second, so not on the app's loop; ``unreadable`` says why only word lists do, "" when the
    trained reader does, too. ``lab`` plays scripts; ``lab.kept`` are its runs, ``lab_events`` what
    happens to them, ``play_on_save`` the personas whose scripts are played on each save.
    """

    settings: "Settings"

    users: "Users"
    sessions: "Sessions"
    passwords: "PasswordWork"

    library: "Library"
    scripts: "ScriptLibrary"
    versions: "Versions"
    drafts: "Drafts"
    imports: "Imports"
    people: "People"

    calls: "Calls"
    call_events: "CallEvents"
    archive: "Archive"
    recordings: "Recordings"
    transcoder: "Transcoder"
    annotations: "Annotations"
    engines: "EngineRegistry"

    preparation: "Preparation"
    doctor: "Doctor"

    voice: "VoicePreview"
    speakers: "SpeakerModels"

    observer: "Callable[[Persona], Observer]"
    unreadable: "Callable[[], str]"

    lab: "Lab"
    lab_events: "LabEvents"
    play_on_save: "PlayOnSave"

    remote: "RemoteWorkers | None" = None
