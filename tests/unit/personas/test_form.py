"""The guided form: whatever is typed becomes a file that says just that."""

# ruff: noqa: RUF001

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from personas.blank import BLANK
from personas.files import is_slug
from personas.form import Aim, Deed, Form, Known, Want
from personas.form_check import Problem, lowest, problems
from personas.form_text import BACKGROUND, IN_ROLE, written
from personas.mending import well_decoded
from personas.model import Persona
from personas.parse import examine
from personas.slugs import proposed
from personas.spelling import one_line

FULL = Form(
    scenario="Lost Parcel",
    name="Dana Fox",
    who="Dana runs a small shop.\n\nShe has lost a day over this.",
    difficulty="hard",
    language="en-GB",
    intensity=7,
    threshold=5,
    context="The parcel is a week late.\nNobody called back.",
    opening=("Hello? Where is my parcel?",),
    facts=(Known("Order number", "55 12"), Known("", "Called twice at 10:30")),
    angers=(Deed("Being told to calm down", 2, "Do not tell me to calm down!"),),
    calms=(Deed("A sincere apology", 2, "Well, thank you."), Deed("Asking for the number", 1)),
    wants=(Want("A delivery date is named", "Good."),),
    objectives=(Aim("Apologizes for the delay", 2),),
    constraints="Never agrees to call back.",
    briefing="You work for Quickpost.\n\n## My screen\n- The parcel is in Leeds",
)


def read(form: Form) -> Persona:
    result = examine(written(form), "dana")
    assert not result.findings
    assert result.persona is not None
    return result.persona


def test_every_answer_has_its_place_in_the_file() -> None:
    assert problems(FULL) == []
    persona = read(FULL)
    assert (persona.name, persona.scenario) == ("Dana Fox", "Lost Parcel")
    assert (persona.difficulty, persona.language) == ("hard", "en-GB")
    assert (persona.intensity, persona.threshold) == (7, 5)
    assert persona.character == "Dana runs a small shop.\nShe has lost a day over this."
    assert persona.context == ("The parcel is a week late.", "Nobody called back.")
    assert persona.phases[0].lines == FULL.opening
    assert [(f.label, f.value) for f in persona.facts] == [
        ("Order number", "55 12"),
        ("", "Called twice at 10:30"),
    ]
    assert [(r.text, r.change, r.weight, r.replies) for r in persona.rules] == [
        ("Being told to calm down", 2, 0, ("Do not tell me to calm down!",)),
        ("A sincere apology", -2, 0, ("Well, thank you.",)),
        ("Asking for the number", -1, 0, ()),
        ("A delivery date is named", 0, 0, ("Good.",)),
        ("Apologizes for the delay", 0, 2, ()),
    ]
    assert persona.constraints == ("Never agrees to call back.",)
    assert persona.briefing == FULL.briefing


def test_examples_questions_and_phrases_stand_where_the_format_has_them() -> None:
    form = replace(
        FULL,
        facts=(replace(FULL.facts[0], asked="What is on your receipt?\n\nAnd the number?"),),
        angers=(replace(FULL.angers[0], like='Now "relax", will you', unlike="...\nEasy does it"),),
        calms=(replace(FULL.calms[0], like="I feel awful about this"), FULL.calms[1]),
        wants=(replace(FULL.wants[0], missing="And when?\nWhen is it here?", like="By noon"),),
        objectives=(replace(FULL.objectives[0], unlike="Sorry, again please?"),),
        unknown="I couldn't say.\nHow would I know?",
    )
    assert problems(form) == []
    persona = read(form)
    assert persona.facts[0].asked == ("What is on your receipt?", "And the number?")
    assert [(r.like, r.unlike, r.missing) for r in persona.rules] == [
        (("Now 'relax', will you",), ("Easy does it",), ()),
        (("I feel awful about this",), (), ()),
        ((), (), ()),
        (("By noon",), (), ("And when?", "When is it here?")),
        ((), ("Sorry, again please?",), ()),
    ]
    assert persona.phrases["unknown"] == ("I couldn't say.", "How would I know?")
    assert Form.from_json(form.to_json()) == form


@pytest.mark.parametrize(
    ("form", "field"),
    [
        (replace(FULL, angers=(Deed("Shouting", 1, "", "x " * 200),)), "angers"),
        (replace(FULL, wants=(Want("A date", "", "y " * 200),)), "wants"),
        (replace(FULL, facts=(Known("Order", "5", "z " * 200),)), "facts"),
        (replace(FULL, unknown="z " * 200), "unknown"),
        (replace(FULL, angers=(Deed("Shouting", 1, "", "Hey you", "Hey you"),)), ""),
    ],
)
def test_what_the_format_takes_for_no_example_is_said(form: Form, field: str) -> None:
    assert [problem.field for problem in problems(form)] == [field]


