"""The persona's own context as lines in the first person."""

import re

from personas.model import Persona

_TO_FIRST = {
    "his": "my", "hers": "mine", "him": "me", "himself": "myself", "herself": "myself",
    "he's": "I'm", "she's": "I'm", "he'd": "I'd", "she'd": "I'd", "he": "I", "she": "I",
}  # fmt: skip
_AFTER_OBJECT = frozenset(
    [
        "to",
        "that",
        "and",
        "or",
        "for",
        "by",
        "in",
        "on",
        "with",
        "about",
        "again",
        "at",
        "from",
        "than",
    ]
)
_VERBS = {
    "is": "am", "has": "have", "does": "do", "was": "was", "doesn't": "don't", "isn't": "am not",
    "hasn't": "haven't", "goes": "go", "wasn't": "wasn't", "can": "can", "will": "will",
}  # fmt: skip
_UNSAFE = re.compile(
    r"\b(?:trainee|agent|customer|caller|callers|accepts?|would accept|settles?|knows?|only if|"
    r"unless|pretends?|lies|lying|isn't|truth|really (?:is|wants)|impost\w*|fake|intensity|excuse|"
    r"refused|verified|he'll|she'll|he'd|she'd|it falls|don't know|doesn't)\b|[:\"“]"
    r"|\b(?:and|who|but) \w+s\b"
    r"|เธอ|เขา|ลูกค้า|ยอมรับ",
    re.I,
)


def context_lines(persona: Persona) -> tuple[str, ...]:
    """Sentences of the context that the persona can say as they are; others are left out."""
    found = []
    for note in persona.context:
        for sentence in re.split(r"(?<=[.!?])\s+", note.strip()):
            line = first_person(sentence, persona.name)
            if line:
                found.append(line)
    return tuple(found)


def first_person(sentence: str, name: str) -> str:
    """'Sarah was charged twice.' as 'I was charged twice.'; empty when that is not safe."""
    if not sentence or len(sentence) > 160 or _UNSAFE.search(sentence):
        return ""
    names = "|".join(map(re.escape, [name, *name.split()])) or "(?!)"
    line = re.sub(rf"\b(?:{names})'s\b", "my", sentence)
    line = re.sub(rf"^(?:{names})\b", "she", line)
    line = re.sub(rf"\b(?:{names})\b", "me", line)
    text = _first_person_words(line.split())
    return text if text[-1] in ".!?" or not text.isascii() else text + "."


def _first_person_words(words: list[str]) -> str:
    out: list[str] = []
    for place, word in enumerate(words):
        bare = word.strip(".,;!?").lower()
        new = _TO_FIRST.get(bare)
        if bare == "her":
            ends = word != word.rstrip(".,;!?") or place + 1 == len(words)
            new = "me" if ends or words[place + 1].lower() in _AFTER_OBJECT else "my"
        elif out and out[-1] == "I":
            new = _VERBS.get(bare) or (_plain_verb(bare) if _is_third_person(bare) else None)
        out.append(word.lower().replace(bare, new, 1) if new else word)
    text = " ".join(out)
    return text[:1].upper() + text[1:]


def _is_third_person(word: str) -> bool:
    return word.endswith("s") and not word.endswith("ss") and len(word) > 3


def _plain_verb(verb: str) -> str:
    """'wants' as 'want', 'tries' as 'try', 'pushes' as 'push'."""
    if verb.endswith("ies"):
        return verb[:-3] + "y"
    if re.search(r"(?:sh|ch|x|z|ss)es$", verb):
        return verb[:-2]
    return verb[:-1]
