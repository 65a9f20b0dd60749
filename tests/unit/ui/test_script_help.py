"""The help beside a script: it has to have words for whatever a script can expect."""

import pytest

from personas.expectations import FORMS
from ui.lab.script_help import MEANINGS


@pytest.mark.parametrize("measure", sorted({form.measure for form in FORMS}))
def test_each_expectation_has_a_meaning(measure: str) -> None:
    assert [words for of, words in MEANINGS.items() if of == measure and words.strip()]
