"""Every setting, read in one place: the environment, then ``.env.local``, then ``.env``."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal, NamedTuple, Self, get_args

from platformdirs import user_cache_path
from pydantic import (
    BaseModel,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    model_validator,
)

from agent.platform.pipeline_settings import (
    NO_KEY,
    Address,
    HearingSettings,
    Key,
    SpeakingSettings,
    WordsSettings,
)
from agent.platform.reconnect import LONGEST, RECONNECT_TIMEOUT
from agent.platform.server.endpoint import Endpoint
from agent.platform.setting_values import (
    Network,
    SettingsError,
    WrongValue,
    folder,
    host,
    names,
    networks,
    one_of,
    read_settings,
    url,
    whole,
    yes,
)
from data.common.hosts import is_loopback

__all__ = ["Network", "Settings", "SettingsError", "WrongValue"]

ObserverName = Literal["auto", "model", "reader", "lexical"]

RecordMode = Literal["no", "ask", "yes"]
"""Which calls are recorded: none, those whose trainee agrees, or all."""

_MOST_CALLS = 1000
_EACH = 2
_LONGEST_KEPT = 36_500

GEMINI_MODEL = "gemini-3.8-live"
"""The newest that lets the persona speak first, and the only stable one of Google's list.

From the source of livekit-plugins-google 1.8.9 (``realtime_api.py``): ``generate_reply`` works with
3.1 and 3.8, which take the request as a turn of its own, and texts may be added in mid-call with
all models (https://github.com/livekit/agents/pull/7289). Stable since September 2026:
https://ai.google.dev/gemini-api/docs/deprecations. ``gemini-3.8-live-extended-thinking`` wants a
thinking level with each set-up; ``gemini-2.5-flash-native-audio-preview-12-2025`` is the plugin's
own default and works as well."""
OPENAI_REALTIME_MODEL = "gpt-realtime"


def _usual_calls() -> int:
    """Two for each core that the app may use."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return 2 * (cores or 1)


KnownEngines = Mapping[str, Sequence[str]]
"""What REHEARSAL_ENGINE may be, and the names of the settings that only that engine reads."""
_ANY_ENGINE: KnownEngines = MappingProxyType({})


class _Context(NamedTuple):
    """What values are read by: the app's folder, and the engines that there are."""

    home: Path
    engines: KnownEngines


def _folder(value: str | Path, info: ValidationInfo[_Context]) -> Path:
    """A text is meant from the app's folder, a path, which an option gave, from where we are."""
    return folder(Path.cwd() if isinstance(value, Path) else info.context.home, str(value))


def _own_folder(value: str, info: ValidationInfo[_Context]) -> str:
    return str(folder(info.context.home, value))


def _engine(value: str, info: ValidationInfo[_Context]) -> str:
    known = info.context.engines
    return one_of(tuple(known), "is no engine", "auto")(value) if known else value.lower()


Folder = Annotated[Path, BeforeValidator(_folder)]
Host = Annotated[str, BeforeValidator(host)]
Calls = Annotated[int, BeforeValidator(whole(_MOST_CALLS, _EACH))]
Switch = Annotated[bool, BeforeValidator(yes)]
_RECORD = one_of(get_args(RecordMode), "says no such thing of recordings", "ask")
_OBSERVER = one_of(get_args(ObserverName), "is no observer", "auto")


class Settings(BaseModel, frozen=True, hide_input_in_errors=True):
    """What the app was told; an unset text is "", and no secret shows itself in any text."""

    data_dir: Folder = Field("data/runtime", alias="REHEARSAL_DATA", validate_default=True)
    personas_dir: Folder = Field("personas", alias="REHEARSAL_PERSONAS", validate_default=True)
    cache_dir: Folder = Field(
        default_factory=lambda: user_cache_path("rehearsal", appauthor=False),
        alias="REHEARSAL_CACHE",
    )
    host: Host = Field("127.0.0.1", alias="REHEARSAL_HOST")
    port: Annotated[int, BeforeValidator(whole(65535, 3000))] = Field(3000, alias="REHEARSAL_PORT")
    proxies: Annotated[tuple[Network, ...], BeforeValidator(networks)] = Field(
        (), alias="REHEARSAL_PROXY"
    )
    hosts: Annotated[tuple[str, ...], BeforeValidator(names)] = Field((), alias="REHEARSAL_HOSTS")
    max_calls: Calls = Field(default_factory=_usual_calls, alias="REHEARSAL_MAX_CALLS")
    max_calls_each: Calls = Field(0, alias="REHEARSAL_MAX_CALLS_EACH")
    """0 stands for the usual number."""
    reconnect_timeout: Annotated[
        float, BeforeValidator(whole(int(LONGEST), int(RECONNECT_TIMEOUT)))
    ] = Field(RECONNECT_TIMEOUT, alias="REHEARSAL_RECONNECT_TIMEOUT")
    """Seconds."""
    record: Annotated[RecordMode, BeforeValidator(_RECORD)] = Field("ask", alias="REHEARSAL_RECORD")
    keep_recordings: Annotated[int, BeforeValidator(whole(_LONGEST_KEPT, 30))] = Field(
        30, alias="REHEARSAL_KEEP_RECORDINGS"
    )
    """Days."""
    keep_calls: Annotated[int | None, BeforeValidator(whole(_LONGEST_KEPT, 365))] = Field(
        None, alias="REHEARSAL_KEEP_CALLS"
    )
    """Days; None for ever."""
    engine: Annotated[str, BeforeValidator(_engine)] = Field("auto", alias="REHEARSAL_ENGINE")
    livekit_url: Annotated[str, BeforeValidator(url)] = Field("", alias="LIVEKIT_URL")
    livekit_api_key: Key = Field(NO_KEY, alias="LIVEKIT_API_KEY")
    livekit_api_secret: Key = Field(NO_KEY, alias="LIVEKIT_API_SECRET")
    google_api_key: Key = Field(NO_KEY, alias="GOOGLE_API_KEY")
    openai_api_key: Key = Field(NO_KEY, alias="OPENAI_API_KEY")
    deepgram_api_key: Key = Field(NO_KEY, alias="DEEPGRAM_API_KEY")
    gemini_model: str = Field(GEMINI_MODEL, alias="GEMINI_MODEL")
    gemini_base_url: Address = Field("", alias="GEMINI_BASE_URL")
    openai_realtime_model: str = Field(OPENAI_REALTIME_MODEL, alias="OPENAI_REALTIME_MODEL")
    openai_base_url: Address = Field("", alias="OPENAI_BASE_URL")
    deepgram_base_url: Address = Field("", alias="DEEPGRAM_BASE_URL")
    stt: HearingSettings = HearingSettings()
    llm: WordsSettings = WordsSettings()
    tts: SpeakingSettings = SpeakingSettings()
    voice_models_url: Address = Field("", alias="REHEARSAL_VOICE_MODELS_URL")
    """Where further speakers of the English voice come from, if not from their author."""
    stt_model_folder: Annotated[str, BeforeValidator(_own_folder)] = Field(
        "", alias="REHEARSAL_STT_MODEL_FOLDER"
    )
    """Where a recogniser's model of one's own lies; "" for the one that comes with the app."""
    tts_voice: str = Field("", alias="TTS_VOICE")
    """The pipeline's voice of personas that name none."""
    observer: Annotated[ObserverName, BeforeValidator(_OBSERVER)] = Field(
        "auto", alias="REHEARSAL_OBSERVER"
    )
    of_engines: Mapping[str, SecretStr] = MappingProxyType({})
    """What is set of the settings that one engine reads and nobody else, by their names."""
    fall_back: Switch = Field(True, alias="REHEARSAL_FALL_BACK")
    own_worker: Switch = Field(True, alias="REHEARSAL_OWN_WORKER")

    @classmethod
    def load(
        cls,
        home: Path,
        environ: Mapping[str, str],
        *,
        engines: KnownEngines = _ANY_ENGINE,
        host: str | None = None,
        port: int | str | None = None,
        data_dir: Path | str | None = None,
        personas_dir: Path | str | None = None,
    ) -> Self:
        """The settings of the app in ``home``; any of the last four, if given, wins over all else.

        Without ``engines``, REHEARSAL_ENGINE may be any name. Raises
        ``SettingsError``, which names all that are wrong.
        """
        options = {
            "REHEARSAL_HOST": ("--host", host),
            "REHEARSAL_PORT": ("--port", None if port is None else str(port)),
            "REHEARSAL_DATA": ("--data", data_dir and Path(data_dir)),
            "REHEARSAL_PERSONAS": ("--personas", personas_dir and Path(personas_dir)),
        }
        typed = {name: value for name, (_, value) in options.items() if value}
        values = {**read_settings(home, environ), **typed}
        try:
            return cls.model_validate(values, context=_Context(home, engines))
        except ValidationError as error:
            wrong: dict[str, WrongValue] = {}
            for each in error.errors(include_url=False, include_input=False):
                value: WrongValue = each["ctx"]["error"]
                name = value.name or str(each["loc"][-1])
                wrong[options[name][0] if name in typed else name] = value
            raise SettingsError(wrong) from None

    @model_validator(mode="before")
    @classmethod
    def _parts(cls, values: Mapping[str, Any], info: ValidationInfo[_Context]) -> dict[str, Any]:
        """Each stage of the pipeline, and each engine, takes its own out of all that is set."""
        names = {name for own in info.context.engines.values() for name in own}
        of_engines = {name: value for name, value in values.items() if name in names}
        return {**values, "stt": values, "llm": values, "tts": values, "of_engines": of_engines}

    @model_validator(mode="after")
    def _reaches_a_server(self) -> Self:
        if not self.own_worker and not self.livekit_url:
            raise WrongValue(
                "is no, but LIVEKIT_URL is not set: no worker elsewhere could come",
                "Set LIVEKIT_URL to a server that they reach, too, or remove {name}.",
                "REHEARSAL_OWN_WORKER",
            )
        if self.livekit_url and not (self.livekit_api_key and self.livekit_api_secret):
            raise WrongValue(
                "is set, but not both of LIVEKIT_API_KEY and LIVEKIT_API_SECRET",
                "Set both as that server has them, or remove {name} for a server here.",
                "LIVEKIT_URL",
            )
        return self

    @property
    def livekit(self) -> Endpoint:
        """The LiveKit server that is set, where one is."""
        return Endpoint(
            self.livekit_url,
            self.livekit_api_key.get_secret_value(),
            self.livekit_api_secret.get_secret_value(),
        )

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is set and has no effect, each in a sentence."""
        found = []
        if not self.livekit_url:
            pair = {
                "LIVEKIT_API_KEY": self.livekit_api_key,
                "LIVEKIT_API_SECRET": self.livekit_api_secret,
            }
            if unused := [name for name, value in pair.items() if value]:
                found.append(f"Without LIVEKIT_URL, {' and '.join(unused)} have no effect.")
        models = {
            "LLM_BASE_URL": self.llm.base_url,
            "OPENAI_API_KEY": self.openai_api_key,
            "GOOGLE_API_KEY": self.google_api_key,
        }
        if self.observer == "model" and not any(models.values()):
            found.append(
                f"Without one of {', '.join(models)}, REHEARSAL_OBSERVER=model has no effect."
            )
        if self.keep_calls and self.keep_calls < self.keep_recordings and self.record != "no":
            found.append(
                f"REHEARSAL_KEEP_CALLS={self.keep_calls} deletes recordings with their calls, "
                f"before REHEARSAL_KEEP_RECORDINGS={self.keep_recordings} does."
            )
        return tuple(found)

    def of_engine(self, name: str) -> str:
        """The setting of that name, which only one engine reads; "" when it is not set."""
        value = self.of_engines.get(name)
        return "" if value is None else value.get_secret_value()

    def calls_of(self, most: int, *, demo: bool) -> int:
        """How many of ``most`` calls one account may have at once; by default never all.

        A demo account is shared by whoever is at this machine.
        """
        others = max(1, most - 1)
        return others if demo else self.max_calls_each or min(_EACH, others)

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine reaches the app: it listens here, and for no proxy."""
        return not self.proxies and is_loopback(self.host)
