"""Where settings stand, and the checks of single values; needs neither pydantic nor a plugin."""

import re
from collections.abc import Callable, Mapping, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import dotenv_values

Network = IPv4Network | IPv6Network


class WrongValue(ValueError):
    """A value that cannot work: what is wrong, and the remedy, in which ``{name}`` stands for the
    setting. ``name`` is given where the fault is another setting's than the one just read."""

    def __init__(self, problem: str, remedy: str, name: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy
        self.name = name


class SettingsError(Exception):
    """Settings that cannot work; the text has a line for each, which names it, what is wrong, and
    the remedy. ``names`` are those settings."""

    def __init__(self, wrong: Mapping[str, WrongValue]) -> None:
        self.names = tuple(wrong)
        super().__init__(
            "\n".join(
                f"{name} {value.problem}. {value.remedy.replace('{name}', name)}"
                for name, value in wrong.items()
            )
        )


def read_settings(home: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """What is set: in the environment, else in ``.env.local``, else in ``.env`` of that folder.

    Blanks around a value do not count, and an empty one is none: an empty variable switches a line
    of a file off. Raises ``SettingsError`` for a file that cannot be read.
    """
    found = {**_file(home / ".env"), **_file(home / ".env.local"), **environ}
    return {name: text for name, value in found.items() if (text := value.strip())}


def personas_folder(home: Path, environ: Mapping[str, str]) -> Path:
    """Where the personas are, for commands that need no other setting; raises ``SettingsError``."""
    name = "REHEARSAL_PERSONAS"
    try:
        return folder(home, read_settings(home, environ).get(name, "personas"))
    except WrongValue as wrong:
        raise SettingsError({name: wrong}) from None


def _file(path: Path) -> dict[str, str]:
    try:
        # No interpolation: a password may hold a "$". The encoding takes Notepad's BOM.
        found = dotenv_values(path, interpolate=False, encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        wrong = WrongValue(f"cannot be read: {reason}", "Save it as UTF-8 text, or move it away.")
        raise SettingsError({str(path): wrong}) from None
    return {name: value or "" for name, value in found.items()}


def folder(home: Path, text: str) -> Path:
    """A folder, perhaps of a user (``~`` or ``~name``); a relative one is meant from ``home``."""
    try:
        return home / Path(text).expanduser()
    except RuntimeError:
        raise WrongValue(
            f"is {text!r}, and no home folder is known for that", "Write the whole path."
        ) from None


def host(text: str) -> str:
    """A name or an address to listen on, without brackets."""
    text = text.lower().removeprefix("[").removesuffix("]")
    if re.search(r"[/\s]", text):
        raise WrongValue(
            f"is {text!r}, which is no host name or address", "Use 127.0.0.1, for example."
        )
    return text


def whole(most: int, example: int) -> Callable[[str], int]:
    """Reads whole numbers from 1 to ``most``."""

    def read(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text) or not 1 <= int(text) <= most:
            raise WrongValue(
                f"is {text!r}, which is no whole number from 1 to {most}", f"Try {{name}}={example}"
            )
        return int(text)

    return read


def one_of(choices: Sequence[str], not_one: str, unset: str) -> Callable[[str], str]:
    """Reads one of these words, in any case; ``unset`` is what counts without the setting."""

    def read(text: str) -> str:
        if text.lower() not in choices:
            raise WrongValue(
                f"is {text!r}, which {not_one}",
                f"Choose one of {', '.join(choices)}, or remove the line for {unset}.",
            )
        return text.lower()

    return read


def url(text: str) -> str:
    """The address of a LiveKit server."""
    remedy = "Use an address like wss://project.livekit.cloud, or remove it for a server here."
    _refuse_placeholder(text)
    if not _is_address(text, ("ws", "wss", "http", "https")):
        raise WrongValue("is no ws://, wss://, http:// or https:// address", remedy)
    _refuse_user(text, remedy)
    return text


def address(text: str) -> str:
    """The address of a provider's HTTP interface."""
    remedy = "Use one like {name}=http://localhost:11434/v1, or remove it."
    if not _is_address(text, ("http", "https")):
        raise WrongValue("is no http:// or https:// address", remedy)
    _refuse_user(text, remedy)
    return text.rstrip("/")


def networks(text: str) -> tuple[Network, ...]:
    """Addresses and networks, with commas or blanks between."""
    try:
        return tuple(ip_network(item, strict=False) for item in re.split(r"[,\s]+", text) if item)
    except ValueError:
        raise WrongValue(
            f"is {text!r}, which is no list of addresses",
            "Try {name}=127.0.0.1, or a network such as 10.0.0.0/8.",
        ) from None


def names(text: str) -> tuple[str, ...]:
    """Names of machines, with commas or blanks between."""
    found = tuple(item.casefold() for item in re.split(r"[,\s]+", text) if item)
    for item in found:
        if not re.fullmatch(r"[a-z0-9_.-]{1,253}|[0-9a-f:]{2,45}", item):
            raise WrongValue(
                f"holds {item!r}, which is no name of a machine",
                "Write names only, such as {name}=calls.example.org, without https:// and port.",
            )
    return found


def yes(text: str) -> bool:
    """Whether it is switched on."""
    if text.lower() in ("1", "yes", "true", "on"):
        return True
    if text.lower() in ("0", "no", "false", "off"):
        return False
    raise WrongValue(f"is {text!r}, which is neither yes nor no", "Try {name}=no")


def key(text: str) -> str:
    """A key or a secret; the error does not show it."""
    _refuse_placeholder(text)
    if not re.fullmatch(r"[!-~]*", text):
        raise WrongValue(
            "holds a blank or a letter that no key has", "Copy the key again, all of it."
        )
    return text


def _is_address(text: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(text)
        port = parts.port is None or parts.port > 0
    except ValueError:  # of a port, or of brackets
        return False
    return port and parts.scheme in schemes and bool(parts.hostname) and not re.search(r"\s", text)


def _refuse_user(text: str, remedy: str) -> None:
    """An address stands on pages and in the doctor's report; a password in it would, too."""
    if urlsplit(text).username is not None:
        raise WrongValue("holds a user name", remedy)


def _refuse_placeholder(text: str) -> None:
    if re.search(r"\byour[-_]", text.lower()):
        raise WrongValue(
            "still holds an example's placeholder", "Put your own value there, or remove it."
        )
