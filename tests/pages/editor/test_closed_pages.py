"""What a page holds is given back when its tab is closed."""

import asyncio
import gc
from collections import Counter
from typing import Any, cast

import pytest
from nicegui import Client, Event, ui
from nicegui.testing import User

from tests.support.clock import until
from tests.support.editor_world import EditorWorld, press
from tests.support.studio import Make, log_in
from ui.call.panel import CallPanel
from ui.studio.editor import Editor
from ui.watch.panel import WatchPanel

TABS = 6
HELD = (Client, CallPanel, Editor, WatchPanel, ui.timer)


def alive() -> Counter[str]:
    """How many of each kind there are, once nobody holds those that are gone."""
    gc.collect()
    found = Counter(
        kind.__name__ for each in gc.get_objects() for kind in HELD if isinstance(each, kind)
    )
    return found + Counter({"tasks": len(asyncio.all_tasks())})


async def close(user: User) -> None:
    """What NiceGUI does some time after a tab was closed."""
    client = user.client
    assert client is not None
    user.client = None
    client.delete()


@pytest.mark.parametrize("page", ["/call/ann-lee", "/studio/ann-lee"])
async def test_closed_tabs_are_forgotten(page: str, world: EditorWorld, make: Make) -> None:
    """Also by their calls, which are still there: one goes on for a while without its page."""
    user = make()
    await log_in(user, "author")
    await close(user)

    async def open_and_close() -> None:
        await user.open(page)
        await user.should_see("Start Voice Call")
        if page.startswith("/studio"):
            press(user, "Start Voice Call")
            await user.should_see("In the call")
            world.calls.are_over()
        await close(user)

    await open_and_close()  # what is made once for all pages is there now
    before, followed = alive(), follows(world)
    for _ in range(TABS):
        await open_and_close()
    await until(lambda: alive() <= before)
    assert not cast(Any, world.preparation)._callbacks
    assert follows(world) == followed


def follows(world: EditorWorld) -> list[int]:
    """How many follow each thing that pages follow."""
    events, library = world.call_events, world.library
    nicegui: list[Event[...]] = [events.changed, events.archived, *events._of.values()]
    ours = [library._changes, library._renames, library._troubles, world.drafts._troubles]
    return [
        *(len(event.callbacks) for event in nicegui),
        *(len(observers) for observers in (*ours, world.sessions._endings)),
    ]
