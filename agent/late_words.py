"""The words of a spoken turn when they come while the model answers already.

A model that takes its turns by itself sends its transcript in pieces, and its last word on it
perhaps only after its own answer. The turn has to stand before the answer in the record.
"""


class LateWords:
    """Collects the pieces of one turn; each turn is given out once."""

    def __init__(self) -> None:
        self._item = ""
        self._text = ""
        self._settled = ""

    @property
    def pending(self) -> bool:
        """Whether there are words that have not been given out."""
        return bool(self._text.strip())

    def is_over(self, item: str) -> bool:
        """Whether that turn has been given out: what is still said of it comes too late."""
        return bool(item) and item == self._settled

    def take(self, item: str, text: str, final: bool) -> str:
        """All words so far of the turn ``item``; returns them once they are complete, else ""."""
        if self.is_over(item):
            return ""
        self._item, self._text = item, text
        return self.settle() if final else ""

    def settle(self) -> str:
        """The answer begins: the words so far are the turn; "" when there is none to give out."""
        text, self._text = self._text.strip(), ""
        if text:
            self._settled = self._item
        return text
