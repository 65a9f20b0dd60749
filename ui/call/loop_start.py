"""Where the next call begins: in a later phase, or at a turn of an earlier call; for authors."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nicegui import Event, run, ui

from agent.protocol.scene import FROM_THE_TOP, Scene, answered_turn, going_on
from agent.simulation.directing.beginning import (
    PHASE_WORDS,
    begun,
    put_right,
    stood,
    usual_intensity,
)
from agent.simulation.directing.director import State, begin
from data.journal import CallRecord
from data.records import CallStart, Turn
from personas.model import Persona
from ui import kit
from ui.auth import access
from ui.context import Studio
from ui.kit import lang, words

DRAWN = 40
"""Turns before the one to go on from that are drawn: in two hours there are a thousand."""
OWN = -1
"""Stands for the intensity of the persona's own text."""


@dataclass(frozen=True)
class Earlier:
    """The trainee's turn of an earlier call that the next one goes on from."""

    record: CallRecord
    turn: int


async def asked_for(studio: Studio) -> Earlier | None:
    """What the page's address asks to go on from (``?call=ID&turn=INDEX``), for an author; None
    when it asks for nothing that is there."""
    asked = ui.context.client.request.query_params
    call, turn = asked.get("call", ""), asked.get("turn", "")
    if not call or not _is_number(turn) or not access.is_author(access.require(studio)):
        return None
    record = await run.io_bound(studio.archive.get, call)
    if record is None or answered_turn(record, int(turn)) is None:
        return None
    return Earlier(record, int(turn))


def _is_number(text: str) -> bool:
    return text.isdecimal() and len(text) < 10  # Python refuses to read thousands of digits


def address(page: str, call: str, turn: int) -> str:
    """The address of that page (``/call/SLUG`` or ``/studio/SLUG``) going on from that turn."""
    return f"{page}?call={call}&turn={turn}"


