"""The round of all checks, this machine's own ones, and the command as a user has it."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from agent.doctor import machine, probes
from agent.doctor.check import Check, Group, as_json, plain
from agent.doctor.cli_view import of_answer
from agent.doctor.http import Answer
from agent.doctor.runner import Doctor, attempt
from agent.engines.offline.spec import SPEC as OFFLINE
from agent.engines.registry import EngineRegistry
from agent.platform.process.ports import free_tcp_port
from agent.platform.settings import Settings
from agent.speech.speaking.speaker_models import SpeakerModels
from personas.library import Library
from tests.support.clock import until
from tests.support.fakes.speaker_host import MODEL, speaker_host
from tests.support.places import ROOT
from tests.support.studio import persona_text

TITLES = (("one", "One"), ("two", "Two"))


def doctor(tmp_path: Path, **environ: str) -> "subprocess.CompletedProcess[str]":
    """``app.py doctor --json`` with these settings, away from the project's own folders."""
    out = ("NICEGUI_", "PYTEST_", "LIVEKIT_", "REHEARSAL_", "GOOGLE_API", "OPENAI_", "DEEPGRAM_")
    plain_environ = {name: v for name, v in os.environ.items() if not name.startswith(out)}
    own = {
        "REHEARSAL_PORT": str(free_tcp_port()),
        "REHEARSAL_DATA": str(tmp_path / "data"),
        "REHEARSAL_CACHE": str(tmp_path / "cache"),
        **environ,
    }
    return subprocess.run(
        [sys.executable, "app.py", "doctor", "--json"],
        cwd=ROOT,
        env=plain_environ | own,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=240,
    )


def checks(done: "subprocess.CompletedProcess[str]") -> dict[str, dict[str, str]]:
    """The checks of the one object that was printed, by id."""
    value = json.loads(done.stdout)
    assert set(value) == {"ok", "checks"}
    assert value["ok"] is (done.returncode == 0)
    for check in value["checks"]:
        assert set(check) == {"id", "title", "state", "found", "fix"}
        assert check["state"] in ("ok", "warning", "failed", "skipped")
        assert check["fix"] or check["state"] in ("ok", "skipped"), check
    return {check["id"]: check for check in value["checks"]}


def test_a_fresh_machine_can_make_calls(tmp_path: Path) -> None:
    done = doctor(tmp_path)
    found = checks(done)
    assert done.returncode == 0
    assert done.stderr == ""
    assert {f"engine-{spec.name}" for spec in EngineRegistry()} < set(found)
    assert found["parts"]["state"] in ("ok", "warning")  # one may have a server on PATH
    assert found["app"]["state"] == "skipped"
    for id in (
        "engine-offline",
        "voice",
        "espeak",
        "recogniser",
        "disk",
        "personas",
        "python",
        "reading",
        "settings",
    ):
        assert found[id]["state"] == "ok", found[id]
    assert not (tmp_path / "data").exists(), "looking leaves nothing behind"


def test_a_server_that_is_not_there_fails_it(tmp_path: Path) -> None:
    url = f"ws://127.0.0.1:{free_tcp_port()}"
    secret = "a-secret-that-must-not-be-told-anyone"
    done = doctor(tmp_path, LIVEKIT_URL=url, LIVEKIT_API_KEY="APIkey", LIVEKIT_API_SECRET=secret)
    found = checks(done)
    assert done.returncode == 1
    assert "Nothing listens" in found["livekit"]["found"]
    assert secret not in done.stdout + done.stderr


def test_a_setting_that_cannot_be_read_fails_it(tmp_path: Path) -> None:
    done = doctor(tmp_path, LIVEKIT_URL="wss://voice.example")
    assert done.returncode == 1
    found = checks(done)
    assert "LIVEKIT_API_SECRET" in found["settings"]["found"]
    assert found["recogniser"]["state"] == "ok", "it is not the recogniser that is to be mended"


