"""The studio of the editor's tests: its folder is watched, and its calls are the tests' own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.editor_world import EditorWorld, editor_world
from tests.support.studio import Make


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> EditorWorld:
    return editor_world(tmp_path, monkeypatch)


@pytest.fixture
async def make(world: EditorWorld) -> AsyncIterator[Make]:
    async with world.pages() as made:
        yield made
