"""Texts that would hang a browser: what is said of them, and what opens in the editor's place."""

import pytest

from personas.source import LIMIT
from tests.support.clock import until
from tests.support.editor_world import EditorWorld, author
from tests.support.studio import Make, persona_text
from ui.kit.file_text import LONGEST_LINE, cut, excerpt, obstacle
from ui.studio.text_pane import TextPane


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (persona_text(), ""),
        ("x" * LONGEST_LINE, ""),
        ("NUL \0 here\n" * 100, ""),
        ("\0" * LIMIT, "control characters"),
        ("\0\n" * (LIMIT // 2), "control characters"),
        ("short\n" + "x" * LIMIT, "line 2 has 262,144 characters"),
        ("short\r" + "ก" * (LONGEST_LINE + 1), "line 2 has 10,001 characters"),
    ],
)
def test_what_keeps_a_text_from_being_shown(text: str, words: str) -> None:
    found = obstacle(text)
    assert bool(found) == bool(words)
    assert words in found


def test_an_excerpt_is_short_whatever_the_text() -> None:
    for text in ("\0" * LIMIT, "x" * LIMIT, "x\n" * LIMIT, ""):
        shown = excerpt(text)
        assert len(shown) < 10_000
        assert "\0" not in shown
    assert cut("a\0b\x7f") == "a\u2400b\u2421"
    assert cut("x" * 10, 4) == "xxxx … (6 more characters)"


@pytest.mark.parametrize("text", ["\0" * LIMIT, persona_text() + "x" * 200_000])
async def test_a_file_that_no_editor_can_open_is_shown_read_only(
    world: EditorWorld, make: Make, text: str
) -> None:
    world.write("ann-lee", text)
    world.library.look("ann-lee", author="kim")
    user = await author(make)
    await user.should_see("ann-lee.md cannot be edited here:")
    await user.should_see("How it begins")
    await user.should_not_see(kind=TextPane, retries=1)


async def test_the_editor_opens_as_soon_as_the_file_can_be_shown(
    world: EditorWorld, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.write("ann-lee", "\0" * LIMIT)
    world.library.look("ann-lee", author="kim")
    user = await author(make)
    await user.should_see("ann-lee.md cannot be edited here:")
    sent: list[str] = []
    monkeypatch.setattr(user.client, "run_javascript", lambda code, **_: sent.append(code))
    world.write("ann-lee", persona_text())
    world.library.look("ann-lee", author="kim")
    await until(lambda: "location.reload()" in sent)


async def test_a_comparison_cuts_long_lines(world: EditorWorld, make: Make) -> None:
    page = await author(make)
    world.library.save("bob", "x" * 200_000, base=None, author="author")
    await page.open("/studio/bob/versions")
    await page.should_see("(198,000 more characters)")
