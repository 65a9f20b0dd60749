"""The app is stopped or killed in the middle of a call: nothing of it is left but the record."""

from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser

from data.journal import read_journal
from tests.support.caller import Caller
from tests.support.running import RunningApp

pytestmark = pytest.mark.call

WALTER = "walter-hughes"


@pytest.mark.parametrize("gently", [True, False])
def test_nothing_is_left_after_the_app(tmp_path: Path, gently: bool, chromium: Browser) -> None:
    with RunningApp(tmp_path, only=[WALTER]) as own:
        assert own.process is not None
        children = psutil.Process(own.process.pid).children(recursive=True)
        assert own.livekit_server() in children
        caller = Caller(chromium, own.url)
        caller.call(WALTER)
        caller.wait_for_speech()
        own.stop() if gently else own.kill()
        _, left = psutil.wait_procs(children, timeout=30)
        caller.context.close()
        assert not left
    if gently:
        assert own.process.returncode == 0
        (journal,) = (own.data / "calls").rglob("*.jsonl")
        record = read_journal(journal)
        assert record.end is not None
        assert record.end.reason == "interrupted"
        assert record.turns[-1].speaker == "persona"
        assert record.turns[
            -1
        ].interrupted  # the line that was being spoken, as far as it was heard
