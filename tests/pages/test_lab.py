"""The lab's pages, as an author meets them."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast

import pytest
from nicegui import ui
from nicegui.testing import User

from agent.lab.built_in import ATTEMPTS, FACTS
from agent.simulation.directing.course import Observation
from agent.simulation.observing.observer import LexicalObserver
from data.drafts import begun
from data.lab_runs import Heard, InSound, LabRun, Miss
from data.records import Break, Turn
from personas.model import Persona
from personas.persona_files import PersonaFiles
from tests.support.persona_text import swap
from tests.support.studio import World, log_in, persona_text, visit

SLUG = "ann-lee"
PAGE = f"/studio/{SLUG}/lab"
KIND = '1. I am so sorry about the parcel.\n   - expect: matched "A sincere apology"\n'
WRONG = "1. You have to calm down.\n   - expect: intensity at most 3\n"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.fixture
async def user(world: World) -> AsyncIterator[User]:
    async with visit(world.studio()) as make:
        user = make()
        await log_in(user, "author")
        yield user
        world.lab.close()


def script(world: World, name: str, text: str) -> None:
    world.scripts.save(SLUG, name, text, base=None, author="author")


def press(user: User, mark: str) -> None:
    user.find(marker=mark).click()


def text_of(user: User, mark: str) -> ui.codemirror:
    pane = next(iter(user.find(marker=mark).elements))
    assert isinstance(pane, ui.codemirror)
    return pane


def save(user: User) -> None:
    """The editor's button."""
    user.find(kind=ui.button, content="Save").click()


def choice(user: User, mark: str) -> ui.select:
    """The field of that mark; a number's is set alike."""
    field = next(iter(user.find(marker=mark).elements))
    assert isinstance(field, ui.select | ui.number)
    return cast(ui.select, field)


def run_of(world: World, name: str = "kind", **values: object) -> LabRun:
    """A run that the lab has kept."""
    entry = world.library.get(SLUG)
    assert entry is not None
    made = LabRun(
        f"{name}{len(world.lab.kept.recent())}",
        "batch",
        SLUG,
        str(values.pop("version", entry.version)),
        name,
        str(values.pop("engine", "offline")),
        str(values.pop("played_by", "the offline actor")),
        1_790_000_000.0,
        **values,  # type: ignore[arg-type]
    )
    world.lab.kept.add(made)
    return made


async def test_a_persona_without_scripts_gets_its_first_from_a_template(
    world: World, user: User
) -> None:
    await user.open(PAGE)
    await user.should_see("No scripts yet")
    press(user, "new-script")
    await user.should_see("Begin with")
    press(user, "write-script")
    await user.should_see("A script against Ann Lee · solves-it.md")
    assert (world.personas / "scripts" / SLUG / "solves-it.md").exists()
    press(user, "save-and-play")
    await user.should_see("Transcript")


async def test_any_persona_is_talked_out_of_its_role_and_measured_without_a_script(
    world: World, user: User
) -> None:
    await user.open(PAGE)
    await user.should_see("No scripts yet")
    press(user, "play-try")
    await user.should_see("Passed")
    press(user, "play-measure")
    await user.should_see("Measured")
    await user.should_see("Lines that agree with each other: ")
    await user.should_see("not judged")
    await user.should_see("No text model judged. The offline customer played")
    runs = world.lab.kept.recent(SLUG)
    assert {run.script for run in runs} == {ATTEMPTS, FACTS}
    measured = next(run for run in runs if run.consistency is not None)
    await user.open(f"/lab/runs/{measured.id}")
    await user.should_see("Facts answered as the file has them: ")


async def test_a_break_without_a_script_leads_to_its_turn_and_who_spoke_the_trainee_is_said(
    world: World, user: User
) -> None:
    miss = Miss(3, "no guard broken", "guard", 5)
    run_of(world, ATTEMPTS, misses=(miss,), trainee="llama as a good trainee")
    await user.open(PAGE)
    (link,) = user.find(kind=ui.link, content="Line 3").elements
    assert str(link.props["href"]).endswith("#turn-5")
    await user.open(str(link.props["href"]).partition("#")[0])
    await user.should_see("trainee: llama as a good trainee")


