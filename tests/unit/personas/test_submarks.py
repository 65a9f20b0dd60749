"""What may stand below rules and facts: examples, changes, conditions; and phrases."""

import pytest

from personas.model import FactChange, Finding, Persona
from personas.parse import examine
from tests.support.persona_text import FULL, line_of, swap
from tests.support.places import ROOT

RULE, FACT = "- Owning the mistake (-3)", "- Account: TC-88213"
SINCE = "- Has been a customer since 2016"


def below(bullet: str, *marks: str, text: str = FULL) -> str:
    """A whole file with these bullets below another."""
    return swap(bullet, "\n".join([bullet, *(f"  - {mark}" for mark in marks)]), text)


def read(text: str) -> Persona:
    found = examine(text, "sarah")
    assert found.persona is not None, found.findings
    assert not found.findings
    return found.persona


def only(text: str) -> Finding:
    """The one finding."""
    findings = examine(text, "sarah").findings
    assert len(findings) == 1, findings
    return findings[0]


def test_examples_stand_under_their_rule() -> None:
    marks = ('like: "It was our fault." “We did it.”', 'unlike: "Sorry?"', '**Like**: "My fault."')
    persona = read(below(RULE, *marks))
    rule = persona.deescalations[1]
    assert rule.like == ("It was our fault.", "We did it.", "My fault.")
    assert rule.unlike == ("Sorry?",)
    assert (rule.text, rule.replies, rule.change) == ("Owning the mistake", (), -3)
    assert [other.like for other in persona.rules if other is not rule] == [()] * 7


@pytest.mark.parametrize(
    "bullet",
    [
        "- Being transferred",
        RULE,
        '- A sincere apology (-2): "Well. Thank you."',
        "- A time is named",
        "- Stays calm",
    ],
)
def test_every_kind_of_rule_has_examples_and_keeps_its_id(bullet: str) -> None:
    marks = ('like: "One two three."', 'unlike: "Four five."', "then: Account: none any more")
    text = below(bullet, *marks)
    persona = read(text)
    (rule,) = [rule for rule in persona.rules if rule.like]
    change = FactChange("Account", "none any more", line_of("then:", text))
    assert (rule.like, rule.unlike) == (("One two three.",), ("Four five.",))
    assert rule.then == (change,)
    assert [rule.id for rule in persona.rules] == [rule.id for rule in read(FULL).rules]
    assert [rule.replies for rule in persona.rules] == [rule.replies for rule in read(FULL).rules]


def test_replies_and_examples_may_stand_in_any_order() -> None:
    rule = read(below(RULE, '"Fine."', 'like: "It is on us."', '"Good."')).deescalations[1]
    assert (rule.replies, rule.like) == (("Fine.", "Good."), ("It is on us.",))


def test_sentences_may_stand_in_bullets_below_their_mark() -> None:
    like, unlike = 'like:\n    - "On us."\n    * "We did it." “Us.”', 'unlike:\n     - "You did."'
    rule = read(below(RULE, like, unlike, '"Fine."')).deescalations[1]
    assert rule.like == ("On us.", "We did it.", "Us.")
    assert (rule.unlike, rule.replies) == (("You did.",), ("Fine.",))


def test_a_change_names_the_fact_as_it_is_written() -> None:
    then = read(below(RULE, "then: ACCOUNT: closed at 10:30 (today)")).deescalations[1].then
    assert then == (FactChange("Account", "closed at 10:30 (today)", 31),)


@pytest.mark.parametrize(
    "words", ["The full refund is confirmed", '"the full refund is confirmed."', "A TIME is named"]
)
def test_a_fact_is_told_only_after_a_rule(words: str) -> None:
    persona = read(below(FACT, f"only after: {words}"))
    rule = persona.rule(persona.facts[0].only_after)
    assert rule is not None
    assert rule.text.casefold() == words.strip('".').casefold()
    assert [(fact.label, fact.value) for fact in persona.facts] == [
        (fact.label, fact.value) for fact in read(FULL).facts
    ]
    assert persona.facts[1].only_after == ""


def test_a_rule_may_be_named_with_its_marks() -> None:
    persona = read(below(FACT, "Only-After: Owning the mistake (-3)"))
    assert persona.facts[0].only_after == persona.deescalations[1].id


