"""Calls at once, with what makes the calls on the same machine: a process for each trainee."""

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from tests.bench.figures import spread
from tests.bench.processes import family, name
from tests.bench.sentences import TURNS
from tests.bench.trainee_voices import prepare
from tests.support.caller import ALLOW, Caller, browser
from tests.support.places import ROOT
from tests.support.running import RunningApp

AT_ONCE = [int(n) for n in os.environ.get("BENCH_AT_ONCE", "1,4").split(",")]
ANSWERS = int(os.environ.get("BENCH_ANSWERS", "40"))
"""Answers to be measured with each number of calls."""
SLUG = "walter-hughes"


def measure() -> Iterator[tuple[str, str]]:
    """Answers, gaps and processor time with one call and with more; the one too many."""
    prepare(TURNS)
    most = max(AT_ONCE)
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
        environ = {"REHEARSAL_MAX_CALLS": str(most)}
        app = stack.enter_context(RunningApp(Path(folder), environ))
        cookies = [_log_in(app, name) for name in ("trainee", "author")]
        p95: dict[int, float] = {}
        for count in AT_ONCE:
            answers, words, refusal = _together(app, cookies, count, count == most)
            p95[count] = float(np.percentile(answers, 95)) if answers else float("nan")
            yield f"{count} at once: end of speech to the persona's first sound", spread(answers)
            yield f"{count} at once: sound (no gap over 60 ms)", words[0]
            yield f"{count} at once: processor", words[1]
            if refusal:
                yield f"the call after {count}", refusal
    for count in AT_ONCE[1:]:
        ratio = p95[count] / p95[AT_ONCE[0]]
        yield f"p95 with {count} to p95 with {AT_ONCE[0]}", f"{ratio:.2f} (target at most 1.25)"


def _together(
    app: RunningApp, cookies: list[str], count: int, full: bool
) -> tuple[list[float], tuple[str, str], str]:
    """Answer times, words on gaps and processor, and what one call too many is told."""
    turns = max(ANSWERS // count, 1)
    # One account may not take every line.
    tickets = [_ticket(app, cookies[n % len(cookies)])[1] for n in range(count)]
    trainees = [_trainee(ticket, 5 * n, turns) for n, ticket in enumerate(tickets)]
    try:
        for trainee in trainees:
            assert trainee.stdout is not None
            assert trainee.stdout.readline() == "ready\n", "no persona came"
        refusal = str(_ticket(app, cookies[0])) if full else ""
        before, began = _processor(app, trainees), time.monotonic()
        for trainee in trainees:
            assert trainee.stdin is not None
            trainee.stdin.write("\n")
            trainee.stdin.flush()
        time.sleep(30)
        used = _used(before, _processor(app, trainees), time.monotonic() - began)
        told = [json.loads(t.communicate(timeout=60 + 30 * turns)[0]) for t in trainees]
    finally:
        for trainee in trainees:
            trainee.kill()
            trainee.wait()
    app.wait(lambda health: health["calls"]["live"] == 0, 60)
    return (
        [a for each in told for a in each["answers"] if a is not None],
        (_sound(told), used),
        (refusal),
    )


def _sound(told: list[dict[str, Any]]) -> str:
    gaps = [gap for each in told for gap in each["gaps"]]
    frames = sum(each["frames"] for each in told)
    silent = sum(answer is None for each in told for answer in each["answers"])
    concealed = sum(each["concealed"] for each in told)
    longest = f", longest {max(gaps) * 1000:.0f} ms" if gaps else ""
    return (
        f"{len(gaps)} of {frames} gaps over 60 ms{longest}; {concealed:.2f} s made up by the "
        f"receiver; {silent} turns without an answer"
    )


def _processor(app: RunningApp, trainees: list[subprocess.Popen[str]]) -> dict[str, float]:
    """Seconds of processor time so far, of all processes of one name together."""
    used: defaultdict[str, float] = defaultdict(float)
    for process in family(app):
        used[name(process)] += sum(process.cpu_times()[:2])
    each = [sum(psutil.Process(t.pid).cpu_times()[:2]) for t in trainees]
    return {**used, "trainees": sum(each)}


def _used(before: dict[str, float], after: dict[str, float], seconds: float) -> str:
    parts = {name: (after[name] - before.get(name, 0.0)) / seconds for name in after}
    return ", ".join(f"{name} {share:.2f}" for name, share in parts.items() if share > 0.01)


def _trainee(ticket: dict[str, str], first: int, turns: int) -> subprocess.Popen[str]:
    place = [ticket["server_url"], str(first), str(turns)]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.trainee", *place],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdin is not None
    process.stdin.write(ticket["participant_token"] + "\n")
    process.stdin.flush()
    return process


def _ticket(app: RunningApp, cookie: str) -> tuple[int, dict[str, str]]:
    """Status and body of ``POST /api/token``."""
    request = urllib.request.Request(
        f"{app.url}/api/token",
        json.dumps({"persona": SLUG}).encode(),
        {"Content-Type": "application/json", "Cookie": cookie},
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def _log_in(app: RunningApp, name: str) -> str:
    with browser(ALLOW) as chromium:
        caller = Caller(chromium, app.url)
        caller.log_in(name)
        return "; ".join(f"{c.get('name')}={c.get('value')}" for c in caller.context.cookies())
