"""Abbreviations, words in capitals and signs as they are said; pure."""

import re

from agent.speech.number_words import singly
from agent.speech.spoken_rules import Rules, Written, letters, stop_after, unsayable
from agent.speech.spoken_words import (
    ABBREVIATIONS,
    DOTTED,
    ENDS_SENTENCE,
    LETTERS,
    MONTH_OF,
    ONLY_CAPITAL,
    ONLY_NAMES,
    SAID,
    SHORT,
    SIGNS,
    UNLESS_SHOUTED,
)

rules = Rules()


@rules("letter", r"(?i:w/o?(?![\w/])|b/c(?!\w)|c/o(?!\w)|n/a(?!\w)|a/c(?!\w))")
def _slashed_short(written: Written, found: re.Match[str]) -> str | None:
    return SHORT[found[0].lower()]


@rules("letter", r"(?:[A-Za-z]\.){2,8}(?![A-Za-z])|Ph\.D\.|[Ee]\.?g\.(?=\s|,)")
def _dotted(written: Written, found: re.Match[str]) -> str | None:
    said = DOTTED.get(found[0].lower()) or letters(re.sub(r"\W", "", found[0]))
    return said + stop_after(written, found)


@rules("letter", r"(?:No|Nos|no|NO)\. ?(?=\d)")
def _numbered(written: Written, found: re.Match[str]) -> str | None:
    if re.search(r"(?:^|[.!?] )$", written.before(found.start())) and re.match(
        r"\d+ [a-z]", written.after(found.end())
    ):
        return None  # the answer: "No. 3 weeks ago."
    return "numbers" if "s" in found[0].lower() else "number"


@rules("letter", r"(St|Dr)\b\.?(?= ?[A-Z]?)")
def _saint(written: Written, found: re.Match[str]) -> str | None:
    """Before a name Saint and Doctor, behind one Street and Drive."""
    behind = re.search(r"[A-Z][\w']*,? $|\d(?:st|nd|rd|th) $", written.before(found.start()))
    named = re.match(r" [A-Z]", written.after(found.end()))
    before_name, behind_name = {"St": ("Saint", "Street"), "Dr": ("Doctor", "Drive")}[found[1]]
    title = named and re.search(
        r"\b(?:The|To|And|But|So|Is|With|For|Hello|Hi|Dear|Yes|No),? $",
        written.before(found.start()),
    )
    if named and (not behind or title):
        return before_name
    if behind:
        return behind_name + (stop_after(written, found) if found[0].endswith(".") else "")
    return before_name if found[1] == "Dr" else None


@rules("letter", r"([A-Za-z]{2,7})\.")
def _abbreviation(written: Written, found: re.Match[str]) -> str | None:
    short = found[1].lower()
    said = ABBREVIATIONS.get(short)
    if said is None or (short in ONLY_NAMES and not found[1][0].isupper()):
        return None
    ends = stop_after(written, found)
    if ends and short not in ENDS_SENTENCE and short not in MONTH_OF:
        # "I said max." and "on Sat." end the sentence; before a name "Mr." does not.
        ends = "" if short in ("mr", "mrs", "ms", "prof", "rev", "capt", "sgt", "lt") else ends
    if short in ("min", "est", "sat", "sun", "mon", "fig", "wed", "mar") and ends:
        before = written.before(found.start())
        if not re.search(r"\d ?$|\bon $", before):
            return None  # the word itself, at the end of its sentence
    return said + ends


@rules("letter", r"([A-Z])\.(?= ?[A-Z])")
def _initial(written: Written, found: re.Match[str]) -> str | None:
    before = written.before(found.start())
    return letters(found[1]) if re.search(r"(?:^|[A-Z][\w'.]*) ?$", before) else None


@rules("letter", r"([A-Z]{2,6})('?s)?(?![\w'])")
def _capitals(written: Written, found: re.Match[str]) -> str | None:
    """Letters for an abbreviation, the word for one that is stressed."""
    word, ending = found[1], found[2]
    around = written.before(found.start()) + " " + written.after(found.end())
    shouted = not re.search(r"[a-z]", around) and bool(re.search(r"[A-Z]", around))
    if word in SAID or word.lower() in SAID:
        said = SAID[word.lower()]
    elif word in ("IT", "US"):
        said = letters(word) if _is_short_for(written, found) else word.lower()
    elif (word in LETTERS and not (shouted and word in UNLESS_SHOUTED)) or unsayable(word):
        said = letters(word)
    else:
        said = word.lower()
    return said + ("'s" if ending else "")


def _is_short_for(written: Written, found: re.Match[str]) -> bool:
    if found[1] == "IT":
        return bool(
            re.match(
                r" (?:department|team|support|desk|guy|people|staff|manager)",
                written.after(found.end()),
            )
        )
    return bool(re.search(r"\bthe $", written.before(found.start())))


@rules("letter", r"[A-Za-z]{2,10}(?:-[A-Za-z]{2})?(?![\w'])")
def _known(written: Written, found: re.Match[str]) -> str | None:
    said = SAID.get(found[0].lower())
    return None if found[0].lower() in ONLY_CAPITAL and found[0].islower() else said


@rules("letter", r"[A-Z][A-Z']*[A-Z](?![a-z])")
def _stressed(written: Written, found: re.Match[str]) -> str | None:
    return found[0].lower()


@rules("letter", r"[A-Za-z]?[a-z]{1,20}(?=[A-Z][a-z])")
def _camel(written: Written, found: re.Match[str]) -> str | None:
    """ "MyAccount" in its parts; names like McKay stay whole."""
    return (
        None if found[0] in ("Mc", "Mac", "De", "Le", "La", "Fitz", "Di", "Du", "Van") else found[0]
    )


@rules("sign", r"# ?(?=[\w-]{0,12}\d)")
def _hash(written: Written, found: re.Match[str]) -> str | None:
    return "number"


@rules("sign", r"#(?=[A-Za-z])")
def _hashtag(written: Written, found: re.Match[str]) -> str | None:
    return "hashtag"


@rules("sign", r"\.(\d{1,9})(?!\d)")
def _point(written: Written, found: re.Match[str]) -> str | None:
    return None if re.search(r"\w$", written.before(found.start())) else f"point {singly(found[1])}"


@rules("sign", r"-(?=[\d.])")
def _minus(written: Written, found: re.Match[str]) -> str | None:
    return None if re.search(r"[\w)]$", written.before(found.start())) else "minus"


@rules("sign", r"~ ?(?=[$£€\d])")
def _about(written: Written, found: re.Match[str]) -> str | None:
    return "about"


@rules("sign", r"[<>](?= ?\d)")
def _compared(written: Written, found: re.Match[str]) -> str | None:
    return "less than" if found[0] == "<" else "more than"


@rules("sign", r"\*(?= ?\d)")
def _times(written: Written, found: re.Match[str]) -> str | None:
    return "times" if re.search(r"\d ?$", written.before(found.start())) else None


@rules("sign", r"[^\w\s]|[²³½¼¾⅓⅔⅛№]")
def _sign(written: Written, found: re.Match[str]) -> str | None:
    return SIGNS.get(found[0])
