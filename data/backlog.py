"""The lines of a call's journal that could not be written yet, in their order."""

from collections import deque

MOST = 8_000_000
"""Bytes of one call that wait at most; as many again are kept free for what is said."""
SPOKEN = "turn"
"""The kind of lines that may use all of the room."""


class BacklogFull(OSError):
    """There is no room left in memory either: this line is lost."""


class Backlog:
    """Lines that wait for room on the disk; bounded."""

    def __init__(self) -> None:
        self._lines: deque[tuple[str, bytes]] = deque()
        self._size = 0

    def __len__(self) -> int:
        return len(self._lines)

    @property
    def lines(self) -> tuple[bytes, ...]:
        """What waits, oldest first."""
        return tuple(line for _, line in self._lines)

    @property
    def first(self) -> bytes:
        """The line whose turn it is."""
        return self._lines[0][1]

    def add(self, kind: str, line: bytes) -> None:
        """One more line; raises ``BacklogFull``. Totals take the place of earlier ones."""
        if kind == "usage":
            self._forget("usage")
        room = 2 * MOST if kind == SPOKEN else MOST
        if kind != "end" and self._size + len(line) > room:  # a call has one end, and needs it
            raise BacklogFull(f"no room in memory for a {kind} either")
        self._lines.append((kind, line))
        self._size += len(line)

    def written(self) -> None:
        """The first line is on the disk."""
        _, line = self._lines.popleft()
        self._size -= len(line)

    def _forget(self, kind: str) -> None:
        kept = [item for item in self._lines if item[0] != kind]
        self._lines = deque(kept)
        self._size = sum(len(line) for _, line in kept)
