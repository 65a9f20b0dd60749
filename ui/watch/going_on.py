"""The calls that are going on, for those who may listen to them."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement

from data.users import User
from ui import kit
from ui.context import Studio
from ui.kit import words
from ui.kit.avatar import avatar

if TYPE_CHECKING:
    from agent.calls.live_call import LiveCall

TICK = 1.0
"""Seconds between two looks at the clocks."""


class GoingOn:
    """A section that follows all live calls; ``on_change`` is called when one begins or ends, and
    again when the record of one that ended is complete."""

    def __init__(self, studio: Studio, user: User, on_change: Callable[[], None]) -> None:
        self._studio = studio
        self._user = user
        self._on_change = on_change
        self._clocks: dict[str, tuple[LiveCall, TextElement]] = {}
        with kit.tag("section", classes="rh-going").props('aria-label="Going on now"'):
            kit.heading("Going on now", 2)
            self._list = kit.tag("ul", classes="rh-list").props("aria-live=polite")
            self._none = kit.muted("Nobody is in a call. A call appears here when it begins.")
        self._draw()
        studio.call_events.changed.subscribe(self._look)
        studio.call_events.archived.subscribe(lambda: self._on_change())
        ui.timer(TICK, self._tick)

    def _look(self) -> None:
        if {call.id for call in self._studio.calls.live()} != self._clocks.keys():
            self._draw()
            self._on_change()

    def _tick(self) -> None:
        for call, clock in self._clocks.values():
            clock.set_text(words.clock(call.length))

    def _draw(self) -> None:
        calls = sorted(self._studio.calls.live(), key=lambda call: call.started)
        self._list.clear()
        self._clocks.clear()
        self._none.set_visibility(not calls)
        with self._list:
            for call in calls:
                with kit.tag("li", classes="rh-going-call"):
                    self._row(call)

    def _row(self, call: "LiveCall") -> None:
        owner = self._studio.users.get(call.user)
        name = owner.display if owner else call.user
        avatar(call.persona.name, 44)
        with kit.tag("div", classes="rh-grow"):
            kit.tag("p", name, "rh-strong")
            persona = f"with {call.persona.name}, {call.persona.scenario}"
            kit.tag("p", persona, "rh-muted rh-small")
        clock = kit.tag("span", words.clock(call.length), "rh-number")
        clock.props('role=timer aria-label="Length of the call"')
        self._clocks[call.id] = (call, clock)
        if call.user == self._user.name:
            kit.tag("span", "Your own call", "rh-badge")
        else:
            link = kit.link_button("Listen in", f"/calls/{call.id}/watch")
            link.props(f"data-call={call.id}").props["aria-label"] = f"Listen in to {name}'s call"
            link.mark("listen-in")
