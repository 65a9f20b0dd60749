"""Texts copied from a chat with a model: the answer in it, and what is said around it; pure."""

# Authors also write full-width colons and typographic apostrophes.
# ruff: noqa: RUF001

import re

_CHAT = re.compile(
    r"\s*(?:\*\*|#+\s*)?(?P<who>User|Human|You|Me|Assistant|AI|ChatGPT|GPT-?\d?o?|Claude|Gemini|Copilot|"
    r"Bot|Model)(?: said)?\s*[:：](?:\*\*)?\s*(?P<rest>.*)",
    re.IGNORECASE,
)
_ASKS = frozenset(("user", "human", "you", "me"))
_BEFORE = re.compile(
    r"(?:(?:sure|certainly|absolutely|of course|great|got it|no problem|okay)\b.*[!,.].*|"
    r"here(?:'s|’s| is| are) .*)[:!]",
    re.IGNORECASE,
)
"""A model's polite first line: "Sure! Here is a prompt:"."""


def answer(text: str) -> tuple[str, str]:
    """Of a text copied from a chat, the longest answer and what was asked; else the text."""
    turns: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        if match := _CHAT.fullmatch(line):
            turns.append((match["who"].casefold(), [match["rest"]]))
        elif turns:
            turns[-1][1].append(line)
    answers = ["\n".join(lines) for who, lines in turns if who not in _ASKS]
    asked = [lines for who, lines in turns if who in _ASKS]
    if not answers or not asked:
        return text, ""
    longest = max(answers, key=len)
    if longest.count("\n") <= 3:
        return text, ""
    return longest, " ".join(" ".join(lines).strip() for lines in asked)


def without_manners(text: str) -> tuple[str, str]:
    """The text without a model's polite first line, and that line."""
    first, _, rest = text.strip().partition("\n")
    return (
        (rest, first.strip()) if rest.strip() and _BEFORE.fullmatch(first.strip()) else (text, "")
    )
