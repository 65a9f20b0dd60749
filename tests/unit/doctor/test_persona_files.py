"""What the doctor says of the persona files as a whole."""

from pathlib import Path

import pytest

from agent.doctor.machine import personas
from personas.library import Library
from personas.publishing import with_published
from tests.support.studio import persona_text

SHOWN = persona_text()
HIDDEN = with_published(SHOWN, False)


@pytest.mark.parametrize(
    ("texts", "state", "words"),
    [
        ((SHOWN,), "ok", "1 file can be called."),
        ((SHOWN, HIDDEN), "ok", "2 files can be called, 1 of them unpublished."),
        ((HIDDEN, HIDDEN), "warning", "all unpublished: trainees see no customer"),
        ((HIDDEN, "nothing"), "warning", "with an error"),
        ((), "failed", "There is none"),
    ],
)
def test_it_counts_what_trainees_see(
    texts: tuple[str, ...], state: str, words: str, tmp_path: Path
) -> None:
    for number, text in enumerate(texts):
        (tmp_path / f"p{number}.md").write_text(text, encoding="utf-8")
    found = personas(Library(tmp_path).entries(), tmp_path)
    assert found.state == state
    assert words in found.found
