"""A voice's settings are written into a text, and nothing else of it changes."""

import re
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.engines.registry import EngineRegistry
from personas.blank import BLANK
from personas.front_writer import FrontNotWritten
from personas.frontmatter import Front, read_front
from personas.parse import examine
from personas.source import Findings
from personas.voice_writer import with_voice

VOICE: dict[str, str | float] = {"speaker": "heart", "size": 0.82, "tone": 0.8, "pace": 1.05}
FLOW = "{speaker: heart, size: 0.82, tone: 0.8, pace: 1.05}"
BODY = "# Persona: Sarah Thompson\n\nvoice: {offline: {size: 1}}\n---\n- \u00e4 \U0001f600\n"


def front(text: str) -> tuple[Front, str]:
    """The front matter, in which the checker finds no error, and what stands below it."""
    found = Findings()
    read, offset, _ = read_front(text, found, EngineRegistry().voices)
    assert [each for each in found.sorted() if each.level == "error"] == []
    return read, text[offset:]


def offline(text: str) -> Mapping[str, Any]:
    voice = front(text)[0].voice["offline"]
    assert isinstance(voice, Mapping)
    return voice


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("", f"voice: {{offline: {FLOW}}}\n", id="empty"),
        pytest.param(
            "difficulty: hard # yes\n# end\n",
            f"difficulty: hard # yes\n# end\nvoice: {{offline: {FLOW}}}\n",
            id="without a voice",
        ),
        pytest.param(
            "  scenario: Lost\n  patience: 9\n",
            f"  scenario: Lost\n  patience: 9\n  voice: {{offline: {FLOW}}}\n",
            id="indented",
        ),
        pytest.param(
            "{difficulty: hard, scenario: Lost, }\n",
            f"{{difficulty: hard, scenario: Lost, voice: {{offline: {FLOW}}}, }}\n",
            id="all in braces",
        ),
        pytest.param("{}\n", f"{{voice: {{offline: {FLOW}}}}}\n", id="empty braces"),
        pytest.param(
            "voice: # none yet\nlanguage: en\n",
            f"voice: {{offline: {FLOW}}} # none yet\nlanguage: en\n",
            id="a key without a value",
        ),
        pytest.param("voice: ~\n", f"voice: {{offline: {FLOW}}}\n", id="null"),
        pytest.param("voice: {}\n", f"voice: {{offline: {FLOW}}}\n", id="a voice without engines"),
        pytest.param(
            "voice: {gemini: Kore}  # hers\nlanguage: en\n",
            f"voice: {{gemini: Kore, offline: {FLOW}}}  # hers\nlanguage: en\n",
            id="another engine in braces",
        ),
        pytest.param(
            "voice:\n  # cloud\n  gemini: Kore  # hers\nlanguage: en\n",
            f"voice:\n  # cloud\n  offline: {FLOW}\n  gemini: Kore  # hers\nlanguage: en\n",
            id="another engine in a block",
        ),
        pytest.param(
            "Voice: {OFFLINE: {size: 1, pitch: 60}}\n",
            "Voice: {OFFLINE: {size: 0.82, pitch: 60, speaker: heart, tone: 0.8, pace: 1.05}}\n",
            id="some settings in braces",
        ),
        pytest.param(
            "voice:\n  offline:\n    size: 1.2   # small\n    pitch: 60\n  openai: coral\n",
            "voice:\n  offline:\n    speaker: heart\n    tone: 0.8\n    pace: 1.05\n"
            "    size: 0.82   # small\n    pitch: 60\n  openai: coral\n",
            id="some settings in a block",
        ),
        pytest.param(
            "voice:\n  offline:\n    size: .inf\n    tone:\n    pace: [1]\n    speaker: no\n",
            "voice:\n  offline:\n    size: 0.82\n    tone: 0.8\n    pace: 1.05\n"
            "    speaker: heart\n",
            id="settings that cannot be",
        ),
        pytest.param(
            "voice: {offline: heart}\n", f"voice: {{offline: {FLOW}}}\n", id="a name for settings"
        ),
        pytest.param(
            "voice:\n  offline:\n  gemini: Kore\n",
            f"voice:\n  offline: {FLOW}\n  gemini: Kore\n",
            id="an engine without a value",
        ),
        pytest.param(
            "scenario: \u00e4\u00f6\U0001f600 \u0e01\nvoice: {gemini: Kore}\n",
            f"scenario: \u00e4\u00f6\U0001f600 \u0e01\nvoice: {{gemini: Kore, offline: {FLOW}}}\n",
            id="letters of many bytes",
        ),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_where_the_voice_is_written(before: str, after: str, end: str) -> None:
    made = with_voice(f"---\n{before}---\n{BODY}".replace("\n", end), "offline", VOICE)
    assert made == f"---\n{after}---\n{BODY}".replace("\n", end)
    assert dict(offline(made)) | VOICE == dict(offline(made))


