"""Rehearsal: the composition root and the command line."""

import signal
import sys

if __name__ == "__main__":
    # Before anything else: out of an import, Ctrl+C would be a traceback. See ``stopping`` below.
    signal.signal(signal.SIGINT, signal.SIG_DFL)

if not (3, 11) <= sys.version_info[:2] <= (3, 13):
    sys.exit(
        f"Rehearsal needs Python 3.11 to 3.13; this is {sys.version.split()[0]}. "
        "`uv run app.py` brings the right one by itself."
    )

from agent.platform.process.memory import limit_threads
from agent.platform.process.stopping import Stopping

limit_threads()
stopping = Stopping()
if __name__ == "__main__":
    stopping.install()

import argparse
import asyncio
import logging
import os
from collections.abc import Awaitable, Coroutine
from contextlib import nullcontext, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent.calls.call_events import CallEvent
    from agent.engines.registry import EngineRegistry
    from agent.platform.settings import Settings
    from agent.protocol.messages import Event
    from agent.reader.observer import ObserverMaker
    from agent.simulation.observing.observer import Observer
    from personas.entry import Renamed
    from personas.library import Change
    from personas.model import Persona

log = logging.getLogger("rehearsal")

# Where nothing keeps compiled modules, each start would compile NiceGUI again: 3.4 s, not 1.3 s.
sys.dont_write_bytecode = False

HERE = Path(__file__).resolve().parent


def main(arguments: list[str]) -> int:
    """Run the command line; returns the exit code."""
    commands = {
        "check": check,
        "rehearse": rehearse,
        "observe": observe,
        "say": say,
        "hear": hear,
        "lab": lab,
        "doctor": doctor,
    }
    command = commands.get(arguments[0]) if arguments else None
    return command(arguments[1:]) if command else serve(arguments)


def check(arguments: list[str]) -> int:
    """``app.py check``: check persona files."""
    from agent.engines.registry import EngineRegistry
    from agent.simulation.guarding.guard import GUARDS
    from personas.cli import main as check_files

    return check_files(arguments, _personas, EngineRegistry().voices, GUARDS)


def rehearse(arguments: list[str]) -> int:
    """``app.py rehearse``: play a persona in text."""
    from agent.engines.registry import EngineRegistry
    from agent.simulation.rehearsal import main as play

    engines = EngineRegistry()
    return play(arguments, _personas, engines.fallback.name, engines.voices, _observer)


def observe(arguments: list[str]) -> int:
    """``app.py observe``: tell what each line of a file does as a turn."""
    from agent.engines.registry import EngineRegistry
    from agent.simulation.observing.command import main as observe_lines

    voices = EngineRegistry().voices
    return observe_lines(arguments, _personas, voices, _observer, sys.stdout, sys.stderr)


def lab(arguments: list[str]) -> int:
    """``app.py lab``: play the scripts of personas."""
    from agent.engines.registry import EngineRegistry
    from agent.lab.command import LabTools
    from agent.lab.command import main as play_scripts
    from agent.lab.own_line import in_sound
    from agent.platform.settings import Settings, SettingsError

    engines = EngineRegistry()
    try:
        settings = Settings.load(HERE, os.environ, engines=engines.settings)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    maker = _observers()
    tools = LabTools(
        lambda: settings.personas_dir,
        settings,
        engines,
        lambda persona: _whole(maker, persona),
        lambda settings, work: in_sound(settings, engines, maker, work),
    )
    return play_scripts(arguments, tools)


def _observer(persona: "Persona") -> "Observer":
    """The observer that a call without a text model would have, with all that it can know."""
    return _whole(_observers(), persona)


def _observers() -> "ObserverMaker":
    from agent.platform.settings import Settings, SettingsError
    from agent.reader.observer import ObserverMaker

    try:
        settings = Settings.load(HERE, os.environ)
    except SettingsError as error:
        sys.exit(str(error))
    return ObserverMaker(wanted=settings.observer != "lexical", kept=settings.cache_dir / "reader")


def _whole(maker: "ObserverMaker", persona: "Persona") -> "Observer":
    made = maker.whole(persona)
    if maker.problem:
        print(f"Note: {maker.problem}", file=sys.stderr)
    return made


