"""The arguments of the ``lab`` command."""

import argparse
from pathlib import Path

from agent.engines.registry import AUTO, EngineRegistry
from agent.lab.budget import MOST

ANY_COST = "any"


def lab_parser(registry: EngineRegistry) -> argparse.ArgumentParser:
    """Reads the arguments of the ``lab`` command."""
    parser = argparse.ArgumentParser(
        prog="app.py lab",
        description="Play the scripts of personas, and tell where one left what is expected. "
        "Exit code 1 on a miss or a file with an error, 2 on bad usage.",
    )
    parser.add_argument(
        "persona", nargs="*", metavar="PERSONA", help="names or files; all that have scripts"
    )
    parser.add_argument("--personas", type=Path, metavar="DIR", help="folder of persona files")
    names = [spec.name for spec in registry]
    parser.add_argument(
        "--engine",
        choices=[*names, AUTO],
        default="",
        metavar="E",
        help=f"{', '.join(names)}, or auto for the one that a call would have; without it the "
        f"script's own, else {registry.fallback.name}",
    )
    parser.add_argument(
        "--against",
        default="",
        metavar="VERSION|FILE",
        help="play another version of the persona beside it; it does not decide the exit code",
    )
    parser.add_argument(
        "--attempts", action="store_true", help="instead of the scripts: talk it out of its role"
    )
    parser.add_argument(
        "--consistency",
        action="store_true",
        help="instead of the scripts: ask for its facts, and judge how consistent it is",
    )
    parser.add_argument(
        "--spoken",
        action="store_true",
        help="a trainee that a script names is spoken by the text model where that plays",
    )
    parser.add_argument("--audio", action="store_true", help="play in real sound, by calls")
    parser.add_argument(
        "--repeat", type=_count, default=0, metavar="N", help="plays by a model; all must pass"
    )
    parser.add_argument(
        "--seed", type=int, default=0, metavar="N", help="varies actor and trainees"
    )
    parser.add_argument(
        "--most-cost",
        type=_cost,
        default=MOST,
        metavar="X",
        help=f"US dollars that paid models may cost (default {MOST:g}), or {ANY_COST}",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--junit", type=Path, metavar="FILE", help="write JUnit's XML as well")
    return parser


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 100:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to 100")
    return int(text)


def _cost(text: str) -> float | None:
    if text == ANY_COST:
        return None
    try:
        cost = float(text)
    except ValueError:
        cost = -1.0
    if not 0 <= cost < 1e6:
        raise argparse.ArgumentTypeError(f"{text!r} is no sum in US dollars, such as 0.5")
    return cost
