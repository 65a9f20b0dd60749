"""What a process of the app is, and what the parts of it hold."""

from tests.bench.processes import together


def test_parts_of_one_name_are_added() -> None:
    parts = [("app", 100.0, 9), ("recogniser", 60.0, 2), ("recogniser", 62.0, 3)]
    assert together(parts) == {"app": (100.0, 9), "recogniser": (122.0, 5)}
