"""Turns that a text model sees differently, while the call goes on: tables of who comes when."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from itertools import permutations
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from livekit.agents.voice import SpeechHandle

from agent.engines.base import Engine
from agent.engines.gemini.spec import SPEC as GEMINI
from agent.engines.offline.spec import SPEC as OFFLINE
from agent.protocol.brief import Brief
from agent.protocol.messages import Caption, End, Event, Mood, Say, TurnDone, Usage
from agent.providers.endpoints import ProviderEndpoint
from agent.providers.model_observer import ModelObserver
from agent.providers.text_model import TextModel
from agent.simulation.directing.assessment import assess
from agent.simulation.directing.director import (
    Match,
    Observation,
    State,
    Step,
    advance,
    begin,
    carry,
)
from agent.simulation.directing.ledger import Ledger, directed
from agent.simulation.history import History
from agent.simulation.observing import second_opinion
from agent.simulation.observing.observer import LexicalObserver
from agent.simulation.observing.second_opinion import LATE, LIMIT, NotSeen, TurnModel, View
from agent.worker.conversation import Conversation
from agent.worker.job import LAST_VIEW, Job
from data.calls import Archive
from data.records import CallEnd, CallStart, ModelUse, Turn
from data.store import Store
from personas.model import Persona
from personas.parse import examine
from tests.support.clock import PATIENCE, at_once, now, until
from tests.support.fakes.text_model import KEY, TextServer, verdict
from tests.support.job_stage import Stage, ended, joined
from tests.support.talk import EDITED, TEXT, Notes, persona_of

# Google's client inherits from a class of aiohttp that would rather be left alone.
pytestmark = pytest.mark.filterwarnings("ignore:Inheritance class AiohttpClientSession")

PERSONA = persona_of(TEXT)
CALM, MOVED = (rule.id for rule in PERSONA.triggers)
APOLOGY, OWNING = (rule.id for rule in PERSONA.deescalations)
REFUND, TIME = (rule.id for rule in PERSONA.criteria)
LEXICAL = LexicalObserver(PERSONA)


@dataclass
class Answer:
    """What the model says of a turn after ``delay`` seconds: rules, or a failure's code."""

    delay: float
    rules: tuple[str, ...] = ()
    hostile: bool = False
    failure: str = ""
    retry: bool = True

    def observation(self, text: str) -> Observation:
        """Its view, with the whole turn as the quote."""
        matches = tuple(Match(rule, text, 0.9, "model") for rule in self.rules)
        return Observation(text, matches, self.hostile, source="model")

    def outcome(self, text: str) -> Observation:
        """What the turn should follow from in the end."""
        words = LEXICAL.observe(text)
        if self.delay >= LIMIT:
            return replace(words, stand_in=LATE)
        if self.failure:
            return replace(words, stand_in=self.failure)
        # What a view says nothing of stays as the words had it.
        return replace(self.observation(text), facts=words.facts, act=words.act)


@dataclass
class Model:
    """A text model whose answers, by the turn's words, are given."""

    answers: dict[str, Answer]
    asked: list[tuple[str, str, int]] = field(default_factory=list)
    running: int = 0

    async def observe(self, persona: Persona, text: str, past: History) -> View:
        self.asked.append((text, persona.version, len(past)))
        answer = self.answers[text]
        self.running += 1
        try:
            await asyncio.sleep(answer.delay)
        finally:
            self.running -= 1
        use = ModelUse("observer", "llm", "p", "m", input_tokens=100)
        if answer.failure:
            raise NotSeen(answer.failure, "no view", retry=answer.retry, use=use)
        return View(answer.observation(text), use)


class Directed(Notes):
    """An engine that replies by itself, or not, and notes its directions."""

    def __init__(self, *, itself: bool) -> None:
        super().__init__()
        self.spec = GEMINI if itself else OFFLINE
        self.directed: list[tuple[float, str]] = []
        self.slow = 0.0

    async def direct(self, step: Step) -> None:
        await asyncio.sleep(self.slow)
        self.directed.append((now(), step.direction.text))

    def answer(self, text: str, step: Step) -> SpeechHandle:
        self.asked.append(step.direction.text)
        self.handles.append(SpeechHandle.create())
        return self.handles[-1]


