"""One thing that the doctor looked at, and what came of it."""

import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

State = Literal["ok", "warning", "failed", "skipped"]

_SECRETS = re.compile(r"eyJ[\w-]+\.[\w-]*\.?[\w-]*|\b(?:sk-|AIza)[\w-]{8,}")


@dataclass(frozen=True, slots=True)
class Check:
    """``found`` says what is, ``fix`` the next thing to do ("" when there is nothing to mend).

    ``failed`` means that a call could not work as it is set up; ``warning`` that it would be worse
    for it; ``skipped`` that it could not, or need not, be looked at.
    """

    id: str
    title: str
    state: State
    found: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Checks that are made together: id and title of each, and how to make them."""

    titles: tuple[tuple[str, str], ...]
    make: Callable[[], Awaitable[Sequence[Check]]]

    def all(self, state: State, found: str, fix: str = "") -> list[Check]:
        """Every check of the group with the same outcome."""
        return [Check(id, title, state, found, fix) for id, title in self.titles]


def works(checks: Iterable[Check]) -> bool:
    """Whether a call could work."""
    return all(check.state != "failed" for check in checks)


def as_json(checks: Sequence[Check]) -> dict[str, Any]:
    """What ``doctor --json`` prints."""
    return {"ok": works(checks), "checks": [asdict(check) for check in checks]}


def plain(text: str, *secrets: str, most: int = 200) -> str:
    """Words of a stranger on one line, short, without tokens, keys and these secrets."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, "…")
    text = " ".join(_SECRETS.sub("…", text).split())
    return text if len(text) <= most else text[: most - 1] + "…"
