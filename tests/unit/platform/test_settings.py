"""Settings: where they come from, and what a person reads when one is wrong."""

from pathlib import Path

import pytest
from dotenv import dotenv_values

from agent.engines.registry import EngineRegistry
from agent.platform.settings import Settings, SettingsError
from tests.support.places import ROOT

ENGINES = EngineRegistry().settings
LIVEKIT = {
    "LIVEKIT_URL": "wss://project.livekit.cloud",
    "LIVEKIT_API_KEY": "APIkey",
    "LIVEKIT_API_SECRET": "s3cr3t" * 6,
}


def load(folder: Path, **environ: str) -> Settings:
    return Settings.load(folder, environ)


def test_nothing_has_to_be_set(tmp_path: Path) -> None:
    settings = load(tmp_path)
    assert (settings.host, settings.port, settings.engine) == ("127.0.0.1", 3000, "auto")
    assert settings.is_loopback
    assert settings.max_calls >= 2
    assert settings.data_dir == tmp_path / "data" / "runtime"
    assert settings.personas_dir == tmp_path / "personas"
    assert settings.cache_dir.name == "rehearsal"
    assert settings.livekit_url == settings.google_api_key.get_secret_value() == ""
    assert settings.warnings == ()


def test_the_environment_wins_over_env_local_and_that_over_env(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(
        "GOOGLE_API_KEY=a\nOPENAI_API_KEY=a\nDEEPGRAM_API_KEY=a\nUNKNOWN=x\n"
    )
    (tmp_path / ".env.local").write_text(
        '\ufeffOPENAI_API_KEY="b$c#d${HOME}"\nexport DEEPGRAM_API_KEY=b\n', "utf-8"
    )
    settings = load(tmp_path, DEEPGRAM_API_KEY=" c ")
    assert settings.google_api_key.get_secret_value() == "a"
    assert settings.openai_api_key.get_secret_value() == "b$c#d${HOME}"
    assert settings.deepgram_api_key.get_secret_value() == "c"


def test_an_empty_variable_switches_a_key_of_the_file_off(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("OPENAI_API_KEY=a\n")
    assert not load(tmp_path, OPENAI_API_KEY="").openai_api_key


def test_the_command_line_wins_over_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = Settings.load(
        tmp_path / "app",
        {"REHEARSAL_HOST": "10.0.0.1", "REHEARSAL_PORT": "1", "REHEARSAL_DATA": "x"},
        host="0.0.0.0",
        port="8080",
        data_dir="records",
        personas_dir=tmp_path / "p",
    )
    assert (settings.host, settings.port, settings.is_loopback) == ("0.0.0.0", 8080, False)
    assert settings.data_dir == tmp_path / "records"
    assert settings.personas_dir == tmp_path / "p"


def test_folders_of_variables_are_meant_from_the_apps_folder(tmp_path: Path) -> None:
    settings = load(
        tmp_path, REHEARSAL_DATA="d", REHEARSAL_PERSONAS=str(tmp_path / "p"), REHEARSAL_CACHE="~/c"
    )
    assert settings.data_dir == tmp_path / "d"
    assert settings.personas_dir == tmp_path / "p"
    assert settings.cache_dir == Path.home() / "c"


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("localhost", True), ("me.localhost", True), ("127.0.0.1", True), ("127.8.8.8", True),
        ("::1", True),
        ("[::1]", True), ("LOCALHOST", True), ("0.0.0.0", False), ("::", False),
        ("192.168.1.5", False), ("example.org", False), ("localhost.example.org", False),
    ],
)  # fmt: skip
def test_what_is_loopback(tmp_path: Path, host: str, loopback: bool) -> None:
    assert load(tmp_path, REHEARSAL_HOST=host).is_loopback is loopback


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REHEARSAL_PORT", "http"), ("REHEARSAL_PORT", "0"), ("REHEARSAL_PORT", "65536"),
        ("REHEARSAL_PORT", "-1"), ("REHEARSAL_PORT", "٣"), ("REHEARSAL_MAX_CALLS", "0"),
        ("REHEARSAL_MAX_CALLS", "many"), ("REHEARSAL_HOST", "http://x"),
        ("REHEARSAL_ENGINE", "gpt"), ("LIVEKIT_URL", "project.livekit.cloud"),
        ("LIVEKIT_URL", "ftp://x"), ("LIVEKIT_URL", "wss://"), ("LIVEKIT_URL", "ws://x:port"),
        ("LIVEKIT_URL", "ws://a b"), ("LIVEKIT_URL", "wss://your-project.livekit.cloud"),
        ("LIVEKIT_API_KEY", "your_api_key_here"), ("GOOGLE_API_KEY", "AIza half"),
        ("STT_PROVIDER", "whisper"), ("LLM_PROVIDER", "deepgram"), ("TTS_PROVIDER", "none"),
        ("STT_BASE_URL", "localhost:8000"), ("TTS_BASE_URL", "ws://x"), ("LLM_API_KEY", "k half"),
        ("TTS_API_KEY", "your_key"), ("STT_API_KEY", "for-nobody"),
        ("DEEPGRAM_BASE_URL", "api.deepgram.com"),
        ("OPENAI_API_KEY", "sk-“quoted”"), ("DEEPGRAM_API_KEY", "a\nb"),
        ("LLM_BASE_URL", "http://[::1/v1"), ("OPENAI_BASE_URL", "http://x:port/v1"),
        ("OPENAI_BASE_URL", "http://x:99999/v1"), ("STT_BASE_URL", "http://me:secret@x/v1"),
        ("LIVEKIT_URL", "ws://[::1"), ("LIVEKIT_URL", "ws://me:secret@x"),
        ("REHEARSAL_DATA", "~nobody-of-this-name/x"),
    ],
)  # fmt: skip
def test_a_bad_value_is_named_with_a_remedy(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=rf"^{name} .+\. [A-Z].+") as caught:
        Settings.load(tmp_path, {**LIVEKIT, name: value}, engines=ENGINES)
    assert caught.value.names == (name,)
    if "KEY" in name or "secret" in value:
        assert value not in str(caught.value)


