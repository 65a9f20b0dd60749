"""The page on which a trainee tries a moment of an own call again, by voice or typed."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from nicegui import run, ui

from agent.calls.admission import CallOptions
from agent.simulation.directing.mood import mood_word
from agent.simulation.reviewing.lesson import example_lead
from data.endings import how_it_ended
from data.users import User
from ui import kit
from ui.auth import access
from ui.call.loop_start import said_before
from ui.call.microphone_help import browser_of
from ui.call.panel import KEYS, CallPanel
from ui.call.parts import ended_heading
from ui.context import Studio
from ui.kit import lang, words
from ui.kit.frame import frame
from ui.kit.problem import problem
from ui.tries.link import TRY, may_try
from ui.tries.moment import Moment, moment_of

if TYPE_CHECKING:
    from agent.calls.live_call import LiveCall

NOT_OWN = (
    "You can try moments of your own calls only",
    "Open one of your calls that is over: its report offers it.",
    403,
)
NO_CALL = ("There is no such call", "It may have been deleted.", 404)
NO_MOMENT = (
    "This moment cannot be tried again",
    "You said nothing in that call from there on, or its customer's text was not kept or cannot be "
    "read any more.",
    404,
)
SINCE = {
    "changed": "The customer's text was changed after your call. You try with the version of your "
    "call, so that the two endings can be compared.",
    "gone": "This customer was put away after your call, or has a mistake in its file. You try "
    "with the version of your call, which was kept with it.",
}


def register(studio: Studio) -> None:
    """The page ``/calls/{call_id}/try/{turn}``."""

    @kit.page("/calls/{call_id}/try/{turn}", reconnect_timeout=studio.settings.reconnect_timeout)
    async def try_page(call_id: str, turn: str) -> None:
        user = access.require(studio)
        record = await run.io_bound(studio.archive.get, call_id)
        index = int(turn) if turn.isdecimal() and len(turn) < 10 else None
        if record is None or not access.may_see(user, record.start.user):
            problem(studio, *NO_CALL)
        elif not may_try(record, user):
            problem(studio, *(NO_MOMENT if record.start.user == user.name else NOT_OWN))
        else:
            found = None
            if index is not None:
                found = await run.io_bound(moment_of, studio, record, index)
            if found is None:
                problem(studio, *NO_MOMENT)
                return
            with frame(studio, TRY, wide=True, keys=KEYS):
                _page(studio, found, user)


def _page(studio: Studio, moment: Moment, user: User) -> None:
    start = moment.record.start
    with kit.tag("section", classes="rh-card rh-loop").mark("moment") as card:
        card.props(f'aria-label="{TRY}"')
        kit.heading(TRY)
        with kit.tag("p"):
            kit.tag("span", f"Turn {moment.turn.index + 1} of ")
            address = f"/calls/{start.call}#turn-{moment.turn.index}"
            ui.link(f"your call with {start.name}, {words.when_inside(start.started)}", address)
            kit.tag("span", ". This try counts as no call: it has no score, is not recorded, and ")
            kit.tag("span", "stands in no list.")
        if moment.since:
            kit.message(SINCE[moment.since], "warn").mark("since")
        _said(moment)
    CallPanel(
        studio,
        moment.persona,
        user,
        browser_of(ui.context.client.request.headers.get("user-agent", "")),
        options=lambda engine: CallOptions(engine, scene=moment.scene, past_text=moment.text),
        begins=lambda: moment.state,
        own=lambda call: _is_here(call, moment),
        summed=_summary,
    )


def _is_here(call: "LiveCall", moment: Moment) -> bool:
    start = call.start
    here = (moment.record.start.call, moment.first)
    return start.pinned and (start.origin, start.taken) == here


def _said(moment: Moment) -> None:
    """What was said around the moment, and what the report says of it."""
    language = moment.record.start.language
    before = moment.record.turns[: moment.first]
    if before:
        said_before(moment.record.start, before, "You")
    if moment.scene.line:
        _line(f"{moment.record.start.name} says once more", moment.scene.line, language)
    _line("You said then", moment.turn.text, language)
    if moment.advice is not None and moment.advice.example:
        _line(example_lead(moment.advice), moment.advice.example, language)


def _line(lead: str, text: str, language: str) -> None:
    with kit.tag("p", classes="rh-quote"):
        kit.tag("span", f"{lead}:", "rh-muted")
        lang.persona_words(kit.tag("q", text), language)


def _summary(call: "LiveCall", again: Callable[[ui.button], None], *, author: bool = False) -> None:
    """How the try ended, and the way to both endings."""
    end = call.end
    if end is None:
        return
    ended_heading()
    kit.tag("p", f"{how_it_ended(end.reason, end.resolved, to_trainee=True)}.")
    if call.trouble is not None and end.reason in ("engine", "failed"):
        kit.message(call.trouble.words, "warn")
        if author and call.trouble.remedy:
            kit.tag("p", f"For you as an author: {call.trouble.remedy}", "rh-small")
    if call.mood is not None and (author or not call.persona.exam):
        level = call.mood.intensity
        kit.tag("p", f"The mood ended at {level} of 10 ({mood_word(level)}).")
    with kit.tag("div", classes="rh-line"):
        kit.link_button("See both endings", f"/calls/{call.id}", kind="primary").mark("report")
        again(kit.button("Try it once more").mark("again"))
