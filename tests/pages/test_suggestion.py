"""Better words beside what was said, on the report: on a click only, and marked as a suggestion."""

import pytest

from tests.support.fakes.text_model import Asked, TextServer
from tests.support.studio import World, visiting

pytestmark = pytest.mark.filterwarnings("ignore:Inheritance class AiohttpClientSession")


def answer(asked: Asked) -> dict[str, str]:
    return {"wording": "Let me see what I can do <b>now</b>."}


async def test_a_suggestion_comes_on_a_click_and_says_what_it_is(world: World) -> None:
    call = world.finished_call()
    with TextServer(answer) as server:
        world.configure(OPENAI_API_KEY="test", OPENAI_BASE_URL=f"{server.base_url}/v1")
        async with visiting(world, "trainee", f"/calls/{call}") as user:
            await user.should_see("Suggest better words")
            assert server.asked == []
            user.find(marker="suggest").click()
            await user.should_see("Let me see what I can do <b>now</b>.")
            await user.should_see("which may be wrong")
            server.fault = "no_quota"
            user.find(marker="suggest").click()
            await user.should_see("No suggestion came.")


async def test_without_a_text_model_none_is_offered(world: World) -> None:
    call = world.finished_call()
    async with visiting(world, "trainee", f"/calls/{call}") as user:
        await user.should_see("What cost most")
        await user.should_not_see("Suggest better words", retries=1)
