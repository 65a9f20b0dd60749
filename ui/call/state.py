"""In which state a call is, for the person at the microphone: pure, from what is known."""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from agent.providers.line_failure import GOES_ON
from data.endings import BY_CUSTOMER
from data.records import CallEnd
from ui.call.voice_call import (
    BrowserEvent,
    Choppy,
    Connection,
    Devices,
    FirstSound,
    Loudspeakers,
    Microphone,
    Muted,
    Network,
    PersonaTrack,
    Playback,
    Quality,
    Returned,
)
from ui.kit import words

if TYPE_CHECKING:
    from agent.calls.live_call import LiveCall
    from agent.protocol.messages import Trouble

WORKING = ("ok", "silent")
"""States in which the microphone sends."""
UNDECIDED = ("unknown", "asking", *WORKING)
"""States that do not keep a call with voice from being started."""


@dataclass
class Browser:
    """What the page's browser has told about itself."""

    connection: Connection = field(default_factory=lambda: Connection("ready"))
    microphone: Microphone = field(default_factory=lambda: Microphone("unknown"))
    devices: Devices = field(default_factory=lambda: Devices((), ""))
    loudspeakers: Loudspeakers = field(default_factory=lambda: Loudspeakers((), ""))
    returned: str = ""
    playback: bool = True
    present: bool = False
    heard: bool = False
    quality: str = "unknown"
    network: str = "found"
    choppy: bool = False
    muted: bool = False

    def take(self, event: BrowserEvent) -> None:
        """Remember what it says."""
        match event:
            case Connection():
                self.connection = event
            case Microphone():
                self.microphone = event
            case Loudspeakers():
                self.loudspeakers = event
            case Returned(label=label):
                self.returned = label
            case Devices():
                self.devices = event
            case Playback(allowed=allowed):
                self.playback = allowed
            case PersonaTrack(present=present):
                self.present = present
            case FirstSound():
                self.heard = True
            case Quality(quality=quality):
                self.quality = quality
            case Network(state=state):
                self.network = state
            case Choppy(choppy=choppy):
                self.choppy = choppy
            case Muted(muted=muted):
                self.muted = muted

    def begin(self) -> None:
        """Forget what belonged to the last call; microphone and devices stay."""
        self.connection = Connection("connecting")
        self.playback, self.present, self.heard = True, False, False
        self.quality, self.choppy, self.muted = "unknown", False, False


@dataclass(frozen=True, slots=True)
class Stage:
    """A state of the call: its name for CSS and tests, words, a picture, and what it means."""

    name: str
    title: str
    icon: str
    hint: str


def stage_of(
    who: str,
    call: "LiveCall | None",
    browser: Browser,
    *,
    problem: str = "",
    starting: bool = False,
    typed: bool = False,
    waiting: bool = False,
    exam: bool = False,
) -> Stage:
    """The stage; ``who`` is the persona's first name, ``problem`` why no call can be made now,
    ``starting`` that the user has clicked, ``typed`` that there is no voice recognition,
    ``waiting`` that a call of theirs waits to be taken up again, ``exam`` that they are not told
    whether it is solved."""
    if call is None and waiting and not starting and browser.microphone.state != "asking":
        return Stage("away", f"{who} is waiting", "phone_paused", "Your call goes on: you can take "
                     "it up again.")  # fmt: skip
    if call is None:
        return _before(who, browser, problem, starting, typed)
    if call.end is not None:
        return ended_stage(call.end, "Call ended", "Read below how it went.")
    if browser.connection.state == "reconnecting":
        return Stage("reconnecting", "Reconnecting", "sync", "The line broke. It comes back by "
                     "itself: stay on this page.")  # fmt: skip
    if browser.connection.state == "connecting":
        return Stage("connecting", "Connecting", "phone_forwarded", "The line is being set up.")
    if engine_trouble(call) is not None and call.status != "speaking":
        return Stage("trouble", "One moment", "sync_problem", f"The line to {who} comes back by "
                     "itself: stay on this page.")  # fmt: skip
    if is_waiting(call, browser):
        return Stage("waiting", f"Waiting for {who}", "ring_volume", f"The line is open; {who} is "
                     "coming to the phone.")  # fmt: skip
    typed = typed or browser.microphone.state not in WORKING
    stage = _talking(who, call.status, typed, browser)
    if stage.name == "listening" and call.resolved and not exam:
        return replace(stage, hint=_solved_hint(call, who))
    return stage


MUTED = "You are muted: unmute (M) to speak, or type."
"""Beside who has the turn, which the title goes on saying."""


def ended_stage(end: CallEnd, title: str, hint: str) -> Stage:
    """The stage of a call that is over; ``title`` is for one of which there is nothing to say."""
    if end.resolved:
        return Stage("ended", words.SOLVED, "check_circle", hint)
    if end.reason in BY_CUSTOMER:
        title = "The customer hung up"
    return Stage("ended", title, "call_end", hint)


def _solved_hint(call: "LiveCall", who: str) -> str:
    if call.persona.hang_up:
        return f"{who} is content, and hangs up after your goodbye."
    return f"{who} is content. Say goodbye, then press End Call."


def engine_trouble(call: "LiveCall") -> "Trouble | None":
    """What is wrong between us and the voice's provider, if anything is; that nobody has come to
    the phone yet is something else, and so is a trouble in which the call just goes on."""
    trouble = call.trouble
    if trouble is None or trouble.code == "no_persona" or trouble.code in GOES_ON:
        return None
    return trouble


def is_waiting(call: "LiveCall", browser: Browser) -> bool:
    """Whether the persona has still to be heard for the first time."""
    if call.status in ("preparing", "waiting"):
        return True
    # Once something of it was read or heard, silence has other reasons than an empty line.
    return not (browser.heard or call.turns or call.captions or not browser.playback)


def _before(who: str, browser: Browser, problem: str, starting: bool, typed: bool) -> Stage:
    if browser.microphone.state == "asking":
        return Stage("asking", "Allow the microphone", "mic", "Your browser asks whether this page "
                     "may listen. Choose Allow.")  # fmt: skip
    if starting:
        return Stage("connecting", "Connecting", "phone_forwarded", "The line is being set up.")
    if problem:
        return Stage("preparing", "Not ready yet", "hourglass_empty", problem)
    hint = f"{who} calls as soon as you start."
    if typed:
        hint = f"{who} calls as soon as you start, and speaks; you type."
    return Stage("ready", "Ready", "phone_in_talk", hint)


def _talking(who: str, status: str, typed: bool, browser: Browser) -> Stage:
    muted = browser.muted and not typed
    if status == "hearing":
        return Stage("hearing", f"{who} hears you", "hearing", "Go on; a short pause is fine.")
    if status == "thinking":
        hint = MUTED if muted else "The answer comes at once."
        return Stage("thinking", f"{who} is thinking", "more_horiz", hint)
    if status == "speaking":
        hint = "Type to answer." if typed else MUTED if muted else "You may interrupt."
        return Stage("speaking", f"{who} is speaking", "record_voice_over", hint)
    if typed:
        return Stage("listening", "Your turn", "keyboard", "Type what you say, then press Enter.")
    if muted:
        return Stage("listening", "Your turn", "mic_off", MUTED)
    return Stage("listening", "Your turn", "mic", f"{who} is listening: speak, or type.")
