"""Whether espeak-ng speaks and pocketsphinx hears, tried in a process of its own.

The synthesiser keeps one state for a whole process and the recogniser holds Python's lock: neither
may be tried beside live calls.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

from agent.doctor.check import Check, Group, State, plain
from agent.platform.process.command import CommandFailed, Limits, run

TITLES = (("voice", "Offline voice"), ("recogniser", "Offline recogniser"))
LIMIT = 30.0
"""Seconds for both; one on an idle machine."""

_ROOT = Path(__file__).parents[2]
_MARK = "doctor:"
_PACKAGES = {"voice": "espeakng-loader", "recogniser": "pocketsphinx"}
_DOES = {
    "voice": "espeak-ng speaks",
    "recogniser": "pocketsphinx hears",
}


def group(severe: Callable[[], bool]) -> Group:
    """Both checks; ``severe``: whether calls begin with the offline engine."""

    async def make() -> Sequence[Check]:
        told = await _try()
        return [verdict(id, told, severe()) for id in ("voice", "recogniser")]

    return Group(TITLES, make)


def verdict(
    id: Literal["voice", "recogniser"], told: dict[str, dict[str, Any]], severe: bool
) -> Check:
    """What the process said of one of them; nothing when it ended before."""
    title = dict(TITLES)[id]
    result = told.get(id, {"error": told.get("end", {}).get("error", "it ended without a word")})
    if "error" not in result:
        return Check(id, title, "ok", f"{_DOES[id]} ({result['seconds']:.1f} s to load).")
    state: State = "failed" if severe else "warning"
    found = f"{_PACKAGES[id]} does not work: {plain(str(result['error']))}."
    fix = f"Install it again: uv sync --reinstall-package {_PACKAGES[id]}"
    return Check(id, title, state, found, fix)


async def _try() -> dict[str, dict[str, Any]]:
    command = (sys.executable, "-m", "agent.doctor.voices")
    try:
        lines = await run(command, env=os.environ, cwd=_ROOT, limits=Limits(total=LIMIT))
        failed = ""
    except CommandFailed as error:
        lines, failed = list(error.tail), str(error)
    told = {}
    for line in lines:
        if line.startswith(_MARK):
            name, _, result = line.removeprefix(_MARK).partition("=")
            told[name] = json.loads(result)
    if failed:
        told["end"] = {"error": failed}
    return told


def _speak() -> None:
    from agent.speech.voice import Espeak, Manner, enter_data_folder

    enter_data_folder()
    if not any(Espeak().render("Good morning.", Manner())):
        raise RuntimeError("it makes no sound")


def _hear() -> None:
    from pocketsphinx import Decoder

    decoder = Decoder(lm=None, keyphrase="thank you", kws_threshold=1e-20, loglevel="FATAL")
    decoder.start_utt()
    decoder.process_raw(bytes(32_000), False, False)
    decoder.end_utt()


def main() -> None:
    """Try both and print a line for each."""
    for name, attempt in (("voice", _speak), ("recogniser", _hear)):
        began = time.monotonic()
        try:
            attempt()
            result: dict[str, Any] = {"seconds": round(time.monotonic() - began, 3)}
        except Exception as error:
            result = {"error": f"{type(error).__name__}: {error}"}
        print(f"{_MARK}{name}={json.dumps(result)}", flush=True)


if __name__ == "__main__":
    main()