async def test_scripts_are_played_and_say_where_one_left_what_was_expected(
    world: World, user: User
) -> None:
    script(world, "kind", KIND)
    script(world, "wrong", WRONG)
    await user.open(PAGE)
    await user.should_see("Not played yet")
    press(user, "play-all")
    await user.should_see("1 of 2 scripts pass; “wrong” left its expectation at line 2: ")
    await user.should_see("Passed")
    await user.should_see("Missed")
    await user.should_see("Line 2")
    await user.should_see("mood 7→9")
    world.scripts.save(
        SLUG, "wrong", swap("most 3", "most 9", WRONG), base=version(world, "wrong"), author="x"
    )
    press(user, "play-missed")
    await user.should_see("All 2 scripts pass.")
    assert len(world.lab.kept.recent(SLUG)) == 3


def version(world: World, name: str) -> str:
    entry = world.scripts.get(SLUG, name)
    assert entry is not None
    return entry.version


async def test_the_unsaved_text_and_an_earlier_version_stand_beside_the_file(
    world: World, user: User
) -> None:
    script(world, "kind", KIND)
    calmer = swap("A sincere apology (-2)", "A sincere apology (-5)", persona_text())
    world.drafts.note(begun("author", SLUG, "page", calmer, persona_text(), ""))
    await user.open(PAGE)
    choice(user, "lab-other").set_value("draft")
    await user.should_see("Your unsaved text")
    press(user, "play-all")
    await user.should_see("mood 7→5")
    await user.should_see("mood 7→2")
    world.drafts.note(begun("author", SLUG, "page", "no persona", persona_text(), ""))
    await user.open(PAGE)
    choice(user, "lab-other").set_value("draft")
    await user.should_see("Cannot be played: it has an error in line 1")


async def test_a_result_of_an_earlier_text_says_so(world: World, user: User) -> None:
    script(world, "kind", KIND)
    run_of(world, version="000000000000", passed=True, score=70)
    await user.open(PAGE)
    await user.should_see("Of an earlier text; play it again.")
    await user.should_not_see("The script passes.")


async def test_a_result_of_an_edited_script_says_so_wherever_it_stands(
    world: World, user: User
) -> None:
    script(world, "kind", KIND)
    entry = world.scripts.get(SLUG, "kind")
    assert entry is not None
    run_of(world, passed=True, script_version=entry.version)
    for page, words in ((PAGE, "Passed"), (f"{PAGE}/kind", "Passed"), ("/lab", "1 of 1 pass")):
        await user.open(page)
        await user.should_see(words)
        await user.should_not_see("earlier text", retries=1)
    world.scripts.save(SLUG, "kind", WRONG, base=entry.version, author="author")
    for page, words in ((PAGE, "Of an earlier text"), (f"{PAGE}/kind", "Of an earlier text"),
                        ("/lab", "Of earlier texts: 1 result.")):  # fmt: skip
        await user.open(page)
        await user.should_see(words)


async def test_repeats_show_their_spread_and_who_played(world: World, user: User) -> None:
    script(world, "kind", f"---\nengine: gemini\n---\n{KIND}")
    for at, (score, passed) in enumerate([(60, False), (90, True)]):
        run_of(
            world,
            engine="gemini",
            played_by="gpt-5 in place of Gemini",
            repeat=at,
            score=score,
            passed=passed,
            misses=() if passed else (Miss(2, "resolved", "not accepted"),),
        )
    await user.open(PAGE)
    await user.should_see("Missed: 1 of 2 passed")
    await user.should_see("score 60-90 · not solved")
    await user.should_see("resolved: not accepted (1 of 2 runs)")
    await user.should_see("played by gpt-5 in place of Gemini")
    await user.should_see("Transcript 2")


async def test_a_run_shows_its_misses_at_their_turns_and_its_broken_guards(
    world: World, user: User
) -> None:
    script(world, "wrong", WRONG)
    await user.open(PAGE)
    press(user, "play-wrong")
    await user.should_see("Transcript")
    played = world.lab.kept.recent(SLUG)[0]
    await user.open(f"/lab/runs/{played.id}")
    await user.should_see("You have to calm down.")
    await user.should_see("Angrier by 2")
    await user.should_see(marker="miss")
    await user.should_see("✗ Line 2")
    broken = run_of(
        world,
        turns=world.lab.kept.get(played.id).turns,  # type: ignore[union-attr]
        breaks=(Break(2, "assistant", "As an AI", "It says that it is a machine."),),
        failure="the model's quota is used up",
    )
    await user.open(f"/lab/runs/{broken.id}")
    await user.should_see("It was broken off: the model's quota is used up.")
    await user.should_see(marker="guard-assistant")
    gone = await user.http_client.get("/lab/runs/none")
    assert gone.status_code == 404
    assert "This run is no longer kept" in gone.text


