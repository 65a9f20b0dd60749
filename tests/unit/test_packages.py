"""The checksums of packages: a file that was replaced under its name is found."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.places import ROOT

CI = ROOT / ".ci"
LOCK = """
[[package]]
name = "one"
wheels = [{ url = "https://x.example/one-1.0-py3-none-any.whl", hash = "sha256:aa" }]

[[package]]
name = "two"
sdist = { url = "https://x.example/two-2.0.tar.gz", hash = "sha256:bb" }
"""


def compared(folder: Path, lock: str, *arguments: str) -> tuple[int, str]:
    """Exit code and words of the comparison in a folder that stands for a clone."""
    (folder / ".ci").mkdir(exist_ok=True)
    script = shutil.copy(CI / "packages.py", folder / ".ci")
    (folder / "uv.lock").write_text(lock)
    done = subprocess.run(
        [sys.executable, script, *arguments], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    ("change", "to", "told"),
    [
        ("sha256:aa", "sha256:cc", "one-1.0-py3-none-any.whl has the SHA-256 cc, not aa"),
        ("sha256:bb", "sha256:cc", "two-2.0.tar.gz has the SHA-256 cc, not bb"),
        ("one-1.0", "one-1.1", "one-1.1-py3-none-any.whl is not among the pinned packages"),
        ("one-1.0-py3", "one-1.0-cp314", ""),
        ("", "", ""),
    ],
)
def test_what_differs_from_the_pinned_files_is_told(
    change: str, to: str, told: str, tmp_path: Path
) -> None:
    assert compared(tmp_path, LOCK, "--write") == (0, "")
    code, words = compared(tmp_path, LOCK.replace(change, to))
    assert (code == 1) is bool(told)
    assert told in words


def test_what_is_kept_names_no_address() -> None:
    assert "/" not in (CI / "packages.sha256").read_text("utf-8")
