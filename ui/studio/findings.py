"""The checker's messages, each a way to its line."""

from collections.abc import Callable, Sequence

from nicegui import ui

from personas.model import Finding
from ui import kit
from ui.kit import words
from ui.kit.classes import switch

MOST = 100
"""Findings that are listed; whoever has more mends the first ones first."""


class Findings:
    """The list of findings; ``lead`` makes a button the way to a line (1-based)."""

    def __init__(self, lead: Callable[[ui.element, int], None]) -> None:
        self._lead = lead
        self._shown: Sequence[Finding] | None = None
        with kit.tag("section", classes="rh-pane rh-pane-checks") as self._root:
            self._root.props('aria-label="Checker"')
            with kit.tag("div").props("role=status"):
                self._summary = kit.heading("", 2).classes("rh-pane-title")
            self._box = kit.tag("ul", classes="rh-findings")

    def show(self, findings: Sequence[Finding]) -> None:
        """Draw these findings, unless they are there already."""
        if findings == self._shown:
            return
        self._shown = findings
        self._summary.set_text(summary(findings))
        switch(self._root, "rh-clean", not findings)
        switch(self._root, "rh-errors", any(each.level == "error" for each in findings))
        self._box.clear()
        with self._box:
            for finding in sorted(findings, key=lambda f: (f.level, f.line))[:MOST]:
                with kit.tag("li"):
                    self._finding(finding)
            if len(findings) > MOST:
                with kit.tag("li"):
                    kit.muted(f"And {len(findings) - MOST} more.")

    def _finding(self, finding: Finding) -> None:
        row = kit.button("", kind="quiet")
        self._lead(row, finding.line)
        with row.classes("rh-finding").mark("finding"):
            kind = "bad" if finding.level == "error" else "warn"
            kit.tag("span", finding.level.capitalize(), f"rh-badge rh-badge-{kind}")
            kit.tag("span", f"Line {finding.line}", "rh-strong rh-number")
            kit.tag("span", finding.message, "rh-finding-words")


def summary(findings: Sequence[Finding]) -> str:
    """How many errors and warnings there are, in words."""
    errors = sum(1 for finding in findings if finding.level == "error")
    parts = [words.count(errors, "error")] if errors else []
    if len(findings) > errors:
        parts.append(words.count(len(findings) - errors, "warning"))
    return " and ".join(parts) if parts else "The checker finds nothing to mend"
