"""The calls that the tests of this folder make, and everything around them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.live_calls import Studio


@pytest.fixture
async def studio(tmp_path: Path) -> AsyncIterator[Studio]:
    made = Studio(tmp_path)
    yield made
    await made.calls.aclose()
    made.store.close()
