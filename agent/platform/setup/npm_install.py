"""Gets what the browser runs of other people's: fetched by npm, compared with a pinned hash."""

import asyncio
import base64
import hashlib
import tarfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from agent.platform.process.command import CommandFailed, Limits, run
from agent.platform.process.rolling_log import RollingLog
from agent.platform.setup.cache_slot import CacheSlot
from agent.platform.setup.failure import PartFailed, explain, of_system
from agent.platform.setup.toolchain import Finder, Tool

LIMITS = Limits(total=5 * 60, silence=3 * 60)

Tell = Callable[[str, float | None], None]


@dataclass(frozen=True, slots=True)
class NpmPackage:
    """A package at one version; ``what`` it is in words.

    ``integrity`` is what npm calls so: SHA-512 of the published archive, in base64. ``modules``
    are the files that a browser loads, each complete in itself: what the package depends on is
    built in.
    """

    name: str
    version: str
    integrity: str
    modules: tuple[str, ...]
    what: str


LIVEKIT_CLIENT = NpmPackage(
    "livekit-client",
    "2.23.0",
    "j9Kg86nJjBjNFUD+ukp2jwMCGa0k+YD5gU//RzAM+ZY3pbG631QCte7fQjwqWMmtBzhDJL9nKYuOLMv/9IbAxg==",
    ("dist/livekit-client.esm.mjs",),
    "the browser SDK livekit-client",
)
WAVESURFER = NpmPackage(
    "wavesurfer.js",
    "7.12.11",
    "Sx0yZIz7jRJ9J9p7UL+pl9y0UQBB6UN/XNo+R7Gy4tCR5xZI9jMyA0dnt1R8TMVSQ4LZ10SeB2HJYQ+dV2dPSA==",
    ("dist/wavesurfer.esm.js", "dist/plugins/regions.esm.js"),
    "the player of recordings wavesurfer.js",
)


class NpmInstall:
    """That package in ``cache_dir``."""

    def __init__(self, package: NpmPackage, cache_dir: Path, environ: Mapping[str, str]) -> None:
        self._package = package
        self._shelf = CacheSlot(cache_dir / package.name, package.version)
        self._environ = environ
        self._log_path = self._shelf.folder / "install.log"
        self.folder: Path | None = None
        """Where its modules are, each by its bare name, if they were there at the last look: open
        pages ask for them twice a second."""
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
            raise of_system(self._package.what, self._shelf.folder, error) from error
        assert self.folder is not None
        return self.folder

    def _look(self) -> bool:
        place = self._shelf.place
        there = all((place / Path(name).name).is_file() for name in self._package.modules)
        self.folder = place if there else None
        return there

    async def _fetch(self, work: Path, tell: Tell) -> None:
        with suppress(OSError):
            self._log_path.unlink()
        log = RollingLog(self._log_path)
        try:
            finder = Finder(
                self._environ, lambda words: tell(words, 0.0), log.write, self._log_path
            )
            tool = await finder.npm()
            tell(f"Downloading {self._package.what}", 0.6)
            await self._pack(tool, work, log)
        finally:
            log.close()
        made = work / "made"
        made.mkdir()
        archive = work / f"{self._package.name}-{self._package.version}.tgz"
        await asyncio.to_thread(unpack, self._package, archive, made)
        await self._shelf.put(made)

    async def _pack(self, tool: Tool, work: Path, log: RollingLog) -> None:
        """``npm pack`` fetches and verifies the one archive; nothing in it is run."""
        wanted = f"{self._package.name}@{self._package.version}"
        command = (*tool.command, "pack", wanted, "--ignore-scripts")
        try:
            await run(
                (*command, "--loglevel=http"),
                env=self._npm_environment(tool, work),
                cwd=work,
                limits=LIMITS,
                log=log.write,
            )
        except CommandFailed as failed:
            raise explain(
                self._package.what, "the npm registry", failed, self._log_path
            ) from failed

    def _npm_environment(self, tool: Tool, work: Path) -> dict[str, str]:
        env = {**self._environ, "npm_config_update_notifier": "false", "NO_COLOR": "1"}
        # By default npm tries for more than a minute before it says that there is no network.
        env |= {"npm_config_fetch_retries": "2", "npm_config_fetch_retry_mintimeout": "1000"}
        env |= {"npm_config_fetch_retry_maxtimeout": "4000"}
        if tool.brought:
            env.setdefault("npm_config_cache", str(work / "npm"))
        return env


def unpack(package: NpmPackage, archive: Path, folder: Path) -> None:
    """Take the files that are needed out of the archive; ``PartFailed`` when it is another one."""
    if not archive.is_file():
        raise _not_published(package, "npm brought no archive")
    digest = hashlib.sha512(archive.read_bytes()).digest()
    if base64.b64encode(digest).decode() != package.integrity:
        raise _not_published(package, "its hash is another one")
    with tarfile.open(archive) as tar:
        for name in (*package.modules, "package.json", "LICENSE"):
            member = tar.extractfile(f"package/{name}")
            assert member is not None  # as published, seen by the hash
            (folder / Path(name).name).write_bytes(member.read())


def _not_published(package: NpmPackage, why: str) -> PartFailed:
    return PartFailed(
        f"What npm brought for {package.what} is not version {package.version} as published: "
        f"{why}.",
        "Set npm to the public registry or try another network, then press Retry.",
    )