async def test_a_key_that_is_refused_fails_it(tmp_path: Path) -> None:
    async def refuse(request: web.Request) -> web.Response:
        return web.json_response({"error": {"message": "API key not valid."}}, status=400)

    app = web.Application()
    app.router.add_get("/v1beta/models", refuse)
    key = "AIza-a-key-that-must-not-be-told"
    async with TestServer(app, host="127.0.0.1") as server:
        url = str(server.make_url("")).rstrip("/")
        done = await asyncio.to_thread(
            lambda: doctor(tmp_path, GOOGLE_API_KEY=key, GEMINI_BASE_URL=url)
        )
    assert done.returncode == 1
    assert checks(done)["engine-gemini"]["state"] == "failed"
    assert key not in done.stdout + done.stderr


@pytest.mark.call
def test_our_own_server_is_tried_and_leaves_nothing_running(binary: Path, tmp_path: Path) -> None:
    cache = str(Settings.load(ROOT, os.environ).cache_dir)
    before = servers()
    found = checks(doctor(tmp_path, REHEARSAL_CACHE=cache))
    assert found["parts"]["state"] == "ok"
    for id in ("livekit", "livekit-credentials", "livekit-clock", "livekit-socket"):
        assert found[id]["state"] == "ok", found[id]
    assert found["worker"]["state"] == "skipped"
    assert servers() <= before


@pytest.mark.call
@pytest.mark.skipif(sys.platform == "win32", reason="no signals")
def test_ctrl_c_ends_it_and_its_server(binary: Path, tmp_path: Path) -> None:
    cache = str(Settings.load(ROOT, os.environ).cache_dir)
    environ = {**os.environ, "REHEARSAL_CACHE": cache, "REHEARSAL_PORT": str(free_tcp_port())}
    with socket.create_server(("127.0.0.1", 0)) as silent:  # a provider that keeps it waiting
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/v1"
        process = subprocess.Popen(
            [sys.executable, "app.py", "doctor"],
            cwd=ROOT,
            env={**environ, "OPENAI_API_KEY": "a-key", "OPENAI_BASE_URL": url},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        children = wait_for_server(psutil.Process(process.pid))
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=60)[1]
    assert said == ""
    assert process.returncode == 130
    _, alive = psutil.wait_procs(children, timeout=30)
    assert not alive