SOUND = InSound(30.0, 25.0, noisy=True, heard=(Heard(1, "Good day.", "Good Dave."),))


async def test_a_run_in_real_sound_can_be_heard(world: World, user: User) -> None:
    kept = world.lab.kept
    said = (Turn(0, "persona", "Yes?", 1.0), Turn(1, "trainee", "Good day.", 3.0))
    made = run_of(world, sound=SOUND, turns=said)
    await user.open(f"/lab/runs/{made.id}")
    await user.should_see("The line was noisy. The call took 30 s, 1.20 times its speaking time.")
    await user.should_see("“Good Dave.” where “Good day.” was said")
    await user.should_see("No sound of it is kept.")
    address = f"/api/lab/{made.id}.ogg"
    assert (await user.http_client.get(address)).status_code == 404
    (kept.folder / f"{made.id}.ogg").write_bytes(b"OggS and so on")
    await user.open(f"/lab/runs/{made.id}")
    (player,) = user.find(marker="lab-sound").elements
    assert isinstance(player, ui.audio)
    assert player.props["src"] == address
    await user.should_see(marker="play-turn-1")
    answer = await user.http_client.get(address, headers={"Range": "bytes=0-3"})
    assert (answer.status_code, answer.content) == (206, b"OggS")
    assert (await user.http_client.get("/api/lab/none.ogg")).status_code == 404


async def test_a_batch_is_seen_while_it_plays_and_is_stopped(world: World, user: User) -> None:
    reached, go_on = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    class Waiting(LexicalObserver):
        def observe(self, text: str) -> Observation:
            loop.call_soon_threadsafe(reached.set)
            asyncio.run_coroutine_threadsafe(go_on.wait(), loop).result(30)
            return super().observe(text)

    def make(persona: Persona) -> LexicalObserver:
        return Waiting(persona)

    world.observer = make
    script(world, "kind", KIND)
    script(world, "wrong", WRONG)
    await user.open(PAGE)
    press(user, "play-all")
    await reached.wait()
    await user.should_see("Playing “kind”: 1 of 2.")
    user.find("Stop").click()
    go_on.set()
    await user.should_not_see("Playing “kind”: 1 of 2.")
    await user.should_see("Broken off")
    assert [run.script for run in world.lab.kept.recent(SLUG)] == ["kind"]


async def test_a_script_is_written_with_its_findings_and_saved_on_top_of_nobody(
    world: World, user: User
) -> None:
    script(world, "kind", KIND)
    await user.open(f"{PAGE}/kind")
    pane = text_of(user, "script-text")
    pane.set_value(KIND + "   - expect: intensty at most 3\n")
    await user.should_see("did you mean intensity at most N?")
    await user.should_see("Unsaved changes")
    press(user, "save-script")
    await user.should_see("it cannot be played like this")
    press(user, "save-and-play")
    await user.should_see("mend the errors first")
    pane.set_value(KIND + "2. Mine.\n")
    world.scripts.save(SLUG, "kind", KIND + "2. Theirs.\n", base=version(world, "kind"), author="x")
    await user.should_see("The file was changed by someone else.")
    press(user, "save-script")
    await user.should_see("Someone else changed this file")
    user.find("Keep mine").click()
    await user.should_see("Saved.")
    saved = world.scripts.get(SLUG, "kind")
    assert saved is not None
    assert saved.text == KIND + "2. Mine.\n"


async def test_a_script_is_renamed_and_deleted_by_asking(world: World, user: User) -> None:
    script(world, "kind", KIND)
    await user.open(f"{PAGE}/kind")
    press(user, "more-script")
    press(user, "rename-script")
    field = next(iter(user.find(marker="script-new-name").elements))
    assert isinstance(field, ui.input)
    field.set_value("kinder")
    press(user, "do-it")
    await user.should_see("A script against Ann Lee · kinder.md")
    press(user, "more-script")
    press(user, "delete-script")
    await user.should_see("Delete kinder?")
    press(user, "do-it")
    await user.should_see("No scripts yet")


