"""This machine: Python, disk, persona files."""

import asyncio
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from agent.doctor.check import Check, Group
from agent.platform.settings import Settings
from agent.speech.speaking.delivery import named_speaker
from agent.speech.speaking.speaker_models import NOT_TRIED, SpeakerModels
from agent.speech.speaking.speakers import BUNDLED
from personas.library import Entry

OLDEST, NEWEST = (3, 11), (3, 13)
LITTLE, SCARCE = 50_000_000, 1_000_000_000
"""Bytes: below the first no call's record may fit, below the second disks soon fill up."""


def groups(
    settings: Settings,
    entries: Callable[[], Sequence[Entry]],
    key: str,
    models: SpeakerModels,
) -> list[Group]:
    """Python, disk, personas, speakers; ``key`` is where ``voice:`` names the latter."""

    async def python_() -> list[Check]:
        return [python()]

    async def disk_() -> list[Check]:
        return [await asyncio.to_thread(disk, settings.data_dir)]

    async def personas_() -> list[Check]:
        return [personas(await asyncio.to_thread(entries), settings.personas_dir)]

    async def speakers_() -> list[Check]:
        known = await asyncio.to_thread(entries)
        return [speakers(known, models, key)]

    return [
        Group((("python", "Python"),), python_),
        Group((("disk", "Disk"),), disk_),
        Group((("personas", "Personas"),), personas_),
        Group((("speakers", "Speakers"),), speakers_),
    ]


def python(version: tuple[int, ...] = sys.version_info[:3]) -> Check:
    """Whether this Python can run the app."""
    told = ".".join(str(part) for part in version)
    if OLDEST <= version[:2] <= NEWEST:
        return Check("python", "Python", "ok", f"Python {told}.")
    fix = "Start with `uv run app.py`, which brings the right one."
    return Check("python", "Python", "failed", f"Python {told}; 3.11 to 3.13 is needed.", fix)


def disk(folder: Path) -> Check:
    """Whether calls can be recorded there; leaves nothing behind."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    try:
        with tempfile.NamedTemporaryFile(dir=there, prefix=".doctor-") as file:
            file.write(b"doctor")
            file.flush()
        free = shutil.disk_usage(there).free
    except OSError as error:
        found = f"The data folder {folder} cannot be written: {error.strerror or error}."
        fix = "Make it writable for this user, or name another one with REHEARSAL_DATA or --data."
        return Check("disk", "Disk", "failed", found, fix)
    return space(folder, free)


def space(folder: Path, free: int) -> Check:
    """What so many free bytes mean."""
    told = f"{free / 1e9:.1f} GB" if free >= 1e9 else f"{free / 1e6:.0f} MB"
    found = f"The data folder {folder} can be written, with {told} free."
    fix = (
        "Make room on that disk, keep less there (REHEARSAL_KEEP_CALLS and "
        "REHEARSAL_KEEP_RECORDINGS are days), or move the data folder with REHEARSAL_DATA."
    )
    if free < LITTLE:
        return Check("disk", "Disk", "failed", found, fix)
    if free < SCARCE:
        return Check("disk", "Disk", "warning", found, fix)
    return Check("disk", "Disk", "ok", found)


def personas(entries: Sequence[Entry], folder: Path) -> Check:
    """Whether the persona files pass the check."""
    usable = [entry for entry in entries if entry.persona is not None]
    broken = [entry for entry in entries if entry.errors]
    if not usable:
        what = "None of them can be called" if entries else "There is none"
        fix = f"Mend or add persona files in {folder}; `uv run app.py check` names each error."
        return Check("personas", "Personas", "failed", f"{what} in {folder}.", fix)
    if broken:
        first = broken[0]
        error = first.errors[0]
        found = f"{_files(len(broken))} of {len(entries)} with an error: {first.path.name}, line"
        found += f" {error.line}: {error.message}."
        fix = "Mend it in the studio; `uv run app.py check` names every error."
        return Check("personas", "Personas", "warning", found, fix)
    hidden = sum(1 for entry in usable if not entry.published)
    if hidden == len(usable):
        found = f"{_files(hidden)} can be called, all unpublished: trainees see no customer."
        fix = "Publish one in the studio, or take `published: no` out of its file."
        return Check("personas", "Personas", "warning", found, fix)
    hints = sum(1 for entry in entries if entry.findings)
    note = f" ({_files(hints)} with warnings)" if hints else ""
    aside = f", {hidden} of them unpublished" if hidden else ""
    return Check("personas", "Personas", "ok", f"{_files(len(usable))} can be called{aside}{note}.")


def speakers(entries: Sequence[Entry], models: SpeakerModels, key: str) -> Check:
    """Whether the models of the speakers that personas name are here."""
    named = {
        name: entry.persona.name
        for entry in entries
        if entry.persona is not None and (name := named_speaker(entry.persona, key))
    }
    away = [name for name in named if not models.here(name)]
    if not away:
        return Check("speakers", "Speakers", "ok", "All that the personas name are here.")
    # One of which it is known why comes first: the others most likely lack the same.
    name = next((name for name in away if models.problem(name)), away[0])
    more = f" ({len(away) - 1} more lack theirs, too)" if len(away) > 1 else ""
    found = (
        f"{named[name]} names {name}, which is not here{more}; {BUNDLED.name} speaks, near to it."
    )
    if problem := models.problem(name):
        return Check("speakers", "Speakers", "warning", f"{found} {problem.found}", problem.fix)
    if models.received(name) is not None:
        return Check("speakers", "Speakers", "warning", found, "It is being fetched just now.")
    return Check("speakers", "Speakers", "warning", found, NOT_TRIED)


def _files(number: int) -> str:
    return f"{number} file{'s'[: number != 1]}"
