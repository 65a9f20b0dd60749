"""The calls of a user that go on without this page, and what became of one that was left."""

import math
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from nicegui import run, ui
from nicegui.elements.mixins.text_element import TextElement

from data.endings import ending
from data.records import CallStart
from ui import kit
from ui.context import Studio

if TYPE_CHECKING:
    from agent.calls.live_call import LiveCall
    from data.calls import Summary
    from ui.call.voice_call import VoiceCall

NEWS = 600.0
"""Seconds for which the page says why a call has ended that its trainee did not end."""


def broken_off(studio: Studio, user: str, slug: str) -> "Summary | None":
    """The user's last call with that persona, if it has just ended and not by their wish; slow."""
    last = studio.archive.last(user, slug)
    if last is None or last.ended is None or ending(last.reason).whole:
        return None
    return last if time.time() - last.ended < NEWS else None


class OwnCalls:
    """On a call page, before a call. ``is_own`` tells which calls this page could go on with, by
    ``resume``; what became of an earlier call is told of the persona ``slug``. ``changed`` is
    called when that is known, and there is something to ``show``."""

    def __init__(
        self,
        studio: Studio,
        user: str,
        voice: "VoiceCall",
        *,
        is_own: Callable[["LiveCall"], bool],
        resume: Callable[["LiveCall"], None],
        slug: str,
        changed: Callable[[], None],
    ) -> None:
        self._studio = studio
        self._user = user
        self._voice = voice
        self._is_own = is_own
        self._resume = resume
        self._seen: object = None
        self._own: LiveCall | None = None
        self._waits: TextElement | None = None
        self._last: tuple[str, str, str] | None = None
        self._slug = slug
        self._changed = changed
        self._begun = False
        self._root = kit.tag("div", classes="rh-notices")
        ui.timer(0, self._look_back, once=True)

    @property
    def waiting(self) -> "LiveCall | None":
        """The call that this page could go on with and that no other page has just now."""
        for call in self._calls():
            if self._is_own(call) and call.presence.away:
                return call
        return None

    @property
    def some(self) -> bool:
        """Whether any call of this user goes on."""
        return bool(self._calls())

    def show(self, *, visible: bool, by_voice: bool) -> None:
        """``by_voice``: whether the microphone is of use in such a call."""
        calls = self._calls() if visible else []
        self._end_of_own(calls)
        seen = (visible, by_voice, self._last, [_shown(call) for call in calls])
        if seen != self._seen:
            self._seen = seen
            self._root.clear()
            self._waits = None
            with self._root:
                self._draw(calls, by_voice)
            self._root.set_visibility(bool(calls or (visible and self._last)))
        self.tick()

    def tick(self) -> None:
        """Draw how long the call still waits."""
        if self._waits is not None and self._own is not None:
            seconds = math.ceil(self._own.presence.left)
            self._waits.set_text(f"It waits for you for another {seconds} s.")

    def begun(self) -> None:
        """Another call begins: what became of the last one is no news any more."""
        self._last, self._begun = None, True

    async def _look_back(self) -> None:
        last = await run.io_bound(broken_off, self._studio, self._user, self._slug)
        if last is not None and not self._begun:
            self._last = (last.call, last.name, last.reason)
            self._changed()

    def _calls(self) -> "list[LiveCall]":
        return self._studio.calls.of(self._user)

    def _end_of_own(self, calls: "list[LiveCall]") -> None:
        """The call that waited has ended while somebody looked."""
        own = next((call for call in calls if self._is_own(call)), None)
        if own is not None or self._own is None or self._own.end is None:
            self._own = own or self._own
            return
        gone, self._own = self._own, None
        if gone.end is not None and not ending(gone.end.reason).whole:
            self._last = (gone.id, gone.persona.name, gone.end.reason)

    def _draw(self, calls: "list[LiveCall]", by_voice: bool) -> None:
        for call in calls:
            if self._is_own(call):
                self._draw_own(call, by_voice)
            else:
                with _box():
                    _elsewhere(call)
        if self._last is not None and self._own is None:
            call_id, name, reason = self._last
            with _box("quiet"):
                row = ending(reason)
                kit.tag("p", f"Your last call with {name} has ended", "rh-strong")
                kit.tag("p", f"{row.to_trainee or row.words}.").mark("broken-off")
                with kit.tag("div", classes="rh-line"):
                    kit.link_button("See how it went", f"/calls/{call_id}")

    def _draw_own(self, call: "LiveCall", by_voice: bool) -> None:
        who = call.persona.name.split()[0]
        with _box():
            kit.tag("p", f"Your call with {call.persona.name} goes on", "rh-strong")
            if call.presence.away:
                self._waits = kit.tag("p")
            else:
                told = "It is open in another tab or browser of yours. You can go on with it here."
                kit.tag("p", told)
            with kit.tag("div", classes="rh-line"):
                go_on = kit.button(f"Go on with {who}", kind="primary").mark("go-on")
                self._voice.on_gesture(go_on, lambda: self._resume(call), microphone=by_voice)
                kit.button("End call", lambda: call.hang_up()).mark("end-other")


def calls_going_on(studio: Studio, user: str) -> None:
    """On any other page: the user's calls that go on, each with the way to it."""
    root = kit.tag("div", classes="rh-notices")
    seen: list[object] | None = None

    def look() -> None:
        nonlocal seen
        calls = studio.calls.of(user)
        if (now := [_shown(call) for call in calls]) == seen:
            return
        seen = list(now)
        root.clear()
        root.set_visibility(bool(calls))
        with root:
            for call in calls:
                with _box():
                    _elsewhere(call)

    look()
    studio.call_events.changed.subscribe(look)


def _shown(call: "LiveCall") -> tuple[str, str, bool]:
    """What a change of is to be seen."""
    return call.id, call.slug, call.presence.away


def _box(kind: str = "warn") -> ui.element:
    return kit.tag("div", classes=f"rh-notice rh-message rh-message-{kind}").props("role=status")


def _elsewhere(call: "LiveCall") -> None:
    kit.tag("p", f"Your call with {call.persona.name} goes on", "rh-strong")
    with kit.tag("div", classes="rh-line"):
        kit.link_button("Go to the call", page_of(call.start, call.slug)).mark("to-call")


def page_of(start: CallStart, slug: str) -> str:
    """The page on which that call is taken, its persona being called ``slug`` by now."""
    if start.pinned:
        return f"/calls/{start.origin}/try/{start.taken}"
    return f"/studio/{slug}" if start.draft else f"/call/{slug}"
