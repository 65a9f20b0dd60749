"""Tells speech from silence by its loudness, as fakes of providers need it."""

import numpy as np
from numpy.typing import NDArray

LOUD = 350.0
"""Root mean square of 20 ms (int16) above which there is speech."""
BEGIN, END = 3, 25
"""Pieces of 20 ms in a row that make a beginning (60 ms) and an end (0.5 s)."""


class Energy:
    """Follows one stream of int16 mono sound at ``rate``."""

    def __init__(self, rate: int) -> None:
        self._piece = rate // 50
        self._rest = np.zeros(0, dtype=np.int16)
        self._pieces = self._run = 0
        self.speaking = False

    def hear(self, sound: NDArray[np.int16]) -> list[tuple[bool, float]]:
        """The beginnings (True) and ends (False) of speech in it, with their seconds since the
        stream began."""
        self._rest = np.concatenate([self._rest, sound])
        found = []
        while self._rest.size >= self._piece:
            piece, self._rest = self._rest[: self._piece], self._rest[self._piece :]
            self._pieces += 1
            loud = float(np.sqrt(np.mean(np.square(piece.astype(np.float64))))) > LOUD
            self._run = self._run + 1 if loud != self.speaking else 0
            if self._run == (END if self.speaking else BEGIN):
                self.speaking, self._run = not self.speaking, 0
                found.append((self.speaking, self._pieces / 50))
        return found
