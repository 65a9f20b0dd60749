"""What a call page says when something is wrong: what happened, what it means, the next step.

Pure: from what is known to a list of notices. Every row of the troubleshooting table is one.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from agent.providers.line_failure import failure_words
from ui.call.microphone_help import HOPELESS, UNDO, WORDS
from ui.call.state import Browser, engine_trouble, is_waiting
from ui.kit.words import language_name, recording_ended

if TYPE_CHECKING:
    from agent.calls.live_call import LiveCall

Action = Literal["retry_microphone", "start_typed", "enable_audio", "call_again", "end"]

LINGER = 4
"""Turns of either side through which the page says that the voice has changed, or that the
recording has ended."""
NO_NETWORK = {
    "none": (
        "No network on this machine",
        "Your browser finds no network here, and without one no browser joins a call, spoken or "
        "typed, not even one on this very machine. Switch on Wi-Fi or plug in a network "
        "cable: any network will do, also one without internet. ",
    ),
    "barred": (
        "Your browser keeps calls off the network",
        "This machine has a network, but the browser gives a call no way onto it: a policy, a "
        "VPN or an add-on bars WebRTC. Switch that off, or take another browser. ",
    ),
}
"""Title and words by the state of :class:`ui.call.voice_call.Network`; the next step follows."""
PATIENCE = 8.0
"""Seconds of waiting for the persona after which the page says what to do."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to tell; ``code`` names it for tests, ``actions`` are the buttons under it.

    ``quiet`` ones are told when nothing else is; ``remedy`` is for who runs the app.
    """

    code: str
    kind: Literal["bad", "warn", "quiet"]
    title: str
    words: str
    actions: tuple[Action, ...] = ()
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Situation:
    """What the words depend on: the persona's first name, the browser's kind, whether the
    LiveKit server is ours, whether this call needs the microphone, how long we wait (seconds),
    whether an author reads it."""

    who: str
    browser_kind: str = "chrome"
    own_server: bool = True
    voice: bool = True
    waited: float = 0.0
    author: bool = False


def notices(
    call: "LiveCall | None", browser: Browser, situation: Situation, refused: str = ""
) -> tuple[Notice, ...]:
    """All that must be told now, the gravest first; ``refused`` is why the last try failed."""
    live = call is not None and call.end is None
    found = [_failed(browser, situation) if call is None else None]
    if refused:
        found.append(Notice("refused", "bad", "The call could not be started", refused))
    if call is not None and live:
        found += [_absent(call, browser, situation), _playback(browser)]
    if situation.voice and (live or call is None):
        found.append(_microphone(browser, situation, call if live else None))
    if call is not None and live:
        found += [_connection(browser), _trouble(call, browser, situation)]
        found.append(unwritten(call, author=situation.author))
        found.append(_recording_ended(call))
        found.append(_returned(browser))
        found.append(_changed_voice(call, situation) or _changed_language(call, situation))
    return tuple(notice for notice in found if notice is not None)


def _failed(browser: Browser, situation: Situation) -> Notice | None:
    connection = browser.connection
    if connection.state != "failed":
        return None
    if browser.network in NO_NETWORK:
        title, words = NO_NETWORK[browser.network]
        return Notice("no_network", "bad", title, f"{words}Then press Try again.", ("call_again",))
    if connection.reason == "NotAllowed":
        words = (
            "The LiveKit server did not accept this call's ticket (token invalid). Check "
            "LIVEKIT_API_KEY and LIVEKIT_API_SECRET in .env.local, restart Rehearsal, call again."
        )
        if situation.own_server:
            words = (
                "This machine's LiveKit server did not accept the call's ticket (token invalid). "
                "It may just have been restarted: call again."
            )
        return Notice("token", "bad", "The call's ticket was refused", words, ("call_again",))
    if connection.reason in ("TypeError", "SyntaxError"):
        words = "The part of the call that runs in the browser did not load. Call again."
        return Notice("sdk", "bad", "The page is not complete", words, ("call_again",))
    words = "Nothing answers there. Verify LIVEKIT_URL and the credentials in .env.local."
    if situation.own_server:
        words = (
            "The LiveKit server on this machine does not answer. It is started again by itself: "
            "wait a few seconds, then call again."
        )
    return Notice("unreachable", "bad", "Can't connect to the call's room", words, ("call_again",))


def _absent(call: "LiveCall", browser: Browser, situation: Situation) -> Notice | None:
    if situation.waited < PATIENCE or not is_waiting(call, browser):
        return None
    reason = call.trouble.words if call.trouble else "The part that plays the customer is silent."
    words = f"{reason} Your line is open. You can try again with a new call, or end this one."
    title = f"No voice from {situation.who} yet"
    return Notice("no_persona", "bad", title, words, ("call_again", "end"))


def _playback(browser: Browser) -> Notice | None:
    if browser.playback:
        return None
    words = "Your browser holds the sound back until you click. Press Enable Audio to hear."
    return Notice("playback", "bad", "Sound is off", words, ("enable_audio",))


def _microphone(browser: Browser, situation: Situation, live: "LiveCall | None") -> Notice | None:
    state = browser.microphone.state
    if state not in WORDS or (state == "silent" and live is not None and _types(live)):
        return None
    title, words = WORDS[state]
    undo, detail = UNDO[situation.browser_kind], browser.microphone.detail or "nothing"
    words = words.format(undo=undo, detail=detail, who=situation.who)
    if state == "silent":
        return Notice("microphone_silent", "warn", title, words)
    retry: tuple[Action, ...] = () if state in HOPELESS else ("retry_microphone",)
    if live is not None:
        words += " Meanwhile you can type your turns."
        return Notice(f"microphone_{state}", "bad", title, words, retry)
    words += " Or make the call by typing."
    return Notice(f"microphone_{state}", "bad", title, words, (*retry, "start_typed"))


def _returned(browser: Browser) -> Notice | None:
    if not browser.returned:
        return None
    title = f"Back again: {browser.returned}"
    return Notice("device_back", "quiet", title, "It is used as before.")


def _types(call: "LiveCall") -> bool:
    """Whether the trainee's newest turn was typed: who types has no need to be heard."""
    own = [turn for turn in call.turns if turn.speaker == "trainee" and not turn.replayed]
    return bool(own) and own[-1].source == "typed"


