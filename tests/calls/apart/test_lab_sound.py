"""The lab in real sound: its command brings up what a call needs, and a trainee speaks in it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.places import ROOT
from tests.support.running import APOLOGY, BRIEF, OPENING, QUESTION, plain_environment

pytestmark = pytest.mark.call

SCRIPT = f"""\
1. [interrupts after 0.8 s] {APOLOGY}
   - expect: matched "A sincere apology"; intensity at most 6
2. {QUESTION}
   - expect: tells "Account number"; intensity at least 9
# At the end
- expect: not resolved
"""
LONGEST = 1.3
"""Times its speaking time that a run in real sound may take."""


@pytest.mark.usefixtures("binary")
def test_a_script_is_played_in_real_sound(tmp_path: Path) -> None:
    walter = (ROOT / "personas" / "walter-hughes.md").read_text("utf-8")
    brief = walter.replace(OPENING, "Yes, hello? This is Walter Hughes speaking.")
    (tmp_path / f"{BRIEF}.md").write_text(brief, "utf-8")
    scripts = tmp_path / "scripts" / BRIEF
    scripts.mkdir(parents=True)
    (scripts / "asks.md").write_text(SCRIPT, "utf-8")
    command = [sys.executable, "app.py", "lab", "--audio", "--json", "--personas", str(tmp_path)]
    done = subprocess.run(
        command, cwd=ROOT, env=plain_environment(), capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 1, done.stderr
    (run,) = json.loads(done.stdout)["runs"]
    (miss,) = run["misses"]  # the one that is wrong in the script
    assert (miss["line"], miss["expectation"]) == (4, "intensity at least 9")
    assert not run["resolved"]
    assert 1.0 <= run["sound"]["times"] <= LONGEST, run["sound"]
    assert not [each for each in run["sound"]["heard"] if not each["heard"]]
