"""Deleting a call: who may, what is said before, and what is gone afterwards."""

import pytest

from data.records import CallEnd, CallStart
from tests.support.clock import until
from tests.support.studio import Make, World, log_in, persona_text

CALL = "0123456789abcdef"


def listed(world: World) -> list[str]:
    return [call.call for call in world.archive.list()]


def with_sound(world: World) -> None:
    world.finished_call()
    recording = world.recordings.open(CALL)
    recording.add(b"OggS" * 500_000)
    recording.close()


async def test_a_trainee_deletes_an_own_call_from_its_report(world: World, make: Make) -> None:
    with_sound(world)
    later = CallStart(
        "f" * 16, "author", "ann-lee", "Ann Lee", "Returns", "v1", "offline", "en-US", 5.0,
        origin=CALL, taken=2,
    )  # fmt: skip
    world.archive.open(later, persona_text()).close(CallEnd(65.0, "ended"))
    user = make()
    await log_in(user)
    await user.open(f"/calls/{CALL}")
    user.find(marker=f"delete-{CALL}").click()
    await user.should_see("Delete this call?")
    await user.should_see("Its recording (2.0 MB) and all that was made of it")
    await user.should_see("1 try of its moments, whoever made them: they repeat its first turns")
    user.find(content="Cancel").click()
    assert listed(world) == [CALL]
    user.find(marker=f"delete-{CALL}").click()
    await user.should_see("Delete this call?")
    user.find(marker="delete-it").click()
    await until(lambda: listed(world) == [])
    assert world.archive.get("f" * 16) is None
    await until(lambda: user.back_history[-1] == "/calls")
    assert world.archive.get(CALL) is None
    assert world.recordings.find(CALL) is None
    response = await user.http_client.get(f"/api/calls/{CALL}.json")
    assert response.status_code == 404


async def test_one_is_deleted_from_the_list_which_is_drawn_anew(world: World, make: Make) -> None:
    world.finished_call()
    user = make()
    await log_in(user)
    await user.open("/calls")
    user.find(marker=f"delete-{CALL}").click()
    await user.should_see("Delete this call?")
    await user.should_not_see("Its recording")
    user.find(marker="delete-it").click()
    await user.should_see("The call is deleted.")
    await user.should_see("No calls yet. Three steps to the first one:")
    assert listed(world) == []


@pytest.mark.parametrize(("name", "may"), [("admin", True), ("author", False), ("trainee", True)])
async def test_admins_delete_any_call_and_others_their_own(
    world: World, make: Make, name: str, may: bool
) -> None:
    world.finished_call("trainee")
    user = make()
    await log_in(user, name)
    for page in ("/calls", f"/calls/{CALL}"):
        await user.open(page)
        await user.should_see("Returns")
        if may:
            await user.should_see(marker=f"delete-{CALL}")
        else:
            await user.should_not_see(marker=f"delete-{CALL}", retries=3)


async def test_a_call_that_goes_on_has_no_way_to_be_deleted(world: World, make: Make) -> None:
    start = CallStart(
        CALL, "trainee", "ann-lee", "Ann Lee", "Returns", "v1", "offline", "en-US", 1.79e9
    )
    world.archive.open(start, persona_text())
    user = make()
    await log_in(user)
    for page in ("/calls", f"/calls/{CALL}"):
        await user.open(page)
        await user.should_see("Returns")
        await user.should_not_see(marker=f"delete-{CALL}", retries=3)


async def test_what_cannot_be_deleted_is_said(
    world: World, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.finished_call()
    user = make()
    await log_in(user)
    await user.open(f"/calls/{CALL}")

    def refused(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(world.archive), "delete", refused)
    user.find(marker=f"delete-{CALL}").click()
    await user.should_see("Delete this call?")
    user.find(marker="delete-it").click()
    await user.should_see("It could not be deleted: Permission denied.")
