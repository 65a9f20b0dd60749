"""The login page, the demo accounts, and the first password of an app that others can reach."""

from collections.abc import Awaitable, Callable

from fastapi import Request
from nicegui import app, ui
from starlette.responses import RedirectResponse, Response

from data.password_work import Crowded
from data.users import MAX_NAME, TooManyTries, UserError
from ui import kit
from ui.auth import access
from ui.context import Studio
from ui.kit.frame import bare_page

MAY = {
    "trainee": "Takes calls, reads own reports",
    "author": "Also writes customers, sees all calls",
    "admin": "Also manages the accounts",
}
"""What each demo account may do."""
STEPS = (
    ("An upset customer calls you", "Walter's internet is dead, and the last call was cut off."),
    ("You talk, by voice or typed", "“I am sorry about the trouble. Which lights are on?”"),
    ("What you say moves the mood", "Furious, angry, tense or calm: you see it as it changes."),
    ("You read what worked", "A report with your own sentences, and what to try next time."),
)
"""What happens here, in the order in which it does."""
WRONG = "That name and password do not belong together. Check both and try again."


def register(studio: Studio) -> None:
    """The page ``/login``; ``next`` is where to go afterwards, on this site only. ``/login/enter``
    brings the cookie of a new session."""

    @ui.page("/login")
    def login(next: str = "/") -> Response | None:
        target = access.local_path(next)
        if access.arriving(studio) is not None:
            return RedirectResponse(target, 303)
        bare_page("Log in")
        with kit.tag("div", classes="rh-login"):
            _pitch()
            with kit.tag("section", classes="rh-login-form").props('aria-label="Log in"'):
                if studio.users.first_run_needed(studio.settings.is_loopback):
                    _first_password(studio, target)
                else:
                    _form(studio, target)
        return None

    @app.get("/login/enter")
    async def enter(request: Request, ticket: str = "", next: str = "/") -> Response:
        answer = await access.enter(studio, request, ticket, next)
        answer.headers["Cache-Control"] = "no-store"
        return answer


def _pitch() -> None:
    with kit.tag("header", classes="rh-login-side"):
        with kit.tag("div", classes="rh-brand"):
            kit.tag("span", "R", "rh-brand-mark").props("aria-hidden=true")
            kit.tag("span", "Rehearsal")
        kit.tag("p", "Practise the hard call before the customer makes it.", "rh-h1")
        kit.tag(
            "p",
            "Talk with an upset customer who listens, answers and calms down when you earn it. "
            "Afterwards you see what worked, in your own words.",
            "rh-login-pitch",
        )
        with kit.tag("ol", classes="rh-login-steps"):
            for title, words in STEPS:
                with kit.tag("li"), kit.tag("div"):
                    kit.tag("p", title, "rh-strong")
                    kit.tag("p", words, "rh-small rh-muted")


def _form(studio: Studio, target: str) -> None:
    async def submit() -> None:
        if not button.enabled:  # Enter works where the button does not
            return
        with kit.busy(button):
            words, token = await _try(studio, name.value or "", password.value or "")
        said.clear()
        if words:
            with said:
                kit.message(words)
            password.set_value("")
        else:
            ui.navigate.to(access.entrance(studio, token, target))

    with kit.tag("div", classes="rh-login-box"):
        kit.heading("Log in")
        said = kit.tag("div", classes="rh-said").props("aria-live=assertive")
        name = ui.input("Name").props("outlined autocomplete=username autofocus autocapitalize=off")
        kit.short(name, MAX_NAME)
        password = ui.input("Password", password=True, password_toggle_button=True)
        password.props("outlined autocomplete=current-password").mark("password")
        name.mark("name").on("keydown.enter", submit)
        password.on("keydown.enter", submit)
        button = kit.button("Log in", submit, kind="primary")
        _demo_accounts(studio, name, password, submit)


async def _try(studio: Studio, name: str, password: str) -> tuple[str, str]:
    """Log in; words for the user when that fails, and else the token of the new session."""
    allowed, visitor = studio.settings.is_loopback, access.visitor()

    def sign_in() -> str:
        user = studio.users.verify(name, password, demo_allowed=allowed, visitor=visitor)
        return studio.sessions.begin(user) if user else ""

    try:
        token = await studio.passwords.run(visitor, sign_in)
    except (TooManyTries, Crowded) as error:
        return str(error), ""
    return "" if token else WRONG, token


def _demo_accounts(
    studio: Studio, name: ui.input, password: ui.input, submit: Callable[[], Awaitable[None]]
) -> None:
    demo = studio.users.demo_passwords()
    if not demo or not studio.settings.is_loopback:
        return

    async def log_in(who: str) -> None:
        name.set_value(who)
        password.set_value(demo[who])
        await submit()

    with kit.tag("section", classes="rh-demo").props('aria-label="Demo accounts"'):
        kit.heading("Demo accounts", 2).classes("rh-h3")
        kit.tag("p", "One click logs you in.", "rh-muted rh-small")
        with kit.tag("div", classes="rh-demo-list"):
            for who, secret in demo.items():
                with kit.button("", lambda who=who: log_in(who)).mark(f"demo-{who}"):
                    with kit.tag("span", classes="rh-demo-who"):
                        kit.tag("span", who.capitalize(), "rh-strong")
                        kit.tag("span", MAY.get(who, ""), "rh-demo-may")
                    kit.tag("code", secret, "rh-demo-secret")


def _first_password(studio: Studio, target: str) -> None:
    async def submit() -> None:
        if not button.enabled:
            return
        said.clear()
        token = ""
        if first.value != second.value:
            words = "The two passwords differ. Type the same one twice."
        else:
            with kit.busy(button):
                words, token = await _set_first(studio, first.value or "")
        if words:
            with said:
                kit.message(words)
        else:
            ui.navigate.to(access.entrance(studio, token, target))

    with kit.tag("div", classes="rh-login-box"):
        kit.heading("Choose the admin's password")
        kit.muted(
            "Other machines can reach this Rehearsal, so the demo accounts are off. "
            "Choose a password of at least 8 characters for the account “admin”."
        )
        said = kit.tag("div", classes="rh-said").props("aria-live=assertive")
        first = ui.input("New password", password=True, password_toggle_button=True)
        first.props("outlined autocomplete=new-password autofocus").mark("first")
        second = ui.input("The same again", password=True)
        second.props("outlined autocomplete=new-password").mark("second")
        second.on("keydown.enter", submit)
        button = kit.button("Save and log in", submit, kind="primary")


async def _set_first(studio: Studio, password: str) -> tuple[str, str]:
    """Set it; words for the user when that fails, and else the token of the new session."""

    def sign_in() -> str:
        return studio.sessions.begin(studio.users.set_first_password(password))

    try:
        return "", await studio.passwords.run(access.visitor(), sign_in)
    except (UserError, Crowded) as error:
        return str(error), ""
    except OSError as error:
        return f"The password could not be saved: {error.strerror}. Check the data folder.", ""