def test_questions_stand_under_their_fact() -> None:
    nested = 'asked:\n    - "Which account?"\n    * "Under what?" “What number?”'
    marks = ('asked: "How are you filed?" “What do I look for?”', "only after: Stays calm", nested)
    text = below(FACT, *marks, '**Asked**: "Where are you?"')
    text = below(SINCE, 'asked: "Since when?"', text=text)
    account, since = read(text).facts
    assert account.asked == (
        "How are you filed?",
        "What do I look for?",
        "Which account?",
        "Under what?",
        "What number?",
        "Where are you?",
    )
    assert since.asked == ("Since when?",)
    assert (account.label, account.value, bool(account.only_after)) == ("Account", "TC-88213", True)
    assert [fact.asked for fact in read(FULL).facts] == [(), ()]


def test_phrases() -> None:
    lines = (
        '- Unknown: "No idea." "How would I know?"\n- **Goodbye:** “Bye.”\n- unknown: "Search me."'
    )
    nested = '- Why:\n  - "Why do you ask?"\n  - "What for?"'
    persona = read(f"{FULL}\n# Phrases\n{lines}\n{nested}\n")
    assert dict(persona.phrases) == {
        "unknown": ("No idea.", "How would I know?", "Search me."),
        "goodbye": ("Bye.",),
        "why": ("Why do you ask?", "What for?"),
    }
    assert persona.extra == read(FULL).extra == ()
    assert persona.constraints == read(FULL).constraints
    assert dict(read(FULL).phrases) == {}


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        (below(RULE, "like: my fault"), "like:", "put the sentence in quotation marks"),
        (below(RULE, "like:"), "like:", 'like has no words; write a sentence, as in like: "'),
        (below(RULE, 'unlike: "…"'), "unlike:", "unlike has no words"),
        (below(RULE, "like:\n    - my fault"), "- my fault", "put the sentence in quotation marks"),
        (below(RULE, 'like: "My fault'), "like:", "without its partner"),
        (below(RULE, 'like: "My fault." when calm'), "like:", "'when calm' beside the quotation"),
        (below(RULE, 'like: "My fault."', 'like: "my fault"'), 'like: "my', "written twice"),
        (below(RULE, 'like: "Yes."', 'unlike: "YES!"'), "unlike:", "like: and unlike: of one rule"),
        (below(RULE, 'unlke: "Yes."'), "unlke", "unknown mark 'unlke'"),
        (below(RULE, "mood: grim"), "mood", "unknown mark 'mood'"),
        (below(FACT, "only afer: A time is named"), "only afer", "unknown mark 'only afer'"),
        (below(RULE, "only after: A time is named"), "only after", "stands below no fact"),
        (below(FACT, 'like: "TC"'), "like:", "stands below no rule"),
        (below(FACT, "then: Account: 5"), "then:", "stands below no rule"),
        (below(RULE, "then: closed"), "then:", "write then: Label: new value"),
        (below(RULE, "then: Acount: closed"), "then:", "(is 'Account' meant?)"),
        (below(RULE, "then: Weather: fine"), "then:", "'Weather' is no fact of Profile Data; wr"),
        (below(RULE, "then: Account: tc-88213"), "then:", "says that already on line 12"),
        (
            below(RULE, "then: Account: a", "then: account: b"),
            "then: acc",
            "changed twice by one rule (the first is on line 31)",
        ),
        (below(FACT, "only after:"), "only after", "names no rule"),
        (below(FACT, "only after: Account"), "only after", "'Account' is a fact; write the words"),
        (below(FACT, "only after: A sincere apologie"), "only", "(is 'A sincere apology' meant?)"),
        (below(FACT, "only after: Snow in May"), "only after", "is no rule of this file; write"),
        (
            below(FACT, "only after: A time is named", "only after: Stays calm"),
            "only after: Stays",
            "written twice for one fact, on lines 13 and 14",
        ),
        (
            below(RULE, "then: Account: b", text=below(FACT, "only after: Owning the mistake")),
            "only after",
            "goes in a circle: 'Owning the mistake'",
        ),
        (below(FACT, "asked:"), "asked:", 'asked: has no question; write one, as in asked: "How'),
        (below(FACT, 'asked: "…"'), "asked:", "asked: has no question"),
        (below(FACT, "asked: which"), "asked:", "put the sentence in quotation marks"),
        (below(FACT, 'asked: "A?"', 'asked: "a"'), 'asked: "a"', "twice under one fact, as on"),
        (
            below(SINCE, 'asked: "A?"', text=below(FACT, 'asked: "Eh?"', 'asked: "a?"')),
            'asked: "A?"',
            "asked: 'A?' is for 'Account' already, as on line 14; keep it under the one fact",
        ),
        (below(RULE, 'asked: "Who?"'), "asked:", "stands below no fact; indent it below one of Pr"),
        (swap(FACT, f'- asked: "Who?"\n{FACT}'), "- asked", "stands below no fact"),
        (swap("- Speaks fast", '- asked: "Who?"'), "- asked", "stands below no fact"),
        (swap(FACT, f'{FACT}\n  asked: "Who?"'), FACT, "asked: begins no bullet"),
        (below(FACT, 'askd: "Who?"'), "askd", "unknown mark 'askd'; below a fact stands only"),
        (swap(RULE, f'- like: "Mine."\n{RULE}'), "- like", "stands below no rule"),
        (swap("- Speaks fast", '- like: "Mine."'), "- like", "stands below no rule"),
        (swap("- Never agrees", '- unlike: "Mine."\n- Never agrees'), "- unlike", "below no rule"),
        (swap(FACT, f'{FACT}\n- like: "Mine."'), "- like", "stands below no rule"),
        (swap(FACT, f"- only after: Stays calm\n{FACT}"), "- only", "stands below no fact"),
        (swap(RULE, f'{RULE}\n  like: "Mine."'), RULE, "begins no bullet, so it is read as words"),
        (swap(FACT, f"{FACT}\n  only after: Stays calm"), FACT, "begins no bullet"),
        (f'{FULL}\n# Phrases\n- Whine: "Oh."\n', "- Whine", "unknown phrase 'Whine'; write Unkn"),
        (f"{FULL}\n# Phrases\n- Why: for what\n", "- Why", "put the sentence in quotation marks"),
        (f"{FULL}\n# Phrases\n- Why:\n", "- Why", "why has no words"),
        (f'{FULL}\n# Phrases\n- "Oh."\n', '- "Oh', "a line of no kind"),
        (f"{FULL}\n# Phrases\n", "# Phrases", "Phrases is empty; write bullets such as"),
        (f'{FULL}\n# Phrase\n- Why: "Eh?"\n', "# Phrase", "(is # Phrases meant?)"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_on_its_line(text: str, place: str, words: str) -> None:
    finding = only(text)
    assert words in finding.message
    assert finding.line == line_of(place, text)


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        ("- Being transferred", RULE, True),
        ("- Being transferred", "- A time is named", True),
        ("- Being transferred", "- Stays calm", True),
        (RULE, "- A time is named", False),
        ("- A time is named", "- Stays calm", False),
    ],
)
def test_one_sentence_cannot_anger_and_help(one: str, other: str, told: bool) -> None:
    text = below(one, 'like: "I will see to it."', text=below(other, 'like: "I will see to it!"'))
    findings = examine(text, "sarah").findings
    assert [finding.level for finding in findings] == ["warning"] * told
    assert all("cannot anger and help at once" in finding.message for finding in findings)
    # What one rule is like may well be what another is not.
    read(below(one, 'like: "I will."', text=below(other, 'unlike: "I will."')))


