"""The call: one persona, one trainee, from "Start Voice Call" to the summary.

The panel keeps no state of the call: it draws what the ``LiveCall`` and the browser tell.
"""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from nicegui import background_tasks, ui

from agent.call.link import Caption, Ended, Event, TurnDone
from agent.live.calls import Refused, Wish
from data.users import User
from personas.model import Persona
from ui import access, kit, words
from ui.call.before import BeforeCall
from ui.call.coach import Coach
from ui.call.engine import CallEngine
from ui.call.notices import Action, Situation, notices
from ui.call.parts import MicrophoneRow, PersonaCard, summary
from ui.call.state import UNDECIDED, WORKING, Browser, engine_trouble, stage_of
from ui.call.status import NoticeBoard, StatusLine
from ui.call.talk import Talk
from ui.call.voice_call import AnswerTime, BrowserEvent, Connection, VoiceCall, sdk_file
from ui.call.why import ask_live
from ui.classes import switch
from ui.context import Studio

if TYPE_CHECKING:
    from agent.live.live_call import LiveCall

KEYS = (
    ("M or Space", "Mutes your microphone, or unmutes it"),
    ("Enter", "Sends the typed turn"),
)
HUNG_UP = "CLIENT_INITIATED"
"""LiveKit's reason for a disconnection that this page has asked for."""
PAGE_LEFT = "PAGE_LEFT"
"""The reason that ``voice_call.js`` gives when the page goes away."""
TICK = 0.5
"""Seconds between two looks at the clock and at what is being prepared."""


