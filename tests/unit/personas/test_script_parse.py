"""Scripts of the lab: what they say, and each mistake on its line in words."""

# Authors also write typographic quotation marks.
# ruff: noqa: RUF001

from collections.abc import Sequence

import pytest

from agent.simulation.directing import director
from personas import script_conflicts
from personas.expectations import FORMS
from personas.model import Finding, Persona
from personas.parse import examine, examine_parsed
from personas.script_model import Expectation, Script
from personas.script_parse import parse_script
from personas.voices import ANY_VOICE
from tests.support.places import ROOT

ENGINES = {"offline": ANY_VOICE, "openai": ANY_VOICE}
GUARDS = ("assistant", "language")
TEXT = """---
hang_up: no
---
# Persona: Ann Bell
# Profile Data
- Account number: 12 34
- Account holder: Ann Bell
- Dog: a poodle
- Has a garden
# Scenario Context
- Her bill is wrong.
# Emotional State & Behavior Rules
## Phase 1: Opening
- Intensity: 8/10
- "Hello, my bill is wrong."
## Phase 2: Escalation Triggers
- Being told to calm down (+2): "Don't tell me that."
- Being put on hold (+1): "Again?"
## Phase 3: De-escalation Points
- A sincere apology (-2): "Thank you for saying that."
- Saying that it is no trouble (0): "Good."
- Threshold: 4/10
## Phase 4: Resolution Acceptance
- The refund is confirmed
- A time is named
# Test Objectives
- Verifies identity
- A time is kept
# Constraints
- Short lines.
"""
WITH_ERROR = TEXT.replace("- Short lines.", "").replace("# Constraints", "# Limits")


def persona(text: str = TEXT) -> Persona:
    found = examine(text, "ann-bell").persona
    assert found is not None
    return found


def parse(text: str | bytes, of: str = TEXT) -> Script:
    return parse_script(text, persona(of), "kind", engines=ENGINES, guards=GUARDS)


def under_turn(expect: str) -> Script:
    return parse(f"1. Hello there.\n   - expect: {expect}\n")


def at_end(expect: str) -> Script:
    return parse(f"1. Hello there.\n# At the end\n- expect: {expect}\n")


def errors(script: Script) -> list[Finding]:
    return [finding for finding in script.findings if finding.level == "error"]


def warnings(script: Script) -> list[Finding]:
    return [finding for finding in script.findings if finding.level == "warning"]


def only(findings: Sequence[Finding]) -> Finding:
    assert len(findings) == 1, findings
    return findings[0]


def id_of(text: str, kind: str) -> str:
    return next(r.id for r in persona().rules if r.text == text and r.kind == kind)


APOLOGY = id_of("A sincere apology", "deescalation")
REFUND = id_of("The refund is confirmed", "criterion")
IDENTITY = id_of("Verifies identity", "objective")
HOLD = id_of("Being put on hold", "trigger")


def test_the_example_of_the_design() -> None:
    script = parse(
        "---\ntrainee: good\nengine: openai\nrepeat: 3\n---\n"
        "1. I'm so sorry that this happened to you.\n"
        '   - expect: matched "A sincere apology"; intensity at most 6; reply has "thank you"\n'
        "2. And now?\n"
        "# At the end\n"
        '- expect: resolved; score at least 80; never reveals "Account number" before it is asked;'
        " no guard broken\n"
    )
    assert (script.persona, script.name) == ("ann-bell", "kind")
    assert (script.trainee, script.engine, script.repeat) == ("good", "openai", 3)
    assert script.findings == ()
    assert script.playable
    assert [(turn.text, turn.line) for turn in script.turns] == [
        ("I'm so sorry that this happened to you.", 6),
        ("And now?", 8),
    ]
    assert script.turns[0].expected == (
        Expectation("matched", 'matched "A sincere apology"', 7, APOLOGY),
        Expectation("intensity", "intensity at most 6", 7, "", "at most", 6),
        Expectation("reply has", 'reply has "thank you"', 7, "thank you"),
    )
    assert [(e.measure, e.target, e.wanted) for e in script.at_end] == [
        ("resolved", "", True),
        ("score", "", True),
        ("revealed unasked", "Account number", False),
        ("guard", "", False),
    ]


