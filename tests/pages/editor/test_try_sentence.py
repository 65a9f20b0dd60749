"""**Try a sentence**: what the unsaved text reads in a trainee's words, and how it is taught."""

import threading
from dataclasses import dataclass, replace

import pytest
from nicegui import ui
from nicegui.testing import User

from agent.protocol.messages import TurnDone
from agent.simulation.directing.director import AskedFact, Match, Observation
from agent.simulation.observing.observer import LexicalObserver
from data.records import CallEnd, CallStart, Turn
from personas.marks import normalised
from personas.model import Persona
from personas.parse import examine
from tests.support.clock import until
from tests.support.editor_world import (
    TOLD,
    EditorWorld,
    author,
    call,
    one,
    press,
    write,
    written,
)
from tests.support.studio import Make, log_in, persona_text
from ui.studio.try_sentence import LONGEST

CALL = "fedcba9876543210"
DOUBTFUL = "That sounds like a lot to go through, this is Demo Trainee of 12 Elm Road."
TAKEN_OUT = "That sounds like a lot to go through, this is [name] of [address]."
CLEAN = "That sounds like a lot to go through."


@dataclass
class Reading:
    """Reads by word lists and by the file's own examples; ``DOUBTFUL``, ``TAKEN_OUT`` and
    ``CLEAN`` may be an apology, as far as it can tell. Remembers on which threads it was asked."""

    persona: Persona
    threads: list[int]

    def observe(self, text: str) -> Observation:
        self.threads.append(threading.get_ident())
        if text == "fail":
            raise RuntimeError("a fault of the reader")
        seen = LexicalObserver(self.persona).observe(text)
        apology = self.persona.deescalations[0]
        unsure = [Match(apology.id, "a lot to go through", 0.41, "reader")] * (
            text in (DOUBTFUL, TAKEN_OUT, CLEAN)
        )
        key, rules = normalised(text), self.persona.rules
        like = [rule for rule in rules if key in map(normalised, rule.like)]
        unlike = {rule.id for rule in rules if key in map(normalised, rule.unlike)}
        known = unlike | {rule.id for rule in like}
        return replace(
            seen,
            matches=(
                *(match for match in seen.matches if match.rule not in known),
                *(Match(rule.id, text, 1.0, "example") for rule in like),
                *(Match(rule, text, 0.0, "example") for rule in unlike),
            ),
            unsure=tuple(match for match in unsure if match.rule not in known),
        )


@pytest.fixture
def threads(world: EditorWorld) -> list[int]:
    """The threads on which sentences were read."""
    found: list[int] = []
    world.observer = lambda persona: Reading(persona, found)
    return found


@pytest.fixture
async def user(threads: list[int], make: Make) -> User:
    """An author with the pane open."""
    user = await author(make)
    user.find(marker="tab-try").click()
    return user


def say(user: User, text: str) -> None:
    with user:
        one(user, ui.textarea, marker="try-sentence").set_value(text)


def texts(user: User, marker: str) -> str:
    """All words in the elements with that mark."""
    found = user.find(marker=marker).elements
    every = [part for each in found for part in (each, *each.descendants())]
    said = " ".join(text for each in every if (text := getattr(each, "text", "")))
    return " ".join(said.split())


async def test_it_says_what_is_read_how_sure_and_what_is_answered(
    user: User, threads: list[int]
) -> None:
    await user.should_see("Nothing to read yet.")
    say(user, "You have to calm down now. Which account is it?")
    await user.should_see(marker="seen-counts")
    seen = texts(user, "seen-counts")
    for words in ("Counts", "Makes it worse +2", "Being told to calm down", "calm down now"):
        assert words in seen
    assert "100 % sure, by the word lists" in seen
    assert "Account" in texts(user, "asks-for")
    answer = texts(user, "try-reply")
    assert "Do not tell me to calm down!" in answer
    assert "TC-1" in answer
    await user.should_see("Angrier by 2: told to calm down")
    await user.should_see("(9 of 10)")
    assert threads
    assert threading.get_ident() not in threads


async def test_what_is_unsure_and_what_is_not_read_are_told_apart(user: User) -> None:
    say(user, DOUBTFUL)
    await user.should_see(marker="seen-unsure")
    seen = texts(user, "seen-unsure")
    for words in ("Unsure, moves nothing", "A sincere apology", "41 % sure, by the reader"):
        assert words in seen
    await user.should_see("Not read: no rule of this text counts for it.")
    options = dict(one(user, ui.select, marker="try-rule").options)
    assert next(iter(options.values())) == "Calms \u22122: A sincere apology (unsure)"
    say(user, "Would you like me to confirm a refund?")
    await user.should_see("Only asked or offered, moves nothing")
    say(user, "Bananas.")
    await user.should_not_see(marker="seen-asked")
    await user.should_see("Not read: no rule of this text counts for it.")


