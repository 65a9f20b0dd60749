"""Compiled modules are kept, for this process and for all that it starts.

Where the environment forbids that, each process of a run and each app that a test starts would
compile every package anew, some ten seconds of work. Import it before anything else.
"""

import os
import sys

sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
