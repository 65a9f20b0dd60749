"""The Gemini engine in whole calls: the real job and plugin, a server that speaks the protocol."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from livekit.agents.llm import RealtimeError
from livekit.agents.voice import SpeechHandle
from livekit.plugins.google.realtime import RealtimeModel

from agent.engines.gemini.engine import GeminiLive, voice_of
from agent.engines.turns import warm_models
from agent.protocol.messages import NewPersona, Say, Usage
from agent.simulation.acting.prompt import MARK
from agent.simulation.directing.director import Observation, advance, begin
from personas.model import Persona
from personas.parse import examine
from tests.support import solved_call
from tests.support.booth import Booth, booth, settings_of, timed
from tests.support.clock import PATIENCE, until
from tests.support.fakes.gemini import MODELS, FakeGemini, Fault, Talk
from tests.support.persona_text import FULL, PLAIN, swap

pytestmark = [
    pytest.mark.filterwarnings("ignore:Setting .LiveConnectConfig"),
    pytest.mark.filterwarnings("ignore:ConnectionClosed.code"),
]
"""What the plugin and Google's library warn each other of is not ours."""

OPENING = "Hello. My parcel is late."
LONG = "I have been waiting for this parcel for three weeks now, and nobody tells me a thing."
EDITED = swap("- Lives in Leeds", "- Lives in Oxford", PLAIN)


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    """Load the models now: a call would stand still meanwhile."""
    warm_models()


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeGemini:
    """Opens with the first call."""
    server = FakeGemini()
    monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate(tmp_path)))
    monkeypatch.setattr("agent.worker.recovery.PAUSES", (0.1, 0.1, 0.1))
    server.lines = [OPENING, "So where is it?", "Which day?", "And then?"]
    return server


@pytest.fixture
def play(fake: FakeGemini, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Booth]:
    """Plays a story of a call; returns what was left after it, once each connection is closed."""

    def play(story: Callable[[Booth], Awaitable[Any]], text: str = PLAIN, **environ: str) -> Booth:
        async def main() -> Booth:
            async with fake:
                given = {"GEMINI_BASE_URL": fake.url, "GOOGLE_API_KEY": "test", **environ}
                settings = settings_of(tmp_path, given)
                async with booth("gemini", settings, text, monkeypatch) as call:
                    await story(call)
                await until(lambda: all(talk.closed for talk in fake.talks))
            return call

        return asyncio.run(main())

    return play


async def opened(call: Booth) -> None:
    """Until the persona has opened the call."""
    await call.lines(1)


def directions(talk: Talk) -> list[str]:
    """The stage directions among what the model was told."""
    return [text for text in talk.texts if MARK in text]


@pytest.mark.parametrize("model", MODELS)
def test_the_persona_speaks_first_as_its_file_says(fake: FakeGemini, play: Any, model: str) -> None:
    call = play(opened, FULL, GEMINI_MODEL=model)
    assert call.said() == [OPENING]
    talk = fake.talk
    assert talk.model == model
    assert "You are Sarah Thompson" in talk.instructions
    assert "A gold tier customer who was charged twice." in talk.instructions
    assert (talk.voice, talk.language) == ("Kore", "th-TH")
    assert "speak first" in directions(talk)[0]
    assert "I was charged twice!" in directions(talk)[0]
    assert (call.end, call.troubles) == ("ended", [])


def test_the_model_is_told_what_to_keep_what_has_changed_and_when_it_hangs_up(
    fake: FakeGemini, play: Any
) -> None:
    async def story(call: Booth) -> None:
        told.extend(await solved_call.played(call, PATIENCE))

    told: list[str] = []
    fake.lines = [OPENING, *(f"This is line {n}." for n in range(len(solved_call.TURNS)))]
    call = play(story, solved_call.TEXT)
    solved_call.check(told, call.end)
    answered_by = directions(fake.talk)[1:]
    assert all(wanted in sent for wanted, sent in zip(told, answered_by, strict=True))
    assert '- "Account": only after "A sincere apology"' in fake.talk.instructions
    assert "the line is closed then" in fake.talk.instructions


def test_a_spoken_turn_is_recorded_whole_before_its_answer(fake: FakeGemini, play: Any) -> None:
    """The second half of the transcript comes when the answer has begun."""

    async def story(call: Booth) -> None:
        await opened(call)
        call.say("I am so sorry that you have to wait.")
        await call.lines(2)

    fake.hears = ["I am so sorry that you have to wait."]
    call = play(story)
    assert call.said() == [OPENING, fake.hears[0], "So where is it?"]
    assert [turn.source for turn in call.turns()] == ["voice"] * 3
    assert call.turns()[1].cause
    assert fake.talk.turns == 1
    assert fake.talk.heard > 2
    timed(call)


