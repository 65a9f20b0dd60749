"""``uv run python -m tests.bench [NAME …]``: all benchmarks, or those named."""

import argparse
import importlib
import os

from tests.bench.figures import LeftOut

NAMES = (
    "start",
    "heldout",
    "reader",
    "words",
    "rules",
    "voices",
    "talk",
    "pipeline",
    "edits",
    "check",
    "memory",
    "leftovers",
    "recording",
    "stop",
    "busy",
    "realtime",
    "concurrency",
    "studio",
    "store",
    "size",
)
"""In this order; each is a module here with a ``measure()`` that yields names and figures."""


def main() -> None:
    """Run the benchmarks and print their figures as they come."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    names = parser.parse_args().names or NAMES
    for name in names:
        if name not in NAMES:
            parser.error(f"there is no benchmark {name!r}; there are {', '.join(NAMES)}")
    print(f"{os.cpu_count()} cores; load average {os.getloadavg()[0]:.1f} at the start")
    for name in names:
        print(f"\n{name}", flush=True)
        try:
            for what, figure in importlib.import_module(f"tests.bench.{name}").measure():
                print(f"  {what}: {figure}", flush=True)
        except LeftOut as error:
            print(f"  left out: {error}", flush=True)


if __name__ == "__main__":
    main()
