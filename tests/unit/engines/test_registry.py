"""Another engine is a folder and a line: a toy that only tests know does all that engines do."""

import ast
import io
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import get_args

import pytest

from agent.doctor.check import Check
from agent.doctor.runner import Doctor, attempt
from agent.engines.cost import estimate, in_words
from agent.engines.length import excess
from agent.engines.offline.spec import SPEC as OFFLINE
from agent.engines.registry import ENGINES, EngineRegistry
from agent.engines.why import Why
from agent.platform.settings import Settings, SettingsError
from agent.protocol.messages import NewPersona, Say
from agent.providers.endpoints import Provider
from agent.speech.speaking.speaker_models import SpeakerModels
from data.journal import CallRecord
from data.records import CallStart, Turn
from personas.cli import run_check
from personas.library import Library
from personas.parse import examine
from tests.support import booth as calls
from tests.support.booth import booth
from tests.support.persona_text import PLAIN, swap
from tests.support.places import ROOT
from tests.support.studio import World
from tests.support.toy.spec import SPEC as TOY
from ui.call.engine import in_call, offers
from ui.call.engine import leaves as told_before
from ui.settings.page import engines as settings_rows

REGISTRY = EngineRegistry((TOY, *ENGINES))
KEY = {"TOY_KEY": "the-key-of-the-toy", "TOY_URL": "http://127.0.0.1:1/v1"}
TEXT = swap("language: th-TH", "language: en-US")


def settings_of(folder: Path, environ: dict[str, str]) -> Settings:
    """The settings of an app that has the toy."""
    return calls.settings_of(folder, environ, REGISTRY.settings)


async def test_it_plays_a_call_and_takes_an_edit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_of(tmp_path, KEY)
    async with booth("toy", settings, TEXT, monkeypatch, registry=REGISTRY) as call:
        assert await call.lines(1) == ["I was charged twice!"]
        call.command(NewPersona(swap("Do not tell me", "Never tell me", TEXT), "v2"))
        await call.wait(lambda: call.edits == ["applied"])
        call.command(Say("You have to calm down."))
        assert "Never tell me to calm down!" in (await call.lines(2))[1]
        assert call.turns()[1].intensity == 10
        assert (call.engines, call.troubles) == (["toy"], [])


def test_it_is_chosen_as_the_best_that_is_ready(tmp_path: Path) -> None:
    persona = examine(PLAIN, "ann-lee").persona
    assert persona is not None
    assert REGISTRY.choose(persona, settings_of(tmp_path, KEY)).name == "toy"
    without = settings_of(tmp_path, {"REHEARSAL_ENGINE": "toy"})
    choice = REGISTRY.choose(persona, without)
    assert choice.name == "offline"
    assert choice.note == "Toy cannot be used: TOY_KEY is not set in .env.local."
    assert EngineRegistry().choose(persona, without).note == (
        "Toy cannot be used: no such engine is there."
    )


def test_one_engine_must_always_be_able_to_play() -> None:
    assert EngineRegistry((TOY, OFFLINE)).fallback is OFFLINE
    with pytest.raises(ValueError, match="fallen back"):
        EngineRegistry((TOY,))


def test_settings_take_its_name_and_their_page_shows_it(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, {**KEY, "REHEARSAL_ENGINE": "Toy"})
    rows = dict(settings_rows(settings, REGISTRY))
    assert (
        rows["Toy"] == "The usual one. What leaves this machine: every beep goes to the neighbours."
    )
    assert dict(settings_rows(settings_of(tmp_path, {}), REGISTRY))["Toy"].startswith("Not in use")
    with pytest.raises(SettingsError, match=f"Choose one of auto, {ENGINES[0].name}"):
        calls.settings_of(tmp_path, {"REHEARSAL_ENGINE": "toy"}, EngineRegistry().settings)


