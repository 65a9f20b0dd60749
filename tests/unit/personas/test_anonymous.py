"""Names and numbers are taken out of what a trainee said, and all else stays."""

import re
import time

import pytest

from personas.anonymous import anonymous

PERSON = ("anna.berg@example.org", "Anna Berg")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        # whoever speaks
        ("Hello, this is Anna Berg from Nordlink.", "Hello, this is [name] from Nordlink."),
        ("hi, anna here, how can I help?", "hi, [name] here, how can I help?"),
        ("Anna's colleague will call.", "[name]'s colleague will call."),
        ("My name is Kofi Mensah and I am so sorry.", "My name is [name] and I am so sorry."),
        ("my name's kofi", "my name's [name]"),
        ("I'm Maria, I can help.", "I'm [name], I can help."),
        # whoever is spoken to
        ("I am so sorry, Mrs. Hughes.", "I am so sorry, Mrs. [name]."),
        ("Thank you, Mister O'Neill, please wait.", "Thank you, Mister [name], please wait."),
        # numbers
        ("Your account is TC-88213.", "Your account is [number]."),
        ("Call me on +49 (0)30 1234-567 today.", "Call me on [number] today."),
        ("Or 555 010 9999.", "Or [number]."),
        ("You get $45.50 back on 3/11/2026.", "You get [number] back on [number]."),
        ("That is 49 dollars a month.", "That is [number] dollars a month."),
        ("It is eight eight two, one three.", "It is [number]."),
        ("double seven five oh nine", "[number]"),
        ("nineteen hundred and eighty four", "[number]"),
        ("หมายเลข ๑๒๓๔ ค่ะ", "หมายเลข [number] ค่ะ"),
        # addresses
        ("Write to kim_lee+x@mail.example.co.uk, please.", "Write to [e-mail], please."),
        ("It is kim dot lee at example dot com.", "It is [e-mail]."),
        ("See https://example.org/a?b=1 for it.", "See [address] for it."),
        ("We come to 12 Elm Road.", "We come to [address]."),
        # spelled out
        ("That is B-E-R-G.", "That is [name]."),
        ("It is spelled M A R double L Y", "It is spelled [name]"),
        ("B as in Bravo, E as in Echo", "[name]"),
        ("b for bravo e for echo", "[name]"),
    ],
)  # fmt: skip
def test_what_tells_of_whom_it_is_is_taken_out(said: str, told: str) -> None:
    found = anonymous(said, PERSON)
    assert found.text == told
    assert found.replaced
    for each in found.replaced:
        assert each.said in said
        assert each.by in told


@pytest.mark.parametrize(
    "said",
    [
        "I'm so sorry that this happened to you.",
        "I'm sorry, one moment please.",
        "I'm Sorry about that.",
        "This is really not okay, and I am on it.",
        "I for one would be angry, too.",
        "Let's take one step at a time, you have two years.",
        "Please put the yellow cable into the blue port.",
        "I will look at it today, it's no trouble.",
        "It's a good day. Thank you, sir, I may call again.",
        "What happened? A friend? I see.",
        "ขอโทษด้วยนะคะ",
    ],
)
def test_all_else_stays_as_it_was_said(said: str) -> None:
    assert anonymous(said, (*PERSON, "May Day", "Will Good", "Demo trainee")) == (said, ())


def test_a_name_that_is_a_word_as_well_goes_where_it_is_written_as_a_name() -> None:
    found = anonymous("Will here. I will help.", ("will7", "Will Power"))
    assert found.text == "[name] here. I will help."


def test_a_thai_name_is_found_between_words_without_spaces() -> None:
    found = anonymous("ดิฉันสมศรีค่ะ ยินดีช่วยนะคะ", ("somsri", "สมศรี ใจดี"))
    assert found.text == "ดิฉัน[name]ค่ะ ยินดีช่วยนะคะ"


def test_what_was_replaced_is_told_once_and_in_the_order_of_the_words() -> None:
    found = anonymous("Number 17, this is Anna. Anna, number 17.", PERSON)
    assert found.text == "Number [number], this is [name]. [name], number [number]."
    assert [tuple(each) for each in found.replaced] == [("17", "[number]"), ("Anna", "[name]")]


def test_taking_out_twice_changes_nothing_more() -> None:
    once = anonymous("This is Anna Berg, 030 1234, B-E-R-G, anna@example.org.", PERSON)
    assert anonymous(once.text, PERSON) == (once.text, ())
    assert not re.search(r"\d|Anna|Berg|@", once.text)


@pytest.mark.parametrize(
    "piece", ["a", "a ", "one ", "1 ", "a-", "@.", "Mr A ", "a for ", "(+", "\\[ "]
)
def test_the_longest_turn_is_read_at_once(piece: str) -> None:
    before = time.process_time()
    anonymous(piece * (20_000 // len(piece)), PERSON)
    assert time.process_time() - before < 5  # takes 0.05 s; what grows with its square, minutes
