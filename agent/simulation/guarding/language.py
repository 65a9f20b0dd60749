"""The guard ``language``: the persona leaves the language of its file."""

import re

from agent.simulation.guarding.call_so_far import CallSoFar
from agent.simulation.guarding.guard import Found
from agent.simulation.guarding.written import Written

_WHY = "It leaves its language, which is tagged {language}."
_SCRIPTS = {
    "thai": "\u0e00-\u0e7f",
    "cyrillic": "\u0400-\u04ff",
    "arabic": "\u0600-\u06ff",
    "hebrew": "\u0590-\u05ff",
    "devanagari": "\u0900-\u097f",
    "kana": "\u3040-\u30ff",
    "han": "\u3400-\u9fff",
    "hangul": "\uac00-\ud7af",
    "lao": "\u0e80-\u0eff",
    "khmer": "\u1780-\u17ff",
    "greek": "\u0370-\u03ff",
}
_OWN_SCRIPTS = {
    "th": ("thai",),
    "ru": ("cyrillic",),
    "uk": ("cyrillic",),
    "bg": ("cyrillic",),
    "ar": ("arabic",),
    "fa": ("arabic",),
    "ur": ("arabic",),
    "he": ("hebrew",),
    "hi": ("devanagari",),
    "mr": ("devanagari",),
    "ne": ("devanagari",),
    "ja": ("kana", "han"),
    "zh": ("han",),
    "ko": ("hangul", "han"),
    "lo": ("lao",),
    "km": ("khmer",),
    "el": ("greek",),
}
"""The scripts of languages that are not written in Latin letters; any other is."""
_FEWEST = {"han": 3, "kana": 3, "hangul": 3}
"""Signs in a row of a foreign script that are more than a name; 6 of the scripts with letters."""
_FUNCTION_WORDS = {
    "en": """i you he we they it is are was have has had do don't did can can't will would my your
        the a an and but or to of for with that this what when where why how not me be been just
        there if from at please""",
    "es": """el la los las un una que de en no es está por para con mi su yo muy pero como cuando
        nada todo desde estoy usted ya se lo le gracias""",
    "fr": """le la les un une que de des est pas je vous mon ma pour avec sur dans mais il elle nous
        c'est j'ai très bien oui ne et au du""",
    "de": """der die das ein eine ich sie ist nicht und mit für auf von zu es wir mein meine aber
        noch schon immer haben habe hat den dem bitte""",
    "it": """il lo la gli un una che di non è per con mio mia io ma sono ho ha questo della nel
        molto anche mi si""",
    "pt": """o os as um uma que de não é para com meu minha eu mas está em do da muito você já se
        por""",
}
_WORDS = {language: frozenset(words.split()) for language, words in _FUNCTION_WORDS.items()}
_RUN = re.compile(
    r"[a-z\u00c0-\u024f][\w\u00c0-\u024f'\u2019]*(?:[\s,.;!-]+[a-z\u00c0-\u024f]"
    r"[\w\u00c0-\u024f'\u2019]*)*",
    re.I,
)
"""Words in Latin letters in a row."""
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)?")


def found(line: str, written: Written, call: CallSoFar) -> Found | None:
    """What is said in another language; names, products and words of the file are not."""
    why = _WHY.format(language=written.persona.language)
    for part in written.foreign(line):
        if words := _other_script(part, written, call) or _other_words(part, written):
            return Found(words, why)
    return None


def _other_script(clause: str, written: Written, call: CallSoFar) -> str:
    own = _OWN_SCRIPTS.get(written.language, ())
    for script, letters in _SCRIPTS.items():
        if script in own:
            continue
        for run in re.finditer(rf"[{letters}]{{{_FEWEST.get(script, 6)},}}", clause):
            if run[0] not in written.text and run[0] not in call.just_said:
                return clause.strip()
    return ""


def _other_words(clause: str, written: Written) -> str:
    """Words in Latin letters that make a sentence of another language."""
    if written.language in _OWN_SCRIPTS:
        runs = [run[0] for run in _RUN.finditer(clause)]
        return next((run for run in runs if _is_english(run, written)), "")
    own = _WORDS.get(written.language)
    if own is None:
        return ""
    words = [word.lower().replace("\u2019", "'") for word in _WORD.findall(clause)]
    here = len([word for word in words if word in own])
    for language, known in _WORDS.items():
        there = {word for word in words if word in known and word not in own}
        if language != written.language and len(there) >= 3 and len(there) > 2 * here:
            return clause.strip()
    return ""


def _is_english(run: str, written: Written) -> bool:
    """Whether these words between others are a piece of an English sentence, and no names."""
    words = [word.lower().replace("\u2019", "'") for word in _WORD.findall(run)]
    telling = {word for word in words if word in _WORDS["en"]}
    return len(words) >= 4 and len(telling) >= 2 and not written.says(run)
