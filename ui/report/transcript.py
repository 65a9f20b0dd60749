"""The transcript of a call, with what each turn did to the customer."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from nicegui import ui

from agent.engines.why import Reason
from data.journal import CallRecord
from data.records import Break, Edit, Hint, Turn
from personas.model import Persona
from ui import kit
from ui.call.loop_start import address
from ui.call.why import judged, why_dialog, why_facts
from ui.coaching.coached_report import CoachedReport
from ui.kit import lang, words
from ui.kit.turn_reading import link_to_studio, reading_button, reading_dialog, unsure_lines
from ui.report.guard_breaks import broken_guards
from ui.report.moment import play_turn
from ui.tries.link import try_again


class Transcript:
    """Every turn as an entry that others link to as ``#turn-INDEX``, edits and hints between them.

    ``own``: whether the reader is the trainee of this call; ``inside``: whether the reader may see
    by which direction the persona said each line, which names what the trainee has yet to do.
    ``again`` is the page on which a call can go on from a turn, "" when none can; ``slug`` the
    present name of the persona whose text can be taught by a turn, "" when there is none any more.
    With ``tries`` each moment can be tried again.
    """

    def __init__(
        self,
        coaching: CoachedReport,
        *,
        own: bool,
        inside: bool,
        again: str = "",
        slug: str = "",
        tries: bool = False,
    ) -> None:
        self._coaching = coaching
        self._own = own
        self._inside = inside
        self._again = again
        self._slug = slug
        self._tries = tries
        self._persona: Persona | None = None
        self._drawn: list[tuple[_Entry, ui.element]] = []
        self._none = kit.muted("Nobody spoke in this call.")
        self._list = kit.tag("ol", classes="rh-turns")

    def show(
        self,
        record: CallRecord,
        why: Mapping[int, Reason] | None = None,
        persona: Persona | None = None,
        breaks: Sequence[Break] = (),
    ) -> None:
        """Draw what the record has, with the rules as ``persona`` has them and ``breaks`` at their
        lines; an entry that is there and the same stays as it is, since its reader may have opened
        something in it."""
        self._persona = persona
        self._none.set_visibility(not record.turns)
        self._list.set_visibility(bool(record.turns))
        entries = list(_entries(record, why or {}, breaks))
        for place, entry in enumerate(entries):
            known = self._drawn[place] if place < len(self._drawn) else None
            if known is not None and known[0] == entry:
                continue
            with self._list:
                element = self._draw(record, entry)
            if known is None:
                self._drawn.append((entry, element))
            else:
                element.move(target_index=place)
                kit.discard(known[1])
                self._drawn[place] = entry, element
        for _, element in self._drawn[len(entries) :]:
            kit.discard(element)
        del self._drawn[len(entries) :]

    def _draw(self, record: CallRecord, entry: "_Entry") -> ui.element:
        if isinstance(entry.what, Turn):
            who = "You" if self._own else "Trainee"
            with _turn(record, entry.what, entry, who, inside=self._inside) as element:
                self._coaching.turn(entry.what)
                if entry.what.speaker == "trainee":
                    self._ways(record, entry.what)
            return element
        if isinstance(entry.what, Edit):
            return _edit(entry.what)
        return _hint(entry.what, own=self._own, named=self._inside)

    def _ways(self, record: CallRecord, turn: Turn) -> None:
        """What was unsure in a turn of the trainee, and where one can go from it."""
        call = record.start.call
        judged = self._inside and bool(turn.phase)
        if judged:
            unsure_lines(turn, self._persona, self._coaching.settle)
        with kit.tag("div", classes="rh-turn-ways"):
            if self._tries:
                try_again(record, turn.index)
            if judged:
                offer = link_to_studio(self._slug, call, turn.index) if self._slug else None
                reading_button(turn, lambda: reading_dialog(turn, self._persona, offer))
            if self._again:
                page = address(self._again, call, turn.index)
                link = kit.link_button("Change this and go on from here", page, kind="quiet")
                link.mark(f"go-on-{turn.index}")
            self._coaching.ways(turn)


@dataclass(frozen=True, slots=True)
class _Entry:
    """What stands in one place of the list, with all that is shown of it: the intensity ``before``
    a turn, why it was said, how long the answer took, seconds, and what it broke."""

    what: Turn | Edit | Hint
    before: int | None = None
    reason: Reason | None = None
    answered: float | None = None
    broken: tuple[Break, ...] = ()


def _entries(
    record: CallRecord, why: Mapping[int, Reason], breaks: Sequence[Break]
) -> Iterator[_Entry]:
    if not record.turns:
        return
    asides = sorted(record.edits + record.hints, key=lambda aside: (aside.turn, aside.at))
    before: int | None = None
    for turn in record.turns:
        yield from (_Entry(aside) for aside in asides if aside.turn == turn.index)
        broken = tuple(each for each in breaks if each.turn == turn.index)
        yield _Entry(turn, before, why.get(turn.index), record.answer_time(turn), broken)
        before = turn.intensity if turn.phase else before
    yield from (_Entry(aside) for aside in asides if aside.turn > record.turns[-1].index)


def _turn(record: CallRecord, turn: Turn, entry: _Entry, who: str, *, inside: bool) -> ui.element:
    trainee = turn.speaker == "trainee"
    side = "rh-turn-trainee" if trainee else "rh-turn-persona"
    side += " rh-replayed" if turn.replayed else ""
    with kit.tag("li", classes=f"rh-turn {side}").props(f"id=turn-{turn.index}") as element:
        with kit.tag("div", classes="rh-turn-head rh-small"):
            play_turn(record, turn.index)
            kit.tag("span", who if trainee else record.start.name, "rh-strong")
            kit.tag("span", _notes(turn, entry.answered), "rh-muted rh-number")
        lang.persona_words(kit.tag("p", turn.text, "rh-turn-text"), record.start.language)
        if trainee and turn.phase:
            _effect(turn, entry.before, record.start.language, inside=inside)
        broken_guards(entry.broken)
        if entry.reason is not None:
            _why(record, entry.reason)
        if inside and turn.observer:
            kit.tag("p", f"Judged by {judged(turn)}.", "rh-muted rh-small")
    return element


def _why(record: CallRecord, reason: Reason) -> None:
    start = record.start
    with kit.tag("details", classes="rh-details rh-small"):
        kit.tag("summary", "Why did it say that?")
        why_facts(reason)
        if reason.prompt:
            kit.button(
                "Show the whole prompt",
                lambda: why_dialog(reason, start.name, start.language),
                kind="quiet",
            ).mark(f"prompt-{reason.turn.index}")


def _notes(turn: Turn, answered: float | None) -> str:
    moment = "from the earlier call" if turn.replayed else words.clock(turn.begin)
    notes = [f"turn {turn.index + 1}", moment]
    if turn.source == "typed":
        notes.append("typed")
    if turn.interrupted:
        notes.append("interrupted")
    if answered is not None:
        notes.append(f"answered after {answered:.1f} s")
    return " · ".join(notes)


def _effect(turn: Turn, before: int | None, language: str, *, inside: bool) -> None:
    kind = ""
    if before is not None and turn.intensity != before:
        kind = "rh-effect-worse" if turn.intensity > before else "rh-effect-better"
    with kit.tag("p", classes=f"rh-effect rh-small {kind}"):
        pieces = words.cause_pieces(turn.cause, inside=inside) or (("No change", False),)
        lang.line("span", pieces, language, "rh-strong")
        kit.tag("span", words.mood_line(turn.phase, turn.intensity), "rh-muted rh-number")


def _hint(hint: Hint, *, own: bool, named: bool) -> ui.element:
    reader = "you" if own else "the trainee"
    who = f"{hint.author} whispered to {reader}" if named else f"A coach whispered to {reader}"
    with kit.tag("li", classes="rh-turn-hint") as element:
        kit.tag("span", f"{who}, {words.clock(hint.at)}", "rh-muted rh-small rh-number")
        lang.anyone_s_words(kit.tag("p", hint.text))
    return element


def _edit(edit: Edit) -> ui.element:
    if edit.outcome == "refused":
        text = f"An edit (version {edit.version}) was refused: {edit.reason}"
    elif edit.outcome == "overtaken":
        text = f"An edit (version {edit.version}) was never spoken by: {edit.reason}."
    else:
        text = f"From turn {edit.turn + 1} on, version {edit.version} of the persona spoke."
    return kit.tag("li", text, "rh-edit rh-small")
