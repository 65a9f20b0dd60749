"""Takes names and numbers out of what a trainee said, before it becomes an example in a file.

A list of words knows no name for sure: what it finds is shown, and what is left is for the author
to look at.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

NAME, NUMBER, EMAIL, ADDRESS = "[name]", "[number]", "[e-mail]", "[address]"

_DIGITS = (
    "zero|oh|nought|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|"
    "fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|"
    "eighty|ninety|hundred|thousand|million|double|triple"
)
_STREETS = (
    "Road|Rd|Street|St|Avenue|Ave|Lane|Court|Drive|Way|Close|Place|Square|Boulevard|Blvd|Terrace"
)
_LEADS = r"this is|I am|I'm|I’m|it is|it's|it’s|here is|call me|speaking with|talking to"  # noqa: RUF001
_TITLES = r"Mr|Mrs|Ms|Miss|Mister|Missus|Dr|Doctor|Sir|Madam|Prof|Professor"
_CAPITAL = r"[A-Z\u00c0-\u00de][\w’'-]*"  # noqa: RUF001
# What begins a sentence, or is said after "I'm" with a capital letter by a recogniser.
_NO_NAME = {
    "i", "a", "an", "the", "and", "but", "so", "sorry", "glad", "happy", "here", "afraid", "sure",
    "not", "very", "really", "calling", "just", "going", "okay", "ok", "fine", "my", "your", "our",
    "it", "that", "this", "what", "no", "yes", "thank", "thanks", "please", "well", "all", "about",
    "for", "from", "at", "with", "of", "in", "on", "to", "is", "nothing", "only", "quite", "too",
}  # fmt: skip
# Names that are everyday words as well; written small they are taken for these.
_WORDS_TOO = {
    "will", "may", "mark", "grace", "hope", "joy", "faith", "rose", "art", "bill", "rob", "drew",
    "jack", "pat", "dawn", "april", "june", "august", "summer", "chance", "guy", "chase", "miles",
    "frank", "gene", "josh", "rich", "ray", "sue", "dean", "earl", "king", "young", "long", "short",
    "white", "black", "brown", "green", "gray", "grey", "price", "day", "best", "good", "love",
    "moon", "star", "stone", "wood", "hill", "lake", "field", "park", "page", "bell", "ball", "fox",
    "wolf", "bird", "fish", "cook", "baker", "case", "cash", "major", "power", "read", "ready",
    "max", "law", "lane", "street", "church", "wells", "waters", "parks", "an", "do", "so", "my",
    "kind", "winter", "snow", "rain", "light", "little", "small", "strong", "wise", "gold",
}  # fmt: skip
# Parts of accounts' names that say what somebody does, and not who it is.
_ROLES = {"demo", "trainee", "author", "admin", "coach", "agent", "support", "test", "user"}

_EMAIL = re.compile(
    r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"
    r"|\b\w+(?: (?:dot|underscore|dash|hyphen|minus) \w+){0,4} at \w+(?: dot \w{2,20}){1,3}\b",
    re.IGNORECASE,
)
_WEB = re.compile(r"(?:https?://|www\.)[^\s\"”]+", re.IGNORECASE)
_STREET = re.compile(rf"\b\d+\w?\s+(?:{_CAPITAL}\s+){{1,3}}(?:{_STREETS})\b")
# Letters of our alphabet only: other scripts write a number to a word without a space.
_CODE = r"[A-Za-z_]{0,20}\d[A-Za-z_\d]*"
_NUMBER = re.compile(
    rf"(?<![A-Za-z_\d])(?:[A-Za-z]{{1,6}}-){{0,2}}[+(#€$£¥]{{0,2}}{_CODE}"
    rf"(?:[ .,:/()+-]{{1,3}}{_CODE})*"
)
_SPOKEN = re.compile(
    rf"\b(?:{_DIGITS})(?:[\s,-]+(?:and[\s,-]+)?(?:{_DIGITS})\b){{2,}}", re.IGNORECASE
)
_SPELLED = re.compile(
    r"(?<![\w'’])(?:double[\s-])?[^\W\d_](?:[\s.,-]{1,2}(?:double[\s-])?[^\W\d_](?![\w'’])){2,}"  # noqa: RUF001
    r"|\b[^\W\d_] (?:as in|like) \w+(?:[,.]? [^\W\d_] (?:as in|like) \w+)*"
    r"|\b[^\W\d_] for \w+(?:[,.]? [^\W\d_] for \w+)+",
    re.IGNORECASE,
)
_MY_NAME = re.compile(
    rf"(\b(?i:my (?:\w+ )?name(?: is|'s|’s)\s+))({_CAPITAL}(?:\s+{_CAPITAL})*|\w+)"  # noqa: RUF001
)
_LED = re.compile(rf"(\b(?i:{_LEADS})\s+)({_CAPITAL}(?:\s+{_CAPITAL})*)")
_TITLED = re.compile(rf"(\b(?i:{_TITLES})\.?\s+)({_CAPITAL}(?:\s+{_CAPITAL})*)")
_SIGN = re.compile(r"\[(?:name|number|e-mail|address)\]")
_SAME = re.compile(r"\[name\](?:\s+\[name\])+")


class Replaced(NamedTuple):
    """What was said, and what stands in its place."""

    said: str
    by: str


class Anonymous(NamedTuple):
    """Words without what tells of whom they are, and what was taken out, in the order in which it
    was said."""

    text: str
    replaced: tuple[Replaced, ...] = ()


def anonymous(words: str, names: Iterable[str] = ()) -> Anonymous:
    """The words without e-mail and web addresses, numbers and codes, spelled-out names, whoever
    introduces or addresses by name, and these ``names``: of the person and of the account."""
    found: list[Replaced] = []
    text = words
    for pattern, by in _steps(names):
        text = _replace(text, pattern, by, found)
    ordered = sorted(dict.fromkeys(found), key=lambda each: words.find(each.said))
    return Anonymous(_SAME.sub(NAME, text), tuple(ordered))


def _steps(names: Iterable[str]) -> Iterable[tuple[re.Pattern[str], str]]:
    yield _EMAIL, EMAIL
    yield _WEB, ADDRESS
    yield _STREET, ADDRESS
    yield _NUMBER, NUMBER
    yield _SPOKEN, NUMBER
    yield _SPELLED, NAME
    for name in _known(names):
        yield name, NAME
    for pattern in (_MY_NAME, _LED, _TITLED):
        yield pattern, NAME


def _replace(text: str, pattern: re.Pattern[str], by: str, found: list[Replaced]) -> str:
    def put(match: re.Match[str]) -> str:
        lead, said = match.groups() if match.re.groups == 2 else ("", match[0])
        said = said.rstrip()
        if _SIGN.search(match[0]) or not _is_one(match, said):
            return match[0]
        found.append(Replaced(said, by))
        return f"{lead}{by}{match[0][len(lead) + len(said) :]}"

    return pattern.sub(put, text)


def _is_one(match: re.Match[str], said: str) -> bool:
    """Whether it is a name where one may stand."""
    if match.re.groups != 2:
        return not (said.islower() and said in _WORDS_TOO)
    return said.split()[0].casefold() not in _NO_NAME


def _known(names: Iterable[str]) -> list[re.Pattern[str]]:
    """A pattern for each whole name and each part of one, the longest first."""
    wholes = {name.strip() for name in names} - {""}
    parts = {part for name in wholes for part in re.split(r"[\s.,_@+\-\d]+", name)}
    known = {each for each in wholes | parts if len(each) > 1 and each.casefold() not in _ROLES}
    return [_of_name(each) for each in sorted(known, key=lambda each: (-len(each), each))]


def _of_name(name: str) -> re.Pattern[str]:
    # Scripts such as Thai put no space between words.
    bound = r"(?<!\w)%s(?!\w)" if name.isascii() else "%s"
    return re.compile(bound % re.escape(name), re.IGNORECASE)
