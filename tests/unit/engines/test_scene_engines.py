"""Calls that begin elsewhere, with every engine: real job and plugins, fakes of the providers."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from agent.engines.offline import engine as offline
from agent.engines.pipeline import engine as pipeline
from agent.engines.turns import warm_models
from agent.protocol.scene import Scene, going_on, trying_again
from agent.simulation.acting.prompt import MARK
from data.journal import CallRecord
from data.records import CallStart, Turn
from tests.support.booth import Booth, booth, settings_of
from tests.support.fakes.gemini import FakeGemini
from tests.support.fakes.models import Models
from tests.support.fakes.openai_realtime import OpenAIRealtimeFake
from tests.support.persona_text import swap

pytestmark = [
    pytest.mark.filterwarnings("ignore:Setting .LiveConnectConfig"),
    pytest.mark.filterwarnings("ignore:ConnectionClosed.code"),
]
# Imported here, since a call must not wait for them.
assert offline
assert pipeline

LATER = Scene("deescalation", 5)
TEXT = swap("language: th-TH", "language: en-US")
FIRST, CALM, APOLOGY = "I was charged twice!", "Please calm down.", "I am so sorry about that."
START = CallStart("a" * 16, "ann", "sarah", "Sarah", "Billing", "v0", "offline", "en-US", 0.0)
OLD = CallRecord(
    START,
    turns=(Turn(0, "persona", FIRST, 1.0, version="v0"), Turn(1, "trainee", CALM, 3.0)),
)
AGAIN = going_on(OLD, 1, APOLOGY)
MOMENT = trying_again(
    CallRecord(
        START,
        turns=(
            *OLD.turns,
            Turn(2, "persona", "Who are you to say that?", 5.0),
            Turn(3, "trainee", "Nobody.", 7.0),
        ),
    ),
    3,
)
ANSWER = "Well, that is something."


class Line:
    """An engine with its provider; ``told`` is all that the model was told of."""

    def __init__(self, engine: str, environ: dict[str, str], told: Callable[[], str]) -> None:
        self.engine = engine
        self.environ = environ
        self.told = told


@pytest.fixture(params=["gemini", "openai", "pipeline"])
async def line(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Line]:
    if request.param == "gemini":
        async with FakeGemini() as google:
            monkeypatch.setenv("SSL_CERT_FILE", str(google.certificate(tmp_path)))
            google.lines = [ANSWER]
            environ = {"GEMINI_BASE_URL": google.url, "GOOGLE_API_KEY": "test"}
            yield Line("gemini", environ, lambda: "\n".join(google.talk.texts))
    elif request.param == "openai":
        async with OpenAIRealtimeFake() as openai:
            openai.lines.append(ANSWER)

            def told() -> str:
                session = openai.session
                said = [*session.texts("assistant")[:1], *session.texts("user")]
                return "\n".join([*said, *session.played_by])

            yield Line("openai", openai.environ, told)
    else:
        async with Models(lambda messages: ANSWER) as models:
            urls = {f"{stage}_BASE_URL": models.url for stage in ("STT", "LLM", "TTS")}
            environ = {**urls, "LLM_MODEL": "llama"}
            yield Line("pipeline", environ, lambda: models.asked("llm")[-1].prompt)


async def played(line: Line, scene: Scene, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Booth:
    """The call of that scene, up to the first line that the persona says in it."""
    settings = settings_of(folder, line.environ)
    lines = 1 + sum(turn.speaker == "persona" for turn in scene.turns)
    async with booth(line.engine, settings, TEXT, monkeypatch, scene=scene) as call:
        await call.lines(lines, 30)
    assert (call.troubles, call.engines) == ([], [line.engine])
    return call


async def test_a_model_opens_in_the_later_phase(
    line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = await played(line, LATER, tmp_path, monkeypatch)
    assert call.said() == [ANSWER]
    (opening,) = call.turns()
    assert (opening.phase, opening.intensity) == ("deescalation", 5)
    told = line.told()
    assert f"{MARK} You are tense (5/10). Phase: calming down." in told
    assert "Do not greet them" in told
    assert opening.direction in told
    assert "The agent has just picked up" not in told


async def test_a_model_is_told_the_turns_before_and_answers_the_changed_one(
    line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = await played(line, AGAIN, tmp_path, monkeypatch)
    assert call.said() == [FIRST, APOLOGY, ANSWER]
    assert [turn.replayed for turn in call.turns()] == [True, False, False]
    assert call.turns()[1].cause == "-2: a sincere apology; shown: stays calm"
    told = line.told()
    assert told.index(FIRST) < told.index(APOLOGY)
    assert CALM not in told.replace("Do not tell me to calm down", "")
    assert "This just happened: a sincere apology" in told


async def test_a_model_says_the_line_of_a_moment_once_more(
    line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pipeline says it without asking its model; one that speaks itself is told the words."""
    call = await played(line, MOMENT, tmp_path, monkeypatch)
    assert [turn.replayed for turn in call.turns()] == [True, True, False]
    asks = line.engine != "pipeline"
    assert call.said() == [FIRST, CALM, ANSWER if asks else MOMENT.line]
    assert f'word for word, and nothing else: "{MOMENT.line}"' in call.turns()[-1].direction
    if asks:
        told = line.told()
        assert told.index(FIRST) < told.index(f'nothing else: "{MOMENT.line}"')


@pytest.mark.parametrize(
    ("scene", "said"),
    [
        (LATER, None),
        (AGAIN, [FIRST, APOLOGY, "Well. Thank you."]),
        (MOMENT, [FIRST, CALM, "Who are you to say that?"]),
    ],
    ids=["later", "again", "moment"],
)
async def test_the_offline_actor(
    scene: Scene, said: list[str] | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    warm_models()
    call = await played(Line("offline", {}, str), scene, tmp_path, monkeypatch)
    assert FIRST not in call.said("persona")[-1]
    assert said is None or call.said() == said
    first: Any = call.turns()[-1]
    assert first.intensity == (5 if said is None else 6 if scene is AGAIN else 10)
