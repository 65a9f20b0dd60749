"""Simulations: every persona to practise with, to be searched and filtered."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nicegui import run, ui

from personas.model import Persona
from ui import access, kit, words
from ui.avatar import avatar
from ui.context import Studio
from ui.frame import frame
from ui.present_names import present_names

if TYPE_CHECKING:
    from data.calls import Summary
    from personas.library import Entry

STEP = 18
"""Cards drawn at once; with hundreds of personas the rest comes on request."""

ANY = "any"
DIFFICULTIES = {ANY: "Any", "easy": "Easy", "medium": "Medium", "hard": "Hard"}


@dataclass
class Choice:
    """What the user searches for; ``shown`` is how many cards are drawn at most."""

    search: str = ""
    difficulty: str = ANY
    language: str = ANY
    shown: int = STEP

    def fits(self, persona: Persona) -> bool:
        """Whether the persona is one of those asked for."""
        text = " ".join((persona.scenario, persona.name, persona.character, *persona.context))
        return (
            self.difficulty in (ANY, persona.difficulty)
            and self.language in (ANY, words.language_name(persona.language))
            and all(word in text.casefold() for word in self.search.casefold().split())
        )


def register(studio: Studio) -> None:
    """The page ``/``."""

    @ui.page("/")
    async def catalogue() -> None:
        user = access.require(studio)
        last = await run.io_bound(_last_calls, studio, user.name) or {}
        with frame(studio, "Simulations", keys=[("/", "Goes to the search")]):
            entries = studio.library.entries()
            personas = [entry.persona for entry in entries if entry.persona]
            _intro(len(personas))
            _simulations(personas, last)
            if access.is_author(user):
                _broken([entry for entry in entries if entry.errors])


def _intro(number: int) -> None:
    with kit.tag("div", classes="rh-stack-tight"):
        kit.heading("Simulations")
        if number:
            kit.muted("Choose a customer, take the call, and see what to do better next time.")


def _simulations(personas: list[Persona], last: "dict[str, Summary]") -> None:
    if not personas:
        with kit.tag("div", classes="rh-empty"):
            kit.heading("There is no customer to practise with yet", 2)
            kit.muted("An author adds one as a markdown file; it appears here at once.")
        return
    choice = Choice()

    @ui.refreshable
    def cards() -> None:
        found = [persona for persona in personas if choice.fits(persona)]
        _result(found, choice, last, more)

    def change(**values: str | int) -> None:
        for name, value in {"shown": STEP, **values}.items():
            setattr(choice, name, value)
        cards.refresh()

    def more() -> None:
        change(shown=choice.shown + STEP)

    _filters(personas, change)
    cards()


def _filters(personas: list[Persona], change: kit.Handler) -> None:
    names = sorted({words.language_name(persona.language) for persona in personas})
    languages = {ANY: "Any"} | {name: name for name in names}
    with kit.tag("search", classes="rh-filters").props('aria-label="Simulations"'):
        search = ui.input("Search", on_change=lambda e: change(search=e.value or ""))
        search.props("outlined clearable debounce=150 type=search")
        search.classes("rh-search").mark("search")
        for label, options, name in (
            ("Difficulty", DIFFICULTIES, "difficulty"),
            ("Language", languages, "language"),
        ):
            select = ui.select(options, label=label, value=ANY)
            select.on_value_change(lambda e, name=name: change(**{name: e.value}))
            select.props("outlined ").classes("rh-filter").mark(name)


def _result(
    found: list[Persona], choice: Choice, last: "dict[str, Summary]", more: kit.Handler
) -> None:
    with kit.tag("p", words.count(len(found), "simulation"), "rh-muted rh-small") as number:
        number.props("role=status")
    if not found:
        with kit.tag("div", classes="rh-empty"):
            kit.heading("Nothing fits that search", 2)
            kit.muted("Try fewer words, or set difficulty and language back to any.")
    with kit.tag("ul", classes="rh-grid"):
        for persona in found[: choice.shown]:
            with kit.tag("li"):
                _card(persona, last.get(persona.slug))
    rest = len(found) - choice.shown
    if rest > 0:
        kit.button(f"Show {min(rest, STEP)} more", more).classes("rh-center")


def _card(persona: Persona, last: "Summary | None") -> None:
    with kit.tag("article", classes="rh-card rh-simulation"):
        with kit.tag("div", classes="rh-simulation-head"):
            avatar(persona.name, 48)
            with kit.tag("div", classes="rh-grow"):
                kit.heading(persona.scenario, 2)
                kit.tag("p", persona.name, "rh-muted")
        with kit.tag("div", classes="rh-line"):
            kit.difficulty_badge(persona.difficulty)
            kit.tag("span", words.language_name(persona.language), "rh-badge")
        line = persona.context[0] if persona.context else persona.character
        kit.tag("p", line, "rh-simulation-line").props(f'lang="{persona.language}"')
        with kit.tag("div", classes="rh-simulation-foot"):
            _last(last)
            start = kit.link_button("Start Practice", f"/call/{persona.slug}", kind="primary")
            start.props["aria-label"] = f"Start Practice: {persona.scenario}, {persona.name}"


def _last(last: "Summary | None") -> None:
    if last is None:
        kit.tag("p", "Not practised yet", "rh-muted rh-small")
    elif last.score is None:
        kit.tag("p", "Last call: no score", "rh-muted rh-small")
    else:
        result = "passed" if last.passed else "not passed"
        kit.tag("p", f"Last score {words.score(last.score)}, {result}", "rh-small rh-number")


def _broken(entries: "list[Entry]") -> None:
    """For authors: the personas whose file has errors, each with the first one."""
    if not entries:
        return
    with kit.tag("section", classes="rh-stack").props('aria-label="Files with errors"'):
        kit.heading("Files with errors", 2)
        kit.muted("Trainees do not see this list.")
        for entry in entries:
            first = entry.errors[0]
            with kit.tag("div", classes="rh-card rh-broken"):
                with kit.tag("div", classes="rh-grow"):
                    kit.tag("p", entry.path.name, "rh-strong")
                    kit.tag("p", f"Line {first.line}: {first.message}", "rh-bad")
                    if entry.persona:
                        kit.muted("Calls go on with the last good version.")
                kit.link_button("Mend it", f"/studio/{entry.slug}")


def _last_calls(studio: Studio, user: str) -> "dict[str, Summary]":
    """The newest finished call of that user with each persona, by its present name."""
    finished = [call for call in studio.archive.list(user) if call.ended is not None]
    slugs = present_names(studio, finished)
    return dict(reversed(list(zip(slugs, finished, strict=True))))
