"""What was heard, as people write it."""

import re
import time
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.simulation.observing.observer import LexicalObserver
from agent.speech.number_words import cardinal, value_of
from agent.speech.spoken_form import spoken_form
from agent.speech.written_form import codes, written_form
from tests.support.heldout import persona_of, sentences

KNOWN = ("TC-88213", "A1B-22C", "4077 2158", "MX 4471")

WRITTEN = [
    # Digits read out
    ("My card ending in four four two one.", "My card ending in 4421."),
    ("the card ending four four two one was", "the card ending 4421 was"),
    ("It's card number 4 4 2 1, okay?", "It's card number 4421, okay?"),
    ("four, four, two, one", "4421"),
    ("four-four-two-one", "4421"),
    ("ending in forty four twenty one", "ending in 4421"),
    ("ending in forty-four twenty-one", "ending in 4421"),
    ("the code is one two three", "the code is 123"),
    ("the last four digits are four oh two one", "the last four digits are 4021"),
    ("double five triple two one", "552221"),
    ("card ending four for two one", "card ending 4421"),
    ("five five five oh one four two", "555-0142"),
    ("five five five zero one zero zero one nine nine", "555-010-0199"),
    ("six one two three", "6123"),
    ("account number eight eight two one three", "account number 88213"),
    # Sums
    ("It costs forty nine dollars and ninety nine cents.", "It costs $49.99."),
    ("It costs forty-nine dollars and ninety-nine cents.", "It costs $49.99."),
    ("It costs 49 dollars and 99 cents.", "It costs $49.99."),
    ("forty nine dollars and five cents", "$49.05"),
    ("forty nine dollars ninety nine cents", "$49.99"),
    ("five dollars", "$5"),
    ("one dollar", "$1"),
    ("a hundred dollars", "$100"),
    ("a hundred and fifty dollars", "$150"),
    ("Your hundred and eighty nine pounds are back.", "Your £189 are back."),
    ("one thousand two hundred forty nine dollars", "$1,249"),
    ("two hundred and fifty pounds", "£250"),
    ("three pounds and fifty pence", "£3.50"),
    ("twelve euros", "€12"),
    ("a fifty dollar refund", "a $50 refund"),
    ("twenty cents", "20 cents"),
    ("Sixty pence.", "60 pence."),
    # Shares
    ("fifty percent", "50%"),
    ("ten percent off", "10% off"),
    ("a hundred percent", "100%"),
    ("50 percent", "50%"),
    ("five per cent", "5%"),
    # Codes of the talk
    ("T C eight eight two one three", "TC-88213"),
    ("t c eight eight two one three.", "TC-88213."),
    ("my account is TC 88213", "my account is TC-88213"),
    ("tee see eight eight two one three, please", "TC-88213, please"),
    ("TC eighty eight two one three", "TC-88213"),
    ("order four oh seven seven two one five eight", "order 4077 2158"),
    ("order number 4077-2158", "order number 4077 2158"),
    ("A one B, two two C", "A1B-22C"),
    ("A1b22c.", "A1B-22C."),
    ("For 077-2158.", "4077 2158."),
    ("M X forty four seventy one", "MX 4471"),
    # Times and days
    ("at seven thirty pm", "at 7:30 pm"),
    ("at seven thirty", "at 7:30"),
    ("at seven thirty five", "at 7:35"),
    ("seven thirty p m tomorrow", "7:30 pm tomorrow"),
    ("seven oh five pm", "7:05 pm"),
    ("it's 7 30 pm", "it's 7:30 pm"),
    ("between eight am and ten am", "between 8 am and 10 am"),
    ("ten a.m. tomorrow", "10 a.m. tomorrow"),
    ("in nineteen ninety eight", "in 1998"),
    ("in twenty twenty six", "in 2026"),
    ("since nineteen oh five", "since 1905"),
    ("We're here twenty four seven", "We're here 24/7"),
    ("march third", "March 3rd"),
    ("the third of march", "the 3rd of March"),
    ("on the fourteenth of February", "on the 14th of February"),
    ("December twenty first", "December 21st"),
    # Larger numbers
    ("twenty minutes", "20 minutes"),
    ("Forty five minutes.", "45 minutes."),
    ("two hundred and fifty people", "250 people"),
    ("seven hundred", "700"),
    ("twelve thousand steps", "12,000 steps"),
    ("three point five", "3.5"),
    # Spellings
    ("I'll call you to-morrow.", "I'll call you tomorrow."),
    ("To-day or to day", "Today or today"),
    ("some one will come to-night", "someone will come tonight"),
    ("Is any body there?", "Is anybody there?"),
    ("alright then", "all right then"),
    ("Alright.", "All right."),
    ("I can not see it", "I cannot see it"),
]
KEPT = [
    "One moment, please.",
    "I'll be with you in one second.",
    "It takes two days.",
    "Two or three days, four to six weeks.",
    "Give me ten minutes.",
    "at ten o'clock",
    "half past seven",
    "One by one.",
    "One of those, any one of them, every one of us.",
    "No one told me.",
    "the first thing, second of all",
    "at this point five people wait",
    "fifty fifty",
    "a hundred times, a thousand thanks, thousands of them",
    "one two three, testing",
    "You are number one for me.",
    "I am the one am I not",
    "nine eleven",
    "from one to ten",
    "card number four is for two people",
    "wait four to six days",
    "from day to day, from night to night",
    "a dollar for each",
    "five cents",
    "We may first look at it.",
    "You may second that.",
    "I'd march on.",
    "She is in her twenties.",
    "There are hundreds of them.",
    "two of a kind",
    "I have two, she has three.",
    "One, two, three.",
    "It's twelve.",
    "a dozen",
    "See you.",
    "Are you okay, are you there?",
    "See, you are right.",
    "T C is what they call it.",
    "My card ends today.",
    "a card number",
    "the code is wrong",
    "order of the day",
    "That's $49.99 for 3 days, at 7:30 pm, 50% off.",
    "Call 555-0142 on March 3rd, 2026.",
    "card ending 4421, order 4077 2158, account TC-88213",
    "It is all right.",
    "someone, anyone, everyone, somebody, tomorrow",
    "every one-way ticket",
    "Go on line two.",
    "I'm so sorry that your coffee machine arrived broken.",
    "Could you tell me your name and the order number, please?",
    "What color is the cable, and where is it plugged in?",
    "I completely understand how frustrating this must be.",
    "Let me write that down.",
    "Please calm down.",
    "You're absolutely right, we made a mistake.",
    "Let's go one step at a time.",
    "How are you doing today?",
    "María O'Brien from São Paulo",
    "Zero problems here.",
    "ขอบคุณค่ะ รอสักครู่นะคะ หนึ่งนาที",
    "Is it this one, or that one?",
    "For one thing, I don't know.",
    "An oh so small thing.",
    "",
    "...?!",
]


