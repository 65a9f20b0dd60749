"""Which language a text is in: by its script where that is enough, else by its words."""

import re
import unicodedata
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

USUAL = "en-US"
"""The language of a text that shows none."""
_SURE = 0.65
"""Of the model's probability; below it is a guess."""
_LEAST = 0.4
"""Below it nothing is known."""
_READ = 4000
"""Characters that are looked at."""
# Scripts, by the first word of their characters' names in Unicode, in which one language is written
# nearly always.
_ONE = {
    "THAI": "th-TH",
    "HANGUL": "ko-KR",
    "HIRAGANA": "ja-JP",
    "KATAKANA": "ja-JP",
    "GREEK": "el-GR",
    "HEBREW": "he-IL",
    "LAO": "lo-LA",
    "KHMER": "km-KH",
    "MYANMAR": "my-MM",
    "GEORGIAN": "ka-GE",
    "ARMENIAN": "hy-AM",
    "BENGALI": "bn-BD",
    "TAMIL": "ta-IN",
    "TELUGU": "te-IN",
    "KANNADA": "kn-IN",
    "MALAYALAM": "ml-IN",
    "GUJARATI": "gu-IN",
    "GURMUKHI": "pa-IN",
    "SINHALA": "si-LK",
    "ETHIOPIC": "am-ET",
}
_LATIN_WORDS = """
en de fr es it pt nl pl cs sk sl hr hu ro sv da no fi et lv lt tr id ms tl vi ca sq is
"""
_LATIN = _LATIN_WORDS.split()
_AMONG = {
    "LATIN": _LATIN,
    "CYRILLIC": ["ru", "uk", "bg", "sr", "mk", "be", "kk"],
    "ARABIC": ["ar", "fa", "ur"],
    "DEVANAGARI": ["hi", "mr", "ne"],
}
_SIGNS = {
    "uk": re.compile("[іїєґ]", re.IGNORECASE),
    "be": re.compile("ў", re.IGNORECASE),
    "sr": re.compile("[ђћџљњј]", re.IGNORECASE),
    "ur": re.compile("[ٹڈڑےں]"),
    "fa": re.compile("[پچژگ]"),
}
"""Letters that only one of the languages of a script has."""
# Written in Taiwan and Hong Kong otherwise than on the mainland; among the most frequent ones.
_TRADITIONAL = re.compile("[們這個來時說國會為學對過還後開關電話東車麼嗎請問題裡讓點樣現經應當實]")
_SIMPLIFIED = re.compile("[们这个来时说国会为学对过还后开关电话东车么吗请问题里让点样现经应当实]")
_REGIONS = {"en": USUAL, "th": "th-TH", "tl": "fil"}
_ENGLISH_WORDS = """
the a an and or but of to in on at is are was were be been have has had do does did i you he she
it we they my your his her its our their this that these those who what where when why how not
no yes with for from about me him them will would can could there here
"""
_ENGLISH = frozenset(_ENGLISH_WORDS.split())
_NAMES = {
    "de": "deutsch german",
    "fr": "français francais french",
    "es": "español espanol spanish",
    "it": "italiano italian",
    "pt": "português portugues portuguese",
    "nl": "nederlands dutch",
    "pl": "polski polish",
    "ru": "русский russian",
    "uk": "українська ukrainian",
    "tr": "türkçe turkish",
    "cs": "čeština czech",
    "sv": "svenska swedish",
    "da": "dansk danish",
    "no": "norsk norwegian",
    "fi": "suomi finnish",
    "hu": "magyar hungarian",
    "ro": "română romanian",
    "id": "indonesian indonesia",
    "vi": "vietnamese tiếngviệt",
    "th-TH": "ไทย thai ภาษาไทย",
    "ja-JP": "日本語 japanese",
    "ko-KR": "한국어 korean",
    "zh-CN": "中文 chinese 简体中文",
    "ar": "العربية arabic",
    "en-US": "english englisch",
}
_TAGGED = {name: tag for tag, names in _NAMES.items() for name in names.split()}


class Guess(NamedTuple):
    """A BCP 47 tag, and whether the text leaves no doubt."""

    tag: str
    sure: bool


def language_of(*texts: str, hints: str = "") -> Guess:
    """The language of the first of these texts that shows one; ``hints`` are names of languages
    and tags among other words, which decide where the texts leave a doubt."""
    hinted = _hinted(hints)
    doubtful: Guess | None = None
    for text in texts:
        guess = _guessed(text[:_READ])
        if guess and (guess.sure or _primary(guess.tag) == _primary(hinted)):
            return Guess(guess.tag, True)
        doubtful = doubtful or guess
    if hinted:
        return Guess(hinted, False)
    return doubtful or Guess(USUAL, False)


def _hinted(hints: str) -> str:
    for word in re.split(r"[\s,;]+", hints.casefold()):
        tag = _TAGGED.get(word) or _TAGGED.get(word.strip("-_"))
        if tag:
            return tag
        if match := re.fullmatch(r"([a-z]{2})[-_]([a-z]{2})", word):
            return f"{match[1]}-{match[2].upper()}"
    return ""


def _primary(tag: str) -> str:
    return tag.partition("-")[0]


def _guessed(text: str) -> Guess | None:
    """The language of a text; None when it has too few letters to tell."""
    scripts = Counter(filter(None, map(_script, filter(str.isalpha, text))))
    if not scripts:
        return None
    # A sign of the one stands for more than a letter of the other.
    kana = scripts["HIRAGANA"] + scripts["KATAKANA"]
    if kana and kana * 8 > scripts["CJK"]:
        scripts["HIRAGANA"] += 2 * scripts.pop("CJK", 0)
    scripts["CJK"] *= 3
    script, letters = scripts.most_common(1)[0]
    if script in _ONE:
        return Guess(_ONE[script], letters > 2)
    if script == "CJK":
        return _chinese(text)
    return _by_words(text, script, letters) if script in _AMONG else None


@lru_cache(maxsize=4096)
def _script(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]


def _chinese(text: str) -> Guess:
    old, new = len(_TRADITIONAL.findall(text)), len(_SIMPLIFIED.findall(text))
    return Guess("zh-TW" if old > new else "zh-CN", len(text) > 4)


def _by_words(text: str, script: str, letters: int) -> Guess | None:
    for tag, signs in _SIGNS.items():
        if tag in _AMONG[script] and signs.search(text):
            return Guess(tag, True)
    words = re.findall(r"[^\W\d_]+", text.lower())
    english = sum(word in _ENGLISH for word in words) if script == "LATIN" else 0
    if english >= 2 and english * 4 >= len(words):
        return Guess(USUAL, True)
    if letters < 12 or len(words) < 2:
        return None
    found: dict[str, float] = dict(_model().rank(text))
    tag = max(_AMONG[script], key=lambda each: found.get(each, 0.0))
    share = found[tag] / (sum(found.get(each, 0.0) for each in _AMONG[script]) or 1.0)
    if share < _LEAST:
        return None
    return Guess(_REGIONS.get(tag, tag), share >= _SURE and len(words) > 2)


@lru_cache(maxsize=1)
def _model() -> "LanguageIdentifier":
    """The model of words: 0.7 s and 100 MB at first, so only for texts that need it."""
    # Here, since the checker is also used where there is PyYAML and nothing else.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    model = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    wanted = {tag for tags in _AMONG.values() for tag in tags}
    model.set_languages(wanted & set(model.labels))
    return model