class Talk:
    """A conversation with a model beside it; ``told`` has the time of each event."""

    def __init__(
        self, answers: dict[str, Answer], *, itself: bool = False, model: TurnModel | None = None
    ) -> None:
        self.told: list[tuple[float, Event]] = []
        self.spent: list[ModelUse] = []
        self.engine = Directed(itself=itself)
        self.model = Model(answers)
        self.version = PERSONA.version
        brief = Brief("c1", "sarah", TEXT, PERSONA.version, "notes", "trainee-ann")
        self.talk = Conversation(
            brief,
            PERSONA,
            cast(Engine, self.engine),
            LexicalObserver,
            lambda event: self.told.append((now(), event)),
            models=lambda engine: None if engine == "unwatched" else model or self.model,
            spent=self.spent.append,
        )

    def said(self, text: str) -> None:
        if self.engine.capabilities.replies_itself:
            self.talk.trainee_was_heard(text)
        else:
            self.talk.trainee_said(text, "voice")

    @property
    def turns(self) -> list[Turn]:
        """The turns as they stand in the end: what is told later of an index counts."""
        last = {e.turn.index: e.turn for _, e in self.told if isinstance(e, TurnDone)}
        return [last[index] for index in sorted(last)]

    def tellings(self, index: int) -> list[tuple[float, Turn]]:
        return [(t, e.turn) for t, e in self.told if isinstance(e, TurnDone)
                and e.turn.index == index]  # fmt: skip

    @property
    def moods(self) -> list[tuple[float, Mood]]:
        return [(at, event) for at, event in self.told if isinstance(event, Mood)]


def play(story: Callable[[], Coroutine[Any, Any, Talk]]) -> Talk:
    """That story at once, and nothing of it going on after it."""

    async def main() -> Talk:
        talk = await story()
        await talk.talk.aclose(30)
        assert talk.model.running == 0
        assert asyncio.all_tasks() == {asyncio.current_task()}
        return talk

    return at_once(main())


Happening = tuple[str, str]
"""``trainee`` or ``persona`` with words, ``edit`` with a persona's text."""


def folded(happenings: list[Happening], answers: dict[str, Answer]) -> list[Turn]:
    """The turns as they follow from what counts in the end, worked out by the director alone."""
    persona, state = PERSONA, begin(PERSONA)
    turns: list[Turn] = []
    for what, words in happenings:
        if what == "edit":
            persona = persona_of(words)
            state = carry(persona, state)
            continue
        turn = Turn(len(turns), cast(Any, what), words, 0.0, end=0.0)
        if what == "trainee":
            turn = replace(turn, version=persona.version)
            seen = answers[words].outcome(words)
            step = advance(persona, state, seen)
            state = step.state
            turn = directed(turn, step)
        turns.append(replace(turn, phase=state.phase, intensity=state.intensity))
    return turns


def comparable(turns: list[Turn]) -> list[Turn]:
    """Less what is the line's own: a line under way is still the old version's."""
    return [
        replace(
            turn,
            begin=0.0,
            end=0.0,
            direction="",
            version=turn.version if turn.speaker == "trainee" else "",
        )
        for turn in turns
    ]


def perform(
    happenings: list[Happening], answers: dict[str, Answer], gap: float, *, itself: bool = False
) -> Talk:
    """The happenings one after the other, ``gap`` seconds apart."""

    async def story() -> Talk:
        talk = Talk(answers, itself=itself)
        for what, words in happenings:
            if what == "trainee":
                talk.said(words)
            elif what == "persona":
                talk.talk.persona_said(words, interrupted=False)
            else:
                # The observer of the new text is made on a thread, which no jumping clock awaits.
                talk.talk._ledger.edited(persona_of(words))
            await asyncio.sleep(gap)
        return talk

    return play(story)


# ---- whatever comes when, the same comes out ----