@pytest.mark.parametrize(
    ("words", "measure", "target", "bound", "number", "wanted"),
    [
        ('not matched "Being put on hold"', "matched", HOLD, "is", 0, False),
        ("nothing matched", "matched", "", "is", 0, False),
        ("Intensity IS 3", "intensity", "", "is", 3, True),
        ("intensity  at least 9.", "intensity", "", "at least", 9, True),
        ("phase is Resolution", "phase", "resolution", "is", 0, True),
        ("phase is de-escalation", "phase", "deescalation", "is", 0, True),
        ("phase is not opening", "phase", "opening", "is", 0, False),
        ('reply has not "sorry; or so"', "reply has", "sorry; or so", "is", 0, False),
        ('tells "Dog"', "fact told", "Dog", "is", 0, True),
        ('tells "has a garden"', "fact told", "Has a garden", "is", 0, True),
        ('never reveals "account number"', "revealed", "Account number", "is", 0, False),
        ("not hung up", "hung up", "", "is", 0, False),
        ("not resolved", "resolved", "", "is", 0, False),
        ("score at most 20", "score", "", "at most", 20, True),
        ("score is 100", "score", "", "is", 100, True),
        ('shown "Verifies identity"', "shown", IDENTITY, "is", 0, True),
        ('not shown "verifies"', "shown", IDENTITY, "is", 0, False),
        ('met "The refund"', "met", REFUND, "is", 0, True),
        ('no guard broken "Language"', "guard", "language", "is", 0, False),
    ],
)
def test_every_form(
    words: str, measure: str, target: str, bound: str, number: int, wanted: bool
) -> None:
    script = at_end(words)
    assert errors(script) == []
    one = script.at_end[0]
    assert (one.measure, one.target, one.bound) == (measure, target, bound)
    assert (one.number, one.wanted) == (number, wanted)


@pytest.mark.parametrize(
    "words",
    [
        "A sincere apology",
        "a SINCERE  apology.",
        "A sinc",
        "A sincere apology (-2)",
        f"{APOLOGY}",
        f"{APOLOGY.upper()}",
    ],
)
def test_a_rule_is_named_by_its_text_its_beginning_or_its_id(words: str) -> None:
    assert under_turn(f'matched "{words}"').turns[0].expected[0].target == APOLOGY


@pytest.mark.parametrize(
    "quoted", ['"{}"', "“{}”", "„{}“", "«{}»", "「{}」", "‘{}’", "'{}'", "『{}』", "„{}”"]
)
def test_every_pair_of_quotation_marks(quoted: str) -> None:
    words = quoted.format("don't; know")
    if quoted == "‘{}’":
        words = quoted.format("do not; know")
    script = under_turn(f"reply has {words}; intensity is 3")
    assert errors(script) == []
    assert [e.target for e in script.turns[0].expected] == [words[1:-1], ""]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ('matched "A time"', "begins several"),
        ('matched "Being"', "'Being told to calm down"),
        ('matched "A sincere apologie"', "is 'A sincere apology' meant?"),
        ('matched "Being told to hurry up"', "is no rule of the persona"),
        ('shown "A sincere apology"', "is a de-escalation point, not an objective"),
        (f'met "{IDENTITY}"', "is an objective, not a criterion"),
        ('met "The repair is confirmed"', "is 'The refund is confirmed' meant?"),
        ('tells "Acount number"', "is 'Account number'"),
        ('tells "Account"', "'Account number' or 'Account holder' meant?"),
        ('tells "a poodle"', "write its label"),
        ('tells "A sincere apology"', "is a rule and no fact"),
        ('never reveals "PIN"', "is no fact of Profile Data"),
        ('matched ""', "nothing is named"),
        ('no guard broken "assistent"', "the guards are assistant, language"),
        ("intensity at most 12", "a whole number from 0 to 10"),
        ("intensity is six", "a whole number from 0 to 10"),
        ("intensity at most 6/10", "a whole number from 0 to 10"),
        ("intensity at least -1", "a whole number from 0 to 10"),
        ("score at least 120", "a whole number from 0 to 100"),
        ("phase is closing", "the phases are opening"),
        ("intensty at most 6", "did you mean intensity at most N?"),
        ("matches “A sincere apology”", 'did you mean matched "RULE"?'),
        ("matched A sincere apology", "in quotation marks"),
        ('reply has "sorry', "close the quotation"),
        ("resolved, intensity is 3", "with ; between"),
        ("resolved and not hung up", "with ; between"),
        ("something entirely else", "an expectation is one of"),
        ("x" * 3000, "write them as several bullets"),
    ],
)
def test_what_is_not_understood_or_not_there(words: str, said: str) -> None:
    finding = only(errors(at_end(words)))
    assert said in finding.message
    assert finding.line == 3


