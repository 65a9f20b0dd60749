"""Gets the browser SDK ``livekit-client``: fetched by npm, compared with a pinned hash."""

import asyncio
import base64
import hashlib
import tarfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from agent.platform.process.command import CommandFailed, Limits, run
from agent.platform.process.rolling_log import RollingLog
from agent.platform.setup.cache_slot import CacheSlot
from agent.platform.setup.failure import PartFailed, explain, of_system
from agent.platform.setup.toolchain import Finder, Tool

VERSION = "2.23.0"
# What npm calls the package's integrity: SHA-512 of the published archive, in base64.
INTEGRITY = (
    "j9Kg86nJjBjNFUD+ukp2jwMCGa0k+YD5gU//RzAM+ZY3pbG631QCte7fQjwqWMmtBzhDJL9nKYuOLMv/9IbAxg=="
)
MODULE = "livekit-client.esm.mjs"  # complete in itself: the packages it depends on are built in
WHAT = "the browser SDK livekit-client"
LIMITS = Limits(total=5 * 60, silence=3 * 60)
_FILES = (f"package/dist/{MODULE}", "package/package.json", "package/LICENSE")

Tell = Callable[[str, float | None], None]


class SdkInstall:
    """The pinned version of the SDK in ``cache_dir``."""

    def __init__(self, cache_dir: Path, environ: Mapping[str, str]) -> None:
        self._shelf = CacheSlot(cache_dir / "livekit-client", VERSION)
        self._environ = environ
        self._log_path = self._shelf.folder / "install.log"
        self.module: Path | None = None
        """The SDK's module for the browser, if it was there at the last look: open pages ask for
        it twice a second."""
        self._look()

    async def make(self, tell: Tell) -> Path:
        """Fetch it unless it is there; raises ``PartFailed``. Cancelling leaves nothing running."""
        waiting = "Another Rehearsal is preparing this; waiting for it"
        try:
            async with self._shelf.making(lambda: tell(waiting, None)) as work:
                if not self._look():
                    await self._fetch(work, tell)
                    self._look()
        except OSError as error:
            raise of_system(WHAT, self._shelf.folder, error) from error
        assert self.module is not None
        return self.module

    def _look(self) -> bool:
        path = self._shelf.place / MODULE
        self.module = path if path.is_file() else None
        return self.module is not None

    async def _fetch(self, work: Path, tell: Tell) -> None:
        with suppress(OSError):
            self._log_path.unlink()
        log = RollingLog(self._log_path)
        try:
            finder = Finder(
                self._environ, lambda words: tell(words, 0.0), log.write, self._log_path
            )
            tool = await finder.npm()
            tell("Downloading the browser SDK", 0.6)
            await self._pack(tool, work, log)
        finally:
            log.close()
        made = work / "made"
        made.mkdir()
        await asyncio.to_thread(unpack, work / f"livekit-client-{VERSION}.tgz", made)
        await self._shelf.put(made)

    async def _pack(self, tool: Tool, work: Path, log: RollingLog) -> None:
        """``npm pack`` fetches and verifies the one archive; nothing in it is run."""
        command = (*tool.command, "pack", f"livekit-client@{VERSION}", "--ignore-scripts")
        try:
            await run(
                (*command, "--loglevel=http"),
                env=self._npm_environment(tool, work),
                cwd=work,
                limits=LIMITS,
                log=log.write,
            )
        except CommandFailed as failed:
            raise explain(WHAT, "the npm registry", failed, self._log_path) from failed

    def _npm_environment(self, tool: Tool, work: Path) -> dict[str, str]:
        env = {**self._environ, "npm_config_update_notifier": "false", "NO_COLOR": "1"}
        # By default npm tries for more than a minute before it says that there is no network.
        env |= {"npm_config_fetch_retries": "2", "npm_config_fetch_retry_mintimeout": "1000"}
        env |= {"npm_config_fetch_retry_maxtimeout": "4000"}
        if tool.brought:
            env.setdefault("npm_config_cache", str(work / "npm"))
        return env


def unpack(archive: Path, folder: Path) -> None:
    """Take the files that are needed out of the archive; ``PartFailed`` when it is another one."""
    if not archive.is_file():
        raise _not_published("npm brought no archive")
    digest = hashlib.sha512(archive.read_bytes()).digest()
    if base64.b64encode(digest).decode() != INTEGRITY:
        raise _not_published("its hash is another one")
    with tarfile.open(archive) as tar:
        for name in _FILES:
            member = tar.extractfile(name)
            assert member is not None  # as published, seen by the hash
            (folder / Path(name).name).write_bytes(member.read())


def _not_published(why: str) -> PartFailed:
    return PartFailed(
        f"What npm brought for {WHAT} is not version {VERSION} as published: {why}.",
        "Set npm to the public registry or try another network, then press Retry.",
    )
