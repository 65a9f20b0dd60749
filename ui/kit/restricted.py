"""Pages that are not for everybody: whom each is for, and what the others read in its place."""

from typing import TYPE_CHECKING, Literal, NamedTuple

from ui.auth import access
from ui.context import Studio
from ui.kit.problem import problem

if TYPE_CHECKING:
    from data.users import User


class Restriction(NamedTuple):
    """From which role on a page can be opened; title and text are for those who may not."""

    role: Literal["author", "admin"]
    title: str
    text: str


STUDIO = Restriction(
    "author", "The studio is for authors", "Ask an admin when you want to write personas."
)
DOCTOR = Restriction(
    "author", "The doctor is for authors", "Ask an author or admin when calls do not work."
)
LISTENING = Restriction(
    "author",
    "Only authors and admins may listen to calls",
    "Your own calls, and how they went, are under Calls.",
)
SETTINGS = Restriction(
    "admin", "Settings are for admins", "Ask an admin when something is to be changed."
)
ACCOUNTS = Restriction(
    "admin", "Accounts are for admins", "Ask an admin when you need another account."
)


def admitted(studio: Studio, restriction: Restriction) -> "User | None":
    """The user of a page with that restriction; None when it is not for them: then the page says
    so, with the status 403, and nothing else may be drawn."""
    user = access.require(studio)
    allowed = access.is_admin if restriction.role == "admin" else access.is_author
    if allowed(user):
        return user
    problem(studio, restriction.title, restriction.text, 403)
    return None
