"""The pieces of the call panel that only show something: who calls, the microphone, the end."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from nicegui import ui

from agent.protocol.messages import Mood
from agent.simulation.directing.director import State, begin
from agent.simulation.directing.mood import mood_word
from agent.simulation.reviewing.imperative import imperative
from data.endings import how_it_ended
from data.records import CallEnd
from personas.model import Persona
from ui import kit
from ui.call.state import UNDECIDED, WORKING, Browser
from ui.call.voice_call import Devices, VoiceCall
from ui.kit import lang, words
from ui.kit.avatar import persona_head, show_mood
from ui.kit.briefing import Briefing
from ui.kit.mood import MoodGauge

if TYPE_CHECKING:
    from agent.calls.live_call import LiveCall


class PersonaCard:
    """Who calls, in which mood, the briefing, and what the trainee should show; an ``author`` also
    reads which rule was met. In an exam a trainee sees neither mood nor objectives. ``below`` puts
    something below the objectives, of a persona that has any and is no exam."""

    def __init__(
        self, persona: Persona, *, author: bool = False, below: Callable[[], None] | None = None
    ) -> None:
        self._persona = persona
        self._below = below
        self._hidden = persona.exam and not author
        self.mood: MoodGauge | None = None
        self._marks: dict[str, ui.element] = {}
        self._shown: tuple[object, ...] = ()
        with kit.tag("section", classes="rh-card rh-who").props('aria-label="The customer"'):
            self._head()
            if persona.exam:
                kit.muted(EXAM if self._hidden else EXAM_TO_AUTHORS).mark("exam")
            if not self._hidden:
                self.mood = MoodGauge(persona.language, inside=author)
        self._briefing = Briefing(persona)
        if not persona.briefing or (persona.objectives and not self._hidden):
            self._task()
        self.show(None)

    def fold(self, folded: bool) -> None:
        """Fold the briefing for a call, or unfold it before one."""
        self._briefing.fold(folded)

    def show(self, mood: Mood | None, start: State | None = None) -> None:
        """Show the director's state; None stands for the start of a call, which is ``start`` if
        that is another than the persona's own."""
        if (mood, start) == self._shown:
            return
        self._shown = (mood, start)
        if self.mood is None:
            show_mood(self._face, None)
            return
        first = start or begin(self._persona)
        if mood is not None:
            self.mood.show(mood.intensity, mood.phase, mood.cause, solved=mood.resolved)
        elif first == begin(self._persona):
            self.mood.show(first.intensity)
        else:
            self.mood.show(first.intensity, first.phase, BEGINS_HERE)
        level = mood.intensity if mood else first.intensity
        show_mood(self._face, level)
        for rule, mark in self._marks.items():
            kit.switch(mark, "rh-shown", mood is not None and rule in mood.shown)

    def _head(self) -> None:
        persona = self._persona
        with persona_head(persona) as self._face:
            kit.difficulty_badge(persona.difficulty)
            kit.tag("span", words.language_name(persona.language), "rh-badge")
            if persona.exam:
                kit.tag("span", "Exam", "rh-badge")

    def _task(self) -> None:
        persona = self._persona
        with kit.tag("section", classes="rh-card rh-brief").props('aria-label="Your task"'):
            if not persona.briefing:
                kit.heading("What to expect", 2)
                lang.persona_words(kit.tag("p", expectation(persona), "rh-muted"), persona.language)
            if persona.objectives and not self._hidden:
                self._objectives()

    def _objectives(self) -> None:
        kit.heading("What to do", 2)
        with kit.tag("ul", classes="rh-objectives"):
            for rule in self._persona.objectives:
                words = lang.by_script(imperative(rule, self._persona).rstrip("."))
                with kit.tag("li") as mark:
                    lang.line("span", words, self._persona.language)
                    kit.tag("span", "shown", "rh-objective-shown")
                self._marks[rule.id] = mark
        if self._below is not None and not self._persona.exam:
            self._below()


EXAM = "This is an exam. Mood and objectives stand in the report, after the call."
EXAM_TO_AUTHORS = "This is an exam. Trainees see neither mood nor objectives before the report."
BEGINS_HERE = "The next call begins here."
LONGEST = 280
"""Characters of the persona's description that a trainee reads before the call."""


def expectation(persona: Persona) -> str:
    """Who the persona is, as far as a trainee may know; the facts are told only when asked."""
    text = " ".join(persona.character.split())
    if len(text) > LONGEST:
        end = max(text.rfind(mark, 0, LONGEST) for mark in (". ", "! ", "? "))
        # Thai has no full stops; a space there ends a clause.
        text = text[: end + 1] if end > 0 else text[: text.rfind(" ", 0, LONGEST)] + " …"
    return text or f"{persona.name} calls about: {persona.scenario}."


MISSING = "missing"
"""Stands in a picker for the chosen device while it is not connected."""


