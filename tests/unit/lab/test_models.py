"""Runs by a text model, against a server that speaks as the real ones do."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from agent.engines.registry import EngineRegistry
from agent.lab.budget import Purse, TooDear
from agent.lab.models import ModelPlayer
from agent.lab.play import BrokenOff, Task, play
from agent.lab.players import Players, repeated
from agent.platform.settings import Settings
from agent.providers.endpoints import ProviderEndpoint
from agent.simulation.acting.prompt import MARK
from agent.simulation.observing.observer import LexicalObserver
from data.lab_runs import LabRun
from data.records import ModelUse
from personas.model import Persona
from tests.support.fakes.models import Message, Models
from tests.support.scripts import TEXT, script_of
from tests.support.talk import persona_of

pytestmark = pytest.mark.filterwarnings("ignore:Inheritance class AiohttpClientSession")

OPENING = "Hello. I was charged twice."
SCRIPT = """\
1. I am so sorry for what happened.
   - expect: intensity is 6; reply has "You said I"
2. Hmm.
# At the end
- expect: not resolved
"""


def customer(messages: Sequence[Message]) -> str:
    """Opens, and afterwards answers with the trainee's first word."""
    said = [each["content"] for each in messages if each["role"] == "user"]
    begun = any(each["role"] == "assistant" for each in messages)
    return f"You said {said[-1].split()[0].strip('.')}. (sighs) And?" if begun else OPENING


@pytest.fixture
def fake() -> Iterator[Models]:
    with Models(customer) as server:
        yield server


def own(fake: Models) -> dict[str, str]:
    """A server of one's own, beside which no model looks at turns."""
    return {"LLM_BASE_URL": fake.url, "LLM_MODEL": "llama", "REHEARSAL_OBSERVER": "reader"}


def paid(fake: Models, model: str = "gpt-4.1") -> dict[str, str]:
    """OpenAI's model; what is asked goes to the fake."""
    return {
        "OPENAI_API_KEY": "sk-test",
        "OPENAI_BASE_URL": fake.url,
        "LLM_MODEL": model,
        "REHEARSAL_OBSERVER": "reader",
    }


def players_of(folder: Path, environ: dict[str, str], most: float | None = None) -> Players:
    return Players(Settings.load(folder, environ), EngineRegistry(), most)


def played(
    players: Players, engine: str, script: str = SCRIPT, persona: Persona | None = None
) -> LabRun:
    persona = persona or persona_of(TEXT)
    task = Task(persona, script_of(script, persona), engine)
    try:
        return play(task, players.of(engine), LexicalObserver(persona))
    finally:
        players.close()


def test_the_model_plays_with_the_prompt_and_the_direction_of_a_call(
    fake: Models, tmp_path: Path
) -> None:
    run = played(players_of(tmp_path, own(fake)), "pipeline")
    assert run.misses == ()
    assert run.played_by == "llama"
    assert [t.text for t in run.turns if t.speaker == "persona"] == [
        OPENING,
        "You said I. And?",
        "You said Hmm. And?",
    ]
    first, second, _ = fake.asked("llm")
    assert "customer on the phone" in first.messages[0]["content"]
    assert first.text.startswith(MARK)
    assert second.text.startswith("I am so sorry")
    assert second.text.endswith(f"{MARK} {run.turns[2].direction}")
    assert "sighs" not in second.prompt


def test_a_realtime_engine_is_played_by_the_text_model_and_the_run_says_so(
    fake: Models, tmp_path: Path
) -> None:
    run = played(players_of(tmp_path, own(fake)), "gemini")
    assert (run.engine, run.played_by) == ("gemini", "llama in place of Gemini Live")
    second, third = fake.asked("llm")[1:]
    assert MARK not in second.text, "it answers as it hears; the director's word comes after"
    assert third.text.endswith(f"{MARK} {run.turns[2].direction}")


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("no_quota", "no quota left"),
        ("wrong_key", "refused the key"),
        ("silent", "did not answer in time"),
        ("unknown_model", "does not know the model"),
    ],
)
def test_a_model_that_fails_in_mid_run_is_named_and_what_was_said_is_kept(
    fault: str, words: str, fake: Models, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent.lab.models.TIMEOUT", 1.5)
    monkeypatch.setattr("agent.lab.models.RETRIES", 0)

    def answer(messages: Sequence[Message]) -> str:
        line = customer(messages)
        if line != OPENING:
            fake.faults["llm"] = fault  # type: ignore[assignment]
        return line

    fake.answers = answer
    run = played(players_of(tmp_path, own(fake)), "pipeline")
    assert words in run.failure
    assert not run.passed
    assert [turn.speaker for turn in run.turns] == ["persona", "trainee", "persona", "trainee"]
    assert run.moods == (8, 6)
    assert [miss.line for miss in run.misses] == [1, 5]


@pytest.mark.parametrize(
    ("line", "guard"),
    [
        ("How can I help you today?", "assistant"),
        ("As an AI language model, I have no account.", "assistant"),
        ("I am still waiting for my money.", ""),
        ("Can you help me, please?", ""),
    ],
)
def test_a_broken_guard_is_missed_at_its_line(
    line: str, guard: str, fake: Models, tmp_path: Path
) -> None:
    def answer(messages: Sequence[Message]) -> str:
        begun = any(each["role"] == "assistant" for each in messages)
        return line if begun else OPENING

    fake.answers = answer
    script = "1. Hello.\n   - expect: no guard broken\n"
    run = played(players_of(tmp_path, own(fake)), "pipeline", script)
    assert [each.guard for each in run.breaks] == ([guard] if guard else [])
    assert [(miss.line, miss.turn) for miss in run.misses] == ([(2, 1)] if guard else [])
    assert all(miss.saw.startswith(f'guard "{guard}": "') for miss in run.misses)


def test_without_a_text_model_it_is_said_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(BrokenOff, match=r"Gemini Live is played by a text model.*needs OPENAI_API"):
        players_of(tmp_path, {}).of("gemini")


def test_nobody_plays_an_engine_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BrokenOff, match="there is no engine 'cloud'; choose one of: gemini"):
        players_of(tmp_path, {}).of("cloud")