def hear(arguments: list[str]) -> int:
    """``app.py hear``: print what the offline recogniser hears in sound files."""
    from agent.platform.settings import Settings, SettingsError
    from agent.speech.hearing.hear import main as hear_files
    from agent.speech.hearing.hearing import Hearing

    try:
        folder = Settings.load(HERE, os.environ).stt_model_folder
    except SettingsError as error:
        sys.exit(str(error))
    hearing = Hearing(folder)
    try:
        return hear_files(arguments, hearing, sys.stdout, sys.stderr)
    finally:
        hearing.close()


def say(arguments: list[str]) -> int:
    """``app.py say``: speak a line in a persona's offline voice."""
    from agent.engines.registry import EngineRegistry
    from agent.platform.settings import Settings, SettingsError
    from agent.speech.speaking.say import main as speak
    from agent.speech.speaking.speaker_models import SpeakerModels
    from agent.speech.speaking.speaking import Speaking

    engines = EngineRegistry()
    try:
        settings = Settings.load(HERE, os.environ, engines=engines.settings)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 1
    return speak(
        arguments,
        lambda: settings.personas_dir,
        engines.fallback.name,
        engines.voices,
        lambda: Speaking(SpeakerModels(settings.cache_dir / "voices")),
    )


def _personas() -> Path:
    """The folder that the app would read."""
    try:
        from agent.platform.setting_values import SettingsError, personas_folder
    except ImportError:  # where a team checks its own files, there is PyYAML and nothing else
        return HERE / "personas"
    try:
        return personas_folder(HERE, os.environ)
    except SettingsError as error:
        sys.exit(str(error))