class DevicePicker:
    """The devices of one kind, and the one in use; ``choose`` is told the id of another one."""

    def __init__(self, label: str, icon: str, choose: Callable[[str], None]) -> None:
        self._devices = Devices((), "")
        self._chosen = choose
        self._select = ui.select({}, label=label, on_change=lambda e: self._choose(e.value))
        self._select.props("outlined dense options-dense=false hide-bottom-space")
        self._select.classes("rh-mic-picker").mark(label.lower())
        with self._select.add_slot("prepend"):
            ui.icon(icon).props("aria-hidden=true")

    def show(self, devices: Devices, *, visible: bool) -> None:
        """Show these; one that was chosen and is away is named as such, with what stands in."""
        self._select.set_visibility(visible and bool(devices.devices))
        if devices == self._devices:
            return
        self._devices = devices
        known = dict(devices.devices)
        self._select.props.pop("hint", None)  # an empty one would still take its room
        if devices.missing:
            stand_in = known.get(devices.device, "what the system offers")
            self._select.props["hint"] = f"Not connected. Meanwhile: {stand_in}"
            known[MISSING] = f"{devices.missing} (not connected)"
        value = MISSING if devices.missing else devices.device
        self._select.set_options(known, value=value if value in known else None)

    def _choose(self, device: str | None) -> None:
        shown = MISSING if self._devices.missing else self._devices.device
        if device and device not in (shown, MISSING):
            self._chosen(device)


class MicrophoneRow:
    """Microphone with its level, and loudspeaker, before and during a call."""

    def __init__(self, voice: VoiceCall) -> None:
        with kit.tag("div", classes="rh-mic") as self._root:
            self._root.props('role=group aria-label="Microphone and loudspeaker"')
            self._check = kit.button("Check my microphone").mark("check-microphone")
            voice.on_click(self._check, "retry_microphone")
            self._microphones = DevicePicker("Microphone", "mic", voice.set_microphone)
            with kit.tag("div", classes="rh-mic-meter") as self._meter:
                self._meter.props('data-level=mic role=img aria-label="Level of your microphone"')
                kit.tag("span", classes="rh-mic-level")
            self._loudspeakers = DevicePicker("Loudspeaker", "volume_up", voice.set_loudspeaker)
        self.show(Browser())

    def show(self, browser: Browser, *, over: bool = False, by_voice: bool = True) -> None:
        """Show what the browser told; nothing when the call is ``over``, and no microphone where
        the trainee only types."""
        open_ = by_voice and browser.microphone.state in WORKING
        # A microphone that failed has a notice with its own button.
        undecided = by_voice and browser.microphone.state in UNDECIDED
        several = len(browser.loudspeakers.devices) > 1
        self._check.set_visibility(undecided and not open_)
        self._root.set_visibility((undecided or several) and not over)
        self._microphones.show(browser.devices, visible=open_)
        self._meter.set_visibility(open_)
        self._loudspeakers.show(browser.loudspeakers, visible=True)


class Summed(Protocol):
    """What says how a call went, and offers the next one by a button that ``again`` makes start
    it."""

    def __call__(
        self, call: "LiveCall", again: Callable[[ui.button], None], *, author: bool = False
    ) -> None: ...


def _first_intensity(call: "LiveCall") -> int:
    """How upset the customer was when the trainee took over."""
    taken = [turn.intensity for turn in call.turns if turn.replayed and turn.phase]
    begun = call.start.intensity
    own = call.persona.intensity if begun is None else begun
    return taken[-1] if taken else own


def _next_step(end: CallEnd, who: str) -> str:
    """What to do now that the customer is content, or has had enough; "" when it is neither."""
    if end.resolved:
        return "The report has your best moment, and what to do next time."
    if end.reason == "hung_up":
        return f"The report says what made {who} so angry. Read it, then practise again."
    return ""


def ended_heading() -> None:
    """The heading of what is said of a call that is over; it takes the focus."""
    title = kit.heading("In short", 2).props("tabindex=-1").mark("ended")
    kit.focus(title)  # End Call, which had the focus, is gone


def summary(call: "LiveCall", again: Callable[[ui.button], None], *, author: bool = False) -> None:
    """How the call went, the way to its report, and the way to the next one, a button that
    ``again`` makes start it; an author also reads what to mend when a fault has ended it."""
    own = [turn for turn in call.turns if not turn.replayed]
    end, trainee = call.end, sum(turn.speaker == "trainee" for turn in own)
    if end is None:
        return
    talked = words.length(call.length)
    how = how_it_ended(end.reason, end.resolved, to_trainee=True)
    ended_heading()
    kit.tag("p", f"{how}. It took {talked} and {words.count(trainee, 'turn')} of yours.")
    if end.reason in ("engine", "failed") and call.trouble is not None:
        fault = f"{call.trouble.words} It could not be set up again. What was said is kept."
        kit.message(fault, "warn")
        if author and call.trouble.remedy:
            kit.tag("p", f"For you as an author: {call.trouble.remedy}", "rh-small").mark("remedy")
    if call.mood is not None and trainee and (author or not call.persona.exam):
        before, after = _first_intensity(call), call.mood.intensity
        way = f"{mood_word(before).capitalize()} ({before} of 10) at the start, "
        kit.tag("p", f"{way}{mood_word(after)} ({after} of 10) at the end.")
    if next_step := _next_step(end, call.persona.name.split()[0]):
        kit.tag("p", next_step).mark("next-step")
    with kit.tag("div", classes="rh-line"):
        kit.link_button("See how it went", f"/calls/{call.id}", kind="primary").mark("report")
        again(kit.button("Practise again").mark("again"))