@pytest.mark.parametrize(
    ("named", "speaks"), [("", "Puck"), ("gemini: kore", "Kore"), ("gemini: Corey", "Puck")]
)
def test_only_voices_that_google_has_are_asked_for(named: str, speaks: str) -> None:
    persona = examine(f"---\nvoice: {{{named}}}\n---\n{PLAIN}", "ann").persona
    assert persona is not None
    assert voice_of(persona) == speaks


@pytest.mark.parametrize("patient", [True, False])
def test_the_direction_of_a_turn_reaches_the_next_line_and_cuts_none(
    fake: FakeGemini, play: Any, patient: bool
) -> None:
    fake.patient = patient

    async def story(call: Booth) -> None:
        await opened(call)
        call.say("I apologise for that.")
        await call.lines(2)
        await call.wait(lambda: len(directions(fake.talk)) == 2)
        call.say("It will be there on Monday.")
        await call.lines(3)

    fake.lines[1] = LONG
    fake.hears = ["I apologise for that.", "It will be there on Monday."]
    call = play(story)
    assert call.said("persona") == [OPENING, LONG, "Which day?"]
    assert fake.talk.cut == 0
    told = fake.talk.contents
    direction = next(each for each in told if each.text == directions(fake.talk)[1])
    assert (direction.role, direction.complete) == ("user", False)
    # What the record says of the third line is what the model was told before it.
    assert call.turns("persona")[2].direction in direction.text
    assert call.turns("persona")[2].direction


def test_a_typed_turn_goes_with_its_own_direction(fake: FakeGemini, play: Any) -> None:
    async def story(call: Booth) -> None:
        await opened(call)
        call.command(Say("I am sorry for the delay."))
        await call.lines(2)

    call = play(story)
    assert call.said() == [OPENING, "I am sorry for the delay.", "So where is it?"]
    assert call.turns()[1].source == "typed"
    told = fake.talk.texts
    at = told.index("I am sorry for the delay.")
    assert call.turns()[2].direction in told[at + 1]
    assert fake.talk.contents[-1].complete


def test_a_typed_turn_breaks_in(fake: FakeGemini, play: Any) -> None:
    async def story(call: Booth) -> None:
        await call.heard("I have been")
        call.command(Say("One moment, please."))
        await call.lines(2)

    fake.lines[0] = LONG
    call = play(story)
    opening, typed, answer = call.turns()
    assert opening.interrupted
    assert LONG.startswith(opening.text)
    assert len(opening.text) < len(LONG)
    assert (typed.text, answer.text) == ("One moment, please.", "So where is it?")
    assert opening.begin < opening.over < typed.begin + 0.5
    assert typed.begin == typed.over < answer.begin


def test_a_barge_in_stops_the_line_and_is_answered(fake: FakeGemini, play: Any) -> None:
    async def story(call: Booth) -> None:
        await call.heard("I have been")
        call.say("Wait a moment, please.")
        await call.lines(2)

    fake.lines[0] = LONG
    fake.hears = ["Wait a moment, please."]
    call = play(story)
    opening, turn, answer = call.turns()
    assert opening.interrupted
    assert len(opening.text) < len(LONG)
    assert (turn.text, answer.text) == ("Wait a moment, please.", "So where is it?")
    assert fake.talk.cut == 1
    timed(call)


def test_a_silence_is_broken(fake: FakeGemini, play: Any) -> None:
    async def story(call: Booth) -> None:
        await call.lines(2)

    call = play(story, "---\npatience: 3\n---\n" + PLAIN)
    assert call.said() == [OPENING, "So where is it?"]
    assert "said nothing for 3 seconds" in directions(fake.talk)[1]


def test_an_edit_lets_the_line_end_and_rebuilds_the_model_with_all_that_was_said(
    fake: FakeGemini, play: Any
) -> None:
    async def story(call: Booth) -> None:
        await opened(call)
        call.command(Say("I am sorry."))
        await call.wait(lambda: call.said("trainee"))
        await call.wait(lambda: call.status == "speaking")
        call.command(NewPersona(EDITED, "v2"))
        await call.lines(2)
        call.say("Where do you live?")
        await call.lines(3)

    fake.lines[1] = LONG
    fake.hears = ["Where do you live?"]
    fake.lines[2] = lambda talk: "Oxford." if "Oxford" in talk.instructions else "Leeds."
    call = play(story)
    assert call.edits == ["rebuilt"]
    assert call.said() == [OPENING, "I am sorry.", LONG, "Where do you live?", "Oxford."]
    assert not any(turn.interrupted for turn in call.turns())
    _, after = fake.talks
    assert [each in after.texts for each in (OPENING, "I am sorry.", LONG)] == [True] * 3
    # The model that takes over knows how the persona feels.
    assert call.turns()[2].direction in "".join(after.texts)
    old, new = call.turns()[2].version, call.turns()[4].version
    assert old != new


