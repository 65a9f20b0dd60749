"""The page of the settings in force."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.engines.registry import EngineRegistry
from agent.platform.settings import Settings
from agent.speech.hearing.model_folder import model_folder
from agent.speech.speaking import speaker_models
from agent.speech.speaking.speaker_models import SpeakerModels
from tests.support.clock import until
from tests.support.fakes.speaker_host import MODEL, SpeakerHost, speaker_host
from tests.support.studio import World, log_in, visit, visiting
from ui.settings.page import calls, engines

SECRET = "a-key-that-nobody-may-read"


def test_engines_say_what_they_lack_and_what_leaves(tmp_path: Path) -> None:
    rows = dict(engines(Settings.load(tmp_path, {}), EngineRegistry()))
    assert rows["Gemini Live"] == "Not in use: GOOGLE_API_KEY is not set in .env.local."
    assert rows["Offline"] == "The usual one. Nothing leaves this machine."
    rows = dict(engines(Settings.load(tmp_path, {"GOOGLE_API_KEY": SECRET}), EngineRegistry()))
    assert rows["Gemini Live"].startswith("The usual one. What leaves this machine: both voices")
    assert "to Google" in rows["Gemini Live"]
    assert rows["Offline"] == "Nothing leaves this machine."


def test_the_engine_that_was_set_is_the_usual_one(tmp_path: Path) -> None:
    asked = {"GOOGLE_API_KEY": SECRET, "REHEARSAL_ENGINE": "offline", "REHEARSAL_FALL_BACK": "no"}
    rows = dict(engines(Settings.load(tmp_path, asked), EngineRegistry()))
    assert rows["Offline"].startswith("The usual one.")
    assert rows["When a provider is lost"] == "the call ends (REHEARSAL_FALL_BACK)"


def test_what_hears_on_this_machine_is_named(tmp_path: Path) -> None:
    def row(**environ: str) -> str:
        found = engines(Settings.load(tmp_path, environ), EngineRegistry())
        return dict(found)["Hears on this machine"]

    assert row() == "the model that comes with the app (REHEARSAL_STT_MODEL_FOLDER)"
    wrong = row(REHEARSAL_STT_MODEL_FOLDER="nowhere")
    assert f"{tmp_path / 'nowhere'}, which is no folder. Correct it, or remove it." in wrong
    own = str(model_folder("").path)
    assert row(REHEARSAL_STT_MODEL_FOLDER=own).startswith(f"the model in {own}")


def test_calls_name_the_limit_and_the_server(tmp_path: Path) -> None:
    rows = dict(calls(Settings.load(tmp_path, {"REHEARSAL_MAX_CALLS": "7"}, host="0.0.0.0")))
    assert rows["At the same time"] == "7 at most (REHEARSAL_MAX_CALLS)"
    assert rows["With one account"] == "2 at most (REHEARSAL_MAX_CALLS_EACH); 6 with a demo one"
    assert rows["LiveKit server"] == "started here, for this machine only"
    assert "for other machines, too" in rows["Pages"]
    assert rows["Reverse proxy that is believed"] == "none (REHEARSAL_PROXY)"
    assert rows["Names that pages are opened under"] == "any (REHEARSAL_HOSTS)"
    named = {"REHEARSAL_PROXY": "127.0.0.1", "REHEARSAL_HOSTS": "calls.example.org"}
    rows = dict(calls(Settings.load(tmp_path, named)))
    assert rows["Reverse proxy that is believed"] == "127.0.0.1/32 (REHEARSAL_PROXY)"
    assert rows["Names that pages are opened under"].startswith("localhost, calls.example.org")
    assert "for other machines, too" in rows["Pages"]


@pytest.mark.parametrize("role", ["trainee", "author"])
async def test_settings_are_for_admins(role: str, tmp_path: Path) -> None:
    async with visit(World(tmp_path).studio()) as make:
        user = make()
        await log_in(user, role)
        response = await user.http_client.get("/settings")
        assert response.status_code == 403
        assert "Settings are for admins" in response.text
        assert str(tmp_path) not in response.text


async def test_an_admin_reads_no_secret(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.configure(
        LIVEKIT_URL="wss://livekit.example",
        LIVEKIT_API_KEY=SECRET,
        LIVEKIT_API_SECRET=SECRET,
        OPENAI_API_KEY=SECRET,
    )
    async with visit(world.studio()) as make:
        user = make()
        await log_in(user, "admin")
        response = await user.http_client.get("/settings")
        assert response.status_code == 200
        for words in ("wss://livekit.example", "to OpenAI", str(world.settings.data_dir)):
            assert words in response.text
        assert SECRET not in response.text


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Iterator[SpeakerHost]:
    with speaker_host(monkeypatch) as made:
        yield made


async def test_an_admin_fetches_a_speaker(tmp_path: Path, host: SpeakerHost) -> None:
    world = World(tmp_path)
    world.speakers = SpeakerModels(tmp_path / "voices", host.url)
    async with visiting(world, "admin", "/settings") as user:
        await user.should_see("Emma, a British woman")
        await user.should_see("Comes with the app.")
        await user.should_not_see(marker="fetch-heart")
        host.go_on.clear()
        user.find(marker="fetch-emma").click()
        await user.should_see("Being fetched…")
        await until(lambda: bool(world.speakers.received("emma")))
        host.go_on.set()
        await user.should_see("On this machine.")
        await user.should_not_see(marker="fetch-emma")
        assert world.speakers.here("emma")


async def test_a_speaker_that_cannot_be_fetched_says_why(tmp_path: Path, host: SpeakerHost) -> None:
    host.content = b"b" + host.content[1:]
    world = World(tmp_path)
    world.speakers = SpeakerModels(tmp_path / "voices", host.url)
    async with visiting(world, "admin", "/settings") as user:
        user.find(marker="fetch-emma").click()
        await user.should_see("its SHA-256 is another one. A proxy or a mirror may have changed it")
        user.find(marker="fetch-fenrir").click()
        await user.should_see("127.0.0.1 does not give it away (HTTP 404). Correct REHEARSAL_VOICE")
        host.content = MODEL
        user.find(marker="fetch-emma").click()
        await user.should_see("On this machine.")


async def test_where_workers_have_the_speakers_nothing_is_fetched_here(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.configure(
        LIVEKIT_URL="wss://livekit.example",
        LIVEKIT_API_KEY=SECRET,
        LIVEKIT_API_SECRET=SECRET,
        REHEARSAL_OWN_WORKER="no",
    )
    async with visiting(world, "admin", "/settings") as user:
        await user.should_see("Each fetches the speakers that persona files name by itself")
        await user.should_not_see(marker="fetch-emma")


async def test_without_the_english_voice_there_are_no_speakers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speaker_models, "_voices", dict)
    async with visiting(World(tmp_path), "admin", "/settings") as user:
        await user.should_see("The English voice is not on this machine")
        await user.should_not_see(marker="fetch-emma")