async def test_it_reads_the_unsaved_text_or_the_last_that_could_be_read(user: User) -> None:
    say(user, "I will send you a new teapot.")
    await user.should_see("Not read")
    text = persona_text().replace("- A sincere apology", "- A new teapot is sent (-3)\n- A sincere")
    write(user, text)
    await user.should_see(marker="seen-counts")
    assert "A new teapot is sent" in texts(user, "seen-counts")
    write(user, text.replace("difficulty: easy", "difficulty: awful"))
    await user.should_see("Line 3 of the text has an error. Read by the last version")
    await user.should_see(marker="seen-counts")
    write(user, text)
    await user.should_not_see(marker="try-stale")


async def test_what_the_customer_said_before_is_one_of_its_lines(user: User) -> None:
    before = one(user, ui.select, marker="try-before")
    await until(lambda: "My parcel is broken." in before.options)
    assert "Do not tell me to calm down!" in before.options
    say(user, "Please calm down.")
    await user.should_see(marker="try-reply")
    assert texts(user, "try-reply") == "Do not tell me to calm down!"


@pytest.mark.parametrize(
    "text",
    [
        "I am sorry. " * 500,
        "\N{PILE OF POO}\N{ZERO WIDTH JOINER}" * 900,
        "ขอโทษจริงๆ ค่ะ",
        "أنا آسف",
        "<script>alert(1)</script>\0\x1b[31m",
        "…",
    ],
)
async def test_odd_sentences_do_nothing_bad(user: User, text: str) -> None:
    say(user, text)
    await user.should_see("What the customer would answer")
    box = one(user, ui.textarea, marker="try-sentence")
    assert box.props["maxlength"] == str(LONGEST)
    say(user, "")
    await user.should_see("Nothing to read yet.")


async def test_it_asks_to_wait_while_the_text_is_learnt(
    user: User, world: EditorWorld, threads: list[int]
) -> None:
    learnt, reader = threading.Event(), world.observer
    world.observer = lambda persona: reader(persona) if learnt.wait(60) else None
    say(user, "Please calm down.")
    await user.should_see("Reading … The first sentence takes a few seconds")
    learnt.set()
    await user.should_see(marker="seen-counts")
    await user.should_not_see("Reading …")


async def test_a_reader_that_fails_is_told_and_the_next_sentence_is_read(user: User) -> None:
    say(user, "fail")
    await user.should_see("This could not be read.")
    say(user, "I am so sorry about the parcel.")
    await user.should_see(marker="seen-counts")


async def test_one_click_counts_an_unsure_sentence_and_it_is_read_right_at_once(
    user: User, world: EditorWorld
) -> None:
    saved = world.file
    say(user, CLEAN)
    await user.should_see(marker="seen-unsure")
    user.find(marker="teach-like").click()
    await user.should_see("an example in the text")
    await user.should_not_see(marker="seen-unsure")
    lines = written(user).split("\n")
    line = lines.index(f'  - like: "{CLEAN}"')
    assert lines[line - 1].startswith("- A sincere apology")
    await user.should_see(f"Written on line {line + 1}. Save keeps it")
    del lines[line]
    assert "\n".join(lines) == saved == world.file
    press(user, "Show it")
    assert TOLD[-1] == ("jump", line + 1)


async def test_one_click_says_that_a_match_should_not_count(user: User) -> None:
    said = "I am so sorry about the parcel."
    say(user, said)
    await user.should_see(marker="seen-counts")
    apology = examine(written(user), "ann-lee").persona
    assert apology is not None
    user.find(marker=f"teach-unlike-{apology.deescalations[0].id}").click()
    await until(lambda: f'  - unlike: "{said}"' in written(user))
    await user.should_see("Does not count, by an example in the text")
    assert "A sincere apology" in texts(user, "seen-unlike")
    assert "A sincere apology" not in texts(user, "seen-counts")


async def test_any_rule_can_be_chosen_and_what_stands_there_already_is_told(user: User) -> None:
    say(user, "Bananas, then.")
    await user.should_see("Not read")
    persona = examine(written(user), "ann-lee").persona
    assert persona is not None
    day = persona.objectives[1]
    with user:
        one(user, ui.select, marker="try-rule").set_value(day.id)
    user.find(marker="teach-like-chosen").click()
    await user.should_see("an example in the text")
    text = written(user)
    assert '- Names a day for the refund\n  - like: "Bananas, then."' in text
    user.find(marker=f"teach-unlike-{day.id}").click()
    await user.should_see("stands under like: of this very rule")
    assert written(user) == text


async def test_a_match_of_the_opposite_is_written_with_a_warning(user: User) -> None:
    persona = examine(written(user), "ann-lee").persona
    assert persona is not None
    for rule in (persona.deescalations[0], persona.triggers[0]):
        say(user, "Hm, right.")
        await user.should_see(marker="try-rule")
        with user:
            one(user, ui.select, marker="try-rule").set_value(rule.id)
        user.find(marker="teach-like-chosen").click()
        await user.should_see("Written on line")
    await user.should_see("cannot anger and help at once")


# ---- from a call ----


def turn(persona: Persona) -> Turn:
    """The trainee's turn, which may have been an apology, and was taken for a refund."""
    return Turn(
        1, "trainee", DOUBTFUL, 5.0, phase="opening", intensity=7,
        matched=(persona.criteria[0].id,), quotes=("a lot",), confidences=(0.77,),
        unsure=(persona.deescalations[0].id,), unsure_quotes=("a lot to go through",),
        unsure_confidences=(0.41,), asked=("Account",), observer="reader",
        cause="met: a refund is confirmed",
    )  # fmt: skip


