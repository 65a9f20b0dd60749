"""The briefing: free text for the trainee, none of which is the persona's."""

import unicodedata
from pathlib import Path

import pytest

from personas.model import Finding, Persona
from personas.parse import examine
from personas.parsed import told
from tests.support.persona_text import FULL, line_of, swap
from tests.support.places import ROOT

BRIEFING = """\
# Briefing

You work for **Nordlink**, on the night shift.

## Phase 2: what you may offer
- A month's credit (+2): "Say it kindly."
- Threshold: 1/10

### Constraints
1. Never promise a date.

```
# Profile Data
```
"""
HIDDEN = swap(
    "- Account: TC-88213",
    "- Link: I did type my card number into that page\n  - only after: A sincere apology",
)


def read(text: str) -> Persona:
    found = examine(text, "sarah")
    assert found.persona is not None, found.findings
    return found.persona


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_it_is_kept_as_it_was_written_and_read_as_nothing_else(end: str) -> None:
    text = swap("# Test Objectives", f"{BRIEFING}\n# Test Objectives").replace("\n", end)
    found, plain = examine(text, "sarah"), read(FULL)
    assert found.findings == ()
    persona = read(text)
    assert persona.briefing == BRIEFING.removeprefix("# Briefing\n").strip().replace("\n", end)
    assert [rule.id for rule in persona.rules] == [rule.id for rule in plain.rules]
    assert (persona.facts, persona.threshold) == (plain.facts, plain.threshold)
    assert (persona.context, persona.constraints) == (plain.context, plain.constraints)
    assert (persona.extra, plain.briefing) == ((), "")
    assert [phase.lines for phase in persona.phases] == [phase.lines for phase in plain.phases]


def test_the_persona_is_told_all_but_the_briefing() -> None:
    body = FULL[FULL.index("# Persona") :]
    text = swap("# Test Objectives", f"{BRIEFING}\n# Test Objectives")
    text = f"{text}\n## briefing\nAnd the router is in the post.\n"
    assert told(text).split() == body.split()
    assert told(FULL) == body
    assert read(text).briefing.endswith("\nAnd the router is in the post.")


def only(text: str) -> Finding:
    """The one finding."""
    findings = examine(text, "sarah").findings
    assert len(findings) == 1, findings
    return findings[0]


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        (f"{FULL}\n# Briefing\nHer words:\ndo *not* tell me to calm\ndown!\n", "do *not", "re"),
        (f"{FULL}\n# Briefing\nIf she says: I was charged twice!\n", "If she says", "repeats what"),
        (f"{HIDDEN}\n# Briefing\nI did type my card number into that page\n", "I did type", "gi"),
        (f"{HIDDEN}\n# Briefing\nInto that page she did type the card number.\n", "Into", "gives"),
        (f"{FULL}\n# Briefing\n\n", "# Briefing", "Briefing is empty; write who the trainee is"),
        (f"{FULL}\n# Briefings\nYou.\n", "# Briefings", "(is # Briefing meant?)"),
    ],
)  # fmt: skip
def test_what_it_gives_away_is_said_on_its_line(text: str, place: str, words: str) -> None:
    finding = only(text)
    assert words in finding.message
    assert (finding.level, finding.line) == ("warning", text[: text.rindex(place)].count("\n") + 1)


def test_it_may_name_what_is_told_when_asked() -> None:
    text = f"{FULL}\n# Briefing\nYour screen shows the account TC-88213. Thank you.\n"
    assert examine(text, "sarah").findings == ()


def test_thai_has_no_spaces_between_its_words() -> None:
    line = "ครั้งก่อนบอกว่าเจ็ดวันเงินเข้า"
    text = swap("I was charged twice!", line) + f"\n# Briefing\nเธอจะพูดว่า{line}นะคะ\n"
    assert only(text).line == line_of("เธอจะพูดว่า", text)


KEYS = {
    "alexandra-vance": ("nine forty", "seven forty", "corner suite", "Daniel Cho"),
    "grace-bennett": ("7704196", "Friday between nine and one", "collects"),
    "marcus-reid": ("48 dollars", "two years", "no fee", "by email"),
    "maria-delgado": ("Freeze the card", "MD 4471", "Thursday", "new card"),
    "priya-nair": ("89 dollars", "no fee", "Mondays", "by email"),
    "sarah-thompson": ("3,890", "25 พฤศจิกายน", "RF-31058", "ขัดข้อง"),
    "victor-lang": ("security word", "number on file", "branch", "fraud team"),
    "walter-hughes": ("blue", "red", "937 555 0102", "any page"),
}
"""What nobody can know who has not read the briefing, and the customer waits for."""


@pytest.mark.parametrize("path", sorted((ROOT / "personas").glob("*.md")), ids=lambda p: p.stem)
def test_whoever_has_read_it_knows_what_the_customer_waits_for(path: Path) -> None:
    found = examine(path.read_text(encoding="utf-8"), path.stem)
    assert found.persona is not None
    assert found.findings == ()
    briefing = " ".join(found.persona.briefing.split())
    for words in KEYS[path.stem]:
        assert words in briefing
    thai = sum("THAI" in unicodedata.name(letter, "") for letter in briefing)
    assert (thai > len(briefing) / 2) == (found.persona.language == "th-TH")


def test_victor_s_does_not_say_that_he_is_not_robert() -> None:
    text = (ROOT / "personas/victor-lang.md").read_text(encoding="utf-8")
    briefing = read(text).briefing.casefold()
    assert "robert whitfield" in briefing
    for words in ("victor", "stolen", "pretend", "social engineer", "claims", "suspicious", "lie"):
        assert words not in briefing
