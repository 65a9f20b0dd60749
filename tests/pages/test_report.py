"""The report of a call: how it came out, what to do next time, and how the trainee talked."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import pytest
from nicegui.testing import User

from data.records import CallEnd, CallStart, Turn
from personas.parse import examine
from tests.support.studio import World, log_in, persona_text, visit

FIRST, SECOND = "1" * 16, "2" * 16
PERSONA = examine(persona_text(), "ann-lee").persona
assert PERSONA is not None
TRIGGER, APOLOGY, REFUND = (
    rules[0].id for rules in (PERSONA.triggers, PERSONA.deescalations, PERSONA.criteria)
)
SPOKEN = (
    Turn(0, "persona", "My parcel is broken.", 1.0, end=9.0),
    Turn(1, "trainee", "I am so sorry. Which parcel is it?", 10.0, end=16.0, phase="deescalation",
         intensity=5, matched=(APOLOGY,), quotes=("I am so sorry",), cause="-2: a sincere apology"),
    Turn(2, "persona", "The red one.", 17.0, end=19.0),
    Turn(3, "trainee", "You get all of it back.", 20.0, end=26.0, phase="resolution", intensity=5,
         matched=(REFUND,), quotes=("You get all of it back",),
         cause="met: a refund is confirmed; the resolution is accepted"),
)  # fmt: skip


@pytest.fixture
async def user(world: World) -> AsyncIterator[User]:
    async with visit(world.studio()) as make:
        yield make()


def call(
    world: World,
    turns: Sequence[Turn],
    name: str = SECOND,
    *,
    resolved: bool = False,
) -> str:
    """A call of the trainee in the archive, with these turns; where its report is."""
    started = 1_790_000_000.0 + int(name[0])
    start = CallStart(
        name, "trainee", "ann-lee", "Ann Lee", "Returns", "v1", "offline", "en-US", started
    )
    record = world.archive.open(start, persona_text())
    for turn in turns:
        record.turn(turn)
    record.close(CallEnd(started + 60, "ended", resolved, at=60.0))
    return f"/calls/{name}"


def text_of(user: User, marker: str) -> str:
    (element,) = user.find(marker=marker).elements
    parts = [str(getattr(each, "text", "")) for each in element.descendants(include_self=True)]
    return " ".join(parts)


async def test_each_figure_stands_beside_the_earlier_calls(world: World, user: User) -> None:
    slower = [replace(turn, end=(turn.end or 0) + 1) for turn in SPOKEN]
    call(world, slower, FIRST)
    page = call(world, SPOKEN)
    await log_in(user)
    await user.open(page)
    await user.should_see("How you talked")
    pace = text_of(user, "figure-pace")
    assert "70" in pace, "14 words in 12 s"
    assert "60: the call before" in pace
    assert "Too fast sounds hurried" in pace
    assert "55 %" in text_of(user, "figure-share")
    assert "(Gong Labs)" in text_of(user, "figure-share")
    assert "since too little was said to tell: fillers (um, er)" in text_of(user, "talk")
    assert " 1 " in text_of(user, "figure-questions")
    await user.open(f"/calls/{FIRST}")
    await user.should_see("With a second call, the earlier one stands beside it.")
    assert "before" not in text_of(user, "figure-pace"), "later calls are no earlier ones"


async def test_a_solved_call_says_what_settled_it(world: World, user: User) -> None:
    page = call(world, SPOKEN, resolved=True)
    await log_in(user)
    await user.open(page)
    await user.should_see("Solved")
    why = text_of(user, "score-why")
    assert why.startswith("Ann Lee accepted the solution after \u201cYou get all of it back\u201d")
    assert "I am so sorry" in text_of(user, "best-moment")
    assert "Calmer by 2: a sincere apology" in text_of(user, "best-moment")
    assert "Nothing made it worse." in text_of(user, "worst-moment")


@pytest.mark.parametrize(
    ("turns", "words"),
    [
        ((), "You said nothing in this call, so there is nothing to count."),
        (SPOKEN[:1], "You said nothing in this call"),
        ([replace(t, source="typed") for t in SPOKEN], "Every turn of this call was typed"),
        ([replace(t, end=None) for t in SPOKEN], "this record is of before the ends of turns"),
        ([SPOKEN[0], replace(SPOKEN[1], end=11.0)], "too little was said to tell"),
    ],
    ids=["silent", "customer only", "typed", "of before", "a second"],
)
async def test_odd_calls_have_words_instead_of_figures(
    world: World, user: User, turns: Sequence[Turn], words: str
) -> None:
    page = call(world, turns)
    await log_in(user)
    await user.open(page)
    await user.should_see(words)
    await user.should_see("What to do next time")
    assert user.find(marker="talk").elements


async def test_a_typed_call_has_one_sentence_and_the_rows_that_mean_something(
    world: World, user: User
) -> None:
    page = call(world, [replace(turn, source="typed") for turn in SPOKEN])
    await log_in(user)
    await user.open(page)
    shown = text_of(user, "talk")
    assert shown.count("typed") == 1
    assert "Not " not in shown
    assert " 1 " in text_of(user, "figure-questions")
    await user.should_not_see(marker="figure-pace")


async def test_a_text_that_cannot_be_read_costs_the_advice_and_nothing_else(
    world: World, user: User
) -> None:
    page = call(world, SPOKEN)
    journal = world.personas.parent / "data" / "calls" / f"{SECOND}.jsonl"
    journal.write_text(journal.read_text("utf-8").replace("# Persona:", "# Nobody:"), "utf-8")
    await log_in(user)
    await user.open(page)
    await user.should_see("The customer's text of that call cannot be read")
    await user.should_see("of 100")
    await user.should_see("How you talked")


SLIP = Turn(4, "persona", "Of course. How can I assist you today?", 27.0, end=29.0)


async def test_what_broke_the_role_stands_at_its_line_for_authors(world: World, user: User) -> None:
    page = call(world, [*SPOKEN, SLIP])
    await log_in(user, "author")
    await user.open(page)
    assert "fell out of its role 1 time:" in " ".join(text_of(user, "guards").split())
    assert "“How can I assist you today?” It offers help" in text_of(user, "guard-assistant")


@pytest.mark.parametrize(
    ("name", "ended"), [("trainee", "You hung up"), ("author", "Ended by the trainee")]
)
async def test_who_hung_up_is_told_to_the_trainee_as_you(
    world: World, user: User, name: str, ended: str
) -> None:
    report = call(world, SPOKEN)
    await log_in(user, name)
    for page in (report, "/calls"):
        await user.open(page)
        await user.should_see(ended)


async def test_a_trainee_reads_nothing_of_guards(world: World, user: User) -> None:
    page = call(world, [*SPOKEN, SLIP])
    await log_in(user)
    await user.open(page)
    await user.should_see(SLIP.text)
    await user.should_not_see(marker="guards")
    await user.should_not_see(marker="guard-assistant")


async def test_a_persona_that_kept_its_role_has_no_word_of_it(world: World, user: User) -> None:
    page = call(world, SPOKEN)
    await log_in(user, "author")
    await user.open(page)
    await user.should_see("The red one.")
    await user.should_not_see(marker="guards")
