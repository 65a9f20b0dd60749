"""How words sound, in the recogniser's phones: CMUdict, and espeak-ng for names it lacks."""
# ruff: noqa: RUF001 (the phonetic alphabet looks like others)

import re
from collections.abc import Callable, Collection
from functools import cache
from pathlib import Path

import pocketsphinx

MODEL = Path(pocketsphinx.get_model_path("en-us"))

# espeak-ng's IPA for American English, longest match first, in the phones of CMUdict.
_PHONES = {
    "aɪɚ": "AY ER", "aɪə": "AY AH", "aʊ": "AW", "aɪ": "AY", "eɪ": "EY", "oʊ": "OW", "ɔɪ": "OY",
    "dʒ": "JH", "tʃ": "CH", "ɑːɹ": "AA R", "ɔːɹ": "AO R", "oːɹ": "AO R", "ɪɹ": "IH R",
    "ɛɹ": "EH R", "ʊɹ": "UH R", "ɜː": "ER", "ɚ": "ER", "ɐ": "AH", "ə": "AH", "ʌ": "AH", "æ": "AE",
    "ɑː": "AA", "ɑ": "AA", "ɒ": "AA", "ɔː": "AO", "ɔ": "AO", "ɛ": "EH", "e": "EH", "ɪ": "IH",
    "iː": "IY", "i": "IY", "ᵻ": "IH", "ʊ": "UH", "uː": "UW", "u": "UW", "o": "OW", "a": "AE",
    "b": "B", "d": "D", "ð": "DH", "f": "F", "ɡ": "G", "g": "G", "h": "HH", "j": "Y", "k": "K",
    "l": "L", "m": "M", "n": "N", "ŋ": "NG", "p": "P", "ɹ": "R", "r": "R", "s": "S", "ʃ": "SH",
    "t": "T", "ɾ": "T", "ʔ": "T", "θ": "TH", "v": "V", "w": "W", "z": "Z", "ʒ": "ZH", "x": "K",
}  # fmt: skip
LISTENING = {
    "mm-hm": ["M HH M", "AH M HH AH M", "M HH EH M"],
    "uh-huh": ["AH HH AH", "AH HH AA"],
    "hmm": ["HH M", "HH AH M", "M"],
    "um": ["AH M"],
    "uh": ["AH", "ER"],
    "huh": ["HH AH"],
    "oh": ["OW"],
    "ah": ["AA"],
}
"""What listeners and thinkers utter, in the recogniser's phones."""

_IPA = re.compile("|".join(sorted(_PHONES, key=len, reverse=True)))
_ENTRY = re.compile(r"^([^\s(]+)(?:\(\d+\))?\s+(.+)$", re.MULTILINE)


def dictionary(
    words: Collection[str], guess: Callable[[str], str], path: Path = MODEL / "cmudict-en-us.dict"
) -> dict[str, list[str]]:
    """The pronunciations of these words, most usual first; words nobody can say are left out.

    ``guess`` gives the IPA of a word that the dictionary lacks.
    """
    found = {word: list(LISTENING[word]) for word in words if word in LISTENING}
    wanted = set(words) - found.keys()
    for word, phones in _entries(path):
        if word in wanted:
            found.setdefault(word, []).append(phones)
    for word in sorted(wanted - found.keys()):
        if phones := phones_of(guess(word)):
            found[word] = [phones]
    return found


@cache
def _entries(path: Path) -> list[tuple[str, str]]:
    return _ENTRY.findall(path.read_text(encoding="utf-8"))


def phones_of(ipa: str) -> str:
    """IPA as CMUdict phones; empty when there is none to hear."""
    return " ".join(_PHONES[part] for part in _IPA.findall(ipa))


def as_text(pronunciations: dict[str, list[str]]) -> str:
    """A dictionary file for pocketsphinx."""
    lines = []
    for word, variants in sorted(pronunciations.items()):
        for index, phones in enumerate(variants, start=1):
            lines.append(f"{word} {phones}" if index == 1 else f"{word}({index}) {phones}")
    return "\n".join(lines) + "\n"
