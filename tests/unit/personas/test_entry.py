"""Whether trainees see a persona, by what its file says and said before."""

from pathlib import Path

import pytest

from personas.library import Library
from personas.publishing import with_published
from tests.support.studio import persona_text

SHOWN = persona_text()
HIDDEN = with_published(SHOWN, False)
ERROR = ("difficulty: easy", "difficulty: brutal")
OPEN = ("---\n# Persona", "# Persona")


@pytest.mark.parametrize(
    ("texts", "published"),
    [
        ((SHOWN,), True),
        ((HIDDEN,), False),
        ((SHOWN, HIDDEN), False),
        ((HIDDEN, SHOWN), True),
        ((SHOWN, SHOWN.replace(*ERROR)), True),
        ((SHOWN, HIDDEN.replace(*ERROR)), False),
        ((HIDDEN, SHOWN.replace(*ERROR)), False),
        ((HIDDEN, HIDDEN.replace(*OPEN)), False),
        ((HIDDEN, SHOWN.replace(*ERROR), SHOWN), True),
    ],
)
def test_what_hides_it_counts_at_once_and_what_shows_it_when_it_is_right(
    texts: tuple[str, ...], published: bool, tmp_path: Path
) -> None:
    library, version = Library(tmp_path), None
    for text in texts:
        version = library.save("ann", text, base=version, author="kim").version
    entry = library.get("ann")
    assert entry is not None
    assert entry.published is published
