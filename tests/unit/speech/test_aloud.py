"""What a text model wrote, made fit to be spoken."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.providers.thinking import without_thinking
from agent.speech.aloud import Aloud, aloud

NAMES = ["Walter Brooks"]

REPLIES = [
    ("Hello. My parcel is late.", "Hello. My parcel is late."),
    # Markdown
    ("**Fine.** I'll *really* wait.", "Fine. I'll really wait."),
    ("__Fine__, ~~gone~~, `code`", "Fine, gone, code"),
    ("# Title\n\nHello there", "Title. Hello there"),
    ("- one\n- two\n", "one. two."),
    ("Option A:\n* foo\n* bar", "Option A: foo. bar"),
    ("1. one\n2. two\n\nDone", "one. two. Done"),
    ("> quoted\n> more", "quoted. more"),
    ("---\nHello\n***\n", "Hello"),
    ("```\nHello there\n```", "Hello there"),
    ("```python\nprint(1)\n```\nThat's it.", "That's it."),
    ("| a | b |\n|---|---|\n| c | d |", "a, b. c, d"),
    ("\\*Not\\* bold", "Not bold"),
    ("<b>Bold</b><br>new", "Bold new"),
    ("Tom &amp; Jerry & me", "Tom & Jerry & me"),
    # Links and pictures
    ("See [our page](https://example.com/a_(b)) now", "See our page now"),
    ("See https://example.com/x?y=1. Bye.", "See. Bye."),
    ("Go to www.example.com, please", "Go to, please"),
    ("![alt](x.png) Hello[1] there[^2].", "Hello there."),
    ("Hi 😀👍🏽 there ❤️! :) Bye ;-)", "Hi there! Bye"),
    # Stage directions
    ("*sighs* Fine.", "Fine."),
    ("*sighs heavily*, okay then", "okay then"),
    ("Well *sighs* fine.", "Well fine."),
    ("_sighs_ I see", "I see"),
    ("**sighs** I see", "I see"),
    ("(pauses) Okay.", "Okay."),
    ("Look (sighs) no.", "Look no."),
    ("[angrily] What?", "What?"),
    ("{sighs} Hm", "Hm"),
    ("*Walter pauses.* Yes.", "Yes."),
    ('*He sighs.* "Fine." *beat* "No."', "Fine. No."),
    ("Really?! *slams door*", "Really?!"),
    ("*ถอนหายใจ* สวัสดีค่ะ", "สวัสดีค่ะ"),
    ("[Director] Be angry.\nFine.", "Fine."),
    # Thinking aloud
    ("<think>{a} *b*</think>\nHi there", "Hi there"),
    ("<think>never", ""),
    ("<thinking>a<think>b</think>c</thinking>d", "d"),
    ("I see. <think>hm</think>Go on.", "I see. Go on."),
    ("The user is upset.</think>Hi.", "Hi."),
    (
        "<|channel|>analysis<|message|>The user<|end|><|start|>assistant<|channel|>final<|message|>"
        "Hello there<|return|>",
        "Hello there",
    ),
    ("analysisThe user wants itassistantfinalHello", "Hello"),
    ("<|channel>thought\nhm<channel|>Hi", "Hi"),
    ("[THINK]x[/THINK]z", "z"),
    ("Okay, the user is asking. I should respond as Walter.\n\nIt's me.", "It's me."),
    ("Okay, the user is asking for my order", ""),
    # Labels and wrappings
    ("Walter: Hello.", "Hello."),
    ('**Walter Brooks:** "Hello there."', "Hello there."),
    ("Customer (angry): What now?", "What now?"),
    ("Agent: how can I help?\nCustomer: It broke.\nAgent: sorry", "It broke."),
    ("<|im_start|>assistant\nHello<|im_end|>", "Hello"),
    ('Sure! Here\'s my response as Walter:\n\n"Hello."', "Hello."),
    ("Here is a reply in character: Hello.", "Hello."),
    ("Hello.\n\n(Note: I stayed in character.)", "Hello."),
    ("Hello.\nNote: this is a customer.", "Hello."),
    ('"Hello there."', "Hello there."),
    ("\u201cHello there.\u201d", "Hello there."),
    ("'Fine, then.'", "Fine, then."),
    ('{"text": "Hello **there**"}', "Hello there"),
    ('```json\n{"reply": "Yes."}\n```', "Yes."),
    ('[{"content": "Yes."}]', "Yes."),
    ('{"reply": "Cut off in', "Cut off in"),
    ('{"mood": 3}', ""),
    # Of which nothing is left
    ("😀", ""),
    ("...", ""),
    ("*sighs*", ""),
    ("", ""),
]
KEPT = [
    "I want it now, not in 2-3 days - is that so hard?",
    "It costs $49.99 (with the jug), i.e. 10% off; my number is 555-0142.",
    "(555) 010-0199 is my number",
    "42. Why do you ask?",
    "#5 it is",
    "ann_lee@example.com is my address: ann underscore lee.",
    'He said "calm down" to me.',
    "a < b and x > y, ~5",
    "Okay. Thank you.",
    "Okay, so the user account is locked.",
    "I need to play my son's game, and I have to stay calm.",
    "Walter here. Who is this?",
    "Me too!",
    "Sure. Here is my account number: TC-88213.",
    "Here's the thing: it broke.",
    "Here.",
    "Sure!",
    "สวัสดีค่ะ ดิฉันชื่อมาลี",
    "Don't you 'sorry' me…",
]


@pytest.mark.parametrize(("reply", "said"), REPLIES)
def test_only_what_can_be_spoken_is_left(reply: str, said: str) -> None:
    assert aloud(reply, NAMES) == said


@pytest.mark.parametrize("reply", KEPT)
def test_what_people_say_stays(reply: str) -> None:
    assert aloud(reply, NAMES) == reply


def in_pieces(reply: str, cuts: list[int]) -> str:
    speech = Aloud(NAMES)
    given, at = "", 0
    for cut in cuts:
        given += speech.push(reply[at : at + cut])
        at += cut
    return given + speech.push(reply[at:]) + speech.finish()


UNOPENED = "</think>Hi"
"""What has been given cannot be taken back."""
MIX = st.lists(
    st.sampled_from(
        [*"*_`~[](){}<>|#:!-\n\"' \\.a9😀", *(reply for reply, _ in REPLIES), "http", "Walter"]
    ),
    max_size=12,
).map("".join)


@pytest.mark.parametrize("size", [1, 2, 3, 7])
@pytest.mark.parametrize("reply", [r for r, _ in REPLIES if UNOPENED not in r] + KEPT)
def test_it_is_the_same_in_pieces(reply: str, size: int) -> None:
    assert in_pieces(reply, [size] * len(reply)) == aloud(reply, NAMES)


@given(st.one_of(MIX, st.text(max_size=80)), st.lists(st.integers(1, 9), max_size=60))
def test_anything_is_taken_in_any_pieces(reply: str, cuts: list[int]) -> None:
    given = in_pieces(reply, cuts)
    assert "**" not in given
    assert "http://" not in given
    assert not given or any(sign.isalnum() for sign in given)


def test_plain_words_are_given_at_once() -> None:
    speech = Aloud(NAMES)
    assert speech.push("Hello there") == "Hello there"
    assert speech.spoke
    assert speech.push(", you") == ", you"


def test_thinking_that_nothing_opened_is_known_the_next_time() -> None:
    speech = Aloud(NAMES)
    speech.push("Thinking of it.</think>Hi.")
    assert speech.thinks
    speech = Aloud(NAMES, thinks=True)
    assert speech.push("Thinking of it.") == ""
    assert speech.push("</think>Hi.") == "Hi."
    speech = Aloud(NAMES, thinks=True)
    assert speech.push("Hello. ") + speech.push("Bye.") == ""
    assert speech.finish() == "Hello. Bye.", "where none closes it, there was none"


def test_a_reply_without_thinking_keeps_its_braces() -> None:
    assert without_thinking('<think>{"a"}</think> {"b": 1}') == ' {"b": 1}'
    assert without_thinking('{"b": "<p>"}') == '{"b": "<p>"}'


HARD = ["*", "_", "`", "[", "(", "{", "<", "|", "#", "- ", "1. ", "\n", "\n|", '"', "'", "a", "a ",
        "http://", "<think>", "[a](", ":", "\\", "&", "*a", "(a", "😀", "Walter",
        "- a\n"]  # fmt: skip


@pytest.mark.parametrize("piece", HARD)
@pytest.mark.parametrize("delta", [5, 100_000])
def test_four_times_the_reply_takes_about_four_times_as_long(piece: str, delta: int) -> None:
    def took(size: int) -> float:
        text = (piece * (size // len(piece) + 1))[:size]
        began = time.thread_time()
        speech = Aloud(NAMES)
        for at in range(0, size, delta):
            speech.push(text[at : at + delta])
        speech.finish()
        return time.thread_time() - began

    assert took(16_000) < 10 * took(4_000) + 0.2, "squared time would be 16 times"
