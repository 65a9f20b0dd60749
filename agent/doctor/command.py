"""The command ``doctor``."""

import asyncio
import os
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

from agent.doctor import machine, probes
from agent.doctor.check import Check, as_json, works
from agent.doctor.cli_view import look_from
from agent.doctor.runner import Doctor, attempt
from agent.engines.registry import EngineRegistry
from agent.platform.settings import Settings, SettingsError
from agent.speech.speaking.speaker_models import SpeakerModels
from data.common.output import print_json, take_all_letters
from personas.library import Library

MARKS = {"ok": "ok     ", "warning": "warning", "failed": "FAILED ", "skipped": "skipped"}

INTERRUPTED = 130
"""The exit code after Ctrl+C, as shells have it."""


def run_doctor(
    folder: Path,
    as_json_: bool,
    out: TextIO,
    engines: EngineRegistry,
    environ: Mapping[str, str] = os.environ,
) -> int:
    """Check what a call needs with the settings of ``folder``; 1 if a call would not work."""
    take_all_letters(out)
    try:
        with warnings.catch_warnings():
            # Of a short secret, such as that of `livekit-server --dev`, which works.
            warnings.simplefilter("ignore")
            checks = asyncio.run(_checks(folder, engines, environ, None if as_json_ else out))
    except KeyboardInterrupt:
        return INTERRUPTED
    if as_json_:
        print_json(as_json(checks), out)
    else:
        out.write(_summary(checks))
    return 0 if works(checks) else 1


async def _checks(
    folder: Path, engines: EngineRegistry, environ: Mapping[str, str], out: TextIO | None
) -> list[Check]:
    try:
        settings = Settings.load(folder, environ, engines=engines.settings)
    except SettingsError as error:
        return await _without_settings(error, engines, out)
    library = Library(settings.personas_dir, engines.voices)
    speakers = SpeakerModels(settings.cache_dir / "voices")
    doctor = Doctor(settings, library.entries, look_from(settings, environ), engines, speakers)
    groups = doctor.groups()
    checks = []
    async for check in doctor.examine(groups):
        checks.append(check)
        _show(check, out)
    order = [id for group in groups for id, _ in group.titles]
    return sorted(checks, key=lambda check: order.index(check.id))


async def _without_settings(
    error: SettingsError, engines: EngineRegistry, out: TextIO | None
) -> list[Check]:
    """What can still be said when a setting cannot be read."""
    fix = "Correct it in .env.local, .env or the environment; then run the doctor again."
    checks = [Check("settings", "Settings", "failed", " ".join(str(error).split("\n")), fix)]
    for spec in engines:
        if spec.probes:
            checks += await attempt(probes.group(spec.probes, lambda: True))
    checks.append(machine.python())
    for check in checks:
        _show(check, out)
    return checks


def _show(check: Check, out: TextIO | None) -> None:
    if out is not None:
        out.write(f"{MARKS[check.state]} {check.title}: {check.found}\n")
        if check.fix:
            start = "" if check.state == "skipped" else "Next: "
            out.write(f"{'':8}{start}{check.fix}\n")
        out.flush()


def _summary(checks: list[Check]) -> str:
    failed = [check.title for check in checks if check.state == "failed"]
    if failed:
        return f"\nAs it is set up, a call would not work: {', '.join(failed)}.\n"
    warnings = sum(check.state == "warning" for check in checks)
    note = f" {warnings} warning{'s'[: warnings != 1]} above." if warnings else ""
    return f"\nA call can work.{note}\n"