def doctor(arguments: list[str]) -> int:
    """``app.py doctor``: check what a call needs, and name the next fix."""
    from agent.doctor.command import run_doctor
    from agent.engines.registry import EngineRegistry

    parser = argparse.ArgumentParser(
        prog="app.py doctor",
        description="Check what a call needs; exit code 1 if a call could not work.",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(arguments)
    return run_doctor(HERE, options.json, sys.stdout, EngineRegistry())


def serve(arguments: list[str]) -> int:
    """``app.py``: serve the studio until it is stopped."""
    from agent.engines.registry import EngineRegistry
    from agent.platform.process.console import start_console
    from agent.platform.process.memory import limit_heaps
    from agent.platform.process.ports import port_problem
    from agent.platform.settings import Settings, SettingsError
    from data.store import StoreError

    limit_heaps()
    options = _serve_parser().parse_args(arguments)
    start_console(tracebacks=options.tracebacks)
    engines = EngineRegistry()
    try:
        settings = Settings.load(
            HERE,
            os.environ,
            engines=engines.settings,
            host=options.host,
            port=options.port,
            data_dir=options.data,
            personas_dir=options.personas,
        )
        if problem := port_problem(settings.host, settings.port):
            print(problem, file=sys.stderr)
            return 1
        Rehearsal(settings, engines).run()
    except (SettingsError, StoreError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _serve_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="app.py",
        description="Serve Rehearsal, a studio for voice personas.",
        epilog="Other commands: check, rehearse, observe, say, hear, lab and doctor; "
        "each has --help.",
    )
    parser.add_argument("--host", metavar="H", help="address to listen on (default 127.0.0.1)")
    parser.add_argument("--port", metavar="P", help="port to listen on (default 3000)")
    parser.add_argument("--data", metavar="DIR", help="folder of records and accounts")
    parser.add_argument("--personas", metavar="DIR", help="folder of persona files")
    parser.add_argument(
        "--tracebacks", action="store_true", help="print the tracebacks of providers' failures too"
    )
    return parser


class Rehearsal:
    """Builds every object once, brings them up with the web server and closes them after it."""

    def __init__(self, settings: "Settings", engines: "EngineRegistry") -> None:
        # Imported here: `check` and `rehearse` need none of it and should start at once.

        from agent.calls.calls import Calls
        from agent.calls.lab_calls import LabCalls
        from agent.calls.transcoding import Transcoder
        from agent.calls.version_recorder import VersionRecorder
        from agent.calls.voice_service import VoiceService
        from agent.doctor.app_view import look_from
        from agent.doctor.runner import Doctor
        from agent.lab.lab import Lab
        from agent.lab.players import Players
        from agent.lab.sound import SoundStage
        from agent.lab.trainee_voice import TraineeVoice
        from agent.platform.process.memory import AFTER_PAGE, MemoryTrimmer
        from agent.platform.setup.preparation import Preparation
        from agent.protocol.switchboard import Switchboard
        from agent.reader.observer import ObserverMaker
        from agent.simulation.directing.assessment import assess
        from agent.simulation.guarding.guard import GUARDS
        from agent.simulation.guarding.recorded import breaks_of
        from agent.speech.speaking.preview import VoicePreview
        from agent.speech.speaking.speaker_models import SpeakerModels
        from data.annotations import Annotations
        from data.calls import Archive
        from data.drafts import Drafts
        from data.imports import Imports
        from data.lab_runs import LabRuns
        from data.lab_switch import PlayOnSave
        from data.password_work import PasswordWork
        from data.people import People
        from data.recordings import Recordings
        from data.retention import Retention
        from data.sessions import Sessions
        from data.store import Store
        from data.users import Users
        from data.versions import Versions
        from personas.library import Library
        from personas.script_library import ScriptLibrary

        self.settings = settings
        self.engines = engines
        self.store = Store(settings.data_dir)
        self.users = Users(self.store)
        self.users.seed_demo()
        self.sessions = Sessions(self.store, self.users)
        self.passwords = PasswordWork()
        self.library = Library(settings.personas_dir, engines.voices)
        self.scripts = ScriptLibrary(self.library, GUARDS)
        self.drafts = Drafts(settings.data_dir / "drafts")
        self.imports = Imports(settings.data_dir / "imports")
        self.archive = Archive(settings.data_dir, self.store, assess, breaks_of)
        self.annotations = Annotations(self.store)
        self.archive.on_delete(self.annotations.forget)
        self.recordings = Recordings(settings.data_dir, settings.keep_recordings)
        self.transcoder = Transcoder(self.recordings)
        self.versions = Versions(settings.data_dir / "versions")
        self.people = People(
            self.store,
            self.users,
            self.sessions,
            self.archive,
            self.drafts,
            self.versions,
            self.annotations,
        )
        self.retention = Retention(self.archive, self.recordings, self.people, settings.keep_calls)
        self.version_recorder = VersionRecorder(self.library, self.versions)
        self.preparation = Preparation(
            livekit_url=settings.livekit_url, cache_dir=settings.cache_dir
        )
        self.switchboard = Switchboard(self._receive)
        self.speakers = SpeakerModels(settings.cache_dir / "voices", settings.voice_models_url)
        self.observers = ObserverMaker(
            wanted=settings.observer != "lexical", kept=settings.cache_dir / "reader"
        )
        self.voice = VoiceService(
            settings,
            self.preparation,
            self.switchboard,
            self.library_personas,
            engines,
            self.speakers,
            self.observers,
        )
        self.voice_preview = VoicePreview(
            self.voice.speaking,
            engines.fallback.name,
            self.speakers,
            elsewhere=not settings.own_worker,
        )
        self.calls = Calls(
            self.library,
            self.archive,
            self.switchboard,
            most=self.voice.most_calls,
            most_each=lambda user: settings.calls_of(
                self.voice.most_calls(), demo=self.users.is_demo(user)
            ),
            rooms=self.voice.rooms,
            readiness=self.voice.readiness,
            health=self.voice.health,
            choose_engine=lambda persona, wanted: engines.choose(persona, settings, wanted),
            is_author=self._is_author,
            reconnect_timeout=settings.reconnect_timeout,
            record=settings.record,
            recordings=self.recordings,
        )
        self.doctor = Doctor(
            settings,
            self.library.entries,
            look_from(self.preparation, self.voice.endpoint, self._health),
            engines,
            self.speakers,
            self.voice.endpoint,
        )
        runs = LabRuns(settings.data_dir / "lab")
        self.lab_calls = LabCalls(
            self.switchboard,
            runs.folder,
            free=self.calls.has_free_line,
            rooms=self.voice.rooms,
            readiness=self.voice.readiness,
            reconnect_timeout=settings.reconnect_timeout,
        )
        self.calls.on_availability(self.lab_calls.make_room)
        trainee = TraineeVoice(self.voice.speaking, engines.fallback.name)
        self.sound_stage = SoundStage(self.lab_calls, trainee, engines, settings)
        self.lab = Lab(
            runs,
            self.observers.whole,
            lambda most: Players(settings, engines, most),
            busy=lambda: bool(self.calls.live()),
            sound=self.sound_stage,
        )
        self.play_on_save = PlayOnSave(self.store)
        self.voice.on_readiness(self.calls.availability_changed)
        self.library.on_change(lambda change: self.calls.file_changed(change.entry))
        self.library.on_change(self._learn)
        self.calls.subscribe(self._draw_waves)
        self.library.on_rename(lambda renamed: self.drafts.renamed(renamed.old, renamed.new))
        self.library.on_rename(self._lab_renamed)
        self.library.on_change(self._lab_changed)
        self.library.on_rename(lambda renamed: self.imports.renamed(renamed.old, renamed.new))
        self.memory = MemoryTrimmer(AFTER_PAGE, postpone=False)
        self._stop = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def library_personas(self) -> "list[Persona]":
        """The personas that can be called."""
        entries = self.library.entries()
        return [e.persona for e in entries if e.persona is not None and not e.deleted]

    def _receive(self, event: "Event") -> None:
        """An event of a job."""
        if not self.lab_calls.receive(event):
            self.calls.receive(event)

    def _is_author(self, name: str) -> bool:
        from ui.auth import access

        user = self.users.get(name)
        return user is not None and access.is_author(user)

    def _health(self) -> dict[str, object]:
        return {**self.calls.health(), "problem": self.calls.problem()}

    def run(self) -> None:
        """Serve until stopped."""
        from nicegui import app, ui
        from nicegui.server import Server
        from nicegui.storage import Storage

        from data.secret import storage_secret
        from ui.call_events import CallEvents
        from ui.context import Studio
        from ui.lab_events import LabEvents
        from ui.pages import register

        # On the class: what it makes for a browser doesn't ask the app's own storage.
        Storage.path = self.settings.data_dir / "sessions"
        register(
            Studio(
                settings=self.settings,
                users=self.users,
                sessions=self.sessions,
                passwords=self.passwords,
                library=self.library,
                scripts=self.scripts,
                archive=self.archive,
                recordings=self.recordings,
                transcoder=self.transcoder,
                annotations=self.annotations,
                calls=self.calls,
                call_events=CallEvents(self.calls),
                preparation=self.preparation,
                doctor=self.doctor,
                drafts=self.drafts,
                imports=self.imports,
                versions=self.versions,
                people=self.people,
                engines=self.engines,
                voice=self.voice_preview,
                speakers=self.speakers,
                observer=self.observers.whole,
                unreadable=lambda: self.observers.problem,
                lab=self.lab,
                lab_events=LabEvents(self.lab),
                play_on_save=self.play_on_save,
                remote=self.voice.remote_workers,
            )
        )
        app.on_startup(self._start)
        app.on_shutdown(self._close)
        app.on_delete(self.memory.soon)  # a page is a cycle of thousands of objects
        # Its own handlers leave the shutdown out at a second Ctrl+C, and raise both at the end.
        Server.capture_signals = lambda server: nullcontext()  # type: ignore[method-assign,assignment]
        stopping.install()
        ui.run(
            host=self.settings.host,
            port=self.settings.port,
            title="Rehearsal",
            storage_secret=storage_secret(self.settings.data_dir),
            reload=False,
            show=False,
            show_welcome_message=False,
            proxy_headers=False,  # ui/auth/proxy.py takes them, from named proxies only
            tailwind=False,  # the pages have styles of their own
            # Open pages hold websockets; waiting for them would keep the process alive.
            timeout_graceful_shutdown=1,
        )
        stopping.leave()

    def _signalled(self, loop: asyncio.AbstractEventLoop) -> None:
        """In a signal handler: end the calls, and then the server, whose loop may be asleep."""
        with suppress(RuntimeError):  # the loop has come to its end
            loop.call_soon_threadsafe(self._end)

    def _end(self) -> None:
        from nicegui import app

        # At once: the pages still hear how their calls ended, and none of them ends its call first.
        self._background(self._last(self.calls.aclose()))
        app.shutdown()

    def _start(self) -> None:
        from data.common.parts import kept_up

        stopping.serve(partial(self._signalled, asyncio.get_running_loop()))
        self.sound_stage.start()
        print(f"Rehearsal is on http://{self._host()}:{self.settings.port}", flush=True)
        for warning in self.settings.warnings:
            print(f"Note: {warning}", flush=True)
        self._tasks = [
            asyncio.create_task(_told(work))
            for work in (
                self._keep_tidy(),
                self.version_recorder.sync_at_start(),
                kept_up("following the personas folder", lambda: self.library.watch(self._stop)),
                kept_up("following the scripts", lambda: self.scripts.watch(self._stop)),
                self.preparation.run(),
                self.voice.run(),
                kept_up("keeping what is not saved", self.drafts.run),
            )
        ]

    async def _keep_tidy(self) -> None:
        from data.common.parts import kept_up

        await _told(self._recover())  # first, so that what is to be deleted is listed
        await kept_up("deleting what is kept no longer", self.retention.run)

    async def _recover(self) -> None:
        from ui.auth.browser_storage import sweep

        await asyncio.to_thread(self.sessions.prune)
        folder = self.settings.data_dir / "sessions"
        await asyncio.to_thread(sweep, folder, self.sessions.browsers())
        cut = await asyncio.to_thread(self.archive.recover)
        if cut:
            log.warning("%d calls that the last stop cut off are kept as interrupted", cut)

    async def _close(self) -> None:
        self._stop.set()
        self.memory.close()
        await self._last(self.calls.aclose())
        await self._last(self.lab_calls.aclose())
        await self._last(asyncio.to_thread(self.drafts.flush))
        self.passwords.close()
        await self._last(asyncio.to_thread(self.lab.close))
        self.observers.close()
        for task in self._tasks:
            task.cancel()
        await self._last(asyncio.gather(*self._tasks, return_exceptions=True))
        await self._last(asyncio.to_thread(self.transcoder.close))
        await self._last(asyncio.to_thread(self.versions.close))
        await self._last(asyncio.to_thread(self.store.close))
        stopping.closed()

    async def _last(self, work: Awaitable[object]) -> None:
        # NiceGUI skips every later shutdown handler when one raises.
        try:
            await asyncio.wait_for(work, 2.5)
        except Exception:
            log.exception("a part did not close")

    def _draw_waves(self, event: "CallEvent") -> None:
        from agent.calls.call_events import Archived

        if isinstance(event, Archived) and not self._stop.is_set():
            self._background(self.transcoder.prepare(event.call))

    def _lab_changed(self, change: "Change") -> None:
        if change.entry.deleted:
            self.lab.deleted(change.entry.slug)

    def _lab_renamed(self, renamed: "Renamed") -> None:
        from data.drafts import of_script

        for follow in (self.lab.kept.renamed, self.play_on_save.renamed):
            self._background(asyncio.to_thread(follow, renamed.old, renamed.new))
        for script in self.scripts.entries(renamed.new):
            old = of_script(renamed.old, script.name)
            self.drafts.renamed(old, of_script(renamed.new, script.name))

    def _learn(self, change: "Change") -> None:
        entry, persona = change.entry, change.entry.persona
        if persona is not None and not entry.deleted and persona.text == entry.text:
            self._background(self.voice.learn(persona))

    def _background(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.get_running_loop().create_task(_told(work))
        self._tasks.append(task)
        task.add_done_callback(self._tasks.remove)

    def _host(self) -> str:
        return "localhost" if self.settings.is_loopback else self.settings.host


async def _told(work: Awaitable[None]) -> None:
    """Run a part in the background; a failure goes to the log instead of nowhere."""
    try:
        await work
    except Exception:
        log.exception("a part of the app ended")


if __name__ in {"__main__", "__mp_main__"}:
    try:
        code = main(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:
        # As in `app.py check --json | head`; the interpreter would complain once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    sys.exit(code)