@pytest.mark.parametrize(
    ("heard", "written"),
    [
        ("May i have your account number, please?", "May I have your account number, please?"),
        (
            "i'm sorry that i said so, and i'll mend it.",
            "I'm sorry that I said so, and I'll mend it.",
        ),
        ("So do i. And i?", "So do I. And I?"),
        ("That is, i.e. today, Wi-Fi and hi-fi.", "That is, i.e. today, Wi-Fi and hi-fi."),
    ],
)
def test_who_speaks_has_a_capital(heard: str, written: str) -> None:
    assert written_form(heard) == written


@pytest.mark.parametrize(("heard", "written"), WRITTEN)
def test_it_is_written_as_people_write_it(heard: str, written: str) -> None:
    assert written_form(heard, KNOWN) == written
    assert written_form(written, KNOWN) == written, "once is enough"


@pytest.mark.parametrize("text", KEPT)
def test_what_is_no_number_stays(text: str) -> None:
    assert written_form(text, KNOWN) == text


def test_letters_are_a_code_only_where_one_is_known() -> None:
    heard = "T C eight eight two one three"
    assert written_form(heard) == "T C 88213"
    assert written_form("T C one", ["TC-1", "one", "eleven"]) == "T C one", "too short to be sure"


def test_the_codes_of_a_text_are_found() -> None:
    texts = ["Account TC-88213, card ending 4421", "order 40 77 21 58, RT 66 20 48, N 300"]
    assert codes([*texts, "$1,249.99 at 10:30, 50% of 12.5"]) == (
        *("TC-88213", "4421", "40 77 21 58", "RT 66 20 48"),
    )


_HEARD = """
one two three four five six seven eight nine ten eleven twelve thirteen nineteen twenty thirty forty
ninety hundred thousand million and oh a point double dollars dollar cents pounds pence percent per
cent am pm p m at in card ending code number march third first of may the I to day some any body 4
44 4421 7:30 $5 T C see , . -
"""
WORDS = st.sampled_from(_HEARD.split())


@given(st.lists(WORDS, max_size=14).map(" ".join), st.booleans())
def test_once_is_enough(text: str, known: bool) -> None:
    codes = KNOWN if known else ()
    written = written_form(text, codes)
    assert written_form(written, codes) == written


@given(st.text(max_size=80))
def test_any_text_is_taken(text: str) -> None:
    written_form(text, KNOWN)


@given(st.integers(0, 10**9), st.booleans())
def test_a_number_in_words_has_its_value(number: int, british: bool) -> None:
    assert value_of(cardinal(str(number), british=british).split()) == number


@cache
def observer(slug: str) -> LexicalObserver:
    return LexicalObserver(persona_of(slug))


def test_a_turn_does_the_same_as_heard_and_as_written() -> None:
    changed = 0
    for said in sentences("tune"):
        heard = re.sub(r"(?<=[a-z])-(?=[a-z])", " ", spoken_form(said.text).text)
        written = written_form(heard)
        changed += written != heard
        by_words = {match.rule for match in observer(said.slug).observe(heard).matches}
        by_signs = {match.rule for match in observer(said.slug).observe(written).matches}
        assert by_signs & said.rules == by_words & said.rules, written
        assert by_signs - said.rules <= by_words - said.rules, written
    assert changed > 5, "some of them have numbers"


@pytest.mark.parametrize(
    ("heard", "written"),
    [
        ("I could do thirty five dollars a month.", "I could do $35 a month."),
        ("That would be fifty percent off.", "That would be 50% off."),
        ("You would pay a two hundred dollar penalty.", "You would pay a $200 penalty."),
    ],
)
def test_a_sign_is_read_as_its_word(heard: str, written: str) -> None:
    assert written_form(heard) == written
    by_words, by_signs = (observer("marcus-reid").observe(text) for text in (heard, written))
    assert {match.rule for match in by_words.matches} == {match.rule for match in by_signs.matches}
    assert by_signs.matches
    assert all(match.quote in written for match in by_signs.matches)


@pytest.mark.parametrize(
    "piece", ["one ", "four ", "a hundred ", "card ", "to ", "T C ", "1", "4 "]
)
def test_four_times_the_words_take_about_four_times_as_long(piece: str) -> None:
    def took(size: int) -> float:
        began = time.thread_time()
        written_form((piece * size)[:size], KNOWN)
        return time.thread_time() - began

    assert took(20_000) < 10 * took(5_000) + 0.1, "squared time would be 16 times"
