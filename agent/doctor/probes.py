"""Whether the parts of an engine on this machine work, tried in a process of their own."""

import json
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from agent.doctor.check import Check, Group, State, plain
from agent.engines.spec import Probe
from agent.platform.process.command import CommandFailed, Limits, run

LIMIT = 30.0
"""Seconds for the probes of an engine together; one on an idle machine."""

_ROOT = Path(__file__).parents[2]
_MARK = "doctor:"
Told = Mapping[str, Mapping[str, Any]]
"""What the process said of each probe, by id: ``seconds`` and what it ``did``, or ``error``."""


def group(probes: Sequence[Probe], severe: Callable[[], bool]) -> Group:
    """A check for each; ``severe``: whether calls begin with the engine that they are of."""

    async def make() -> Sequence[Check]:
        told = await _try(probes)
        return [verdict(probe, told, severe()) for probe in probes]

    return Group(tuple((probe.id, probe.title) for probe in probes), make)


def verdict(probe: Probe, told: Told, severe: bool) -> Check:
    """What the process said of it; nothing when it ended before. An error with a ``remedy`` of its
    own is told in its own words."""
    ended = told.get("end", {}).get("error", "it ended without a word")
    result = told.get(probe.id, {"error": ended})
    if "error" not in result:
        did = f"; {result['did']}" if result.get("did") else ""
        found = f"{probe.does} ({result['seconds']:.1f} s to load{did})."
        return Check(probe.id, probe.title, "ok", found)
    state: State = "failed" if severe and not probe.instead else "warning"
    error, fix = plain(str(result["error"])), str(result.get("fix") or "")
    why = error if fix else f"{probe.package} does not work: {error}"
    fix = fix or f"Install it again: uv sync --reinstall-package {probe.package}"
    return Check(probe.id, probe.title, state, f"{why}. {probe.instead}".strip(), fix)


async def _try(probes: Sequence[Probe]) -> Told:
    wanted = [f"{probe.id}={probe.attempt}" for probe in probes]
    command = (sys.executable, "-m", "agent.doctor.probes", *wanted)
    try:
        lines = await run(command, env=os.environ, cwd=_ROOT, limits=Limits(total=LIMIT))
        failed = ""
    except CommandFailed as error:
        lines, failed = list(error.tail), str(error)
    told = {}
    for line in lines:
        if line.startswith(_MARK):
            name, _, result = line.removeprefix(_MARK).partition("=")
            told[name] = json.loads(result)
    if failed:
        told["end"] = {"error": failed}
    return told


def main(wanted: Sequence[str]) -> None:
    """Try each, ``ID=MODULE:FUNCTION``, and print a line for it."""
    for each in wanted:
        name, _, attempt = each.partition("=")
        module, _, function = attempt.partition(":")
        began = time.monotonic()
        try:
            did = getattr(import_module(module), function)()
            result: dict[str, Any] = {"seconds": round(time.monotonic() - began, 3), "did": did}
        except Exception as error:
            result = {"error": f"{type(error).__name__}: {error}"}
            if remedy := getattr(error, "remedy", ""):  # it has words for a person
                result = {"error": getattr(error, "problem", str(error)), "fix": remedy}
        print(f"{_MARK}{name}={json.dumps(result)}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
