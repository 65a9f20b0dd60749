#!/usr/bin/env python3
"""Compare what uv resolved with the SHA-256 that each package's files had when they were pinned.

``uv.lock`` is made anew on each machine and holds download addresses, so it is not kept; uv checks
each download against it. ``packages.sha256`` keeps its checksums by file name: a file that was
replaced under its name is found, wherever it came from. ``--write`` takes over what is there now,
to be read in the diff of a change of versions.
"""

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def main(arguments: list[str]) -> int:
    """Exit code 1 when a file is another one than was pinned, or a package is new."""
    lock, kept = HERE.parent / "uv.lock", HERE / "packages.sha256"
    files = resolved(tomllib.loads(lock.read_text("utf-8")))
    if "--write" in arguments:
        kept.write_text("".join(f"{files[name]}  {name}\n" for name in sorted(files)), "utf-8")
        return 0
    pinned = dict(reversed(line.split("  ")) for line in kept.read_text("utf-8").splitlines())
    faults = list(differences(files, pinned))
    for fault in faults:
        print(fault, file=sys.stderr)
    if faults:
        print(
            "If you changed versions, look at them and run: python .ci/packages.py --write",
            file=sys.stderr,
        )
    return 1 if faults else 0


def resolved(lock: dict[str, Any]) -> dict[str, str]:
    """SHA-256 by file name of all wheels and sources."""
    files = {}
    for package in lock["package"]:
        sources = [package["sdist"]] if "sdist" in package else []
        for item in [*package.get("wheels", []), *sources]:
            name = item["url"].rpartition("/")[2]
            files[name] = item["hash"].removeprefix("sha256:")
    return files


def differences(files: dict[str, str], pinned: dict[str, str]) -> Iterator[str]:
    """Words for each file that is not what was pinned.

    A further file of a known version is none: wheels for more platforms are added later.
    """
    known = {version(name) for name in pinned}
    for name, digest in files.items():
        if name in pinned and pinned[name] != digest:
            yield f"{name} has the SHA-256 {digest}, not {pinned[name]} as when it was pinned"
        elif name not in pinned and version(name) not in known:
            yield f"{name} is not among the pinned packages"


def version(name: str) -> str:
    """Package and version of a file name."""
    return "-".join(name.removesuffix(".tar.gz").split("-")[:2]).lower()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
