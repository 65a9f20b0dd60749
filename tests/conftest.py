"""What the tests of whole calls share: one running app, prepared once."""

from collections.abc import Iterator

import pytest

from tests.running import RunningApp


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """The app, ready for calls; its personas folder is its own."""
    with RunningApp(tmp_path_factory.mktemp("app")) as running:
        yield running
