"""The call: one persona, one trainee, from "Start Voice Call" to the summary.

The panel keeps no state of the call: it draws what the ``LiveCall`` and the browser tell.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from nicegui import ui

from agent.calls.admission import CallOptions
from agent.calls.call_events import CallEvent
from agent.protocol.messages import Caption, Ended, TurnDone
from agent.simulation.directing.director import State, begin
from data.records import Turn
from data.users import User
from personas.model import Persona
from ui import kit
from ui.auth import access
from ui.call.before import BeforeCall
from ui.call.coach import Coach
from ui.call.consent import Consent, asked
from ui.call.controller import CallController
from ui.call.engine import CallEngine
from ui.call.leaving import Leaving
from ui.call.live_hints import LiveHints
from ui.call.notices import Action, Situation, notices
from ui.call.own_calls import OwnCalls
from ui.call.parts import MicrophoneRow, PersonaCard, Summed, summary
from ui.call.state import UNDECIDED, WORKING, engine_trouble, stage_of
from ui.call.status import NoticeBoard, StatusLine
from ui.call.talk import Talk
from ui.call.voice_call import sdk_file
from ui.call.why import ask_live
from ui.context import Studio
from ui.kit import words
from ui.kit.turn_reading import Offer, link_to_studio, reading_dialog, teaching

if TYPE_CHECKING:
    from agent.calls.live_call import LiveCall
    from agent.platform.settings import RecordMode
    from personas.submarks import ExampleMark

Teach = Callable[[tuple[Turn, ...], int, str, "ExampleMark"], None]
"""Takes the turns of a call, the index of the one to learn from, a rule's id ("" when none is
chosen yet), and whether the turn is meant by it."""
KEYS = (
    ("M or Space", "Mutes your microphone, or unmutes it"),
    ("Enter", "Sends the typed turn"),
)
TICK = 0.5
"""Seconds between two looks at the clock. Nothing else is shown by it: all else is told."""


class CallPanel:
    """Everything between trainee and persona on a page; build it inside a page.

    ``browser_kind`` is a key of ``ui.call.microphone_help.UNDO``. An author may choose the voice,
    and reads what to mend. ``options`` makes of the chosen voice what the next call is to be, and
    ``begins`` tells where it is to begin; ``begun`` is told each call that begins, or is taken up
    again. With ``draft`` the calls here are with a text that is not saved. ``teach`` takes a
    turn from which an author teaches that text; without it links lead to the editor. ``own`` tells
    a call of this page from others, where they are not those of the persona; ``summed`` draws what
    is said of one that is over, as ``summary`` does. ``at_once``: begin a call by itself, unless
    one goes on, or there is something to be told before.
    """

    def __init__(
        self,
        studio: Studio,
        persona: Persona,
        user: User,
        browser_kind: str,
        *,
        options: Callable[[str], CallOptions] = CallOptions,
        begins: Callable[[], State] | None = None,
        begun: Callable[["LiveCall"], None] | None = None,
        draft: bool = False,
        teach: Teach | None = None,
        own: Callable[["LiveCall"], bool] | None = None,
        summed: Summed = summary,
        at_once: bool = False,
    ) -> None:
        self._studio = studio
        self._persona = persona
        self._author = access.is_author(user)
        self._browser_kind = browser_kind
        self._options = options
        self._begins = begins or (lambda: begin(self._persona))
        self._begun = begun
        self._draft = draft
        self._teach = teach
        self._own_here = own
        self._summed = summed
        self._in_trouble = False
        self._who = persona.name.split()[0]
        self._controller = CallController(
            studio,
            user.name,
            changed=self.refresh,
            heard=self._heard_call,
            begun=self._call_begun,
            leaving=lambda target: self._leaving.ask(self._who, target),
            waiting=next(filter(self._is_own, studio.calls.of(user.name)), None),
        )
        self._voice = self._controller.voice
        self._browser = self._controller.browser
        self._leaving = Leaving(self._controller.end)
        days = studio.settings.keep_recordings
        self._live_hints = LiveHints(self.refresh)
        self._consent = Consent(user.name, days)
        self._build(user)
        self.refresh()
        studio.call_events.changed.subscribe(self.refresh)
        # The browser's part of the call may have come.
        ui.context.client.on_delete(studio.preparation.on_change(self.refresh))
        ui.timer(TICK, self._tick)
        told = self._asked(self._options("")) == "yes"  # who refuses types, and has to know before
        if at_once and not (told or self._own.some):
            self._voice.begin_at_once(self._start_by_itself, self._by_voice)

    # ---- what is on the page ----

    def _build(self, user: User) -> None:
        with kit.tag("div", classes="rh-call") as self._root:
            with kit.tag("div", classes="rh-contents") as self._persona_box:
                self._meet_card()
            with kit.tag("section", classes="rh-card rh-stage") as self.stage:
                self.stage.props('aria-label="The call"')
                self._status = StatusLine()
                self._board = NoticeBoard(self._make_button)
                self._coach = Coach()
                self._live_hints.build()
                self._own = OwnCalls(
                    self._studio,
                    user.name,
                    self._voice,
                    is_own=self._is_own,
                    resume=self._controller.resume,
                    slug=self._persona.slug,
                    changed=self.refresh,
                )
                language = self._persona.language
                self._before = BeforeCall(
                    self._voice,
                    self._start,
                    self._offer_typing,
                    self._consent,
                    self._who,
                    language,
                )
                self._talk = Talk(
                    self._persona.name,
                    language,
                    say=self._say,
                    mute=self._toggle_mute,
                    end=self._controller.end,
                    why=self._ask_why if self._author else None,
                    read=self._show_reading if self._author else None,
                )
                # At once, also while the server does not answer.
                self._voice.on_click(self._talk.stop, "disconnect")
                self._after = kit.tag("div", classes="rh-after rh-stack")
                self._microphone = MicrophoneRow(self._voice)
                self._engine = CallEngine(
                    self._studio, self._persona, self.refresh, author=self._author
                )

    @property
    def persona(self) -> Persona:
        """Who calls next."""
        return self._persona

    def meet(self, persona: Persona) -> None:
        """The persona reads differently by now: show it so; a call that is on stays."""
        if persona == self._persona:
            return
        self._persona, self._who = persona, persona.name.split()[0]
        self._persona_box.clear()
        with self._persona_box:
            self._meet_card()
        self._engine.meet(persona)
        self._before.meet(self._who, persona.language)
        self._talk.meet(persona.name, persona.language)
        self.refresh()

    def _meet_card(self) -> None:
        below = self._live_hints.build_switch
        self._card = PersonaCard(self._persona, author=self._author, below=below)

    def _make_button(self, action: Action) -> None:
        if action == "enable_audio":
            self._voice.on_click(kit.button("Enable Audio"), "enable_audio")
        elif action == "retry_microphone" and self._controller.call is not None:
            self._voice.on_click(kit.button("Try again"), "retry_microphone")
        elif action == "retry_microphone":
            self._voice.on_gesture(kit.button("Try again"), self._start, microphone=True)
        elif action == "start_typed":
            self._offer_typing(kit.button("Start without a microphone"))
        elif action == "call_again":
            button = kit.button("Try again")
            self._voice.on_gesture(button, self._call_again, microphone=self._by_voice)
        else:
            kit.button("End", self._controller.end)

    @property
    def _by_voice(self) -> bool:
        return self._engine.hears(self._controller.call)

    # ---- what the trainee does ----

    def _start(self) -> None:
        if self._by_voice and self._browser.microphone.state not in UNDECIDED:
            self.refresh()  # its notice tells why not, and offers to type
        else:
            self._begin()

    def _start_by_itself(self) -> None:
        if not self._problem() and not self._own.some:
            self._start()

    def _begin(self) -> None:
        self._controller.begin(self._persona.slug, self._next_options)

    def _call_again(self) -> None:
        self._controller.give_up(self._persona.slug, self._next_options)

    def _offer_typing(self, button: ui.button) -> None:
        self._voice.on_gesture(button, self._begin, microphone=False)

    def _next_options(self) -> CallOptions:
        options = self._options(self._engine.wanted)
        record = self._consent.given(self._asked(options))
        return replace(options, record=record, live_hints=self._live_hints.on)

    def _asked(self, options: CallOptions) -> "RecordMode":
        return asked(self._studio.settings.record, self._persona, options)

    def _is_own(self, call: "LiveCall") -> bool:
        """Whether this is the page to take that call in."""
        if self._own_here is not None:
            return self._own_here(call)
        here = call.slug == self._persona.slug and not call.pinned
        return here and call.draft == self._draft

    def _call_begun(self, call: "LiveCall") -> None:
        self._own.begun()
        if call.persona.exam and not self._persona.exam:
            self.meet(call.persona)  # it has become one since the page was opened
        self._talk.captions.restart()
        for turn in call.turns:  # of a call that is taken up again
            self._talk.captions.finish(turn)
        for caption in call.captions.values():
            self._talk.captions.show(caption)
        self._status.focus()
        if self._begun is not None:
            self._begun(call)

    def _say(self, text: str) -> None:
        if (call := self._controller.call) is not None:
            call.say(text)

    async def _ask_why(self, turn: int) -> None:
        if (call := self._controller.call) is not None:
            await ask_live(self._studio, call.id, turn)

    def _show_reading(self, index: int) -> None:
        call = self._controller.call
        turn = next((t for t in call.turns if t.index == index), None) if call else None
        if call is not None and turn is not None:
            reading_dialog(turn, self._persona, self._offer(call, turn))

    def _offer(self, call: "LiveCall", turn: Turn) -> Offer:
        teach, turns = self._teach, tuple(call.turns)
        if teach is None:
            return link_to_studio(call.slug, call.id, turn.index)

        def offer(label: str, rule: str, mark: "ExampleMark") -> ui.button:
            take = partial(teach, turns, turn.index, rule, mark)
            button = kit.button(label, take, kind="quiet" if rule else "plain")
            return button.mark(teaching(mark, rule))

        return offer

    def _toggle_mute(self) -> None:
        self._voice.set_muted(not self._browser.muted)

    def _offer_again(self, button: ui.button) -> None:
        self._voice.on_gesture(button, self._again, microphone=self._by_voice)

    def _again(self) -> None:
        self._controller.again()
        self._start()

    # ---- what is told ----

    def _heard_call(self, event: CallEvent) -> None:
        match event:
            case Caption():
                self._talk.captions.show(event)
                if self._browser.heard:
                    return  # many a second, and nothing else changes with them
            case TurnDone(turn=turn):
                self._talk.captions.finish(turn)
            case Ended():
                self._voice.disconnect()
                self._leaving.close()
        self.refresh()

    # ---- drawing ----

    def _tick(self) -> None:
        """Draw what time alone changes: the clocks, and the words for who waits too long."""
        if self._voice.is_deleted:
            return
        self._own.tick()
        if self._controller.live is not None:
            self._status.show_clock(self._clock())
            self._show_notices()

    def refresh(self) -> None:
        """Draw what there is to say now."""
        if self._voice.is_deleted:
            return
        if sdk_file(self._studio) is not None:
            self._voice.sdk_is_ready()
        call = self._controller.call
        self._draw_call()
        self._coach.show(call, hints=not self._persona.exam)
        self._live_hints.show(call, self._persona)
        self._show_notices()
        self._card.show(call.mood if call else None, self._begins() if call is None else None)
        over, by_voice = self._controller.over, self._by_voice
        self._microphone.show(self._browser, over=over, by_voice=by_voice)
        self._engine.show(call, choosing=call is None and not self._controller.starting)
        self._sound_trouble()

    def _show_notices(self) -> None:
        situation, controller = self._situation(), self._controller
        self._board.show(notices(controller.call, self._browser, situation, controller.refused))

    def _sound_trouble(self) -> None:
        live = self._controller.live
        trouble = live is not None and engine_trouble(live) is not None
        if trouble and not self._in_trouble:
            self._voice.sound_trouble()
        self._in_trouble = trouble

    def _draw_call(self) -> None:
        controller = self._controller
        call, live, over = controller.call, controller.live, controller.over
        problem = "" if call else self._problem()
        self._own.show(visible=call is None and not controller.starting, by_voice=self._by_voice)
        waiting = self._own.waiting if call is None else None
        exam = call is not None and call.persona.exam and not self._author
        stage = stage_of(
            self._who,
            call,
            self._browser,
            problem=problem,
            starting=controller.starting,
            typed=not self._by_voice,
            waiting=waiting is not None,
            exam=exam,
        )
        broken = self._browser.connection.state == "reconnecting"
        quality = "" if live is None or broken else self._browser.quality
        solved = live is not None and live.resolved and not exam
        recording = live is not None and live.recording is not None and live.recording.state == "on"
        self._status.show(stage, self._clock(), quality, solved=solved, recording=recording)
        if call is None:
            self._before.show(
                visible=waiting is None,
                enabled=not problem and not controller.starting,
                by_voice=self._by_voice,
                deaf=self._engine.deaf,
                reads=self._engine.reads,
                record=self._asked(self._options(self._engine.wanted)),
                other=self._own.some,
            )
        else:
            self._before.hide()
        self._talk.show(
            begun=call is not None,
            over=over,
            by_voice=self._by_voice and self._browser.microphone.state in WORKING,
            muted=self._browser.muted,
        )
        kit.switch(self._root, "rh-on-call", live is not None)
        self._card.fold(call is not None)
        if call is not None and over and not list(self._after):
            with self._after:
                self._summed(call, self._offer_again, author=self._author)
                self._consent.build_again(self._asked(self._options(self._engine.wanted)))
        elif not over and list(self._after):
            self._after.clear()

    def _problem(self) -> str:
        if words_ := self._studio.calls.problem():
            return words_
        ready = sdk_file(self._studio) is not None
        return "" if ready else "The part of the call that runs in the browser is being prepared."

    def _clock(self) -> str:
        call = self._controller.call
        if call is None:
            return ""
        return words.clock(call.length)

    def _situation(self) -> Situation:
        return Situation(
            who=self._who,
            browser_kind=self._browser_kind,
            own_server=not self._studio.settings.livekit_url,
            voice=self._by_voice,
            waited=self._controller.waited,
            author=self._author,
        )
