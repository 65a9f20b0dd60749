"""The command ``check``: what is wrong with persona files and scripts, by file and line."""

import argparse
import logging
import re
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TextIO, get_args

from data.common.output import print_json, take_all_letters
from personas.files import is_aside, is_meant, slug_of
from personas.model import Fact, Finding, Rule
from personas.parse import examine_parsed, failure
from personas.script_check import ScriptCheck
from personas.script_places import SCRIPTS, folder_of, place_of, scripts_below, scripts_in
from personas.source import LIMIT
from personas.voices import Engines

log = logging.getLogger(__name__)

_PERSONA = re.compile(rb"^\s*#+\s*persona\b", re.IGNORECASE | re.MULTILINE)


Kind = Literal["persona", "script"]


@dataclass(frozen=True, slots=True)
class Checked:
    """One file with its findings, and the rules and facts that could be read from a persona."""

    path: Path
    findings: tuple[Finding, ...]
    kind: Kind = "persona"
    rules: tuple[Rule, ...] = ()
    facts: tuple[Fact, ...] = ()

    def count(self, level: str) -> int:
        """How many findings are of that level."""
        return sum(finding.level == level for finding in self.findings)


Form = Literal["text", "json", "github"]
"""Lines for people, one JSON object, or the workflow commands that GitHub shows in a change."""


def main(
    arguments: list[str],
    folder: Callable[[], Path],
    engines: Engines,
    guards: Collection[str] | None = None,
) -> int:
    """The command with these arguments; ``folder`` names the one to check without a path, and
    ``engines`` and ``guards`` are those that a file may name."""
    parser = argparse.ArgumentParser(
        prog="app.py check", description="Check persona files and their scripts."
    )
    parser.add_argument(
        "paths",
        nargs="*",
        type=Path,
        metavar="PATH",
        help="files, or folders: of these the *.md files directly in them, and scripts/*/*.md, as "
        "the app reads them",
    )
    parser.add_argument(
        "--format",
        choices=get_args(Form),
        default="text",
        help="lines for people, one JSON object, or annotations for GitHub Actions",
    )
    parser.add_argument("--json", action="store_true", help="the same as --format json")
    options = parser.parse_args(arguments)
    form: Form = "json" if options.json else options.format
    return run_check(options.paths or [folder()], form, sys.stdout, engines, guards)


def run_check(
    paths: list[Path],
    form: Form,
    out: TextIO,
    engines: Engines | None = None,
    guards: Collection[str] | None = None,
) -> int:
    """Check files and folders; 1 on an error."""
    check = _Check(engines, ScriptCheck(engines, guards))
    checked = list(_once(one for path in paths for one in check.run(path)))
    if form == "json":
        print_json(_as_json(checked), out)
    else:
        _print(checked, annotation if form == "github" else _line, out)
    return 1 if any(one.count("error") for one in checked) else 0


def annotation(path: Path, finding: Finding) -> str:
    """The finding as GitHub's workflow command, which puts it at its line in a pull request."""
    name = path.absolute()
    if name.is_relative_to(Path.cwd()):  # GitHub knows files by their path in the repository
        name = name.relative_to(Path.cwd())
    where = f"file={_property(name.as_posix())},line={finding.line}"
    return f"::{finding.level} {where},title=Persona::{_data(finding.message)}"


def _line(path: Path, finding: Finding) -> str:
    return f"{path}:{finding.line}: {finding.level}: {finding.message}"


def _data(text: str) -> str:
    """As the message of a workflow command, which ends with its line."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """As a value in a workflow command, where : and , are signs as well."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _once(checked: Iterable[Checked]) -> Iterator[Checked]:
    """Without scripts that are there already: of their persona, and by themselves."""
    seen: set[Path] = set()
    for one in checked:
        path = one.path.absolute()
        if one.kind != "script" or path not in seen:
            seen.add(path)
            yield one


