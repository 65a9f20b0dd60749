"""A live call as one who listens to it has it: both voices, captions, the director, a hint.

The panel keeps no state of the call, and nothing of it reaches the call's job: it draws what the
``LiveCall`` and this page's own browser tell.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from nicegui import ui

from agent.protocol.messages import Caption, Ended, TurnDone
from data.common.observers import nothing
from data.records import Speaker
from data.users import User
from personas.model import Persona
from ui import kit
from ui.call.captions import Captions
from ui.call.director_view import DirectorView
from ui.call.engine import in_call
from ui.call.notices import Action
from ui.call.status import NoticeBoard, StatusLine
from ui.call.voice_call import BrowserEvent, Connection, Network, Playback
from ui.context import Studio
from ui.kit import words
from ui.watch.listening import Listening
from ui.watch.state import notices, stage_of
from ui.watch.whisper import Whisper

if TYPE_CHECKING:
    from agent.calls.call_events import CallEvent
    from agent.calls.live_call import LiveCall

TICK = 0.5
"""Seconds between two looks at the clock. Nothing else is shown by it: all else is told."""


class WatchPanel:
    """Everything about one live call; build it inside a page of ``user``."""

    def __init__(self, studio: Studio, call: "LiveCall", user: User) -> None:
        self._studio = studio
        self._call = call
        self._user = user
        self._persona = call.persona
        self._who = call.persona.name.split()[0]
        owner = studio.users.get(call.user)
        self._trainee = owner.display if owner else call.user
        self._connection = Connection("ready")
        self._playback = True
        self._network = "found"
        self._here = False
        self._leave: Callable[[], None] = nothing
        self._stop_listening: Callable[[], None] = nothing
        self._listening = Listening(
            self._heard_browser, reconnect_timeout=studio.settings.reconnect_timeout
        )
        self._build()
        self._replay()
        self._refresh()
        ui.timer(TICK, self._tick)
        studio.call_events.of(call.id).subscribe(self._heard_call)
        ui.context.client.on_connect(self._come)
        ui.context.client.on_delete(self._go)

    # ---- what is on the page ----

    def _build(self) -> None:
        with kit.tag("div", classes="rh-call"):
            self._director = DirectorView(self._call, self._trainee, self._played)
            with kit.tag("section", classes="rh-card rh-stage").props('aria-label="The call"'):
                self._status = StatusLine()
                self._board = NoticeBoard(self._make_button)
                self._voices()
                persona = self._call.persona
                names: dict[Speaker, str] = {"trainee": self._trainee, "persona": persona.name}
                self._captions = Captions(names, persona.language)
                self._whisper = Whisper(self._call, self._user.name, self._trainee, self._who)
                self._after = kit.tag("div", classes="rh-after rh-stack")
                self._others = kit.tag("p", classes="rh-muted rh-small").mark("others")
                self._engine = kit.tag("p", classes="rh-muted rh-small").mark("engine")

    def _voices(self) -> None:
        with kit.tag("div", classes="rh-voices rh-small") as self._meters:
            for side, name in (("mic", self._trainee), ("persona", self._who)):
                kit.tag("span", name)
                with kit.tag("div", classes="rh-mic-meter") as meter:
                    meter.props(f"data-level={side} role=img")
                    meter.props["aria-label"] = f"Level of {name}'s voice"
                    kit.tag("span", classes="rh-mic-level")

    def _make_button(self, action: Action) -> None:
        if action == "enable_audio":
            self._listening.on_click(kit.button("Enable Audio"), "enable_audio")
        else:
            kit.button("Try again", self._connect)

    def _replay(self) -> None:
        """What was said before this page was opened."""
        for turn in self._call.turns:
            self._captions.finish(turn)
        for caption in self._call.captions.values():
            self._captions.show(caption)

    # ---- coming and going ----

    def _come(self) -> None:
        """The page is open in a browser (and not only fetched): somebody listens."""
        self._here = True
        if self._leave is nothing and self._call.end is None:
            self._leave = self._call.coaching.listen(self._user.display)

    def _go(self) -> None:
        self._stop_listening()
        self._leave()

    @property
    def _may_listen(self) -> bool:
        """Not before the trainee: a room closes early when one who was there first goes again."""
        there = self._here and self._call.browser_in.is_set() and self._call.end is None
        return there and self._connection.state == "ready"

    def _connect(self) -> None:
        self._stop_listening()
        self._stop_listening = nothing
        try:
            ticket = self._studio.calls.admit_listener(self._call)
        except RuntimeError as error:  # the LiveKit server is being started again
            self._connection = Connection("failed", str(error))
        else:
            self._connection = Connection("connecting")
            self._stop_listening = ticket.close
            self._listening.connect(ticket.server_url, ticket.token)
        self._refresh()

    # ---- what is told ----

    def _heard_call(self, event: "CallEvent") -> None:
        match event:
            case Caption():
                self._captions.show(event)
                return  # many a second, and nothing else changes with them
            case TurnDone(turn=turn):
                self._captions.finish(turn)
            case Ended():
                self._listening.disconnect()
        self._refresh()

    def _heard_browser(self, event: BrowserEvent) -> None:
        match event:
            case Connection():
                self._connection = event
            case Playback(allowed=allowed):
                self._playback = allowed
            case Network(state=state):
                self._network = state
        self._refresh()

    # ---- drawing ----

    def _tick(self) -> None:
        if self._call.end is None:
            self._status.show_clock(words.clock(self._call.length))

    def _refresh(self) -> None:
        call = self._call
        if self._listening.is_deleted:
            return
        if self._may_listen:
            self._connect()
            return
        over = call.end is not None
        clock = words.clock(call.length)
        stage = stage_of(call, self._who, self._trainee)
        self._status.show(stage, clock, "", solved=call.resolved and not over)
        state = notices(
            call,
            self._connection,
            playback=self._playback,
            trainee=self._trainee,
            network=self._network,
        )
        self._board.show(state)
        self._meters.set_visibility(not over)
        self._director.show()
        self._whisper.show()
        self._others.set_text("" if over else self._company())
        self._engine.set_text(self._engine_line())
        if over and not list(self._after):
            with self._after:
                self._ended()

    def _company(self) -> str:
        """Who else listens; the trainee's page names nobody."""
        mine = self._user.display
        others = [name for name in self._call.coaching.listeners if name != mine]
        seen = f"{self._trainee}'s page says that a coach is listening."
        return f"{', '.join(others)} listens, too. {seen}" if others else seen

    def _engine_line(self) -> str:
        call = self._call
        line = in_call(self._studio, call.engine, call.first_engine)
        seconds = call.answer_time
        return line if seconds is None else f"Last answer after {seconds:.1f} s. {line}"

    def _played(self) -> Persona:
        """The persona as it is played just now: an edit may have reached the call."""
        entry = self._studio.library.get(self._call.slug)
        saved = entry.persona if entry is not None else None
        for persona in (self._call.persona, saved):
            if persona is not None and persona.version == self._call.version:
                self._persona = persona
        return self._persona

    def _ended(self) -> None:
        end = self._call.end
        if end is None:
            return
        length = words.length(self._call.length)
        kit.heading("The call is over", 2).mark("ended")
        kit.tag("p", f"{words.end(end.reason, end.resolved)}. It took {length}.")
        with kit.tag("div", classes="rh-line"):
            report = kit.link_button("See the report", f"/calls/{self._call.id}", kind="primary")
            report.mark("report")
            kit.link_button("All calls", "/calls")
