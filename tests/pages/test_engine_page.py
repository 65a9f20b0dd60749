"""What people see of engines: choosing one, trouble on the line, another voice, cost and why."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from nicegui import ElementFilter
from nicegui.testing import User

from agent.calls.admission import DEFAULT_OPTIONS, CallOptions
from agent.calls.live_call import LiveCall
from agent.engines.registry import Choice, EngineRegistry
from agent.protocol.messages import Edited, Ended, Restored, Status, Trouble, TurnDone
from data.records import CallEnd, CallStart, Edit, EngineUse, ModelUse, Source, Turn
from tests.support.call_world import Calls, CallWorld, browser, click, note_methods, start
from tests.support.studio import persona_text, visiting
from ui.call.voice_call import VoiceCall

WORDS = "The voice service does not answer."
REMEDY = "Gemini Live did not answer in time: check the network and the provider's status page."
LIVE = "gemini-2.5-flash-native-audio-preview-12-2025"


class Chosen(Calls):
    """Calls with the real choice of an engine, which remembers what was asked for."""

    def __init__(self, world: "EngineWorld") -> None:
        super().__init__(world)
        self.wanted: list[str] = []

    def engine_for(self, persona: Any, wanted: str = "") -> Choice:
        return EngineRegistry().choose(persona, self.world.settings, wanted)

    async def begin(self, user: str, slug: str, options: CallOptions = DEFAULT_OPTIONS) -> Any:
        self.wanted.append(options.engine)
        ticket = await super().begin(user, slug, options)
        call = ticket.call
        call.engine = call.first_engine = self.engine_for(call.persona, options.engine).name
        return ticket


class EngineWorld(CallWorld):
    """A world with a Google key and none for OpenAI."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.configure(GOOGLE_API_KEY="google-key", GEMINI_MODEL=LIVE)
        self.calls: Chosen = Chosen(self)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> EngineWorld:
    made = EngineWorld(tmp_path)

    note_methods(monkeypatch, made.told, VoiceCall)
    return made


@asynccontextmanager
async def at_the_phone(world: EngineWorld, name: str, slug: str = "ann-lee") -> AsyncIterator[User]:
    async with visiting(world, name, f"/call/{slug}") as user:
        yield user


@pytest.fixture
async def author(world: EngineWorld) -> AsyncIterator[User]:
    async with at_the_phone(world, "author") as user:
        yield user


@pytest.fixture
async def trainee(world: EngineWorld) -> AsyncIterator[User]:
    async with at_the_phone(world, "trainee") as user:
        yield user


def options(user: User) -> dict[str, tuple[str, bool]]:
    """Of the select: text and whether it can be chosen, by value."""
    with user:
        found = [each for each in ElementFilter() if each.tag == "option"]
    return {
        str(each.props["value"]): (each.text, "disabled" not in each.props)  # type: ignore[attr-defined]
        for each in found
    }


async def test_an_author_chooses_among_the_voices_that_can_be_used(
    author: User, world: EngineWorld
) -> None:
    found = options(author)
    assert list(found) == ["", "gemini", "openai", "pipeline", "offline"]
    assert found[""] == ("Automatic (Gemini Live)", True)
    assert found["gemini"] == ("Gemini Live", True)
    assert found["openai"] == (
        "OpenAI Realtime: OPENAI_API_KEY is not set in .env.local",
        False,
    )
    assert found["offline"] == ("Offline", True)
    with author:
        label = next(each for each in ElementFilter() if each.tag == "label")
    select = next(iter(author.find(marker="voice").elements))
    assert label.props["for"] == select.html_id
    await author.should_see("Voice: Gemini Live. What leaves this machine: both voices")
    author.find(marker="voice").trigger("change", "offline")
    await author.should_see("Voice: Offline. Nothing leaves this machine.")
    await start(author, world)
    assert world.calls.wanted == ["offline"]
    await author.should_see("Voice: Offline. Nothing leaves this machine.")
    await author.should_not_see(marker="voice")


@pytest.mark.parametrize("sent", ["openai", "nonsense", None, {"a": 1}])
async def test_what_cannot_be_chosen_is_not_passed_on(
    author: User, world: EngineWorld, sent: Any
) -> None:
    author.find(marker="voice").trigger("change", sent)
    await start(author, world)
    assert world.calls.wanted == [""]


