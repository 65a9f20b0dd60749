"""The persona format: what is read, in whatever way an author writes it."""

import hashlib

import pytest

from personas.model import Examination, Persona, Rule
from personas.parse import examine
from tests.support.persona_text import FULL, PLAIN, line_of, swap


def read(text: str | bytes) -> Persona:
    result = examine(text, "sarah")
    assert result.persona is not None, result.findings
    return result.persona


def messages(result: Examination) -> str:
    return "\n".join(f"{f.line}: {f.level}: {f.message}" for f in result.findings)


def trigger(bullet: str) -> Rule:
    """The trigger that a bullet in Phase 2 is read as."""
    text = swap('- Being told to calm down (+2): "Do not tell me to calm down!"', bullet)
    return read(text).triggers[0]


def test_a_whole_file() -> None:
    persona = read(FULL)
    assert examine(FULL, "sarah").findings == ()
    assert (persona.slug, persona.name) == ("sarah", "Sarah Thompson")
    assert persona.character == "A gold tier customer who was charged twice."
    assert (persona.scenario, persona.difficulty) == ("Billing Dispute", "hard")
    assert (persona.language, persona.patience) == ("th-TH", 12.0)
    assert (persona.intensity, persona.threshold) == (8, 4)
    assert dict(persona.voice) == {"offline": {"pitch": 60}, "gemini": "Kore"}
    assert persona.engine == ""
    assert [(f.label, f.value) for f in persona.facts] == [
        ("Account", "TC-88213"),
        ("", "Has been a customer since 2016"),
    ]
    assert persona.context == ("The same bill was taken twice this month.",)
    assert persona.constraints == ("Never agrees to be called back",)
    assert [phase.title for phase in persona.phases] == [
        "Opening (0-30 seconds)",
        "Escalation Triggers",
        "De-escalation Points",
        "Resolution Acceptance",
    ]
    assert persona.phases[0].notes == ("Speaks fast",)
    assert persona.phases[0].lines == ("I was charged twice!",)
    assert [(r.text, r.change, r.replies) for r in persona.triggers] == [
        ("Being told to calm down", 2, ("Do not tell me to calm down!",)),
        ("Being transferred", 1, ()),
    ]
    assert [(r.text, r.change) for r in persona.deescalations] == [
        ("A sincere apology", -2),
        ("Owning the mistake", -3),
    ]
    assert [r.text for r in persona.criteria] == ["The full refund is confirmed", "A time is named"]
    assert [(r.text, r.weight) for r in persona.objectives] == [
        ("Verifies identity before discussing the account", 2),
        ("Stays calm", 1),
    ]
    assert all(f"- {rule.text}" in FULL.split("\n")[rule.line - 1] for rule in persona.rules)


def test_the_version_is_of_the_bytes() -> None:
    data = FULL.encode()
    assert read(data).version == hashlib.sha256(data).hexdigest()[:12] == read(FULL).version
    assert read(data + b"\n").version != read(data).version
    assert read(data).text == FULL


def test_a_file_with_none_of_the_marks_is_valid() -> None:
    result = examine(PLAIN, "ann-lee")
    persona = result.persona
    assert persona is not None
    assert (persona.scenario, persona.difficulty, persona.language) == ("Ann Lee", "medium", "en")
    assert (persona.patience, persona.intensity) == (10.0, 6)
    assert [r.change for r in persona.triggers + persona.deescalations] == [1, -1]
    assert persona.objectives[0].weight == 1
    assert "no threshold" in messages(result)
    # One point of -1 leads from 6 to 5: the default threshold must be within reach.
    assert persona.threshold == 5
    more = swap("- An apology", "- An apology\n- A plan\n- A discount", PLAIN)
    assert read(more).threshold == 4


def test_front_matter_alone_sets_no_mark() -> None:
    assert read("---\nscenario: Late Parcel\n---\n" + PLAIN).scenario == "Late Parcel"


