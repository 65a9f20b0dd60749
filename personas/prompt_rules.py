"""The rules that a sentence of a prompt says: what makes it worse or better."""

# Authors also write full-width colons and typographic dashes.
# ruff: noqa: RUF001

import re

from personas import spelling
from personas.form import Deed
from personas.marks import clean, normalised, quotations
from personas.sections import without_pictures

LONGEST_LINE, LONGEST_OPENING, LONGEST_LABEL = 300, 280, 60
BULLET = re.compile(
    r"\s*(?:[-*+•–·▪◦‣➤→]|\(?\d{1,2}[.)])\s+(?:\[[ xX]?\]\s*)?|\s*\[[ xX]?\]\s+|\s*[☐☑✅✔✓]\s*"
)
CALM = re.compile(
    r"(?:\b(?:calms?(?:\s+down)?|relax(?:es)?|softens?|de-?escalates?|cools?\s+(?:off|down)|warms?\s+up|"
    r"lightens?\s+up|(?:gets?|becomes?|grows?)\s+(?:more\s+)?(?:calm|friendl|cooperative|relaxed|warm|"
    r"reasonable|polite|open|happ)\w*))[^.;]*?\b(?:when(?:ever)?|if|once|after)\s+(?P<deed>.+)",
    re.IGNORECASE,
)
ENDS = re.compile(r"(?<=[.!?…。])\s+")

_ANGRY = re.compile(
    r"(?:\b(?:you\s+|he\s+|she\s+|they\s+)?(?:will\s+)?(?:gets?|becomes?|grows?|turns?)\s+(?:even\s+|more\s+|very\s+)*(?:angr|upset|annoy|"
    r"frustrat|sharp|loud|impatien|furious|irritat|worse|hostile|rude|defensive|agitated|tense|mad)\w*"
    r"|\b(?:escalates?|raises?\s+(?:your|his|her|their)\s+voice|loses?\s+(?:\w+\s+)?(?:patience|temper)|snaps?|"
    r"explodes?))[^.;]*?\b(?:when(?:ever)?|if|once|after)\s+(?P<deed>.+)",
    re.IGNORECASE,
)
_IF = re.compile(
    r"(?:if|when(?:ever)?)\s+(?P<deed>[^:：,→]{4,160}?)\s*(?:[:：,→]|->|=>|\bthen\b)\s*(?P<then>.+)",
    re.IGNORECASE,
)
_WORSE = re.compile(
    r"angr|upset|annoy|frustrat|furious|hang up|raise|shout|yell|escalat|impatien|threat|demand|"
    r"snap|insult|rude|irritat|interrupt|refuse|complain|sharp|cold|sarcas|cry|louder",
    re.IGNORECASE,
)
_BETTER = re.compile(
    r"calm|soften|relax|thank|accept|agree|cooperat|friendl|warm|relie|apprecia|satisf|happy|polite",
    re.IGNORECASE,
)
_ASKED = re.compile(r"(?:you(?:'re| are)?\s+)?asked|(?:the\s+)?\w+\s+asks?\b", re.IGNORECASE)
_DONE_TO = re.compile(
    r"(?:put|told|given|kept|sent|made|left|passed|offered|interrupted|transferred|blamed|ignored|"
    r"dismissed|rushed|lectured|asked|treated|spoken|talked|called|refused|denied|promised)\b"
)


def rule_in(line: str, angers: list[Deed], calms: list[Deed]) -> None:
    """What a line says of what makes it better or worse, as a rule."""
    plain = clean(line)
    if match := _ANGRY.search(plain):
        angers.append(deed(match["deed"]))
    elif match := CALM.search(plain):
        calms.append(deed(match["deed"]))
    elif match := _IF.match(plain):
        said = quotations(match["then"]).lines
        found = Deed(_doing(match["deed"]), 1, said[0] if said else "")
        if _BETTER.search(match["then"]) and not _WORSE.search(match["then"]):
            calms.append(found)
        elif _WORSE.search(match["then"]) or not _ASKED.match(match["deed"]):
            angers.append(found)


def deed(words: str) -> Deed:
    """The rule for what a trainee does, with the reply behind a colon."""
    words, _, reply = words.partition(":")
    said = quotations(reply).lines
    return Deed(_doing(words.strip(" .;")), 1, said[0] if said else "")


def add_deed(line: str, rows: list[Deed]) -> bool:
    """Whether the line is a rule; its number in brackets is how strongly it moves the mood."""
    plain = without_pictures(clean(BULLET.sub("", line, count=1))).strip(" :-–")
    mark = re.search(r"[(\[]\s*[+−-]?\s*(\d)\s*(?:points?)?\s*[)\]]", plain)
    change = min(max(int(mark[1]), 1), 3) if mark else 1
    plain = plain.replace(mark[0], " ") if mark else plain
    words, arrow, reply = _split_reply(plain)
    if (said := quotations(words)).lines and not normalised(said.beside):
        words = f'Saying "{said.lines[0]}"'
    if match := _IF.match(words):
        words, reply = match["deed"], reply or match["then"]
    replies = quotations(reply).lines if arrow or reply else ()
    if not normalised(words) or len(words) > LONGEST_LINE:
        return False
    rows.append(Deed(_doing(words.strip(" .;")), change, short(replies[0]) if replies else ""))
    return True


def _split_reply(line: str) -> tuple[str, str, str]:
    for sign in ("→", "->", "=>", ": ", "："):
        words, found, reply = line.partition(sign)
        if found and quotations(reply).lines:
            return words, found, reply
    return line, "", ""


def short(line: str) -> str:
    """The first sentences of a line; nobody says more in one breath."""
    short = ""
    for sentence in ENDS.split(spelling.one_line(line)):
        if short and len(short) + len(sentence) >= LONGEST_OPENING:
            break
        short = f"{short} {sentence}".strip()
    return short[:LONGEST_OPENING]


def capital(words: str) -> str:
    """The words with a capital letter first."""
    words = words.strip()
    return words[:1].upper() + words[1:]


def _doing(words: str) -> str:
    """What the trainee does, as a rule names it: "Being put on hold"."""
    words = re.sub(
        r"^(?:you|you're|you’re|they|customer)\s+(?:are|is|get|were)\s+", "", words.strip()
    )
    return f"Being {words}" if _DONE_TO.match(words) else capital(words)