async def test_a_trainee_reads_which_voice_it_is_and_has_no_choice(
    trainee: User, world: EngineWorld
) -> None:
    await trainee.should_see("both voices and the persona's text go to Google")
    await trainee.should_not_see(marker="voice")
    assert options(trainee) == {}
    await start(trainee, world)
    assert world.calls.wanted == [""]


async def test_whether_one_speaks_or_types_follows_the_choice(world: EngineWorld) -> None:
    async with at_the_phone(world, "author", "mali") as author:
        await author.should_see("Check my microphone")
        await author.should_not_see("you type")
        author.find(marker="voice").trigger("change", "offline")
        await author.should_see("Voice recognition isn't available offline in Thai")
        await author.should_see("Start Typed Call")
        await author.should_not_see("Check my microphone")
        author.find(marker="voice").trigger("change", "gemini")
        await author.should_not_see("Voice recognition isn't available")
        await author.should_see("Start Voice Call")
        await author.should_see("Check my microphone")


async def test_a_language_that_nothing_reads_is_said_before_the_call(world: EngineWorld) -> None:
    world.write("claire", persona_text("Claire Dubois", language="fr-FR"))
    async with at_the_phone(world, "author", "claire") as author:
        await author.should_not_see(marker="unread")
        author.find(marker="voice").trigger("change", "offline")  # no provider reads it then
        await author.should_see("Nothing on this machine reads French: Claire can be spoken to")
        author.find(marker="voice").trigger("change", "gemini")
        await author.should_not_see(marker="unread")


async def test_where_only_the_files_examples_are_read_that_is_said(world: EngineWorld) -> None:
    text = persona_text("Claire Dubois", language="fr-FR")
    rule = '- Being told to calm down (+2): "Do not tell me to calm down!"'
    assert rule in text
    world.write("claire", text.replace(rule, f'{rule}\n  - like: "Calmez-vous."'))
    async with at_the_phone(world, "author", "claire") as author:
        author.find(marker="voice").trigger("change", "offline")
        await author.should_see("In French, this machine reads only the examples")
        await author.should_not_see("Nothing on this machine reads French")


async def test_only_authors_read_why_it_is_another_voice(world: EngineWorld) -> None:
    text = persona_text("Bo Dee").replace("language: en-US", "language: en-US\nengine: openai")
    world.write("bo-dee", text)
    async with at_the_phone(world, "author", "bo-dee") as author:
        await author.should_see("OpenAI Realtime cannot be used: OPENAI_API_KEY is not set")
    async with at_the_phone(world, "trainee", "bo-dee") as trainee:
        await trainee.should_see("Voice: Gemini Live.")
        await trainee.should_not_see("OPENAI_API_KEY")


def trouble(call: LiveCall, code: str = "silent") -> Trouble:
    return Trouble(call.id, code, WORDS, REMEDY)


def tones(world: EngineWorld) -> int:
    return world.told.count(("sound_trouble",))


async def test_trouble_is_read_and_heard_and_goes_when_the_line_works_again(
    trainee: User, world: EngineWorld
) -> None:
    call = await start(trainee, world)
    call.receive(trouble(call))
    await trainee.should_see("The line has trouble")
    await trainee.should_see(f"{WORDS} It is being set up again")
    await trainee.should_see("One moment")
    await trainee.should_not_see("Gemini Live did not answer")  # the remedy is not a trainee's
    with trainee:
        notice = next(each for each in ElementFilter(marker="notice-trouble_silent"))
    board = notice.parent_slot.parent if notice.parent_slot else None
    assert board is not None
    assert board.props["aria-live"] == "assertive"
    call.receive(trouble(call))  # the second attempt failed, too
    assert tones(world) == 1
    call.receive(Status(call.id, "speaking"))
    call.receive(Restored(call.id, "gemini", 3, "silent"))
    await trainee.should_not_see("The line has trouble")
    await trainee.should_see("Ann is speaking")
    await trainee.should_not_see("The voice has changed")
    call.receive(trouble(call))
    assert tones(world) == 2


