"""Only what a character says is spoken, however the message around it is written."""

# Quotations with the signs of many languages.
# ruff: noqa: RUF001

import pytest

from personas.card_markup import USER
from personas.card_speech import addressed, said
from personas.quoted_speech import quotations

HELLO = "Hello, my box is gone."


@pytest.mark.parametrize(
    "message",
    [
        '"Hello, my box is gone."',
        'She sighs. "Hello, my box is gone." She waits.',
        "*She sighs.* “Hello, my box is gone.” *She waits.*",
        "“Hello, my box is gone,” she says.",
        "‘Hello, my box is gone,’ she says.",
        "'Hello, my box is gone,' she says.",
        '"Hello," *she says, slower now,* "my box is gone."',
        "„Hello, my box is gone.“ Sie wartet.",
        "„Hello, my box is gone.” Ona czeka.",
        "‚Hello, my box is gone.‘ Sie wartet.",
        "»Hello, my box is gone.« Hun venter.",
        "«Hello, my box is gone.» Ella espera.",
        "« Hello, my box is gone. » Elle attend.",
        "‹Hello, my box is gone.› Sie wartet.",
        "”Hello, my box is gone.” Hon väntar.",
        "»Hello, my box is gone.» Hän odottaa.",
        "彼女は言った。「Hello, my box is gone.」",
        "『Hello, my box is gone.』と彼女は言った。",
        "〝Hello, my box is gone.〞",
        "＂Hello, my box is gone.＂",
        "— Hello, my box is gone.",
        "*She sighs.* Hello, my box is gone.",
        "_She sighs._ Hello, my box is gone.",
        '**She** *sighs.* "Hello, my box is gone."',
        "*She sighs.\n\nHello, my box is gone.",
        "(sighs) Hello, my box is gone.",
        "（叹气）Hello, my box is gone.",
        "-sighs- Hello, my box is gone.",
        "[She sighs] Hello, my box is gone.",
        "(OOC: no speaking for {{user}}!)\n\nHello, my box is gone.",
        "((Be nice.)) Hello, my box is gone.",
        "[OOC: three paragraphs.]\nHello, my box is gone.",
        "[System note: stay in role.]\nHello, my box is gone.",
        "OOC: be nice\nHello, my box is gone.",
        "<!-- note --><p>Hello, my box is gone.</p>",
        '<div style="color:#aa5500"><img src="p.jpg" alt="Ava"></div>\nHello, my box is gone.',
        '<think>Hm, "so."</think>Hello, my box is gone.',
        '<details><summary>Status</summary>Mood: "bad."</details>\nHello, my box is gone.',
        "![map](https://example.org/map.png)\nHello, my box is gone.",
        "https://example.org/song.mp3\nHello, my box is gone.",
        "# Chapter 1\nHello, my box is gone.",
        "***\nHello, my box is gone.\n---",
        "```\nHP: 3\n```\nHello, my box is gone.",
        "| HP | 3 |\nHello, my box is gone.",
        "> Hello, my box is gone.",
        "Ava: Hello, my box is gone.",
        "- Hello, my box is gone.",
        "&lt;sigh&gt; Hello, my box is gone.",
        '**Ava:** "Hello, my box is gone."',
        f"{USER}: Who is there?\nAva: Hello, my box is gone.",
        'Ava picks up the phone. She waits. "Hello, my box is gone."',
        "Ava picks up the phone.\n\nHello, my box is gone.",
        "&quot;Hello, my box is gone.&quot;",
        '"Hello, my box is gone." 😊 ♪',
        'She holds the sign "Open". "Hello, my box is gone."',
        '"Hello, my box is gone.\n\n*She sighs.*',
        "Hello, my box is *gone*.",
    ],
)
def test_only_what_is_said(message: str) -> None:
    assert said(message, "Ava") == HELLO


@pytest.mark.parametrize(
    ("message", "line"),
    [
        ('My 55" screen is cracked. Who pays?', None),
        ('My 55" screen is cracked and the 65" one is fine. Who pays?', None),
        ("It is 5'11\" tall and does not fit. Who pays?", None),
        ('The sign says "Open 9-5" and still nobody answers. Where is my box?', None),
        ('"Nordlink" is what you call yourselves? I want my money back.', None),
        ('You told me "We will call you." Nobody called! Where is my box?', None),
        ("I'm calling 'cause the boys' parcel didn't come.", None),
        ("My order (number 55) is late.", None),
        ("Rock 'n' roll tickets, that's what I ordered.", None),
        ("I *really* need my box.", "I really need my box."),
        ("Well, *sighs* I guess not.", "Well, I guess not."),
        ('She says "my 55" screen is cracked," and waits.', 'my 55" screen is cracked.'),
        ("Dale here. Where is my box?", None),
        ("He promised me a refund. He never called.", None),
        ("'I'm late,' he says. 'It's the box.'", "I'm late. It's the box."),
        ("—Hola —dijo ella—. ¿Dónde está mi caja?", "Hola. ¿Dónde está mi caja?"),
        ("— Привет, — сказала она. — Где посылка?", "Привет. Где посылка?"),
        ("— Bonjour, dit-elle. Où est mon colis ?", "Bonjour. Où est mon colis?"),
        ("*Ring ring.*", ""),
        ("Ava picks up the phone. She waits.", ""),
        ("😊", ""),
        ("", ""),
    ],
)
def test_marks_that_are_no_quotation(message: str, line: str | None) -> None:
    assert said(message, "Ava") == (message if line is None else line)


@pytest.mark.parametrize(
    ("line", "language", "words"),
    [
        (f"Can you help, {USER}?", "en-US", "Can you help?"),
        (f"{USER}, where is my box?", "en-US", "Where is my box?"),
        (f"Hello {USER}. It is late.", "en-US", "Hello. It is late."),
        (f"Hi, {USER}, it is late.", "en-US", "Hi, it is late."),
        (f"Good day. I am here, and {USER}, my points have vanished!", "en-US", None),
        (f"Is that {USER}?", "en-US", "Is that you?"),
        (f"{USER} promised me a refund.", "en-US", "You promised me a refund."),
        (f"I want {USER}'s name.", "en-US", "I want your name."),
        (f"Guten Tag {USER}, mein Paket ist weg.", "de", "Guten Tag, mein Paket ist weg."),
        (f"{USER}さん、荷物の件です。", "ja-JP", "荷物の件です。"),
        ("Nothing to do.", "en-US", "Nothing to do."),
    ],
)
def test_the_listener_is_called_as_one_is(line: str, language: str, words: str | None) -> None:
    told = addressed(line, language)
    assert USER not in told
    assert "the agent" not in told
    if words is not None:
        assert told == words


def test_a_message_of_many_signs_takes_no_time() -> None:
    for sign in ('"', "'", "*", "_", "(", "[", "“", "<", "-", "~", "—", "`", "{{", "<!--"):
        for message in (sign * 8000, f"{sign}a " * 4000, f" {sign}a{sign}" * 3000):
            said(message, "Ava")
    assert len(quotations('"a" ' * 5000)) <= 300
