"""New persona texts in a call: which of many is played, when, and what the author is told."""

import asyncio
from typing import cast

import pytest

from agent.engines.base import Engine
from agent.protocol.messages import OVERTAKEN, NewPersona
from agent.simulation.history import History
from agent.simulation.observing.observer import LexicalObserver
from agent.worker.reload import EngineReady, Reload
from agent.worker.silence_timer import SilenceTimer
from data.records import in_force
from personas.model import Persona
from tests.support.clock import PATIENCE, until
from tests.support.persona_text import swap
from tests.support.talk import TEXT, Notes, Talk, persona_of

BROKEN = swap("difficulty: hard", "difficulty: brutal")


def text(number: int) -> str:
    """A version of its own."""
    return swap("- Speaks fast", f"- Speaks as in take {number}", TEXT)


def version(number: int) -> str:
    return persona_of(text(number)).version


class Model(Notes):
    """An engine that is rebuilt: only while it is free, and taking its time."""

    def __init__(self) -> None:
        super().__init__()
        self.free = asyncio.Event()
        self.free.set()
        self.waits = False
        self.built = asyncio.Event()
        self.built.set()
        self.swaps: list[str] = []
        self.all_languages = True

    def plays(self, persona: Persona) -> bool:
        return self.all_languages

    async def free_for(self, persona: Persona) -> None:
        self.waits = True
        await self.free.wait()

    async def swap(self, persona: Persona, history: History) -> str:
        self.swaps.append(persona.version)
        await self.built.wait()
        return await super().swap(persona, history)


class Call:
    """A conversation with such an engine, and what comes of texts."""

    def __init__(self) -> None:
        self.talk = Talk()
        self.there = EngineReady()
        self.there.set()
        self.patience = SilenceTimer(12.0, lambda: None)
        self.reload = Reload(
            self.talk.talk, LexicalObserver, self.there, self.patience, self.rebuild
        )
        self.kept = True
        self.model = self.another()

    async def rebuild(self, engine: Engine, persona: Persona) -> bool:
        """As the job does; not ``kept`` when another engine has taken over by then."""
        self.another()
        return self.kept

    def another(self) -> Model:
        """Another engine takes over."""
        self.model = Model()
        self.talk.engine = self.model
        self.talk.talk.engine = cast(Engine, self.model)
        return self.model

    def save(self, *numbers: int) -> None:
        for number in numbers:
            self.reload.take(NewPersona(text(number), version(number)))

    async def settled(self) -> None:
        await until(lambda: not self.reload.busy)

    @property
    def outcomes(self) -> list[tuple[str, str]]:
        return [(edit.outcome, edit.version) for edit in self.talk.edits]


async def test_twenty_saves_make_one_change_to_the_newest() -> None:
    call = Call()
    call.save(*range(20))
    await call.settled()
    assert call.model.swaps == [version(19)]
    assert call.outcomes == [
        *(("overtaken", version(number)) for number in range(19)),
        ("rebuilt", version(19)),
    ]
    assert {edit.reason for edit in call.talk.edits[:-1]} == {OVERTAKEN}
    assert call.talk.talk.persona.version == version(19)


async def test_saves_during_a_line_wait_for_its_end_and_the_newest_is_played() -> None:
    call = Call()
    call.talk.talk.open()
    call.model.free.clear()
    for number in range(5):
        call.save(number)
        await asyncio.sleep(0.01)
    assert call.model.swaps == []
    call.talk.heard("I was charged twice!")
    call.model.free.set()
    await call.settled()
    assert call.model.swaps == [version(4)]
    assert [edit.turn for edit in call.talk.edits[-1:]] == [1]


async def test_saves_during_a_rebuild_are_not_piled_up_on_it() -> None:
    call = Call()
    call.model.built.clear()
    call.save(0)
    await until(lambda: call.model.swaps)
    call.save(1, 2, 3)
    call.model.built.set()
    await call.settled()
    assert call.model.swaps == [version(0), version(3)]
    assert call.outcomes == [
        ("overtaken", version(1)),
        ("overtaken", version(2)),
        ("rebuilt", version(0)),
        ("rebuilt", version(3)),
    ]


async def test_a_text_that_is_taken_back_before_it_is_played_rebuilds_nothing() -> None:
    call = Call()
    call.model.free.clear()
    call.save(0)
    await until(lambda: call.model.waits)
    call.reload.take(NewPersona(TEXT, persona_of(TEXT).version))
    call.model.free.set()
    await call.settled()
    assert call.model.swaps == []
    assert [outcome for outcome, _ in call.outcomes] == ["overtaken", "applied"]


async def test_a_text_that_meets_a_lost_engine_is_played_by_the_next_one() -> None:
    call = Call()
    first = call.model
    first.built.clear()
    call.save(0)
    await until(lambda: first.swaps)
    call.there.clear()
    first.fault = ConnectionError("the line is dead")
    first.built.set()
    await asyncio.sleep(0.05)
    assert call.outcomes == []
    second = call.another()
    call.there.set()
    await call.settled()
    assert (second.played, call.outcomes) == (persona_of(text(0)), [("rebuilt", version(0))])


