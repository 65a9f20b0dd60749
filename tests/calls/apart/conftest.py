"""What the tests of this folder share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.livekit_apart import LiveKitApart


@pytest.fixture(scope="session")
def apart(binary: Path) -> Iterator[LiveKitApart]:
    """A LiveKit server that is no app's own."""
    with LiveKitApart(binary) as server:
        yield server
