"""The pages for accounts and for one's own password."""

import asyncio
from collections.abc import Callable

import pytest
from nicegui import Client, ui

from data.users import UserError, Users
from tests.support.studio import Make, World, log_in
from ui.auth import session

NEW = "a long new password"


async def test_accounts_are_for_admins(make: Make) -> None:
    user = make()
    await log_in(user, "author")
    response = await user.http_client.get("/accounts")
    assert response.status_code == 403
    assert "Accounts are for admins" in response.text


async def test_an_admin_makes_an_account_that_can_log_in(world: World, make: Make) -> None:
    user = make()
    await log_in(user, "admin")
    await user.open("/accounts")
    user.find(kind=ui.button, content="New account").click()
    user.find(marker="new-name").type("kim")
    user.find(marker="new-display").type("Kim Lee")
    user.find(marker="new-password").type("short")
    user.find(kind=ui.button, content="Make the account").click()
    await user.should_see("at least 8 characters.")
    user.find(marker="new-password").clear().type(NEW)
    user.find(kind=ui.button, content="Make the account").click()
    await user.should_see("The account kim is ready.")
    await user.should_see("Kim Lee")
    found = world.users.verify("kim", NEW, demo_allowed=False)
    assert found is not None
    assert (found.role, found.display) == ("trainee", "Kim Lee")


async def test_a_disabled_user_is_out_at_once(world: World, make: Make) -> None:
    user = make()
    await log_in(user, "trainee")
    world.users.change("trainee", role="trainee", display="Demo trainee", disabled=True)
    response = await user.http_client.get("/calls")
    assert response.status_code == 303


@pytest.mark.parametrize(
    ("change", "stays"),
    [
        (lambda users: users.change("author", role="admin", display="Somebody"), True),
        (lambda users: users.change("author", role="trainee", display="Somebody"), False),
        (lambda users: users.change("author", role="author", display="", disabled=True), False),
        (lambda users: users.set_password("author", NEW), False),
    ],
    ids=["may more", "may less", "disabled", "another password"],
)
async def test_open_pages_end_with_the_right_to_see_them(
    change: Callable[[Users], object],
    stays: bool,
    world: World,
    make: Make,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(session, "STAYS", 0.02)
    user = make()
    await log_in(user, "author")
    client = await user.open("/studio/ann-lee")
    sent: list[str] = []
    monkeypatch.setattr(client, "run_javascript", lambda code, **_: sent.append(code))
    change(world.users)
    for _ in range(25 if stays else 1000):
        if not client.is_deleted:
            await asyncio.sleep(0.02)
    assert client.is_deleted is not stays
    assert ("location.reload()" in sent) is not stays


def test_the_only_admin_stays(world: World) -> None:
    with pytest.raises(UserError, match="only admin"):
        world.users.change("admin", role="author", display="")
    with pytest.raises(UserError, match="only admin"):
        world.users.change("admin", role="admin", display="", disabled=True)
    world.users.add("second", "admin", "", NEW)
    world.users.change("admin", role="author", display="")
    assert {a.user.name: a.user.role for a in world.users.accounts()}["admin"] == "author"


async def test_a_changed_password_ends_the_other_sessions(
    world: World, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = make(), make()
    await log_in(here, "trainee")
    await log_in(there, "trainee")
    await here.open("/password")
    here.find(marker="present").type("wrong")
    here.find(marker="first").type(NEW)
    here.find(marker="second").type(NEW)
    here.find(kind=ui.button, content="Change password").click()
    await here.should_see("The current password is not right.")
    page, sent = there.client, set[tuple[object, str]]()
    monkeypatch.setattr(Client, "run_javascript", lambda page, code, **_: sent.add((page, code)))
    here.find(marker="present").type("trainee-demo")
    here.find(marker="first").type(NEW)
    here.find(marker="second").type(NEW)
    here.find(kind=ui.button, content="Change password").click()
    await here.should_see("The password is changed.")
    assert (await here.http_client.get("/calls")).status_code == 200
    assert (await there.http_client.get("/calls")).status_code == 303
    assert (page, "location.reload()") in sent
    assert here.client not in {each for each, _ in sent}
    assert world.users.verify("trainee", NEW, demo_allowed=False) is not None


async def test_an_address_that_somebody_has_changed_shows_the_page(make: Make) -> None:
    user = make()
    await log_in(user, "trainee")
    response = await user.http_client.get("/password?changed=perhaps")
    assert response.status_code == 200
    assert "Change password" in response.text
