"""Nothing that reads what people wrote raises, hangs, or takes it for good without a word."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from personas.bundle import Loose, opened
from personas.card_file import SIGNATURE
from personas.form import Form
from personas.form_check import problems
from personas.parse import examine, examine_parsed
from personas.parsed import parse_text
from personas.source import MOST_FINDINGS, Findings
from tests.support import nasty
from tests.support.clock import within
from tests.support.persona_text import FULL, swap

SHIFTS = (0, 5, 11, 18)
"""Each run of signs stands in so many places, and each place has so many runs."""
PAIRS = [
    (place, list(nasty.RUNS)[(number + shift) % len(nasty.RUNS)])
    for number, place in enumerate(nasty.PLACES)
    for shift in SHIFTS
]


@pytest.mark.parametrize(("place", "run"), PAIRS)
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


MANY = {
    "examples of one rule": "- Stays calm" + '\n  - like: "I will."' * 9_000,
    "examples of many rules": '\n- S{n}\n  - like: "I"' * 11_000,
    "changes of no fact": "- Stays calm" + "\n  - then: Acount: {n}" * 9_000,
    "changes of one fact": "- Stays calm" + "\n  - then: Account: {n}" * 8_000,
    "questions": "- Stays calm\n# Profile Data" + '\n- F{n}: x\n  - asked: "Which?"' * 8_000,
    "phrases": '\n# Phrases\n- Why: "Why?"' * 7_000,
    "sections": "\n# Briefing\nI was charged twice!" * 5_000,
}
"""Of each, as much as a file may have; ``{n}`` is counted up."""


@pytest.mark.parametrize("kind", MANY)
def test_very_many_additions_are_read_in_time(kind: str) -> None:
    parts = MANY[kind].split("{n}")
    counted = "".join(f"{part}{number}" for number, part in enumerate(parts))
    with within():
        assert examine(swap("- Stays calm", counted), "sarah").findings


LONG = "Being slow " + "again and " * 8


@pytest.mark.parametrize("words", [LONG + "{n}x", "Account", "Owning the mistake"])
def test_very_many_conditions_are_read_in_time(words: str) -> None:
    facts = "".join(
        f"- Fact {n}: {n}\n  - only after: {words.replace('{n}', str(n))}\n" for n in range(1_200)
    )
    changes = "".join(f"\n  - then: Fact {n}: new" for n in range(1_000))
    text = swap("- Account: TC-88213", f"- Account: TC-88213\n{facts}")
    rules = "".join(f"- {LONG}{n}\n" for n in range(300))
    text = swap("- Being transferred", f"{rules}- Being transferred", text)
    with within():
        found = examine(
            swap("- Owning the mistake (-3)", f"- Owning the mistake{changes}", text), "a"
        )
    assert any("only after" in finding.message for finding in found.findings)
    # Whoever has so many mends the first ones first.
    assert sum("meant?" in finding.message for finding in found.findings) <= 20


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
        found, draft = examine_parsed(text * (1 + times), "sarah")
        examine_parsed(text * times + "x", "sarah", draft)
    assert found.persona is None or not found.errors


@given(st.binary(max_size=400))
def test_no_bytes_raise(data: bytes) -> None:
    assert examine(data, "sarah").persona is None


@pytest.mark.parametrize("run", nasty.RUNS)
def test_a_long_front_matter_is_read_in_time(run: str) -> None:
    with within():
        parse_text(nasty.RUNS[run] + "\n---\n" + nasty.RUNS[run], Findings())


CARD = {"name": "Bob", "description": "Someone", "first_mes": "Hello"}
CARD_RUNS = {
    "comments without an end": "{{//" * 9_000,
    "quotations without an end": "“" * 38_000,
    "other quotations": "«" * 38_000,
    "actions": "*a*\n" * 10_000,
    "names": "{{char" * 6_000,
    "signs": "`" * 38_000,
    "digits": nasty.DIGITS,
}
PARTS = ("name", "description", "scenario", "first_mes", "mes_example", "system_prompt")


def read(card: dict[str, object]) -> Loose:
    (found,) = opened([("card.json", json.dumps(card).encode())])
    assert "Rehearsal failed" not in found.trouble
    assert found.trouble or examine(found.data, "bob").persona
    return found


@pytest.mark.parametrize("run", CARD_RUNS)
@pytest.mark.parametrize("part", PARTS)
def test_a_card_with_a_run_of_signs_is_read_or_refused(part: str, run: str) -> None:
    with within():
        read({"data": {**CARD, part: CARD_RUNS[run]}})


def test_a_card_with_very_many_of_everything_is_read_in_time() -> None:
    run = CARD_RUNS["comments without an end"]
    content = "*\n" * 9_000
    book = {"entries": [{"keys": ["k" * 900] * 9, "content": f"{content}{i}"} for i in range(200)]}
    with within():
        found = read({"data": {**CARD, "alternate_greetings": [run] * 50, "character_book": book}})
    assert any("first 1,000 lines" in note for note in found.notes)


def test_a_long_card_is_cut_and_says_so() -> None:
    found = read({"data": {**CARD, "description": "One more line.\n" * 2_000}})
    assert any("first 1,000 lines" in note for note in found.notes)


@pytest.mark.parametrize("value", [None, 5, True, [], {}, 1e308, [[[]]], {"entries": 5}, [{}]])
def test_a_card_with_values_of_other_kinds_is_read_or_refused(value: object) -> None:
    for name in (*CARD, "tags", "alternate_greetings", "character_book", "nickname", "data"):
        read({"data": {**CARD, name: value}})
        read({**CARD, name: value})


@pytest.mark.parametrize(
    "data",
    [
        b"[" * 1_000_000,
        b'{"a":' * 1_000_000,
        b'{"name": ' + b"1" * 5_000 + b"}",
        b'{"name": 1e999999999}',
        b"\xff" * 1_000,
        SIGNATURE,
        SIGNATURE + b"\xff" * 1_000_000,
        SIGNATURE + b"\0\0\0\x08tEXtchara\0A=....",
    ],
    ids=lambda data: repr(data[:12]),
)
@pytest.mark.parametrize("name", ["card.json", "card.png", "card.zip", "card.md"])
def test_bytes_that_are_no_card_are_refused(name: str, data: bytes) -> None:
    with within():
        (found,) = opened([(name, data)])
    assert "Rehearsal failed" not in found.trouble
    assert found.trouble or name == "card.md"


WHOLE: dict[str, Any] = {
    "scenario": "Fees", "name": "Bob", "who": "A man.", "context": "He was charged.",
    "opening": ["Hello."], "facts": [{"label": "Account", "value": "12"}],
    "angers": [{"words": "Being told to wait"}], "calms": [{"words": "An apology", "change": 3}],
    "wants": [{"words": "A refund"}], "objectives": [{"words": "Greets"}],
}  # fmt: skip


@pytest.mark.parametrize("run", nasty.RUNS)
def test_a_form_with_a_run_of_signs_is_asked_about(run: str) -> None:
    assert not problems(Form.from_json(WHOLE))
    text = nasty.RUNS[run]
    for name, value in WHOLE.items():
        if isinstance(value, str):
            changed: object = text
        elif name == "opening":
            changed = [text]
        else:
            changed = [{**value[0], "words": text, "value": text, "reply": text}]
        with within():
            assert problems(Form.from_json({**WHOLE, name: changed})), name


@pytest.mark.parametrize(
    "number", [float("inf"), float("nan"), 10**5000, -(10**400), "x", None], ids=range(6)
)
def test_a_form_with_a_number_that_is_none_is_read(number: object) -> None:
    for name in ("intensity", "threshold"):
        form = Form.from_json({**WHOLE, name: number})
        assert 0 <= form.intensity <= 10
        assert 0 <= form.threshold <= 10
    form = Form.from_json({**WHOLE, "angers": [{"words": "Waiting", "change": number}]})
    assert 1 <= form.angers[0].change <= 3


def test_a_word_of_a_form_that_nobody_can_say_is_asked_about() -> None:
    assert problems(Form.from_json({**WHOLE, "opening": ["s" * 201]}))
    assert not problems(Form.from_json({**WHOLE, "opening": ["ไม่เอาค่ะ" * 30]}))
