"""A page's part in a call: asks for one, takes part in it by the browser, and lets it go."""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from nicegui import background_tasks, ui

from agent.calls.admission import CallOptions, Refused
from agent.calls.call_events import CallEvent
from data.common.observers import nothing
from ui.auth.session import CALL
from ui.call.state import Browser
from ui.call.voice_call import (
    AnswerTime,
    BrowserEvent,
    Connection,
    Leaving,
    LeftBehind,
    VoiceCall,
    sdk_file,
)
from ui.context import Studio

if TYPE_CHECKING:
    from agent.calls.live_call import LiveCall

log = logging.getLogger(__name__)

HUNG_UP = "CLIENT_INITIATED"
"""LiveKit's reason for a disconnection that this page has asked for."""
PAGE_LEFT = "PAGE_LEFT"
"""The reason that ``voice_call.js`` gives when the page goes away."""
LOST_BY = {"SERVER_SHUTDOWN": "server"}
"""What ended a call whose room could not be joined again, by LiveKit's reasons; else ``lost``."""
FAULT = "Something went wrong on our side. Try again in a moment."
"""Why there is no call, when it is no refusal."""
AGAIN = 1.0
"""Seconds from the loss of a room that the browser could not join again to another try."""


class CallController:
    """One call at a time of one user; build it inside a page.

    ``changed`` is called when something is to be drawn anew, ``heard`` with what the call tells,
    ``begun`` with each call that begins, or is taken up again; ``leaving`` with the path of a link
    that was clicked on in mid-call. ``starting``: a call was asked for and is not there yet;
    ``refused``: why the last one was not given, "" if it was. ``waiting`` is the call that this
    page was built to go on with.
    """

    def __init__(
        self,
        studio: Studio,
        user: str,
        *,
        changed: Callable[[], None],
        heard: Callable[[CallEvent], None],
        begun: Callable[["LiveCall"], None],
        leaving: Callable[[str], None],
        waiting: "LiveCall | None" = None,
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
        self._leaving = leaving
        self._since = 0.0
        self._lost_since: float | None = None
        self._lost_by = "lost"
        self._unsubscribe: Callable[[], None] = nothing
        self.voice = VoiceCall(
            self._heard_browser,
            sdk_ready=sdk_file(studio) is not None,
            reconnect_timeout=studio.settings.reconnect_timeout,
            waiting=waiting.id if waiting is not None else "",
        )
        self._client = ui.context.client
        self._client.on_connect(self._page_is_back)
        self._client.on_disconnect(self._page_is_away)
        self._client.on_delete(self.page_closed)

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

    def begin(self, slug: str, options: Callable[[], CallOptions]) -> None:
        """Ask for a call with that persona, unless one goes on or was asked for; ``options`` is
        called when it is."""
        if self.starting or self.live is not None:
            return
        self.leave()
        self.starting, self.refused = True, ""
        self.browser.begin()
        self._changed()
        background_tasks.create(self._ask(slug, options), name="begin a call")

    async def _ask(self, slug: str, options: Callable[[], CallOptions]) -> None:
        try:
            ticket = await self._studio.calls.begin(self._user, slug, options())
        except Refused as refusal:
            self._not_given(str(refusal))
        except Exception:
            log.exception("a call could not be begun")
            self._not_given(FAULT)
        else:
            self._attach(ticket.call)
            self.voice.connect(ticket.server_url, ticket.token, ticket.call.id)
        finally:
            self.starting = False
        if self.voice.is_deleted:
            self.page_closed()  # it was closed while the call was being set up
        self._changed()

    def resume(self, call: "LiveCall") -> None:
        """Go on with a call of this user, wherever it was taken until now."""
        if self.starting or self.live is not None:
            return
        self.leave()
        self.refused = ""
        self.browser.begin()
        try:
            ticket = self._studio.calls.resume(self._user, call.id)
        except Refused as refusal:
            self._not_given(str(refusal))
        else:
            self._attach(ticket.call)
            self.voice.connect(ticket.server_url, ticket.token, ticket.call.id)
        self._changed()

    def _not_given(self, why: str) -> None:
        self.refused = why
        self.browser.connection = Connection("ready")
        self.voice.disconnect()

    def _attach(self, call: "LiveCall") -> None:
        self.call = call
        self.voice.client.storage[CALL] = call.id
        self._since = time.monotonic()
        self._lost_since, self._lost_by = None, "lost"
        events = self._studio.call_events.of(call.id)
        events.subscribe(self._heard, unsubscribe_on_delete=False)  # ``leave`` does
        self._unsubscribe = lambda: events.unsubscribe(self._heard)
        call.presence.take(self, self._dismissed)
        self._page_is_away()  # perhaps by now
        self._begun(call)

    def _dismissed(self) -> None:
        """Another page has taken the call."""
        if self.voice.is_deleted:
            self.leave()
        else:
            self.voice.disconnect()
            self.again()

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

    def give_up(self, slug: str, options: Callable[[], CallOptions]) -> None:
        """End a call to which nobody has come, and ask for another."""
        if self.call is not None:
            self.call.hang_up("no_persona")
        self.leave()
        self.begin(slug, options)

    def page_closed(self) -> None:
        """Nobody will be at this page any more."""
        if self.call is not None:
            self.call.presence.gone(self)
        self.leave()

    def _page_is_away(self) -> None:
        """Its websocket is gone, for a moment or for good; the voices do not use it."""
        if self.call is not None and not self._client.has_socket_connection:
            self.call.presence.go(self, "lost")

    def _page_is_back(self) -> None:
        if self.call is not None:
            self.call.presence.back(self)

    def leave(self) -> None:
        """Take the call out of hand; whether it goes on is another question."""
        self._unsubscribe()
        self._unsubscribe = nothing
        self.call = None

    def _heard_browser(self, event: BrowserEvent) -> None:
        self.browser.take(event)
        match event:
            case AnswerTime(seconds=seconds, cut=False) if self.call is not None:
                self.call.latency(seconds)
            case Connection():
                self._connection_changed(event)
            case Leaving(target=target):
                self._leaving(target)
            case LeftBehind(call=call_id):
                self._return_to(call_id)
        self._changed()

    def _return_to(self, call_id: str) -> None:
        """The page was loaded anew: go on by itself, unless another page has taken the call."""
        call = self._studio.calls.get(call_id)
        if call is not None and call.user == self._user and call.presence.away:
            self.resume(call)
        else:
            self.voice.disconnect()

    def _connection_changed(self, event: Connection) -> None:
        call = self.live
        if call is None:
            return
        if event.state in ("connected", "reconnected"):
            self._lost_since, self._lost_by = None, "lost"
            call.browser_joined()
        elif event.state == "connecting" and self._lost_since is not None:
            self.browser.connection = Connection("reconnecting")
        elif event.state == "failed" and not call.browser_in.is_set():
            self.voice.forget_call()
            self.leave()  # the notice says what to do; there is nothing to report
            call.hang_up("not_joined")
        elif event.reason == PAGE_LEFT:
            call.presence.go(self, "left")
        elif event.state in ("disconnected", "failed") and event.reason != HUNG_UP:
            self._lost_by = LOST_BY.get(event.reason, self._lost_by)
            self._lost(call)

    def _lost(self, call: "LiveCall") -> None:
        """The browser could not join the room again by itself: make all anew, while there is time.

        A line that is cut is worth as much as one that is silent.
        """
        now = time.monotonic()
        self._lost_since = self._lost_since or now
        if now - self._lost_since > call.presence.seconds:
            call.hang_up(self._lost_by)
            return
        self.browser.connection = Connection("reconnecting")
        asyncio.get_running_loop().call_later(AGAIN, self._join_again, call)

    def _join_again(self, call: "LiveCall") -> None:
        if self.live is not call or self._lost_since is None or self.voice.is_deleted:
            return
        try:
            ticket = self._studio.calls.resume(self._user, call.id)
        except Refused:
            self._lost(call)  # there is no server just now
        else:
            self.voice.connect(ticket.server_url, ticket.token, call.id, again=True)