@pytest.mark.parametrize("begin", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_text_without_front_matter_gets_one(begin: str, end: str) -> None:
    body = BODY.replace("\n", end)
    made = with_voice(begin + body, "offline", VOICE)
    assert made == f"{begin}---{end}voice: {{offline: {FLOW}}}{end}---{end}{body}"
    assert offline(made) == VOICE


@pytest.mark.parametrize(
    "source",
    [
        "difficulty: [hard\n",
        "just words\n",
        "- a list\n",
        "voice: coral\n",
        "voice: [offline]\n",
        "scenario: &a X\nvoice: {gemini: *a}\n",
        "voice:\n  ? gemini\n  : Kore\n",
        "voice: {offline}\n",
        "x: " + "{a: " * 400 + "\n",
        f"scenario: {'x' * 20_000}\n",
    ],
)
def test_what_cannot_be_added_to_is_told_and_left(source: str) -> None:
    with pytest.raises(FrontNotWritten, match=r"Mend|by hand"):
        with_voice(f"---\n{source}---\n{BODY}", "offline", VOICE)


def test_front_matter_that_is_never_closed_is_told() -> None:
    with pytest.raises(FrontNotWritten, match="Mend"):
        with_voice("---\ndifficulty: hard\n# Persona: Ann\n", "offline", VOICE)


@pytest.mark.parametrize("speaker", ["no", "null", "1e3", "a: b", 'q"', "- x", "#", "\u00e4"])
def test_a_name_is_read_again_as_that_name(speaker: str) -> None:
    made = with_voice(BODY, "someone", {"speaker": speaker})
    assert read_front(made, Findings())[0].voice["someone"] == {"speaker": speaker}


def test_the_blank_template_can_be_called_with_it() -> None:
    made = examine(with_voice(BLANK, "offline", VOICE), "blank").persona
    assert made is not None
    assert made.voice == {"offline": VOICE}


number = st.floats(0.5, 1.4).map(lambda value: round(value, 3))
voices = st.fixed_dictionaries(
    {"speaker": st.sampled_from(("heart", "emma")), "size": number, "tone": number, "pace": number}
).filter(lambda voice: 0.6 <= float(str(voice["size"])) <= 1.4)
space = st.sampled_from(("", " ", "  # a, {b}: c", " # '\u00e4"))
COMMENT = re.compile(r"(?:#|  #) [^\r\n]*")
own = st.lists(
    st.sampled_from(("size: 1", "tone: .inf", "pitch: 60", "speaker: kore", "variant: 'f2'")),
    unique_by=lambda each: each.split(":")[0],
)
engines = st.lists(
    st.sampled_from(("gemini: Kore", 'openai: "coral"', "offline", "pipeline: alloy")),
    unique=True,
    min_size=1,
)
others = st.lists(
    st.sampled_from(
        ("difficulty: hard", "scenario: 'It''s: {odd}'", "# note", "patience: 9", "x: [1, {y: 2}]")
    ),
    unique=True,
)


yes = st.sampled_from((True, False))


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Persona texts with voices in all their spellings."""
    listed: list[str] = draw(others)
    lines = [each if each.startswith("#") else each + draw(space) for each in listed]
    voice: list[str] = []
    for engine in draw(engines):
        values: list[str] = draw(own) if engine == "offline" else []
        if engine != "offline":
            voice.append(engine)
        elif draw(yes) and values:
            voice.append("offline:" + "".join(f"\n    {each}{draw(space)}" for each in values))
        else:
            voice.append("offline: {" + ", ".join(values) + "}")
    blocks = any("\n" in each for each in voice)
    if blocks or draw(yes):
        lines.append("voice:" + "".join(f"\n  {each}{draw(space)}" for each in voice))
    elif draw(yes):
        lines.append("voice: {" + ", ".join(voice) + "}" + draw(space))
    lines = list(draw(st.permutations(lines)))
    end = draw(st.sampled_from(("\n", "\r\n")))
    return "\n".join(("---", *lines, "---", BODY)).replace("\n", end)


@settings(max_examples=150)
@given(texts(), voices)
def test_only_the_voice_changes(text: str, voice: dict[str, str | float]) -> None:
    before, body = read_front(text, Findings())[0], text[read_front(text, Findings())[1] :]
    made = with_voice(text, "offline", voice)
    after, below = front(made)
    assert below == body
    was = before.voice.get("offline")
    kept = dict(was) if isinstance(was, Mapping) else {}
    assert dict(after.voice["offline"]) == kept | voice
    assert {k: v for k, v in after.voice.items() if k != "offline"} == {
        k: v for k, v in before.voice.items() if k != "offline"
    }
    for name in ("scenario", "difficulty", "language", "patience", "engine"):
        assert getattr(after, name) == getattr(before, name)
    assert COMMENT.findall(text) == COMMENT.findall(made)
    assert with_voice(made, "offline", voice) == made
