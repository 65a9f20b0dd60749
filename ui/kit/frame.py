"""What surrounds every page: skip link, header with navigation, the banner."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from typing import TYPE_CHECKING
from urllib.parse import quote

from nicegui import app, run, ui

from ui import kit
from ui.auth import access, sockets
from ui.auth.proxy import prefix
from ui.auth.session import follow_session
from ui.context import Studio
from ui.kit import keyboard, theme
from ui.kit.banner import preparation_banner, reader_banner

if TYPE_CHECKING:
    from data.users import User

LOOKS = {"auto": ("As the system", None), "light": ("Light", False), "dark": ("Dark", True)}


@contextmanager
def frame(
    studio: Studio, title: str, *, wide: bool = False, keys: Sequence[tuple[str, str]] = ()
) -> Iterator[None]:
    """The frame of a page; its content goes inside the ``with``.

    ``wide`` lets the content use the whole window (editor, call); ``keys`` are the page's own
    shortcuts as (key, what it does), listed by ``?``.
    """
    user = access.current(studio)
    bare_page(title)
    ui.context.client.on_exception(_fault)
    with ui.header(elevated=False).classes("rh-header"):
        _navigation(_links(user))
        ui.space()
        keyboard.shortcuts(keys)
        if user is not None:
            _user_menu(studio, user)
            follow_session(studio, user)
    with kit.tag("div", classes=f"rh-main {'rh-main-wide' if wide else ''}") as main:
        preparation_banner(studio.preparation)
        if user is not None and access.is_author(user):
            reader_banner(studio.unreadable())
        yield
    ui.skip_link("Skip to the content", target=main)


def bare_page(title: str) -> None:
    """Title, language, and the look that the user chose; all that a page without header needs."""
    client = ui.context.client
    client.page = copy(client.page)  # the look must be in the first HTML, or the page flashes
    client.page.dark = LOOKS[_look()][1]
    client.page.language = "en-US"
    client.title = f"{title} · Rehearsal"
    theme.link(prefix())
    ui.add_head_html(sockets.guard_script())
    client.content.classes("rh-page")


def _look() -> str:
    look = app.storage.user.get("look", "auto")
    return look if look in LOOKS else "auto"


def _links(user: "User | None") -> list[tuple[str, str]]:
    links = [("Simulations", "/"), ("Calls", "/calls"), ("Progress", "/progress")]
    if user is not None and access.is_author(user):
        links += [("Studio", "/studio"), ("Lab", "/lab"), ("Doctor", "/doctor")]
    return links


def _navigation(links: Sequence[tuple[str, str]]) -> None:
    with kit.tag("a", classes="rh-brand").props(f'href="{prefix()}/"'):
        kit.tag("span", "R", "rh-brand-mark").props("aria-hidden=true")
        kit.tag("span", "Rehearsal", "rh-brand-name")
    with kit.tag("nav", classes="rh-nav").props('aria-label="Main"'):
        for text, target in links:
            link = ui.link(text, target).classes("rh-nav-link")
            if _is_here(target):
                link.props("aria-current=page")


def _user_menu(studio: Studio, user: "User") -> None:
    name = user.display
    dark = ui.dark_mode(LOOKS[_look()][1])  # not in the menu, which exists only while it is open
    with ui.button(name, color=None).props("no-caps flat icon-right=expand_more") as button:
        button.props["aria-label"] = f"Menu of {name}"
        with button.classes("rh-user-button"), ui.menu().classes("rh-menu").props("auto-close"):
            _looks(dark)
            ui.separator()
            if access.is_admin(user):
                _item("Accounts", lambda: ui.navigate.to("/accounts"))
                _item("Settings", lambda: ui.navigate.to("/settings"))
            _item("Your data", lambda: ui.navigate.to(f"/people/{quote(user.name, safe='')}"))
            _item("Change password", lambda: ui.navigate.to("/password"))
            _item("Log out", lambda: _log_out(studio)).mark("log-out")


def _item(text: str, on_click: kit.Handler, *, role: str = "menuitem") -> ui.menu_item:
    return ui.menu_item(text, on_click).props(f"role={role}")


def _looks(dark: ui.dark_mode) -> None:
    items: dict[str, ui.menu_item] = {}

    def choose(look: str) -> None:
        app.storage.user["look"] = look
        dark.value = LOOKS[look][1]
        for name, item in items.items():
            item.props(f"aria-checked={str(name == look).lower()}")

    kit.tag("div", "Look", "rh-menu-title")
    for look, (word, _) in LOOKS.items():
        items[look] = _item(word, lambda look=look: choose(look), role="menuitemradio")
        items[look].props(f"aria-checked={str(look == _look()).lower()}")
        items[look].mark(f"look-{look}")


def _fault() -> None:
    """Something failed behind a click: the log has the trace, the user gets words."""
    ui.notify("That did not work. Nothing saved is lost; please try again.", type="negative")


async def _log_out(studio: Studio) -> None:
    await run.io_bound(studio.sessions.end, access.token())
    ui.navigate.to("/login")


def _is_here(target: str) -> bool:
    path = ui.context.client.request.url.path
    return path == target or (target != "/" and path.startswith(f"{target}/"))
