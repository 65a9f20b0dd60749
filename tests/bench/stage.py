"""An app and a trainee who has logged in, for one benchmark."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.support.caller import ALLOW, Caller, browser
from tests.support.running import RunningApp


@contextmanager
def stage(
    environ: Mapping[str, str] | None = None, *, timed: bool = False
) -> Iterator[tuple[RunningApp, Caller]]:
    """A fresh app with folders of its own and these variables, and a browser with a microphone.

    ``timed``: watched, and with the moments of its answers; see ``timed_app``.
    """
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
        app = stack.enter_context(
            RunningApp(Path(folder), environ, watched=timed, watcher="tests.bench.timed_app")
        )
        caller = Caller(stack.enter_context(browser(ALLOW)), app.url)
        caller.log_in()
        yield app, caller
