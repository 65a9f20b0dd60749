"""The newest results of scripts, and what they say in words; pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from textwrap import shorten

from agent.lab.play import moods
from agent.lab.table import spread
from data.lab_runs import LabRun, Miss
from personas.model import Finding, Persona
from personas.script_model import Script

TOLD = 2
"""Scripts that a sum names; a list has the others."""
WIDEST = 100
"""Characters of why a script did not pass, in a sum."""
Key = tuple[str, str, str, str]
"""Persona, script, version and engine."""


@dataclass(frozen=True, slots=True)
class Result:
    """The plays of one script by one version on one engine that were started together: several
    where a model repeats it. All of them must pass."""

    runs: tuple[LabRun, ...]

    @property
    def first(self) -> LabRun:
        """The first of them."""
        return self.runs[0]

    @property
    def passes(self) -> int:
        """How many passed."""
        return sum(run.passed for run in self.runs)

    @property
    def passed(self) -> bool:
        """Whether all did."""
        return self.passes == len(self.runs)

    @property
    def broken(self) -> str:
        """Why none of them came to its end, in words; "" when one did."""
        return self.first.failure if all(run.failure for run in self.runs) else ""

    @property
    def score(self) -> str:
        """The score in words, or its lowest and highest."""
        return spread("score", [run.score for run in self.runs if run.score is not None])

    @property
    def resolved(self) -> str:
        """Whether the customer accepted a solution, in words."""
        solved = sum(run.resolved for run in self.runs)
        if 0 < solved < len(self.runs):
            return f"solved in {solved} of {len(self.runs)}"
        return "solved" if solved else "not solved"

    @property
    def courses(self) -> tuple[str, ...]:
        """Each course of the mood that there was, such as ``6→9→4``."""
        return tuple(dict.fromkeys(moods(run) for run in self.runs if run.moods))

    @property
    def misses(self) -> tuple[tuple[Miss, int], ...]:
        """What was not as expected, each once, with in how many of the runs; by line."""
        found: dict[tuple[int, str], list[Miss]] = {}
        for run in self.runs:
            for miss in run.misses:
                found.setdefault((miss.line, miss.expectation), []).append(miss)
        return tuple((same[0], len(same)) for _, same in sorted(found.items()))

    @property
    def stand_in(self) -> str:
        """Who spoke in place of the engine, in words; "" when it played itself."""
        return self.first.played_by.partition(" in place of ")[0] if self._other else ""

    @property
    def _other(self) -> bool:
        return " in place of " in self.first.played_by


def newest(runs: Iterable[LabRun]) -> dict[Key, Result]:
    """Of each script, version and engine what was started last; ``runs`` begin with the newest."""
    found: dict[Key, list[LabRun]] = {}
    for run in runs:
        same = found.setdefault((run.persona, run.script, run.version, run.engine), [])
        if not same or same[0].batch == run.batch:
            same.append(run)
    return {
        key: Result(tuple(sorted(same, key=lambda run: run.repeat))) for key, same in found.items()
    }


def latest(results: Mapping[Key, Result], persona: str, script: str, engine: str) -> Result | None:
    """The newest result of that script on that engine, by whichever version."""
    fitting = [
        result
        for (who, what, _, where), result in results.items()
        if (who, what, where) == (persona, script, engine)
    ]
    return max(fitting, key=lambda result: result.first.started, default=None)


def is_of(result: Result, persona: Persona | None, script: Script) -> bool:
    """Whether it was played by these very texts."""
    run = result.first
    version = persona.version if persona is not None else ""
    return run.version == version and run.script_version in ("", script.version)


def summary(results: Sequence[Result], scripts: Iterable[Script] = ()) -> str:
    """``7 of 8 scripts pass; “is-rude” left its expectation at line 12: …`` Those of ``scripts``
    that have an error cannot pass, and are told as well."""
    wrong = [script for script in scripts if not script.playable]
    passed, of = sum(result.passed for result in results), len(results) + len(wrong)
    if not of:
        return "No script was played."
    failed = [_left(result) for result in results if not result.passed]
    failed += [_error(each) for each in wrong]
    if not failed:
        return f"All {of} scripts pass." if of > 1 else "The script passes."
    told = failed if len(failed) <= TOLD + 1 else failed[:TOLD]
    rest = [f"{len(failed) - TOLD} more do not"] if len(told) < len(failed) else []
    passing = "script passes" if of == 1 else "scripts pass"
    return "; ".join([f"{passed} of {of} {passing}", *told, *rest]) + "."


def first_error(script: Script) -> Finding:
    """The first of a script that has one."""
    return next(finding for finding in script.findings if finding.level == "error")


def _left(result: Result) -> str:
    name = f"“{result.first.script}”"
    if result.broken:
        return f"{name} was not played to its end"
    miss = result.misses[0][0]
    return f"{name} left its expectation at line {miss.line}: {_brief(miss.saw)}"


def _error(script: Script) -> str:
    error = first_error(script)
    return f"“{script.name}” has an error in line {error.line}: {_brief(error.message)}"


def _brief(words: str) -> str:
    """The words in one line beside others; the lab's page has all of them."""
    return shorten(words, WIDEST, placeholder=" …").rstrip(".")
