"""Where settings stand, and the checks of single values; an error names setting and remedy."""

import re
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import dotenv_values

Network = IPv4Network | IPv6Network


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
        return self._folder / folder(name, text) if text else default


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


def folder(name: str, text: str) -> Path:
    """A folder, perhaps of a user (``~`` or ``~name``)."""
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise SettingsError(
            name, f"is {text!r}, and no home folder is known for that", "Write the whole path."
        ) from None


def url(name: str, text: str) -> str:
    """The address of a LiveKit server."""
    remedy = "Use an address like wss://project.livekit.cloud, or remove it for a server here."
    if not text:
        return ""
    _refuse_placeholder(name, text)
    if not _is_address(text, ("ws", "wss", "http", "https")):
        raise SettingsError(name, "is no ws://, wss://, http:// or https:// address", remedy)
    _refuse_user(name, text, remedy)
    return text


def address(name: str, text: str) -> str:
    """The address of a provider's HTTP interface."""
    if not text:
        return ""
    remedy = f"Use one like {name}=http://localhost:11434/v1, or remove it."
    if not _is_address(text, ("http", "https")):
        raise SettingsError(name, "is no http:// or https:// address", remedy)
    _refuse_user(name, text, remedy)
    return text.rstrip("/")


def networks(name: str, text: str) -> tuple[Network, ...]:
    """Addresses and networks, with commas or blanks between."""
    try:
        return tuple(ip_network(item, strict=False) for item in re.split(r"[,\s]+", text) if item)
    except ValueError:
        raise SettingsError(
            name,
            f"is {text!r}, which is no list of addresses",
            f"Try {name}=127.0.0.1, or a network such as 10.0.0.0/8.",
        ) from None


def names(name: str, text: str) -> tuple[str, ...]:
    """Names of machines, with commas or blanks between."""
    found = tuple(item.casefold() for item in re.split(r"[,\s]+", text) if item)
    for item in found:
        if not re.fullmatch(r"[a-z0-9_.-]{1,253}|[0-9a-f:]{2,45}", item):
            raise SettingsError(
                name,
                f"holds {item!r}, which is no name of a machine",
                f"Write names only, such as {name}=calls.example.org, without https:// and port.",
            )
    return found


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


def _is_address(text: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(text)
        port = parts.port is None or parts.port > 0
    except ValueError:  # of a port, or of brackets
        return False
    return port and parts.scheme in schemes and bool(parts.hostname) and not re.search(r"\s", text)


def _refuse_user(name: str, text: str, remedy: str) -> None:
    """An address stands on pages and in the doctor's report; a password in it would, too."""
    if urlsplit(text).username is not None:
        raise SettingsError(name, "holds a user name", remedy)


def _refuse_placeholder(name: str, text: str) -> None:
    if re.search(r"\byour[-_]", text.lower()):
        raise SettingsError(
            name, "still holds an example's placeholder", "Put your own value there, or remove it."
        )