def wait_for_server(doctor: psutil.Process) -> list[psutil.Process]:
    """The processes that a doctor has started, once one of them is a LiveKit server."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        found = doctor.children(recursive=True)
        for child in found:
            with suppress(psutil.Error):
                if child.name().startswith("livekit-serv"):
                    return found
        time.sleep(0.001)
    raise AssertionError("it started no server")


def servers() -> set[int]:
    """The LiveKit servers without a parent that could end them."""
    found = set()
    for process in psutil.process_iter(["name", "ppid"]):
        if str(process.info["name"]).startswith("livekit-serv") and process.info["ppid"] == 1:
            found.add(process.pid)
    return found


def test_words_for_a_person(tmp_path: Path) -> None:
    environ = {"REHEARSAL_CACHE": str(tmp_path), "REHEARSAL_PORT": str(free_tcp_port())}
    done = subprocess.run(
        [sys.executable, "app.py", "doctor"],
        cwd=ROOT,
        env={**os.environ, **environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert "ok      Python: Python 3" in done.stdout
    assert "A call can work" in done.stdout
    assert done.returncode == 0


# ---- the round ----


async def test_a_check_that_never_ends_is_told_after_a_time_limit() -> None:
    async def never() -> Sequence[Check]:
        await asyncio.Event().wait()
        return []

    made = await attempt(Group(TITLES, never), 0.05)
    assert [check.id for check in made] == ["one", "two"]
    assert {check.state for check in made} == {"failed"}
    assert "did not end" in made[0].found


async def test_a_check_that_breaks_is_told_and_breaks_no_other(tmp_path: Path) -> None:
    async def broken() -> Sequence[Check]:
        raise RuntimeError("no eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJBUEkifQ.c2ln here")

    async def fine() -> Sequence[Check]:
        return [Check("three", "Three", "ok", "Fine.")]

    library = Library(tmp_path)
    look: Any = None
    made = Doctor(
        Settings.load(tmp_path, {}),
        library.entries,
        look,
        EngineRegistry(),
        SpeakerModels(tmp_path),
    )
    groups = [Group(TITLES, broken), Group((("three", "Three"),), fine)]
    found = {check.id: check async for check in made.examine(groups)}
    assert found["three"].state == "ok"
    assert found["one"].state == "failed"
    assert "RuntimeError: no … here" in found["one"].found


async def test_results_come_while_others_are_still_made(tmp_path: Path) -> None:
    go = asyncio.Event()

    async def slow() -> Sequence[Check]:
        await asyncio.wait_for(go.wait(), 30)
        return [Check("slow", "Slow", "ok", "")]

    async def quick() -> Sequence[Check]:
        return [Check("quick", "Quick", "ok", "")]

    look: Any = None
    entries = Library(tmp_path).entries
    made = Doctor(
        Settings.load(tmp_path, {}), entries, look, EngineRegistry(), SpeakerModels(tmp_path)
    )
    order = []
    async for check in made.examine([Group((), slow), Group((), quick)]):
        order.append(check.id)
        go.set()
    assert order == ["quick", "slow"]


def test_one_failure_is_enough() -> None:
    good = Check("a", "A", "ok", "")
    assert as_json([good, Check("b", "B", "warning", "", "x")])["ok"] is True
    assert as_json([good, Check("b", "B", "failed", "", "x")])["ok"] is False


def test_words_of_strangers_hold_no_secret() -> None:
    text = "bad\n token eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJBUEkifQ.c2ln for sk-abcdefghijkl and s3cret"
    assert plain(text, "s3cret") == "bad token … for … and …"
    assert len(plain("x" * 1000)) == 200


# ---- this machine ----


@pytest.mark.parametrize(
    ("version", "state"),
    [((3, 10, 1), "failed"), ((3, 11, 0), "ok"), ((3, 13, 9), "ok"), ((3, 14, 0), "failed")],
)
def test_python(version: tuple[int, ...], state: str) -> None:
    assert machine.python(version).state == state


def test_a_data_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    check = machine.disk(tmp_path / "file" / "data")
    assert check.state == "failed"
    assert "REHEARSAL_DATA" in check.fix


def test_a_data_folder_that_can_be_written(tmp_path: Path) -> None:
    assert machine.disk(tmp_path).state in ("ok", "warning")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("free", "state"), [(10_000_000, "failed"), (500_000_000, "warning"), (5_000_000_000, "ok")]
)
def test_free_space(tmp_path: Path, free: int, state: str) -> None:
    assert machine.space(tmp_path, free).state == state


def test_personas(tmp_path: Path) -> None:
    def check() -> Check:
        return machine.personas(Library(tmp_path).entries(), tmp_path)

    assert check().state == "failed"
    (tmp_path / "broken.md").write_text("# Persona: Nobody\n")
    assert check().state == "failed"
    (tmp_path / "ann-lee.md").write_text(persona_text())
    assert check().state == "warning"
    assert "broken.md, line" in check().found
    (tmp_path / "broken.md").unlink()
    assert check().state == "ok"


def test_a_speaker_that_is_not_here_is_told(tmp_path: Path) -> None:
    def check() -> Check:
        return machine.speakers(
            Library(tmp_path).entries(), SpeakerModels(tmp_path / "voices"), "offline"
        )

    (tmp_path / "ann.md").write_text(persona_text())
    assert check().state == "ok"
    named = "---\nvoice: {offline: {speaker: emma}}\n---\n" + persona_text()
    (tmp_path / "ann.md").write_text(named)
    assert check().state == "warning"
    assert "names emma, which is not here; heart speaks" in check().found
    assert "An admin fetches it under Settings" in check().fix


@pytest.mark.parametrize(
    ("cut", "url", "found", "fix"),
    [
        (1_000, "", "It was cut off: 1,000 of 140,000 bytes came", "Fetch it again under Settings"),
        (0, "http://127.0.0.1:9", "127.0.0.1 could not be reached", "Check the network"),
        (len(MODEL), "", "its SHA-256 is another one", "A proxy or a mirror may have changed it"),
    ],
    ids=["cut off", "no network", "changed"],
)
async def test_why_a_speaker_could_not_be_fetched_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cut: int, url: str, found: str, fix: str
) -> None:
    named = "---\nvoice: {offline: {speaker: emma}}\n---\n" + persona_text()
    (tmp_path / "ann.md").write_text(named)
    with speaker_host(monkeypatch) as host:
        host.content, host.cut = b"b" + MODEL[1:], cut
        models = SpeakerModels(tmp_path / "voices", url or host.url)
        models.want(["emma"])
        await until(lambda: models.problem("emma") is not None)
        # As the command does, which is another process.
        seen = SpeakerModels(tmp_path / "voices")
        check = machine.speakers(Library(tmp_path).entries(), seen, "offline")
    assert (check.state, found in check.found) == ("warning", True)
    assert check.fix.startswith(fix)


async def test_voice_and_recogniser_really_load() -> None:
    found = await attempt(probes.group(OFFLINE.probes, lambda: True))
    parts = ("voice", "espeak", "recogniser")
    assert [(check.id, check.state) for check in found] == [(id, "ok") for id in parts]
    assert "a sentence of" in found[0].found
    assert "Moonshine tiny-en heard a sentence again, word for word" in found[2].found


@pytest.mark.parametrize(("severe", "state"), [(True, "failed"), (False, "warning")])
def test_a_voice_that_does_not_load(severe: bool, state: str) -> None:
    told = {"espeak": {"error": "OSError: no such library"}, "end": {"error": "it ended"}}
    english, voice, recogniser = OFFLINE.probes
    check = probes.verdict(voice, told, severe)
    assert check.state == state
    without = probes.verdict(english, told, severe)
    assert (without.state, "espeak-ng speaks" in without.found) == ("warning", True)
    assert "no such library" in check.found
    assert "espeakng-loader" in check.fix
    assert "it ended" in probes.verdict(recogniser, told, severe).found


async def test_a_model_that_is_not_there_is_told_with_its_own_remedy(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The customer speaks all the same, so it is a warning even where calls begin with it."""
    monkeypatch.setenv("REHEARSAL_STT_MODEL_FOLDER", str(tmp_path))
    [check] = await attempt(probes.group(OFFLINE.probes[-1:], lambda: True))
    assert check.state == "warning"
    assert check.found.startswith("REHEARSAL_STT_MODEL_FOLDER names")
    assert check.found.endswith("Turns are typed.")
    assert check.fix == "Name the folder with these files, or remove the setting."


# ---- the app, seen from outside ----

HEALTH = {"worker": "registered", "livekit": {"own": True, "state": "up"}, "problem": ""}


@pytest.mark.parametrize(
    ("answer", "state", "words"),
    [
        (Answer(trouble="refused"), "skipped", "Nothing runs on"),
        (Answer(trouble="timeout"), "failed", "does not answer in time"),
        (Answer(404, "not found"), "failed", "Another program"),
        (Answer(200, '{"status": "ok"}'), "failed", "Another program"),
        (Answer(200, "[1]"), "failed", "Another program"),
        (Answer(200, json.dumps(HEALTH)), "ok", "calls can be made"),
    ],
)
def test_what_answers_on_the_port(answer: Answer, state: str, words: str) -> None:
    check, health = of_answer(answer, "http://127.0.0.1:3000", 3000)
    assert check.state == state
    assert words in check.found
    assert bool(health) == (state == "ok")
