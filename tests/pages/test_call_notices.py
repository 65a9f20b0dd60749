"""The notices under a call's status."""

from nicegui import ui
from nicegui.testing import User

from ui.call.notices import Action, Notice
from ui.call.status import NoticeBoard

BLOCKED = Notice("microphone", "warn", "Blocked", "It is blocked.", ("start_typed",))
LOST = Notice("lost", "bad", "Lost", "The connection is lost.")
HINT = Notice("hint", "quiet", "By the way", "A word.")


async def test_a_notice_that_stays_keeps_its_button(user: User) -> None:
    boards: list[NoticeBoard] = []

    def make_button(action: Action) -> None:
        ui.button(action).mark("act")

    @ui.page("/")
    def page() -> None:
        boards.append(NoticeBoard(make_button))

    user.http_client.base_url = "http://localhost"  # other names are refused, see ui.auth.proxy
    await user.open("/")
    with user:
        boards[0].show((BLOCKED,))
        (button,) = user.find(marker="act").elements
        boards[0].show((LOST, BLOCKED, HINT))
        assert user.find(marker="act").elements == {button}
        places = [each for each in button.client.elements.values() if "rh-notices" in each.classes]
        found = [[box._markers for box in place.default_slot.children] for place in places]
        assert found == [[["notice-lost"], ["notice-microphone"]], [["notice-hint"]]]
        boards[0].show((LOST,))
    await user.should_not_see("It is blocked.")
    await user.should_see("The connection is lost.")
