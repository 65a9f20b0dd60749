"""The judge of consistency, against a server that speaks as the real text models do."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agent.platform.settings import Settings
from agent.providers.consistency_judge import (
    ConsistencyJudge,
    JudgingFailed,
    judged,
    measured,
)
from agent.providers.endpoints import ProviderEndpoint, endpoint
from agent.simulation.guarding.consistency import Answer, FactQuestion
from data.records import Turn
from tests.support.fakes.text_model import Asked, Fault, TextServer
from tests.support.guard_cases import actor

pytestmark = pytest.mark.filterwarnings("ignore:Inheritance class AiohttpClientSession")

WALTER = actor("walter-hughes")
TURNS = (
    Turn(0, "persona", "My router is from Nordlink, and it came last Tuesday.", 0.0),
    Turn(1, "trainee", "When did it come?", 1.0),
    Turn(2, "persona", "I never got a router from anybody.", 2.0),
)
FILE = {"line": 2, "quote": "never got a router", "against": "a white Nordlink N 300"}
LINES = {"line": 2, "quote": "never got a router", "against": "it came last Tuesday"}
SPOT = next(fact for fact in WALTER.facts if fact.label == "Spot")
ANSWERS = (Answer(FactQuestion(SPOT, "Where is it?"), "Under my table, on the carpet."),)


def reply(file: Any = (), lines: Any = (), facts: Any = ()) -> dict[str, Any]:
    return {"file": list(file), "lines": list(lines), "facts": list(facts)}


def judge_of(folder: Path, base_url: str, timeout: float = 5.0) -> ConsistencyJudge:
    environ = {"OPENAI_API_KEY": "test", "OPENAI_BASE_URL": f"{base_url}/v1"}
    found = endpoint("llm", Settings.load(folder, environ))
    assert isinstance(found, ProviderEndpoint)
    return ConsistencyJudge(found, timeout)


def answering(values: dict[str, Any]) -> Callable[[Asked], dict[str, Any]]:
    return lambda asked: values


async def test_a_model_says_what_code_cannot(tmp_path: Path) -> None:
    told = reply([FILE], [LINES], [{"answer": 0, "right": True}])
    with TextServer(answering(told)) as server:
        found = await measured(WALTER, TURNS, ANSWERS, judge_of(tmp_path, server.base_url))
    assert str(found.prompt_to_line) == "1 of 2 (by code and model)"
    assert str(found.line_to_line) == "1 of 2 (by model)"
    assert str(found.facts) == "1 of 1 (by code and model)"
    assert found.line_to_line.wrong[0].against == "it came last Tuesday"
    (asked,) = server.asked
    values = json.loads(asked.user)
    assert values["turns"][2] == {"line": 2, "by": "customer", "words": TURNS[2].text}
    assert "You work for" not in values["file"], "the briefing is the trainee's"


@pytest.mark.parametrize(
    ("claim", "why"),
    [
        ({**FILE, "quote": "I was never born"}, "nobody said that"),
        ({**FILE, "against": "a black box"}, "the file does not say that"),
        ({**FILE, "line": 1}, "a line of the trainee"),
        ({**FILE, "line": 9}, "no such line"),
        ({**FILE, "quote": ""}, "no words"),
    ],
)
def test_what_its_quotes_do_not_bear_out_is_left_out(claim: dict[str, Any], why: str) -> None:
    assert not judged(WALTER, TURNS, (), json.dumps(reply([claim]))).file, why


def test_a_line_is_compared_with_earlier_ones() -> None:
    backwards = {"line": 0, "quote": "it came last Tuesday", "against": "never got a router"}
    assert not judged(WALTER, TURNS, (), json.dumps(reply(lines=[backwards]))).lines
    assert judged(WALTER, TURNS, (), json.dumps(reply(lines=[LINES]))).lines


def test_an_answer_that_there_is_not_is_left_out() -> None:
    told = [{"answer": 0, "right": False}, {"answer": 7, "right": True}]
    assert judged(WALTER, TURNS, ANSWERS, json.dumps(reply(facts=told))).facts == ((0, False),)


async def test_a_reply_that_is_no_judgement_costs_that_part(tmp_path: Path) -> None:
    with TextServer(answering({"poem": "roses"})) as server:
        found = await measured(WALTER, TURNS, ANSWERS, judge_of(tmp_path, server.base_url))
    assert str(found.prompt_to_line) == str(found.line_to_line) == "not judged"
    assert found.problem == "The text model sent no judgement. Try again."


@pytest.mark.parametrize("fault", ["no_quota", "wrong_key", "closed"])
async def test_a_refusal_is_told_in_words(tmp_path: Path, fault: Fault) -> None:
    with TextServer(answering(reply())) as server:
        server.fault = fault
        judge = judge_of(tmp_path, server.base_url)
        with pytest.raises(JudgingFailed, match="The lines were not judged"):
            await judge.judge(WALTER, TURNS, ())


async def test_a_model_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    with TextServer(answering(reply())) as server:
        server.fault = "silent"
        found = await measured(WALTER, TURNS, (), judge_of(tmp_path, server.base_url, 0.2))
    assert str(found.prompt_to_line) == "not judged"
    assert found.problem.startswith("The lines were not judged. ")


async def test_without_a_text_model_nothing_is_made_up() -> None:
    found = await measured(WALTER, TURNS, (), None)
    assert str(found.prompt_to_line) == "not judged"
    assert found.problem == "No text model is set up."
