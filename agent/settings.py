"""Every setting, read in one place: the environment, then ``.env.local``, then ``.env``."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Literal, get_args
from urllib.parse import urlsplit

from dotenv import dotenv_values
from platformdirs import user_cache_path

EngineName = Literal["auto", "gemini", "openai", "pipeline", "offline"]

_MOST_CALLS = 1000

GEMINI_MODEL = "gemini-2.5-flash-native-audio-preview-12-2025"
"""The newest that lets the persona speak first: 3.1 Live refuses to speak unasked."""
OPENAI_REALTIME_MODEL = "gpt-realtime"


class SettingsError(Exception):
    """A setting that cannot work; the text names it, what is wrong, and the remedy."""

    def __init__(self, name: str, problem: str, remedy: str) -> None:
        self.name = name
        super().__init__(f"{name} {problem}. {remedy}")


@dataclass(frozen=True)
class Settings:
    """What the app was told; an unset text is "", and ``repr`` shows no secret."""

    data_dir: Path
    personas_dir: Path
    cache_dir: Path
    host: str = "127.0.0.1"
    port: int = 3000
    max_calls: int = 1
    engine: EngineName = "auto"
    livekit_url: str = ""
    livekit_api_key: str = field(default="", repr=False)
    livekit_api_secret: str = field(default="", repr=False)
    google_api_key: str = field(default="", repr=False)
    openai_api_key: str = field(default="", repr=False)
    deepgram_api_key: str = field(default="", repr=False)
    gemini_model: str = ""
    gemini_base_url: str = ""
    openai_realtime_model: str = ""
    openai_base_url: str = ""
    fall_back: bool = True
    warnings: tuple[str, ...] = ()

    @classmethod
    def load(
        cls,
        folder: Path,
        environ: Mapping[str, str],
        *,
        host: str | None = None,
        port: int | str | None = None,
        data_dir: Path | str | None = None,
        personas_dir: Path | str | None = None,
    ) -> "Settings":
        """The settings of the app in ``folder``; a keyword that is given wins over all else.

        Raises ``SettingsError``.
        """
        values = _Values(folder, environ)
        cache = values.path("REHEARSAL_CACHE", user_cache_path("rehearsal", appauthor=False))
        settings = cls(
            data_dir=_given(data_dir) or values.path("REHEARSAL_DATA", folder / "data" / "runtime"),
            personas_dir=_given(personas_dir)
            or values.path("REHEARSAL_PERSONAS", folder / "personas"),
            cache_dir=cache,
            host=_host("--host", host) if host else _host(*values.item("REHEARSAL_HOST")),
            port=_port("--port", str(port))
            if port is not None
            else _port(*values.item("REHEARSAL_PORT")),
            max_calls=_calls(*values.item("REHEARSAL_MAX_CALLS")),
            engine=_engine(*values.item("REHEARSAL_ENGINE")),
            livekit_url=_url(*values.item("LIVEKIT_URL")),
            livekit_api_key=_key(*values.item("LIVEKIT_API_KEY")),
            livekit_api_secret=_key(*values.item("LIVEKIT_API_SECRET")),
            google_api_key=_key(*values.item("GOOGLE_API_KEY")),
            openai_api_key=_key(*values.item("OPENAI_API_KEY")),
            deepgram_api_key=_key(*values.item("DEEPGRAM_API_KEY")),
            gemini_model=values.item("GEMINI_MODEL")[1] or GEMINI_MODEL,
            gemini_base_url=_address(*values.item("GEMINI_BASE_URL")),
            openai_realtime_model=values.item("OPENAI_REALTIME_MODEL")[1] or OPENAI_REALTIME_MODEL,
            openai_base_url=_address(*values.item("OPENAI_BASE_URL")),
            fall_back=_yes(*values.item("REHEARSAL_FALL_BACK")),
            warnings=_unused_credentials(values),
        )
        _check_credentials(settings)
        return settings

    @property
    def is_loopback(self) -> bool:
        """Whether the app listens to this machine only."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


class _Values:
    """The named values of the environment and the two files."""

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


def _given(path: Path | str | None) -> Path | None:
    return Path(path).expanduser().absolute() if path else None


def _host(name: str, text: str) -> str:
    text = text.lower().removeprefix("[").removesuffix("]") or "127.0.0.1"
    if re.search(r"[/\s]", text):
        raise SettingsError(
            name, f"is {text!r}, which is no host name or address", "Use 127.0.0.1, for example."
        )
    return text


def _port(name: str, text: str) -> int:
    return _number(name, text or "3000", 65535, "3000")


def _calls(name: str, text: str) -> int:
    default = str(max(1, 2 * _cores()))
    return _number(name, text or default, _MOST_CALLS, default)


def _number(name: str, text: str, most: int, example: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text) or not 1 <= int(text) <= most:
        raise SettingsError(
            name, f"is {text!r}, which is no whole number from 1 to {most}", f"Try {name}={example}"
        )
    return int(text)


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _engine(name: str, text: str) -> EngineName:
    for engine in get_args(EngineName):
        if engine == (text.lower() or "auto"):
            return engine  # type: ignore[no-any-return]
    raise SettingsError(
        name,
        f"is {text!r}, which is no engine",
        f"Choose one of {', '.join(get_args(EngineName))}, or remove the line for auto.",
    )


def _url(name: str, text: str) -> str:
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


def _address(name: str, text: str) -> str:
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


def _yes(name: str, text: str) -> bool:
    if text.lower() in ("", "1", "yes", "true", "on"):
        return True
    if text.lower() in ("0", "no", "false", "off"):
        return False
    raise SettingsError(name, f"is {text!r}, which is neither yes nor no", f"Try {name}=no")


def _key(name: str, text: str) -> str:
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


def _check_credentials(settings: Settings) -> None:
    pair = (settings.livekit_api_key, settings.livekit_api_secret)
    if settings.livekit_url and not all(pair):
        raise SettingsError(
            "LIVEKIT_URL",
            "is set, but not both of LIVEKIT_API_KEY and LIVEKIT_API_SECRET",
            "Set both as that server has them, or remove LIVEKIT_URL for a server here.",
        )


def _unused_credentials(values: _Values) -> tuple[str, ...]:
    names = [name for name in ("LIVEKIT_API_KEY", "LIVEKIT_API_SECRET") if values.item(name)[1]]
    if not names or values.item("LIVEKIT_URL")[1]:
        return ()
    return (f"Without LIVEKIT_URL, {' and '.join(names)} have no effect.",)
