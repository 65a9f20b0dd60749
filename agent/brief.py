"""What a job is told in its dispatch metadata: all that it needs, and no secret."""

import json
from dataclasses import dataclass

from data.records import Record


@dataclass(frozen=True, slots=True)
class Brief(Record):
    """The whole order for one call; ``text`` is the persona file as it stands now."""

    call: str
    slug: str
    text: str
    version: str
    engine: str
    trainee: str

    def dump(self) -> str:
        """The metadata string of the dispatch."""
        return json.dumps(self.to_json())

    @classmethod
    def load(cls, metadata: str) -> "Brief":
        """The brief of that metadata string; ValueError when it is none."""
        try:
            return cls.from_json(json.loads(metadata))
        except (ValueError, TypeError, AttributeError) as error:
            raise ValueError(f"not the brief of a call: {error}") from error
