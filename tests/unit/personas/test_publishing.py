"""Whether trainees see a persona is written into its text, and nothing else of it changes."""

import pytest

from personas.front_writer import FrontNotWritten
from personas.publishing import is_published, with_published
from tests.support.studio import persona_text

REST = "# Persona: Ann Lee\r\nA customer.\n\n<!-- kept -->\n"
NO, YES = "published: no", "published: yes"


@pytest.mark.parametrize(
    ("front", "published", "after"),
    [
        ("scenario: A\n", False, f"scenario: A\n{NO}\n"),
        ("scenario: A\n", True, "scenario: A\n"),
        ("scenario: A  # kept\r\n", False, f"scenario: A  # kept\r\n{NO}\r\n"),
        ("published: no # not yet\nscenario: A\n", True, f"{YES} # not yet\nscenario: A\n"),
        ("Published: 'off'\n", True, "Published: yes\n"),
        ("published: True\n", False, f"{NO}\n"),
        ("published: true\n", True, "published: true\n"),
        ("published:\nscenario: A\n", False, f"{NO}\nscenario: A\n"),
        ("published: maybe\n", False, f"{NO}\n"),
        ("{scenario: A}\n", False, f"{{scenario: A, {NO}}}\n"),
        ("voice: {offline: {pitch: 60}}\n# end\n", False,
         f"voice: {{offline: {{pitch: 60}}}}\n# end\n{NO}\n"),
        ("scenario: |\n  A\n\n", False, f"scenario: |\n  A\n\n{NO}\n"),
        ("", False, f"{NO}\n"),
        ("# only a comment\n", False, f"# only a comment\n{NO}\n"),
        ("  scenario: A\n", False, f"  scenario: A\n  {NO}\n"),
    ],
)  # fmt: skip
def test_only_that_line_changes(front: str, published: bool, after: str) -> None:
    end = "\r\n" if "\r\n" in front else "\n"
    made = with_published(f"---{end}{front}---{end}{REST}", published)
    assert made == f"---{end}{after}---{end}{REST}"
    assert is_published(made) is published
    assert with_published(made, published) == made


@pytest.mark.parametrize("before", ["", "\ufeff"])
def test_a_text_without_front_matter_gets_one(before: str) -> None:
    assert with_published(f"{before}{REST}", False) == f"{before}---\r\n{NO}\r\n---\r\n{REST}"
    assert with_published(f"{before}{REST}", True) == f"{before}{REST}"


@pytest.mark.parametrize(
    "front",
    ["scenario: [A\n", "- a list\n", "published: no\npublished: yes\n", "a: &x b\nc: *x\n",
     "published: {a: no}\npublished: {b: yes}\n"],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_in_words(front: str) -> None:
    with pytest.raises(FrontNotWritten, match=r"Mend|by hand"):
        with_published(f"---\n{front}---\n{REST}", False)
    with pytest.raises(FrontNotWritten, match="Mend"):
        with_published(f"---\nscenario: A\n{REST}", False)


def test_a_whole_persona_is_the_same_again_when_it_is_published_again() -> None:
    text = persona_text()
    hidden = with_published(text, False)
    assert with_published(hidden, True) == hidden.replace(NO, YES)
    assert hidden.replace(f"{NO}\n", "") == text
