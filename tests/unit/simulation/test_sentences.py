"""Where sentences end, and what ends none."""

import pytest

from agent.simulation.language.sentences import sentences, turn_sentences
from agent.simulation.observing.asking import is_asked
from agent.simulation.observing.observer import LexicalObserver
from tests.support.personas import make_persona, rule


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("It is No. 5 of ten. Thanks.", ["It is No. 5 of ten.", "Thanks."]),
        ("Mr. Hughes is here. Yes.", ["Mr. Hughes is here.", "Yes."]),
        ("At 7 p.m. tomorrow. No. Never.", ["At 7 p.m. tomorrow.", "No.", "Never."]),
        ("Ext. 204\nPlease.", ["Ext. 204", "Please."]),
        ("that's 49.90 a month. okay?", ["that's 49.90 a month. okay?"]),
    ],
)
def test_a_full_stop_of_an_abbreviation_ends_no_sentence(text: str, parts: list[str]) -> None:
    assert sentences(text) == parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("sorry. did it work? i see", ["sorry.", "did it work?", "i see"]),
        ("sorry mr. hughes. go on", ["sorry mr. hughes.", "go on"]),
        ("Come at 7 p.m. tomorrow. Okay?", ["Come at 7 p.m. tomorrow.", "Okay?"]),
        ("Let me see... it is No. 5.  ", ["Let me see... it is No. 5."]),
        ("It costs 49.90. Fine?!", ["It costs 49.90.", "Fine?!"]),
        ("one\n\ntwo", ["one", "two"]),
        ("ได้ค่ะ ขอบคุณค่ะ", ["ได้ค่ะ ขอบคุณค่ะ"]),
        (" . ", ["."]),
        ("", []),
    ],
)
def test_a_turn_may_begin_its_sentences_with_small_letters(text: str, parts: list[str]) -> None:
    assert turn_sentences(text) == parts


def test_a_question_to_somebody_by_name_is_a_question() -> None:
    said = "Mr. Hughes, did it work with the new one?"
    assert is_asked(said, said)


def test_the_quote_of_a_match_is_the_whole_sentence_with_its_name() -> None:
    observer = LexicalObserver(make_persona([rule("deescalation", "A sincere apology", -1)]))
    said = "Good day. I'm very sorry, Mr. Hughes, about call No. 5. Let me look."
    quote = observer.observe(said).matches[0].quote
    assert quote == "I'm very sorry, Mr. Hughes, about call No. 5"
