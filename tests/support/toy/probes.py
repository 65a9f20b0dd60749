"""What the doctor tries of the toy."""


def wind() -> None:
    """It holds."""
