"""Where settings stand, and the checks of single values; an error names setting and remedy."""

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import dotenv_values


class SettingsError(Exception):
    """A setting that cannot work; the text names it, what is wrong, and the remedy."""

    def __init__(self, name: str, problem: str, remedy: str) -> None:
        self.name = name
        super().__init__(f"{name} {problem}. {remedy}")


class Values:
    """The named values of the environment and the two files in ``folder``."""

    def __init__(self, folder: Path, environ: Mapping[str, str]) -> None:
        self._folder = folder
        self._values = {**_file(folder / ".env"), **_file(folder / ".env.local"), **environ}

    def item(self, name: str) -> tuple[str, str]:
        """The name and its value, "" when unset."""
        return name, self._values.get(name, "").strip()

    def path(self, name: str, default: Path) -> Path:
        """A path; a relative one is meant from the app's folder."""
        text = self.item(name)[1]
        return self._folder / Path(text).expanduser() if text else default


def _file(path: Path) -> dict[str, str]:
    try:
        # No interpolation: a password may hold a "$". The encoding takes Notepad's BOM.
        found = dotenv_values(path, interpolate=False, encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise SettingsError(
            str(path), f"cannot be read: {reason}", "Save it as UTF-8 text, or move it away."
        ) from None
    return {name: value or "" for name, value in found.items()}


def url(name: str, text: str) -> str:
    """The address of a LiveKit server."""
    remedy = "Use an address like wss://project.livekit.cloud, or remove it for a server here."
    if not text:
        return ""
    _refuse_placeholder(name, text)
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("ws", "wss", "http", "https") and bool(parts.hostname)
        good = good and (parts.port is None or parts.port > 0) and not re.search(r"\s", text)
    except ValueError:
        good = False
    if not good:
        raise SettingsError(name, "is no ws://, wss://, http:// or https:// address", remedy)
    if parts.username is not None:
        raise SettingsError(name, "holds a user name", remedy)
    return text


def address(name: str, text: str) -> str:
    """The address of a provider's HTTP interface."""
    if not text:
        return ""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or re.search(r"\s", text):
        raise SettingsError(
            name,
            "is no http:// or https:// address",
            f"Use one like {name}=http://localhost:11434/v1, or remove it.",
        )
    return text.rstrip("/")


def yes(name: str, text: str) -> bool:
    """Yes, unless it is switched off."""
    if text.lower() in ("", "1", "yes", "true", "on"):
        return True
    if text.lower() in ("0", "no", "false", "off"):
        return False
    raise SettingsError(name, f"is {text!r}, which is neither yes nor no", f"Try {name}=no")


def key(name: str, text: str) -> str:
    """A key or a secret; the error does not show it."""
    _refuse_placeholder(name, text)
    if not re.fullmatch(r"[!-~]*", text):
        raise SettingsError(
            name, "holds a blank or a letter that no key has", "Copy the key again, all of it."
        )
    return text


def _refuse_placeholder(name: str, text: str) -> None:
    if re.search(r"\byour[-_]", text.lower()):
        raise SettingsError(
            name, "still holds an example's placeholder", "Put your own value there, or remove it."
        )