@pytest.mark.parametrize("words", ["", " ", ";", "; ;"])
def test_an_empty_expectation(words: str) -> None:
    assert "says nothing" in only(errors(at_end(words))).message


@pytest.mark.parametrize(
    "words",
    [
        "resolved; not resolved",
        'matched "A sincere"; not matched "A sincere apology"',
        'nothing matched; matched "A sincere apology"',
        'tells "Dog"; never reveals "Dog"',
        'reply has "sorry"; reply has not "sorry"',
        "intensity at least 7; intensity at most 3",
        "intensity is 5; intensity is 6",
        "intensity at most 5; resolved; intensity is 6",
        "phase is opening; phase is escalation",
        "phase is resolution; phase is not resolution",
        "phase is resolution; intensity at least 5",
        "phase is deescalation; intensity at most 4",
        'phase is opening; matched "A sincere apology"',
        "resolved; intensity at least 5",
        "resolved; phase is escalation",
        'resolved; not met "A time is named"',
        "hung up",
    ],
)
def test_what_can_never_be_after_a_turn(words: str) -> None:
    finding = only(errors(under_turn(words)))
    assert finding.line == 2
    assert "exclude each other" in finding.message or "can never be here" in finding.message


@pytest.mark.parametrize(
    "words",
    [
        'matched "A sincere"; not matched "Being put"; intensity is 5; phase is deescalation',
        "intensity at least 3; intensity at most 3",
        "phase is resolution; intensity at most 4",
        "phase is escalation; intensity at most 4",  # a hostile turn
        "phase is deescalation; intensity at least 5",
        'phase is opening; matched "Saying that it is no"',
        'phase is opening; matched "The refund"',
        'resolved; intensity at most 4; met "A time is named"; phase is resolution',
        'tells "Dog"; never reveals "Account number"',
        'tells "Dog"; never reveals "Dog" before it is asked',
        "not hung up; not resolved",
    ],
)
def test_what_can_well_be_after_a_turn(words: str) -> None:
    assert under_turn(words).findings == ()


def test_one_place_may_expect_what_another_excludes() -> None:
    script = parse(
        "1. Hi.\n   - expect: not resolved; intensity is 8\n2. So.\n   - expect: intensity is 3\n"
        "# At the end\n- resolved; intensity is 1\n"
    )
    assert script.findings == ()


def test_the_opening_is_over_when_the_director_says_so() -> None:
    assert script_conflicts.OPENING_TURNS == director.OPENING_TURNS
    script = parse("1. Hi.\n   - phase is opening\n2. So.\n   - phase is opening\n")
    finding = only(errors(script))
    assert (finding.line, "after 2 turns" in finding.message) == (4, True)


def test_the_score_is_known_only_at_the_end() -> None:
    finding = only(errors(under_turn("score at least 80")))
    assert "# At the end" in finding.message


@pytest.mark.parametrize("words", ["intensity at most 10", "score at least 0"])
def test_what_cannot_be_missed(words: str) -> None:
    assert "always holds" in only(warnings(at_end(words))).message


