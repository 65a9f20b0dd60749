"""Test modules are compiled once, not by every process of a run.

pytest rewrites each module's assertions and compiles it, 45 s of work for all of them. Where none
is kept yet each process would do all of it; here each does its share, keeps it, and waits for the
others before it collects.
"""

import importlib
import logging
import os
import shutil
import tempfile
import time
from pathlib import Path

import pytest

from tests.support.places import ROOT

log = logging.getLogger(__name__)

PATIENCE = 90.0
"""Seconds for which the others are waited for; then this process compiles what is missing."""


def compile_share(config: pytest.Config) -> None:
    """Import this process's share of the test modules; nothing where there is one process only."""
    worker = getattr(config, "workerinput", None)
    if worker is None or config.args != config.getini("testpaths"):
        return
    count = int(worker["workercount"])
    own = int(worker["workerid"].removeprefix("gw"))
    for file in _modules()[own::count]:
        _load(file)
    done = Path(tempfile.gettempdir()) / f"rehearsal-compiled-{worker['testrunuid']}"
    done.mkdir(exist_ok=True)
    config.add_cleanup(lambda: shutil.rmtree(done, ignore_errors=True))
    (done / str(own)).touch()
    end = time.monotonic() + PATIENCE
    while len(os.listdir(done)) < count and time.monotonic() < end:
        time.sleep(0.05)


def _modules() -> list[Path]:
    """Every test module, those of one folder next to each other."""
    return sorted((ROOT / "tests").rglob("test_*.py"))


def _load(file: Path) -> None:
    """Import it as collecting does later, which tells what is wrong with it."""
    name = ".".join(file.relative_to(ROOT).with_suffix("").parts)
    try:
        importlib.import_module(name)
    except BaseException:
        log.debug("%s cannot be imported yet", name, exc_info=True)
