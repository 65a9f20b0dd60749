"""Simulations: every persona to practise with, to be searched and filtered."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from nicegui import run, ui

from agent.simulation.reviewing.next_practice import next_practice
from data.store import StoreError
from personas.model import Persona
from ui import kit
from ui.auth import access
from ui.auth.proxy import prefix
from ui.call.engine import engine_of
from ui.call.own_calls import calls_going_on
from ui.catalogue.next_practice import next_line, practised_by
from ui.context import Studio
from ui.kit import lang, words
from ui.kit.avatar import avatar
from ui.kit.briefing import opening
from ui.kit.frame import frame
from ui.kit.more import menu_item, more_button
from ui.kit.persona_lists import follow, personas_of
from ui.kit.publishing import publish_file, publish_item, unpublished_badge
from ui.kit.search import SEARCH, finds, search_field

if TYPE_CHECKING:
    from agent.simulation.reviewing.next_practice import Practised
    from data.calls import Summary
    from data.users import User
    from personas.library import Entry

STEP = 15
"""Cards drawn at once; with hundreds of personas the rest comes on request."""

SHORT = 110
"""Characters of a text that a card shows whole."""

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
        language = words.language_name(persona.language)
        badges = (DIFFICULTIES.get(persona.difficulty, ""), language, persona.language)
        text = " ".join((persona.scenario, persona.name, *badges, persona.briefing))
        return (
            self.difficulty in (ANY, persona.difficulty)
            and self.language in (ANY, language)
            and finds(self.search, text)
        )

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> "Choice":
        """What the page's address asks for, so that it is still there on the way back."""
        difficulty = asked.get("difficulty", ANY)
        return cls(
            asked.get("search", "")[:SEARCH],
            difficulty if difficulty in DIFFICULTIES else ANY,
            asked.get("language", ANY),
        )

    @property
    def address(self) -> str:
        """The address of the page with what is searched for."""
        values = {"search": self.search, "difficulty": self.difficulty, "language": self.language}
        asked = {name: value for name, value in values.items() if value not in ("", ANY)}
        return f"/?{urlencode(asked)}" if asked else "/"


def register(studio: Studio) -> None:
    """The page ``/``."""

    @kit.page("/")
    async def catalogue() -> None:
        user = access.require(studio)
        last = await run.io_bound(_last_calls, studio, user.name) or {}
        practised = await run.io_bound(practised_by, studio, user.name) or {}
        with frame(studio, "Simulations", keys=[("/", "Goes to the search")]):
            calls_going_on(studio, user.name)
            _Catalogue(studio, last, practised, user=user)


class _Catalogue:
    """The page's content; it follows the folder, and what was searched for stays."""

    def __init__(
        self,
        studio: Studio,
        last: "dict[str, Summary]",
        practised: "dict[str, Practised]",
        *,
        user: "User",
    ) -> None:
        self._studio = studio
        self._last = last
        self._practised = practised
        self._user = user
        self._author = access.is_author(user)
        request = ui.context.client.request
        self._choice = Choice.of(request.query_params)
        self._spoken = lang.spoken(request.headers.get("accept-language", ""))
        with kit.tag("div", classes="rh-stack-tight"):
            kit.heading("Simulations")
            self._intro = kit.muted(
                "Choose a customer, take the call, and see what to do better next time."
            )
        self._next = kit.tag("div", classes="rh-contents")
        self._filters()
        self._cards = kit.tag("div", classes="rh-contents")
        self._broken = kit.tag("div", classes="rh-contents")
        self._draw()
        follow(studio, self._seen, self._draw)

    def _personas(self) -> list[Persona]:
        """All that can be called: those first who speak what the visitor's browser does, then whom
        the present setup understands, the easy ones before the hard ones."""
        seen = [
            entry for entry in self._studio.library.entries() if access.may_meet(self._user, entry)
        ]
        return sorted((entry.persona for entry in seen if entry.persona), key=self._place)

    def _place(self, persona: Persona) -> tuple[int, bool, int, str]:
        place = list(DIFFICULTIES).index(persona.difficulty)
        language = persona.language.partition("-")[0].lower()
        known = [*self._spoken, language].index(language)
        return known, self._typed(persona), place, persona.scenario

    def _typed(self, persona: Persona) -> bool:
        """Whether its trainee types, since nobody understands speech in its language."""
        engine = engine_of(self._studio, persona)
        return not engine.hears(persona.language, self._studio.settings)

    def _errors(self) -> "list[Entry]":
        return [e for e in self._studio.library.entries() if e.errors] if self._author else []

    def _published(self, persona: Persona) -> bool:
        entry = self._studio.library.get(persona.slug)
        return entry is None or entry.published

    def _seen(self) -> object:
        """What the page shows of the files."""
        cards = [(p.slug, p.scenario, p.name, p.difficulty, p.language, self._typed(p), p.exam,
                  p.briefing, self._published(p))
                 for p in self._personas()]  # fmt: skip
        return cards, [(e.slug, e.errors[0], e.persona is None) for e in self._errors()]

    def _draw(self) -> None:
        personas = self._personas()
        names = sorted({words.language_name(persona.language) for persona in personas})
        languages = {ANY: "Any"} | {name: name for name in names}
        if self._choice.language not in languages:
            self._choice.language = ANY
        self._language.set_options(languages, value=self._choice.language)
        self._search.set_visibility(bool(personas))
        self._intro.set_visibility(bool(personas))
        self._next.clear()
        with self._next:
            next_line(next_practice(personas, self._practised))
        self._draw_cards()
        self._broken.clear()
        self._broken.set_visibility(bool(self._errors()))
        with self._broken:
            _broken(self._errors())

    def _draw_cards(self) -> None:
        personas, choice = self._personas(), self._choice
        self._cards.clear()
        with self._cards:
            if personas:
                found = [persona for persona in personas if choice.fits(persona)]
                _result(found, choice, self._draw_card, self._more, self._clear)
                return
            with kit.tag("div", classes="rh-empty"):
                kit.heading("There is no customer to practise with yet", 2)
                kit.muted("An author adds one as a markdown file; it appears here at once.")

    def _draw_card(self, persona: Persona) -> None:
        published = self._published(persona)
        menu = partial(self._menu, persona, published) if self._author else None
        last, typed = self._last.get(persona.slug), self._typed(persona)
        _card(persona, last, typed=typed, published=published, menu=menu)

    def _menu(self, persona: Persona, published: bool) -> None:
        """For authors: what can be done with it besides calling it."""
        publish = publish_file(self._studio, persona.slug, self._user.name)

        def build() -> None:
            publish_item(publish, persona.slug, published=published)
            editor = f"/studio/{persona.slug}"
            menu_item("Open in the Studio", lambda: ui.navigate.to(editor), f"edit-{persona.slug}")

        label = f"More for {persona.scenario}, {persona.name}"
        more_button(label, f"more-{persona.slug}", build)

    def _change(self, **values: str | int) -> None:
        for name, value in {"shown": STEP, **values}.items():
            setattr(self._choice, name, value)
        ui.navigate.history.replace(prefix() + self._choice.address)
        self._draw_cards()

    def _clear(self) -> None:
        for field, value in ((self._text, ""), (self._difficulty, ANY), (self._language, ANY)):
            field.set_value(value)
        kit.focus(self._text)  # the button that had it is gone

    def _more(self) -> None:
        self._change(shown=self._choice.shown + STEP)

    def _filters(self) -> None:
        with kit.tag("search", classes="rh-filters") as self._search:
            self._search.props('aria-label="Simulations"')
            self._text = search_field(lambda text: self._change(search=text), self._choice.search)
            chosen = self._choice.difficulty
            self._difficulty = self._select("Difficulty", DIFFICULTIES, "difficulty", chosen)
            self._language = self._select("Language", {ANY: "Any"}, "language", ANY)

    def _select(self, label: str, options: dict[str, str], name: str, chosen: str) -> ui.select:
        select = ui.select(options, label=label, value=chosen)
        select.on_value_change(lambda event: self._change(**{name: event.value}))
        return select.props("outlined").mark(name)


