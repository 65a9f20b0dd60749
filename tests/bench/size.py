"""What an installation takes on the disk: the packages that ``uv run app.py`` brings."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.support.places import ROOT

BEFORE = 467
"""Megabytes on Linux with Python 3.11 before hearing and speaking came as models, by the same
measure."""
MORE = 250
"""Megabytes that it may be more."""
LARGEST = 8
PATIENCE = 500.0
"""Seconds that the packages may take to come."""


def measure() -> Iterator[tuple[str, str]]:
    """An environment made anew, without the groups that only tests and benchmarks need."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "env"
        environ = {**os.environ, "UV_PROJECT_ENVIRONMENT": str(place)}
        order = ["uv", "sync", "--quiet", "--no-default-groups"]
        subprocess.run(order, cwd=ROOT, env=environ, check=True, timeout=PATIENCE)
        (packages,) = place.glob("[Ll]ib/**/site-packages")
        whole = megabytes(place)
        parts = {part.name: megabytes(part) for part in packages.iterdir() if part.is_dir()}
    yield f"installed (at most {BEFORE + MORE} MB)", f"{whole:.0f} MB, {whole - BEFORE:+.0f} MB"
    largest = sorted(parts.items(), key=lambda each: each[1], reverse=True)[:LARGEST]
    yield "of it", ", ".join(f"{name} {size:.0f}" for name, size in largest)


def megabytes(folder: Path) -> float:
    """What all files in it have together, links not followed."""
    files = (file.lstat() for file in folder.rglob("*") if not file.is_dir() or file.is_symlink())
    return sum(file.st_size for file in files) / 1e6
