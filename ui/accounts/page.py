"""Accounts: who may log in and do what, for admins; and everyone's own password."""

from collections.abc import Callable
from typing import TYPE_CHECKING, get_args

from nicegui import run, ui

from data.password_work import Crowded
from data.store import StoreError
from data.users import MAX_DISPLAY, MAX_NAME, Role, TooManyTries, UserError
from ui import kit
from ui.auth import access, browser_storage
from ui.context import Studio
from ui.kit.avatar import avatar
from ui.kit.frame import frame
from ui.kit.restricted import ACCOUNTS, admitted
from ui.people.page import address, without_account

if TYPE_CHECKING:
    from data.users import Account

ROLES: dict[str, str] = {
    "trainee": "Trainee: practises, sees own calls",
    "author": "Author: also writes customers, sees all calls",
    "admin": "Admin: also manages accounts",
}
LOOK = "rh-dialog rh-stack"


def register(studio: Studio) -> None:
    """The pages ``/accounts`` and ``/password``."""

    @kit.page("/accounts")
    async def accounts() -> None:
        if admitted(studio, ACCOUNTS) is None:
            return
        without = await run.io_bound(_without_account, studio)
        with frame(studio, "Accounts"):
            _accounts(studio)
            without_account(without or [])

    @ui.page("/password")
    def password(changed: str = "") -> None:
        with frame(studio, "Change password"):
            _own_password(studio, changed=changed == "true")


def _accounts(studio: Studio) -> None:
    @ui.refreshable
    def rows() -> None:
        with kit.tag("ul", classes="rh-list"):
            for account in studio.users.accounts():
                with kit.tag("li", classes="rh-row"):
                    _row(studio, account, rows.refresh)

    with kit.tag("div", classes="rh-line-between"):
        kit.page_title("Accounts", "A disabled account keeps its calls and cannot log in.")
        kit.button("New account", lambda: _new(studio, rows.refresh), kind="primary")
    rows()


def _without_account(studio: Studio) -> list[str]:
    try:
        return studio.people.without_account()
    except StoreError:
        return []


def _row(studio: Studio, account: "Account", refresh: Callable[[], object]) -> None:
    user = account.user
    avatar(user.display, 44)
    with kit.tag("div", classes="rh-grow"):
        kit.tag("p", user.display, "rh-strong")
        kit.tag("p", user.name, "rh-muted rh-small")
    kit.tag("span", user.role.capitalize(), "rh-badge")
    if account.demo and not account.disabled:
        kit.tag("span", "Demo password", "rh-badge rh-badge-warn")
    if account.disabled:
        kit.tag("span", "Disabled", "rh-badge rh-badge-bad")
    with kit.tag("div", classes="rh-row-ways"):
        label, page = f"What is kept of {user.name}", address(user.name)
        data = kit.icon_button("folder_shared", label, lambda: ui.navigate.to(page))
        data.mark(f"data-{user.name}")
        change = kit.icon_button(
            "edit", f"Change {user.name}", lambda: _change(studio, account, refresh)
        )
        change.mark(f"change-{user.name}")


def _new(studio: Studio, refresh: Callable[[], object]) -> None:
    with kit.dialog("New account", LOOK, opened=True) as dialog:
        said = kit.tag("div").props("aria-live=assertive")
        name = ui.input("Name to log in with").props("outlined autocapitalize=off").mark("new-name")
        kit.short(name, MAX_NAME)
        display = ui.input("Name to show").props("outlined").mark("new-display")
        kit.short(display, MAX_DISPLAY)
        role = ui.select(ROLES, value="trainee", label="Role").props("outlined").mark("new-role")
        secret = _password("Password, at least 8 characters", "new-password")

        async def save() -> None:
            words = await _tried(
                studio,
                studio.users.add,
                name.value or "",
                _role(role.value),
                display.value or "",
                secret.value or "",
            )
            _done(
                words, said, dialog, refresh, f"The account {(name.value or '').strip()} is ready."
            )

        _buttons(dialog, "Make the account", save)