@pytest.fixture
def recorded(world: EditorWorld) -> Persona:
    """The persona of a call in the archive."""
    persona = examine(persona_text(), "ann-lee").persona
    assert persona is not None
    start = CallStart(
        CALL, "trainee", "ann-lee", "Ann Lee", "Returns", "aaaa", "offline", "en-US", 1_790_000_000
    )
    record = world.archive.open(start, persona_text())
    record.turn(Turn(0, "persona", "My parcel is broken, again.", 1.0))
    record.turn(turn(persona))
    record.close(CallEnd(1_790_000_060.0, "ended"))
    return persona


def addresses(user: User) -> list[str]:
    """Where the links of the page lead that teach."""
    found = [e for mark in ("teach-like", "teach-unlike") for e in user.find(marker=mark).elements]
    return [str(each.props["href"]) for each in found]


async def test_a_report_shows_authors_what_was_unsure_and_leads_to_the_editor(
    recorded: Persona, threads: list[int], make: Make, world: EditorWorld
) -> None:
    user = make()
    await log_in(user, "author")
    await user.open(f"/calls/{CALL}")
    assert "Unsure, moved nothing: A sincere apology" in texts(user, "unsure-1")
    user.find(marker="read-1").click()
    await user.should_see("What was read in this turn")
    assert "77 % sure, by the reader" in texts(user, "seen-counts")
    assert "41 % sure" in texts(user, "seen-unsure")
    await user.should_see("It asks for: Account.")
    found = addresses(user)
    rule = recorded.deescalations[0].id
    wanted = f"/studio/ann-lee?try={CALL}&turn=1&as=like&rule={rule}"
    assert wanted in found
    assert f"/studio/ann-lee?try={CALL}&turn=1&as=like" in found
    assert all("lot" not in address for address in found)

    saved = world.file
    await user.open(wanted)
    await user.should_see("“Demo Trainee” became [name], “12 Elm Road” became [address]")
    await user.should_see("Nothing is written yet")
    await user.should_see(marker="seen-unsure")
    assert one(user, ui.textarea, marker="try-sentence").value == TAKEN_OUT
    assert one(user, ui.select, marker="try-before").value == "My parcel is broken, again."
    assert one(user, ui.select, marker="try-rule").value == rule
    assert written(user) == saved
    say(user, CLEAN)
    await user.should_see(marker="seen-unsure")
    user.find(marker="teach-like-chosen").click()
    await until(lambda: f'  - like: "{CLEAN}"' in written(user))
    assert "Elm Road" not in written(user)
    assert world.file == saved


async def test_a_trainee_reads_nothing_of_it_on_the_report(recorded: Persona, make: Make) -> None:
    user = make()
    await log_in(user)
    await user.open(f"/calls/{CALL}")
    await user.should_see(DOUBTFUL)
    for words in ("Unsure", "What was read", "% sure"):
        await user.should_not_see(words, retries=1)


@pytest.mark.parametrize(
    "asked",
    ["try=0000000000000000&turn=1", f"try={CALL}&turn=0", f"try={CALL}&turn=x", "try=..&turn=1"],
)
async def test_an_address_that_asks_for_nothing_opens_the_editor(
    recorded: Persona, threads: list[int], make: Make, asked: str
) -> None:
    user = make()
    await log_in(user, "author")
    await user.open(f"/studio/ann-lee?{asked}")
    await user.should_see("Start Voice Call")
    assert not one(user, ui.textarea, marker="try-sentence").value


async def test_the_call_beside_the_text_hands_a_turn_to_the_box(
    threads: list[int], make: Make, world: EditorWorld
) -> None:
    user = await author(make)
    live = await call(user, world)
    live.receive(TurnDone(live.id, Turn(0, "persona", "My parcel is broken.", 1.0)))
    live.receive(TurnDone(live.id, turn(live.persona)))
    await user.should_see("What was read: 1 unsure")
    user.find(marker="read-1").click()
    await user.should_see("Unsure, moves nothing")
    user.find(marker=f"teach-like-{live.persona.deescalations[0].id}").click()
    await user.should_see("“12 Elm Road” became [address]")
    assert one(user, ui.textarea, marker="try-sentence").value == TAKEN_OUT
    assert written(user) == world.file
    assert live.end is None


async def test_the_fact_that_waits_is_said_to_wait(world: EditorWorld, make: Make) -> None:
    text = persona_text().replace("TC-1", "TC-1\n  - only after: A sincere apology")

    class Asks:
        def __init__(self, persona: Persona) -> None:
            pass

        def observe(self, text: str) -> Observation:
            return Observation(text, facts=(AskedFact("Account", 0.88),), source="reader")

    world.observer = Asks
    user = await author(make)
    user.find(marker="tab-try").click()
    write(user, text)
    say(user, "Which account?")
    await user.should_see(marker="asks-for")
    assert "it is not told yet: Account (88 % sure)" in texts(user, "asks-for")
