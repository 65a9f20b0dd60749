"""The dialogs in which a coach judges or comments, and a trainee claims."""

from collections.abc import Mapping
from typing import Any

from nicegui import ui

from agent.simulation.reviewing.imperative import imperative
from data.annotations import LONGEST
from data.journal import CallRecord
from data.records import Turn
from personas.model import Persona
from ui import kit
from ui.kit import lang, words

SHOWN = 60
"""Characters of a turn in a list to choose from."""


async def ask_judgement(
    record: CallRecord, item: dict[str, Any], claimed: int | None
) -> tuple[bool, int | None, str] | None:
    """Whether the coach says that the objective was shown, in which turn, and a comment; None when
    they leave it. ``claimed`` is the turn that the trainee names."""
    read = bool(item["shown"])
    with kit.dialog("Was it shown?") as dialog:
        lang.persona_words(kit.tag("p", str(item["text"]), "rh-strong"), record.start.language)
        kit.muted(
            f"It was read as {'shown' if read else 'not shown'}. That stays beside your word."
        )
        shown = ui.radio({True: "Shown", False: "Not shown"}, value=not read).props("inline")
        turn = _turns(record, "Said in (optional)", claimed).mark("judge-turn")
        turn.bind_visibility_from(shown, "value")
        hint = kit.muted("With a turn, its words can become an example in the customer's text.")
        hint.classes("rh-small").bind_visibility_from(shown, "value")
        text = _note("Comment for the trainee (optional)")
        _buttons(dialog, "Save")
    if not await _answered(dialog):
        return None
    return bool(shown.value), turn.value, str(text.value or "")


async def ask_claim(
    record: CallRecord, claimable: dict[str, str], rule: str, at: int | None
) -> tuple[str, int | None, str] | None:
    """The objective, the turn and a note of a trainee's claim; None when they leave it."""
    with kit.dialog("I did say that") as dialog:
        kit.muted("A coach looks at it and decides. The call itself stays as it is.")
        which = ui.select(claimable, label="What did you do?", value=rule or None)
        which.props("outlined options-dense").mark("claim-rule")
        lang.persona_words(which, record.start.language)
        turn = _turns(record, "Where did you say it?", at).mark("claim-turn")
        text = _note("Anything to add? (optional)")
        send = _buttons(dialog, "Ask a coach")
        send.bind_enabled_from(which, "value", backward=bool)
    if not await _answered(dialog) or not which.value:
        return None
    return str(which.value), turn.value, str(text.value or "")


async def ask_comment(record: CallRecord, turn: Turn | None, moment: float | None = None) -> str:
    """A coach's comment on that turn, or on that second of the recording; "" when they leave it."""
    with kit.dialog("Comment") as dialog:
        if moment is not None:
            kit.tag("p", f"At {words.clock(moment)} of the recording.", "rh-strong rh-number")
        if turn is not None:
            with kit.tag("p"):
                kit.tag("span", f"Turn {turn.index + 1}: ", "rh-muted")
                lang.persona_words(kit.tag("q", turn.text), record.start.language)
        text = _note("What the trainee should know of it").props("autofocus").mark("comment-text")
        _buttons(dialog, "Save")
    return str(text.value or "").strip() if await _answered(dialog) else ""


def objective_words(item: Mapping[str, Any], persona: Persona | None) -> str:
    """An objective as the trainee is told it; as its file has it where that cannot be read."""
    rule = persona.rule(str(item.get("id"))) if persona is not None else None
    if persona is None or rule is None:
        return str(item.get("text"))
    return imperative(rule, persona).rstrip(".")


def _turns(record: CallRecord, label: str, chosen: int | None) -> ui.select:
    own = [t for t in record.turns if t.speaker == "trainee" and not t.replayed]
    options: dict[int | None, str] = {None: "No turn in particular"}
    options |= {turn.index: f"Turn {turn.index + 1}: {_short(turn.text)}" for turn in own}
    select = ui.select(options, label=label, value=chosen if chosen in options else None)
    lang.persona_words(select, record.start.language)
    return select.props("outlined options-dense")


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN].rstrip()} …"


def _note(label: str) -> ui.textarea:
    return ui.textarea(label).props(f"outlined autogrow rows=2 maxlength={LONGEST}").mark("note")


def _buttons(dialog: ui.dialog, label: str) -> ui.button:
    with kit.tag("div", classes="rh-line"):
        save = kit.button(label, lambda: dialog.submit(True), kind="primary").mark("do-it")
        kit.button("Cancel", dialog.close)
    return save


async def _answered(dialog: ui.dialog) -> bool:
    answer = await dialog
    kit.discard(dialog)  # whoever leaves the page with it open has deleted it
    return bool(answer)