@dataclass(frozen=True, slots=True)
class _Check:
    engines: Engines | None
    scripts: ScriptCheck

    def run(self, path: Path) -> Iterator[Checked]:
        """A folder of personas or of scripts, or one file."""
        if not path.is_dir():
            yield from self._single(path)
            return
        scripts = scripts_below(path) if path.absolute().name == SCRIPTS else scripts_in(path)
        if any(map(_is_script, scripts)):
            yield from map(self._script, scripts)
        else:
            yield from self._folder(path)

    def _single(self, path: Path) -> Iterator[Checked]:
        """A file that was named; of a persona's scripts those with findings, since an edit of the
        persona makes them wrong."""
        if _is_script(path):
            yield self._script(path)
            return
        yield self._persona(path)
        scripts = map(self._script, scripts_in(folder_of(path.parent, path.stem)))
        yield from (one for one in scripts if one.findings)

    def _folder(self, path: Path) -> Iterator[Checked]:
        found = sorted(p for p in path.iterdir() if is_meant(p) and not is_aside(p.name))
        for file in found:
            yield self._persona(file, in_folder=True)
        yield from map(self._script, scripts_below(path / SCRIPTS))
        if not found:
            yield Checked(path, (Finding(1, "error", "no persona files (*.md) in this folder"),))

    def _persona(self, path: Path, in_folder: bool = False) -> Checked:
        """One file; whatever happens with it, the others are checked."""
        try:
            return _read_file(path, self.engines, in_folder)
        except Exception as error:
            log.exception("checking %s failed", path)
            return Checked(path, (failure(error),))

    def _script(self, path: Path) -> Checked:
        try:
            data = _data_of(path, path.exists())
            found = (data,) if isinstance(data, Finding) else self.scripts.findings(path, data)
        except Exception as error:
            log.exception("checking %s failed", path)
            found = (failure(error),)
        return Checked(path, found, "script")


def _is_script(path: Path) -> bool:
    """Whether a file lies where scripts do, and is no persona in a folder that is called so."""
    place = place_of(path)
    if place is None or place.persona.is_file():
        return place is not None
    data = _data_of(path, True)
    return isinstance(data, Finding) or not _PERSONA.search(data)


def _data_of(path: Path, ordinary: bool) -> bytes | Finding:
    """What a file holds, or why it cannot be read; ``ordinary``: no pipe, whose reading could take
    for ever."""
    if ordinary and path.exists() and not path.is_file():
        return Finding(1, "error", "cannot be read: it is no ordinary file")
    try:
        with path.open("rb") as file:
            return file.read(LIMIT + 1)
    except OSError as error:
        return Finding(1, "error", f"cannot be read: {error.strerror or error}")


def _read_file(path: Path, engines: Engines | None, in_folder: bool) -> Checked:
    data = _data_of(path, in_folder)
    if isinstance(data, Finding):
        return Checked(path, (data,))
    result, parsed = examine_parsed(data, path.stem, engines=engines)
    findings = result.findings
    if in_folder and slug_of(path) is None:
        skipped = (
            "the app skips a file of this name; use a-z, 0-9 and hyphens, and the ending .md: "
            "sarah-thompson.md"
        )
        findings = (Finding(1, "warning", skipped), *findings)
    if parsed is None:
        return Checked(path, findings)
    return Checked(path, findings, "persona", parsed.all_rules, parsed.facts)


def _print(checked: list[Checked], shown: Callable[[Path, Finding], str], out: TextIO) -> None:
    take_all_letters(out)
    for one in checked:
        for finding in one.findings:
            out.write(f"{shown(one.path, finding)}\n")
    if not any(one.findings for one in checked):
        counts = {kind: sum(one.kind == kind for one in checked) for kind in get_args(Kind)}
        told = [
            f"{n} {kind}{'s'[: n != 1]}" for kind, n in counts.items() if n or kind == "persona"
        ]
        out.write(f"{' and '.join(told)} checked, nothing found\n")


def _as_json(checked: list[Checked]) -> dict[str, Any]:
    return {
        "files": [
            {
                "path": str(one.path),
                "kind": one.kind,
                "ok": one.count("error") == 0,
                "findings": [
                    {"line": f.line, "level": f.level, "message": f.message} for f in one.findings
                ],
                "rules": [_rule(rule) for rule in one.rules],
                "facts": [_fact(fact) for fact in one.facts],
            }
            for one in checked
        ],
        "errors": sum(one.count("error") for one in checked),
        "warnings": sum(one.count("warning") for one in checked),
    }


def _rule(rule: Rule) -> dict[str, Any]:
    """The rule; what stands below it only where something does."""
    marks = {"weight": rule.weight} if rule.kind == "objective" else {"change": rule.change}
    then = [{"label": each.label, "value": each.value, "line": each.line} for each in rule.then]
    below = {"like": rule.like, "unlike": rule.unlike, "then": then, "missing": rule.missing}
    return {
        "id": rule.id,
        "kind": rule.kind,
        "text": rule.text,
        **marks,
        "line": rule.line,
        **{name: list(each) for name, each in below.items() if each},
    }


def _fact(fact: Fact) -> dict[str, Any]:
    """The fact; ``only_after`` is the id of a rule, where it waits for one."""
    below = {"only_after": fact.only_after, "asked": list(fact.asked)}
    marks = {name: each for name, each in below.items() if each}
    return {"label": fact.label, "value": fact.value, "line": fact.line, **marks}
