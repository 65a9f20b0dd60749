"""Why a line was said: what was seen, the direction, where its words stand, the prompt."""

import pytest

from agent.engines.registry import EngineRegistry
from agent.engines.why import Place, Why, engine_at, places
from data.journal import CallRecord
from data.records import CallStart, EngineUse, Turn
from tests.support.persona_text import swap
from tests.support.talk import EDITED, TEXT, persona_of

ENGINES = EngineRegistry()
SARAH = persona_of(TEXT)
CALM = SARAH.triggers[0]


def record(engine: str = "offline", *, replayed: bool = False, source: str = "voice") -> CallRecord:
    start = CallStart("a" * 16, "ann", "sarah", "Sarah", "Billing", "v1", engine, "en-US", 0.0)
    turns = (
        Turn(0, "persona", "I was charged twice!", 1.0, version="v1"),
        Turn(
            1, "trainee", "Please calm down.", 2.0, source, "v1",  # type: ignore[arg-type]
            phase="escalation", intensity=10, matched=(CALM.id, "t-gone"),
            quotes=("calm down", "Please"), cause="+2: told to calm down", observer="lexical",
        ),
        Turn(2, "persona", "Do not tell me to calm down! It's TC-88213.", 3.0, version="v2",
             direction="You are furious.", replayed=replayed),
        Turn(3, "persona", "Hello?", 9.0, version="v9"),
    )  # fmt: skip
    return CallRecord(start, TEXT, turns=turns, texts={"v1": TEXT, "v2": EDITED})


def test_what_was_answered_and_what_it_matched() -> None:
    behind = Why(record(), ENGINES)
    reason = behind.reason(record().turns[2])
    assert reason.answered == record().turns[1]
    first, second = reason.seen
    assert (first.words, first.change, first.quote) == (CALM.text, 2, "calm down")
    assert TEXT.splitlines()[first.line - 1].startswith("- Being told to calm down")
    assert (second.words, second.line) == ("a rule that is not in the text (t-gone)", 0)
    assert behind.reason(record().turns[0]).answered is None
    assert behind.reason(record().turns[3]).answered is None  # it broke a silence


@pytest.mark.parametrize(
    ("engine", "source", "late", "asked"),
    [
        ("offline", "voice", False, False),
        ("pipeline", "voice", False, True),
        ("gemini", "voice", True, True),
        ("openai", "voice", True, True),
        ("openai", "typed", False, True),
        ("gone", "voice", False, True),
    ],
)
def test_the_prompt_and_the_time_of_the_direction(
    engine: str, source: str, late: bool, asked: bool
) -> None:
    call = record(engine, source=source)
    reason = Why(call, ENGINES).reason(call.turns[2])
    assert (reason.engine.name, reason.late, bool(reason.prompt)) == (engine, late, asked)
    assert ("apology (-4)" in reason.prompt) == asked  # the version that spoke


def test_no_prompt_is_invented() -> None:
    call = record("openai")
    assert Why(call, ENGINES).reason(call.turns[3]).prompt == ""  # nobody has the text of v9
    taken = record("openai", replayed=True)
    assert Why(taken, ENGINES).reason(taken.turns[2]).prompt == ""


def test_where_the_words_of_a_line_stand() -> None:
    found = places(SARAH, record().turns[2].text)
    assert [each.what for each in found] == ["a fact: Account", f"the reply to: {CALM.text}"]
    lines = TEXT.splitlines()
    assert "TC-88213" in lines[found[0].line - 1]
    assert "Do not tell me" in lines[found[1].line - 1]
    (opening,) = places(SARAH, "Well: I was charged twice!")
    assert opening == Place(lines.index('- "I was charged twice!"') + 1, "a line of phase 1")
    assert places(SARAH, "I like rain.") == ()
    then = "- A time is named\n  - then: Account: closed since noon"
    text = swap("- A time is named", then, TEXT) + '\n# Phrases\n- Why: "What for?"\n'
    changed, phrase = places(persona_of(text), "What for? It's closed since noon.")
    lines = text.splitlines()
    assert changed.what == "what became of a fact: Account"
    assert "then: Account" in lines[changed.line - 1]
    assert phrase == Place(lines.index('- Why: "What for?"') + 1, "a phrase: Why")
    empty = persona_of(swap('"I was charged twice!"', '""', TEXT))
    assert places(empty, "Anything.") == ()


def test_the_engine_that_spoke() -> None:
    start = record("gemini").start
    call = CallRecord(start, engines=(EngineUse("offline", 4, 9.0, "closed"),))
    assert [engine_at(call, turn) for turn in (0, 3, 4, 9)] == [
        "gemini", "gemini", "offline", "offline",
    ]  # fmt: skip