class CallPanel:
    """Everything between trainee and persona on a page; build it inside a page.

    ``browser_kind`` is a key of ``ui.call.microphone_help.UNDO``. An author may choose the voice,
    and reads what to mend. ``wish`` makes of the chosen voice what the next call is to be;
    ``begun`` is told each call that begins.
    """

    def __init__(
        self,
        studio: Studio,
        persona: Persona,
        user: User,
        browser_kind: str,
        *,
        wish: Callable[[str], Wish] = Wish,
        begun: Callable[["LiveCall"], None] | None = None,
    ) -> None:
        self.call: LiveCall | None = None
        self._studio = studio
        self._persona = persona
        self._user = user.name
        self._author = access.is_author(user)
        self._browser_kind = browser_kind
        self._wish = wish
        self._begun = begun
        self._browser = Browser()
        self._in_trouble = False
        self._who = persona.name.split()[0]
        self._starting = False
        self._refused = ""
        self._since = 0.0
        self._unsubscribe: Callable[[], None] = _nothing
        self.voice = VoiceCall(self._heard_browser, sdk_ready=sdk_file(studio) is not None)
        self._build()
        self._refresh()
        ui.timer(TICK, self._refresh)
        # Not on a short break of the websocket, which the client survives.
        ui.context.client.on_delete(self._page_closed)

    # ---- what is on the page ----

    def _build(self) -> None:
        with kit.tag("div", classes="rh-call") as self._root:
            with kit.tag("div", classes="rh-contents") as self._persona_box:
                self._card = PersonaCard(self._persona)
            with kit.tag("section", classes="rh-card rh-stage") as self.stage:
                self.stage.props('aria-label="The call"')
                self._status = StatusLine()
                self._board = NoticeBoard(self._make_button)
                Coach(lambda: self.call)
                language = self._persona.language
                self._before = BeforeCall(self.voice, self._start, self._who, language)
                self._talk = Talk(
                    self._persona.name,
                    language,
                    say=self._say,
                    mute=self._toggle_mute,
                    end=self._end,
                    why=self._ask_why if self._author else None,
                )
                self._after = kit.tag("div", classes="rh-after rh-stack")
                self._microphone = MicrophoneRow(self.voice)
                self._engine = CallEngine(
                    self._studio, self._persona, self._refresh, author=self._author
                )

    def meet(self, persona: Persona) -> None:
        """The persona reads differently by now: show it so; a call that is on stays."""
        if persona == self._persona:
            return
        self._persona, self._who = persona, persona.name.split()[0]
        self._persona_box.clear()
        with self._persona_box:
            self._card = PersonaCard(persona)
        self._engine.meet(persona)
        self._before.meet(self._who, persona.language)
        self._talk.meet(persona.name, persona.language)
        self._refresh()

    def _make_button(self, action: Action) -> None:
        if action == "enable_audio":
            self.voice.on_click(kit.button("Enable Audio"), "enable_audio")
        elif action == "retry_microphone" and self.call is not None:
            self.voice.on_click(kit.button("Try again"), "retry_microphone")
        elif action == "retry_microphone":
            self.voice.on_gesture(kit.button("Try again"), self._start, microphone=True)
        elif action == "start_typed":
            button = kit.button("Start without a microphone")
            self.voice.on_gesture(button, self._begin, microphone=False)
        elif action == "call_again":
            button = kit.button("Try again")
            self.voice.on_gesture(button, self._call_again, microphone=self._by_voice)
        else:
            kit.button("End", self._end)

    @property
    def _by_voice(self) -> bool:
        return self._engine.hears(self.call)

    # ---- what the trainee does ----

    def _start(self) -> None:
        if self._by_voice and self._browser.microphone.state not in UNDECIDED:
            self._refresh()  # its notice tells why not, and offers to type
        else:
            self._begin()

    def _begin(self) -> None:
        if self._starting or (self.call is not None and self.call.end is None):
            return
        self._leave_call()
        self._starting, self._refused = True, ""
        self._browser.begin()
        self._refresh()
        background_tasks.create(self._ask_for_call(), name="begin a call")

    async def _ask_for_call(self) -> None:
        try:
            wish = self._wish(self._engine.wanted)
            ticket = await self._studio.calls.begin(self._user, self._persona.slug, wish)
        except Refused as refusal:
            self._refused = str(refusal)
            self._browser.connection = Connection("ready")
            self.voice.disconnect()
        else:
            self._attach(ticket.call)
            self.voice.connect(ticket.server_url, ticket.token)
        finally:
            self._starting = False
        if self.voice.is_deleted:
            self._page_closed()  # it was closed while the call was being set up
        self._refresh()

    def _attach(self, call: "LiveCall") -> None:
        self.call = call
        self._since = time.monotonic()
        self._unsubscribe = call.subscribe(self._heard_call)
        self._talk.captions.restart()
        self._status.focus()
        if self._begun is not None:
            self._begun(call)

    def _say(self, text: str) -> None:
        if self.call is not None:
            self.call.say(text)

    async def _ask_why(self, turn: int) -> None:
        if self.call is not None:
            await ask_live(self._studio, self.call.id, turn)

    def _toggle_mute(self) -> None:
        self.voice.set_muted(not self._browser.muted)

    def _end(self) -> None:
        self.voice.disconnect()
        if self.call is not None:
            self.call.hang_up()
        self._refresh()

    def _again(self) -> None:
        self._leave_call()
        self._browser.connection = Connection("ready")
        self._refresh()
        self._before.focus()

    def _call_again(self) -> None:
        if self.call is not None:
            self.call.hang_up("no_persona")
        self._leave_call()
        self._begin()

    def _page_closed(self) -> None:
        if self.call is not None:
            self.call.hang_up()
        self._leave_call()

    def _leave_call(self) -> None:
        self._unsubscribe()
        self._unsubscribe = _nothing
        self.call = None

    # ---- what is told ----

    def _heard_call(self, event: Event) -> None:
        match event:
            case Caption():
                self._talk.captions.show(event)
                if self._browser.heard:
                    return  # many a second, and nothing else changes with them
            case TurnDone(turn=turn):
                self._talk.captions.finish(turn)
            case Ended():
                self.voice.disconnect()
        self._refresh()

    def _heard_browser(self, event: BrowserEvent) -> None:
        self._browser.take(event)
        if isinstance(event, AnswerTime) and self.call is not None and not event.cut:
            self.call.latency(event.seconds)
        if isinstance(event, Connection):
            self._connection_changed(event)
        self._refresh()

    def _connection_changed(self, event: Connection) -> None:
        call = self.call
        if call is None or call.end is not None:
            return
        if event.state == "connected":
            call.browser_joined()
        elif event.state == "failed":
            self._leave_call()  # the notice says what to do; there is nothing to report
            call.hang_up("failed")
        elif event.state == "disconnected" and event.reason != HUNG_UP:
            call.hang_up("ended" if event.reason == PAGE_LEFT else "lost")

    # ---- drawing ----

    def _refresh(self) -> None:
        if self.voice.is_deleted:
            return
        if sdk_file(self._studio) is not None:
            self.voice.sdk_is_ready()
        self._draw_call()
        self._board.show(notices(self.call, self._browser, self._situation(), self._refused))
        self._card.show(self.call.mood if self.call else None)
        over = self.call is not None and self.call.end is not None
        self._microphone.show(self._browser, over=over or not self._by_voice)
        self._engine.show(self.call, choosing=self.call is None and not self._starting)
        self._sound_trouble()

    def _sound_trouble(self) -> None:
        live = self.call is not None and self.call.end is None
        trouble = self.call is not None and live and engine_trouble(self.call) is not None
        if trouble and not self._in_trouble:
            self.voice.sound_trouble()
        self._in_trouble = trouble

    def _draw_call(self) -> None:
        call, problem = self.call, "" if self.call else self._problem()
        over = call is not None and call.end is not None
        stage = stage_of(
            self._who,
            call,
            self._browser,
            problem=problem,
            starting=self._starting,
            typed=not self._by_voice,
        )
        quality = self._browser.quality if call is not None and not over else ""
        self._status.show(stage, self._clock(), quality)
        self._before.show(
            visible=call is None,
            enabled=not problem and not self._starting,
            by_voice=self._by_voice,
        )
        self._talk.show(
            begun=call is not None,
            over=over,
            by_voice=self._by_voice and self._browser.microphone.state in WORKING,
            muted=self._browser.muted,
        )
        switch(self._root, "rh-on-call", call is not None and not over)
        if call is not None and over and not list(self._after):
            with self._after:
                summary(call, self._again, author=self._author)
        elif not over and list(self._after):
            self._after.clear()

    def _problem(self) -> str:
        if words_ := self._studio.calls.problem():
            return words_
        ready = sdk_file(self._studio) is not None
        return "" if ready else "The part of the call that runs in the browser is being prepared."

    def _clock(self) -> str:
        if self.call is None:
            return ""
        until = self.call.end.ended if self.call.end else time.time()
        return words.clock(until - self.call.started)

    def _situation(self) -> Situation:
        return Situation(
            who=self._who,
            browser_kind=self._browser_kind,
            own_server=not self._studio.settings.livekit_url,
            voice=self._by_voice,
            waited=time.monotonic() - self._since,
            author=self._author,
        )


def _nothing() -> None:
    pass
