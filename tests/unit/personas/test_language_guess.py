"""The language of a card is known by its script and its words."""

# Letters that look like others.
# ruff: noqa: RUF001

import pytest

from personas.language_guess import language_of


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("My box is gone.", "en-US"),
        ("Hello? Is this the parcel desk?", "en-US"),
        ("สวัสดีค่ะ กล่องของดิฉันหาย", "th-TH"),
        ("もしもし、荷物の件です。", "ja-JP"),
        ("你好，我的包裹不见了，请问你们在哪里？", "zh-CN"),
        ("你好，我的包裹還沒到，請問你們在哪裡？", "zh-TW"),
        ("안녕하세요, 제 소포가 없어졌어요.", "ko-KR"),
        ("مرحبا، أين الطرد الخاص بي؟", "ar"),
        ("سلام، بسته من گم شده است، پس چه کنم؟", "fa"),
        ("Привет, где моя посылка?", "ru"),
        ("Добрий день, де моя посилка, її немає?", "uk"),
        ("Γεια σας, πού είναι το πακέτο μου;", "el-GR"),
        ("שלום, איפה החבילה שלי?", "he-IL"),
        ("नमस्ते, मेरा पार्सल कहाँ है?", "hi"),
        ("Guten Tag, mein Paket ist weg.", "de"),
        ("Bonjour, mon colis a disparu.", "fr"),
        ("Hola, ¿dónde está mi caja? La espero desde el lunes.", "es"),
        ("Olá, a minha encomenda não chegou.", "pt"),
        ("Buongiorno, il mio pacco è sparito.", "it"),
        ("Hallo, mijn pakket is weg.", "nl"),
        ("Dzień dobry, gdzie jest paczka?", "pl"),
        ("Hej, mitt paket är borta.", "sv"),
        ("Hej, min pakke er væk.", "da"),
        ("Hei, pakettini on kadonnut.", "fi"),
        ("Dobrý den, kde je můj balík?", "cs"),
        ("Jó napot, hol van a csomagom?", "hu"),
        ("Bună ziua, unde este coletul meu?", "ro"),
        ("Merhaba, benim paketim nerede kaldı acaba?", "tr"),
        ("Xin chào, gói hàng của tôi đâu rồi?", "vi"),
    ],
)
def test_by_script_and_words(text: str, tag: str) -> None:
    assert language_of(text) == (tag, True)


@pytest.mark.parametrize("text", ["", "!!!", "Ava Reed", "Hm?", "55"])
def test_what_shows_none_is_a_guess(text: str) -> None:
    assert language_of(text).sure is False


def test_what_is_said_counts_before_what_is_told() -> None:
    assert language_of("Guten Tag, mein Paket ist weg.", "A shop owner of forty.").tag == "de"
    assert language_of("Hm?", "Eine Frau, die auf ihr Paket wartet.").tag == "de"


@pytest.mark.parametrize(
    ("hints", "tag"),
    [("Deutsch", "de"), ("angry, ไทย", "th-TH"), ("de-de", "de-DE"), ("en_gb", "en-GB")],
)
def test_hints_decide_a_doubt(hints: str, tag: str) -> None:
    assert language_of("Hm?", hints=hints) == (tag, False)


def test_hints_do_not_speak_against_the_text() -> None:
    assert language_of("My box is gone, and I want it.", hints="Deutsch").tag == "en-US"
