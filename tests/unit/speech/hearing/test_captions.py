"""What is shown while somebody speaks: it grows, and what stood there stays."""

from agent.speech.hearing.captions import Growing


def shown(*decodings: str) -> list[str]:
    growing = Growing()
    return [growing.grow(text) for text in decodings]


def test_it_grows_without_the_full_stops_of_each_decoding() -> None:
    assert shown("I am.", "I am so sorry.", "I am so sorry about that...") == [
        "I am",
        "I am so sorry",
        "I am so sorry about that",
    ]


def test_the_last_word_may_still_become_another_one() -> None:
    assert shown("Could you tell", "Could you tell me", "Could you tell Mia what")[-1] == (
        "Could you tell Mia what"
    )


def test_words_that_two_decodings_agreed_on_stay() -> None:
    told = shown(
        "Let me look into your order",
        "Let me look into your order now",
        "Led me look in to your order now and call",
    )
    assert told[-1].startswith("Let me look into")
    assert told[-1].endswith("order now and call")


def test_a_decoding_that_lost_the_beginning_goes_on_where_it_fits() -> None:
    told = shown("We will send a new one", "We will send a new one to", "send a new one to you")
    assert told[-1] == "We will send a new one to you"


def test_a_decoding_of_something_else_keeps_what_has_settled() -> None:
    told = shown("We will send it", "We will send it on", "Thank you")
    assert told[-1].startswith("We will send")


def test_nothing_heard_shows_nothing() -> None:
    assert shown("", "Yes") == ["", "Yes"]
