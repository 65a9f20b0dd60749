"""What a character says in a message of a card, without what is told around it.

People write such a message in one of four ways: words in quotation marks inside a story; actions in
asterisks beside plain words; a dash before what is said; or only what is said.
"""

# Authors also type full-width and typographic signs.
# ruff: noqa: RUF001

import re
import unicodedata
from collections.abc import Iterable, Iterator

from personas.card_markup import USER, own, plain
from personas.quoted_speech import Quotation, ends_sentence, quotations

_FENCE = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_OOC = r"(?:ooc|out of character|a/n|author'?s? note|system(?: note)?|note|nb|sys|tn|warning)"
_ASIDE = re.compile(
    rf"\(\([^()]*\)\)|\(\s*{_OOC}\b[^()]*\)|\[[^\[\]]*\]|【[^【】]*】|（[^（）]*）|\{{[^{{}}]*\}}|"
    rf"^\s*{_OOC}\s*:.*$|^\s*//.*$|^\s*\|.*\|\s*$|^\s*#{{1,6}}\s.*$|^\s*[-=_*~]{{3,}}\s*$",
    re.IGNORECASE | re.MULTILINE,
)
_STAGE = re.compile(r"(^|[.!?…。]\s*|\n\s*)\([^()\n]*\)", re.MULTILINE)
_BOLD = re.compile(r"(\*{2,3}|_{2,3})(?=\S)([^*_\n]+?)(?<=\S)\1")
_ACTIONS = (
    re.compile(r"(?<![*\w])\*(?=\S)[^*]+\*(?!\*)"),
    re.compile(r"(?<![\w_])_(?=[^\W_])[^_]+_(?![\w_])"),
    re.compile(r"(?<!\S)-(?=\w)[^-\n]{2,60}(?<=\w)-(?!\S)"),
    re.compile(r"(?<!\S)~(?=\w)[^~\n]{2,60}(?<=\w)~(?!\S)"),
    re.compile(r"::[^:\n]{2,60}::"),
    re.compile(r"(?:^|(?<=\n))\s*\*(?=\w)[^*\n]*(?=\n|$)"),  # an end that was forgotten
)
_NO_ACTION_WORDS = """
yours ours hers his this always us yes is was has does sometimes
"""
_NO_ACTION = frozenset(_NO_ACTION_WORDS.split())
_DASH = re.compile(r"^\s*[—–―]\s*(?=\S)")
_HYPHEN = re.compile(r"^\s*-\s+")
_DASHED = re.compile(r"\s*[,.!?…]?\s+[—–―](?=\s?[a-zà-ÿа-я])\s*|\s[—–―]\s|(?<=\w)\s?[—–―](?=[.,;])")
_INVERTED = re.compile(
    r",?\s+(?:dit|demande|répond|répondit|murmure|soupire|crie|souffle|lance)(?:-t)?-(?:il|elle)\b"
    r"[^.!?]*[.!?]?(?:\s*[—–―]\s*)?"
)
_TAG = re.compile(
    r"\s*(?:she|he|they|i|says?|said|asks?|asked|sagt|sagte|fragt|dit|demande|dijo|dice|disse|"
    r"mówi|zegt|säger|siger|sier|сказал|говорит|と|กล่าว|พูด|说|說)\b",
    re.IGNORECASE,
)
_PERSONAL = re.compile(
    r"\b(?:I|I'm|I've|I'd|I'll|my|me|mine|we|us|our|you|your|yours|ich|mein\w*|mich|mir|wir|uns|Sie|"
    r"Ihr\w*|je|j'|mon|ma|mes|vous|votre|yo|mi|me|usted|su|io|mio|mia|lei|eu|meu|minha|ik|mijn|jag|"
    r"min|mitt|jeg|mit|я|мой|моя|моё|мне|вы|ваш\w*)\b",
    re.IGNORECASE,
)
_THIRD = re.compile(r"(?:she|he|they|his|her|their|you|the (?:line|phone|call|caller))\b", re.I)
_AT_WORK = re.compile(r"\s*(?:here|speaking|calling|again|on the line)\b|\s*[,:.!?]", re.I)
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|(?<=[。！？])\s*|\n+")
_COMMAS = re.compile(
    rf"\s*[,，、]\s*{USER}(?:-?san|さん|様|さま|님|씨)?(?=\s*[,，、.!?…。！？;:)]|\s*$)"
)
_FIRST = re.compile(rf"(^|[.!?…。！？]\s*){USER}(?:さん|様|님|씨)?\s*[,，、:!]\s*")
_GREETED = re.compile(
    rf"\b(hello|hi|hey|dear|there|thanks|thank you|good (?:morning|day|afternoon|evening)|hallo|"
    rf"guten (?:tag|morgen|abend)|bonjour|salut|hola|buenos días|ciao|buongiorno|olá|hej|привет)\s+"
    rf"(?:(?:mr|mrs|ms|dr|herr|frau|monsieur|madame|señor|señora)\.?\s+)?{USER}",
    re.IGNORECASE,
)
_OWNED = re.compile(rf"{USER}['’]s\b")
_YOU = {
    "en": ("you", "your"),
    "de": ("Sie", "Ihr"),
    "fr": ("vous", "votre"),
    "es": ("usted", "su"),
    "it": ("lei", "suo"),
    "pt": ("você", "seu"),
    "nl": ("u", "uw"),
    "ru": ("вы", "ваш"),
    "th": ("คุณ", "คุณ"),
    "zh": ("您", "您"),
}


