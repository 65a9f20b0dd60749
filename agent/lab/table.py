"""The results of runs as they are printed: a table for people, JSON, and JUnit's XML; pure."""

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Any
from xml.etree import ElementTree as Xml

from agent.lab.play import moods
from data.lab_runs import LabRun, Miss

Place = Callable[[str, str], str]
"""Where the file of a script of a persona lies, as it is printed."""
SPOKEN = " as a "
"""Stands in the words for a trainee that a model spoke."""
_ALLOWED = "\t\n\r"
"""The only signs below the blank that XML can hold."""


def as_json(runs: Sequence[LabRun], *, passed: bool) -> dict[str, Any]:
    """The runs as the command line prints them."""
    return {"passed": passed, "runs": [_run_json(run) for run in runs]}


def _run_json(run: LabRun) -> dict[str, Any]:
    return {
        "persona": run.persona,
        "version": run.version,
        "script": run.script,
        "engine": run.engine,
        "passed": run.passed,
        "resolved": run.resolved,
        "score": run.score,
        "misses": [miss.told() for miss in run.misses],
        **({"trainee": run.trainee} if run.trainee else {}),
        **({"consistency": run.consistency.to_json()} if run.consistency else {}),
        **({"sound": run.sound.told()} if run.sound is not None else {}),
    }


def groups(runs: Iterable[LabRun]) -> list[list[LabRun]]:
    """The repeats of one script by one version on one engine, together."""

    def key(run: LabRun) -> tuple[str, str, str, str]:
        return run.persona, run.script, run.version, run.engine

    seen: dict[tuple[str, str, str, str], list[LabRun]] = {}
    for run in runs:
        seen.setdefault(key(run), []).append(run)
    return list(seen.values())


def as_table(runs: Sequence[LabRun], place: Place) -> list[str]:
    """A block for each version of a persona: a line for each script, and below it where it left
    what was expected, as ``FILE:LINE: expectation: what was seen``."""
    lines: list[str] = []
    for (persona, version), block in groupby(
        sorted(groups(runs), key=lambda one: (one[0].persona, one[0].version)),
        lambda one: (one[0].persona, one[0].version),
    ):
        lines += ([""] if lines else []) + [f"{persona} (version {version})"]
        rows = [(one, _row(one)) for one in block]
        widths = [max(len(row[at]) for _, row in rows) for at in range(len(rows[0][1]))]
        for one, row in rows:
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            lines.append("  ".join(["", *cells]).rstrip())
            told = (*told_misses(one, place), *told_figures(one), *told_sound(one))
            lines += [f"    {words}" for words in told]
    return lines


def _row(one: Sequence[LabRun]) -> tuple[str, ...]:
    first = one[0]
    passes = sum(run.passed for run in one)
    # What was only measured has nothing that it could have missed.
    good = "pass" if first.consistency is None else "measured"
    word = good if passes == len(one) else "FAIL"
    if len(one) > 1:
        word = f"{word} {passes} of {len(one)}"
    scores = [run.score for run in one if run.score is not None]
    solved = sum(run.resolved for run in one)
    resolved = "resolved" if solved == len(one) else "not resolved"
    if 0 < solved < len(one):
        resolved = f"resolved {solved} of {len(one)}"
    engine = first.engine
    if first.played_by and " in place of " in first.played_by:
        engine = f"{engine} (by {first.played_by.partition(' in place of ')[0]})"
    courses = list(dict.fromkeys(moods(run) for run in one if run.moods))
    return word, first.script, engine, spread("score", scores), resolved, ", ".join(courses)


def spread(what: str, numbers: Sequence[int]) -> str:
    """A number, or the lowest and the highest of several: ``score 60-80``."""
    if not numbers:
        return f"no {what}"
    low, high = min(numbers), max(numbers)
    return f"{what} {low}" if low == high else f"{what} {low}-{high}"