@pytest.mark.parametrize(
    ("typed", "read_as"),
    [
        ("# Profile Data\n- Order: 1", "## Profile Data\n- Order: 1"),
        ("#Persona: Eve\nHi", "## Persona: Eve\nHi"),
        ("You.\n\n\n```\n# Constraints\n", "You.\n\n## Constraints"),
        ("Profile Data\n============\n- Order: 1", None),
        ("---\nexam: yes\n---", None),
        ("  \n ", ""),
    ],
)
def test_a_briefing_begins_no_section_of_its_own(typed: str, read_as: str | None) -> None:
    persona, plain = read(replace(FULL, briefing=typed)), read(replace(FULL, briefing=""))
    assert persona.briefing == (persona.briefing if read_as is None else read_as)
    assert persona == replace(
        plain, briefing=persona.briefing, text=persona.text, version=persona.version
    )


def test_the_answers_survive_as_json() -> None:
    assert Form.from_json(FULL.to_json()) == FULL


@pytest.mark.parametrize(
    "values",
    [
        None,
        [],
        "text",
        {"name": 3, "facts": "no", "angers": [1, {"words": None}], "difficulty": []},
        {"intensity": float("nan"), "threshold": True, "opening": [None, {}]},
    ],
)
def test_answers_of_the_wrong_kind_are_left_empty(values: object) -> None:
    form = Form.from_json(values)
    assert (form.name, form.facts, form.difficulty, form.intensity) == ("", (), "medium", 6)


def test_numbers_out_of_reach_come_back_into_it() -> None:
    form = Form.from_json(
        {"intensity": 99, "calms": [{"words": "a", "change": -9}], "objectives": [{"weight": 50}]}
    )
    assert (form.intensity, form.calms[0].change, form.objectives[0].weight) == (10, 3, 3)


ROUGH = st.text(
    st.one_of(
        st.sampled_from(list("\"“”„«»「」'#-*+•_`~<>!\\()（）[]{}:：;,.|&@%=?0123456789\n\r\t ")),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=40,
)
PIECE = st.sampled_from(
    ["---", "# Persona: X", "(+2)", "(weight 2)", '"', "<!--", "-->", "```", "Threshold: 4/10",
     "Intensity: 9", "## Phase 2", "- a", 'like: "a"', "then: A: b", "only after:", "# Briefing",
     "<script>", "\x00", "…", "say", "12\"", "A: b"]
)  # fmt: skip
TYPED = st.lists(st.one_of(ROUGH, PIECE), min_size=1, max_size=4).map("".join)
SAID = TYPED.map(lambda text: f"{text} wörd {text}")


def letters(text: str) -> str:
    """What words are made of: signs with a meaning may be lost where there is no other way."""
    kept = unicodedata.normalize("NFKC", one_line(text)).casefold()
    return "".join(c for c in kept if unicodedata.category(c)[0] in "LMN")


@settings(deadline=None, max_examples=60)
@given(text=SAID, other=SAID, reply=st.one_of(st.just(""), TYPED))
def test_nothing_typed_breaks_the_file(text: str, other: str, reply: str) -> None:
    form = Form(
        scenario=text[:80],
        name=f"N {text[:40]}",
        who=f"{text}\n{other}",
        context=other,
        opening=(text, other),
        facts=(Known(f"K{text[:20]}", other), Known("", text)),
        angers=(Deed(f"a {text}", 2, reply),),
        calms=(Deed(f"b {other}", 3, reply),),
        wants=(Want(f"c {text}", reply),),
        objectives=(Aim(f"d {other}", 3),),
        constraints=text,
        notes=other,
    )
    if problems(form):
        return  # the author is told, and nothing is written
    if well_decoded(written(form)) != written(form):
        return  # check warns of it: see test_mending
    persona = read(form)
    assert letters(persona.name) == letters(form.name)
    (trigger,), (calm,) = persona.triggers, persona.deescalations
    assert letters(trigger.text) == letters(f"a {text}")
    assert letters(calm.text) == letters(f"b {other}")
    assert (trigger.change, calm.change, persona.objectives[0].weight) == (2, -3, 3)
    assert len(persona.facts) == 2
    assert len(persona.criteria) == len(persona.objectives) == 1
    assert list(map(letters, persona.phases[0].lines)) == list(map(letters, form.opening))
    assert not persona.extra


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("Saying (+3) things", "Saying (+3) things"),
        ("Being called “dear”", "Being called “dear”"),
        ("Gives 2 * 3 = 6", "Gives 2 * 3 = 6"),
        ("<b>bold</b> words", "<b>bold</b> words"),
        ("Threshold: too low", "Threshold too low"),
        ("A <!-- comment --> in it", "A <!-- comment --> in it"),
        ("two\nlines", "two lines"),
        ("Then: nothing", "Then nothing"),
        ('Like: “a” and "b"', "Like a and b"),
    ],
)
def test_signs_with_a_meaning_are_words_here(words: str, said: str) -> None:
    form = Form.from_json({**FULL.to_json(), "angers": [{"words": words, "change": 2}]})
    assert problems(form) == []
    assert read(form).triggers[0].text == said