def test_the_seeds_own_spelling() -> None:
    seed = FULL.replace("## Phase", "##Phase").replace("\n# ", "\n#")
    assert "#Persona: Sarah" in seed
    assert "##Phase 1" in seed
    assert examine(seed, "sarah").findings == ()
    assert read(seed).rules == read(FULL).rules
    assert read(seed).constraints == read(FULL).constraints


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("# Persona: Sarah Thompson", "# PERSONA : Sarah Thompson"),
        ("# Persona: Sarah Thompson", "## persona:Sarah Thompson ##"),
        ("# Profile Data", "# PROFILE  DATA"),
        ("# Profile Data", "### profile data:"),
        ("# Emotional State & Behavior Rules", "# Emotional state and behaviour rules"),
        ("# Test Objectives", "#test objectives"),
        ("## Phase 2: Escalation Triggers", "## PHASE 2"),
        ("## Phase 2: Escalation Triggers", "##phase2 - Escalation Triggers"),
    ],
)
def test_spellings_of_headings(old: str, new: str) -> None:
    persona = read(swap(old, new))
    assert persona.rules == read(FULL).rules
    assert (persona.name, persona.facts) == ("Sarah Thompson", read(FULL).facts)
    assert persona.extra == ()
    assert persona.phases[1].title == "Escalation Triggers"


def test_sections_in_any_order() -> None:
    front, body = FULL.split("# Persona", 1)
    sections = ("\n# Persona" + body).split("\n# ")[1:]
    turned = front + "".join(f"# {section.strip()}\n" for section in reversed(sections))
    assert turned.index("# Constraints") < turned.index("# Persona")
    assert [r.id for r in read(turned).rules] == [r.id for r in read(FULL).rules]
    assert read(turned).context == read(FULL).context


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_and_byte_order_mark(end: str) -> None:
    text = "\ufeff" + FULL.replace("\n", end).rstrip()
    persona = read(text.encode())
    assert persona.rules == read(FULL).rules
    assert persona.text == text
    assert (persona.difficulty, persona.context) == ("hard", read(FULL).context)


def test_no_line_end_at_the_end() -> None:
    assert read(FULL.rstrip("\n")).constraints == ("Never agrees to be called back",)


@pytest.mark.parametrize("sign", ["-", "*", "+", "1.", "12)", "•", "- [ ]", "-  "])
def test_signs_of_bullets(sign: str) -> None:
    rule = trigger(f'{sign} Being told to calm down (+2): "No!"')
    assert (rule.text, rule.change, rule.replies) == ("Being told to calm down", 2, ("No!",))


def test_bullets_go_on_over_lines() -> None:
    rule = trigger('- Being told\n  to calm\n\n  down (+2):\n  "Do not\n  tell me!"')
    assert (rule.text, rule.replies) == ("Being told to calm down", ("Do not tell me!",))


def test_nested_quotations_are_replies() -> None:
    rule = trigger('- Being told to calm down (+2)\n  - "No!"\n  - "Never!"')
    assert (rule.text, rule.replies) == ("Being told to calm down", ("No!", "Never!"))


def test_a_bullet_that_introduces_others_is_a_note() -> None:
    bullets = "- What makes it worse:\n  - Being told to calm down (+2)\n  - Being ignored"
    persona = read(swap('- Being told to calm down (+2): "Do not tell me to calm down!"', bullets))
    assert [r.text for r in persona.triggers][:2] == ["Being told to calm down", "Being ignored"]
    assert persona.phases[1].notes == ("What makes it worse:",)


@pytest.mark.parametrize(
    ("bullet", "text", "change", "replies"),
    [
        ("- Being mocked (+3): “Excuse me?”", "Being mocked", 3, ["Excuse me?"]),
        ("- Being mocked: “Excuse me?” (+3)", "Being mocked", 3, ["Excuse me?"]),
        ('- (+3) Being mocked - "Excuse me?"', "Being mocked", 3, ["Excuse me?"]),
        ("- Being mocked \uff08+3\uff09\uff1a„Excuse me?“", "Being mocked", 3, ["Excuse me?"]),
        ("- Being mocked (3): «Excuse me?»", "Being mocked", 3, ["Excuse me?"]),
        ("- Being mocked (intensity +3)", "Being mocked", 3, []),
        ("- Being mocked (+\n                3   \t          points )", "Being mocked", 3, []),
        ('- Being mocked (+3) "No!" / "Stop."', "Being mocked", 3, ["No!", "Stop."]),
        ('- Being mocked "No!" or "Stop."', "Being mocked", 1, ["No!", "Stop."]),
        ("- **Being** *mocked* (+3): *“Ex-cuse _me_?”*", "Being mocked", 3, ["Ex-cuse me?"]),
        ("- ถูกขัดจังหวะ (+1): “ฟังก่อนได้ไหมคะ”", "ถูกขัดจังหวะ", 1, ["ฟังก่อนได้ไหมคะ"]),
        ('- Says "calm down" (+2): "Don\'t!"', 'Says "calm down"', 2, ["Don't!"]),
        ('- The agent says "calm down" (+2)', 'The agent says "calm down"', 2, []),
        ('- Being told "no": “He said \\"no\\"!”', 'Being told "no"', 1, ['He said "no"!']),
        ("- Asked to wait (30 seconds) again", "Asked to wait (30 seconds) again", 1, []),
        ("- Ordered 2*3 tables <!-- (+9) -->", "Ordered 2*3 tables", 1, []),
        ("- The mark is \u22122 (\u22120)", "The mark is \u22122", 0, []),
    ],
)
def test_marks_and_replies(bullet: str, text: str, change: int, replies: list[str]) -> None:
    rule = trigger(bullet)
    assert (rule.text, rule.change, list(rule.replies)) == (text, change, replies)


