"""What has been said in a call, as models and observers are told of it."""

from collections.abc import Sequence
from typing import NamedTuple

from data.records import Speaker


class Said(NamedTuple):
    """One finished turn, as a model is told of it."""

    speaker: Speaker
    text: str


History = Sequence[Said]
"""What has been said in the call so far, oldest first."""
