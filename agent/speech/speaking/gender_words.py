"""Words by which a text says whether somebody is a woman or a man, in the languages of personas."""

# Letters that look like others.
# ruff: noqa: RUF001

import unicodedata
from collections.abc import Mapping, Sequence

from agent.speech.speaking.speakers import Gender


def _table(women: str, men: str) -> dict[str, Gender]:
    return {**dict.fromkeys(women.split(), "woman"), **dict.fromkeys(men.split(), "man")}


_ENGLISH = _table("she her hers herself", "he his him himself")
_PRONOUNS: Mapping[str, Mapping[str, Gender]] = {
    "en": _ENGLISH,
    "de": _table(
        "she hers herself sie ihr ihre ihrem ihren", "he his him er ihm sein seine seinem"
    ),
    "fr": _ENGLISH | _table("elle", "il"),
    "es": _ENGLISH | _table("ella", "él"),
    "it": _ENGLISH | _table("lei ella", "lui egli"),
    "pt": _ENGLISH | _table("ela dela", "ele dele"),
    "nl": _ENGLISH | _table("zij ze haar", "hij hem zijn"),
    "pl": _ENGLISH | _table("ona jej", "on jego jemu"),
    "ru": _ENGLISH | _table("она её ее ей", "он его ему"),
    "uk": _ENGLISH | _table("вона її їй", "він його йому"),
    "sv": _ENGLISH | _table("hon henne hennes", "han honom hans"),
    "da": _ENGLISH | _table("hun hende hendes", "han ham hans"),
    "no": _ENGLISH | _table("hun henne hennes", "han ham hans"),
    "cs": _ENGLISH | _table("ona její", "on jeho"),
    "ar": _ENGLISH | _table("هي", "هو"),
    "he": _ENGLISH | _table("היא", "הוא"),
}
TITLES = _table(
    "mrs ms miss madam madame lady dame queen princess baroness duchess countess sister mother "
    "aunt auntie granny grandma frau mme mlle mademoiselle señora sra srta señorita doña "
    "signora signorina senhora dona mevrouw fru fröken pani госпожа пані",
    "mr mister sir lord king prince baron duke count brother father uncle grandpa granddad herr "
    "monsieur señor sr don signor senhor meneer pan господин пан",
)
NOUNS = _table(
    "woman lady girl mother mum mom grandmother widow wife waitress actress housewife female "
    "frau mutter oma witwe kundin rentnerin femme dame mère veuve cliente mujer señora madre "
    "abuela viuda donna signora nonna vedova mulher senhora mãe avó viúva vrouw moeder weduwe "
    "kvinna kvinde kvinne kobieta женщина жінка امرأة سيدة אישה",
    "man gentleman boy father dad grandfather widower husband waiter actor guy fellow male mann "
    "vater opa witwer homme monsieur père veuf hombre señor padre abuelo viudo uomo signore "
    "nonno vedovo homem senhor pai viúvo vader weduwnaar mężczyzna мужчина чоловік رجل גבר",
)
_SIGNS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "th": (
        ("ค่ะ", "นะคะ", "ดิฉัน", "ผู้หญิง", "หญิง", "นางสาว", "เธอ", "คุณยาย", "คุณป้า"),
        ("ครับ", "กระผม", "ผู้ชาย", "ชาย", "คุณลุง", "คุณตา"),
    ),
    "ja": (
        ("彼女", "女性", "女の人", "おばあ", "わよ", "かしら"),
        ("彼は", "彼が", "男性", "男の人", "おじい"),
    ),
    "zh": (("她", "女士", "小姐", "女性", "女人", "太太"), ("他", "先生", "男性", "男人")),
    "ko": (
        ("그녀", "여성", "여자", "할머니", "아주머니"),
        ("그는", "남성", "남자", "할아버지", "아저씨"),
    ),
}
_DEGREES = frozenset(["dr", "doctor", "prof", "professor", "doc", "rev", "captain", "judge"])
_STATED = _table(
    "female woman f w girl she her weiblich frau femme féminin femenino femenina mujer feminino "
    "donna femmina vrouw kobieta kvinna женский женщина หญิง ผู้หญิง 女 女性 여 여성 여자 أنثى",
    "male man m boy he him männlich mann homme masculin masculino hombre uomo maschio homem "
    "mężczyzna мужской мужчина ชาย ผู้ชาย 男 男性 남 남성 남자 ذكر",
)
_LABELS_WORDS = """
gender sex pronouns geschlecht pronomen genre sexe género sexo sesso genere płeć пол стать เพศ
性別 性别 성별 الجنس
"""
_LABELS = frozenset(_LABELS_WORDS.split())
_MENS_NAMES_WORDS = """
luca joshua elia ezra nikita mustafa musa isa andrea sasha noa ilya garcia akira costa misha
mika juha joona nicola bela jona krishna rama shiva abdulla taha yahya zakaria micha dima vanya
"""
_MENS_NAMES_IN_A = frozenset(_MENS_NAMES_WORDS.split())
_WOMENS_NAMES_WORDS = """
alice amy anne beth carol catherine chloe claire deborah dorothy elaine eleanor elizabeth emily
erin grace hannah heather helen ingrid irene isabel jane janet jasmine jennifer joan joyce
judith judy julie karen kate katherine kathleen kelly kim laurie louise lucy marie margaret mary
megan mei michelle nancy naomi natalie nicole pamela priscilla rachel renee ruth sharon sophie
susan wendy yuki agnes annette astrid audrey beatrice birgit brigitte camille caroline charlotte
christine colette denise diane dolores edith ellen elsie esther eve evelyn florence frances
gertrud gladys gwen harriet heidi helene hilde inge iris ivy jacqueline jean jeanne jill
josephine joy june kirsten lily lynn mabel madeleine maggie marion marjorie may mercedes mildred
miriam molly monique muriel myrtle nathalie nell noor olive opal pearl peggy penelope phyllis
pilar rose rosemary sally sigrid simone soledad solveig stephanie sue sylvie tess trudy ursel
valerie violet vivian yvonne zoe hanako keiko yoko akiko sakura fatimah maryam aisyah siti nurul
betty
"""
_WOMENS_NAMES = frozenset(_WOMENS_NAMES_WORDS.split())


def pronouns(language: str) -> Mapping[str, Gender]:
    """Pronouns in a text of that language, which may be in English all the same."""
    return _PRONOUNS.get(language.partition("-")[0].lower(), _ENGLISH)


def by_signs(text: str, language: str) -> Gender | None:
    """By what is said in a language without spaces between words: most of its signs decide."""
    women, men = _SIGNS.get(language.partition("-")[0].lower(), ((), ()))
    balance = sum(map(text.count, women)) - sum(map(text.count, men))
    return None if not balance else "woman" if balance > 0 else "man"


def stated(label: str, value: str) -> Gender | None:
    """By a fact such as ``Gender: female``."""
    if label.strip().casefold() not in _LABELS:
        return None
    words = value.casefold().replace("/", " ").replace(",", " ").split()
    return next((_STATED[word] for word in words if word in _STATED), None)


def by_name(words: Sequence[str]) -> Gender:
    """By the words of a name in small letters, the first of which that is no title decides; a
    man's where nothing speaks for a woman's."""
    name = next((word for word in words if word not in _DEGREES), "")
    plain = "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c))
    ends = len(plain) > 2 and plain.endswith("a") and plain not in _MENS_NAMES_IN_A
    return "woman" if plain in _WOMENS_NAMES or ends else "man"