def test_an_empty_form_says_all_that_is_missing() -> None:
    fields = [problem.field for problem in problems(Form())]
    assert fields == [
        "scenario", "name", "who", "context", "facts", "opening", "angers", "calms", "wants",
        "objectives",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"facts": [{"label": "Order", "value": ""}]}, "facts"),
        ({"opening": ["..."]}, "opening"),
        ({"angers": [{"words": "!!!"}]}, "angers"),
        ({"angers": [{"words": "", "reply": "Hey"}, {"words": "A"}]}, "angers"),
        ({"calms": [{"words": "being told, to CALM down"}]}, "calms"),
        ({"objectives": [{"words": "A"}, {"words": "a."}]}, "objectives"),
        ({"threshold": 1}, "threshold"),
        ({"language": "klingon!"}, "language"),
        ({"name": "x" * 81}, "name"),
        ({"who": "x" * 1001}, "who"),
        ({"context": "long " * 300}, "context"),
        ({"angers": [{"words": "Response", "reply": "Yes"}]}, "angers"),
    ],
)
def test_what_cannot_be_written_is_told_at_its_field(
    change: dict[str, object], expected: str
) -> None:
    found = problems(Form.from_json({**FULL.to_json(), **change}))
    assert expected in [problem.field for problem in found]
    assert all(isinstance(problem, Problem) and problem.words for problem in found)


def test_the_lowest_mood_counts_repeats() -> None:
    assert lowest(FULL) == 2  # 7, less 2 + 1 + 1 for the apology and 1 for the question


def test_no_limits_at_all_are_one_limit() -> None:
    form = Form.from_json({**FULL.to_json(), "constraints": " \n"})
    assert read(form).constraints == (IN_ROLE,)


def test_notes_are_never_told_and_background_is() -> None:
    values = {**FULL.to_json(), "notes": "---\nby [someone]: {x}", "background": "# A\nold tale"}
    text = written(Form.from_json(values))
    persona = examine(text, "dana").persona
    assert persona is not None
    assert text.index("# by (someone) (x)") < text.index("# Persona")
    (section,) = persona.extra
    assert (section.title, section.text) == (BACKGROUND, "\\# A\nold tale")


def test_the_blank_template_can_be_called() -> None:
    assert examine(BLANK, "blank").findings == ()


@pytest.mark.parametrize(
    ("names", "slug"),
    [
        (("Sarah Thompson",), "sarah-thompson"),
        (("José  Núñez-O'Brien!",), "jose-nunez-obrien"),
        (("สมชาย ใจดี",), "smchay-aichdi"),
        (("Иван Щука",), "ivan-shchuka"),
        (("Ольга",), "olga"),
        (("Ελένη",), "eleni"),
        (("山田",), "shantian"),
        (("محمد",), "mhmd"),
        (("김철수",), "gimcheolsu"),
        (("👍 Łukasz Groß",), "lukasz-gross"),
        (("№ 5 ½ e\u0301a",), "no-5-1-2-ea"),
        (("☎☎", "Lost Parcel"), "lost-parcel"),
        (("☎☎", "!!!"), "persona"),
        (("../../etc/passwd",), "etc-passwd"),
        (("con",), "con-2"),
        (("x" * 300,), "x" * 48),
    ],
)
def test_a_name_for_the_file_is_proposed(names: tuple[str, ...], slug: str) -> None:
    assert proposed(*names) == slug


@given(name=st.text(max_size=80))
def test_every_proposal_can_be_a_file(name: str) -> None:
    assert is_slug(proposed(name))


def test_a_taken_name_gets_a_number() -> None:
    assert proposed("Ann Lee", taken={"ann-lee", "ann-lee-2"}.__contains__) == "ann-lee-3"