def said(message: str, name: str) -> str:
    """What the character with that name says in a message, in one line; empty when nothing is.

    ``USER`` may stand in the message, and still does in what comes back.
    """
    text = _spoken_part(plain(_FENCE.sub("\n", message)), name)
    quoted = quotations(text)
    speech = [quote for quote in quoted if _is_speech(text, quote, name)]
    if speech and not _is_told_by_itself(text, speech, name):
        return _one_line(_joined(_emphasised(quote.words) for quote in speech))
    if dashed := _dashed(text):
        return _one_line(dashed)
    return _one_line(_without_narration(_without_actions(text), name))


def addressed(line: str, language: str) -> str:
    """A spoken line with the one who listens called as one is: by nothing, or by "you"."""
    if USER not in line:
        return line
    line = _FIRST.sub(r"\1", _COMMAS.sub("", line))
    line = _GREETED.sub(r"\1", line)
    you, your = _YOU.get(language.partition("-")[0], ("", ""))
    line = _OWNED.sub(your, line).replace(USER, you)
    line = re.sub(r"\s+([,.!?…])", r"\1", " ".join(line.split())).lstrip(" ,")
    return re.sub(r"^\w|(?<=[.!?] )[a-z]", lambda match: match[0].upper(), line)


def _spoken_part(text: str, name: str) -> str:
    """The text without remarks to the player, and with the character's own lines only."""
    text = _STAGE.sub(r"\1", _ASIDE.sub("", text))
    text = re.sub(r"^\s*>\s?", "", text, flags=re.MULTILINE)
    mine = re.compile(rf"\s*{own(name)}", re.IGNORECASE)
    other = re.compile(rf"^\s*[*_]{{0,3}}{USER}[*_]{{0,3}}\s*[:：]")
    lines: list[str] = []
    skipping = False
    for line in text.split("\n"):
        if mine.match(line) or not line.strip():
            skipping = False
        elif other.match(line):
            skipping = True
        if not skipping:
            lines.append(line[match.end() :] if (match := mine.match(line)) else line)
    return "\n".join(lines)


def _is_speech(text: str, quote: Quotation, name: str) -> bool:
    """Whether a quotation is what somebody says, rather than a word or a sign that is named."""
    words = quote.words.strip(" *_")
    if not any(map(str.isalnum, words)):
        return False
    before, after = text[: quote.start].rstrip(" \t*_"), text[quote.end :].lstrip(" \t")
    if ends_sentence(words):
        return True
    alone = not before or before[-1] in "\n.!?…。！？:：,，—–*"
    if not alone and not _unspaced_before(before):
        return bool(_tagged(after, name))
    if not after or after[0] in "*_\n" or not after[0].islower():
        return not after.startswith("という")
    return bool(_tagged(after, name)) or len(words.split()) > 2


def _unspaced_before(before: str) -> bool:
    return bool(before) and before[-1] > "\u0e00" and before[-1].isalpha()


def _tagged(after: str, name: str) -> bool:
    return bool(_TAG.match(after)) or after.casefold().startswith(name.casefold())


def _is_told_by_itself(text: str, speech: list[Quotation], name: str) -> bool:
    """Whether the words beside the quotations are spoken, too: others are quoted in them."""
    pieces, at = [], 0
    for quote in speech:
        pieces.append(text[at : quote.start])
        at = quote.end
    beside = _without_actions("\n".join([*pieces, text[at:]])).strip()
    if "?" not in beside and "!" not in beside:
        return False
    first = next(iter(_sentences(beside)), "")
    return bool(_PERSONAL.search(beside)) and not _narrates(first, name)


