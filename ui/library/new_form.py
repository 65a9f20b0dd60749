"""The guided form itself: what it asks, in which order, and with which examples."""

from collections.abc import Callable

from nicegui import ui

from agent.simulation.directing.mood import mood_word
from personas.form import Form
from personas.languages import canonical
from ui import kit
from ui.catalogue.page import DIFFICULTIES
from ui.kit import words
from ui.library.form_fields import ANGERS, CALMS, WEIGHTS, Column, FormFields, Rows, Values, more

TAGS = (
    "en-US", "en-GB", "en-AU", "en-IN", "th-TH", "ar", "cs-CZ", "da-DK", "de-DE", "el-GR", "es-ES",
    "es-MX", "fi-FI", "fil-PH", "fr-FR", "fr-CA", "he-IL", "hi-IN", "hu-HU", "id-ID", "it-IT",
    "ja-JP", "km-KH", "ko-KR", "lo-LA", "ms-MY", "my-MM", "nl-NL", "nb-NO", "pl-PL", "pt-BR",
    "pt-PT", "ro-RO", "ru-RU", "sv-SE", "tr-TR", "uk-UA", "vi-VN", "zh-CN", "zh-TW",
)  # fmt: skip
_REPLY = Column("reply", "What the customer says then", "Do not tell me to calm down!")
_EXAMPLES = (
    Column("like", "This counts, too: sentences of a trainee, one a line"),
    Column("unlike", "This does not count: sentences of a trainee, one a line"),
)
FACTS = Rows(
    "facts",
    (Column("label", "What", "Order number"), Column("value", "The answer", "55 12")),
    "Add a fact",
    "fact",
    "rh-form-row-2",
    (Column("asked", "Other ways to ask for it, one a line", "What is on your receipt?"),),
)
OPENING = Rows(
    "opening",
    (Column("", "A sentence to begin with", "Hello? I want to know where my parcel is."),),
    "Add another way to begin",
    "sentence",
)
RULE_ROWS = {
    "angers": Rows(
        "angers",
        (
            Column("words", "What the trainee does", "Telling her to calm down"),
            Column("change", "How much", options=ANGERS, usual=2),
            _REPLY,
        ),
        "Add what angers",
        "rule",
        "rh-form-row-3",
        _EXAMPLES,
    ),
    "calms": Rows(
        "calms",
        (
            Column("words", "What the trainee does", "Apologizing sincerely"),
            Column("change", "How much", options=CALMS, usual=2),
            Column("reply", "What the customer says then", "Well, thank you for saying that."),
        ),
        "Add what calms",
        "rule",
        "rh-form-row-3",
        _EXAMPLES,
    ),
    "wants": Rows(
        "wants",
        (
            Column("words", "What has to be given or promised", "A delivery date is named"),
            Column("reply", "What the customer says then", "Tomorrow is fine. Thank you."),
        ),
        "Add what is wanted",
        "condition",
        "rh-form-row-2",
        (
            Column(
                "missing",
                "What the customer asks while it is not given, one a line",
                "And when will it be here?",
            ),
            *_EXAMPLES,
        ),
    ),
    "objectives": Rows(
        "objectives",
        (
            Column("words", "What the trainee is to show", "Apologizes for the delay"),
            Column("weight", "How much", options=WEIGHTS),
        ),
        "Add an objective",
        "objective",
        "rh-form-row-weight",
        _EXAMPLES,
    ),
}


def start() -> Values:
    """The values of a form in which nothing was typed yet."""
    constraints = (
        "Stay in the role of the customer for the whole call, and never mention being an AI.\n"
        "Never help the trainee, and never propose the solution."
    )
    return values_of(Form(constraints=constraints))


def values_of(form: Form) -> Values:
    """The answers as values that fields can change."""
    values = form.to_json()
    return values | {key: list(values[key]) for key in ("facts", "opening", *RULE_ROWS)}


def draw(fields: FormFields, values: Values, voice: Callable[[], object]) -> None:
    """Every section of the form; ``voice`` draws what chooses the customer's voice."""
    with _section("The customer", "Who calls, and what about. Names and numbers are made up."):
        with kit.tag("div", classes="rh-form-pair"):
            fields.text("scenario", "Scenario, in two or three words", "Lost Parcel")
            fields.text("name", "Name of the customer", "Dana Fox")
        fields.text(
            "who",
            "Who the customer is",
            "Dana is forty and runs a small shop. She speaks fast, hates scripts, and likes "
            "people who own a problem.",
            lines=3,
        )
        with kit.tag("div", classes="rh-form-pair"):
            fields.select("difficulty", "Difficulty", _difficulties())
            fields.select("language", "Language", _languages(values), search=True)
    with _section("The voice", "It fits who the customer is, unless you choose another one."):
        voice()
    with _section("The story", "What happened before the call. One thing a line."):
        fields.text(
            "context",
            "What happened, what the customer knows, and what they want",
            "The parcel is a week late, and nobody called back.",
            lines=4,
        )
    with _section("Facts", "Told only when the trainee asks for them."):
        fields.rows(FACTS)
        with more("When asked for anything else", used=bool(values.get("unknown"))):
            fields.text(
                "unknown",
                "What the customer says then, one a line",
                "I couldn't tell you that.",
                lines=2,
            )
    with _section("How the call begins", "The customer speaks first."):
        fields.select("intensity", "Mood at the start", _levels())
        fields.rows(OPENING)
    with _section("What angers", "Things a trainee may do that make it worse."):
        fields.rows(RULE_ROWS["angers"])
    with _section("What calms", "Things a trainee may do that help."):
        fields.rows(RULE_ROWS["calms"])
    with _section("When it ends", "The customer agrees once all of this is given, and not before."):
        fields.select("threshold", "Only when the mood is down to", _levels())
        fields.rows(RULE_ROWS["wants"])
    with _section("Objectives", "What the score is made of."):
        fields.rows(RULE_ROWS["objectives"])
    with _section("Limits", "How the customer is played. One thing a line."):
        fields.text("constraints", "What the customer never does", lines=3)
    with _section("Briefing", "For the trainee, before and during the call. No customer hears it."):
        fields.text(
            "briefing",
            "Who the trainee is, what they may offer, and what their screen shows (may stay empty)",
            "You work for Quickpost. You may send the parcel again or refund it. Your screen "
            "shows: the parcel is at the depot in Leeds.",
            lines=5,
        )


def _section(title: str, hint: str) -> ui.element:
    section = kit.tag("section", classes="rh-card").props(f'aria-label="{title}"')
    with section, kit.tag("div", classes="rh-stack-tight"):
        kit.heading(title, 2)
        kit.muted(hint)
    return section


def _difficulties() -> dict[str, str]:
    return {key: word for key, word in DIFFICULTIES.items() if key in ("easy", "medium", "hard")}


def _levels() -> dict[int, str]:
    return {level: f"{level}/10, {mood_word(level)}" for level in range(11)}


def _languages(values: Values) -> dict[str, str]:
    """Tag and name of each language; the one that a draft brought among them."""
    tags = list(TAGS)
    try:
        given = canonical(str(values.get("language", "")))
    except ValueError:
        given = TAGS[0]
    if given not in tags:
        tags.append(given)
    return {tag: f"{words.language_name(tag)} ({tag})" for tag in tags}
