"""Every setting, read in one place: the environment, then ``.env.local``, then ``.env``."""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Literal, get_args

from platformdirs import user_cache_path

from agent.platform.pipeline_settings import PipelineSettings
from agent.platform.reconnect import LONGEST, RECONNECT_TIMEOUT
from agent.platform.setting_values import (
    Network,
    SettingsError,
    Values,
    address,
    folder,
    key,
    names,
    networks,
    url,
    yes,
)

__all__ = ["Network", "Settings", "SettingsError"]

ObserverName = Literal["auto", "lexical", "model"]

_MOST_CALLS = 1000
_EACH = 2

GEMINI_MODEL = "gemini-3.8-live"
"""The newest that lets the persona speak first, and the only stable one of Google's list.

From the source of livekit-plugins-google 1.8.9 (``realtime_api.py``): ``generate_reply`` works with
3.1 and 3.8, which take the request as a turn of its own, and texts may be added in mid-call with
all models (https://github.com/livekit/agents/pull/7289). Stable since September 2026:
https://ai.google.dev/gemini-api/docs/deprecations. ``gemini-3.8-live-extended-thinking`` wants a
thinking level with each set-up; ``gemini-2.5-flash-native-audio-preview-12-2025`` is the plugin's
own default and works as well."""
OPENAI_REALTIME_MODEL = "gpt-realtime"