def _joined(pieces: Iterable[str]) -> str:
    """Pieces of what is said as one; what begins with a capital is a sentence of its own."""
    text = ""
    for piece in map(str.strip, pieces):
        if text and text[-1].isalpha() and text[-1] > "\u3000":
            text += "。"
        if text and re.match(r"[^\W\d_a-z]", piece) and not re.match(r"I\b", piece):
            text = re.sub(r"(?:,|(?<=\w))$", ".", text) if piece[0].isupper() else text
        text = f"{text} {piece}".strip()
    return text


def _dashed(text: str) -> str:
    """What is said in lines that begin with a dash; empty when there are none."""
    lines = [line for line in text.split("\n") if line.strip()]
    if all(map(_HYPHEN.match, lines)):
        lines = [_HYPHEN.sub("— ", line) for line in lines]
    lines = [line for line in lines if _DASH.match(line)]
    said: list[str] = []
    for line in lines:
        pieces = _DASHED.split(_INVERTED.sub(". ", _DASH.sub("", line)))
        # Between two dashes stands who says it.
        said += [piece.strip(" —–―") for piece in pieces[::2]]
    return _joined(filter(None, said))


def _without_actions(text: str) -> str:
    text = _BOLD.sub(r"\2", text)
    for pattern in _ACTIONS:
        text = pattern.sub(_kept, text)
    return text.replace("*", " ")


def _kept(match: re.Match[str]) -> str:
    """A word that is stressed inside of a sentence; nothing of an action."""
    words = match[0].strip("*_~-: \n")
    first = words.split()[0].casefold() if words else ""
    before, after = match.string[: match.start()], match.string[match.end() :]
    inside = before[-1:] == " " and bool(re.search(r"[\w,]\s$", before)) and match[0][0] in "*_"
    goes_on = bool(re.match(r"\s[a-zà-ÿа-я]|[.,!?;]", after))
    acts = first not in _NO_ACTION and re.search(r"(?:[a-z]{2}s|ing)$", first)
    stressed = inside and goes_on and len(words.split()) <= 3 and not acts
    return words if stressed else " "


def _without_narration(text: str, name: str) -> str:
    """The text without its sentences about the character, when it begins with one."""
    sentences = list(_sentences(text))
    if not sentences or not _narrates(sentences[0], name):
        return text
    return " ".join(sentence for sentence in sentences if not _narrates(sentence, name))


def _narrates(sentence: str, name: str) -> bool:
    """Whether a sentence tells of the character, who would say "I"."""
    words = re.sub(r"\byou\b|\byour\b", "", sentence, flags=re.IGNORECASE)
    if _PERSONAL.search(words) or "!" in sentence or "?" in sentence:
        return False
    return _names_itself(sentence, name) or bool(_THIRD.match(sentence))


def _names_itself(sentence: str, name: str) -> bool:
    """Whether a sentence has the character's name for its subject."""
    for each in (name, *name.split()[:1]):
        if sentence.casefold().startswith(each.casefold()):
            rest = sentence[len(each) :]
            # "Dale here" and "Ava Reed, and I …" are what people say of themselves.
            if rest[:1] in (" ", "'", "’") and not _AT_WORK.match(rest):
                return True
    return False


def _sentences(text: str) -> Iterator[str]:
    return (piece.strip() for piece in _SENTENCE.split(text) if piece and piece.strip())


def _emphasised(text: str) -> str:
    """The text without signs of emphasis, which nobody says."""
    return re.sub(r"\*+|(?<!\w)_+|_+(?!\w)|`|~+(?=\s|$)", "", text)


def _one_line(text: str) -> str:
    """The line as it is said: without pictures, with an end."""
    text = "".join(" " if _is_picture(c) else c for c in _emphasised(text))
    line = " ".join(text.split())
    line = re.sub(r"\s+([,.!?…])", r"\1", line)
    if not any(map(str.isalnum, line.replace(USER, ""))):
        return ""
    return re.sub(r"[,，、]$", ".", line).strip(" -–—")


def _is_picture(sign: str) -> bool:
    return sign != USER and (
        unicodedata.category(sign) in ("So", "Sk", "Cs", "Co", "Cn") or sign in "\u200d\ufe0f♪"
    )