def tasks(players: Players, engine: str, repeat: int, trainee: str = "none") -> list[Task]:
    persona = persona_of(TEXT)
    script = script_of(f"---\ntrainee: {trainee}\n---\n{SCRIPT}", persona)
    return repeated([Task(persona, script, engine)], players, repeat)


@pytest.mark.parametrize(
    ("engine", "repeat", "lines"), [("pipeline", 1, 3), ("pipeline", 4, 12), ("gemini", 2, 6)]
)
def test_the_cost_is_known_before(
    engine: str, repeat: int, lines: int, fake: Models, tmp_path: Path
) -> None:
    players = players_of(tmp_path, {"OPENAI_API_KEY": "sk-test", "REHEARSAL_OBSERVER": "reader"})
    expected = players.forecast(tasks(players, engine, repeat))
    assert expected is not None
    assert (expected.runs, expected.lines, expected.looks) == (repeat, lines, 0)
    assert expected.cost is not None
    assert 0.001 * repeat < expected.cost < 0.02 * repeat


def test_looks_of_the_model_and_built_in_trainees_cost_more(tmp_path: Path) -> None:
    players = players_of(tmp_path, {"OPENAI_API_KEY": "sk-test"})
    alone = players.forecast(tasks(players, "pipeline", 1))
    longer = players.forecast(tasks(players, "pipeline", 1, "good"))
    assert alone is not None
    assert longer is not None
    assert alone.looks == 2
    assert longer.cost is not None
    assert alone.cost is not None
    assert longer.cost > 4 * alone.cost


def test_what_would_cost_too_much_is_refused_with_the_figure(tmp_path: Path) -> None:
    players = players_of(tmp_path, {"OPENAI_API_KEY": "sk-test"}, most=0.05)
    players.check(tasks(players, "pipeline", 1))
    with pytest.raises(TooDear, match=r"100 runs, 300 lines .*: about \d\.\d\d USD, .* is 0\.05"):
        players.check(tasks(players, "pipeline", 100))


@pytest.mark.parametrize("most", [0.0, 1.0])
def test_a_model_of_this_machine_costs_nothing(most: float, fake: Models, tmp_path: Path) -> None:
    players = players_of(tmp_path, own(fake), most)
    players.check(tasks(players, "pipeline", 100))
    assert played(players, "pipeline").cost == 0.0


@pytest.mark.parametrize("most", [1.0, None])
def test_a_model_without_a_price_is_played_only_at_any_cost(
    most: float | None, tmp_path: Path
) -> None:
    environ = {"LLM_BASE_URL": "https://models.example/v1", "LLM_MODEL": "own-1"}
    players = players_of(tmp_path, environ, most)
    if most is None:
        players.check(tasks(players, "pipeline", 1))
    else:
        with pytest.raises(TooDear, match=r"No price of own-1 is known.*--most-cost any"):
            players.check(tasks(players, "pipeline", 1))


def test_the_offline_actor_is_played_once_and_asks_nobody(tmp_path: Path) -> None:
    players = players_of(tmp_path, {"OPENAI_API_KEY": "sk-test"}, most=0.0)
    once = tasks(players, "offline", 5)
    assert len(once) == 1
    assert players.forecast(once) is None
    players.check(once)


class _Dear(Purse):
    """Every line costs a tenth of a cent."""

    def price(self, use: ModelUse) -> float | None:
        return 0.001


def test_the_limit_holds_in_mid_run_as_well(fake: Models) -> None:
    registry = EngineRegistry()
    source = ProviderEndpoint("llm", "compatible", fake.url, "llama", "none")
    player = ModelPlayer(
        registry["pipeline"], source, _Dear(source, registry, 0.0015), observes=False
    )
    persona = persona_of(TEXT)
    task = Task(persona, script_of(SCRIPT, persona), "pipeline")
    run = play(task, player, LexicalObserver(persona))
    assert "more than the limit of 0.0015 USD" in run.failure
    assert run.cost == pytest.approx(0.002)
    assert [turn.speaker for turn in run.turns] == ["persona", "trainee"]
