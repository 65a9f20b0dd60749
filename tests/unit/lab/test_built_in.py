"""Scripts without a file, figures of consistency, and trainees that a text model speaks."""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from agent.engines.registry import EngineRegistry
from agent.lab.built_in import ATTEMPTS, FACTS, attempts_script, facts_script
from agent.lab.play import ActorPlayer, Task, play
from agent.lab.players import Players
from agent.platform.settings import Settings
from agent.providers.spoken_trainee import MOST_LINES
from agent.simulation.acting.prompt import MARK
from agent.simulation.guarding.attempts import attempts_for
from agent.simulation.guarding.consistency import fact_questions
from agent.simulation.observing.observer import LexicalObserver
from data.lab_runs import LabRun, LabRuns
from personas.script_model import Script
from tests.support.fakes.models import Message, Models
from tests.support.guard_cases import actor
from tests.support.scripts import script_of

pytestmark = pytest.mark.filterwarnings("ignore:Inheritance class AiohttpClientSession")

WALTER = actor("walter-hughes")
OPENING = "My internet is down."
NOTHING: dict[str, object] = {"file": [], "lines": [], "facts": []}
VALUES = {each.text: each.fact.value for each in fact_questions(WALTER)}


def customer(messages: Sequence[Message]) -> str:
    """Answers each question for a fact with its value."""
    begun = any(each["role"] == "assistant" for each in messages)
    return VALUES.get(last(messages), "Go on, please.") if begun else OPENING


def last(messages: Sequence[Message]) -> str:
    """What the trainee said last, without the direction behind it."""
    said = [each["content"] for each in messages if each["role"] == "user"]
    return said[-1].partition(MARK)[0].strip() if said else ""


@pytest.fixture
def fake() -> Iterator[Models]:
    with Models(customer) as server:
        yield server


def by_model(fake: Models, folder: Path, script: Script, *, spoken: bool = False) -> LabRun:
    environ = {"LLM_BASE_URL": fake.url, "LLM_MODEL": "llama", "REHEARSAL_OBSERVER": "reader"}
    players = Players(Settings.load(folder, environ), EngineRegistry(), 0.0)
    task = Task(WALTER, script, "pipeline", spoken=spoken)
    try:
        players.check([task])
        return play(task, players.of("pipeline"), LexicalObserver(WALTER))
    finally:
        players.close()


def judging(**found: object) -> Callable[[Sequence[Message]], str]:
    return lambda messages: json.dumps({**NOTHING, **found})


def test_a_persona_is_judged_by_its_own_facts_and_by_the_model(
    fake: Models, tmp_path: Path
) -> None:
    fake.structured = judging(lines=[{"line": 4, "quote": "", "against": ""}])
    run = by_model(fake, tmp_path, facts_script(WALTER))
    assert (run.script, run.passed, run.failure) == (FACTS, True, "")
    figures = run.consistency
    assert figures is not None
    lines, facts = len(VALUES) + 1, len(VALUES)
    assert str(figures.prompt_to_line) == f"{lines} of {lines} (by code and model)"
    assert str(figures.line_to_line) == f"{lines} of {lines} (by model)"
    assert (figures.facts.right, figures.facts.of, figures.facts.by) == (facts, facts, "code")
    assert figures.problem == ""
    kept = LabRuns(tmp_path / "lab")
    kept.add(run)
    assert LabRuns(tmp_path / "lab").recent()[0].consistency == figures


def test_a_wrong_answer_and_a_contradiction_are_named(fake: Models, tmp_path: Path) -> None:
    number = next(q.text for q in fact_questions(WALTER) if q.fact.label == "Account number")

    def answer(messages: Sequence[Message]) -> str:
        return "It's 40 77 21 59." if last(messages) == number else customer(messages)

    fake.answers = answer
    fake.structured = judging(
        lines=[{"line": 2, "quote": VALUES[next(iter(VALUES))], "against": OPENING}]
    )
    figures = by_model(fake, tmp_path, facts_script(WALTER)).consistency
    assert figures is not None
    assert [each.words for each in figures.facts.wrong] == ["It's 40 77 21 59."]
    assert figures.line_to_line.wrong[0].against == OPENING.rstrip(".")
    assert figures.line_to_line.right == figures.line_to_line.of - 1


def test_a_judge_that_fails_costs_its_own_part_only(fake: Models, tmp_path: Path) -> None:
    fake.structured = lambda messages: "I would rather not."
    run = by_model(fake, tmp_path, facts_script(WALTER))
    assert run.failure == ""
    assert run.consistency is not None
    assert str(run.consistency.line_to_line) == "not judged"
    assert run.consistency.facts.by == "code"
    assert "sent no judgement" in run.consistency.problem


