"""**Try a sentence**: what the text in the editor makes of a trainee's words, without a call, and
how it is taught to read them otherwise."""

import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from nicegui import run, ui

from agent.simulation.acting.actor import Actor
from agent.simulation.directing.director import Match, Observation, Step, advance, begin
from agent.simulation.directing.facts import asked
from data.records import Turn
from personas.anonymous import Replaced, anonymous
from personas.model import Fact, Persona
from ui import kit
from ui.auth import access
from ui.context import Studio
from ui.kit import lang, words
from ui.kit.debounce import Debounce
from ui.kit.turn_reading import Seen, Standing, draw, read_by, rule_options, teaching

if TYPE_CHECKING:
    from agent.simulation.observing.observer import Observer
    from personas.submarks import ExampleMark

log = logging.getLogger(__name__)

PAUSE = 0.25
"""Seconds without a keystroke before the sentence is read."""
LONGEST = 5_000
"""Characters that are read; nobody says more in one turn."""
EMPTY = (
    "Nothing to read yet. Write what a trainee might say, such as “I'm so sorry about that.” You "
    "then see what counts, what is unsure, and what the customer would answer."
)
WAIT = "Reading … The first sentence takes a few seconds, since the text is learnt before it."
NOTHING = "Not read: no rule of this text counts for it."


class Asked(NamedTuple):
    """What the page's address asks to try: words of a trainee, what the customer said before them,
    and for which rule ("" for none yet) they are to be an example of that mark. ``replaced`` is
    what was taken out of the words, since it told of whom they are."""

    text: str
    before: str = ""
    rule: str = ""
    mark: "ExampleMark" = "like"
    replaced: tuple[Replaced, ...] = ()


class Taught(NamedTuple):
    """What came of writing an example: ``line`` (1-based) is 0 when nothing was written; ``words``
    say why not, or what the checker says of it."""

    line: int
    words: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """A sentence as the first turn of a call; ``waiting`` are the facts that it asks for and that
    are not told yet."""

    observed: Observation
    step: Step
    waiting: tuple[Fact, ...]
    reply: str


def try_sentence(persona: Persona, observer: "Observer", text: str, before: str = "") -> Trial:
    """What the persona makes of a trainee's sentence; ``before`` is its own last line."""
    observed = observer.observe(text)
    start = begin(persona)
    step = advance(persona, start, observed)
    said = before or next(iter(persona.phases[0].lines), "")
    actor = Actor(persona, past=[said] if said else [])
    _, waiting = asked(persona, step.state, step.observation.facts)
    return Trial(observed, step, waiting, actor.answer(text, step))


def asked_of(
    turns: tuple[Turn, ...], index: int, rule: str, mark: str, names: Iterable[str]
) -> Asked | None:
    """That turn of a call, to be tried without names and numbers, those ``names`` of the trainee
    among them; None when there is no such turn of the trainee."""
    place = next((n for n, turn in enumerate(turns) if turn.index == index), None)
    if place is None or turns[place].speaker != "trainee":
        return None
    spoken = [turn.text for turn in turns[:place] if turn.speaker == "persona"]
    before = spoken[-1] if spoken else ""
    said = anonymous(turns[place].text, names)
    like: ExampleMark = "unlike" if mark == "unlike" else "like"
    return Asked(said.text, before, rule, like, said.replaced)


def names_of(studio: Studio, user: str) -> tuple[str, ...]:
    """What the person is called who has that account."""
    account = studio.users.get(user)
    return (user, account.display) if account else (user,)


async def asked_to_try(studio: Studio) -> Asked | None:
    """What the page's address asks to try, for an author; None when there is no such turn."""
    told = ui.context.client.request.query_params
    call, turn = told.get("try", ""), told.get("turn", "")
    number = turn.isdecimal() and len(turn) < 10
    if not call or not number or not access.is_author(access.require(studio)):
        return None
    await studio.calls.written()
    record = await run.io_bound(studio.archive.get, call)
    if record is None:
        return None
    names = names_of(studio, record.start.user)
    return asked_of(record.turns, int(turn), told.get("rule", ""), told.get("as", ""), names)