def test_twenty_edits_during_a_line_are_one_connection_with_the_newest(
    fake: FakeGemini, play: Any
) -> None:
    async def story(call: Booth) -> None:
        await opened(call)
        call.command(Say("I am sorry."))
        await call.wait(lambda: call.status == "speaking")
        for number in range(20):
            call.command(NewPersona(swap("Leeds", f"Town{number}", PLAIN), f"v{number}"))
            await asyncio.sleep(0.05)
        await call.lines(2)
        await call.wait(lambda: "rebuilt" in call.edits)
        call.command(Say("Where do you live?"))
        await call.lines(3)

    fake.lines[1] = LONG
    fake.lines[2] = lambda talk: "Town19." if "Town19" in talk.instructions else "Leeds."
    call = play(story)
    assert call.edits == ["overtaken"] * 19 + ["rebuilt"]
    assert call.said()[2:] == [LONG, "Where do you live?", "Town19."]
    assert not any(turn.interrupted for turn in call.turns())
    assert (len(fake.talks), call.troubles) == (2, [])


def test_an_edit_waits_for_the_end_of_the_trainees_turn(fake: FakeGemini, play: Any) -> None:
    async def story(call: Booth) -> None:
        await opened(call)
        call.say("Could you tell me your name and your address, please?")
        await call.wait(lambda: call.status == "hearing")
        await asyncio.sleep(0.5)
        call.command(NewPersona(EDITED, "v2"))
        await call.lines(2)
        await call.wait(lambda: call.edits)
        call.command(Say("Thank you."))
        await call.lines(3)

    fake.hears = ["Could you tell me your name and your address, please?"]
    call = play(story)
    assert call.edits == ["rebuilt"]
    assert call.said()[1:3] == [fake.hears[0], "So where is it?"]
    assert [talk.turns for talk in fake.talks] == [1, 0]
    assert call.turns()[2].version != call.turns()[4].version
    assert fake.hears[0] in fake.talk.texts