@pytest.mark.parametrize(
    ("front", "line", "said"),
    [
        ("trainee: goood", 2, "write good, rude, clueless or none"),
        ("trainee: [good]", 2, "has one value"),
        ("engine: opnai", 2, "write auto, offline or openai"),
        ("repeat: 0", 2, "from 1 to 20"),
        ("repeat: 21", 2, "from 1 to 20"),
        ("repeat: often", 2, "from 1 to 20"),
        ("repeat: -3", 2, "from 1 to 20"),
        ("repeat: 2.5", 2, "from 1 to 20"),
        ("repeat: 2\nrepeat: 3", 3, "written twice"),
        ("good", 2, "unreadable front matter"),
        ("a: [1", 2, "unreadable front matter"),
    ],
)
def test_bad_front_matter(front: str, line: int, said: str) -> None:
    script = parse(f"---\n{front}\n---\n1. Hello.\n   - expect: resolved\n")
    finding = only(errors(script))
    assert (finding.line, said in finding.message) == (line, True), finding
    assert len(script.turns) == 1


@pytest.mark.parametrize(
    ("front", "said"), [("trainer: good", "is trainee meant?"), ("repeat:", "its default holds")]
)
def test_odd_front_matter(front: str, said: str) -> None:
    script = parse(f"---\n{front}\n---\n1. Hello.\n   - expect: resolved\n")
    assert said in only(script.findings).message


def test_front_matter_that_is_never_closed() -> None:
    assert "never closed" in errors(parse("---\ntrainee: good\n1. Hi.\n"))[0].message


@pytest.mark.parametrize("engine", ["auto", "Offline", ""])
def test_an_engine_that_there_is(engine: str) -> None:
    script = parse(f"---\nengine: {engine}\n---\n1. Hi.\n   - resolved\n")
    assert script.engine == engine.lower().replace("auto", "")
    assert errors(script) == []


@pytest.mark.parametrize(
    "text", ["", "\n\n", "---\ntrainee: none\n---\n", "# At the end\n- resolved"]
)
def test_nobody_says_anything(text: str) -> None:
    assert "nobody says anything" in only(errors(parse(text))).message


@pytest.mark.parametrize("trainee", ["good", "RUDE", "clueless"])
def test_without_turns_a_built_in_trainee_plays(trainee: str) -> None:
    script = parse(f"---\ntrainee: {trainee}\n---\n# At the end\n- resolved\n")
    assert (script.trainee, script.turns, script.findings) == (trainee.lower(), (), ())


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ("1 2 3", []),
        ("0 1 2", []),
        ("1 1 1", []),
        ("1 3 4", ["jump from 1 to 3; 2 is missing"]),
        ("1 5", ["2 to 4 is missing"]),
        ("2 3", ["jump from 0 to 2; 1 is missing"]),
        ("1 2 2 3", ["2 is there twice (the first is on line 2)"]),
        ("1 3 2", ["jump from 1 to 3", "2 comes after 3"]),
    ],
)
def test_numbers_of_turns(numbers: str, said: list[str]) -> None:
    script = parse(
        "".join(f"{n}. Words {i}.\n" for i, n in enumerate(numbers.split())) + "- resolved"
    )
    assert len(script.turns) == len(numbers.split())
    found = [finding.message for finding in script.findings]
    assert len(found) == len(said)
    assert all(part in whole for part, whole in zip(said, found, strict=True))


@pytest.mark.parametrize(("times", "wrong"), [(40, 0), (41, 1), (90, 1)])
def test_a_loop(times: int, wrong: int) -> None:
    lines = "".join(f"{n}. Hello{'.' * (n % 2)}\n" for n in range(1, times + 1))
    found = errors(parse(f"{lines}   - resolved"))
    assert len(found) == wrong
    assert all((f.line, "circle" in f.message) == (1, True) for f in found)