SORRY = "I am so sorry, I apologise."
REALLY = "I get why you are upset."
PROMISE = "It will be there on Friday at noon."
TALK: list[Happening] = [
    ("persona", "I was charged twice!"),
    ("trainee", SORRY),
    ("persona", "Well."),
    ("trainee", REALLY),
    ("persona", "So?"),
    ("trainee", PROMISE),
]
VIEWS = {
    SORRY: Answer(0.5, (CALM,)),  # against the words: it was mockery
    REALLY: Answer(0.5, (APOLOGY, OWNING)),
    PROMISE: Answer(0.5, (TIME, REFUND)),
}


@pytest.mark.parametrize("itself", [False, True])
@pytest.mark.parametrize("gap", [0.0, 0.3, 5.0])
@pytest.mark.parametrize("delays", [*permutations([0.1, 1.5, 3.9])])
def test_the_order_of_arrival_changes_nothing(
    delays: tuple[float, ...], gap: float, itself: bool
) -> None:
    answers = {text: replace(VIEWS[text], delay=d) for text, d in zip(VIEWS, delays, strict=True)}
    talk = perform(TALK, answers, gap, itself=itself)
    assert comparable(talk.turns) == folded(TALK, answers)
    assert [turn.observer for turn in talk.turns if turn.speaker == "trainee"] == ["model"] * 3
    assert (talk.moods[-1][1].intensity, talk.moods[-1][1].phase) == (
        talk.turns[-1].intensity, talk.turns[-1].phase,
    )  # fmt: skip
    assert talk.talk.resolved == talk.moods[-1][1].resolved


@pytest.mark.parametrize(
    ("first", "second", "third"),
    [
        ("late", "seen", "seen"),
        ("seen", "late", "seen"),
        ("seen", "seen", "late"),
        ("late", "late", "late"),
        ("failed", "seen", "late"),
        ("seen", "failed", "failed"),
    ],
)
def test_the_words_stand_in_for_what_is_late_or_fails(first: str, second: str, third: str) -> None:
    ways = dict(zip(VIEWS, (first, second, third), strict=True))
    answers = {
        text: replace(
            view,
            delay=LIMIT + 1 if ways[text] == "late" else 1.0,
            failure="malformed" if ways[text] == "failed" else "",
        )
        for text, view in VIEWS.items()
    }
    talk = perform(TALK, answers, 0.5)
    assert comparable(talk.turns) == folded(TALK, answers)
    trainee = [turn for turn in talk.turns if turn.speaker == "trainee"]
    codes = {"late": LATE, "failed": "malformed", "seen": ""}
    assert [turn.stand_in for turn in trainee] == [codes[way] for way in ways.values()]
    assert [turn.observer == "model" for turn in trainee] == [w == "seen" for w in ways.values()]


@settings(deadline=None, max_examples=60)
@given(
    answers=st.lists(
        st.builds(
            Answer,
            delay=st.floats(0, 6),
            rules=st.lists(st.sampled_from([r.id for r in PERSONA.rules]), unique=True).map(tuple),
            hostile=st.booleans(),
            failure=st.sampled_from(["", "", "malformed"]),
        ),
        min_size=1,
        max_size=6,
    ),
    gap=st.floats(0, 3),
    edit=st.integers(0, 6),
)
def test_any_call_comes_out_as_the_director_alone_would_have_it(
    answers: list[Answer], gap: float, edit: int
) -> None:
    views = {f"turn {number}": answer for number, answer in enumerate(answers)}
    happenings: list[Happening] = []
    for text in views:
        happenings += [("trainee", text), ("persona", f"after {text}")]
    happenings.insert(edit, ("edit", EDITED))
    talk = perform(happenings, views, gap)
    assert comparable(talk.turns) == folded(happenings, views)


def test_an_edit_between_a_turn_and_its_view() -> None:
    """The turn is judged by the rules that held when it was said."""
    happenings = [("trainee", REALLY), ("edit", EDITED), ("trainee", SORRY)]
    answers = {REALLY: Answer(2.0, (APOLOGY,)), SORRY: Answer(0.1, (APOLOGY,))}
    talk = perform(happenings, answers, 0.5)
    assert comparable(talk.turns) == folded(happenings, answers)
    assert [turn.intensity for turn in talk.turns] == [6, 4]  # 8 - 2, then half of 4
    assert [version for _, version, _ in talk.model.asked] == [
        PERSONA.version, persona_of(EDITED).version,
    ]  # fmt: skip


