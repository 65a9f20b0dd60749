"""The checker's messages, each a way to its line."""

from collections.abc import Callable, Sequence

from nicegui import run, ui

from personas.model import Finding
from ui import kit, words

PAUSE = 0.3
"""Seconds without a keystroke before the text is checked again."""


class Findings:
    """The list of findings; ``reveal`` scrolls the editor to a line (1-based)."""

    def __init__(self, reveal: Callable[[int], None]) -> None:
        self._reveal = reveal
        self._check: Callable[[], Sequence[Finding]] | None = None
        with kit.tag("section", classes="rh-card").props('aria-label="Checker"'):
            self._box = kit.tag("div", classes="rh-stack").props("aria-live=polite")
        self._timer = ui.timer(PAUSE, self._run, active=False)

    def show(self, findings: Sequence[Finding]) -> None:
        """Draw these findings."""
        self._check = None
        self._box.clear()
        with self._box:
            kit.heading(_summary(findings), 2)
            if findings:
                with kit.tag("ul", classes="rh-findings"):
                    for finding in sorted(findings, key=lambda f: (f.level, f.line)):
                        with kit.tag("li"):
                            self._finding(finding)

    def later(self, check: Callable[[], Sequence[Finding]]) -> None:
        """Check soon, and only once for a run of keystrokes."""
        self._check = check
        self._timer.deactivate()
        self._timer.activate()

    async def _run(self) -> None:
        self._timer.deactivate()
        check = self._check
        if check is None:
            return
        findings = await run.io_bound(check)  # a long text must not hold up the calls
        if findings is not None and self._check is check:
            self.show(findings)

    def _finding(self, finding: Finding) -> None:
        row = kit.button("", lambda: self._reveal(finding.line), kind="quiet")
        with row.classes("rh-finding"):
            kind = "bad" if finding.level == "error" else "warn"
            kit.tag("span", finding.level.capitalize(), f"rh-badge rh-badge-{kind}")
            kit.tag("span", f"Line {finding.line}", "rh-strong rh-number")
            kit.tag("span", finding.message, "rh-finding-words")


def _summary(findings: Sequence[Finding]) -> str:
    errors = sum(1 for finding in findings if finding.level == "error")
    parts = [words.count(errors, "error")] if errors else []
    if len(findings) > errors:
        parts.append(words.count(len(findings) - errors, "warning"))
    return " and ".join(parts) if parts else "The checker finds nothing to mend"
