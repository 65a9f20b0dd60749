"""The page of the settings in force."""

from pathlib import Path

import pytest

from agent.engines.registry import EngineRegistry
from agent.platform.settings import Settings
from agent.speech.hearing.model_folder import model_folder
from tests.support.studio import World, log_in, visit
from ui.settings.page import calls, engines

SECRET = "a-key-that-nobody-may-read"


def test_engines_say_what_they_lack_and_what_leaves(tmp_path: Path) -> None:
    rows = dict(engines(Settings.load(tmp_path, {}), EngineRegistry()))
    assert rows["Gemini Live"] == "Not in use: GOOGLE_API_KEY is not set in .env."
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
