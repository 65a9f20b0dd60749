"""Calls that are begun elsewhere: what their job and their record are told, and what is refused."""

import pytest

from agent.calls.admission import CallOptions, Refused
from agent.protocol.brief import LARGEST
from agent.protocol.scene import Scene
from data.records import Turn
from personas.publishing import with_published
from tests.support.clock import until
from tests.support.live_calls import Studio
from tests.support.persona_text import PLAIN

TURNS = (
    Turn(0, "persona", "Where is it?", 0.0),
    Turn(1, "trainee", "I am sorry.", 0.0, "typed"),
)


async def test_the_record_says_where_the_call_really_began(studio: Studio) -> None:
    options = CallOptions(scene=Scene("resolution", 9))  # too upset for that phase
    call = (await studio.calls.begin("kim", "ann", options)).call
    assert (call.start.phase, call.start.intensity) == ("deescalation", 9)
    await until(call.persona_in.is_set)
    assert studio.jobs.sent[0].scene == options.scene
    record = await studio.record(call.id)
    assert record.start == call.start
    (summary,) = studio.archive.list()
    assert (summary.phase, summary.intensity, summary.score) == ("deescalation", 9, None)


async def test_a_replay_says_what_it_goes_on_from(studio: Studio) -> None:
    scene = Scene(turns=TURNS, origin="a" * 16)
    call = (await studio.calls.begin("kim", "ann", CallOptions(draft=PLAIN, scene=scene))).call
    assert (call.start.origin, call.start.taken, call.start.draft) == ("a" * 16, 1, True)
    assert (call.start.phase, call.start.intensity) == ("", None)
    assert not call.start.from_the_top


async def test_a_try_is_played_with_the_text_of_its_call_whatever_becomes_of_the_file(
    studio: Studio,
) -> None:
    """Nobody agreed to have it recorded, either, and it stands in no list."""
    old = PLAIN.replace("Ann", "Old Ann")
    scene = Scene(turns=TURNS, origin="a" * 16, line="Where is it?")
    options = CallOptions(scene=scene, past_text=old, record=True)
    (studio.personas / "ann.md").unlink()
    call = (await studio.calls.begin("kim", "ann", options)).call
    assert (call.persona.text, call.start.pinned, call.start.draft) == (old, True, False)
    assert (call.start.taken, call.recording, call.follows_file) == (2, None, False)
    await until(call.persona_in.is_set)
    assert (studio.jobs.sent[0].text, studio.jobs.sent[0].record) == (old, False)
    entry = studio.library.get("ann")
    assert entry is not None
    studio.calls.file_changed(entry)
    assert (call.told_version, call.orphaned) == (call.persona.version, False)
    assert studio.archive.list() == []
    assert [each.call for each in studio.archive.tries("a" * 16)] == [call.id]
    await studio.record(call.id)
    assert (studio.archive.list(), studio.archive.finished.course("kim")) == ([], None)


async def test_a_text_that_is_none_any_more_cannot_be_tried(studio: Studio) -> None:
    options = CallOptions(scene=Scene(origin="a" * 16), past_text="nothing")
    with pytest.raises(Refused, match="cannot be read any more"):
        await studio.calls.begin("kim", "ann", options)


@pytest.mark.parametrize(
    ("scene", "words"),
    [
        (Scene("epilogue"), "There is no phase 'epilogue'"),
        (Scene(turns=TURNS[:1]), "Nothing is said in the turn to go on from"),
        (
            Scene(turns=(*TURNS[:1], Turn(1, "trainee", "  ", 0.0))),
            "Write what the trainee says",
        ),
        (
            Scene(turns=(Turn(0, "persona", "ก" * (LARGEST // 3 + 300), 0.0), TURNS[1])),
            "The persona's text with the turns before has 501 kB; a call takes 500 kB at most. Go "
            "on from an earlier turn, or shorten the text.",
        ),
    ],
)
async def test_what_cannot_be_begun_is_refused_and_leaves_nothing(
    studio: Studio, scene: Scene, words: str
) -> None:
    with pytest.raises(Refused) as refusal:
        await studio.calls.begin("kim", "ann", CallOptions(scene=scene))
    assert words in str(refusal.value)
    assert (studio.archive.list(), studio.calls.live()) == ([], [])


@pytest.mark.parametrize(("user", "given"), [("author", True), ("trainee", False)])
async def test_what_is_unpublished_is_not_there_for_trainees(
    studio: Studio, user: str, given: bool
) -> None:
    ann = studio.library.get("ann")
    assert ann is not None
    going_on = (await studio.begin("ann", "kim")).call
    text = with_published(PLAIN, False)
    studio.calls.file_changed(studio.library.save("ann", text, base=ann.version, author="author"))
    assert going_on.is_on
    if given:
        assert (await studio.begin("ann", user)).call.is_on
    else:
        with pytest.raises(Refused, match="no such persona"):
            await studio.calls.begin(user, "ann")
