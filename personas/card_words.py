"""What a draft made of a card says where the card is silent, in the language of the card."""

from typing import NamedTuple

from personas.form import Aim, Deed, Want


class Rules(NamedTuple):
    """Examples of what a trainee may do, since a card has none."""

    angers: tuple[Deed, ...]
    calms: tuple[Deed, ...]
    wants: tuple[Want, ...]
    objectives: tuple[Aim, ...]


_ENGLISH = Rules(
    (Deed("Being told to calm down", 2), Deed("Being interrupted", 1)),
    (Deed("A sincere apology", 2), Deed("Showing understanding", 1)),
    (Want("What the customer asked for is confirmed"),),
    (Aim("Asks what the matter is", 1), Aim("Sums up what was agreed", 1)),
)
_THAI = Rules(
    (Deed("บอกให้ใจเย็น", 2), Deed("พูดแทรก", 1)),
    (Deed("ขอโทษอย่างจริงใจ", 2), Deed("แสดงความเข้าใจความรู้สึกของลูกค้า", 1)),
    (Want("ยืนยันสิ่งที่ลูกค้าขอ"),),
    (Aim("ถามว่าเกิดอะไรขึ้น", 1), Aim("สรุปสิ่งที่ตกลงกันก่อนวางสาย", 1)),
)
_HELLO = {
    "ar": "مرحبا، معك {}.",
    "cs": "Dobrý den, tady {}.",
    "da": "Hej, det er {}.",
    "de": "Guten Tag, hier ist {}.",
    "en": "Hello, this is {}.",
    "es": "Hola, soy {}.",
    "fi": "Hei, täällä {}.",
    "fr": "Bonjour, ici {}.",
    "id": "Halo, ini {}.",
    "it": "Buongiorno, sono {}.",
    "ja": "もしもし、{}です。",
    "ko": "여보세요, {}입니다.",
    "nl": "Hallo, met {}.",
    "no": "Hei, dette er {}.",
    "pl": "Dzień dobry, mówi {}.",
    "pt": "Olá, aqui é {}.",
    "ru": "Здравствуйте, это {}.",
    "sv": "Hej, det är {}.",
    "th": "สวัสดี {} พูดสาย",
    "tr": "Merhaba, ben {}.",
    "uk": "Добрий день, це {}.",
    "vi": "Xin chào, tôi là {}.",
    "zh": "你好，我是{}。",  # noqa: RUF001
}
_TRAINEE = {
    "ar": "الموظف",
    "de": "der Mitarbeiter",
    "en": "the agent",
    "es": "el agente",
    "fr": "l’agent",  # noqa: RUF001
    "id": "petugas",
    "it": "l'operatore",
    "ja": "担当者",
    "ko": "상담원",
    "nl": "de medewerker",
    "pl": "konsultant",
    "pt": "o atendente",
    "ru": "оператор",
    "sv": "medarbetaren",
    "th": "เจ้าหน้าที่",
    "tr": "temsilci",
    "uk": "оператор",
    "vi": "nhân viên",
    "zh": "客服人员",
}


def example_rules(language: str) -> Rules:
    """Rules that a draft has until its author writes some, in a language that is read here."""
    return _THAI if _primary(language) == "th" else _ENGLISH


def hello(language: str, name: str) -> str:
    """A first line of somebody with that name."""
    return _HELLO.get(_primary(language), _HELLO["en"]).format(name)


def trainee(language: str) -> str:
    """The one who is called, as a text in that language says it."""
    return _TRAINEE.get(_primary(language), _TRAINEE["en"])


def _primary(language: str) -> str:
    return language.partition("-")[0]