async def test_a_script_is_made_of_a_finished_call(world: World, user: User) -> None:
    world.finished_call()
    await user.open(PAGE)
    press(user, "new-script")
    await user.should_see("Begin with")
    choice(user, "script-kind").set_value("call")
    press(user, "write-script")
    await user.should_see("A script against Ann Lee · a-call.md")
    entry = world.scripts.get(SLUG, "a-call")
    assert entry is not None
    assert [turn.text for turn in entry.script.turns] == [
        "You have to calm down <b>now</b>",
        "I am sorry about the parcel",
    ]
    assert entry.script.playable


async def test_the_lab_of_all_plays_all_and_links_to_each(world: World, user: User) -> None:
    world.write("bo-ken", persona_text("Bo Ken"))
    script(world, "wrong", WRONG)
    await user.open("/lab")
    await user.should_see("1 script, not played yet")
    press(user, "play-all")
    await user.should_see("0 of 1 script passes; “wrong” left its expectation at line 2: ")
    await user.should_see("0 of 1 pass")
    await user.should_see(marker=f"lab-of-{SLUG}")


async def test_runs_of_a_persona_that_was_deleted_stay(world: World, user: User) -> None:
    script(world, "kind", KIND)
    made = run_of(world, passed=True)
    PersonaFiles(world.library).archive(SLUG, author="author")
    await user.open(f"/lab/runs/{made.id}")
    await user.should_see("There is no file ann-lee.md any more. Its runs stay here.")
    await user.should_see("Passed")
    await user.open(PAGE)
    await user.should_see("There is no file ann-lee.md at present.")


async def test_a_persona_with_errors_says_what_plays(world: World, user: User) -> None:
    broken = swap("Threshold: 5", "Threshold: 99", persona_text())
    entry = world.library.get(SLUG)
    assert entry is not None
    world.library.save(SLUG, broken, base=entry.version, author="author")
    script(world, "kind", KIND)
    await user.open(PAGE)
    await user.should_see("ann-lee.md has errors: its last good version plays.")
    press(user, "play-all")
    await user.should_see("The script passes.")


async def test_a_save_plays_the_scripts_where_that_is_switched_on(world: World, user: User) -> None:
    script(world, "kind", KIND)
    await user.open(f"/studio/{SLUG}")
    await user.should_see("Play 1 script on each save")
    pane = next(iter(user.find(marker="text").elements))
    assert isinstance(pane, ui.codemirror)
    pane.set_value(persona_text().replace("sincere", "truly sincere"))
    save(user)
    await user.should_see("Saved. Calls with this persona")
    assert not world.lab.kept.recent(SLUG)
    press(user, "play-on-save")
    await asyncio.sleep(0)
    pane.set_value(persona_text())
    save(user)
    await user.should_see("The script passes.")
    pane.set_value(swap("A sincere apology", "A gift", persona_text()))
    save(user)
    await user.should_see(
        "0 of 1 script passes; “kind” has an error in line 2: "
        "'A sincere apology' is no rule of the persona."
    )


async def test_the_lab_is_for_authors(world: World) -> None:
    async with visit(world.studio()) as make:
        user = make()
        await log_in(user, "trainee")
        for path in ("/lab", PAGE, f"{PAGE}/kind", "/lab/runs/x", "/api/lab/x.ogg"):
            response = await user.http_client.get(path)
            assert response.status_code == 403


async def test_what_a_paid_model_may_cost_is_told_and_limited(world: World) -> None:
    world.configure(OPENAI_API_KEY="sk-tests")
    async with visit(world.studio()) as make:
        user = make()
        await log_in(user, "author")
        script(world, "kind", KIND)
        await user.open(PAGE)
        choice(user, "lab-engine").set_value("pipeline")
        await user.should_see("for 1 run with 2 lines")
        choice(user, "lab-repeat").set_value(4)
        await user.should_see("for 4 runs with 8 lines")
        choice(user, "lab-most").set_value(0)
        press(user, "play-all")
        await user.should_see("and the limit is 0.00 USD. Raise the limit")
        assert not world.lab.kept.recent(SLUG)
    world.lab.close()
