"""A page's hold on a call: asks for one, takes part in it by the browser, and lets it go."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from nicegui import background_tasks

from agent.call.link import Event
from agent.live.calls import Refused, Wish
from ui.call.state import Browser
from ui.call.voice_call import AnswerTime, BrowserEvent, Connection, VoiceCall, sdk_file
from ui.context import Studio
from ui.session import HELD

if TYPE_CHECKING:
    from agent.live.live_call import LiveCall

HUNG_UP = "CLIENT_INITIATED"
"""LiveKit's reason for a disconnection that this page has asked for."""
GONE = {"PAGE_LEFT": "left", "SERVER_SHUTDOWN": "server"}
"""What ended the call, by the reasons of other disconnections: ``voice_call.js`` gives the first
when the page goes away, LiveKit the second."""


class Hold:
    """One call at a time of one user; build it inside a page.

    ``changed`` is called when something is to be drawn anew, ``heard`` with what the call tells,
    ``begun`` with each call that begins. ``starting``: a call was asked for and is not there yet;
    ``refused``: why the last one was not given, "" if it was.
    """

    def __init__(
        self,
        studio: Studio,
        user: str,
        *,
        changed: Callable[[], None],
        heard: Callable[[Event], None],
        begun: Callable[["LiveCall"], None],
    ) -> None:
        self.call: LiveCall | None = None
        self.browser = Browser()
        self.starting = False
        self.refused = ""
        self._studio = studio
        self._user = user
        self._changed = changed
        self._heard = heard
        self._begun = begun
        self._since = 0.0
        self._unsubscribe: Callable[[], None] = _nothing
        self.voice = VoiceCall(self._heard_browser, sdk_ready=sdk_file(studio) is not None)

    @property
    def live(self) -> "LiveCall | None":
        """The call, while it goes on."""
        return self.call if self.call is not None and self.call.end is None else None

    @property
    def over(self) -> bool:
        """Whether there is a call that has ended."""
        return self.call is not None and self.call.end is not None

    @property
    def waited(self) -> float:
        """Seconds since the call was given."""
        return time.monotonic() - self._since

    def begin(self, slug: str, wish: Callable[[], Wish]) -> None:
        """Ask for a call with that persona, unless one goes on or was asked for; ``wish`` is
        called when it is."""
        if self.starting or self.live is not None:
            return
        self.leave()
        self.starting, self.refused = True, ""
        self.browser.begin()
        self._changed()
        background_tasks.create(self._ask(slug, wish), name="begin a call")

    async def _ask(self, slug: str, wish: Callable[[], Wish]) -> None:
        try:
            ticket = await self._studio.calls.begin(self._user, slug, wish())
        except Refused as refusal:
            self.refused = str(refusal)
            self.browser.connection = Connection("ready")
            self.voice.disconnect()
        else:
            self._attach(ticket.call)
            self.voice.connect(ticket.server_url, ticket.token)
        finally:
            self.starting = False
        if self.voice.is_deleted:
            self.page_closed()  # it was closed while the call was being set up
        self._changed()

    def _attach(self, call: "LiveCall") -> None:
        self.call = call
        self.voice.client.storage[HELD] = call.id
        self._since = time.monotonic()
        self._unsubscribe = call.subscribe(self._heard)
        self._begun(call)

    def end(self) -> None:
        """End the call; it stays in hand, so that the page can say how it went."""
        self.voice.disconnect()
        if self.call is not None:
            self.call.hang_up()
        self._changed()

    def again(self) -> None:
        """Be ready for another call."""
        self.leave()
        self.browser.connection = Connection("ready")
        self._changed()

    def give_up(self, slug: str, wish: Callable[[], Wish]) -> None:
        """End a call to which nobody has come, and ask for another."""
        if self.call is not None:
            self.call.hang_up("no_persona")
        self.leave()
        self.begin(slug, wish)

    def page_closed(self) -> None:
        """Nobody is at this page any more."""
        if self.call is not None:
            self.call.hang_up("left")
        self.leave()

    def leave(self) -> None:
        """Take the call out of hand; whether it goes on is another question."""
        self._unsubscribe()
        self._unsubscribe = _nothing
        self.call = None

    def _heard_browser(self, event: BrowserEvent) -> None:
        self.browser.take(event)
        if isinstance(event, AnswerTime) and self.call is not None and not event.cut:
            self.call.latency(event.seconds)
        if isinstance(event, Connection):
            self._connection_changed(event)
        self._changed()

    def _connection_changed(self, event: Connection) -> None:
        call = self.live
        if call is None:
            return
        if event.state == "connected":
            call.browser_joined()
        elif event.state == "failed":
            self.leave()  # the notice says what to do; there is nothing to report
            call.hang_up("not_joined")
        elif event.state == "disconnected" and event.reason != HUNG_UP:
            call.hang_up(GONE.get(event.reason, "lost"))


def _nothing() -> None:
    pass
