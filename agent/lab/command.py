"""The ``lab`` command: plays the scripts of personas, and says where one left what is expected."""

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import TextIO

from agent.engines.registry import EngineRegistry
from agent.lab.budget import TooDear, check_spent
from agent.lab.built_in import ATTEMPTS, BUILT_IN, FACTS
from agent.lab.options import lab_parser
from agent.lab.play import BrokenOff, Remembering, Task, play, unplayed
from agent.lab.players import Players, repeated
from agent.lab.scripts import Found, find_scripts
from agent.lab.sound import SoundStage
from agent.lab.table import as_json, as_junit, as_table
from agent.platform.settings import Settings
from agent.simulation.observing.observer import Observer
from data.common.output import print_json, take_all_letters
from data.lab_runs import LabRun, Miss
from data.versions import Versions, VersionsError
from personas.lookup import LookupProblem, find_persona, persona_names
from personas.model import Persona
from personas.parse import examine
from personas.script_model import Script

WORKERS = max(1, min(4, os.cpu_count() or 1))
"""Personas that are played at once; numpy computes outside of Python's lock."""


Runs = list[LabRun]
InSound = Callable[[Settings, Callable[[SoundStage], Runs]], Runs]
"""Has that work done while calls in real sound can be made; raises ``BrokenOff`` when they cannot.
"""


class UsageProblem(Exception):
    """The command cannot do that; the text says why, and what to write instead."""


@dataclass(frozen=True, slots=True)
class LabTools:
    """What the command is built of: where the app's personas are, its settings, the engines, the
    observer that a call would have, and what brings real sound up."""

    folder: Callable[[], Path]
    settings: Settings
    registry: EngineRegistry
    make_observer: Callable[[Persona], Observer]
    in_sound: InSound | None = None


def main(arguments: list[str], tools: LabTools) -> int:
    """The ``lab`` command; 0 when all is as expected, 1 on a miss or a file with an error, 2 on
    bad usage."""
    options = lab_parser(tools.registry).parse_args(arguments)
    return run_lab(options, tools, sys.stdout, sys.stderr)


def run_lab(options: argparse.Namespace, tools: LabTools, out: TextIO, err: TextIO) -> int:
    """Play what the options name and print it; the exit code."""
    try:
        found, problems = _found(options, tools)
        players = Players(tools.settings, tools.registry, options.most_cost)
        tasks = _tasks(found, options, players, tools)
        _check_way(tasks, options, players)
        players.check(tasks)
    except (UsageProblem, LookupProblem, TooDear) as problem:
        print(f"lab: {problem}", file=err)
        return 2
    for words in problems:
        print(f"lab: {words}", file=err)
    if (expected := players.forecast(tasks)) is not None:
        print(f"{expected} at most", file=err)
        players.preload()
    try:
        played = _play_sound(tasks, options, tools) if options.audio else None
        played = _play_all(tasks, players, tools) if played is None else played
        runs = [*_in_error(found, options, players), *played]
    except BrokenOff as broken:
        print(f"lab: {broken}", file=err)
        return 2
    finally:
        players.close()
    whole = not problems and all(script.playable for each in found for script in each.scripts)
    return _print(runs, found, options, out, err, whole=whole)


def _check_way(tasks: Sequence[Task], options: argparse.Namespace, players: Players) -> None:
    """Raises ``UsageProblem`` where nobody could speak as a trainee, or nothing be measured."""
    if options.consistency and options.audio:
        raise UsageProblem("consistency is measured in text; leave --audio out.")
    if not options.spoken:
        return
    if options.audio:
        raise UsageProblem("in real sound the trainee is a built-in one; leave --spoken out.")
    if not any(players.prompted(t.engine) and t.script.trainee != "none" for t in tasks):
        raise UsageProblem(
            "--spoken changes nothing here: it takes a script that names a trainee, played by a "
            "model. Add `trainee: good` to a script, and --engine auto."
        )


def _found(options: argparse.Namespace, tools: LabTools) -> tuple[list[Found], list[str]]:
    folder = options.personas or tools.folder()
    asked = [name for name in BUILT_IN if _asked_for(name, options)]
    names = options.persona or (persona_names(folder) if asked else [])
    found, problems = find_scripts(names, folder, tools.registry.voices)
    if problems and not found:
        raise UsageProblem("\nlab: ".join(problems))
    if asked and found:
        return [
            replace(each, scripts=tuple(BUILT_IN[name](each.persona) for name in asked))
            for each in found
        ], problems
    if not any(each.scripts for each in found):
        where = ", ".join(str(each.folder) for each in found[:3]) or f"{folder / 'scripts'}"
        raise UsageProblem(
            f"there is no script to play. Write one as {where}/NAME.md; docs/personas-repo.md "
            "says how."
        )
    return found, problems


def _asked_for(name: str, options: argparse.Namespace) -> bool:
    return bool({ATTEMPTS: options.attempts, FACTS: options.consistency}[name])


def _tasks(
    found: Sequence[Found], options: argparse.Namespace, players: Players, tools: LabTools
) -> list[Task]:
    others = _others(found, options.against, tools) if options.against else {}
    tasks = [
        Task(
            persona,
            script,
            players.engine_of(each.persona, script, options.engine),
            options.seed,
            spoken=options.spoken,
        )
        for each in found
        for persona in filter(None, (each.persona, others.get(each.persona.slug)))
        for script in each.scripts
        if script.playable
    ]
    return repeated(tasks, players, options.repeat)


