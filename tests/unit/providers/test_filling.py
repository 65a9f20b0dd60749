"""A text model fills a draft: what the source says stays, what it does not say is no fact."""

from pathlib import Path
from typing import Any

import pytest

from agent.platform.settings import Settings
from agent.providers.drafting import DraftFailed, drafting
from agent.providers.filling import LONGEST, Filled, fill
from personas.bundle import opened
from personas.parse import examine
from tests.support.fakes.text_model import Fault, TextServer
from tests.support.form_answer import FILLED

pytestmark = pytest.mark.filterwarnings("ignore:Inheritance class AiohttpClientSession")

SOURCE = """\
You are Mira Holt, a baker. Your oven broke on Friday, order 5512.

## Triggers
- Being told to wait

## Opening line
"My oven is dead!"

## Odd things
The oven is called Bertha.
"""


def draft() -> str:
    (loose,) = opened([("mira.md", SOURCE.encode())])
    return loose.data.decode()


async def filled(folder: Path, source: str = SOURCE, fault: Fault = "", **instead: Any) -> Filled:
    with TextServer(lambda asked: {**FILLED, **instead}) as server:
        server.fault = fault
        environ = {"OPENAI_API_KEY": "test", "OPENAI_BASE_URL": f"{server.base_url}/v1"}
        model = drafting(Settings.load(folder, environ))
        assert model is not None
        return await fill(model, draft(), source)


async def test_a_draft_becomes_a_whole_persona(tmp_path: Path) -> None:
    facts = [{"label": "Order", "value": "5512"}, {"label": "Phone", "value": "555 0199"}]
    result = await filled(tmp_path, facts=facts)
    persona = examine(result.text, "mira").persona
    assert persona is not None
    assert persona.name == "Mira Holt"
    values = {fact.label: fact.value for fact in persona.facts}
    assert values == {"Full name": "Mira Holt", "Order": "5512"}
    assert result.left_out == ("Phone: 555 0199",)
    assert [rule.text for rule in persona.triggers] == ["Being told to wait"]
    assert [rule.text for rule in persona.criteria] == ["A date is named"]
    assert "The oven is called Bertha." in result.text
    assert persona.phases[0].lines[0] == "My oven is dead!"


async def test_the_name_and_the_lines_of_the_source_stay(tmp_path: Path) -> None:
    result = await filled(tmp_path, name="Somebody Else", opening=["Hello there."])
    persona = examine(result.text, "mira").persona
    assert persona is not None
    assert persona.name == "Mira Holt"
    assert persona.phases[0].lines == ("My oven is dead!", "Hello there.")


@pytest.mark.parametrize("fault", ["wrong_key", "no_quota", "malformed", "empty", "closed"])
async def test_no_answer_has_its_words(tmp_path: Path, fault: Fault) -> None:
    with pytest.raises(DraftFailed):
        await filled(tmp_path, fault=fault)


async def test_an_answer_about_something_else_is_refused(tmp_path: Path) -> None:
    other = [{"words": "Praising jazz records", "change": 1, "reply": ""}]
    wants = [{"words": "Concert tickets bought", "reply": ""}]
    with pytest.raises(DraftFailed, match="something else"):
        await filled(
            tmp_path,
            who="Jim plays in clubs.",
            context=["A record was scratched."],
            opening=["Where is my record?"],
            angers=other,
            calms=[{"words": "Humming tunes softly", "change": 1, "reply": ""}],
            wants=wants,
            objectives=[{"words": "Mentions trumpets", "weight": 1}],
        )


async def test_a_source_is_taken_whole_or_refused(tmp_path: Path) -> None:
    with pytest.raises(DraftFailed, match=f"over {LONGEST:,} characters"):
        await filled(tmp_path, source="oven " * 20_000)