async def test_a_text_that_comes_while_the_line_is_mended_waits_for_it() -> None:
    call = Call()
    call.there.clear()
    call.save(0, 1)
    await asyncio.sleep(0.1)
    assert call.model.swaps == []
    call.another()
    call.there.set()
    await call.settled()
    assert call.model.swaps == [version(1)]


async def test_a_refused_text_leaves_the_one_before_it_and_the_next_is_taken() -> None:
    call = Call()
    call.save(0)
    await call.settled()
    call.reload.take(NewPersona(BROKEN, "broken"))
    await call.settled()
    call.model.fault = ValueError("another language needs another call")
    call.save(1)
    await call.settled()
    assert call.talk.talk.persona.version == version(0)
    call.model.fault = None
    call.save(2)
    await call.settled()
    outcomes = [outcome for outcome, _ in call.outcomes]
    assert outcomes == ["rebuilt", "refused", "refused", "rebuilt"]
    assert "unknown difficulty" in call.talk.edits[1].reason
    assert "another language" in call.talk.edits[2].reason


async def test_a_text_that_the_service_cannot_read_is_taken_back() -> None:
    call = Call()
    call.reload.take(NewPersona(swap("patience: 12", "patience: 30", TEXT), "v"))
    await call.settled()
    assert call.patience.seconds == 30
    changed = call.talk.talk.persona.version
    assert call.reload.take_back("the voice service cannot read it")
    assert call.outcomes == [("rebuilt", changed), ("refused", changed)]
    assert call.talk.talk.persona.version == persona_of(TEXT).version
    assert call.patience.seconds == 12
    assert not call.reload.take_back("again")


async def test_all_texts_since_the_last_that_was_spoken_by_are_taken_back() -> None:
    call = Call()
    for number in (0, 1, 2):
        call.save(number)
        await call.settled()
        if number == 0:
            call.reload.proved()
    assert call.reload.take_back("the voice service cannot read it")
    assert call.talk.talk.persona.version == version(0)
    assert call.outcomes[3:] == [("refused", version(2)), ("refused", version(1))]
    assert in_force("v0", call.talk.edits) == version(0)


async def test_a_text_that_has_been_spoken_by_stays() -> None:
    call = Call()
    call.save(0)
    await call.settled()
    call.reload.proved()
    assert not call.reload.take_back("the voice service is down")
    assert call.talk.talk.persona.version == version(0)


async def test_a_typed_turn_waits_for_the_change_but_not_for_ever() -> None:
    call = Call()
    call.model.built.clear()
    call.save(0)
    loop = asyncio.get_running_loop()
    began = loop.time()
    await call.reload.settled(0.2)
    assert loop.time() - began >= 0.2
    assert call.reload.busy
    call.there.clear()
    async with asyncio.timeout(PATIENCE):
        await call.reload.settled(600.0)
    await call.reload.aclose()
    assert not call.reload.busy


@pytest.mark.parametrize("how", ["changed", "lost"])
async def test_a_typed_turn_waits_no_longer_than_the_change_or_its_engine(how: str) -> None:
    call = Call()
    call.model.built.clear()
    call.save(0)
    waiting = asyncio.create_task(call.reload.settled(600.0))
    for _ in range(3):  # it waits by then
        await asyncio.sleep(0)
    if how == "changed":
        call.model.built.set()
    else:
        call.there.clear()
        call.there.set()  # another one is there at once
    async with asyncio.timeout(PATIENCE):
        await waiting
    await call.reload.aclose()


async def test_the_line_that_sounds_is_the_old_version_s() -> None:
    call = Call()
    call.talk.talk.open()
    call.save(0)
    await call.settled()
    call.talk.heard("I was charged twice!")
    call.talk.talk.trainee_said("I am so sorry, I apologise.", "typed")
    call.talk.heard("Well. Thank you.")
    spoken = [turn.version for turn in call.talk.turns if turn.speaker == "persona"]
    assert spoken == [persona_of(TEXT).version, version(0)]
    assert [edit.turn for edit in call.talk.edits] == [1]


async def test_a_text_that_the_engine_cannot_play_makes_another_engine() -> None:
    call = Call()
    call.model.all_languages = False
    call.save(1)
    await call.settled()
    assert call.outcomes == [("rebuilt", version(1))]
    assert call.talk.talk.persona.version == version(1)
    assert call.model.swaps == []


async def test_an_engine_that_took_over_before_that_is_asked_itself() -> None:
    call = Call()
    call.model.all_languages = False
    call.kept = False
    call.save(1)
    await call.settled()
    assert call.outcomes == [("rebuilt", version(1))]
    assert call.model.swaps == [version(1)]