def test_bullets_of_quotations_alone_are_lines_of_the_phase() -> None:
    text = swap("- A time is named", '- "Fine, then."\n- Closing line: “Goodbye.”')
    assert [r.text for r in read(text).criteria] == ["The full refund is confirmed"]
    assert read(text).phases[3].lines == ("Fine, then.", "Goodbye.")


@pytest.mark.parametrize(
    ("written", "number"), [("8/10", 8), ("8", 8), ("0 / 10", 0), ("**10/10** (furious)", 10)]
)
def test_spellings_of_intensity(written: str, number: int) -> None:
    text = swap("Owning the mistake (-3)", "Owning the mistake (-9)")
    assert read(swap("Intensity: 8/10", f"Emotional intensity: {written}", text)).intensity == (
        number
    )


def test_a_threshold_may_be_bold_and_in_phase_4() -> None:
    text = swap("- Threshold: 4/10\n", "")
    text = swap("- A time is named", "- **Threshold for accepting a resolution**: 5/10", text)
    assert read(text).threshold == 5
    assert [r.text for r in read(text).criteria] == ["The full refund is confirmed"]


def test_ids_hold_still() -> None:
    before = {r.text: r.id for r in read(FULL).rules}
    assert {rule_id[:2] for rule_id in before.values()} == {"t-", "d-", "c-", "o-"}
    assert all(len(rule_id) == 10 for rule_id in before.values())
    text = swap("- Being transferred", "- Being ignored\n- BEING  transferred. (+3): “Again?”")
    text = swap("# Profile Data", "# Notes\nNew.\n\n# Profile Data", text)
    after = {r.text: r.id for r in read(text).rules}
    assert after.pop("BEING transferred.") == before.pop("Being transferred")
    assert after.pop("Being ignored") not in before.values()
    assert after == before


def test_the_same_words_as_criterion_and_objective_are_two_rules() -> None:
    persona = read(swap("- Stays calm", "- A time is named"))
    assert persona.criteria[1].text == persona.objectives[1].text
    assert persona.criteria[1].id != persona.objectives[1].id
    assert persona.rule(persona.objectives[1].id) == persona.objectives[1]


def test_unknown_sections_are_kept_word_for_word() -> None:
    text = swap(
        "# Constraints", "# Backstory\n\n*Two*  dogs.\n\n## Later\n- One cat\n\n# Constraints"
    )
    persona, result = read(text), examine(text, "sarah")
    assert [(s.title, s.text) for s in persona.extra] == [
        ("Backstory", "*Two*  dogs.\n\n## Later\n- One cat")
    ]
    assert messages(result).startswith(f"{line_of('# Backstory', text)}: warning: unknown section")
    assert persona.constraints == ("Never agrees to be called back",)


def test_words_without_a_place_reach_the_persona() -> None:
    text = swap("# Persona: Sarah Thompson", "Made by Kim.\n# Persona: Sarah Thompson")
    text = swap("## Phase 1", "Never laughs.\n## Phase 1", text)
    assert [s.text for s in read(text).extra] == ["Made by Kim.", "Never laughs."]


