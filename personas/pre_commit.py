#!/usr/bin/env -S uv run --script
# /// script
# requires-python = ">=3.11,<3.14"
# dependencies = ["pyyaml==6.0.3"]
# ///
"""The checker as a hook of pre-commit, which gives it the changed files."""

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from personas.cli import run_check

if __name__ == "__main__":
    sys.exit(run_check([Path(name) for name in sys.argv[1:]], "text", sys.stdout))