@pytest.mark.parametrize(
    ("code", "source", "over"),
    [("unspoken", "typed", True), ("deaf", "voice", True), ("deaf", "typed", False)],
)
async def test_a_trouble_in_which_the_call_goes_on_sets_nothing_up(
    trainee: User, world: EngineWorld, code: str, source: Source, over: bool
) -> None:
    """It is read until the trainee has gone on, or been heard again."""
    call = await start(trainee, world)
    call.receive(trouble(call, code))
    await trainee.should_see(WORDS)
    await trainee.should_not_see("It is being set up again")
    await trainee.should_not_see("One moment")
    call.receive(TurnDone(call.id, Turn(0, "persona", "Hello?", 1.0)))
    await trainee.should_see(WORDS)
    call.receive(TurnDone(call.id, Turn(1, "trainee", "Hello.", 2.0, source=source)))
    await (trainee.should_not_see(WORDS) if over else trainee.should_see(WORDS))


async def test_an_author_reads_the_remedy_as_well(author: User, world: EngineWorld) -> None:
    call = await start(author, world)
    call.receive(trouble(call))
    await author.should_see("The line has trouble")
    await author.should_see(f"For you as an author: {REMEDY}")


async def test_another_voice_is_told_quietly_with_its_reason(
    trainee: User, world: EngineWorld
) -> None:
    call = await start(trainee, world)
    call.receive(trouble(call))
    call.receive(Restored(call.id, "offline", 3, "silent"))
    await trainee.should_see("The voice has changed")
    await trainee.should_see("The voice service does not answer. So Ann goes on with the voice of")
    await trainee.should_see("until the trouble Gemini Live. From now on: Nothing leaves")
    with trainee:
        notice = next(each for each in ElementFilter(marker="notice-voice_changed"))
    board = notice.parent_slot.parent if notice.parent_slot else None
    assert board is not None
    assert board.props["aria-live"] == "polite"
    for index in range(3, 8):
        await trainee.should_see("The voice has changed")
        call.receive(TurnDone(call.id, Turn(index, "persona", f"Line {index}.", 9.0)))
    call.turns[:0] = [Turn(index, "persona", "Before.", 1.0) for index in range(3)]
    browser(trainee, "quality", quality="good")
    await trainee.should_not_see("The voice has changed")
    await trainee.should_see("Voice: Offline")
    assert [(kind, use.engine) for kind, use in world.calls.record.written if kind == "engine"] == [
        ("engine", "offline")
    ]


async def test_a_voice_that_does_not_hear_the_language_lets_the_trainee_type(
    world: EngineWorld,
) -> None:
    async with at_the_phone(world, "trainee", "mali") as trainee:
        call = await start(trainee, world)
        await trainee.should_see("Mali is listening: speak, or type.")
        call.receive(trouble(call))
        call.receive(Restored(call.id, "offline", 1, "silent"))
        await trainee.should_see("type your turns from now on")
        await trainee.should_see("Type what you say")
        await trainee.should_not_see(marker="mute")


@pytest.mark.parametrize("name", ["trainee", "author"])
async def test_a_call_that_trouble_ended_says_so(world: EngineWorld, name: str) -> None:
    async with at_the_phone(world, name) as user:
        call = await start(user, world)
        call.receive(TurnDone(call.id, Turn(0, "trainee", "sorry", 3.0)))
        call.receive(trouble(call))
        call.receive(Ended(call.id, "failed"))
        await user.should_see("Broken off by a fault")
        await user.should_see(f"{WORDS} It could not be set up again. What was said is kept.")
        if name == "author":
            await user.should_see(REMEDY)
        else:
            await user.should_not_see(REMEDY)
        assert tones(world) == 1


async def test_that_nobody_has_come_yet_is_no_trouble_of_the_line(
    trainee: User, world: EngineWorld
) -> None:
    call = await click(trainee, world, "Start Voice Call")
    browser(trainee, "connection", state="connected")
    call.receive(Trouble(call.id, "no_persona", "We are calling again."))
    await trainee.should_see("We are calling again.")
    await trainee.should_see("Waiting for Ann")
    await trainee.should_not_see("The line has trouble")
    assert tones(world) == 0


