"""The lab's calls: beside people's calls, in none of their lists, and never in their way."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from agent.calls.admission import Refused
from agent.calls.call_events import CallEvent
from agent.calls.lab_calls import PUT_OFF, TRAINEE, LabCalls
from agent.protocol.messages import Ended, Event, RecordingPart, TurnDone
from agent.protocol.switchboard import Switchboard
from data.records import Turn
from personas.model import Persona
from tests.support.clock import until
from tests.support.live_calls import Jobs, Studio
from tests.support.persona_text import PLAIN
from tests.support.talk import persona_of

CALL = "0123456789abcdef"


@dataclass
class Lab:
    """The lab's calls beside those of a studio with one line for people, and what they told."""

    studio: Studio
    calls: LabCalls
    folder: Path
    told: list[CallEvent]

    async def begin(self, call: str = CALL) -> None:
        ticket = await self.calls.begin(call, persona(), "offline", self.told.append)
        await until(ticket.call.persona_in.is_set)

    @property
    def ends(self) -> list[str]:
        return [event.reason for event in self.told if isinstance(event, Ended)]


def persona() -> Persona:
    return persona_of(PLAIN)


@pytest.fixture
async def lab(tmp_path: Path) -> AsyncIterator[Lab]:
    studio = Studio(tmp_path, most=2)

    def receive(event: Event) -> None:
        if not calls.receive(event):
            studio.calls.receive(event)

    switchboard = Switchboard(receive)
    switchboard.start()
    folder = tmp_path / "lab"
    calls = LabCalls(
        switchboard,
        folder,
        free=studio.calls.has_free_line,
        rooms=lambda: jobs,
        readiness=lambda: studio.problem,
    )
    jobs = Jobs(switchboard)
    studio.calls.on_availability(calls.make_room)
    yield Lab(studio, calls, folder, [])
    await calls.aclose()
    await studio.calls.aclose()
    studio.store.close()


async def test_it_is_a_call_that_nobody_lists(lab: Lab) -> None:
    await lab.begin()
    assert lab.calls._live[CALL].user == ""
    lab.calls.receive(TurnDone(CALL, Turn(0, "persona", "Hello?", 0.5, end=1.0)))
    assert lab.studio.calls.live() == []
    assert lab.studio.calls.health()["calls"] == {"live": 0, "most": 2}
    lab.calls.hang_up(CALL)
    await until(lambda: lab.ends)
    assert lab.studio.archive.list() == []
    assert lab.studio.archive.going_on() == []
    assert lab.ends == ["ended"]
    assert any(isinstance(event, TurnDone) for event in lab.told)


async def test_the_job_is_told_of_the_trainee_and_of_the_recording(lab: Lab) -> None:
    ticket = await lab.calls.begin(CALL, persona(), "pipeline", lab.told.append)
    await until(ticket.call.persona_in.is_set)
    rooms = lab.calls._rooms()
    assert isinstance(rooms, Jobs)
    (brief,) = rooms.sent
    assert (brief.engine, brief.trainee, brief.record) == ("pipeline", TRAINEE, True)
    assert ticket.token == f"{ticket.room}|{TRAINEE}|lab"


async def test_a_persona_that_refuses_it_is_not_recorded(lab: Lab) -> None:
    shy = persona_of(f"---\nrecording: no\n---\n{PLAIN}")
    ticket = await lab.calls.begin(CALL, shy, "offline", lab.told.append)
    rooms = lab.calls._rooms()
    assert isinstance(rooms, Jobs)
    await until(lambda: rooms.sent)
    assert (rooms.sent[0].record, ticket.call.recording) == (False, None)


async def test_its_sound_is_written_beside_its_journal(lab: Lab) -> None:
    await lab.begin()
    lab.calls.receive(RecordingPart(CALL, 0, "T2dnUw=="))
    lab.calls.hang_up(CALL)
    await until(lambda: lab.ends)
    await lab.calls.written()
    assert (lab.folder / f"{CALL}.ogg").read_bytes() == b"OggS"
    assert (lab.folder / f"{CALL}.jsonl").exists()
    lab.calls.discard(CALL)
    await lab.calls.written()
    assert list(lab.folder.iterdir()) == []


async def test_a_person_takes_the_line_that_it_has(lab: Lab) -> None:
    await lab.studio.begin()
    await lab.begin()  # people have one line more
    await lab.studio.begin(user="other")  # and now none: nobody is refused
    await until(lambda: lab.ends)
    assert lab.ends == [PUT_OFF]
    assert len(lab.studio.calls.live()) == 2
    assert not lab.calls.is_free


async def test_it_stays_while_a_line_is_left(lab: Lab) -> None:
    await lab.begin()
    ticket = await lab.studio.begin()
    ticket.call.hang_up()
    await until(lambda: not lab.studio.calls.live())
    assert lab.ends == []


async def test_only_one_goes_on(lab: Lab) -> None:
    await lab.begin()
    with pytest.raises(Refused, match="No line"):
        await lab.begin("fedcba9876543210")


async def test_without_a_free_line_none_begins(lab: Lab) -> None:
    await lab.studio.begin()
    await lab.studio.begin(user="other")
    with pytest.raises(Refused, match="No line"):
        await lab.begin()
    assert not lab.folder.exists()


async def test_what_keeps_calls_from_being_made_is_said(lab: Lab) -> None:
    lab.studio.problem = "The LiveKit server does not run."
    with pytest.raises(Refused, match="does not run"):
        await lab.begin()


async def test_a_folder_that_takes_nothing_is_named(lab: Lab) -> None:
    lab.folder.write_text("a file")
    with pytest.raises(Refused, match="record cannot be written"):
        await lab.begin()
    assert lab.calls.is_free


async def test_the_end_of_the_app_ends_it(lab: Lab) -> None:
    await lab.begin()
    await lab.calls.aclose()
    assert lab.ends == ["interrupted"]
    with pytest.raises(Refused):
        await lab.begin()
