"""Why did it say that: what is behind a line of the persona, on a report and in a live call."""

from nicegui import run, ui

from agent.engines.length import measure
from agent.engines.why import Reason, Seen, Why
from data.journal import CallRecord
from data.records import Turn
from ui import kit
from ui.context import Studio
from ui.kit import lang, words

UNDIRECTED = (
    "None of a turn: it opened the call, broke a silence, or answered of its own accord before "
    "one had come."
)
LATE = (
    "This voice answers as it hears, so this direction was made of what was said before; that of "
    "the turn itself came with the next line."
)


def why_facts(reason: Reason) -> None:
    """What is behind a line, as a list of names and words."""
    with kit.tag("dl", classes="rh-why-facts rh-small"):
        if reason.answered is not None:
            _fact("It answered", f"{reason.answered.text} (turn {reason.answered.index + 1})")
            _fact("What was noticed", *(_seen(each) for each in reason.seen))
            if reason.answered.phase:
                _fact("What it changed", _course(reason.answered))
            if reason.answered.observer:
                _fact("Judged by", judged(reason.answered))
        direction = reason.turn.direction or UNDIRECTED
        _fact("Stage direction", direction, *([LATE] if reason.late else []))
        if reason.places:
            _fact(
                "Its words stand in", *(f"line {each.line}: {each.what}" for each in reason.places)
            )
        _fact("Voice", _voice(reason))


def judged(turn: Turn) -> str:
    """Who saw what the turn did."""
    if turn.observer == "model":
        return "the text model"
    who = "the reader of this machine" if turn.observer == "reader" else "its words alone"
    if turn.stand_in:
        return f"{who}, since the text model {words.stand_in(turn.stand_in)}"
    return who


def prompt_of(reason: Reason, language: str) -> None:
    """The whole prompt behind a line, or why there is none."""
    if reason.turn.replayed:
        kit.muted("It was said in the call that this one goes on from; its prompt is there.")
    elif not reason.engine.capabilities.prompted:
        title = reason.engine.title.lower()
        kit.muted(f"No model was asked: the {title} actor chose among the lines of the text.")
    elif not reason.prompt:
        kit.muted("The record of this call does not hold the text of that version.")
    else:
        tokens = measure(reason.prompt, language).tokens
        long = f"{len(reason.prompt):,} characters, about {tokens:,} tokens"
        kit.tag("p", f"The prompt of version {reason.version}: {long}.", "rh-small")
        prompt = kit.tag("pre", reason.prompt, "rh-prompt").props("tabindex=0")
        lang.persona_words(prompt, language)


def why_dialog(reason: Reason, name: str, language: str) -> None:
    """Open a dialog about that line; it is made when it is asked for, since prompts are long."""
    with kit.dialog("Why did it say that?", "rh-card rh-why-dialog") as dialog:
        with kit.tag("p"):
            kit.tag("span", f"{name}, turn {reason.turn.index + 1}: ", "rh-muted")
            lang.persona_words(kit.tag("q", reason.turn.text), language)
        why_facts(reason)
        prompt_of(reason, language)
        with kit.tag("div", classes="rh-line"):
            kit.button("Close", dialog.close, kind="primary")
    dialog.on("hide", dialog.delete)
    dialog.open()


async def ask_live(studio: Studio, call: str, index: int) -> None:
    """The same during a call, from its record."""
    found = await run.io_bound(_look, studio, call, index)
    if found is None:
        ui.notify("The record of this call cannot be read just now. Try again in a moment.")
        return
    record, reason = found
    why_dialog(reason, record.start.name, record.start.language)


def _look(studio: Studio, call: str, index: int) -> tuple[CallRecord, Reason] | None:
    record = studio.archive.get(call)
    turn = next((each for each in record.turns if each.index == index), None) if record else None
    return (record, Why(record, studio.engines).reason(turn)) if record and turn else None


def _fact(name: str, *texts: str) -> None:
    kit.tag("dt", name)
    with kit.tag("dd"):
        for text in texts or ("Nothing that the persona has a rule for.",):
            kit.tag("p", text)


def _seen(seen: Seen) -> str:
    change = f" ({seen.change:+d})" if seen.change else ""
    line = f", line {seen.line}" if seen.line else ""
    return f"{seen.words}{change}{line}: \u201c{seen.quote}\u201d"


def _course(turn: Turn) -> str:
    return (
        f"{words.cause(turn.cause) or 'No change'}. {words.mood_line(turn.phase, turn.intensity)}"
    )


def _voice(reason: Reason) -> str:
    earlier = " of the earlier call" if reason.turn.replayed else ""
    return f"{reason.engine.title}, version {reason.version}{earlier}"