def test_it_has_settings_of_its_own(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("TOY_KEY = the-key-of-the-toy\n")
    settings = settings_of(tmp_path, {})
    assert settings.of_engine("TOY_KEY") == KEY["TOY_KEY"]
    assert settings.of_engine("TOY_URL") == ""
    assert KEY["TOY_KEY"] not in repr(settings)
    assert calls.settings_of(tmp_path, {}).of_engine("TOY_KEY") == ""


def test_authors_can_choose_it_for_a_call(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.engines = REGISTRY
    studio = world.studio()
    persona = examine(PLAIN, "ann-lee").persona
    assert persona is not None
    (toy,) = [offer for offer in offers(studio, persona) if offer.name == "toy"]
    assert (toy.title, toy.lacks) == ("Toy", "TOY_KEY is not set in .env.local")
    assert "every beep" in in_call(studio, "toy", "toy")
    assert in_call(studio, "offline", "toy").startswith("Voice: Offline, until the trouble Toy.")
    assert told_before(studio, persona).startswith("Voice: Offline.")
    assert TOY.hears("nl-BE", studio.settings)
    assert not TOY.hears("en-US", studio.settings)


async def test_the_doctor_asks_its_provider_and_tries_its_parts(tmp_path: Path) -> None:
    async def checks(environ: dict[str, str]) -> dict[str, Check]:
        settings = settings_of(tmp_path, environ)
        library = Library(tmp_path, REGISTRY.voices)
        doctor = Doctor(settings, library.entries, None, REGISTRY, SpeakerModels(tmp_path))  # type: ignore[arg-type]
        wanted = [g for g in doctor.groups() if g.titles[0][0] in ("engine-toy", "spring")]
        assert len(wanted) == 2
        return {check.id: check for group in wanted for check in await attempt(group)}

    found = await checks(KEY)
    assert (found["spring"].title, found["spring"].state) == ("Toy spring", "ok")
    assert "the spring holds" in found["spring"].found
    assert (found["engine-toy"].title, found["engine-toy"].state) == ("Engine: Toy", "failed")
    assert "Nothing listens at 127.0.0.1:1" in found["engine-toy"].found
    assert "go on with the offline engine" in found["engine-toy"].found
    lacking = (await checks({"REHEARSAL_ENGINE": "toy"}))["engine-toy"]
    assert (lacking.state, lacking.fix) == ("warning", "Wind it up.")


def test_its_calls_cost_what_its_spec_says() -> None:
    free = estimate((), (), date(2026, 11, 29), REGISTRY, ["toy", "offline"])
    assert in_words(free) == "Free of charge (toy, offline)"
    dear = EngineRegistry((replace(TOY, priced=True), OFFLINE))
    unknown = estimate((), (), date(2026, 11, 29), dear, ["toy"])
    assert unknown.missing == ("Toy did not say what it used.",)


def test_a_report_says_why_it_spoke() -> None:
    start = CallStart("a" * 16, "ann", "sarah", "Sarah", "Billing", "v1", "toy", "en-US", 0.0)
    turns = (
        Turn(0, "trainee", "Hello?", 1.0, version="v1"),
        Turn(1, "persona", "I was charged twice!", 2.0, version="v1"),
    )
    record = CallRecord(start, TEXT, turns=turns, texts={"v1": TEXT})
    reason = Why(record, REGISTRY).reason(turns[1])
    assert (reason.engine.title, reason.late, reason.prompt) == ("Toy", False, "")
    able = replace(TOY.capabilities, replies_itself=True, prompted=True)
    other = EngineRegistry((replace(TOY, capabilities=able), OFFLINE))
    reason = Why(record, other).reason(turns[1])
    assert (reason.late, "charged twice" in reason.prompt) == (True, True)


def test_the_checker_knows_its_name_and_its_voices(tmp_path: Path) -> None:
    def checked(front: str) -> str:
        path = tmp_path / "ann.md"
        path.write_text(f"---\n{front}\n---\n{PLAIN}", encoding="utf-8")
        run_check([path], "text", out := io.StringIO(), REGISTRY.voices)
        return out.getvalue()

    assert "error" not in checked("engine: toy\nvoice: {toy: {beep: 440}}")
    assert f"write auto, toy, {ENGINES[0].name}, " in checked("engine: hal")
    assert "toy has the wrong type; write toy: {beep: 440}" in checked("voice: {toy: Kore}")
    assert "toy.beep must be a number from 20 to 1000" in checked("voice: {toy: {beep: 5}}")
    assert "unknown engine 'toy'" in _plainly(tmp_path / "ann.md", "voice: {toy: {beep: 5}}")


def _plainly(path: Path, front: str) -> str:
    """What is found where only the engines are known that there are."""
    path.write_text(f"---\n{front}\n---\n{PLAIN}", encoding="utf-8")
    run_check([path], "text", out := io.StringIO(), EngineRegistry().voices)
    return out.getvalue()


def test_the_editor_warns_of_a_text_that_is_too_long_for_it(tmp_path: Path) -> None:
    limit = TOY.limit(settings_of(tmp_path, KEY))
    assert limit is not None
    found = excess(101, limit)
    assert found is not None
    assert "Past that its spring breaks" in found.words


def test_no_other_module_names_an_engine() -> None:
    """What differs between engines stands in their folders; providers go by names of their own."""
    named = [
        f"{path.relative_to(ROOT)}:{node.lineno} names {node.value}"
        for path in sorted(ROOT.glob("*.py")) + _modules()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value in _names(path)
    ]
    assert not named, "\n".join(named)


def _modules() -> list[Path]:
    tops = (ROOT / top for top in ("agent", "data", "personas", "ui"))
    return sorted(path for top in tops for path in top.rglob("*.py"))


def _names(path: Path) -> set[str]:
    """The engines that a module may not name."""
    parts = path.relative_to(ROOT).parts
    names = {spec.name for spec in REGISTRY}
    if parts[:2] == ("agent", "engines"):
        return names - set(get_args(Provider)) - set(parts)
    if parts[:2] in (("agent", "providers"), ("agent", "platform")):
        return names - set(get_args(Provider))
    return names