def test_marks_that_are_not_understood_keep_their_words() -> None:
    persona = examine(below(RULE, "mood: grim *as ever*"), "sarah").persona
    assert persona is not None
    assert persona.phases[2].notes == ("mood: grim as ever",)
    assert [rule.id for rule in persona.rules] == [rule.id for rule in read(FULL).rules]


def test_words_that_only_look_like_marks_stay_words() -> None:
    text = below(
        "- A time is named",
        "Named on the phone",
        text=swap(FACT, f"{FACT}\n- Like: tea\n- Asked: twice"),
    )
    text = swap("- Speaks fast", "- Then: tells it all again", text)
    persona = read(text)
    told = [(fact.label, fact.value) for fact in persona.facts]
    assert told[1:3] == [("Like", "tea"), ("Asked", "twice")]
    assert persona.phases[0].notes == ("Then: tells it all again",)
    assert [rule.text for rule in persona.criteria][2] == "Named on the phone"


def test_what_stands_below_a_list_of_rules_is_a_rule() -> None:
    listed = f'{RULE}\n- What helps:\n  - praise: "Oh."\n  - Patience'
    persona = examine(swap(RULE, listed), "sarah").persona
    assert persona is not None
    assert [rule.text for rule in persona.deescalations][2:] == ["praise", "Patience"]


