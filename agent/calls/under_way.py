"""What is being said while it is no finished turn: it is kept when the call ends on it."""

from agent.protocol.messages import Caption
from data.records import Speaker, Turn


class UnderWay:
    """The newest words of each speaker that are part of no turn yet, and when they began.

    A job tells how far a line was heard when it is interrupted, and so at the end of its call;
    this is for a job that is gone or late, and for the trainee's words before their turn is over.
    """

    def __init__(self) -> None:
        self._said: dict[Speaker, tuple[float, str]] = {}

    def take(self, caption: Caption, now: float) -> None:
        """Words that have been heard by ``now`` (seconds of the call)."""
        if caption.final or not caption.text.strip():
            self._said.pop(caption.speaker, None)
            return
        began, _ = self._said.get(caption.speaker, (now, ""))
        self._said[caption.speaker] = (began, caption.text.strip())
        if caption.speaker == "persona":
            self._said.pop("trainee", None)  # what it did not wait for was no turn

    def is_told(self, speaker: Speaker) -> None:
        """The words of that speaker stand in a turn."""
        self._said.pop(speaker, None)

    def turns(self, index: int, version: str, now: float) -> list[Turn]:
        """The words as interrupted turns from ``index`` on, in the order of their beginning; the
        call is over."""
        said = sorted(self._said.items(), key=lambda item: item[1][0])
        self._said = {}
        return [
            Turn(index + place, speaker, text, began, "voice", version, interrupted=True, end=now)
            for place, (speaker, (began, text)) in enumerate(said)
        ]