# ---- nothing waits ----


def test_a_turn_is_told_and_answered_before_the_model_says_anything() -> None:
    async def story() -> Talk:
        talk = Talk({REALLY: Answer(1.0, (APOLOGY,))})
        talk.said(REALLY)
        assert [type(event) for _, event in talk.told] == [Caption, TurnDone, Mood]
        assert talk.turns[0].observer == "lexical"
        assert len(talk.engine.asked) == 1
        assert talk.model.asked == []
        return talk

    talk = play(story)
    (at, first), (later, second) = talk.tellings(0)
    assert (at, first.intensity, first.matched) == (0.0, 8, ())
    assert (later, second.intensity, second.matched) == (1.0, 6, (APOLOGY,))
    assert (second.text, second.begin, second.end) == (first.text, first.begin, first.end)
    assert second.source == first.source
    assert second.quotes == (REALLY,)
    assert [type(event) for _, event in talk.told[-2:]] == [TurnDone, Mood]
    assert (talk.moods[-1][1].intensity, talk.moods[-1][1].matched) == (6, (APOLOGY,))
    assert [use.input_tokens for use in talk.spent] == [100]


def test_a_view_that_agrees_is_noted_and_moves_nothing() -> None:
    words = LEXICAL.observe(SORRY)

    class Agrees:
        async def observe(self, persona: Persona, text: str, past: History) -> View:
            return View(replace(words, source="model"))

    async def story() -> Talk:
        talk = Talk({}, itself=True, model=Agrees())
        talk.said(SORRY)
        await asyncio.sleep(1)
        return talk

    talk = play(story)
    assert [turn.observer for _, turn in talk.tellings(0)] == ["lexical", "model"]
    assert (len(talk.moods), len(talk.engine.directed)) == (1, 1)


def test_the_persona_s_turns_in_between_bear_the_state_that_they_had_in_truth() -> None:
    happenings = [("trainee", REALLY), ("persona", "Hm."), ("persona", "Hello?")]
    talk = perform(happenings, {REALLY: Answer(1.0, (CALM,))}, 0.1)
    assert [turn.intensity for turn in talk.turns] == [10, 10, 10]
    assert [len(talk.tellings(index)) for index in range(3)] == [2, 2, 2]


def test_a_late_view_is_late_at_the_limit_and_changes_nothing_after_it() -> None:
    talk = perform([("trainee", REALLY)], {REALLY: Answer(100.0, (APOLOGY,))}, 30.0)
    (_, first), (at, second) = talk.tellings(0)
    assert at == pytest.approx(LIMIT)
    assert second == replace(first, stand_in=LATE)
    assert len(talk.moods) == 1


def test_the_model_hears_what_was_said_before_the_turn() -> None:
    talk = perform(TALK, VIEWS, 1.0)
    assert [(text, before) for text, _, before in talk.model.asked] == [
        (SORRY, 1), (REALLY, 3), (PROMISE, 5),
    ]  # fmt: skip


def test_a_resolution_can_be_seen_and_unseen() -> None:
    steps: list[Happening] = [("trainee", SORRY), ("trainee", REALLY), ("trainee", PROMISE)]
    views = {
        SORRY: Answer(0.2, (OWNING, APOLOGY)),
        REALLY: Answer(0.1, (REFUND,)),
        PROMISE: Answer(0.1, (TIME,)),
    }
    assert perform(steps, views, 1.0).talk.resolved
    # The first view comes last: without it, nothing was low enough; with hostility it stays so.
    slow = {**views, SORRY: Answer(3.5, (OWNING, APOLOGY))}
    assert perform(steps, slow, 1.0).talk.resolved
    assert not perform(steps, {**slow, SORRY: Answer(3.5, (), hostile=True)}, 1.0).talk.resolved


# ---- the engine's side ----


def test_a_model_that_replies_by_itself_gets_the_corrected_direction() -> None:
    talk = perform([("trainee", REALLY)], {REALLY: Answer(1.0, (CALM,))}, 3.0, itself=True)
    (first, words), (second, corrected) = talk.engine.directed
    assert (first, second) == (0.0, 1.0)
    assert words != corrected
    assert "calm down" in corrected


