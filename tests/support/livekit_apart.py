"""A LiveKit server that is not the app's: a process of its own, with keys of its own."""

import json
import subprocess
import time
import urllib.request
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from agent.platform.server.livekit_config import (
    HOST,
    Ports,
    new_key,
    new_secret,
    server_environment,
)


class LiveKitApart:
    """Runs while it is entered; ``environment`` is what an app needs to use it.

    ``program`` is the fixture ``binary``; ``rtc`` is what differs in that section of the
    configuration from our own.
    """

    def __init__(self, program: Path, *, rtc: dict[str, Any] | None = None) -> None:
        self._program = program
        self._rtc = rtc or {}
        self.ports = Ports.free()
        self.key = new_key()
        self.secret = new_secret()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where browsers and workers connect."""
        return f"ws://{HOST}:{self.ports.tcp}"

    @property
    def environment(self) -> dict[str, str]:
        """The settings that name it."""
        return {
            "LIVEKIT_URL": self.url,
            "LIVEKIT_API_KEY": self.key,
            "LIVEKIT_API_SECRET": self.secret,
        }

    def __enter__(self) -> Self:
        self.process = subprocess.Popen(
            [str(self._program)],
            env=self._server_environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with (
                suppress(OSError),
                urllib.request.urlopen(f"http://{HOST}:{self.ports.tcp}/", timeout=2) as answer,
            ):
                if answer.status == 200:
                    return self
            time.sleep(0.05)
        self.__exit__(None, None, None)
        raise AssertionError("the LiveKit server apart did not start")

    def _server_environment(self) -> dict[str, str]:
        environ = server_environment(self.ports, self.key, self.secret)
        config = json.loads(environ["LIVEKIT_CONFIG"])
        config["rtc"] |= self._rtc
        return {**environ, "LIVEKIT_CONFIG": json.dumps(config)}

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait(10)
