"""The persona texts that a call's job was given and has not answered for."""

from data.records import Edit


class GivenTexts:
    """Each is kept until its job has told how it fared, as often as it was given."""

    def __init__(self) -> None:
        self._texts: dict[str, tuple[str, int]] = {}

    def __len__(self) -> int:
        return len(self._texts)

    def give(self, version: str, text: str) -> None:
        """The job gets that text; one that was overtaken may be given again."""
        _, times = self._texts.get(version, ("", 0))
        self._texts[version] = text, times + 1

    def settle(self, edit: Edit) -> str:
        """The job has told how a text fared: the text when it took effect, else ""."""
        text, times = self._texts.pop(edit.version, ("", 0))
        if times > 1:
            self._texts[edit.version] = text, times - 1
        return text if edit.outcome in ("applied", "rebuilt") else ""

    def clear(self) -> None:
        """The call is over."""
        self._texts.clear()