class LoopStart:
    """The controls, collapsed unless they have something to tell; ``scene`` is what they say.

    ``changed``: they say something else.
    """

    def __init__(self, studio: Studio, persona: Persona, earlier: Earlier | None = None) -> None:
        self._studio = studio
        self._persona = persona
        self._earlier = earlier
        self._text = ""
        self._phase = ""
        self._intensity: int | None = None
        self.changed = Event[[]]()
        with kit.tag("section", classes="rh-card rh-loop").mark("loop") as self._root:
            self._root.props('aria-label="Where the call begins"')
        self._build()

    @property
    def scene(self) -> Scene:
        """Where the next call is to begin."""
        if self._earlier is not None:
            return going_on(self._earlier.record, self._earlier.turn, self._text)
        if self._phase or self._intensity is not None:
            return Scene(self._phase, self._intensity)
        return FROM_THE_TOP

    @property
    def state(self) -> State:
        """Where the next call stands when the trainee takes over, as far as it is known now."""
        if self._earlier is None:
            return begin(self._persona, self._phase, self._intensity)
        return stood(self._persona, self._earlier.record, self._earlier.turn)

    def meet(self, persona: Persona) -> None:
        """The persona reads differently by now."""
        self._persona = persona
        if self._earlier is None:
            self._level.set_options(self._levels(), value=self._level.value)
            self._tell()

    def move_below(self, place: ui.element | None = None) -> None:
        """Stand at the end of that place, or of the part of the page that it was built in."""
        self._root.move(place)

    def _build(self) -> None:
        self._root.clear()
        with self._root:
            if self._earlier is None:
                self._build_later()
            else:
                self._build_earlier(self._earlier)

    # ---- a later phase ----

    def _build_later(self) -> None:
        opened = self.scene != FROM_THE_TOP
        with kit.tag("details", classes="rh-details").props("open" if opened else ""):
            kit.tag("summary", "Begin later in the call").mark("later")
            with kit.tag("div", classes="rh-loop-fields"):
                self._phases()
                self._intensities()
            self._told = kit.tag("p", classes="rh-muted rh-small").mark("begins")
            self._told.props("role=status")
        self._tell()

    def _phases(self) -> None:
        options = {"": "At the start"} | {name: _capital(text) for name, text in _later()}
        self._select("Phase", options, self._phase, self._choose_phase, "phase")

    def _intensities(self) -> None:
        chosen = OWN if self._intensity is None else self._intensity
        self._level = self._select(
            "Intensity", self._levels(), chosen, self._choose_level, "intensity"
        )

    def _levels(self) -> dict[int, str]:
        own = f"As in the text ({self._persona.intensity} of 10)"
        return {OWN: own} | {level: f"{level} of 10" for level in range(11)}

    def _select(
        self, label: str, options: Any, chosen: Any, choose: kit.Handler, mark: str
    ) -> ui.select:
        made = ui.select(options, label=label, value=chosen)
        made.on_value_change(lambda event: choose(event.value))
        return made.props("outlined dense").classes("rh-loop-field").mark(f"begin-{mark}")

    def _choose_phase(self, name: str) -> None:
        self._phase = name
        self._level.set_value(usual_intensity(self._persona, name) if name else OWN)
        self._tell()

    def _choose_level(self, level: int) -> None:
        self._intensity = None if level == OWN else level
        self._tell()

    def _tell(self) -> None:
        self._told.set_text(self._words())
        self.changed.emit()

    def _words(self) -> str:
        if self.scene == FROM_THE_TOP:
            return "Practise a part: the customer speaks as if you had got there."
        state = begin(self._persona, self._phase, self._intensity)
        wrong = put_right(self._persona, self._phase, self._intensity)
        told = wrong or f"The next call begins in {begun(state)}."
        return f"{told} Its score is not counted."

    # ---- a turn of an earlier call ----

    def _build_earlier(self, earlier: Earlier) -> None:
        record, start = earlier.record, earlier.record.start
        turn = answered_turn(record, earlier.turn)
        self._text = self._text or (turn.text if turn else "")
        kit.heading("Go on from an earlier call", 2)
        with kit.tag("p"):
            kit.tag("span", f"From turn {earlier.turn + 1} of ")
            ui.link(f"the call of {words.when(start.started)}", f"/calls/{start.call}")
            kit.tag("span", f". {self._persona.name} answers as the text has it now.")
        self._before(earlier)
        box = ui.textarea("What the trainee says instead", value=self._text)
        lang.persona_words(box, start.language).props("outlined autogrow")
        box.on_value_change(lambda event: self._change(str(event.value or ""))).mark("instead")
        with kit.tag("div", classes="rh-line"):
            if ui.context.client.request.url.path.startswith("/call/"):
                page = f"/studio/{self._persona.slug}"
                kit.link_button("Open in the studio", address(page, start.call, earlier.turn))
            kit.button("Begin at the start instead", self._forget, kind="quiet").mark("forget")

    def _before(self, earlier: Earlier) -> None:
        turns = [turn for turn in earlier.record.turns if turn.index < earlier.turn]
        if not turns:
            kit.muted("Nothing was said before it.")
            return
        said_before(earlier.record.start, turns, "Trainee")

    def _change(self, text: str) -> None:
        self._text = text

    def _forget(self) -> None:
        self._earlier = None
        self._build()


def said_before(start: CallStart, turns: Sequence[Turn], trainee: str) -> None:
    """The turns of that call before the one to go on from, folded; of a long call the last ones.
    ``trainee`` is what its trainee is called here."""
    with kit.tag("details", classes="rh-details rh-small"):
        kit.tag("summary", f"What was said before: {words.count(len(turns), 'turn')}")
        if (rest := len(turns) - DRAWN) > 0:
            ui.link(f"The {words.count(rest, 'turn')} before these", f"/calls/{start.call}#turn-0")
        with kit.tag("ol", classes="rh-loop-turns"):
            for turn in turns[-DRAWN:]:
                with kit.tag("li"):
                    who = trainee if turn.speaker == "trainee" else start.name
                    kit.tag("span", who, "rh-strong")
                    lang.persona_words(kit.tag("p", turn.text), start.language)


def _later() -> list[tuple[str, str]]:
    return [(name, text) for name, text in PHASE_WORDS.items() if name != "opening"]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