def _change(studio: Studio, account: "Account", refresh: Callable[[], object]) -> None:
    user = account.user
    with kit.dialog(f"Account {user.name}", LOOK, opened=True) as dialog:
        said = kit.tag("div").props("aria-live=assertive")
        display = ui.input("Name to show", value=user.display).props("outlined").mark("display")
        kit.short(display, MAX_DISPLAY)
        role = ui.select(ROLES, value=user.role, label="Role").props("outlined").mark("role")
        secret = _password("New password", "new-secret")
        secret.props('hint="Leave it empty to keep the current one."')
        disabled = ui.switch("Disabled: cannot log in", value=account.disabled).mark("disabled")

        async def save() -> None:
            words = ""
            if secret.value:
                words = await _tried(studio, studio.users.set_password, user.name, secret.value)
            if not words:
                words = await _tried(
                    studio,
                    lambda: studio.users.change(
                        user.name,
                        role=_role(role.value),
                        display=display.value or "",
                        disabled=bool(disabled.value),
                    ),
                )
            _done(words, said, dialog, refresh, "Saved.")

        _buttons(dialog, "Save", save)


def _own_password(studio: Studio, *, changed: bool) -> None:
    user = access.require(studio)
    with kit.tag("section", classes="rh-card rh-stack rh-narrow"):
        kit.heading("Change password")
        kit.muted("You stay logged in here; other browsers have to log in again.")
        said = kit.tag("div").props("aria-live=assertive")
        if changed:
            with said:
                kit.message("The password is changed.", "good")
        present = _password("Current password", "present", complete="current-password")
        first = _password("New password, at least 8 characters", "first")
        second = _password("The same again", "second")

        async def save() -> None:
            if not button.enabled:  # Enter works where the button does not
                return
            with kit.busy(button):
                words, token = await _replaced(
                    studio, user.name, present.value or "", first.value or "", second.value or ""
                )
            if not words:
                ui.navigate.to(access.entrance(studio, token, "/password?changed=true"))
                return
            said.clear()
            with said:
                kit.message(words)
            for field in (present, first, second):
                field.set_value("")

        second.on("keydown.enter", save)
        button = kit.button("Change password", save, kind="primary")


async def _replaced(
    studio: Studio, name: str, present: str, first: str, second: str
) -> tuple[str, str]:
    """Change one's own password; words for the user when that fails, and else the new token of the
    session, which goes on."""
    if first != second:
        return "The two new passwords differ. Type the same one twice.", ""
    visitor, token, allowed = access.visitor(), access.token(), studio.settings.is_loopback

    def replace() -> str:
        user = studio.users.verify(name, present, demo_allowed=allowed, visitor=visitor)
        if user is None:
            return ""
        return studio.sessions.set_password(token, user, first)

    fresh: list[str] = []
    words = await _tried(studio, lambda: fresh.append(replace()))
    if not words and not fresh[0]:
        words = "The current password is not right."
    return words, fresh[0] if fresh else ""


async def _tried(studio: Studio, work: Callable[..., object], *values: object) -> str:
    """Do it off the loop, since hashing takes its time; words for the user when it fails."""
    try:
        await studio.passwords.run(access.visitor(), work, *values)
        await browser_storage.forget(await run.io_bound(studio.sessions.prune) or ())
    except (UserError, TooManyTries, Crowded) as error:
        return str(error)
    except OSError as error:
        return f"It could not be saved: {error.strerror}. Check the data folder."
    return ""


def _buttons(dialog: ui.dialog, text: str, save: kit.Handler) -> None:
    with kit.tag("div", classes="rh-line"):
        kit.button(text, save, kind="primary")
        kit.button("Cancel", dialog.close)


def _done(
    words: str,
    said: ui.element,
    dialog: ui.dialog,
    refresh: Callable[[], object],
    success: str,
) -> None:
    said.clear()
    if words:
        with said:
            kit.message(words)
        return
    dialog.close()
    refresh()
    ui.notify(success, type="positive")


def _password(label: str, mark: str, *, complete: str = "new-password") -> ui.input:
    field = ui.input(label, password=True, password_toggle_button=True)
    return field.props(f"outlined autocomplete={complete}").mark(mark)


def _role(value: object) -> Role:
    for role in get_args(Role):
        if role == value:
            return role  # type: ignore[no-any-return]
    raise UserError("Choose a role.")