def test_all_bad_values_are_named_at_once(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("STT_PROVIDER=ear\nREHEARSAL_PORT=http\n")
    with pytest.raises(SettingsError) as caught:
        Settings.load(tmp_path, {"REHEARSAL_ENGINE": "gpt"}, engines=ENGINES, port="x")
    assert set(caught.value.names) == {"STT_PROVIDER", "--port", "REHEARSAL_ENGINE"}
    lines = str(caught.value).split("\n")
    assert [line.split()[0] for line in lines] == list(caught.value.names)
    assert "Try --port=3000" in str(caught.value)


def test_a_bad_option_is_named_as_it_was_typed(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"^--port "):
        Settings.load(tmp_path, {}, port="x")
    with pytest.raises(SettingsError, match=r"^--host "):
        Settings.load(tmp_path, {}, host="a/b")
    with pytest.raises(SettingsError, match=r"^--data "):
        Settings.load(tmp_path, {}, data_dir="~nobody-of-this-name/x")


@pytest.mark.parametrize("missing", ["LIVEKIT_API_KEY", "LIVEKIT_API_SECRET"])
def test_a_livekit_url_needs_both_credentials(tmp_path: Path, missing: str) -> None:
    environ = {**LIVEKIT, missing: ""}
    with pytest.raises(SettingsError, match="LIVEKIT_API_KEY and LIVEKIT_API_SECRET"):
        Settings.load(tmp_path, environ)


def test_credentials_without_a_url_are_a_warning(tmp_path: Path) -> None:
    settings = Settings.load(tmp_path, {**LIVEKIT, "LIVEKIT_URL": ""})
    (warning,) = settings.warnings
    assert "LIVEKIT_URL" in warning
    assert LIVEKIT["LIVEKIT_API_SECRET"] not in warning


def test_secrets_stay_out_of_repr(tmp_path: Path) -> None:
    keys = {"GOOGLE_API_KEY": "g00gle", "OPENAI_API_KEY": "0pen", "DEEPGRAM_API_KEY": "d33p"}
    settings = Settings.load(tmp_path, {**LIVEKIT, **keys})
    assert settings.livekit.secret == LIVEKIT["LIVEKIT_API_SECRET"]
    assert keys["OPENAI_API_KEY"] not in f"{settings.openai_api_key} {settings.openai_api_key!r}"
    for secret in (LIVEKIT["LIVEKIT_API_KEY"], LIVEKIT["LIVEKIT_API_SECRET"], *keys.values()):
        assert secret not in f"{settings!r} {settings} {settings.model_dump()}"


def test_workers_elsewhere_need_a_server_that_they_reach(tmp_path: Path) -> None:
    assert load(tmp_path).own_worker
    assert not load(tmp_path, REHEARSAL_OWN_WORKER="no", **LIVEKIT).own_worker
    with pytest.raises(SettingsError, match="REHEARSAL_OWN_WORKER is no, but LIVEKIT_URL"):
        load(tmp_path, REHEARSAL_OWN_WORKER="no")


def test_a_file_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"GOOGLE_API_KEY=\xff\xfe\n")
    with pytest.raises(SettingsError, match=r"\.env cannot be read: it is not UTF-8"):
        load(tmp_path)


