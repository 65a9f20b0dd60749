"""The name of the customer in a role-play prompt, as its sentences tell it."""

# Authors also write typographic apostrophes.
# ruff: noqa: RUF001

import re

_TITLE = r"(?:(?:Mrs?|Ms|Miss|Dr|Prof|Sir|Madam|Herr|Frau|Sra?|Mme|คุณ)\.?\s+)?"
_WORD = r"[A-ZÀ-ÖØ-ÞĀ-ŽΑ-ΩА-Я][\w'’.-]*[\w]"
_OF = r"(?:(?:de|da|del|van|von|der|bin|al|la)[ \t]+)*"
_NAME = rf"(?P<name>{_TITLE}{_WORD}(?:[ \t]+{_OF}{_WORD}|[ \t]+[A-Z]\.){{0,3}})"
_QUOTE = r"[\"“”'*_ \t]*"
_SAYINGS = (
    rf"(?i:\bname\s*(?:is|:|=)){_QUOTE}{_NAME}",
    rf"(?i:\byou(?:\s+are|'re|’re|\s+will\s+(?:be|play)|\s+play)(?:\s+(?:now|playing|role-?playing|acting))?(?:\s+as)?){_QUOTE}{_NAME}",
    rf"(?i:\b(?:act|role-?play|speak|respond|behave|pose|talk)(?:ing)?\s+as){_QUOTE}{_NAME}",
    rf"(?i:\b(?:play|portray|embody|impersonate|simulate|pretend\s+to\s+be|take\s+on\s+the\s+role\s+of|"
    rf"the\s+role\s+of|the\s+persona\s+of)(?:ing)?){_QUOTE}{_NAME}",
    rf"(?i:\b(?:named|called))[ \t]{_QUOTE}{_NAME}",
    rf"(?i:\b(?:this\s+is|i\s+am|i'm|i’m|my\s+name\s+is|it's|speaking\s+with)){_QUOTE}{_NAME}",
    rf"(?:^|\n)\W*{_NAME}\s*(?:\(\s*(?:age[d:]?\s*)?\d\d|,\s*(?:age[d:]?\s*)?\d\d\b|,?\s+is\s+an?\b)",
    rf"(?:^|\n)\W*(?={_WORD}[ ]{_WORD}){_NAME}[ ]"
    r"(?:is|was|has|had|[a-z]+(?:s|ed|ought|ook|ost|aid|ent))\b",
    rf"(?:^|\n)\W*(?={_WORD}[ ]{_WORD}){_NAME},[ ](?:an?[ ])?[a-z]",
)
_PLAIN_SAYINGS = 2
"""So many of the sayings leave no doubt: a name is said, or somebody is told who they are."""
_THAI = re.compile(
    r"(?:คุณคือ|ชื่อ(?:ว่า)?|รับบทเป็น)\s*[:：]?\s*(?P<name>(?:คุณ|นาง(?:สาว)?|นาย)?\s?[\u0e00-\u0e7f]{2,20}(?:\s[\u0e00-\u0e7f]{2,20})?)"
)
_OTHERS = frozenset(
    [
        "you",
        "the",
        "a",
        "an",
        "i",
        "customer",
        "caller",
        "user",
        "agent",
        "trainee",
        "assistant",
        "ai",
        "chatgpt",
        "claude",
        "llm",
        "bot",
        "english",
        "thai",
        "human",
        "this",
        "that",
        "it",
        "frustrated",
        "angry",
        "upset",
        "calling",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "not",
        "never",
        "always",
        "your",
        "my",
        "persona",
        "client",
        "simulator",
        "role",
        "gold",
        "if",
        "when",
    ]
)


def told_name(text: str) -> str:
    """The name of two words or more that the text plainly tells, as in "You are Ava Reed"."""
    name = _said(text, _SAYINGS[:_PLAIN_SAYINGS])
    return name if " " in name else ""


def name_in(text: str) -> str:
    """The customer's name in the sentences of a prompt; "" when none tells it."""
    if name := _said(text, _SAYINGS):
        return name
    thai = _THAI.search(text[:20_000])
    return thai["name"].strip() if thai else ""


def _said(text: str, sayings: tuple[str, ...]) -> str:
    for saying in sayings:
        for match in re.finditer(saying, text[:20_000]):
            name = match["name"].strip(" .,'’")
            if name.split()[0].casefold().strip(".") not in _OTHERS and not name.isupper():
                return " ".join(name.split())
    return ""