@pytest.mark.parametrize("fault", ["wrong_key", "no_quota", "unknown_model", "region"])
def test_a_refusal_is_told_and_the_call_goes_on_offline(
    fake: FakeGemini, play: Any, fault: Fault, caplog: Any
) -> None:
    fake.fault = fault
    call = play(opened, GOOGLE_API_KEY="AIzaSecret" if fault == "wrong_key" else "test")
    assert call.troubles == [fault]
    assert call.engines == ["gemini", "offline"]
    assert [each.engine for each in call.restored] == ["offline"]
    assert len(fake.talks) == 1
    assert "AIzaSecret" not in caplog.text


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("rate_limit", "rate_limit"),
        ("too_many", "rate_limit"),
        ("closed", "closed"),
        ("malformed", "malformed"),
        ("silent", "silent"),
    ],
)
def test_a_failure_that_passes_costs_no_turn(
    fake: FakeGemini, play: Any, fault: Fault, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if fault == "silent":
        monkeypatch.setattr("agent.worker.engine_session.ANSWER", 5.0)

    async def story(call: Booth) -> None:
        await opened(call)
        if fault in ("rate_limit", "too_many"):
            # These strike when a connection is made.
            fake.kill()
            await call.wait(lambda: call.restored)
            fake.fault, fake.times = fault, 1
            fake.kill()
            await call.wait(lambda: len(call.restored) == 2)
        else:
            fake.fault, fake.times = fault, 1
        call.command(Say("I am sorry."))
        await call.lines(2)

    call = play(story)
    assert code in call.troubles
    assert call.said() == [OPENING, "I am sorry.", "So where is it?"]
    assert {each.engine for each in call.restored} == {"gemini"}
    assert OPENING in fake.talk.texts
    assert "I am sorry." in fake.talk.texts


def test_a_connection_that_breaks_between_turns_is_made_again(fake: FakeGemini, play: Any) -> None:
    async def story(call: Booth) -> None:
        await opened(call)
        call.command(Say("I am sorry."))
        await call.lines(2)
        fake.kill()
        await call.wait(lambda: call.restored)
        call.say("It comes on Monday.")
        await call.lines(3)

    fake.hears = ["It comes on Monday."]
    call = play(story)
    assert call.troubles == ["closed"]
    assert call.said() == [
        OPENING,
        "I am sorry.",
        "So where is it?",
        "It comes on Monday.",
        "Which day?",
    ]
    # The new model knows what has been said, and how the persona feels.
    told = fake.talk.texts
    assert told[:3] == [OPENING, "I am sorry.", "So where is it?"]
    assert MARK in told[3]


def test_a_spoken_turn_that_nobody_hears_is_told(
    fake: FakeGemini, play: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent.worker.engine_session.ANSWER", 5.0)

    async def story(call: Booth) -> None:
        await opened(call)
        fake.fault, fake.times = "silent", 1
        call.say("I am so sorry that you have to wait.")
        await call.wait(lambda: call.restored)
        call.say("I am so sorry that you have to wait.")
        await call.lines(2)

    fake.hears = ["Nobody heard this.", "I am so sorry that you have to wait."]
    call = play(story)
    assert call.troubles == ["silent"]
    assert call.said() == [OPENING, fake.hears[1], "So where is it?"]
    assert OPENING in fake.talk.texts


def test_a_connection_that_google_ends_in_time_is_no_trouble(fake: FakeGemini, play: Any) -> None:
    async def story(call: Booth) -> None:
        await opened(call)
        await call.wait(lambda: fake.talk.resumable)
        fake.go_away()
        await call.wait(lambda: fake.talk.resumes)
        call.command(Say("I am sorry."))
        await call.lines(2)

    call = play(story)
    assert (call.troubles, call.said("persona")) == ([], [OPENING, "So where is it?"])
    before, after = fake.talks
    assert after.resumes is before
    assert after.instructions == before.instructions


@pytest.mark.parametrize("allowed", ["yes", "no"])
def test_three_attempts_then_offline_or_the_end(fake: FakeGemini, play: Any, allowed: str) -> None:
    async def story(call: Booth) -> None:
        await opened(call)
        fake.fault = "rate_limit"
        fake.kill()
        if allowed == "yes":
            await call.wait(lambda: "offline" in call.engines)
            call.command(Say("I am sorry."))
            await call.lines(2)
        else:
            await call.wait(lambda: call.end)

    call = play(story, REHEARSAL_FALL_BACK=allowed)
    # Nothing is said to work again before it does.
    assert [each.engine for each in call.restored] == (["offline"] if allowed == "yes" else [])
    assert call.troubles == ["closed", "rate_limit", "rate_limit", "rate_limit"]
    assert len(fake.talks) == 4
    assert call.said("persona")[0] == OPENING
    if allowed == "yes":
        assert call.engines[-1] == "offline"
        assert call.end == "ended"
    else:
        assert set(call.engines) == {"gemini"}
        assert call.end == "engine"


def test_what_the_model_thought_is_counted(fake: FakeGemini, play: Any) -> None:
    async def story(call: Booth) -> None:
        await opened(call)
        call.command(Say("Hello?"))
        await call.lines(2)

    fake.thoughts = 70
    fake.patient = False  # what it used is told before its line has been played
    call = play(story)
    told = [event for event in call.events if isinstance(event, Usage)]
    (use,) = told[-1].models
    assert (use.thoughts, use.output_text) == (140, 140)
    assert use.output_tokens == use.output_audio + 140


async def test_a_direction_survives_the_line_that_it_waits_for() -> None:
    """The session forgets a failed line only in its own turn, which waiting must leave it."""
    spoken = SpeechHandle.create()
    spoken._authorize_generation()
    told: list[str] = []

    class Session:
        looks = 0
        line: SpeechHandle | None = spoken

        @property
        def current_speech(self) -> SpeechHandle | None:
            self.looks += 1
            assert self.looks < 1000, "nobody else gets a turn"
            return self.line

        async def play(self) -> None:
            await spoken._wait_for_generation()
            self.line = None

    stage = Session()

    class Engine(GeminiLive):
        session = stage  # type: ignore[assignment]

        async def _put(self, text: str) -> None:
            told.append(text)

    def model(persona: Persona) -> RealtimeModel:
        return RealtimeModel(model=MODELS[0], api_key="test")

    persona = examine(PLAIN, "dana-fox").persona
    assert persona is not None
    engine = Engine(persona, (), model)
    playing = asyncio.create_task(stage.play())
    step = advance(persona, begin(persona), Observation("Hello."))
    await engine.direct(step)
    await asyncio.sleep(0)
    spoken._mark_done(RealtimeError("no answer"))
    await until(lambda: told)
    assert step.direction.text in told[0]
    await playing