def spoken(world: EngineWorld, engine: str = "gemini", *uses: ModelUse) -> str:
    """A finished call of the trainee's in the archive; Gemini gave way to the offline engine."""
    call = "0123456789abcdef"
    head = CallStart(
        call, "trainee", "ann-lee", "Ann Lee", "Returns", "aaaa", engine, "en-US", 1_795_000_000.0
    )
    record = world.archive.open(head, persona_text())
    record.turn(Turn(0, "persona", "My parcel is broken.", 1.0, version="aaaa"))
    record.turn(
        Turn(1, "trainee", "I see.", 4.0, phase="opening", intensity=7, cause="nothing matched",
             observer="lexical", stand_in="late")
    )  # fmt: skip
    record.turn(
        Turn(2, "persona", "Do you?", 6.0, version="bbbb",
             direction="You are angry (7/10). Do not accept a solution yet.")
    )  # fmt: skip
    if uses:
        record.engine(EngineUse("gemini", 1, 3.0, "rate_limit"))
        record.engine(EngineUse("offline", 2, 5.0, "silent"))
        record.usage(uses)
    record.close(CallEnd(1_795_000_060.0, "ended"))
    return call


HEARD = ModelUse(
    "gemini", "llm", "Gemini", LIVE,
    input_tokens=12_000, input_text=2_000, input_audio=10_000,
    output_tokens=1_000, output_audio=1_000,
)  # fmt: skip


async def test_the_report_tells_authors_who_spoke_what_it_cost_and_why(world: EngineWorld) -> None:
    call = spoken(world, "gemini", HEARD)
    async with at_the_phone(world, "author") as author:
        await author.open(f"/calls/{call}")
        for text in (
            "Voice: Gemini Live, Offline from turn 3 on",
            "The voice at the beginning: Gemini Live.",
            "Before turn 2 its line was set up again. The voice service is overloaded.",
            "From turn 3 on Offline spoke. The voice service does not answer.",
            "About 0.04 USD: Gemini Live, 13,000 tokens",
            f"{LIVE}, 13,000 tokens: 0.0430 USD. Prices read on 2026-11-22: https://ai.google.dev",
            "Why did it say that?",
            "You are angry (7/10). Do not accept a solution yet.",
            "Offline, version bbbb",
            "None of a turn: it opened the call",
            "Gemini Live, version aaaa",
            "Judged by its words alone, since the text model answered too late.",
        ):
            await author.should_see(text)


async def test_a_trainee_reads_who_spoke_and_nothing_of_what_is_behind(world: EngineWorld) -> None:
    call = spoken(world, "gemini", HEARD)
    async with at_the_phone(world, "trainee") as trainee:
        await trainee.open(f"/calls/{call}")
        await trainee.should_see("Voice: Gemini Live, Offline from turn 3 on")
        for text in ("USD", "Why did it say that?", "Do not accept", "text model", "Judged"):
            await trainee.should_not_see(text, retries=1)
        exported = (await trainee.http_client.get(f"/api/calls/{call}.json")).json()
        assert [use["engine"] for use in exported["engines"]] == ["gemini", "offline"]
        assert not {"cost", "usage"} & exported.keys()
        assert [turn["direction"] for turn in exported["turns"]] == ["", "", ""]
        assert {turn["observer"] + turn["stand_in"] for turn in exported["turns"]} == {""}
        assert "Cost:" not in (await trainee.http_client.get(f"/api/calls/{call}.txt")).text


@pytest.mark.parametrize(
    ("observer", "stand_in", "words"),
    [
        ("model", "", "Judged by the text model."),
        ("lexical", "", "Judged by its words alone."),
        ("lexical", "invented", "since the text model claimed only what nobody had said."),
        ("lexical", "failed", "since the text model failed."),
    ],
)
async def test_an_author_reads_who_judged_a_turn(
    world: EngineWorld, observer: str, stand_in: str, words: str
) -> None:
    call = "fedcba9876543210"
    head = CallStart(call, "trainee", "ann-lee", "Ann Lee", "Returns", "aaaa", "gemini", "en-US", 0)
    record = world.archive.open(head, persona_text())
    turn = Turn(0, "trainee", "I see.", 4.0, phase="opening", intensity=7, observer="lexical")
    record.turn(turn)
    record.turn(replace(turn, observer=observer, stand_in=stand_in))
    record.close(CallEnd(60.0, "ended"))
    async with at_the_phone(world, "author") as author:
        await author.open(f"/calls/{call}")
        await author.should_see(words)
        exported = (await author.http_client.get(f"/api/calls/{call}.json")).json()
        assert [turn["observer"] for turn in exported["turns"]] == [observer]


