"""One LiveKit room in the browser, as an element: see ``voice_call.js`` and ``voice/``.

For tests and benchmarks the page keeps ``window.__rehearsal``; ``voice/probe.js`` lists its fields.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from fastapi import Response
from fastapi.responses import FileResponse
from nicegui import app, run, ui

from ui.auth.proxy import prefix
from ui.context import Studio

SDK_PATH = "/sdk/livekit-client.esm.mjs"
VOICE = {"rehearsal-voice": str(Path(__file__).parent / "voice")}
"""The browser's modules of rooms, microphones and meters, which several elements share: see
``voice/index.js``."""


@dataclass(frozen=True, slots=True)
class Connection:
    """``state``: connecting, connected, reconnecting, reconnected, disconnected or failed.

    ``reason`` is LiveKit's name of why it ended or failed; ``status`` the HTTP status, if any.
    """

    state: str
    reason: str = ""
    status: int = 0
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Microphone:
    """``state``: unknown, asking, ok, silent, blocked, blocked_by_system, dismissed, none, busy,
    insecure, unsupported or error; ``detail`` is the browser's own message."""

    state: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Devices:
    """The microphones as (id, name), and the id of the one in use; ``missing`` is the name of the
    one that was chosen when it is not connected."""

    devices: tuple[tuple[str, str], ...]
    device: str
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Loudspeakers(Devices):
    """The same of loudspeakers, where the browser lets them be chosen; "default" is the id of
    the system's."""


@dataclass(frozen=True, slots=True)
class Returned:
    """A chosen device is connected again and in use; ``label`` is "" when that was told for long
    enough."""

    label: str


@dataclass(frozen=True, slots=True)
class Muted:
    """Whether the trainee's microphone is muted, by the page or by a key."""

    muted: bool


@dataclass(frozen=True, slots=True)
class Playback:
    """Whether the browser lets the page make sound."""

    allowed: bool


@dataclass(frozen=True, slots=True)
class PersonaTrack:
    """Whether the persona's audio track is subscribed."""

    present: bool


@dataclass(frozen=True, slots=True)
class FirstSound:
    """The persona was heard for the first time, ``ms`` after the click."""

    ms: int


@dataclass(frozen=True, slots=True)
class Quality:
    """LiveKit's word for the trainee's connection: excellent, good, poor, lost or unknown."""

    quality: str


@dataclass(frozen=True, slots=True)
class Network:
    """``state``: found, none (this browser has no address but the loopback's) or barred (the
    system has a network, but WebRTC is not let at it)."""

    state: str


@dataclass(frozen=True, slots=True)
class Choppy:
    """Whether much of the persona's sound is missing."""

    choppy: bool


@dataclass(frozen=True, slots=True)
class AnswerTime:
    """Seconds from the end of the trainee's speech (``speech`` seconds of it) to the persona's
    sound; ``cut`` when the trainee was still talking."""

    seconds: float
    cut: bool
    speech: float