def test_an_engine_that_is_asked_for_each_line_gets_it_with_the_next() -> None:
    happenings: list[Happening] = [("trainee", REALLY), ("trainee", PROMISE)]
    answers = {REALLY: Answer(1.0, (CALM,)), PROMISE: Answer(1.0)}
    talk = perform(happenings, answers, 3.0)
    assert talk.engine.directed == []
    first, second = talk.engine.asked
    assert "(8/10)" in first
    assert "(10/10)" in second


def test_a_direction_under_way_is_followed_by_the_latest_only() -> None:
    async def story() -> Talk:
        talk = Talk({REALLY: Answer(0.1, (CALM,)), SORRY: Answer(0.2, (OWNING,))}, itself=True)
        talk.engine.slow = 2.0
        talk.said(REALLY)
        talk.said(SORRY)
        await asyncio.sleep(10)
        return talk

    talk = play(story)
    assert [at for at, _ in talk.engine.directed] == [2.0, 4.0]
    assert "owning the mistake" in talk.engine.directed[-1][1]


def test_a_direction_that_does_not_arrive_holds_nothing_up(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def story() -> Talk:
        talk = Talk({REALLY: Answer(0.1, (CALM,)), SORRY: Answer(0.1, (OWNING,))}, itself=True)
        talk.engine.slow = 1e6
        talk.said(REALLY)
        await asyncio.sleep(11)
        talk.engine.slow = 0.0
        talk.said(SORRY)
        await asyncio.sleep(1)
        return talk

    assert len(play(story).engine.directed) == 2
    assert caplog.text.count("a direction did not arrive") == 2


def test_a_line_that_the_model_begins_bears_the_direction_in_force() -> None:
    async def story() -> Talk:
        talk = Talk({REALLY: Answer(1.0, (CALM,))}, itself=True)
        talk.said(REALLY)
        for _ in range(2):
            handle = SpeechHandle.create()
            talk.talk.reply_begun(handle)
            talk.talk.persona_said("Hm.", interrupted=False)
            handle._mark_done()
            await asyncio.sleep(2)
        return talk

    talk = play(story)
    before, after = (turn.direction for turn in talk.turns if turn.speaker == "persona")
    assert [before, after] == [text for _, text in talk.engine.directed]


def test_a_new_engine_answers_the_turn_as_it_was_seen_in_the_end() -> None:
    async def story() -> Talk:
        talk = Talk({REALLY: Answer(0.5, (CALM,))})
        talk.said(REALLY)
        await asyncio.sleep(1)
        talk.talk.engine = cast(Engine, Directed(itself=False))
        talk.talk.resume()
        assert "(10/10)" in cast(Directed, talk.talk.engine).asked[0]
        return talk

    play(story)


def test_an_engine_that_takes_over_and_wants_no_model_has_none() -> None:
    """As the offline one, after which nothing is to leave the machine."""

    async def story() -> Talk:
        talk = Talk({REALLY: Answer(0.5, (CALM,)), SORRY: Answer(0.5)}, itself=True)
        talk.said(REALLY)
        talk.engine.spec = replace(OFFLINE, name="unwatched")
        talk.said(SORRY)
        await asyncio.sleep(1)
        return talk

    talk = play(story)
    assert [text for text, _, _ in talk.model.asked] == [REALLY]
    assert [(turn.observer, turn.stand_in) for turn in talk.turns] == [
        ("model", ""), ("lexical", ""),
    ]  # fmt: skip


# ---- a model that fails ----


def test_what_no_second_try_mends_is_not_tried_again() -> None:
    answers = {SORRY: Answer(0.1, failure="wrong_key", retry=False), REALLY: Answer(0.1)}
    happenings: list[Happening] = [("trainee", SORRY), ("trainee", REALLY)]
    talk = perform(happenings, answers, 1.0)
    assert [text for text, _, _ in talk.model.asked] == [SORRY]
    assert [turn.stand_in for turn in talk.turns] == ["wrong_key", "wrong_key"]
    assert [turn.observer for turn in talk.turns] == ["lexical", "lexical"]
    assert len(talk.tellings(1)) == 1


def test_what_a_second_try_may_mend_is_tried_with_each_turn() -> None:
    answers = {SORRY: Answer(0.1, failure="rate_limit"), REALLY: Answer(0.1, (APOLOGY,))}
    talk = perform([("trainee", SORRY), ("trainee", REALLY)], answers, 1.0)
    assert [(turn.observer, turn.stand_in) for turn in talk.turns] == [
        ("lexical", "rate_limit"), ("model", ""),
    ]  # fmt: skip


def test_a_fault_of_our_own_costs_the_view_only(caplog: pytest.LogCaptureFixture) -> None:
    class Broken:
        async def observe(self, persona: Persona, text: str, past: History) -> View:
            raise ZeroDivisionError

    async def story() -> Talk:
        talk = Talk({}, model=Broken())
        talk.said(SORRY)
        await asyncio.sleep(1)
        return talk

    assert [turn.stand_in for turn in play(story).turns] == ["failed"]
    assert "ZeroDivisionError" in caplog.text


# ---- the end ----


@pytest.mark.parametrize(("delay", "stand_in"), [(0.9, ""), (1.1, LATE)])
def test_the_end_waits_a_little_for_the_last_turn(delay: float, stand_in: str) -> None:
    async def story() -> Talk:
        talk = Talk({SORRY: Answer(delay, (CALM,)), REALLY: Answer(0.2)})
        talk.said(SORRY)
        talk.said(REALLY)
        await talk.talk.aclose(1.0)
        assert now() == pytest.approx(min(delay, 1.0))
        assert talk.model.running == 0
        return talk

    talk = play(story)
    assert [turn.stand_in for turn in talk.turns] == [stand_in, ""]
    assert len(talk.tellings(0)) == 2


class Watched(Stage):
    """A job with a model beside it, whose answer comes after ``delay``."""

    delay = 0.5

    async def _run(self) -> None:
        model = Model({"Hello?": Answer(self.delay, (self.rule,))})
        context = cast(Any, self.context)
        job = Job(context, self.board, self.make, LexicalObserver, models=lambda engine: model)
        await job.run()

    @property
    def rule(self) -> str:
        persona = examine(self.context_text, "ann").persona
        assert persona is not None
        return persona.criteria[0].id

    @property
    def context_text(self) -> str:
        return Brief.load(self.context.job.metadata).text


@pytest.mark.parametrize(
    ("delay", "observer", "after"), [(0.5, "model", 0.5), (3.0, "lexical", LAST_VIEW)]
)
def test_a_job_ends_with_what_the_model_saw(delay: float, observer: str, after: float) -> None:
    async def main() -> Watched:
        Watched.delay = delay
        stage = Watched()
        await joined(stage)
        stage.command(Say("Hello?"))
        await until(lambda: any(isinstance(event, TurnDone) for event in stage.events))
        stage.command(End("ended"))
        began = now()
        await stage.running
        assert now() - began == pytest.approx(after, abs=0.1)
        await asyncio.sleep(0)
        assert asyncio.all_tasks() == {asyncio.current_task()}
        return stage

    stage = at_once(main())
    assert ended(stage).reason == "ended"
    turns = [event.turn for event in stage.events if isinstance(event, TurnDone)]
    assert turns[-1].observer == observer
    used = [event.models for event in stage.events if isinstance(event, Usage)]
    assert [[use.engine for use in models] for models in used] == (
        [["observer"]] if observer == "model" else []
    )
    assert bool(turns[-1].matched) == (observer == "model")


# ---- the ledger by itself ----


def test_a_turn_that_nobody_said_cannot_be_seen_differently() -> None:
    ledger = Ledger(PERSONA)
    ledger.spoke(Turn(0, "persona", "Hello?", 0.0))
    for index in (0, 1):
        with pytest.raises(KeyError):
            ledger.revise(index, Observation(""))
    assert ledger.step is None
    assert ledger.state == begin(PERSONA)


def test_foreseeing_changes_nothing() -> None:
    ledger = Ledger(PERSONA)
    seen = Answer(0, (CALM,)).observation("x")
    assert ledger.foresee(seen).state.intensity == 10
    assert ledger.state == begin(PERSONA)
    before: State = ledger.state
    _, step = ledger.heard(Turn(0, "trainee", "x", 0.0), seen)
    assert step == advance(PERSONA, before, seen)


# ---- a whole call in text, with the real client ----

CALL = [
    ("I get why you are cross, that one is on us.", [(OWNING, "that one is on us", 0.9)]),
    ("Truly, we blew it and I feel awful.", [(APOLOGY, "I feel awful", 0.8)]),
    ("You get every penny of it.", [(REFUND, "You get every penny of it", 0.95)]),
    ("You have it by Friday noon.", [(TIME, "by Friday noon", 0.9), (CALM, "calm yourself", 1.0)]),
]


def call_source(server: TextServer, way: str) -> ProviderEndpoint:
    if way == "gemini":
        return ProviderEndpoint("llm", "google", server.base_url, "gemini-2.5-flash", KEY)
    return ProviderEndpoint("llm", "compatible", f"{server.base_url}/v1", "m", KEY)


async def whole_call(
    server: TextServer, way: str, tmp_path: Path
) -> tuple[list[Turn], bool, dict[str, Any]]:
    """That call, kept in an archive; its turns there, whether it was resolved, its scorecard."""
    store = Store(tmp_path)
    archive = Archive(tmp_path, store, assess)
    start = CallStart("a" * 16, "ann", "sarah", "Sarah", "Billing", PERSONA.version, "notes",
                      "en-US", 0.0)  # fmt: skip
    record = archive.open(start, TEXT)
    model = TextModel(call_source(server, way))
    talk = Talk({}, model=ModelObserver(model))
    for words, _ in CALL:
        talk.said(words)
        talk.talk.persona_said("Hm.", interrupted=False)
        if server.fault != "silent":
            await asyncio.sleep(0.1)
    await talk.talk.aclose(60)
    await asyncio.to_thread(model.close)
    for _, event in talk.told:
        if isinstance(event, TurnDone):
            record.turn(event.turn)
    record.close(CallEnd(60.0, "ended", talk.talk.resolved))
    kept = archive.get(start.call)
    store.close()
    assert kept is not None
    assert kept.turns == tuple(talk.turns)
    assert kept.scorecard is not None
    return list(kept.turns), talk.talk.resolved, kept.scorecard


@pytest.mark.parametrize("way", ["openai", "gemini"])
async def test_a_whole_call_is_judged_by_the_model(
    way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(second_opinion, "LIMIT", PATIENCE)
    by_words = dict(CALL)
    with TextServer(lambda asked: verdict(*by_words[asked.latest])) as server:
        turns, resolved, card = await whole_call(server, way, tmp_path)
    assert resolved
    trainee = [turn for turn in turns if turn.speaker == "trainee"]
    assert [turn.observer for turn in trainee] == ["model"] * 4
    assert [turn.matched for turn in trainee] == [(OWNING,), (APOLOGY,), (REFUND,), (TIME,)]
    assert [turn.intensity for turn in turns] == [5, 5, 3, 3, 3, 3, 3, 3]
    assert (card["score"], card["passed"]) == (0, False)  # none of its objectives was shown


@pytest.mark.parametrize("way", ["openai", "gemini"])
@pytest.mark.parametrize("fault", ["wrong_key", "rate_limit", "malformed", "closed", "silent"])
async def test_a_whole_call_goes_on_by_words_when_the_model_fails(
    way: str, fault: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(second_opinion, "LIMIT", 0.5 if fault == "silent" else PATIENCE)
    with TextServer() as server:
        server.fault = fault
        turns, resolved, _ = await whole_call(server, way, tmp_path)
    trainee = [turn for turn in turns if turn.speaker == "trainee"]
    assert {turn.observer for turn in trainee} == {"lexical"}
    assert {turn.stand_in for turn in trainee} == {LATE if fault == "silent" else fault}
    assert not resolved
    state = begin(PERSONA)
    for turn in trainee:
        step = advance(PERSONA, state, LEXICAL.observe(turn.text))
        state = step.state
        assert (turn.intensity, turn.matched) == (state.intensity, step.matched)