def _connection(browser: Browser) -> Notice | None:
    if browser.connection.state == "reconnecting" and browser.network in NO_NETWORK:
        title, words = NO_NETWORK[browser.network]
        return Notice("no_network", "bad", title, f"{words}The call then comes back by itself.")
    if browser.connection.state == "reconnecting":
        return None  # the stage says so, and more
    if browser.quality == "lost":
        words = "Nothing comes through right now. Check the network; the call waits for you."
        return Notice("lost", "bad", "Your connection is gone", words)
    if browser.quality == "poor" or browser.choppy:
        words = (
            "Sound may be choppy: a voice call needs a steady connection. Check your internet "
            "connection, move closer to the Wi-Fi, or close downloads and video."
        )
        return Notice("choppy", "warn", "Your connection is poor", words)
    return None


def _trouble(call: "LiveCall", browser: Browser, situation: Situation) -> Notice | None:
    trouble = call.trouble
    if trouble is None or _absent(call, browser, situation):
        return None
    code = f"trouble_{trouble.code}"
    remedy = trouble.remedy if situation.author else ""
    if engine_trouble(call) is None:
        return Notice(code, "warn", "Something went wrong", trouble.words, remedy=remedy)
    words = f"{trouble.words} It is being set up again; nothing that was said is lost."
    return Notice(code, "warn", "The line has trouble", words, remedy=remedy)


def unwritten(call: "LiveCall", *, author: bool) -> Notice | None:
    """For trainee and coach: what is kept of the call cannot be written just now."""
    if not call.unwritten:
        return None
    words = (
        f"The disk of Rehearsal takes nothing just now ({call.unwritten}). The call goes on, and "
        "all of it is kept in memory and written as soon as there is room. Tell who runs Rehearsal."
    )
    remedy = "Make room on the disk of the data folder, or make the folder writable."
    title = "The record of this call waits"
    return Notice("unwritten", "warn", title, words, remedy=remedy if author else "")


def _recording_ended(call: "LiveCall") -> Notice | None:
    recording = call.recording
    if recording is None or not (why := recording_ended(recording.reason)):
        return None
    if len(call.turns) > call.unrecorded_from + LINGER:
        return None
    words = f"{why[:1].upper()}{why[1:]}. The call goes on, and counts as before."
    return Notice("recording_ended", "quiet", "The recording has ended", words)


def _changed_voice(call: "LiveCall", situation: Situation) -> Notice | None:
    if call.restored is None or call.trouble is not None or call.engine == call.first_engine:
        return None
    if len(call.turns) > call.restored.turn + LINGER:
        return None  # the line under the stage goes on to name the voice
    words = (
        f"{failure_words(call.restored.reason)} So {situation.who} goes on with the voice of this "
        "machine; all that was said still counts."
    )
    if not situation.voice:
        words += " It does not understand speech in this language: type your turns from now on."
    return Notice("voice_changed", "quiet", "The voice has changed", words)


def _changed_language(call: "LiveCall", situation: Situation) -> Notice | None:
    if call.language == call.persona.language or situation.voice:
        return None
    words = (
        f"{situation.who} goes on in {language_name(call.language)}, which the voice of this "
        "machine speaks but does not understand: type your turns from now on."
    )
    return Notice("language_changed", "quiet", "The language has changed", words)
