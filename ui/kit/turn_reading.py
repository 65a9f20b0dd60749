"""What was read in a turn of the trainee, for authors: each rule with the words that show it, how
sure that is and by whom, and the ways to teach it better.

It is drawn alike beside the editor, on a report, in a call and on the page of those who listen.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlencode

from nicegui import ui

from data.records import Turn
from personas.model import Kind, Persona, Rule
from ui import kit
from ui.kit import lang

if TYPE_CHECKING:
    from personas.submarks import ExampleMark

Offer = Callable[[str, str, "ExampleMark"], ui.element]
"""Draws the button or link of that label which teaches a rule (by id, "" when none is chosen yet)
that the turn is meant by it (``like``) or not (``unlike``)."""
Standing = Literal["counts", "unsure", "asked", "unlike"]
"""Whether it counts, is not sure enough, was only asked or offered, or is kept out by an example of
the text."""

KINDS: dict[Kind, str] = {
    "trigger": "Makes it worse",
    "deescalation": "Calms",
    "criterion": "The customer waits for it",
    "objective": "Objective",
}
READERS = {
    "lexical": "the word lists",
    "reader": "the reader",
    "example": "an example in the text",
    "model": "the text model",
}
STANDINGS: dict[Standing, tuple[str, str]] = {
    "counts": ("good", "Counts"),
    "unsure": ("warn", "Unsure, moves nothing"),
    "asked": ("plain", "Only asked or offered, moves nothing"),
    "unlike": ("plain", "Does not count, by an example in the text"),
}


@dataclass(frozen=True, slots=True)
class Seen:
    """A rule that was read in a turn, with the words that show it; ``confidence`` 0-1, None where
    the record has none; ``source`` as in ``Match``."""

    rule: Rule
    quote: str
    confidence: float | None
    standing: Standing
    source: str


def seen_in(turn: Turn, persona: Persona) -> list[Seen]:
    """What the record of a turn says was read in it, of the rules that the persona has."""
    sure = [*turn.confidences, *[None] * len(turn.matched)]
    counts = zip(turn.matched, turn.quotes, sure, strict=False)
    unsure = zip(turn.unsure, turn.unsure_quotes, turn.unsure_confidences, strict=False)
    found = [(*each, "counts") for each in counts] + [(*each, "unsure") for each in unsure]
    return [
        Seen(rule, quote, confidence, standing, turn.observer)  # type: ignore[arg-type]
        for name, quote, confidence, standing in found
        if (rule := persona.rule(name)) is not None
    ]


def kind_words(rule: Rule) -> str:
    """What a rule is for, with its change: ``Calms \u22122``."""
    change = f" {rule.change:+d}".replace("-", "\N{MINUS SIGN}") if rule.change else ""
    return f"{KINDS[rule.kind]}{change}"


def read_by(source: str) -> str:
    """Who read it, in words that follow "by"."""
    return READERS.get(source, source)


def draw(seen: Iterable[Seen], language: str, offer: Offer | None = None) -> None:
    """The rules as a list; ``offer`` draws what can be done about each."""
    with kit.tag("ul", classes="rh-seen"):
        for each in seen:
            with kit.tag("li", classes=f"rh-seen-{each.standing}").mark(f"seen-{each.standing}"):
                _draw(each, language, offer)


def _draw(seen: Seen, language: str, offer: Offer | None) -> None:
    look, standing = STANDINGS[seen.standing]
    with kit.tag("div", classes="rh-line rh-seen-head"):
        kit.tag("span", standing, f"rh-badge rh-badge-{look}")
        kit.tag("span", kind_words(seen.rule), "rh-muted rh-small rh-number")
        if offer is not None:
            _ways(seen, offer)
    lang.persona_words(kit.tag("p", seen.rule.text, "rh-strong"), language)
    if seen.quote:
        with kit.tag("p", classes="rh-small"):
            lang.our_words(kit.tag("span", "Shown by: ", "rh-muted"))
            lang.persona_words(kit.tag("q", seen.quote), language)
    if seen.confidence is not None:
        _sureness(seen.confidence, seen.source)


def _ways(seen: Seen, offer: Offer) -> None:
    with kit.tag("div", classes="rh-seen-ways"):
        if seen.standing != "counts":
            offer("Should count", seen.rule.id, "like")
        if seen.standing != "unlike":
            offer("Should not count", seen.rule.id, "unlike")


def _sureness(confidence: float, source: str) -> None:
    """A bar of ten and the figure beside it."""
    percent = round(100 * confidence)
    with kit.tag("div", classes="rh-sure rh-small"):
        with kit.tag("span", classes="rh-sure-bar").props("aria-hidden=true"):
            kit.tag("span").style(f"width: {percent}%")
        by = f", by {read_by(source)}" if source else ""
        kit.tag("span", f"{percent} % sure{by}", "rh-muted rh-number")


def unsure_lines(
    turn: Turn, persona: Persona | None, below: Callable[[Turn, Seen], None] | None = None
) -> None:
    """The rules that a turn may have matched, a line each, with what ``below`` draws; they moved
    nothing."""
    seen = seen_in(turn, persona) if persona is not None else []
    for each in seen:
        if each.standing != "unsure" or persona is None:
            continue
        with kit.tag("p", classes="rh-small rh-unsure").mark(f"unsure-{turn.index}"):
            kit.tag("span", "Unsure, moved nothing: ", "rh-strong")
            lang.persona_words(kit.tag("span", each.rule.text), persona.language)
            if each.confidence is not None:
                kit.tag("span", f" ({100 * each.confidence:.0f} % sure)", "rh-muted rh-number")
        if below is not None:
            below(turn, each)


def reading_button(turn: Turn, show: Callable[[], object]) -> ui.button:
    """The button at a turn that opens ``reading_dialog``."""
    button = kit.button("What was read", show, kind="quiet").props("aria-haspopup=dialog")
    return button.classes("rh-read-button").mark(f"read-{turn.index}")


def reading_dialog(turn: Turn, persona: Persona | None, offer: Offer | None) -> None:
    """Open what was read in a recorded turn; ``offer`` is None where the persona is gone."""
    with kit.dialog("What was read in this turn", "rh-card rh-why-dialog") as dialog:
        language = persona.language if persona is not None else ""
        closing = _closing(offer, dialog) if offer is not None else None
        with kit.tag("p"):
            kit.tag("span", f"Trainee, turn {turn.index + 1}: ", "rh-muted")
            lang.persona_words(kit.tag("q", turn.text), language)
        seen = seen_in(turn, persona) if persona is not None else []
        if not seen:
            kit.tag("p", "No rule of this customer was read in it.")
        draw(seen, language, closing)
        if turn.asked:
            kit.tag("p", f"It asks for: {', '.join(turn.asked)}.", "rh-small")
        if closing is not None:
            kit.muted(
                "Each of these leads to the editor, where the words stand without the names and "
                "numbers that were found. Only what you then choose there is written."
            )
        with kit.tag("div", classes="rh-line"):
            if closing is not None:
                closing("This should count for …", "", "like")
            kit.button("Close", dialog.close, kind="primary")
    dialog.on("hide", dialog.delete)
    dialog.open()


def _closing(offer: Offer, dialog: ui.dialog) -> Offer:
    """The same, which closes the dialog as well."""

    def closing(label: str, rule: str, mark: "ExampleMark") -> ui.element:
        return offer(label, rule, mark).on("click", dialog.close)

    return closing


def try_address(slug: str, call: str, turn: int, rule: str, mark: "ExampleMark") -> str:
    """The editor's address with that turn in **Try a sentence**; the words stay in the record."""
    asked: dict[str, str | int] = {"try": call, "turn": turn, "as": mark}
    return f"/studio/{slug}?{urlencode(asked | ({'rule': rule} if rule else {}))}"


def teaching(mark: "ExampleMark", rule: str) -> str:
    """The marks, for tests, of what teaches that rule."""
    return f"teach-{mark} teach-{mark}-{rule}"


def link_to_studio(slug: str, call: str, turn: int) -> Offer:
    """What leads to the editor of that persona, in a new tab: a call may be going on in this."""

    def offer(label: str, rule: str, mark: "ExampleMark") -> ui.link:
        address = try_address(slug, call, turn, rule, mark)
        link = kit.link_button(label, address, kind="quiet" if rule else "plain", new_tab=True)
        return link.mark(teaching(mark, rule))

    return offer


def rule_options(rules: Sequence[Rule], first: Iterable[str] = ()) -> dict[str, str]:
    """The rules to choose from by id, those in ``first`` before the others."""
    unsure = list(first)
    names = {rule.id: f"{kind_words(rule)}: {rule.text}" for rule in rules}
    known = {name: f"{names[name]} (unsure)" for name in unsure if name in names}
    return known | {name: label for name, label in names.items() if name not in known}