async def test_an_author_s_export_has_the_cost(world: EngineWorld) -> None:
    call = spoken(world, "gemini", HEARD)
    async with at_the_phone(world, "author") as author:
        client: httpx.AsyncClient = author.http_client
        exported = (await client.get(f"/api/calls/{call}.json")).json()
        assert exported["cost"]["cost"] == pytest.approx(0.043)
        assert exported["cost"]["text"] == "About 0.04 USD: Gemini Live, 13,000 tokens"
        assert exported["usage"] == [HEARD.to_json()]
        assert exported["turns"][2]["direction"].startswith("You are angry")
        text = (await client.get(f"/api/calls/{call}.txt")).text
        assert "\nCost:     About 0.04 USD: Gemini Live, 13,000 tokens\n" in text


@pytest.mark.parametrize(
    ("engine", "uses", "words"),
    [
        ("offline", (), "Free of charge (offline)"),
        ("gemini", (), "Not in it: Gemini Live did not say what it used."),
        ("openai", (replace(HEARD, engine="openai", model="new"),), "No price known for new:"),
    ],
)
async def test_a_cost_is_never_made_up(
    world: EngineWorld, engine: str, uses: tuple[ModelUse, ...], words: str
) -> None:
    call = spoken(world, engine, *uses)
    async with at_the_phone(world, "author") as author:
        await author.open(f"/calls/{call}")
        await author.should_see(words)


async def test_a_price_list_that_cannot_be_read_costs_only_the_figure(
    world: EngineWorld, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "prices.toml"
    broken.write_text("[[price]]\nminute = ")
    monkeypatch.setattr("agent.providers.prices.FILE", broken)
    call = spoken(world, "gemini", HEARD)
    async with at_the_phone(world, "author") as author:
        await author.open(f"/calls/{call}")
        await author.should_see("agent/providers/prices.toml cannot be read")
        await author.should_see("My parcel is broken.")
        exported = (await author.http_client.get(f"/api/calls/{call}.json")).json()
        assert "cost" not in exported


async def test_a_text_model_that_observes_is_named_with_what_it_is_sent(
    world: EngineWorld,
) -> None:
    world.configure(REHEARSAL_OBSERVER="model")
    async with at_the_phone(world, "author") as author:
        author.find(marker="voice").trigger("change", "offline")
        await author.should_see("Voice: Offline. What leaves this machine: what both say, the")
        await author.should_not_see("Nothing leaves this machine", retries=1)


async def test_a_language_that_is_not_heard_lets_the_trainee_type_until_it_changes_back(
    world: EngineWorld,
) -> None:
    async with at_the_phone(world, "trainee") as trainee:
        call = await start(trainee, world)
        call.engine = call.first_engine = "offline"
        await trainee.should_see("Ann is listening: speak, or type.")
        for version, language in (("v2", "th-TH"), ("v3", "th-TH"), ("v4", "en-US")):
            call.change_persona("text", version, language)
        call.receive(Edited(call.id, Edit("v3", "refused", "line 1", 1, 2.0)))
        await trainee.should_see(marker="mute")
        call.receive(Edited(call.id, Edit("v2", "rebuilt", "", 1, 2.0)))
        await trainee.should_see("Ann goes on in Thai, which the voice of this machine speaks")
        await trainee.should_see("Type what you say")
        await trainee.should_not_see(marker="mute")
        call.receive(Edited(call.id, Edit("v4", "rebuilt", "", 1, 2.0)))
        await trainee.should_see("Ann is listening: speak, or type.")
        await trainee.should_not_see("Ann goes on in Thai")
        await trainee.should_see(marker="mute")