def told_misses(one: Sequence[LabRun], place: Place) -> list[str]:
    """Every miss of these repeats, each once, with how often where there were several."""
    found: dict[tuple[int, str], list[Miss]] = {}
    for run in one:
        for miss in run.misses:
            found.setdefault((miss.line, miss.expectation), []).append(miss)
    where = place(one[0].persona, one[0].script)
    told = []
    for (line, expectation), misses in sorted(found.items()):
        often = f" ({len(misses)} of {len(one)} runs)" if len(one) > 1 else ""
        told.append(f"{where}:{line}: {expectation}: {misses[0].saw}{often}")
    return told


def told_figures(one: Sequence[LabRun]) -> list[str]:
    """Who spoke freely as the trainee of these repeats, and how consistent the persona was in
    each: the figures, who judged them, and below a figure what does not agree."""
    told = list(
        dict.fromkeys(f"the trainee: {run.trainee}" for run in one if SPOKEN in run.trainee)
    )
    for run in one:
        if run.consistency is None:
            continue
        for name, figure in run.consistency.named:
            told.append(f"{name}: {figure}")
            told += [f'  "{each.words}" against "{each.against}"' for each in figure.wrong]
        if run.consistency.problem:
            told.append(f"no text model judged: {run.consistency.problem}")
    return told


def told_sound(one: Sequence[LabRun]) -> list[str]:
    """How long the calls of these repeats took where they were played in real sound, and what was
    heard differently in them; mere words are no miss."""
    told = []
    for run in one:
        if run.sound is None:
            continue
        line = "on a noisy line, " if run.sound.noisy else ""
        told.append(
            f"in real sound: {line}{run.sound.seconds:.1f} s, {run.sound.times:.2f} times its "
            "speaking time"
        )
        for each in run.sound.heard:
            heard = f'"{each.heard}"' if each.heard else "nothing"
            told.append(f'heard {heard} where "{each.said}" was said')
    return told


def as_junit(runs: Sequence[LabRun], place: Place) -> bytes:
    """JUnit's XML: a suite for each version of a persona, a case for each script."""
    every = groups(runs)
    root = Xml.Element("testsuites", {"name": "rehearsal lab", **_counts(every)})
    by_suite: dict[tuple[str, str], list[list[LabRun]]] = {}
    for one in every:
        by_suite.setdefault((one[0].persona, one[0].version), []).append(one)
    for (persona, version), cases in by_suite.items():
        suite = Xml.SubElement(
            root, "testsuite", {"name": f"{persona} {version}", **_counts(cases)}
        )
        for one in cases:
            _case(suite, one, place)
    Xml.indent(root)
    data: bytes = Xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return data + b"\n"


def _case(suite: Xml.Element, one: Sequence[LabRun], place: Place) -> None:
    first = one[0]
    case = Xml.SubElement(
        suite,
        "testcase",
        classname=f"lab.{first.persona}",
        name=f"{first.script} ({first.engine})",
        file=place(first.persona, first.script),
        time=f"{sum(run.seconds for run in one):.3f}",
    )
    if all(run.passed for run in one):
        return
    told = [_printable(words) for words in told_misses(one, place)]
    broken = all(run.failure for run in one)
    failure = Xml.SubElement(case, "error" if broken else "failure", message=told[0])
    failure.text = "\n".join(told)


def _counts(cases: Sequence[Sequence[LabRun]]) -> dict[str, str]:
    failed = [one for one in cases if not all(run.passed for run in one)]
    errors = [one for one in failed if all(run.failure for run in one)]
    return {
        "tests": str(len(cases)),
        "failures": str(len(failed) - len(errors)),
        "errors": str(len(errors)),
        "time": f"{sum(run.seconds for one in cases for run in one):.3f}",
    }


def _printable(text: str) -> str:
    """The text without signs that no XML may hold."""
    return "".join(
        sign
        for sign in text
        if (sign >= " " or sign in _ALLOWED) and sign not in "\ufffe\uffff" and not _half(sign)
    )


def _half(sign: str) -> bool:
    return "\ud800" <= sign <= "\udfff"
