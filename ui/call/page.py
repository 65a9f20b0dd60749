"""The call page: a persona, and the button that starts the call with it."""

from nicegui import app, core, ui

from agent.calls.admission import CallOptions
from data.users import User
from personas.model import Persona
from ui import kit
from ui.auth import access
from ui.auth.proxy import prefix
from ui.call.loop_start import Earlier, LoopStart, asked_for
from ui.call.microphone_help import browser_of
from ui.call.panel import KEYS, CallPanel
from ui.call.voice_call import serve_sdk
from ui.context import Studio
from ui.kit.frame import frame

SIGN_OF_LIFE = 2.0
"""Seconds between two signs of life to each page; ``voice/pulse.js`` waits for two at most."""
NO_ANSWER = 4.0
"""Seconds after which a page that does not answer one has lost its websocket."""


def register(studio: Studio) -> None:
    """The page ``/call/{slug}`` and the browser SDK that it loads."""
    serve_sdk(studio)
    app.on_startup(_show_life)

    @kit.page("/call/{slug}", reconnect_timeout=studio.settings.reconnect_timeout)
    async def call_page(slug: str) -> None:
        earlier = await asked_for(studio)
        entry = studio.library.get(slug)
        user = access.require(studio)
        seen = access.may_meet(user, entry)
        persona = entry.persona if entry and seen else _in_hand(studio, user, slug)
        title = f"Call with {persona.name}" if persona else "Call"
        with frame(studio, title, wide=True, keys=KEYS):
            if persona is None:
                _missing(found=seen)
                return
            if access.is_author(user):
                _for_author(studio, persona, user, earlier)
            else:
                CallPanel(studio, persona, user, _browser(), at_once=_at_once())


def _in_hand(studio: Studio, user: User, slug: str) -> Persona | None:
    """The persona of a call of that user that goes on, while it is not to be seen any more."""
    entry = studio.library.get(slug)
    if entry is None or entry.deleted:
        return None
    own = (call for call in studio.calls.of(user.name) if call.slug == slug)
    return next((call.persona for call in own if not call.start.pinned), None)


def _at_once() -> bool:
    """Whether a link of ours has asked for a call that begins by itself; once, so not again when
    the page is loaded anew. A link on somebody else's page opens nobody's microphone."""
    request = ui.context.client.request
    # Browsers tell it wherever they let a page have a microphone (W3C Fetch Metadata).
    site = request.headers.get("sec-fetch-site", "same-origin")
    if request.query_params.get("begin") != "now" or site != "same-origin":
        return False
    ui.navigate.history.replace(prefix() + request.url.path)
    return True


def at_once(page: str) -> str:
    """The address of that page, with a call that begins by itself."""
    return f"{page}?begin=now"


def _for_author(studio: Studio, persona: Persona, user: User, earlier: Earlier | None) -> None:
    start = LoopStart(studio, persona, earlier)
    panel = CallPanel(
        studio,
        persona,
        user,
        _browser(),
        options=lambda engine: CallOptions(engine, scene=start.scene),
        begins=lambda: start.state,
        at_once=earlier is None and _at_once(),
    )
    start.changed.subscribe(panel.refresh)
    if earlier is None:
        start.move_below(panel.stage)  # what most calls do without


def _browser() -> str:
    return browser_of(ui.context.client.request.headers.get("user-agent", ""))


def _missing(*, found: bool) -> None:
    with kit.tag("div", classes="rh-empty"):
        if found:
            kit.heading("This customer cannot be called now")
            kit.muted("There is a mistake in its file. An author can mend it in the Studio.")
        else:
            kit.heading("There is no customer at this address")
            kit.muted("It may have been renamed or put away, or the link was cut off.")
        kit.link_button("To the simulations", "/", kind="primary")


def _show_life() -> None:
    # Here, since NiceGUI sets both at its start, to no less than 4 s.
    core.sio.eio.ping_interval, core.sio.eio.ping_timeout = SIGN_OF_LIFE, NO_ANSWER
