"""The report of one call: how it came out and what to do next time, then why."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nicegui import run, ui

from agent.calls.call_events import CallEvent
from agent.engines.cost import Estimate
from agent.engines.why import Reason, Why
from agent.protocol.messages import Caption, Status
from agent.simulation.guarding.recorded import breaks_of
from agent.simulation.reviewing.coached import corrected
from agent.simulation.reviewing.lesson import Lesson, lesson_of
from agent.simulation.reviewing.talk import Talk
from data.journal import CallRecord
from data.records import Break
from data.summary import Summary
from data.users import User
from personas.model import Persona
from personas.parse import examine
from ui import kit
from ui.auth import access
from ui.call.page import at_once
from ui.coaching.coached_report import CoachedReport
from ui.coaching.word_dialogs import objective_words
from ui.context import Studio
from ui.kit import lang, words
from ui.kit.debounce import Debounce
from ui.kit.frame import frame
from ui.kit.problem import problem
from ui.report.course import course_chart
from ui.report.deleting import delete_button
from ui.report.engines import engine_card, estimated, voices
from ui.report.exports import Exports
from ui.report.figures import earlier_talks, talk_card
from ui.report.guard_breaks import guard_summary
from ui.report.lesson import next_time, outcome
from ui.report.moment import play_turn
from ui.report.player import KEYS, Sound, look, recording_card, serve_player
from ui.report.scene import where_it_began
from ui.report.transcript import Transcript
from ui.report.ways import ways_of
from ui.tries.endings import both_endings, first_ending, tries_card, tries_of
from ui.tries.link import may_try
from ui.tries.moment import present_slug

PAUSE = 0.3
"""Seconds from an event of a live call until its journal is read: several come together."""


LIVE_HINTS = "With live hints: the page said during the call what to do next."
EXAM = "This is an exam that is still going on. Its report comes when it has ended."


def register(studio: Studio) -> None:
    """The page ``/calls/{call_id}``."""
    serve_player(studio)

    @kit.page("/calls/{call_id}")
    async def report(call_id: str) -> None:
        record = await run.io_bound(_record, studio, call_id)
        user = access.require(studio)
        if record is None:
            problem(studio, "There is no such call", "It may have been deleted.", 404)
        elif not access.may_see(user, record.start.user):
            problem(
                studio,
                "This call belongs to someone else",
                "You can see your own calls; authors and admins see everyone's.",
                403,
            )
        else:
            behind = await run.io_bound(_look, studio, record, user)
            if behind is None:
                return  # the app is stopping
            keys = KEYS if behind.sound is not None else ()
            with frame(studio, f"{record.start.scenario}, report", keys=keys):
                if record.end is None and behind.exam and not access.is_author(user):
                    _head(studio, record, behind.slug, user)
                    kit.message(EXAM, "warn")
                    _follow(studio, call_id, user, lambda *_: None)
                else:
                    _report(studio, record, user, behind)


def _record(studio: Studio, call_id: str) -> CallRecord | None:
    """The record, with its score if it got one while it was read."""
    record = studio.archive.get(call_id)
    if record is None or record.end is None or record.scorecard is not None:
        return record
    return record if _unscored(studio, record) else studio.archive.get(call_id)


@dataclass(frozen=True)
class _Behind:
    """What a report says beside its record: it takes files and parsing, so not on the loop.

    ``slug`` is the persona's present name. ``first`` is the call that a try goes on from, ``tries``
    are those of this call. ``why``, ``cost`` and ``breaks`` are for authors alone.
    """

    slug: str
    persona: Persona | None
    lesson: Lesson
    earlier: Sequence[Talk] = ()
    first: CallRecord | None = None
    tries: Sequence[Summary] = ()
    sound: Sound | None = None
    why: Mapping[int, Reason] | None = None
    cost: Estimate | None = None
    breaks: Sequence[Break] = ()

    @property
    def exam(self) -> bool:
        """Whether mood and objectives are hidden until the call has ended."""
        return self.persona is not None and self.persona.exam


def _look(studio: Studio, record: CallRecord, user: User) -> _Behind:
    slug = present_slug(studio, record)
    persona = examine(record.edited_text or record.persona_text, record.start.persona).persona
    said = studio.annotations.of(record.start.call)
    taught, earlier = lesson_of(corrected(record, said), persona), earlier_talks(studio, record)
    first, tries = first_ending(studio, record), tries_of(studio, record, user)
    sound = look(studio, record.start.call)
    if not access.is_author(user):
        return _Behind(slug, persona, taught, earlier, first, tries, sound)
    engines = studio.engines
    reasons, cost = Why(record, engines).reasons(), estimated(record, engines)
    found = breaks_of(record) if record.breaks is None else record.breaks
    return _Behind(slug, persona, taught, earlier, first, tries, sound, reasons, cost, found)


def _report(studio: Studio, record: CallRecord, user: User, behind: _Behind) -> None:
    slug = behind.slug
    own, author = user.name == record.start.user, access.is_author(user)
    _head(studio, record, slug, user)
    if record.end is None:
        kit.message("This call is still going on. Its report is complete when it ends.", "warn")
    elif _unscored(studio, record):
        kit.message("The score is being worked out. It comes in a moment.", "warn")
    known = slug if _again(studio, slug, user) else ""
    coaching = CoachedReport(studio, record, user, behind.persona, known, behind.lesson)
    tries = may_try(record, user)
    both_endings(studio, record, behind.first, behind.persona, user)
    ways = ways_of(studio, record, behind.persona, user)
    outcome(record, coaching, ways=ways, own=own, inside=author)
    next_time(record, coaching, ways)
    tries_card(record, behind.tries, own=own)
    if not record.start.is_try:
        recording_card(
            studio, record, behind.persona, behind.sound, coaching, own=own, inside=author,
            damaged=lambda: exports.without_sound(),
        )  # fmt: skip
    if record.scorecard:
        with kit.tag("section", classes="rh-card"):
            kit.heading("Objectives", 2)
            _objectives(record.scorecard.get("objectives", []), record, behind.persona, coaching)
            coaching.again()
    with kit.tag("section", classes="rh-card"):
        kit.heading("How upset the customer was", 2)
        with kit.tag("div", classes="rh-contents") as course:
            course_chart(record, behind.persona, inside=author)
    if author:
        engine_card(record, behind.cost, studio.engines)
    with kit.tag("section", classes="rh-card"):
        kit.heading("Transcript", 2)
        again = _again(studio, slug, user) if author else ""
        guard_summary(behind.breaks)
        transcript = Transcript(coaching, own=own, inside=author, again=again,
                                slug=slug if again else "", tries=tries)  # fmt: skip
        transcript.show(record, behind.why, behind.persona, behind.breaks)
    if record.end is not None and not record.start.is_try:
        talk_card(record, behind.earlier, own=own)
    exports = Exports(record, sound=behind.sound is not None)

    def redraw(record: CallRecord, behind: _Behind) -> None:
        course.clear()
        with course:
            course_chart(record, behind.persona, inside=author)
        transcript.show(record, behind.why, behind.persona, behind.breaks)

    if record.end is None or _unscored(studio, record):
        _follow(studio, record.start.call, user, redraw)


def _unscored(studio: Studio, record: CallRecord) -> bool:
    """Whether the call has just ended, and its score is being worked out; one that waits for room
    on the disk is not."""
    known = record.scorecard is not None or record.unwritten
    return not known and studio.archive.completing(record.start.call)


def _again(studio: Studio, slug: str, user: User) -> str:
    """The page of calls with that persona, on which one can go on from a turn of this one; ""
    when the persona is gone, or not for this reader."""
    entry = studio.library.get(slug)
    there = access.may_meet(user, entry) and entry and entry.persona
    return f"/call/{slug}" if there else ""


def _follow(
    studio: Studio, call_id: str, user: User, redraw: Callable[[CallRecord, _Behind], None]
) -> None:
    """While the call goes on, redraw what its journal has, and load the page anew at the end."""

    async def look() -> None:
        await studio.calls.written()
        record = await run.io_bound(studio.archive.get, call_id)
        behind = await run.io_bound(_look, studio, record, user) if record is not None else None
        if record is None or behind is None or client.is_deleted:
            return
        with client:  # this task knows of no page by itself
            if record.end is None:
                redraw(record, behind)
            elif _unscored(studio, record):
                later.soon()
            else:
                ui.navigate.reload()

    def heard(event: CallEvent) -> None:
        if not isinstance(event, Caption | Status):
            later.soon()

    client, later = ui.context.client, Debounce(PAUSE, look)
    client.on_delete(later.cancel)
    studio.call_events.of(call_id).subscribe(heard)
    if studio.calls.get(call_id) is None:
        later.soon()  # it has ended since its record was read


def _head(studio: Studio, record: CallRecord, slug: str, user: User) -> None:
    start, author = record.start, access.is_author(user)
    owner = studio.users.get(start.user)
    with kit.tag("div", classes="rh-line-between"):
        with kit.tag("div", classes="rh-stack-tight"):
            kit.heading(start.scenario)
            kit.muted(f"{start.name} · {owner.display if owner else start.user}")
            end = record.end
            reason, resolved = (end.reason, end.resolved) if end else ("", False)
            ended = words.end(reason, resolved, own=user.name == start.user)
            moment = f"{words.when(start.started)} · {words.length(record.duration)} · {ended}"
            kit.tag("p", moment, "rh-muted rh-small rh-number")
            kit.tag("p", voices(record, studio.engines), "rh-muted rh-small")
            if start.live_hints:
                kit.tag("p", LIVE_HINTS, "rh-small").mark("live-hints-on")
            if author:
                address = f"/studio/{slug}/versions?new={start.version}"
                ui.link("The persona's text in this call", address).classes("rh-small")
            where_it_began(record)
        with kit.tag("div", classes="rh-line"):
            if again := _again(studio, slug, user):
                kit.link_button("Practise again", at_once(again), kind="primary").mark("again")
            if record.end is not None and not start.is_try:
                delete_button(studio, start, lambda: ui.navigate.to("/calls"))


def _objectives(
    objectives: list[dict[str, Any]],
    record: CallRecord,
    persona: Persona | None,
    coaching: CoachedReport,
) -> None:
    language = record.start.language
    with kit.tag("ul", classes="rh-results"):
        for item in objectives:
            with kit.tag("li", classes="rh-result") as row:
                row.props["id"] = f"objective-{item['id']}"
                kind, sign, word = (
                    ("good", "✓", "Shown") if item["shown"] else ("bad", "✗", "Not shown")
                )
                if item.get("before"):
                    kind, word = "plain", "Shown before"
                with kit.tag("span", classes=f"rh-badge rh-badge-{kind}"):
                    kit.tag("span", sign).props("aria-hidden=true")
                    kit.tag("span", word)
                with kit.tag("div", classes="rh-grow rh-stack-tight"):
                    said = objective_words(item, persona)
                    lang.persona_words(kit.tag("p", said, "rh-strong"), language)
                    for evidence in item.get("evidence", []):
                        _quote(evidence, record)
                    coaching.objective(item)
                kit.tag("span", f"weight {item['weight']}", "rh-muted rh-small rh-number")


def _quote(evidence: dict[str, Any], record: CallRecord) -> None:
    turn = int(evidence["turn"])
    with kit.tag("p", classes="rh-quote"):
        play_turn(record, turn)
        lang.persona_words(kit.tag("q", evidence["quote"]), record.start.language)
        kit.tag("a", f"turn {turn + 1}", "rh-small").props(f'href="#turn-{turn}"')
