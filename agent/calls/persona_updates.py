"""The persona texts of one call: handed to its job, waiting for one, or answered for."""

from collections.abc import Callable

from agent.protocol.messages import OVERTAKEN, NewPersona
from data.records import Edit


class PersonaUpdates:
    """Hands further texts of the persona to a call's job.

    ``send`` gives the job one, and is False while there is no job: then the newest waits.
    ``report`` is told how a text fared that no job can answer for: version, outcome, reason.
    ``newest`` is the version that the call was told of last, ``language`` what is spoken just now.
    """

    def __init__(
        self,
        version: str,
        language: str,
        send: Callable[[NewPersona], bool],
        report: Callable[[str, str, str], None],
    ) -> None:
        self.newest = version
        self.language = language
        self._send = send
        self._report = report
        self._waiting: NewPersona | None = None
        self._unanswered: dict[str, tuple[str, int]] = {}
        """Texts by version, and how often each was handed over: one that was overtaken may be
        handed over again, and the job answers as often."""
        self._languages: dict[str, str] = {}

    def change(self, text: str, version: str, language: str = "") -> None:
        """A new text for the lines to come, in that language ("" for the same one)."""
        self.newest = version
        _, times = self._unanswered.get(version, ("", 0))
        self._unanswered[version] = text, times + 1
        self._languages[version] = language or self.language
        update = NewPersona(text, version)
        if not self._send(update):
            if self._waiting is not None:
                self._report(self._waiting.version, "overtaken", OVERTAKEN)
            self._waiting = update

    def refuse(self, version: str, reason: str) -> None:
        """A text that cannot be played: the last good one goes on."""
        self.newest = version
        self._report(version, "refused", reason)

    def job_joined(self) -> None:
        """There is a job by now: it gets what waited."""
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            self._send(waiting)

    def answered(self, edit: Edit) -> str:
        """How a text fared: the text itself when it took effect, else ""."""
        text, times = self._unanswered.pop(edit.version, ("", 0))
        if times > 1:
            self._unanswered[edit.version] = text, times - 1
        if edit.outcome not in ("applied", "rebuilt"):
            return ""
        self.language = self._languages.get(edit.version, self.language)
        return text

    def close(self) -> None:
        """The call is over: nothing is waited for any more."""
        self._unanswered.clear()
