"""What app and jobs say to each other, as JSON and back."""

import json
from collections.abc import Callable
from typing import get_args

import pytest

from agent.protocol.brief import Brief
from agent.protocol.messages import (
    Caption,
    Command,
    Edited,
    End,
    Ended,
    Event,
    Joined,
    Mood,
    NewPersona,
    PageAway,
    RecordingEnded,
    RecordingPart,
    Restored,
    Say,
    Status,
    Trouble,
    TurnDone,
    Usage,
    command,
    event,
    pack,
)
from agent.protocol.scene import Scene
from data.records import Edit, ModelUse, Record, Turn

TURN = Turn(3, "trainee", "ขออภัย", 4.5, matched=("d-1", "d-2"), quotes=("a", "b"), end=5.25)
VALUES: list[Record] = [
    Joined("c1"),
    Status("c1", "speaking"),
    Caption("c1", "persona", "Well, \U0001f600", final=True),
    TurnDone("c1", TURN),
    Mood("c1", "opening", 8, "+2: hold", matched=("t-1",), met=("c-1",), resolved=True, at=4.5),
    Edited("c1", Edit("v2", "applied", "", 4, 9.5)),
    Trouble("c1", "no_persona", "Nobody came."),
    Restored("c1", "offline", 5, "silent", 12.5),
    Usage("c1", (ModelUse("gemini", "llm", "Gemini", "live", input_tokens=90, seconds=1.5),)),
    RecordingPart("c1", 3, "T2dnUw=="),
    RecordingEnded("c1", "encoder"),
    Ended("c1", "resolved", resolved=True),
    NewPersona("# Persona: Ann\r\n", "v2"),
    PageAway(True),
    Say("Hello", 3.25),
    End("ended"),
    Brief(
        "c1", "ann", "text", "v1", "offline", "trainee-ann", Scene("escalation", 5, (TURN,)), 77.5
    ),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_every_value_is_the_same_after_json(value: Record) -> None:
    assert type(value).from_json(json.loads(json.dumps(value.to_json()))) == value


def test_no_event_or_command_is_left_out_above() -> None:
    assert {*get_args(Event), *get_args(Command), Brief} == {type(value) for value in VALUES}


def test_a_brief_survives_the_dispatch_metadata() -> None:
    brief = Brief("c1", "ann", "# Persona: Ann\n\u2028ขอ", "v1", "offline", "trainee-ann")
    assert Brief.load(brief.dump()) == brief


@pytest.mark.parametrize("metadata", ["", "[]", "{}", '{"call": "c1"}', "null", "7"])
def test_metadata_of_somebody_else_is_a_value_error(metadata: str) -> None:
    with pytest.raises(ValueError, match="brief"):
        Brief.load(metadata)


@pytest.mark.parametrize("values", [None, 3, {}, {"kind": "Turn", "value": {}}, {"kind": "Say"}])
@pytest.mark.parametrize("read", [event, command])
def test_what_is_no_message_of_the_link_is_refused(
    read: Callable[[object], object], values: object
) -> None:
    with pytest.raises(ValueError, match="message"):
        read(values)


def test_an_event_is_no_command() -> None:
    assert event(pack(Joined("c1"))) == Joined("c1")
    with pytest.raises(ValueError, match="unknown kind"):
        command(pack(Joined("c1")))
