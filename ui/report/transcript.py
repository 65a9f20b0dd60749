"""The transcript of a finished call, with what each turn did to the customer."""

from collections.abc import Mapping

from agent.engines.why import Reason
from data.journal import CallRecord
from data.records import Edit, Hint, Turn
from ui import kit
from ui.call.loop_start import address
from ui.call.why import judged, why_dialog, why_facts
from ui.kit import lang, words


def transcript(
    record: CallRecord, *, own: bool, why: Mapping[int, Reason] | None = None, again: str = ""
) -> None:
    """Every turn as an entry that others link to as ``#turn-INDEX``, edits and hints between them.

    ``own``: whether the reader is the trainee of this call; ``why``: by which direction the persona
    said each line, which names what the trainee has yet to do: None when the reader may not see it.
    ``again`` is the page on which a call can go on from a turn, "" when none can.
    """
    if not record.turns:
        kit.muted("Nobody spoke in this call.")
        return
    before: int | None = None
    asides = sorted(record.edits + record.hints, key=lambda aside: (aside.turn, aside.at))
    with kit.tag("ol", classes="rh-turns"):
        for turn in record.turns:
            for aside in asides:
                if aside.turn == turn.index:
                    _aside(record, aside, own=own, named=why is not None)
            _turn(record, turn, before, "You" if own else "Trainee", why, again)
            before = turn.intensity if turn.phase else before
        for aside in asides:
            if aside.turn > record.turns[-1].index:
                _aside(record, aside, own=own, named=why is not None)


def _turn(
    record: CallRecord,
    turn: Turn,
    before: int | None,
    who: str,
    why: Mapping[int, Reason] | None,
    again: str,
) -> None:
    trainee = turn.speaker == "trainee"
    side = "rh-turn-trainee" if trainee else "rh-turn-persona"
    side += " rh-replayed" if turn.replayed else ""
    with kit.tag("li", classes=f"rh-turn {side}").props(f"id=turn-{turn.index}"):
        with kit.tag("div", classes="rh-turn-head rh-small"):
            kit.tag("span", who if trainee else record.start.name, "rh-strong")
            kit.tag("span", _notes(record, turn), "rh-muted rh-number")
        lang.persona_words(kit.tag("p", turn.text, "rh-turn-text"), record.start.language)
        if trainee and turn.phase:
            _effect(turn, before, record.start.language, inside=why is not None)
        if why is not None and turn.index in why:
            _why(record, why[turn.index])
        if why is not None and turn.observer:
            kit.tag("p", f"Judged by {judged(turn)}.", "rh-muted rh-small")
        if again and trainee:
            link = kit.link_button(
                "Change this and go on from here",
                address(again, record.start.call, turn.index),
                kind="quiet",
            )
            link.classes("rh-small").mark(f"go-on-{turn.index}")


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


def _notes(record: CallRecord, turn: Turn) -> str:
    moment = "from the earlier call" if turn.replayed else words.clock(turn.begin)
    notes = [f"turn {turn.index + 1}", moment]
    if turn.source == "typed":
        notes.append("typed")
    if turn.interrupted:
        notes.append("interrupted")
    measured = record.answer_time(turn)
    if measured is not None:
        notes.append(f"answered after {measured:.1f} s")
    return " · ".join(notes)


def _effect(turn: Turn, before: int | None, language: str, *, inside: bool) -> None:
    kind = ""
    if before is not None and turn.intensity != before:
        kind = "rh-effect-worse" if turn.intensity > before else "rh-effect-better"
    with kit.tag("p", classes=f"rh-effect rh-small {kind}"):
        pieces = words.cause_pieces(turn.cause, inside=inside) or (("No change", False),)
        lang.line("span", pieces, language, "rh-strong")
        kit.tag("span", words.mood_line(turn.phase, turn.intensity), "rh-muted rh-number")


def _aside(record: CallRecord, aside: Edit | Hint, *, own: bool, named: bool) -> None:
    if isinstance(aside, Edit):
        _edit(aside)
        return
    reader = "you" if own else "the trainee"
    who = f"{aside.author} whispered to {reader}" if named else f"A coach whispered to {reader}"
    with kit.tag("li", classes="rh-turn-hint"):
        kit.tag("span", f"{who}, {words.clock(aside.at)}", "rh-muted rh-small rh-number")
        lang.anyone_s_words(kit.tag("p", aside.text))


def _edit(edit: Edit) -> None:
    if edit.outcome == "refused":
        text = f"An edit (version {edit.version}) was refused: {edit.reason}"
    elif edit.outcome == "overtaken":
        text = f"An edit (version {edit.version}) was never spoken by: {edit.reason}."
    else:
        text = f"From turn {edit.turn + 1} on, version {edit.version} of the persona spoke."
    kit.tag("li", text, "rh-edit rh-small")