@pytest.mark.parametrize(("turns", "wrong"), [(200, 0), (201, 1)])
def test_too_many_turns(turns: int, wrong: int) -> None:
    lines = "".join(f"{n}. Words {n}.\n" for n in range(1, turns + 1))
    found = errors(parse(f"{lines}   - resolved"))
    assert len(found) == wrong
    assert all("over 200 turns" in f.message and f.line == 201 for f in found)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\xff\xfe1\0", "UTF-16"),
        (b"1. caf\xe9", "not UTF-8"),
        (b"1. a\0b\n- resolved", "NUL"),
        (b"1. " + b"a b " * 70_000, "too long"),
    ],
)
def test_files_that_cannot_be_read(data: bytes, said: str) -> None:
    script = parse(data)
    assert said in errors(script)[0].message
    assert not script.playable


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("- expect: resolved\n1. Hi.\n", 1, "before the first turn"),
        ("1. Hi.\n# At the end\n2. Bye.\n- resolved", 3, "move it above"),
        ('1. ""\n2. Hi.\n- resolved', 1, "a turn without words"),
        ("1. Hi.\n- I am sorry.\n", 2, "is not understood"),
    ],
)
def test_things_in_the_wrong_place(text: str, line: int, said: str) -> None:
    finding = only(errors(parse(text)))
    assert (finding.line, said in finding.message) == (line, True)


def test_a_number_without_words_is_missing() -> None:
    assert "1 is missing" in only(parse("1.\n2. Hi.\n- resolved").findings).message


def test_words_of_nobody() -> None:
    script = parse("# Script: kind\n\nShe gives in.\n\n1. Hi.\n- resolved\n")
    assert "nobody says 'She gives in.'" in only(script.findings).message
    assert only(script.findings).line == 3


def test_notes_are_for_people() -> None:
    text = "# Kind\n# Notes\nAsk Jo.\n- why\n1. not said\n# Turns\n1. Hi.\n# At the end\n- resolved"
    script = parse(text)
    assert script.findings == ()
    assert [turn.text for turn in script.turns] == ["Hi."]


def test_a_heading_that_is_nearly_one() -> None:
    finding = only(parse("1. Hi.\n- resolved\n# In the end\n- resolved").findings)
    assert (finding.line, "# At the end" in finding.message) == (3, True)


def test_turns_are_said_as_a_person_reads_them() -> None:
    script = parse(
        '1) "I am **so** sorry."\r\n'
        "2. It goes on\r\n   over two lines. <!-- slowly -->\r\n"
        "   - *Expect*: resolved;\r\n     intensity at most 99\r\n"
        '3. She said "no" to me.\r\n'
    )
    assert [turn.text for turn in script.turns] == [
        "I am so sorry.",
        "It goes on over two lines.",
        'She said "no" to me.',
    ]
    assert only(errors(script)).line == 5


def test_a_script_without_expectations_passes_always() -> None:
    assert "passes always" in only(parse("1. Hi.\n").findings).message


def test_a_persona_with_errors_still_has_rules() -> None:
    result, parsed = examine_parsed(WITH_ERROR, "ann-bell")
    assert result.persona is None
    assert parsed is not None
    script = parse_script('1. Hi.\n- matched "A sincere"; met "Nothing"', parsed, "k", slug="ann")
    assert script.persona == "ann"
    assert script.turns[0].expected[0].target == APOLOGY
    assert "no criterion" in only(errors(script)).message


def test_without_a_persona_names_are_taken_as_they_are() -> None:
    text = '1. Hi.\n- matched "Any rule"; tells "Any fact"; intensity is 3; resolved'
    assert errors(parse_script(text, None, "kind", slug="ann")) == []


def test_a_persona_that_hangs_up() -> None:
    assert parse("1. Hi.\n- hung up", TEXT.replace("hang_up: no", "hang_up: yes")).findings == ()


def test_a_failure_of_the_reader_costs_only_its_script(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("personas.script_parse.cut", fail)
    finding = only(parse("1. Hi.\n- resolved").findings)
    assert "Rehearsal failed on this file" in finding.message


def test_the_docs_list_every_expectation() -> None:
    docs = (ROOT / "docs" / "personas-repo.md").read_text(encoding="utf-8")
    assert [form.words for form in FORMS if f"`{form.words}`" not in docs] == []
