"""The command ``check``: what is wrong with persona files, by file and line."""

import argparse
import logging
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TextIO, get_args

from data.common.output import print_json, take_all_letters
from personas.files import is_aside, slug_of
from personas.model import Fact, Finding, Rule
from personas.parse import examine_parsed, failure
from personas.source import LIMIT
from personas.voices import Engines

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Checked:
    """One file with its findings, and the rules and facts that could be read from it."""

    path: Path
    findings: tuple[Finding, ...]
    rules: tuple[Rule, ...] = ()
    facts: tuple[Fact, ...] = ()

    def count(self, level: str) -> int:
        """How many findings are of that level."""
        return sum(finding.level == level for finding in self.findings)


Form = Literal["text", "json", "github"]
"""Lines for people, one JSON object, or the workflow commands that GitHub shows in a change."""


def main(arguments: list[str], folder: Callable[[], Path], engines: Engines) -> int:
    """The command with these arguments; ``folder`` names the one to check without a path, and
    ``engines`` are those that a file may name."""
    parser = argparse.ArgumentParser(prog="app.py check", description="Check persona files.")
    parser.add_argument(
        "paths",
        nargs="*",
        type=Path,
        metavar="PATH",
        help="files, or folders: of these the *.md files directly in them, as the app reads them",
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
    return run_check(options.paths or [folder()], form, sys.stdout, engines)


def run_check(paths: list[Path], form: Form, out: TextIO, engines: Engines | None = None) -> int:
    """Check files and folders; 1 on an error."""
    checked = [one for path in paths for one in _check(path, engines)]
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


def _check(path: Path, engines: Engines | None) -> Iterator[Checked]:
    if not path.is_dir():
        yield _check_file(path, engines)
        return
    found = sorted(p for p in path.glob("*.md") if not is_aside(p.name))
    for file in found:
        yield _check_file(file, engines, in_folder=True)
    if not found:
        yield Checked(path, (Finding(1, "error", "no persona files (*.md) in this folder"),))


def _check_file(path: Path, engines: Engines | None, in_folder: bool = False) -> Checked:
    """One file; whatever happens with it, the others are checked."""
    try:
        return _read_file(path, engines, in_folder)
    except Exception as error:
        log.exception("checking %s failed", path)
        return Checked(path, (failure(error),))


def _read_file(path: Path, engines: Engines | None, in_folder: bool) -> Checked:
    if in_folder and path.exists() and not path.is_file():  # to read a pipe could take for ever
        return Checked(path, (Finding(1, "error", "cannot be read: it is no ordinary file"),))
    try:
        with path.open("rb") as file:
            data = file.read(LIMIT + 1)
    except OSError as error:
        reason = error.strerror or str(error)
        return Checked(path, (Finding(1, "error", f"cannot be read: {reason}"),))
    result, parsed = examine_parsed(data, path.stem, engines=engines)
    findings = result.findings
    if in_folder and slug_of(path) is None:
        skipped = "the app skips a file of this name; use a-z, 0-9 and hyphens: sarah-thompson.md"
        findings = (Finding(1, "warning", skipped), *findings)
    if parsed is None:
        return Checked(path, findings)
    return Checked(path, findings, parsed.all_rules, parsed.facts)


def _print(checked: list[Checked], shown: Callable[[Path, Finding], str], out: TextIO) -> None:
    take_all_letters(out)
    for one in checked:
        for finding in one.findings:
            out.write(f"{shown(one.path, finding)}\n")
    if not any(one.findings for one in checked):
        out.write(f"{len(checked)} persona{'s'[: len(checked) != 1]} checked, nothing found\n")


def _as_json(checked: list[Checked]) -> dict[str, Any]:
    return {
        "files": [
            {
                "path": str(one.path),
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