@dataclass(frozen=True, slots=True)
class BargeIn:
    """Seconds from the onset of the trainee's speech to the persona's silence."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Leaving:
    """The trainee clicked on a link to ``target``, a path, while in a call; it was not followed."""

    target: str


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """The page was loaded anew while in that call; it sounds again if the browser lets it."""

    call: str


BrowserEvent = (
    Connection
    | Microphone
    | Devices
    | Returned
    | Muted
    | Playback
    | PersonaTrack
    | FirstSound
    | Quality
    | Network
    | Choppy
    | AnswerTime
    | BargeIn
    | Leaving
    | LeftBehind
)
KINDS: dict[str, type[BrowserEvent]] = {
    "connection": Connection,
    "microphone": Microphone,
    "returned": Returned,
    "muted": Muted,
    "playback": Playback,
    "persona": PersonaTrack,
    "first_sound": FirstSound,
    "quality": Quality,
    "network": Network,
    "choppy": Choppy,
    "latency": AnswerTime,
    "barge_in": BargeIn,
    "leaving": Leaving,
    "left_behind": LeftBehind,
}


class VoiceCall(ui.element, component="voice_call.js", esm=VOICE):
    """Invisible; what happens in the browser goes to ``on_event``.

    A broken line is tried again for ``reconnect_timeout`` seconds. ``waiting`` is the id of a call
    that a page loaded anew in the same tab goes on with, "" for none.
    """

    def __init__(
        self,
        on_event: Callable[[BrowserEvent], None],
        *,
        sdk_ready: bool,
        reconnect_timeout: float,
        waiting: str = "",
    ) -> None:
        super().__init__()
        self.props["reconnect_timeout"] = reconnect_timeout
        self.props["waiting"] = waiting
        self.props["sdk_url"] = prefix() + SDK_PATH
        self.props["sdk_ready"] = sdk_ready
        self._on_event = on_event
        self.on("voice", lambda event: self._receive(event.args))

    def sdk_is_ready(self) -> None:
        """The browser SDK can be loaded now."""
        if not self.props["sdk_ready"]:
            self.props["sdk_ready"] = True
            self.update()

    def on_gesture(self, button: ui.element, handler: Callable[[], Any], microphone: bool) -> None:
        """Let that button start a call: the browser opens sound and, if ``microphone``, the
        microphone inside the click, and ``handler`` runs when the user has answered."""
        wanted = str(microphone).lower()
        script = f"() => getElement({self.id}).gesture({wanted}, emit)"
        button.on("click", lambda _: handler(), js_handler=script)

    def begin_at_once(self, handler: Callable[[], Any], microphone: bool) -> None:
        """Do as if the button of ``on_gesture`` had been clicked as soon as the page is there."""
        self.props["at_once"], self.props["at_once_voice"] = True, microphone
        self.on("at_once", lambda _: handler())

    def on_click(self, button: ui.element, method: str) -> None:
        """Let that button call a method of the element inside the user's gesture."""
        button.on("click", js_handler=f"() => getElement({self.id}).{method}()")

    def connect(self, url: str, token: str, call: str, *, again: bool = False) -> None:
        """Join the room of that call; the course comes as :class:`Connection` events. ``again``
        when it was lost in mid-call: then sound and microphone are opened as they were."""
        self.run_method("connect", url, token, call, again)

    def disconnect(self) -> None:
        """Leave the room and let go of microphone and sound."""
        self.run_method("disconnect")

    def forget_call(self) -> None:
        """The call could not be joined: the page may be left without a question."""
        self.run_method("forget_call")

    def set_muted(self, muted: bool) -> None:
        """Mute or unmute the microphone."""
        self.run_method("set_muted", muted)

    def set_microphone(self, device: str) -> None:
        """Use that microphone, in a call too."""
        self.run_method("set_microphone", device)

    def set_loudspeaker(self, device: str) -> None:
        """Let the persona be heard there."""
        self.run_method("set_loudspeaker", device)

    def sound_trouble(self) -> None:
        """Two soft tones: the line has trouble."""
        self.run_method("sound_trouble")

    def _receive(self, args: dict[str, Any]) -> None:
        event = parse_event(args)
        if event is not None:
            self._on_event(event)


def parse_event(args: dict[str, Any]) -> BrowserEvent | None:
    """What the browser said, or None when it is nothing that we know."""
    if args.get("kind") in ("devices", "loudspeakers"):
        what = Devices if args["kind"] == "devices" else Loudspeakers
        found = tuple((str(each["id"]), str(each["label"])) for each in args["devices"])
        return what(found, str(args.get("device", "")), str(args.get("missing", "")))
    made = KINDS.get(str(args.get("kind")))
    if made is None:
        return None
    names = {field.name for field in fields(made)}
    return made(**{name: value for name, value in args.items() if name in names})


def serve_sdk(studio: Studio) -> None:
    """Serve the browser SDK once it is prepared; until then the answer is 503."""

    @app.get(SDK_PATH)
    async def browser_sdk() -> Response:
        path = sdk_file(studio)
        if path is None or not await run.io_bound(path.is_file):
            return Response("The browser part is being prepared.", 503, {"Retry-After": "2"})
        headers = {"Cache-Control": "private, max-age=86400"}
        return FileResponse(path, media_type="text/javascript", headers=headers)


def sdk_file(studio: Studio) -> Path | None:
    """The SDK's module, or None while it is being prepared."""
    return studio.preparation.browser_sdk