def _result(
    found: list[Persona],
    choice: Choice,
    card: Callable[[Persona], None],
    more: Callable[[], None],
    clear: Callable[[], None],
) -> None:
    with kit.tag("p", words.count(len(found), "simulation"), "rh-muted rh-small") as number:
        number.props("role=status")
    if not found:
        with kit.tag("div", classes="rh-empty"):
            kit.heading("Nothing fits that search", 2)
            kit.muted("Try fewer words, or look through all of them.")
            kit.button("Clear filters", clear).mark("clear-filters")
    with kit.tag("ul", classes="rh-grid"):
        for persona in found[: choice.shown]:
            with kit.tag("li"):
                card(persona)
    rest = len(found) - choice.shown
    if rest > 0:
        kit.button(f"Show {min(rest, STEP)} more", more).classes("rh-center")


def _card(
    persona: Persona,
    last: "Summary | None",
    *,
    typed: bool,
    published: bool,
    menu: Callable[[], None] | None,
) -> None:
    with kit.tag("article", classes="rh-card rh-simulation"):
        with kit.tag("div", classes="rh-simulation-head"):
            avatar(persona.name, 48)
            with kit.tag("div", classes="rh-grow"):
                kit.heading(persona.scenario, 2)
                kit.tag("p", persona.name, "rh-muted")
            if menu is not None:
                menu()
        with kit.tag("div", classes="rh-line"):
            kit.difficulty_badge(persona.difficulty)
            kit.tag("span", words.language_name(persona.language), "rh-badge")
            if not published:
                unpublished_badge()
            if typed:
                kit.tag("span", "You type", "rh-badge")
            if persona.exam:
                kit.tag("span", "Exam", "rh-badge")
        _story(opening(persona), persona.language)
        with kit.tag("div", classes="rh-simulation-foot"):
            _last(last)
            start = kit.link_button("Start Practice", f"/call/{persona.slug}", kind="primary")
            start.props["aria-label"] = f"Start Practice: {persona.scenario}, {persona.name}"


def _story(text: str, language: str) -> None:
    """What it is about; a long text is cut on the card, and unfolds at a click."""
    if not text:
        kit.muted("There is no briefing for this call.")
    elif len(text) <= SHORT:
        lang.persona_words(kit.tag("p", text, "rh-simulation-line"), language)
    else:
        with kit.tag("details", classes="rh-simulation-more"), kit.tag("summary"):
            lang.persona_words(kit.tag("span", text, "rh-simulation-line"), language)
            kit.tag("span", "All of it", "rh-simulation-all")


def _last(last: "Summary | None") -> None:
    if last is None:
        kit.tag("p", "Not practised yet", "rh-muted rh-small")
    elif last.score is None:
        kit.tag("p", "Last call: not scored", "rh-muted rh-small")
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
                kit.link_button("Fix it in the Studio", f"/studio/{entry.slug}")


def _last_calls(studio: Studio, user: str) -> "dict[str, Summary]":
    """The newest scored call of that user with each persona, by its present name; where there is
    none, the newest finished one. Without the list of calls, none."""
    finished, last = studio.archive.finished, {}
    with suppress(StoreError):
        for slug, names in personas_of(studio, user).items():
            call = finished.last(user, names, scored=True) or finished.last(user, names)
            if call is not None:
                last[slug] = call
    return last
