"""The comparison of any two texts of a persona."""

from collections.abc import Callable

from nicegui import run, ui

from ui import kit
from ui.context import Studio
from ui.versions.diff import Parts, diff, summary
from ui.versions.differences import differences
from ui.versions.past import Past, text_of

GONE = "The text of this version is damaged or gone from the data folder, so it cannot be shown."
ENDS = "The two texts have the same words. They differ in nothing but line ends, if at all."
SHOW = """document.querySelector(".rh-version-diff")
  .scrollIntoView({block: "start", behavior: "smooth"})"""


class VersionDiff:
    """Two choices and what differs between them; ``on_choose`` is told the later one's key."""

    def __init__(self, studio: Studio, past: Past, on_choose: Callable[[str], None]) -> None:
        self._studio = studio
        self._past = past
        self._on_choose = on_choose
        self._old = self._new = ""
        with kit.tag("section", classes="rh-card rh-version-diff").props("aria-label=Comparison"):
            kit.heading("What differs", 2)
            with kit.tag("div", classes="rh-version-choice"):
                self._left = self._select("From", "old")
                self._right = self._select("To", "new")
            self._said = kit.tag("p", classes="rh-muted rh-small").props("role=status")
            self._box = kit.tag("div")

    async def show(self, new: str, old: str | None = None, *, scroll: bool = False) -> None:
        """Compare these two; without ``old`` the text before it."""
        choices = self._past.choices()
        if new not in choices:
            return
        self._old = self._past.before(new) if old is None or old not in choices else old
        self._new = new
        self._choose()
        await self._draw()
        if scroll:
            ui.run_javascript(SHOW)

    async def renew(self, past: Past) -> None:
        """Go on with what is known by now."""
        self._past = past
        if self._new:
            await self.show(self._new, self._old)

    def _select(self, label: str, mark: str) -> ui.select:
        select = ui.select({}, label=label, on_change=self._on_change).props("outlined")
        return select.classes("rh-grow").mark(f"compare-{mark}")

    def _choose(self) -> None:
        """Bring the selects to what is compared."""
        choices = self._past.choices()
        if not self._old:
            choices = {"": "Nothing: it is the first text", **choices}
        self._left.set_options(choices, value=self._old)
        self._right.set_options(self._past.choices(), value=self._new)

    async def _on_change(self) -> None:
        chosen = self._left.value or "", self._right.value or ""
        if chosen[1] and chosen != (self._old, self._new):  # and not by ourselves
            self._old, self._new = chosen
            await self._draw()

    async def _draw(self) -> None:
        self._on_choose(self._new)
        asked = self._old, self._new
        result = await run.io_bound(self._compare, *asked)
        if asked != (self._old, self._new) or self._box.is_deleted:
            return
        self._box.clear()
        self._said.set_text("")
        with self._box:
            if result is None:
                kit.message(GONE)
            elif words := summary(result):
                self._said.set_text(f"{words[0].upper()}{words[1:]}.")
                diff(result)
            else:
                kit.message(ENDS, "good")

    def _compare(self, old: str, new: str) -> Parts | None:
        before = text_of(self._studio, self._past, old) if old else ""
        after = text_of(self._studio, self._past, new)
        return None if before is None or after is None else differences(before, after)
