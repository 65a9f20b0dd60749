"""What is said in a call, as it grows: turns, words of a turn that is not over, answer times."""

from collections.abc import Callable

from agent.protocol.messages import Caption
from data.records import Latency, Speaker, Turn

SLACK = 0.5
"""Seconds by which the clock of a worker elsewhere may be behind the app's."""


class Transcript:
    """The finished turns, and what each side is saying just now.

    ``interim`` words are kept as turns when the call ends on them (``cut_off``): a job tells how
    far a line was heard when it is interrupted, and so at the end of its call; this is for a job
    that is gone or late, and for the trainee's words before their turn is over.
    """

    def __init__(self) -> None:
        self.turns: list[Turn] = []
        self.captions: dict[Speaker, Caption] = {}
        self._interim: dict[Speaker, tuple[float, str]] = {}

    @property
    def next_index(self) -> int:
        """The index of the turn that comes next."""
        return self.turns[-1].index + 1 if self.turns else 0

    def caption(self, caption: Caption, now: float) -> None:
        """Words that have been heard by ``now`` (seconds of the call)."""
        speaker, text = caption.speaker, caption.text.strip()
        self.captions[speaker] = caption
        if caption.final or not text:
            self._interim.pop(speaker, None)
            return
        began, _ = self._interim.get(speaker, (now, ""))
        self._interim[speaker] = (began, text)
        if speaker == "persona":
            self._interim.pop("trainee", None)  # what it did not wait for was no turn

    def add(self, turn: Turn) -> bool:
        """A finished turn; False when it takes the place of one that was told before."""
        for place, known in enumerate(self.turns):
            if known.index == turn.index:
                self.turns[place] = turn
                return False
        self.turns.append(turn)
        self.captions.pop(turn.speaker, None)
        self._interim.pop(turn.speaker, None)
        return True

    def cut_off(self, version: str, now: float) -> list[Turn]:
        """The call is over: the words that are in no turn, as interrupted turns to be added, in
        the order of their beginning."""
        said = sorted(self._interim.items(), key=lambda item: item[1][0])
        self._interim = {}
        first = self.next_index
        return [
            Turn(first + place, speaker, text, began, "voice", version, interrupted=True, end=now)
            for place, (speaker, (began, text)) in enumerate(said)
        ]


class AnswerTimes:
    """Finds the line of the persona that a measured answer time belongs to; ``keep`` records it.

    The browser measures when an answer begins to sound. The line itself is recorded when it is
    over, and with a model that replies by itself the trainee's turn that it answers may come in
    between. Each line has at most one measure.
    """

    def __init__(self, keep: Callable[[Latency], None]) -> None:
        self._keep = keep
        self._waiting: list[tuple[float, float]] = []
        self._last: Turn | None = None

    def measured(self, at: float, seconds: float, sounds: bool) -> None:
        """An answer began to sound just before ``at`` (seconds since the call began), ``seconds``
        after the trainee had spoken; ``sounds`` while the persona is still speaking."""
        last, self._last = self._last, None
        if not sounds and last is not None:
            self._keep(Latency(last.index, seconds))  # a line so short that it is over by now
        else:
            self._waiting.append((at, seconds))

    def spoken(self, turn: Turn) -> None:
        """A new turn is recorded."""
        if turn.speaker != "persona" or turn.replayed:
            return
        # An answer of which no word was heard has no turn: its measure came before this line.
        own = [seconds for at, seconds in self._waiting if at >= turn.begin - SLACK]
        self._waiting.clear()
        self._last = None if own else turn
        if own:
            self._keep(Latency(turn.index, own[0]))