def test_words_on_the_first_line_reach_the_persona_too() -> None:
    text = "Made by Kim.\n" + FULL[FULL.index("# Persona") :]
    assert [s.text for s in read(text).extra] == ["Made by Kim."]
    assert messages(examine(text, "sarah")).startswith("1: warning: text before the first heading")


def test_code_blocks_and_comments_are_left_alone() -> None:
    block = '```\n# Persona: Nobody\n- Being in code (+5): "x"\n```\n'
    comment = "<!--\n- Being in a comment (+5)\n# Constraints\n-->\n"
    text = swap("- Being transferred", f"- Being transferred\n\n{block}{comment}")
    assert examine(text, "sarah").findings == ()
    assert [r.text for r in read(text).triggers] == ["Being told to calm down", "Being transferred"]


def test_signs_that_are_no_headings() -> None:
    text = swap("The same bill", "#1 of all complaints:\n#refund now!\nThe same bill")
    assert read(text).context == (
        "#1 of all complaints: #refund now! The same bill was taken twice this month.",
    )


@pytest.mark.parametrize(
    ("bullet", "label", "value"),
    [
        ("Account:TC-1", "Account", "TC-1"),
        ("**Account**: TC-1", "Account", "TC-1"),
        ("เลขบัญชี\uff1a TC-1", "เลขบัญชี", "TC-1"),
        ("Called at 10:30 yesterday", "", "Called at 10:30 yesterday"),
        ("See https://example.com", "", "See https://example.com"),
        ("She told us one thing again and again: no", "", None),
    ],
)
def test_facts(bullet: str, label: str, value: str | None) -> None:
    fact = read(swap("Account: TC-88213", bullet)).facts[0]
    assert (fact.label, fact.value) == (label, bullet if value is None else value)
    assert fact.line == line_of("- Account")


def test_sections_twice_are_read_together() -> None:
    text = FULL + "\n# Profile Data\n- Born: 1980\n"
    assert [f.label for f in read(text).facts] == ["Account", "", "Born"]
    assert "a second '# Profile Data'" in messages(examine(text, "sarah"))


def test_front_matter_reads_words_as_words() -> None:
    text = swap("language: th-TH", "Language: no")
    text = swap("difficulty: hard", "DIFFICULTY: Hard", text)
    text = swap("scenario: Billing Dispute", "scenario: 2024-13-45", text)
    persona = read(text)
    # Plain YAML takes "no" for a truth value and the other for a (broken) date.
    assert (persona.language, persona.difficulty) == ("no", "hard")
    assert persona.scenario == "2024-13-45"


@pytest.mark.parametrize(
    ("written", "value"),
    [("yes", True), ("no", False), ("No", False), ("true", True), ('"off"', False), ("ON", True)],
)
def test_what_holds_of_calls_with_the_persona(written: str, value: bool) -> None:
    flags = ("published", "hang_up", "exam", "recording")
    assert [getattr(read(FULL), flag) for flag in flags] == [True, True, False, True]
    front = "\n".join(f"{flag}: {written}" for flag in flags)
    persona = read(swap("patience: 12", f"patience: 12\n{front}"))
    assert [getattr(persona, flag) for flag in flags] == [value] * 4


@pytest.mark.parametrize(
    ("tag", "canonical"),
    [("TH-th", "th-TH"), ("zh-hant-tw", "zh-Hant-TW"), ("es-419", "es-419"), ("yue", "yue")],
)
def test_language_tags(tag: str, canonical: str) -> None:
    assert read(swap("th-TH", tag)).language == canonical


@pytest.mark.parametrize(
    "text",
    [
        "- " + '"a" b' * 40_000,
        "- " + "“" * 80_000,
        "- " + "(" * 200_000,
        "- " + "a*" * 100_000,
        "- " + "<!--" * 25_000 + "-->" * 25_000,
        "- x" + "( " * 100_000,
        "- x" + "(weight " * 30_000,
        "# " + " #" * 100_000,
        "- same\n" * 20_000,
        "\0" * 200_000,
        "".join(f"# Unknown {n}\n" for n in range(15_000)),
        "---\na: " + "[" * 100_000 + "\n---\n",
        "---\na: &a [*a, *a]\n---\n",
    ],
    ids=lambda text: text[:12],
)
def test_hostile_files_are_read_and_refused(text: str) -> None:
    assert examine(text[: 250 * 1024], "sarah").persona is None
