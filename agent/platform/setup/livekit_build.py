"""Gets the LiveKit server: on PATH, in the cache, or built by Go from its pinned source."""

import os
import re
import shutil
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from agent.platform.process.command import CommandFailed, Limits, run
from agent.platform.process.rolling_log import RollingLog
from agent.platform.setup.cache_slot import CacheSlot
from agent.platform.setup.failure import PartFailed, explain, of_system
from agent.platform.setup.toolchain import Finder, Tool, local_go

VERSION = "1.13.5"  # the newest that `go install` takes: later ones have `replace` lines
MODULE = f"github.com/livekit/livekit-server/cmd/server@v{VERSION}"
OLDEST = (1, 8)  # older servers lack what calls need
PROGRAM = "livekit-server.exe" if sys.platform == "win32" else "livekit-server"
WHAT = "the LiveKit server"
LIMITS = Limits(total=40 * 60, silence=3 * 60)  # 2 min on 2 idle cores, 11 min on busy ones
_MODULES, _PACKAGES = 119, 800  # in a build from nothing: for a rough fraction
# A user's settings for their own builds, which would change or break ours.
_FOREIGN = ("GOOS", "GOARCH", "GOEXPERIMENT", "GO111MODULE", "GOWORK", "GOROOT")
_REMOVE = "import shutil, sys; shutil.rmtree(sys.argv[1], ignore_errors=True)"

Tell = Callable[[str, float | None], None]


async def server_on_path(environ: Mapping[str, str]) -> tuple[Path, str] | None:
    """A ``livekit-server`` on PATH that runs, with a warning ("" if none); else None."""
    found = shutil.which("livekit-server", path=environ.get("PATH", ""))
    if found is None:
        return None
    try:
        lines = await run([found, "--version"], env=environ, limits=Limits(total=5))
    except CommandFailed:
        return None
    version = re.search(r"(\d+)\.(\d+)(\.\d+)?", " ".join(lines))
    if version is None or (int(version[1]), int(version[2])) >= OLDEST:
        return Path(found), ""
    return Path(found), (
        f"The livekit-server on PATH is {version[0]}, older than {OLDEST[0]}.{OLDEST[1]}: "
        "calls may fail. Update it, or take it off PATH to have one built."
    )


class LiveKitBuild:
    """The build of the pinned version in ``cache_dir``."""

    def __init__(self, cache_dir: Path, environ: Mapping[str, str]) -> None:
        self._shelf = CacheSlot(cache_dir / "livekit-server", VERSION)
        self._environ = environ
        self._workshop = cache_dir / "go"  # of a Go that uv brought: removed after the build
        self._log_path = self._shelf.folder / "build.log"

    @property
    def binary(self) -> Path | None:
        """The finished server program, if it is there."""
        path = self._shelf.place / PROGRAM
        return path if path.is_file() else None

    async def make(self, tell: Tell) -> Path:
        """Build it unless it is there; raises ``PartFailed``. Cancelling leaves nothing running."""
        try:
            async with self._shelf.making(lambda: tell(_OTHER, None)) as work:
                if self.binary is None:
                    await self._build(work, tell)
        except OSError as error:
            raise of_system(WHAT, self._shelf.folder, error) from error
        assert self.binary is not None
        return self.binary

    async def _build(self, work: Path, tell: Tell) -> None:
        with suppress(OSError):
            self._log_path.unlink()
        log = RollingLog(self._log_path)
        try:
            if sys.platform == "darwin":
                await self._need_compiler()
            finder = Finder(
                self._environ, lambda words: tell(words, 0.0), log.write, self._log_path
            )
            tool = await finder.go()
            await self._install(tool, work, _BuildProgress(tell), log)
            await self._try(work / PROGRAM)
        finally:
            log.close()
        await self._shelf.put(work)
        if tool.brought:
            await self._clear()

    async def _install(
        self, tool: Tool, work: Path, progress: "_BuildProgress", log: RollingLog
    ) -> None:
        command = (*tool.command, "install", "-v", "-ldflags=-s -w", MODULE)
        env = self._go_environment(tool, work)
        try:
            await run(
                command, env=env, cwd=work, limits=LIMITS, on_line=progress.take, log=log.write
            )
        except CommandFailed as failed:
            source = "the Go module proxy"
            raise explain(WHAT, source, failed, self._log_path) from failed
        (work / PROGRAM.replace("livekit-", "")).replace(work / PROGRAM)

    def _go_environment(self, tool: Tool, work: Path) -> dict[str, str]:
        """The environment of the build; a Go that we brought keeps out of the home folder."""
        env = {k: v for k, v in local_go(self._environ).items() if k not in _FOREIGN}
        # Without C it builds everywhere but on macOS, where a package of it exists in C only.
        c = "1" if sys.platform == "darwin" else "0"
        env |= {"GOBIN": str(work), "CGO_ENABLED": c, "GOFLAGS": "-modcacherw"}
        if tool.brought:
            env.setdefault("GOPATH", str(self._workshop / "path"))
            env.setdefault("GOMODCACHE", str(self._workshop / "modules"))
            env.setdefault("GOCACHE", str(self._workshop / "build"))
        return env

    async def _need_compiler(self) -> None:
        """macOS: asking the compiler itself would open a window when it is not there."""
        try:
            await run(["xcode-select", "-p"], env=self._environ, limits=Limits(total=20))
        except CommandFailed as failed:
            raise PartFailed(
                "Apple's command line tools, which building the LiveKit server needs, are missing.",
                "Run `xcode-select --install` (or `brew install livekit`), then press Retry.",
            ) from failed

    async def _try(self, program: Path) -> None:
        try:
            lines = await run([str(program), "--version"], env=self._environ, limits=Limits(20))
        except CommandFailed as failed:
            raise explain(WHAT, "", failed, self._log_path) from failed
        if VERSION not in " ".join(lines):
            raise PartFailed(
                f"The server that was built is not version {VERSION}: {' '.join(lines)}",
                "Press Retry.",
            )

    async def _clear(self) -> None:
        """Remove what the build left, about 1 GB; in a process, not to hold up this one."""
        command = (sys.executable, "-I", "-S", "-c", _REMOVE, str(self._workshop))
        with suppress(CommandFailed):
            await run(command, env=os.environ, limits=Limits(total=120))


_OTHER = "Another Rehearsal is preparing this; waiting for it"


class _BuildProgress:
    """Counts Go's lines: a module downloaded, a package compiled."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._modules = 0
        self._packages = 0
        tell("Asking for the source of the LiveKit server", 0.02)

    def take(self, line: str) -> None:
        """One line of ``go install -v``."""
        if line.startswith("go: downloading"):
            self._modules += 1
        elif re.fullmatch(r"[\w.~/-]+", line):
            self._packages += 1
        self._tell(self._words(), self._fraction())

    def _words(self) -> str:
        if self._packages:
            return f"Building the LiveKit server: {self._packages} packages compiled"
        return f"Downloading the LiveKit server's source: {self._modules} modules"

    def _fraction(self) -> float:
        if self._packages:
            return 0.2 + 0.79 * min(1.0, self._packages / _PACKAGES)
        return 0.02 + 0.18 * min(1.0, self._modules / _MODULES)
