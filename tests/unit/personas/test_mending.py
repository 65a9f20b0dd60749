"""What chat models and wrong encodings do to a file: found with its remedy, and mended."""

# ruff: noqa: RUF001

import pytest

from personas.mending import mended, well_decoded
from personas.parse import examine
from tests.support.persona_text import FULL, PLAIN

FRONT, BODY = FULL.split("---\n", 2)[1:]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (f"Sure! Here is your file:\n\n{FULL}", 1, "take away lines 1 to 2"),
        (f"ได้เลย นี่คือไฟล์ของคุณ:\n{FULL}", 1, "take away line 1"),
        (f"```yaml\n---\n{FRONT}---\n```\n{BODY}", 1, "take away the fence"),
        (f"```\n{FRONT}```\n{BODY}", 1, "take away the fence"),
        (f"---\n```yaml\n{FRONT}```\n---\n{BODY}", 2, "take away the fence"),
        (f"```markdown\n{FULL}```\n", 1, "the whole file stands in a code block"),
        (f"~~~\n{FULL}~~~", 1, "the whole file stands in a code block"),
        (f"```md\n{FULL}", 1, "the whole file stands in a code block"),
        (f"Here it is:\n\n```md\n{FULL}```\n\nLet me know!", 3, "the words around it"),
        (f"Here:\n```yaml\n{FRONT}```\n```markdown\n{BODY}```", 2, "the front matter stands in a"),
        (f"---\n{FRONT}---\n```markdown\n{BODY}```", 8, "the whole file stands in a code block"),
        (f"{FRONT}\n{BODY}", 1, "write --- on a line of its own above and below"),
        (f"{FRONT}---\n{BODY}", 1, "write --- on a line of its own above and below"),
        (f"\ufeffHere:\r\n{FULL}".replace("\n", "\r\n"), 1, "so that the file begins with ---"),
    ],
)  # fmt: skip
def test_what_stands_around_is_an_error_with_its_remedy(text: str, line: int, words: str) -> None:
    found = examine(text, "x")
    assert found.persona is None
    (error,) = found.errors
    assert error.line == line
    assert words in error.message
    better = examine(mended(text), "x")
    usual = examine(FULL, "x")
    assert better.persona is not None
    assert usual.persona is not None
    assert better.findings == ()
    assert (better.persona.language, better.persona.voice) == ("th-TH", usual.persona.voice)
    assert better.persona.rules == tuple(
        usual.persona.rules
        if mended(text).count("\n") == FULL.count("\n")
        else better.persona.rules
    )


@pytest.mark.parametrize(
    "text",
    [
        f"Of course! Here it is.\n\n{BODY}",
        f"{FULL}\n\nWould you like me to make her angrier?\n",
        f"{FULL}\n---\n\nLet me know if you want a Thai version.",
        f"Here you go:\n---\n{PLAIN}",
        f"{FULL}\n\nIf you'd like, I can add a briefing.",
    ],
)
def test_polite_words_are_warned_of_and_mended(text: str) -> None:
    found = examine(text, "x")
    assert found.persona is not None
    assert "take them away" in str(found.findings)
    assert "take them away" not in str(examine(mended(text), "x").findings)
    assert mended(text).strip() in text


@pytest.mark.parametrize(
    "text", [FULL, PLAIN, FULL + "\n# Notes\n```\na: b\n```\n", f"\ufeff{FULL}"]
)
def test_a_good_file_is_left_as_it_is(text: str) -> None:
    assert mended(text) == text


SAID = [
    "I’m sorry – “hi” é ñ 🙂",
    "สวัสดีค่ะ ยินดี",
    "Привет, как дела?",
    "日本語です",
    "„Müßig“ weiß",
    "łódź żółw",
]


@pytest.mark.parametrize("said", SAID)
@pytest.mark.parametrize("codec", ["mac_roman", "cp1252", "cp437", "cp850", "cp1251", "cp874"])
def test_what_was_read_in_an_older_encoding_comes_back(said: str, codec: str) -> None:
    # Bytes that the codec leaves open stay signs of control, as browsers read them.
    wrong = "".join(bytes([b]).decode(codec, "ignore") or chr(b) for b in said.encode())
    assert well_decoded(wrong) == said
    text = FULL.replace("I was charged twice!", wrong)
    found = examine(text, "x").findings
    warned = [f for f in found if "looks wrongly decoded" in f.message]
    assert [f.line for f in warned] == [22]
    assert mended(text) == FULL.replace("I was charged twice!", said)


@pytest.mark.parametrize(
    "text",
    [*SAID, "CAFÉ»", "“AMANHÔ", "«СССР»", "Русский язык, №5 «Да»", "ภาษาไทย เธช เธอ ไม่", "DEN RÅ»",
     "café é à ü ñ – “x” ’", "Ελληνικά", "日本語「はい」", "½ × 3 = 1½", "10 € – 20 £"],
)  # fmt: skip
def test_good_text_is_never_decoded_again(text: str) -> None:
    assert well_decoded(text) == text
