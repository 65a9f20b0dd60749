"""Which personas have their scripts played on each save."""

import threading

from data.store import Store

_REMEDY = "no persona's scripts are played on a save until it is switched on again"


class PlayOnSave:
    """The personas for which it is switched on; safe to use from any thread.

    ``on`` answers from memory; ``switch`` and ``renamed`` write, and raise ``OSError``.
    """

    def __init__(self, store: Store) -> None:
        self._table = store.table("play_on_save", key="persona", remedy=_REMEDY)
        self._lock = threading.Lock()
        self._on = {str(document["persona"]) for document in self._table.all()}

    def on(self, persona: str) -> bool:
        """Whether its scripts are played on each save."""
        return persona in self._on

    def switch(self, persona: str, on: bool) -> None:
        """Play its scripts on each save from now on, or no more."""
        with self._lock:
            if on:
                self._table.put({"persona": persona})
                self._on.add(persona)
            else:
                self._table.remove(persona)
                self._on.discard(persona)

    def renamed(self, old: str, new: str) -> None:
        """The persona is called ``new`` by now."""
        if self.on(old):
            self.switch(new, True)
            self.switch(old, False)
