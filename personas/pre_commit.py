#!/usr/bin/env -S uv run --script
# /// script
# requires-python = ">=3.11,<3.14"
# dependencies = ["pyyaml==6.0.3"]
# ///
"""The command ``check`` as a hook of pre-commit, which gives it the changed files."""

import runpy
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

if __name__ == "__main__":
    sys.path[0] = str(ROOT)
    sys.argv[1:] = ["check", "--", *sys.argv[1:]]
    # By its path: nothing imports the composition root, which knows the engines that files name.
    runpy.run_path(str(ROOT / "app.py"), run_name="__main__")
