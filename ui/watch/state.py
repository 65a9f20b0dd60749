"""What a page says to those who listen to a call: pure, from what is known."""

from typing import TYPE_CHECKING

from ui.call.notices import NO_NETWORK, Notice, unwritten
from ui.call.state import Stage, ended_stage, engine_trouble
from ui.call.voice_call import Connection

if TYPE_CHECKING:
    from agent.calls.live_call import LiveCall

GONE = ("failed", "disconnected")
"""States of a connection that does not come back by itself."""


def stage_of(call: "LiveCall", who: str, trainee: str) -> Stage:
    """In which state the call is; ``who`` is the persona's first name."""
    if call.end is not None:
        return ended_stage(call.end, "The call is over", "Read below how it ended.")
    if call.status == "waiting":
        return Stage("waiting", f"Waiting for {who}", "ring_volume", f"{who} is coming to the "
                     "phone.")  # fmt: skip
    if not call.browser_in.is_set():
        return Stage("waiting", f"Waiting for {trainee}", "ring_volume", "The trainee's browser "
                     "is not in the call yet.")  # fmt: skip
    if engine_trouble(call) is not None and call.status != "speaking":
        return Stage("trouble", "The line has trouble", "sync_problem", "It is being set up "
                     "again.")  # fmt: skip
    return _talking(call.status, who, trainee)


def _talking(status: str, who: str, trainee: str) -> Stage:
    if status == "hearing":
        return Stage("hearing", f"{trainee} is speaking", "mic", f"{who} is listening.")
    if status == "thinking":
        return Stage("thinking", f"{who} is thinking", "more_horiz", "The answer comes at once.")
    if status == "speaking":
        return Stage("speaking", f"{who} is speaking", "record_voice_over", f"{trainee} is "
                     "listening.")  # fmt: skip
    return Stage("listening", f"{trainee}'s turn", "mic_none", f"{who} waits.")


def notices(
    call: "LiveCall",
    connection: Connection,
    *,
    playback: bool,
    trainee: str,
    network: str = "found",
) -> tuple[Notice, ...]:
    """What must be told of one's own sound, and of the call's trouble, the gravest first;
    ``network`` is the state of :class:`ui.call.voice_call.Network`."""
    if call.end is not None:
        return ()
    found = [
        _sound(connection, playback, network),
        _trouble(call, trainee),
        unwritten(call, author=True),
    ]
    return tuple(notice for notice in found if notice is not None)


def _sound(connection: Connection, playback: bool, network: str) -> Notice | None:
    if network in NO_NETWORK and connection.state in (*GONE, "reconnecting"):
        return _no_network(connection, network)
    if connection.state in GONE:
        words = (
            f"Your browser has no connection to the call's room ({connection.reason or 'unknown'})."
            " The call itself goes on, and what is said still appears here."
        )
        return Notice("unheard", "bad", "You cannot hear the call", words, ("call_again",))
    if connection.state == "reconnecting":
        words = "It comes back by itself; the call goes on meanwhile."
        return Notice("reconnecting", "quiet", "Your sound broke off", words)
    if not playback:
        words = "Your browser holds the sound back until you click. Press Enable Audio to hear."
        return Notice("playback", "bad", "Sound is off", words, ("enable_audio",))
    return None


def _no_network(connection: Connection, network: str) -> Notice:
    """What is said comes by the page's own line, which also goes over the loopback."""
    title, words = NO_NETWORK[network]
    goes_on = "The call itself goes on, and what is said still appears here."
    if connection.state == "reconnecting":
        return Notice("no_network", "bad", title, f"{words}Your sound then comes back. {goes_on}")
    words = f"{words}Then press Try again. {goes_on}"
    return Notice("no_network", "bad", title, words, ("call_again",))


def _trouble(call: "LiveCall", trainee: str) -> Notice | None:
    trouble = call.trouble
    if trouble is None:
        return None
    title = f"Trouble on {trainee}'s line"
    return Notice(f"trouble_{trouble.code}", "warn", title, trouble.words, remedy=trouble.remedy)