@dataclass(frozen=True)
class Settings:
    """What the app was told; an unset text is "", and ``repr`` shows no secret."""

    data_dir: Path
    personas_dir: Path
    cache_dir: Path
    host: str = "127.0.0.1"
    port: int = 3000
    proxies: tuple[Network, ...] = ()
    hosts: tuple[str, ...] = ()
    max_calls: int = 1
    reconnect_timeout: float = RECONNECT_TIMEOUT
    max_calls_each: int = 0
    engine: str = "auto"
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
    deepgram_base_url: str = ""
    pipeline: PipelineSettings = field(default_factory=PipelineSettings)
    observer: ObserverName = "auto"
    fall_back: bool = True
    own_worker: bool = True
    warnings: tuple[str, ...] = ()

    @classmethod
    def load(
        cls,
        home: Path,
        environ: Mapping[str, str],
        *,
        engines: Sequence[str] = (),
        host: str | None = None,
        port: int | str | None = None,
        data_dir: Path | str | None = None,
        personas_dir: Path | str | None = None,
    ) -> "Settings":
        """The settings of the app in ``home``; any of the last four, if given, wins over all else.

        ``engines`` are what REHEARSAL_ENGINE may be; any name when none is given. Raises
        ``SettingsError``.
        """
        values = Values(home, environ)
        cache = values.path("REHEARSAL_CACHE", user_cache_path("rehearsal", appauthor=False))
        settings = cls(
            data_dir=_given("--data", data_dir)
            or values.path("REHEARSAL_DATA", home / "data" / "runtime"),
            personas_dir=_given("--personas", personas_dir)
            or values.path("REHEARSAL_PERSONAS", home / "personas"),
            cache_dir=cache,
            host=_host("--host", host) if host else _host(*values.item("REHEARSAL_HOST")),
            port=_port("--port", str(port))
            if port is not None
            else _port(*values.item("REHEARSAL_PORT")),
            proxies=networks(*values.item("REHEARSAL_PROXY")),
            hosts=names(*values.item("REHEARSAL_HOSTS")),
            max_calls=_calls(*values.item("REHEARSAL_MAX_CALLS")),
            reconnect_timeout=_reconnect(*values.item("REHEARSAL_RECONNECT_TIMEOUT")),
            max_calls_each=_calls_each(*values.item("REHEARSAL_MAX_CALLS_EACH")),
            engine=_engine(*values.item("REHEARSAL_ENGINE"), engines),
            livekit_url=url(*values.item("LIVEKIT_URL")),
            livekit_api_key=key(*values.item("LIVEKIT_API_KEY")),
            livekit_api_secret=key(*values.item("LIVEKIT_API_SECRET")),
            google_api_key=key(*values.item("GOOGLE_API_KEY")),
            openai_api_key=key(*values.item("OPENAI_API_KEY")),
            deepgram_api_key=key(*values.item("DEEPGRAM_API_KEY")),
            gemini_model=values.item("GEMINI_MODEL")[1] or GEMINI_MODEL,
            gemini_base_url=address(*values.item("GEMINI_BASE_URL")),
            openai_realtime_model=values.item("OPENAI_REALTIME_MODEL")[1] or OPENAI_REALTIME_MODEL,
            openai_base_url=address(*values.item("OPENAI_BASE_URL")),
            deepgram_base_url=address(*values.item("DEEPGRAM_BASE_URL")),
            pipeline=PipelineSettings.load(values),
            observer=_observer(*values.item("REHEARSAL_OBSERVER")),
            fall_back=yes(*values.item("REHEARSAL_FALL_BACK")),
            own_worker=yes(*values.item("REHEARSAL_OWN_WORKER")),
            warnings=(*_unused_credentials(values), *_no_model(values)),
        )
        _check_credentials(settings)
        return settings

    def calls_of(self, *, demo: bool) -> int:
        """How many calls one account may have at once; nobody takes every line by default.

        A demo account is shared by whoever is at this machine.
        """
        others = max(1, self.max_calls - 1)
        return others if demo else self.max_calls_each or min(_EACH, others)

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine reaches the app: it listens here, and for no proxy."""
        if self.proxies:
            return False
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


def _given(name: str, path: Path | str | None) -> Path | None:
    return folder(name, str(path)).absolute() if path else None


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


def _calls_each(name: str, text: str) -> int:
    """0 stands for the usual number."""
    return _number(name, text, _MOST_CALLS, str(_EACH)) if text else 0


def _reconnect(name: str, text: str) -> float:
    default = f"{RECONNECT_TIMEOUT:.0f}"
    return float(_number(name, text or default, LONGEST, default))


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


def _engine(name: str, text: str, engines: Sequence[str]) -> str:
    engine = text.lower() or "auto"
    if engines and engine not in engines:
        raise SettingsError(
            name,
            f"is {text!r}, which is no engine",
            f"Choose one of {', '.join(engines)}, or remove the line for auto.",
        )
    return engine


def _observer(name: str, text: str) -> ObserverName:
    for observer in get_args(ObserverName):
        if observer == (text.lower() or "auto"):
            return observer  # type: ignore[no-any-return]
    raise SettingsError(
        name,
        f"is {text!r}, which is no observer",
        f"Choose one of {', '.join(get_args(ObserverName))}, or remove the line for auto.",
    )


def _check_credentials(settings: Settings) -> None:
    pair = (settings.livekit_api_key, settings.livekit_api_secret)
    if not settings.own_worker and not settings.livekit_url:
        raise SettingsError(
            "REHEARSAL_OWN_WORKER",
            "is no, but LIVEKIT_URL is not set: no worker elsewhere could come",
            "Set LIVEKIT_URL to a server that they reach, too, or remove REHEARSAL_OWN_WORKER.",
        )
    if settings.livekit_url and not all(pair):
        raise SettingsError(
            "LIVEKIT_URL",
            "is set, but not both of LIVEKIT_API_KEY and LIVEKIT_API_SECRET",
            "Set both as that server has them, or remove LIVEKIT_URL for a server here.",
        )


def _no_model(values: Values) -> tuple[str, ...]:
    names = ("LLM_BASE_URL", "OPENAI_API_KEY", "GOOGLE_API_KEY")
    if values.item("REHEARSAL_OBSERVER")[1].lower() != "model" or any(
        values.item(name)[1] for name in names
    ):
        return ()
    return (f"Without one of {', '.join(names)}, REHEARSAL_OBSERVER=model has no effect.",)


def _unused_credentials(values: Values) -> tuple[str, ...]:
    names = [name for name in ("LIVEKIT_API_KEY", "LIVEKIT_API_SECRET") if values.item(name)[1]]
    if not names or values.item("LIVEKIT_URL")[1]:
        return ()
    return (f"Without LIVEKIT_URL, {' and '.join(names)} have no effect.",)