class TrySentence:
    """The pane; ``make`` gives the observer of a persona, off the app's loop.

    ``teach`` writes an example into the unsaved text: it is given a rule's id, the mark and the
    sentence as it stands in the box. ``lead`` makes a button the way to a line. ``models``: in
    calls a text model observes, too.
    """

    def __init__(
        self,
        make: Callable[[Persona], "Observer"],
        teach: Callable[[str, "ExampleMark", str], Awaitable[Taught]],
        lead: Callable[[ui.element, int], None],
        *,
        models: bool = False,
    ) -> None:
        self._make = make
        self._models = models
        self._teach = teach
        self._lead = lead
        self._persona: Persona | None = None
        self._error = 0
        self._open = False
        self._reading = 0
        self._wish: tuple[str, ExampleMark] = ("", "like")
        self._observer: tuple[str, Observer] | None = None
        self._later = Debounce(PAUSE, self._read, postpone=True)
        with kit.tag("section", classes="rh-pane rh-pane-try").props('aria-label="Try a sentence"'):
            self._build()
        ui.context.client.on_delete(self._later.cancel)

    def _build(self) -> None:
        with kit.tag("div", classes="rh-try-box"):
            kit.muted(
                "See what this text makes of a trainee's words, saved or not. No call is made, and "
                "nothing is kept."
            ).classes("rh-small")
            self._sentence = ui.textarea("What the trainee says").mark("try-sentence")
            self._sentence.props(f"outlined autogrow rows=2 maxlength={LONGEST}")
            self._sentence.on_value_change(self._changed)
            self._before = ui.select(
                {"": "Its opening line"}, label="What the customer said before", value=""
            )
            self._before.props("outlined dense options-dense").mark("try-before")
            self._before.classes("rh-try-before").on_value_change(self._changed)
        self._told = kit.tag("div", classes="rh-said").props("role=status tabindex=-1")
        self._box = kit.tag("div", classes="rh-stack rh-try-read").props("aria-live=polite")
        with self._box:
            kit.muted(EMPTY)

    @property
    def text(self) -> str:
        """The sentence as it stands in the box."""
        return (self._sentence.value or "")[:LONGEST].strip()

    def meet(self, persona: Persona | None, error: int) -> None:
        """The text was read anew: the last persona that could be read, and the line of the error
        that keeps the text itself from it (0 for none)."""
        if (persona, error) == (self._persona, self._error):
            return
        self._persona, self._error = persona, error
        if persona is not None:
            self._offer_lines(persona)
        if self._open:
            self._later.soon()

    def open(self, seen: bool) -> None:
        """Whether it is looked at: nothing is read before."""
        if seen and not self._open:
            self._later.soon()
        self._open = seen

    def take(self, asked: Asked) -> None:
        """Try these words; nothing is written yet."""
        self._wish = asked.rule, asked.mark
        if self._persona is not None:
            self._offer_lines(self._persona, asked.before)
        self._before.set_value(asked.before)
        self._sentence.set_value(asked.text)
        self._tell(_taken_out(asked.replaced), "warn")
        self._later.soon()

    def _offer_lines(self, persona: Persona, also: str = "") -> None:
        own = [line for phase in persona.phases for line in phase.lines]
        own += [line for rule in persona.rules for line in rule.replies]
        chosen = also or str(self._before.value or "")
        lines = dict.fromkeys([*filter(None, [chosen]), *own])
        lang.persona_words(self._sentence, persona.language)
        self._before.set_options({"": "Its opening line"} | {line: line for line in lines})

    def _changed(self) -> None:
        self._tell("")
        self._later.soon()

    def _tell(self, text: str, kind: str = "good", line: int = 0) -> None:
        self._told.clear()
        if not text:
            return
        with self._told, kit.tag("div", classes=f"rh-message rh-message-{kind} rh-offer"):
            kit.tag("p", text)
            if line:
                self._lead(kit.button("Show it"), line)

    # ---- reading ----

    async def _read(self) -> None:
        self._reading += 1
        mine, persona, text = self._reading, self._persona, self.text
        before = str(self._before.value or "")
        trial = None
        if persona is not None and text:
            self._ask_to_wait()
            trial = await run.io_bound(self._look, persona, text, before)
        if mine != self._reading or self._box.is_deleted:
            return  # something else is read by now
        self._box.clear()
        with self._box:
            self._show_error()
            if persona is None:
                return
            if not text:
                kit.muted(EMPTY)
            elif trial is None:
                kit.message("This could not be read. The console says why.")
            else:
                self._show(persona, trial)

    def _ask_to_wait(self) -> None:
        if self._observer is None:
            self._box.clear()
            with self._box:
                kit.muted(WAIT)

    def _look(self, persona: Persona, text: str, before: str) -> Trial | None:
        """On a thread: learning a text may take a second."""
        try:
            if self._observer is None or self._observer[0] != persona.version:
                self._observer = persona.version, self._make(persona)
            return try_sentence(persona, self._observer[1], text, before)
        except Exception:
            log.exception("a sentence could not be tried")
            return None

    # ---- what is shown ----

    def _show_error(self) -> None:
        if not self._error:
            return
        line = f"Line {self._error} of the text has an error"
        if self._persona is None:
            kit.message(f"{line}. Mend it; then sentences can be tried.", "warn")
        else:
            words = f"{line}. Read by the last version of it that could be used."
            kit.message(words, "warn").mark("try-stale")

    def _show(self, persona: Persona, trial: Trial) -> None:
        seen = _seen(persona, trial)
        kit.heading("What was read", 2)
        if trial.step.observation.hostile:
            kit.message("Read as an insult: it angers by itself.", "warn")
        if not any(each.standing == "counts" for each in seen):
            kit.tag("p", NOTHING).mark("not-read")
        draw(seen, persona.language, self._offer)
        self._show_facts(persona, trial)
        self._show_choice(persona, [each for each in seen if each.standing == "unsure"])
        self._show_answer(persona, trial)

    def _show_facts(self, persona: Persona, trial: Trial) -> None:
        sure = {fact.label: fact.confidence for fact in trial.step.observation.facts}
        told = trial.step.direction.facts
        lines = [("Asks for", fact) for fact in told]
        lines += [("Asks for, but it is not told yet", fact) for fact in trial.waiting]
        for lead, fact in lines:
            with kit.tag("p", classes="rh-small").mark("asks-for"):
                kit.tag("span", f"{lead}: ", "rh-muted")
                lang.persona_words(kit.tag("span", fact.label or fact.value, "rh-strong"),
                                   persona.language)  # fmt: skip
                kit.tag("span", f" ({100 * sure.get(fact.label or fact.value, 1):.0f} % sure)",
                        "rh-muted rh-number")  # fmt: skip

    def _show_choice(self, persona: Persona, unsure: list[Seen]) -> None:
        rule, mark = self._wish
        options = rule_options(persona.rules, [each.rule.id for each in unsure])
        if not options:
            return
        with kit.tag("div", classes="rh-try-teach"):
            choice = ui.select(
                options, label="This should count for …", value=rule if rule in options else None
            )
            choice.props("outlined dense options-dense").mark("try-rule")
            choice.classes("rh-try-before")

            async def write(mark: "ExampleMark") -> None:
                if choice.value:
                    await self._write(str(choice.value), mark)

            with kit.tag("div", classes="rh-line"):
                for label, each in (("Should count", "like"), ("Should not count", "unlike")):
                    other = bool(rule) and each != mark
                    button = kit.button(
                        label, lambda each=each: write(each), kind="quiet" if other else "plain"
                    )
                    button.mark(f"teach-{each}-chosen")
                    button.bind_enabled_from(choice, "value", backward=bool)

    def _offer(self, label: str, rule: str, mark: "ExampleMark") -> ui.button:
        button = kit.button(label, lambda: self._write(rule, mark), kind="quiet")
        return button.mark(teaching(mark, rule))

    def _show_answer(self, persona: Persona, trial: Trial) -> None:
        state = trial.step.state
        kit.heading("What the customer would answer", 2)
        with kit.tag("p", classes="rh-quote").mark("try-reply"):
            lang.persona_words(kit.tag("q", trial.reply), persona.language)
        with kit.tag("p", classes="rh-small rh-muted"):
            pieces = words.cause_pieces(trial.step.cause)
            lang.line("span", pieces, persona.language)
            kit.tag("span", f". {words.mood_line(state.phase, state.intensity)}.", "rh-number")
        source = read_by(trial.observed.source)
        also = " In a call the text model looks at each turn as well." if self._models else ""
        kit.tag(
            "p",
            f"As the first turn of a call, read by {source}, with the lines that the offline "
            f"customer chooses; a model puts them in words of its own.{also}",
            "rh-small rh-muted",
        )

    # ---- teaching ----

    async def _write(self, rule: str, mark: "ExampleMark") -> None:
        taught = await self._teach(rule, mark, self.text)
        if self._told.is_deleted:
            return
        if not taught.line:
            self._tell(taught.words, "warn")
            return
        self._wish = ("", "like")
        said = f"Written on line {taught.line}. Save keeps it; Ctrl+Z in the text takes it back."
        if taught.words:
            self._tell(f"{said} The checker says: {taught.words}.", "warn", taught.line)
        else:
            self._tell(said, "good", taught.line)
        kit.focus(self._told)  # the button that was pressed is far below it, and is drawn anew


def _taken_out(replaced: Iterable[Replaced]) -> str:
    """What an author is told of a trainee's words before they are written."""
    last = "Nothing is written yet: what stands in the box is what will be."
    pairs = ", ".join(f"“{each.said}” became {each.by}" for each in replaced)
    if not pairs:
        return f"No name and no number was found in these words. Look yourself, too. {last}"
    return f"Taken out of the trainee's words: {pairs}. Look for more. {last}"


def _seen(persona: Persona, trial: Trial) -> list[Seen]:
    """What counts first, then what is unsure, then what was only asked or offered."""
    decided = trial.step.observation
    known = {match.rule for match in (*decided.matches, *decided.unsure)}
    dropped = [match for match in trial.observed.matches if match.rule not in known]
    unlike = [m for m in dropped if m.source == "example" and not m.confidence]
    groups: list[tuple[Standing, Iterable[Match]]] = [
        ("counts", decided.matches),
        ("unsure", decided.unsure),
        ("asked", [match for match in dropped if match.asked and match not in unlike]),
        ("unlike", unlike),
    ]
    return [
        Seen(rule, match.quote, match.confidence or None, standing, match.source)
        for standing, matches in groups
        for match in matches
        if (rule := persona.rule(match.rule)) is not None
    ]
