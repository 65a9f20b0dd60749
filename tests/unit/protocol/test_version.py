"""Which releases of app and worker play together, and what is said when they do not."""

import json

import pytest

from agent.protocol.brief import Brief
from agent.protocol.messages import Say, UnknownKind, command, event, pack
from agent.protocol.version import VERSION, OtherVersion, Version, mismatch

BRIEF = Brief("c1", "ann", "# Persona: Ann", "v1", "offline", "trainee-ann")
NEWER_MINOR = Version(VERSION.major, VERSION.minor + 1)
NEWER = Version(VERSION.major + 1, 0)


@pytest.mark.parametrize("told", [None, "", "1", "one.two", "1.0.0", "٣.٤x", 1.0, [1, 0]])
def test_a_version_that_makes_no_sense_is_that_of_before(told: object) -> None:
    assert Version.of(told) == (0, 0)


def test_a_version_is_read_as_it_is_written() -> None:
    assert Version.of(str(Version(12, 3))) == (12, 3)


@pytest.mark.parametrize("minor", [0, 1, 7])
def test_those_of_one_major_play_together(minor: int) -> None:
    assert not mismatch(Version(VERSION.major, minor), VERSION)
    assert not mismatch(VERSION, Version(VERSION.major, minor))


@pytest.mark.parametrize(
    ("worker", "other", "remedy"),
    [
        (Version(0, 0), VERSION, "Update that worker to the release of the app"),
        (NEWER, VERSION, "Update the app to the release of the worker"),
        (VERSION, Version(0, 0), "Update the app to the release of the worker"),
        (VERSION, NEWER, "Update that worker to the release of the app"),
    ],
)
def test_the_older_one_is_to_be_updated(worker: Version, other: Version, remedy: str) -> None:
    words = mismatch(worker, other)
    assert remedy in words
    assert f"version {worker}" in words
    assert f"the app {other}" in words


def brief_of(version: object) -> str:
    return json.dumps({**json.loads(BRIEF.dump()), "protocol": version})


@pytest.mark.parametrize(("version", "older"), [(None, "app"), ("0.9", "app"), ("2.0", "worker")])
def test_a_job_does_not_take_the_brief_of_another_major(version: object, older: str) -> None:
    with pytest.raises(OtherVersion, match=f"the {older} is the older one") as refused:
        Brief.load(brief_of(version))
    assert refused.value.call == "c1"


def test_what_a_newer_minor_adds_to_a_brief_is_left_unread() -> None:
    values = {**json.loads(BRIEF.dump()), "protocol": str(NEWER_MINOR), "recording": True}
    assert Brief.load(json.dumps(values)) == BRIEF


def test_what_a_newer_minor_adds_to_a_message_is_left_unread() -> None:
    packed = pack(Say("Hello"))
    packed["value"]["voice"] = "loud"
    assert command(packed) == Say("Hello")


def test_a_kind_of_message_of_a_newer_minor_is_known_as_such() -> None:
    for read in (event, command):
        with pytest.raises(UnknownKind, match="'Whispered' is left unread"):
            read({"kind": "Whispered", "value": {"call": "c1"}})
