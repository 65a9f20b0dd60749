"""What to practise next, on the catalogue."""

from data.annotations import Annotation
from tests.support.studio import World, persona_text, visiting


async def test_the_weakest_objective_is_named_and_nothing_before_the_first_call(
    world: World,
) -> None:
    async with visiting(world, "trainee", "/") as user:
        await user.should_see("Ann Lee")
        await user.should_not_see(marker="next", retries=1)
        world.finished_call()
        await user.open("/")
        await user.should_see("Practise next: Ann Lee.")
        await user.should_see("Name a day for the refund")
        await user.should_see(" was missing in your last call.")


async def test_a_coach_s_word_counts_before_what_was_read(world: World) -> None:
    record = world.archive.get(world.finished_call())
    assert record is not None
    assert record.scorecard is not None
    first, second = (item["id"] for item in record.scorecard["objectives"])
    for rule, shown in ((first, False), (second, True)):
        word = Annotation("objective", "author", 5.0, rule, yes=shown, reader=not shown)
        world.annotations.add(record.start, word)
    async with visiting(world, "trainee", "/") as user:
        await user.should_see("Apologise for the broken parcel")
        await user.should_not_see("Name a day for the refund", retries=1)


async def test_the_line_is_of_the_user_and_follows_the_files(world: World) -> None:
    world.write("bob", persona_text("Bob Hill", "Late parcel"))
    world.finished_call("author")
    async with visiting(world, "trainee", "/") as user:
        await user.should_see("Bob Hill")
        await user.should_not_see(marker="next", retries=1)
    world.finished_call(call="f" * 16)
    (world.personas / "ann-lee.md").unlink()
    async with visiting(world, "trainee", "/") as user:
        await user.should_see("Practise next: Bob Hill.")
        await user.should_see("You have not practised this call yet.")
