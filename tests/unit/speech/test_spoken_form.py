"""English text as it is said."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.speech.spoken_form import spoken_form

FORMS = [
    # Money
    ("$1,249.99", "one thousand two hundred forty nine dollars and ninety nine cents"),
    ("£5", "five pounds"),
    ("£1.50", "one pound and fifty pence"),
    ("€3.50", "three euros and fifty cents"),
    ("20 cents", "twenty cents"),
    ("99¢", "ninety nine cents"),
    ("$0.99", "ninety nine cents"),
    ("$49.00", "forty nine dollars"),
    ("$1.2 million", "one point two million dollars"),
    ("$5k", "five thousand dollars"),
    ("$20-30", "twenty to thirty dollars"),
    ("$20-$30", "twenty to thirty dollars"),
    ("-$5", "minus five dollars"),
    ("a $50 refund", "a fifty dollar refund"),
    ("the $50 I paid", "the fifty dollars I paid"),
    ("40 USD", "forty dollars"),
    # Dates
    ("3/14", "March fourteenth"),
    ("March 3rd", "March third"),
    ("March 3, 2026", "March third, twenty twenty six"),
    ("Mar. 3", "March third"),
    ("2026-03-14", "March fourteenth, twenty twenty six"),
    ("3/14/26", "March fourteenth, twenty twenty six"),
    ("14.03.2026", "March fourteenth, twenty twenty six"),
    ("3 March 2026", "the third of March, twenty twenty six"),
    ("the 3rd of March", "the third of March"),
    ("the 1st", "the first"),
    ("on 3/4", "on March fourth"),
    ("March 3-5", "March third to fifth"),
    # Times
    ("7:30 pm", "seven thirty P.M"),
    ("14:05", "fourteen oh five"),
    ("14:00", "fourteen hundred"),
    ("10:00", "ten o'clock"),
    ("8-10 am", "eight to ten A.M"),
    ("8 to 10 a.m.", "eight to ten A.M."),
    ("9:00-17:30", "nine o'clock to seventeen thirty"),
    ("noon", "noon"),
    ("7 p.m. Please", "seven P.M. Please"),
    ("7 p.m. on Monday", "seven P.M on Monday"),
    ("24/7", "twenty four seven"),
    # Telephone, orders, accounts, serial numbers
    ("555-0142", "five five five, zero one four two"),
    ("(555) 010-0199", "five five five, zero one zero, zero one nine nine"),
    ("+1 555 010 0199", "plus one, five five five, zero one zero, zero one nine nine"),
    ("1-800-555-0199", "one eight hundred, five five five, zero one nine nine"),
    ("TC-88213", "T.C eight eight two one three"),
    ("A1B-22C", "eh one B, two two C"),
    ("4077 2158", "four zero seven seven, two one five eight"),
    ("RT 66 20 48", "R.T six six, two zero, four eight"),
    ("card ending 4421", "card ending four four two one"),
    ("card ending in 4421", "card ending in four four two one"),
    ("account number is 88213", "account number is eight eight two one three"),
    ("order #4077", "order number four zero seven seven"),
    ("PIN 007", "pin zero zero seven"),
    ("N 300", "N three hundred"),
    ("N300", "N three hundred"),
    ("A320", "eh three twenty"),
    ("5G", "five G"),
    ("MP3", "M.P three"),
    ("COVID-19", "covid nineteen"),
    ("1234567", "one two three four five six seven"),
    # Addresses
    ("ann.lee@example.com", "ann dot lee at example dot com"),
    ("a_b-2@mail.example.org", "eh underscore B dash two at mail dot example dot org"),
    ("https://www.example.com/help?x=1", "example dot com slash help"),
    ("See example.co.uk.", "See example dot co dot uk."),
    # Abbreviations and initials
    ("Dr. Smith", "Doctor Smith"),
    ("12 Elm Dr.", "twelve Elm Drive."),
    ("Mrs. Lee", "Missus Lee"),
    ("St. Mary's", "Saint Mary's"),
    ("Main St. is long", "Main Street is long"),
    ("No. 5", "number five"),
    ("No. 3 weeks ago.", "No. three weeks ago."),
    ("e.g. this", "for example this"),
    ("mine vs. yours", "mine versus yours"),
    ("bolts, nuts, etc. Then", "bolts, nuts, et cetera. Then"),
    ("J. R. Smith", "J R Smith"),
    ("the U.S.A. too", "the U.S.A too"),
    ("w/o it", "without it"),
    ("WiFi", "Wi-Fi"),
    ("USB", "U.S.B"),
    ("TVs", "T.V's"),
    ("the CEO's", "the C.E.O's"),
    ("the IT department", "the I.T department"),
    # Capitals for stress
    ("I want it NOW!", "I want it now!"),
    ("IT IS NOT OK", "it is not okay"),
    ("ASAP", "asap"),
    # Measures and numbers
    ("50%", "fifty percent"),
    ("12.5 %", "twelve point five percent"),
    ("10 GB", "ten gigabytes"),
    ("1 kg", "one kilogram"),
    ("5kg", "five kilograms"),
    ("20 °C", "twenty degrees Celsius"),
    ("3 ft", "three feet"),
    ("1 ft", "one foot"),
    ("100 Mbps", "one hundred megabits per second"),
    ("5'10\"", "five foot ten"),
    ("3.14", "three point one four"),
    (".5", "point five"),
    ("-5", "minus five"),
    ("1/2", "one half"),
    ("2/3", "two thirds"),
    ("3 1/2", "three and a half"),
    ("2½", "two and a half"),
    ("8/10", "eight out of ten"),
    ("22nd", "twenty second"),
    ("1998", "nineteen ninety eight"),
    ("2026", "twenty twenty six"),
    ("2005", "two thousand five"),
    ("1905", "nineteen oh five"),
    ("the 1990s", "the nineteen nineties"),
    ("12,345", "twelve thousand three hundred forty five"),
    ("2-3 days", "two to three days"),
    ("2 – 3 days", "two to three days"),  # noqa: RUF001
    ("1920x1080", "one thousand nine hundred twenty by one thousand eighty"),
    ("2x", "two times"),
    ("version 2.0.1", "version two dot zero dot one"),
    # Signs
    ("Tom & Jerry", "Tom and Jerry"),
    ("2 + 2 = 4", "two plus two equals four"),
    ("#5", "number five"),
    ("and/or", "and or"),
    ("twenty-one", "twenty-one"),
    ("yes - no", "yes, no"),
    ("wait—what", "wait, what"),
    ("well ... no", "well… no"),
    ("(the blue one) it is", "the blue one, it is"),
    ('"quoted", he said', "quoted, he said"),
    ("**bold**", "bold"),
    ("What?! No!!", "What? No!"),
    # Names
    ("María Núñez", "María Núñez"),
    ("O'Brien", "O'Brien"),
    ("O’Brien’s", "O'Brien's"),  # noqa: RUF001
    ("Nguyen", "Nguyen"),
    ("McDonald", "McDonald"),
    ("MyAccount", "My Account"),
    # What cannot be said in English
    ("สวัสดี hello 😀", "hello"),
    ("５００ 円", "five hundred"),  # noqa: RUF001
    ("😀 …", ""),
    ("", ""),
]


@pytest.mark.parametrize(("text", "said"), FORMS)
def test_it_is_said_as_people_say_it(text: str, said: str) -> None:
    assert spoken_form(text).text == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("14/3", "the fourteenth of March"),
        ("3/4/2026", "the third of April, twenty twenty six"),
        ("£1,250", "one thousand two hundred and fifty pounds"),
        ("105", "one hundred and five"),
    ],
)
def test_a_british_voice_has_its_own_days_and_numbers(text: str, said: str) -> None:
    assert spoken_form(text, british=True).text == said


PLAIN = [
    "I have been waiting for this parcel for three weeks now, and nobody tells me where it is.",
    "So you can't help me, then? Fine. I'll call back; don't bother!",
    "It's my mother-in-law's coffee machine: the one with the cracked jug…",
]


@pytest.mark.parametrize("text", PLAIN)
def test_plain_words_stay_as_they_are(text: str) -> None:
    said = spoken_form(text)
    assert said.text == text
    assert [said.origin(at) for at in range(len(text))] == list(range(len(text)))


def test_a_place_is_found_again_in_the_written_text() -> None:
    text = "Dr. Lee paid $49.99 on 3/14, she says."
    said = spoken_form(text)

    def written(word: str) -> str:
        return text[said.origin(said.text.index(word)) :]

    assert written("Doctor").startswith("Dr.")
    assert written("Lee").startswith("Lee")
    assert written("forty").startswith("$49.99")
    assert written("cents").startswith("$49.99")
    assert written("fourteenth").startswith("3/14")
    assert written("says").startswith("says")


SAYABLE = frozenset(" .,;:!?…'-")
PIECES = st.sampled_from(
    [
        *"$£€.,:;-/#@&%+ \n\t'\"()[]0159aZé½²ก\u0e53",
        "1/2",
        "St. ",
        "http://",
        "@a.com",
        " pm",
        "2026-",
    ]
)
ANY = st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=40).map("".join))


@given(ANY, st.booleans())
def test_anything_has_a_form_that_can_be_said_and_found_again(text: str, british: bool) -> None:
    said = spoken_form(text, british=british)
    for sign in said.text:
        assert sign in SAYABLE or unicodedata.category(sign)[0] in "LM", said.text
    assert "  " not in said.text
    assert said.text == said.text.strip()
    origins = [said.origin(at) for at in range(len(said.text) + 1)]
    assert origins == sorted(origins)
    assert all(0 <= origin <= len(text) for origin in origins)


LONG = 5_000
HARD = [
    "a", "A", "1", ".", "1.", "a.", "-", "1-", "a-", "$", "$1", "1,", "1/", "@", "a@", "'", "a'",
    " ", "\n ", "1 ", "a1", "a1-", "A-", "St. ", "1:", "+1 ", "(", "http://", "www.a", "é",
    "x.com ", "Aa", "AA ", "ก", "😀", "#", "1/2 ", "A.", "20-",
]  # fmt: skip


@pytest.mark.parametrize("piece", HARD)
def test_four_times_the_text_takes_about_four_times_as_long(piece: str) -> None:
    def took(size: int) -> float:
        text = (piece * (size // len(piece) + 1))[:size]
        began = time.thread_time()
        spoken_form(text)
        return time.thread_time() - began

    assert took(4 * LONG) < 10 * took(LONG) + 0.1, "squared time would be 16 times"
