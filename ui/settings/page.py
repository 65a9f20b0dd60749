"""The settings in force, for admins: what plays the customers, what leaves the machine, limits."""

from collections.abc import Iterator

from nicegui import ui

from agent.engines import observer_choice
from agent.engines.registry import EngineRegistry
from agent.engines.spec import EngineSpec
from agent.platform.settings import Settings
from agent.speech.hearing.model_folder import deaf
from ui import kit
from ui.context import Studio
from ui.kit import words
from ui.kit.frame import frame
from ui.kit.restricted import SETTINGS, admitted
from ui.settings.speakers import speakers

KEPT = (
    "Versions of personas stay in the data folder until somebody deletes their files. All that is "
    "kept of a person is shown, given out and deleted under Accounts."
)
RECORDED = {
    "no": "never",
    "ask": "when the trainee agrees before the call",
    "yes": "always, and the trainee is told before the call",
}
HEARS = "the model that comes with the app"
OBSERVERS = {
    "auto": "a text model where there is one, else the reader of this machine",
    "model": "a text model",
    "reader": "the reader of this machine",
    "lexical": "the word lists of this machine",
}
Row = tuple[str, str]
"""What a setting means, and its value; neither is a secret."""


def register(studio: Studio) -> None:
    """The page ``/settings``."""

    @ui.page("/settings")
    def settings() -> None:
        if admitted(studio, SETTINGS) is None:
            return
        with frame(studio, "Settings"):
            _page(studio)


def _page(studio: Studio) -> None:
    settings = studio.settings
    with kit.tag("div", classes="rh-line-between"):
        kit.page_title(
            "Settings",
            "As they are in force. They come from the environment, .env.local and .env; a "
            "change there counts after a restart. The README lists them all.",
        )
        with kit.tag("div", classes="rh-line"):
            kit.link_button("Accounts", "/accounts")
            kit.link_button("Doctor", "/doctor")
    for warning in settings.warnings:
        kit.message(warning, "warn")
    _section("What plays the customers", engines(settings, studio.engines))
    speakers(studio)
    _section("Calls", calls(settings))
    _section("What is kept", kept(settings))
    kit.muted(KEPT)


def engines(settings: Settings, known: EngineRegistry) -> Iterator[Row]:
    """Each engine with what it lacks or sends away, and who judges a trainee's turn."""
    usual = known.usable(settings.engine, settings).name
    for spec in known:
        yield spec.title, _engine(spec, settings, usual=spec.name == usual)
    own = f"the model in {settings.stt_model_folder}" if settings.stt_model_folder else HEARS
    broken = deaf(settings)
    yield "Hears on this machine", f"{broken or own} (REHEARSAL_STT_MODEL_FOLDER)"
    yield "Judges what a turn did", f"{OBSERVERS[settings.observer]} (REHEARSAL_OBSERVER)"
    goes_on = f"the {known.fallback.title.lower()} voice goes on"
    lost = goes_on if settings.fall_back else "the call ends"
    yield "When a provider is lost", f"{lost} (REHEARSAL_FALL_BACK)"


def calls(settings: Settings) -> Iterator[Row]:
    """The limit, the LiveKit server, who plays, and who can open the pages."""
    limited = settings.own_worker or "max_calls" in settings.model_fields_set
    most = f"{settings.max_calls} at most" if limited else "as many as the workers take together"
    yield "At the same time", f"{most} (REHEARSAL_MAX_CALLS)"
    each, demo = (settings.calls_of(settings.max_calls, demo=demo) for demo in (False, True))
    yield "With one account", f"{each} at most (REHEARSAL_MAX_CALLS_EACH); {demo} with a demo one"
    away = f"{settings.reconnect_timeout:.0f} s (REHEARSAL_RECONNECT_TIMEOUT)"
    yield "A call whose page or connection is gone goes on for", away
    own = "started here, for this machine only"
    yield "LiveKit server", f"{settings.livekit_url} (LIVEKIT_URL)" if settings.livekit_url else own
    elsewhere = "by workers in other processes or on other machines (REHEARSAL_OWN_WORKER)"
    yield "Customers are played", "in this process" if settings.own_worker else elsewhere
    reach = "this machine only" if settings.is_loopback else "other machines, too"
    named = ", ".join(map(str, settings.proxies)) or "none"
    yield "Reverse proxy that is believed", f"{named} (REHEARSAL_PROXY)"
    here = "localhost only" if settings.is_loopback else "any"
    names = f"localhost, {', '.join(settings.hosts)}" if settings.hosts else here
    yield "Names that pages are opened under", f"{names} (REHEARSAL_HOSTS)"
    yield "Pages", f"on {settings.host}, port {settings.port}: for {reach} (REHEARSAL_HOST)"


def kept(settings: Settings) -> Iterator[Row]:
    """What is recorded, for how long calls stay, and the folders."""
    yield "Sound of calls is recorded", f"{RECORDED[settings.record]} (REHEARSAL_RECORD)"
    days = words.count(settings.keep_recordings, "day")
    yield "Recordings are kept for", f"{days} (REHEARSAL_KEEP_RECORDINGS)"
    days = words.count(settings.keep_calls, "day") if settings.keep_calls else "ever"
    yield "Calls are kept for", f"{days} (REHEARSAL_KEEP_CALLS)"
    yield "Accounts, calls, versions", f"{settings.data_dir} (REHEARSAL_DATA)"
    yield "Persona files", f"{settings.personas_dir} (REHEARSAL_PERSONAS)"
    yield "Prepared parts", f"{settings.cache_dir} (REHEARSAL_CACHE)"


def _engine(spec: EngineSpec, settings: Settings, *, usual: bool) -> str:
    if missing := spec.missing(settings):
        return f"Not in use: {missing}."
    parts = (spec.egress(settings), observer_choice.leaves(settings, spec))
    gone = "; ".join(part for part in parts if part)
    leaves = f"What leaves this machine: {gone}." if gone else "Nothing leaves this machine."
    return f"{'The usual one. ' if usual else ''}{leaves}"


def _section(title: str, rows: Iterator[Row]) -> None:
    with kit.tag("section", classes="rh-card").props(f'aria-label="{title}"'):
        kit.heading(title, 2)
        with kit.tag("dl", classes="rh-why-facts"):
            for name, value in rows:
                kit.tag("dt", name)
                kit.tag("dd", value)
