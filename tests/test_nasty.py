"""Nothing that reads what people wrote raises, hangs, or takes it for good without a word."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from personas.draft import read_draft
from personas.parse import examine, examine_draft
from personas.source import MOST_FINDINGS, Findings
from tests import nasty
from tests.clock import within
from tests.persona_text import FULL, swap


@pytest.mark.parametrize("run", nasty.RUNS)
@pytest.mark.parametrize("place", nasty.PLACES)
def test_a_run_of_signs_is_read_and_remarked_on(place: str, run: str) -> None:
    with within():
        found = examine(nasty.put(run, place), "sarah")
    assert found.findings or len("".join(nasty.RUNS[run].split())) < 9
    assert all(len(finding.message) < 600 for finding in found.findings)


@pytest.mark.parametrize("lines", nasty.FRONTS, ids=lambda lines: lines[:40])
def test_front_matter_that_cannot_be_taken_is_an_error(lines: str) -> None:
    with within():
        found = examine(nasty.front(lines), "sarah")
    assert found.persona is None
    assert all(len(finding.message) < 600 for finding in found.findings)


@pytest.mark.parametrize("lines", ["scenario: 2026-99-99", "? [a, b]\n: c"])
def test_odd_front_matter_that_can_be_taken(lines: str) -> None:
    assert examine(nasty.front(lines), "sarah").persona


@pytest.mark.parametrize(("old", "new"), nasty.LEVELS, ids=lambda words: words[:20])
def test_numbers_out_of_reach_are_findings(old: str, new: str) -> None:
    found = examine(swap(old, new), "sarah")
    assert found.persona is None
    assert [finding for finding in found.errors if "bad " in finding.message]


def test_of_very_many_findings_the_errors_are_told_and_the_rest_is_counted() -> None:
    text = FULL + "".join(f"# Unknown {n}\n" for n in range(5000)) + "# Persona: Another\n"
    found = examine(text, "sarah").findings
    assert len(found) == MOST_FINDINGS + 1
    assert any("a second" in finding.message for finding in found if finding.level == "error")
    assert "4,001 more findings are not listed" in found[-1].message


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("s" * 201, True),
        ("x." * 101, True),
        ("s" * 200, False),
        ("https://example.org/" + "a" * 300, False),
        ("-" * 300, False),
        ("ไม่เอาค่ะ" * 30, False),
    ],
)
def test_a_word_that_nobody_can_say_is_told(words: str, told: bool) -> None:
    found = examine(swap("- Speaks fast", f"- {words}"), "sarah").findings
    assert any("without a space" in finding.message for finding in found) is told


SCRAPS = st.sampled_from(
    [
        "# ", "## ", "- ", "\n", "\r\n", "---\n", "```", "<!--", "-->", '"', "“", "”", "„", "«",
        "(", ")", "(+", "(weight ", nasty.DIGITS, ".inf", "8/10", "Intensity: ", "Threshold: ",
        "Persona: ", "Phase 2: ", "Test Objectives", "voice: {offline: {", "}", ": ", "&a ", "*a",
        "!!int ", "\0", "\u202e", "ไ", "😀", "\\", " " * 50, "a" * 50, "\ufeff", "\x85",
    ]
)  # fmt: skip


@settings(max_examples=300)
@given(st.lists(SCRAPS, max_size=60).map("".join), st.integers(0, 40))
def test_no_text_raises(text: str, times: int) -> None:
    with within():
        found, draft = examine_draft(text * (1 + times), "sarah")
        examine_draft(text * times + "x", "sarah", draft)
    assert found.persona is None or not found.errors


@given(st.binary(max_size=400))
def test_no_bytes_raise(data: bytes) -> None:
    assert examine(data, "sarah").persona is None


@pytest.mark.parametrize("run", nasty.RUNS)
def test_a_long_front_matter_is_read_in_time(run: str) -> None:
    with within():
        read_draft(nasty.RUNS[run] + "\n---\n" + nasty.RUNS[run], Findings())