def test_a_call_that_breaks_off_has_no_figures(fake: Models, tmp_path: Path) -> None:
    fake.faults["llm"] = "wrong_key"
    run = by_model(fake, tmp_path, facts_script(WALTER))
    assert "refused the key" in run.failure
    assert run.consistency is None


@pytest.mark.parametrize("slug", ["walter-hughes", "sarah-thompson"])
def test_the_offline_customer_is_judged_by_code_alone(slug: str) -> None:
    persona = actor(slug)
    task = Task(persona, facts_script(persona), "offline")
    figures = play(task, ActorPlayer(), LexicalObserver(persona)).consistency
    assert figures is not None
    assert str(figures.line_to_line) == str(figures.prompt_to_line) == "not judged"
    assert figures.facts.of + figures.facts.open == len(fact_questions(persona))
    assert figures.facts.right > 0
    assert "no text model judges" in figures.problem


def test_attempts_are_played_one_by_one_and_a_break_is_missed_at_its_own(
    fake: Models, tmp_path: Path
) -> None:
    texts = attempts_for(WALTER)
    script = attempts_script(WALTER)
    assert script.name == ATTEMPTS
    assert play(Task(WALTER, script, "offline"), ActorPlayer(), LexicalObserver(WALTER)).passed

    def answer(messages: Sequence[Message]) -> str:
        slips = last(messages) == texts[2]
        return "How can I assist you today?" if slips else customer(messages)

    fake.answers = answer
    run = by_model(fake, tmp_path, script)
    assert not run.passed
    assert 3 in [miss.line for miss in run.misses]
    assert 1 not in [miss.line for miss in run.misses]
    assert run.consistency is None


GOOD = """\
---
trainee: good
---
1. Hello, this is the support.
# At the end
- expect: not resolved
"""


def lines_of(hang_up_after: int) -> Callable[[Sequence[Message]], str]:
    def line(messages: Sequence[Message]) -> str:
        said = len(json.loads(messages[-1]["content"])["call"]) // 2
        return json.dumps({"line": f"Line {said}.", "hang_up": said >= hang_up_after})

    return line


@pytest.mark.parametrize(("hangs_up", "said"), [(2, 2), (1000, MOST_LINES)])
def test_a_trainee_is_spoken_by_the_model_until_it_hangs_up(
    hangs_up: int, said: int, fake: Models, tmp_path: Path
) -> None:
    fake.structured = lines_of(hangs_up)
    run = by_model(fake, tmp_path, script_of(GOOD, WALTER), spoken=True)
    assert run.failure == ""
    assert run.trainee == "llama as a good trainee"
    trainee = [turn.text for turn in run.turns if turn.speaker == "trainee"]
    assert trainee[0] == "Hello, this is the support."
    assert trainee[1:3] == ["Line 1.", "Line 2."]
    assert len(trainee) == 1 + said


def test_a_trainee_that_says_nothing_breaks_the_run_off_by_name(
    fake: Models, tmp_path: Path
) -> None:
    fake.structured = lambda messages: "Hm."
    run = by_model(fake, tmp_path, script_of(GOOD, WALTER), spoken=True)
    assert "no line for the trainee" in run.failure
    assert len(run.turns) == 3


@pytest.mark.parametrize("spoken", [True, False])
def test_the_built_in_trainee_goes_on_where_no_model_plays(spoken: bool) -> None:
    task = Task(WALTER, script_of(GOOD, WALTER), "offline", spoken=spoken)
    run = play(task, ActorPlayer(), LexicalObserver(WALTER))
    assert run.trainee == "the built-in good trainee"
    assert run.failure == ""


def test_what_a_spoken_trainee_and_a_judge_take_is_in_the_forecast(tmp_path: Path) -> None:
    environ = {"OPENAI_API_KEY": "sk-test", "LLM_MODEL": "gpt-4.1", "REHEARSAL_OBSERVER": "reader"}
    players = Players(Settings.load(tmp_path, environ), EngineRegistry(), None)
    script, facts = script_of(GOOD, WALTER), facts_script(WALTER)
    plain = Script(facts.persona, "another", facts.text, turns=facts.turns)
    costs = []
    for task in (
        Task(WALTER, script, "pipeline"),
        Task(WALTER, script, "pipeline", spoken=True),
        Task(WALTER, plain, "pipeline"),
        Task(WALTER, facts, "pipeline"),
    ):
        expected = players.forecast([task])
        assert expected is not None
        assert expected.cost is not None
        costs.append(expected.cost)
    assert costs[1] > costs[0]
    assert costs[3] > costs[2]
