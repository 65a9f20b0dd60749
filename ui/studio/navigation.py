"""The ways to a line of the text: its headings, and the checker's messages."""

from collections.abc import Callable, Sequence

from nicegui import ui

from personas.model import Finding
from ui import kit
from ui.kit import words
from ui.studio.reading import Heading

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
        kit.switch(self._root, "rh-clean", not findings)
        kit.switch(self._root, "rh-errors", any(each.level == "error" for each in findings))
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


class Outline:
    """The list of headings; ``lead`` makes a button the way to a line (1-based)."""

    def __init__(self, lead: Callable[[ui.element, int], None]) -> None:
        self._lead = lead
        self._shown: Sequence[Heading] | None = None
        with kit.tag("nav", classes="rh-pane rh-pane-outline").props('aria-label="Outline"'):
            kit.heading("Outline", 2).classes("rh-pane-title")
            self._box = kit.tag("div", classes="rh-outline")

    def show(self, headings: Sequence[Heading]) -> None:
        """Draw these headings, unless they are there already."""
        if headings == self._shown:
            return
        self._shown = headings
        self._box.clear()
        with self._box:
            if not headings:
                kit.muted("No headings yet. A persona begins with “# Persona: Name”.")
            for heading in headings:
                self._entry(heading)

    def _entry(self, heading: Heading) -> None:
        row = kit.button(heading.title, kind="quiet")
        self._lead(row, heading.line)
        row.classes(f"rh-outline-row rh-outline-{min(heading.level, 3)}")
        row.props["title"] = f"Line {heading.line}"
