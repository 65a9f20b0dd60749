"""The editor's page as an author meets it: what it reads, and the call with the unsaved text."""

from itertools import count

import pytest
from nicegui import ui
from nicegui.testing import User

from agent.protocol.messages import Edited, Ended
from data.records import Edit
from tests.support.clock import until
from tests.support.editor_world import (
    TOLD,
    EditorWorld,
    author,
    call,
    press,
    version,
    write,
)
from tests.support.studio import Make, persona_text
from ui.studio.text_pane import TextPane


@pytest.fixture
async def user(make: Make) -> User:
    return await author(make)


async def test_the_checker_marks_its_findings_at_their_lines(user: User) -> None:
    text = persona_text(difficulty="terrible")
    write(user, text)
    await user.should_see("unknown difficulty")
    await user.should_see("Line 3")
    _, marks, notes = next(told for told in reversed(TOLD) if told[0] == "decorate")
    assert [3, 3, "rh-cm-error"] in marks
    assert notes["3"].startswith("Error: unknown difficulty")
    user.find(marker="finding").click()
    assert TOLD[-1] == ("jump", 3)


async def test_the_checker_does_not_wait_for_the_end_of_the_typing(user: User) -> None:
    numbers = count()

    def typed_until_marked() -> bool:
        write(user, persona_text(difficulty=f"terrible{next(numbers)}"))
        marks = [notes for kind, *_, notes in TOLD if kind == "decorate"]
        return any("terrible" in notes.get("3", "") for notes in marks)

    await until(typed_until_marked)
    write(user, persona_text(difficulty="awful"))
    await user.should_see("unknown difficulty 'awful'")


async def test_the_outline_leads_to_the_headings(user: User) -> None:
    write(user, persona_text() + "\n# A section of mine\n")
    await user.should_see("A section of mine")
    press(user, "Phase 3: De-escalation Points")
    line = persona_text().split("\n").index("## Phase 3: De-escalation Points") + 1
    assert TOLD[-1] == ("jump", line)


async def test_the_preview_says_what_is_read(user: User) -> None:
    user.find(marker="tab-preview").click()
    write(user, persona_text("Ann <script>alert(1)</script> Lee"))
    for words in (
        "Account", "TC-1", "Begins angry: 7 of 10", "Being told to calm down", "+2", "\u22122",
        "Ready to agree at 5 of 10 or below", "weight 2", "“Well, thank you.”",
        "Ann <script>alert(1)</script> Lee",
    ):  # fmt: skip
        await user.should_see(words)
    write(user, "# Persona: Ann Lee\n")
    await user.should_see("This is the last version that could be read.")


async def test_the_preview_says_what_else_a_file_may_say(user: User) -> None:
    user.find(marker="tab-preview").click()
    below = '- Names a day for the refund\n  - like: "On Friday."\n  - unlike: "Some day."'
    text = persona_text().replace("- Names a day for the refund", below)
    text = text.replace("TC-1", 'TC-1\n  - only after: A sincere apology\n  - asked: "Which?"')
    text = text.replace("is confirmed", "is confirmed\n  - then: Account: closed for good")
    text = text.replace("language:", "exam: yes\nhang_up: no\nlanguage:")
    write(user, f'{text}\n# Phrases\n- Why: "What for, dear?"\n\n# Briefing\nYou sell *pots*.\n')
    for words in (
        "Exam", "Never hangs up", "Only after: ", "“Which?”", "Then “Account” is: ",
        "closed for good", "“On Friday.”", "But not: ", "“Some day.”", "“What for, dear?”",
        "You sell *pots*.",
    ):  # fmt: skip
        await user.should_see(words)
    await user.should_not_see("Unpublished")


# ---- the call with the draft ----


async def test_a_call_speaks_the_text_as_it_stands_unsaved(user: User, world: EditorWorld) -> None:
    text = persona_text("Ann Draft")
    write(user, text)
    await call(user, world)
    assert world.calls.options_asked[-1].draft == text
    assert world.file == persona_text()
    await user.should_see("speaks a draft")


async def test_apply_hands_the_text_to_the_call_and_says_from_which_turn(
    user: User, world: EditorWorld
) -> None:
    live = await call(user, world)
    text = persona_text("Ann Two")
    write(user, text)
    await user.should_see("Not in the call yet")
    press(user, "Apply")
    await user.should_see("Handed over to the call")
    assert world.calls.texts == [text]
    live.receive(Edited(live.id, Edit(version(world), "applied", "", 4, 20.0)))
    await user.should_see("Your text speaks from turn 5 on.")
    assert world.file == persona_text()
    press(user, "Apply")
    await user.should_see("The call has this very text.")
    write(user, persona_text("Ann Three"))
    press(user, "Apply")
    await until(lambda: len(world.calls.texts) == 2)
    live.receive(Edited(live.id, Edit(version(world), "refused", "The model is deaf.", 6, 30.0)))
    await user.should_see("The model is deaf. The call keeps its last good text.")
    live.receive(Ended(live.id, "ended", False))
    await user.should_see("A call here speaks your text as it stands")


async def test_before_a_call_the_page_says_what_keeps_the_text_from_being_called(
    user: User, world: EditorWorld
) -> None:
    await user.should_see("A call here speaks your text as it stands")
    write(user, persona_text(difficulty="terrible"))
    await user.should_see("Mend it, then start a call.")
    write(user, world.file)
    await user.should_see("A call here speaks your text as it stands")


async def test_a_text_with_errors_is_refused_at_the_page(user: User, world: EditorWorld) -> None:
    await call(user, world)
    write(user, persona_text(difficulty="terrible"))
    press(user, "Apply")
    await user.should_see("The call keeps its last good text.")
    await user.should_see("Refused")
    assert world.calls.texts == []


async def test_it_is_applied_while_typed(user: User, world: EditorWorld) -> None:
    await call(user, world)
    user.find(marker="apply-as-typed").click()
    for name in ("Ann A", "Ann B", "Ann C"):
        write(user, persona_text(name))
    await until(lambda: bool(world.calls.texts))
    assert world.calls.texts == [persona_text("Ann C")]
    write(user, persona_text(difficulty="terrible"))
    await user.should_see("Until then the last good text speaks.")
    assert len(world.calls.texts) == 1


async def test_a_save_reaches_the_call_on_the_page(user: User, world: EditorWorld) -> None:
    await call(user, world)
    text = persona_text("Ann Two")
    write(user, text)
    press(user, "Save")
    await until(lambda: world.calls.texts == [text])
    assert world.file == text


async def test_a_call_with_a_broken_text_is_refused(user: User, world: EditorWorld) -> None:
    write(user, persona_text(difficulty="terrible"))
    press(user, "Start Voice Call")
    await user.should_see("This text cannot be called yet")


async def test_what_cannot_be_read_yet_gets_its_call_when_it_can(world: EditorWorld) -> None:
    world.write("broken", "# Persona: Ann Lee\n")
    async with world.pages() as make:
        user = await author(make, slug="broken")
        await user.should_see("Mend the errors in the text")
        write(user, persona_text())
        await user.should_see("Start Voice Call")


@pytest.mark.parametrize(
    "text", ["", "plain\n", "สวัสดี é", "a😀b", "😀😀", "half \ud83d 𐍈", "\uffff"]
)
def test_the_editor_counts_characters_as_the_browser_does(text: str) -> None:
    assert TextPane._encode_codepoints(text) == ui.codemirror._encode_codepoints(text)