def test_the_example_sets_nothing_and_each_of_its_lines_can_be_used(tmp_path: Path) -> None:
    example = (ROOT / ".env.example").read_text("utf-8")
    (tmp_path / ".env").write_text(example, "utf-8")
    assert dotenv_values(tmp_path / ".env") == {}
    load(tmp_path)
    used = example.replace("# LIVEKIT", "LIVEKIT").replace("# REHEARSAL", "REHEARSAL")
    used = used.replace("your-project", "p").replace("your_api_", "")
    (tmp_path / ".env").write_text(used, "utf-8")
    settings = load(tmp_path)
    assert settings.livekit_url == "wss://p.livekit.cloud"
    assert settings.max_calls == 4


@pytest.mark.parametrize(
    ("most", "each", "own", "demo"),
    [("4", "", 2, 3), ("2", "", 1, 1), ("1", "", 1, 1), ("4", "3", 3, 3), ("8", "1", 1, 7)],
)
def test_one_account_takes_every_line_only_where_that_is_set(
    most: str, each: str, own: int, demo: int, tmp_path: Path
) -> None:
    given = {"REHEARSAL_MAX_CALLS": most, "REHEARSAL_MAX_CALLS_EACH": each}
    settings = Settings.load(tmp_path, given)
    assert settings.calls_of(settings.max_calls, demo=False) == own
    assert settings.calls_of(settings.max_calls, demo=True) == demo


def test_a_proxy_and_names_are_settings(tmp_path: Path) -> None:
    settings = load(
        tmp_path, REHEARSAL_PROXY="127.0.0.1, 10.1.2.3/8 ::1", REHEARSAL_HOSTS="A.example"
    )
    assert [str(network) for network in settings.proxies] == [
        "127.0.0.1/32",
        "10.0.0.0/8",
        "::1/128",
    ]
    assert settings.hosts == ("a.example",)
    assert not settings.is_loopback, "whoever comes by the proxy is not at this machine"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REHEARSAL_PROXY", "nginx"),
        ("REHEARSAL_PROXY", "*"),
        ("REHEARSAL_PROXY", "10.0.0.0/99"),
        ("REHEARSAL_HOSTS", "https://calls.example.org"),
        ("REHEARSAL_HOSTS", "calls.example.org:443"),
        ("REHEARSAL_HOSTS", "*"),
    ],
)
def test_odd_proxies_and_names_are_named(name: str, value: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=f"^{name} .*Try|^{name} .*Write"):
        load(tmp_path, **{name: value})


def test_recordings_are_asked_for_and_kept_for_30_days(tmp_path: Path) -> None:
    unset = Settings.load(tmp_path, {})
    assert (unset.record, unset.keep_recordings, unset.keep_calls) == ("ask", 30, None)
    given = {
        "REHEARSAL_RECORD": "No",
        "REHEARSAL_KEEP_RECORDINGS": "7",
        "REHEARSAL_KEEP_CALLS": "5",
    }
    chosen = Settings.load(tmp_path, given)
    assert (chosen.record, chosen.keep_recordings, chosen.keep_calls) == ("no", 7, 5)
    assert not chosen.warnings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REHEARSAL_RECORD", "always"),
        ("REHEARSAL_KEEP_RECORDINGS", "0"),
        ("REHEARSAL_KEEP_CALLS", "for ever"),
    ],
)
def test_what_recordings_cannot_be_is_told(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings.load(tmp_path, {name: value})
