"""The version of what app and jobs say to each other, and what two of different versions do.

A worker elsewhere may be of another release than the app. Its greeting and a call's brief carry the
version, as ``major.minor``. Those of another major refuse each other. A new minor only adds what
the other end may leave unread: fields and kinds of messages that are not known are ignored, a field
that is missing has its default, and no field ever changes its meaning.
"""

import re
from typing import NamedTuple, Self


class Version(NamedTuple):
    """One version; 0.0 stands for those that told none."""

    major: int
    minor: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"

    @classmethod
    def of(cls, told: object) -> Self:
        """What a greeting or a brief says of it; one that makes no sense is none."""
        found = re.fullmatch(r"(\d{1,4})\.(\d{1,4})", told) if isinstance(told, str) else None
        return cls(int(found[1]), int(found[2])) if found else cls(0, 0)


VERSION = Version(1, 3)
"""Ours. The major goes up when a message changes, the minor when one is only added to."""


class OtherVersion(Exception):
    """App and worker are of different versions; the text says what helps. ``call`` is the id of the
    call whose brief told so, "" for a greeting."""

    def __init__(self, words: str, call: str = "") -> None:
        super().__init__(words)
        self.call = call


def mismatch(worker: Version, app: Version) -> str:
    """Why that worker cannot play that app's calls, and what helps; "" when it can."""
    if worker.major == app.major:
        return ""
    older, what = ("worker", "that worker") if worker < app else ("app", "the app")
    remedy = f"Update {what} to the release of the {'app' if older == 'worker' else 'worker'}"
    return (
        f"A worker in another process speaks version {worker} of the protocol, and the app {app}: "
        f"the {older} is the older one. {remedy}, and start it again."
    )
