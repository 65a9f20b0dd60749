"""The words of a spoken turn when they come while the model answers already.

A model that takes its turns by itself sends its transcript in pieces, and its last word on it
perhaps only after its own answer. The turn has to stand before the answer in the record.
"""


class LateWords:
    """Collects the pieces of each turn; every turn is given out once, in the order of beginning."""

    def __init__(self) -> None:
        self._open: dict[str, str] = {}
        self._given: set[str] = set()

    @property
    def pending(self) -> bool:
        """Whether there are words that have not been given out."""
        return any(text.strip() for text in self._open.values())

    def is_over(self, item: str) -> bool:
        """Whether that turn has been given out: what is still said of it comes too late."""
        return item in self._given

    def take(self, item: str, text: str, final: bool) -> str:
        """All words so far of the turn ``item`` ("" when the model does not name its turns).

        Returns them once they are complete, behind those of turns before it that still wait for
        their end; else "".
        """
        if self.is_over(item):
            return ""
        self._open[item] = text
        return self._give(item) if final else ""

    def settle(self) -> str:
        """The answer stands: what has been heard by now is the turn; "" when there is none to give
        out."""
        begun = [item for item, text in self._open.items() if text.strip()]
        return self._give(begun[-1]) if begun else ""

    def _give(self, last: str) -> str:
        """The turns up to this one."""
        texts = []
        for item in list(self._open):
            texts.append(self._open.pop(item).strip())
            if item:
                self._given.add(item)
            if item == last:
                break
        return " ".join(text for text in texts if text)