def _others(found: Sequence[Found], against: str, tools: LabTools) -> dict[str, Persona]:
    """For the persona of each slug the version to play beside it."""
    if os.path.isfile(against):
        other = find_persona(against, Path(), tools.registry.voices)
        same = [each for each in found if each.persona.slug == other.slug]
        same = same or (list(found) if len(found) == 1 else [])
        if not same:
            raise UsageProblem(f"name the one persona that {against} is to be played beside.")
        return {each.persona.slug: replace(other, slug=each.persona.slug) for each in same}
    kept = {each.persona.slug: _kept_version(each.persona, against, tools) for each in found}
    others = {slug: persona for slug, persona in kept.items() if persona is not None}
    if not others:
        raise UsageProblem(
            f"{against!r} is neither a file nor a version of these personas that is kept in "
            f"{tools.settings.data_dir}. The page Versions of a persona lists them."
        )
    return others


def _kept_version(persona: Persona, version: str, tools: LabTools) -> Persona | None:
    """That version of the persona, by its first letters or its label; None when there is none."""
    versions = Versions(tools.settings.data_dir / "versions")
    try:
        kept = [
            each.version
            for each in versions.list(persona.slug)
            if each.version.startswith(version) or each.label == version
        ]
        text = versions.text(persona.slug, kept[0]) if kept else None
    except VersionsError as error:
        raise UsageProblem(str(error)) from error
    finally:
        versions.close()
    return examine(text, persona.slug, tools.registry.voices).persona if text else None


def _in_error(
    found: Iterable[Found], options: argparse.Namespace, players: Players
) -> Iterator[LabRun]:
    """A run for each script that cannot be played: its errors are its misses."""
    for each in found:
        for script in each.scripts:
            if script.playable:
                continue
            engine = players.engine_of(each.persona, script, options.engine)
            run = unplayed(Task(each.persona, script, engine), "the script has an error")
            yield replace(run, misses=tuple(_errors(script)))


def _errors(script: Script) -> Iterator[Miss]:
    lines = script.text.splitlines()
    for finding in script.findings:
        if finding.level == "error":
            said = lines[finding.line - 1].strip() if 0 < finding.line <= len(lines) else ""
            yield Miss(finding.line, said or "the script is without an error", finding.message)


def _play_all(tasks: Sequence[Task], players: Players, tools: LabTools) -> list[LabRun]:
    """Every run, in the order of the tasks; those of one persona share what is known of it."""
    by_persona = [list(some) for _, some in groupby(tasks, lambda task: task.persona.slug)]
    with ThreadPoolExecutor(WORKERS, "lab") as pool:
        played = pool.map(lambda some: list(_play_some(some, players, tools)), by_persona)
        return [run for runs in played for run in runs]


def _play_some(tasks: Sequence[Task], players: Players, tools: LabTools) -> Iterator[LabRun]:
    eyes: dict[str, Remembering] = {}
    for task in tasks:
        version = task.persona.version
        if version not in eyes:
            eyes[version] = Remembering(tools.make_observer(task.persona))
        try:
            player = players.of(task.engine)
        except BrokenOff as broken:
            yield unplayed(task, str(broken))
        else:
            yield play(task, player, eyes[version])


def _play_sound(tasks: Sequence[Task], options: argparse.Namespace, tools: LabTools) -> Runs:
    """Every run in real sound, one call after the other."""
    if tools.in_sound is None:
        raise BrokenOff("here nothing can be played in real sound; leave --audio out")

    def work(stage: SoundStage) -> Runs:
        eyes: dict[str, Remembering] = {}
        runs: Runs = []
        for task in tasks:
            try:
                check_spent(sum(run.cost or 0.0 for run in runs), options.most_cost)
            except BrokenOff as broken:
                runs.append(unplayed(task, str(broken)))
                continue
            version = task.persona.version
            if version not in eyes:
                eyes[version] = Remembering(tools.make_observer(task.persona))
            runs.append(stage.play(task, eyes[version]))
        return runs

    return tools.in_sound(tools.settings, work)


def _print(
    runs: Sequence[LabRun],
    found: Sequence[Found],
    options: argparse.Namespace,
    out: TextIO,
    err: TextIO,
    *,
    whole: bool,
) -> int:
    """The exit code; ``whole`` when there was nothing that could not be played."""
    folders = {each.persona.slug: each.folder for each in found}

    def place(persona: str, script: str) -> str:
        if script in BUILT_IN:
            return f"{persona}, {script}"
        return str(folders[persona] / f"{script}.md")

    present = {each.persona.version for each in found}
    judged = [run for run in runs if run.version in present]
    passed = whole and all(run.passed for run in judged)
    for each in found:
        for script in each.scripts:
            for one in script.findings:
                if one.level == "warning":
                    where = place(each.persona.slug, script.name)
                    print(f"{where}:{one.line}: warning: {one.message}", file=err)
    if options.json:
        print_json(as_json(runs, passed=passed), out)
    else:
        take_all_letters(out)
        good = sum(run.passed for run in judged)
        lines = [*as_table(runs, place), "", f"{good} of {len(judged)} runs passed."]
        out.write("\n".join(lines) + "\n")
    if options.junit is not None:
        try:
            options.junit.write_bytes(as_junit(runs, place))
        except OSError as error:
            why = error.strerror or error
            print(f"lab: cannot write {options.junit}: {why}. Name another file.", file=err)
            return 2
    return int(not passed)