def test_the_conditions_of_the_personas_that_come_with_the_app() -> None:
    facts: dict[tuple[str, str], str] = {}
    changes: dict[tuple[str, str, str], str] = {}
    for path in sorted((ROOT / "personas").glob("*.md")):
        persona = read(path.read_text(encoding="utf-8"))
        text = {rule.id: rule.text for rule in persona.rules}
        facts |= {(path.stem, f.label): text[f.only_after] for f in persona.facts if f.only_after}
        changes |= {
            (path.stem, rule.text, change.label): change.value
            for rule in persona.rules
            for change in rule.then
        }
    assert facts == {("maria-delgado", "Message"): "Telling her that it is not her fault"}
    assert changes == {
        ("alexandra-vance", "A seat on a flight is booked for her", "Flight"): (
            "the one that you have just booked for me"
        ),
        ("alexandra-vance", "The hotel suite is confirmed", "Hotel"): (
            "the Marlowe, and the corner suite is mine again"
        ),
        ("grace-bennett", "Offering to pick up the broken machine", "Return label"): (
            "I don't need one any more, you're fetching it yourselves"
        ),
        ("marcus-reid", "The new price per month is confirmed", "New price"): (
            "it was 79 dollars a month, until you brought it down just now"
        ),
        ("maria-delgado", "The card is frozen or blocked", "Where the card is"): (
            "it's in my wallet, and you've blocked it, so it can stay there"
        ),
        ("sarah-thompson", "ส่งข้อความหรืออีเมลยืนยันให้ลูกค้า", "ความรู้สึก"): (
            "ตอนนี้ดีขึ้นแล้ว ขอแค่เงินเข้าตามที่บอก"
        ),
        ("victor-lang", "Changing the email or sending the link", "Email"): (
            "the new one, you have just put it in"
        ),
        ("victor-lang", "Giving him a hint about the security word", "Security word"): (
            "then it has to be Bella, or Buddy"
        ),
        **{
            ("walter-hughes", "He is told to put the yellow cable into the blue port", label): value
            for label, value in {
                "Lights": "both of them are green now",
                "Cables": "the yellow one's in the blue hole now, the others are where they were",
                "Holes in the back": (
                    "the blue one has the yellow cable in it now, and the others are gray"
                ),
                "Click": "it did click when I pushed it in",
                "My guess": "it was the wrong hole, by the look of it",
                "Trouble": "it all comes up again now, the news and everything",
                "Days without it": "it was four days, and now it's back",
            }.items()
        },
    }


def test_an_example_finds_its_rule_over_a_heading() -> None:
    text = swap(RULE, f'{RULE}\n### More\n  - like: "On us."\n  - then: Account: shut\n\n#### x\n')
    rule = examine(text, "sarah").persona.deescalations[1]  # type: ignore[union-attr]
    assert (rule.like, rule.then[0].line) == (("On us.",), line_of("then:", text))


def test_a_criterion_has_what_is_said_while_it_is_missing() -> None:
    persona = read(below("- A time is named", 'missing: "And when?" "Which day, then?"'))
    assert [rule.missing for rule in persona.criteria if rule.missing] == [
        ("And when?", "Which day, then?")
    ]


def test_only_a_criterion_can_be_missing() -> None:
    found = only(below(RULE, 'missing: "And when?"'))
    assert (found.level, "Phase 4" in found.message) == ("error", True)
    assert "below no rule" in only(below("- Intensity: 8/10", 'missing: "When?"')).message
