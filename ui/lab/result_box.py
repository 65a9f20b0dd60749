"""One result of a script: whether it passed, by word, sign and colour, and where it did not."""

from nicegui import ui

from agent.lab.built_in import BUILT_IN
from agent.lab.results import Result
from data.lab_runs import LabRun, Miss
from ui import kit
from ui.context import Studio
from ui.kit import words
from ui.lab.figures import figures
from ui.lab.mood_line import mood_line

SHOWN = 3
"""Misses that a box shows; all of them stand with the transcript."""
NOTHING_YET = "Not played yet"


def address_of_run(run: LabRun) -> str:
    """The page of a run."""
    return f"/lab/runs/{run.id}"


def address_of_script(persona: str, script: str) -> str:
    """The page on which a script is written."""
    return f"/studio/{persona}/lab/{script}"


def address_of_miss(run: LabRun, miss: Miss) -> str:
    """Where that miss is to be seen: at the script's line, or where there is no script, in the
    transcript."""
    if run.script in BUILT_IN:
        return f"{address_of_run(run)}#turn-{miss.turn or 0}"
    return f"{address_of_script(run.persona, run.script)}?line={miss.line}"


def pass_badge(result: Result) -> None:
    """Whether it passed; of repeats, how many did. What was only measured did not pass."""
    if result.passed:
        sign, look = "✓", "good"
        word = "Measured" if result.first.consistency is not None else "Passed"
    elif result.broken:
        sign, word, look = "!", "Broken off", "warn"
    else:
        sign, word, look = "✗", "Missed", "bad"
    if len(result.runs) > 1:
        word = f"{word}: {result.passes} of {len(result.runs)} passed"
    with kit.tag("span", classes=f"rh-badge rh-badge-{look}"):
        kit.tag("span", sign).props("aria-hidden=true")
        kit.tag("span", word)


def result_box(
    studio: Studio, result: Result | None, outdated: bool = False, side: str = ""
) -> None:
    """Draw it here; ``outdated``: an earlier text was played than the one that is asked for.
    ``side`` names the column where a narrow screen has none."""
    with kit.tag("div", classes="rh-lab-result"):
        if side:
            kit.tag("p", side, "rh-lab-side rh-small rh-strong")
        if result is None:
            kit.tag("span", NOTHING_YET, "rh-badge")
            return
        with kit.tag("div", classes="rh-line"):
            pass_badge(result)
            if not result.broken:
                kit.tag("span", f"{result.score} · {result.resolved}", "rh-small rh-number")
        if result.courses:
            with kit.tag("p", classes="rh-line rh-small"):
                mood_line(result.first.moods)
                moods = ", ".join(result.courses)
                kit.tag("span", f"mood {moods}", "rh-muted rh-number rh-lab-course")
        misses(result, SHOWN)
        if result.first.consistency is not None:
            figures(result.first.consistency, SHOWN)
        if outdated:
            kit.tag("p", "Of an earlier text; play it again.", "rh-small rh-lab-old")
        _foot(studio, result)


def misses(result: Result, most: int = 0) -> None:
    """Where it left what was expected: the script's line and plain words."""
    found = result.misses
    if not found:
        return
    shown = found[:most] if most else found
    with kit.tag("ul", classes="rh-lab-misses rh-small"):
        for miss, often in shown:
            with kit.tag("li"):
                first = result.first
                ui.link(f"Line {miss.line}", address_of_miss(first, miss)).classes("rh-strong")
                times = f" ({often} of {len(result.runs)} runs)" if len(result.runs) > 1 else ""
                kit.tag("span", f"{miss.expectation}: {miss.saw}{times}")
        if len(found) > len(shown):
            kit.tag("li", f"And {len(found) - len(shown)} more.", "rh-muted")


def _foot(studio: Studio, result: Result) -> None:
    first = result.first
    title = studio.engines.recorded(first.engine).title
    title += ", in real sound" if first.sound else ""
    by = f"played by {result.stand_in} in place of {title}" if result.stand_in else title
    with kit.tag("p", classes="rh-line rh-small rh-lab-foot"):
        for number, run in enumerate(result.runs, start=1):
            name = f"Transcript {number}" if len(result.runs) > 1 else "Transcript"
            ui.link(name, address_of_run(run)).mark(f"run-{run.id}")
        kit.tag("span", f"{words.when(first.started)} · {by}", "rh-muted")
        broken = sum(len(run.breaks) for run in result.runs)
        if broken:
            often = words.count(broken, "time")
            kit.tag("span", f"Fell out of its role {often}", "rh-strong rh-bad")
