"""A character's description taken apart: facts, dialogue, and who somebody is in prose.

People write descriptions as sentences, as lines "Age: 52", and in shorthand that saves a model
words: W++ ``Age("52")``, lists in brackets ``[Ona: age(52); job(florist)]`` and ``age = 52``.
"""

# Authors also type full-width and typographic signs.
# ruff: noqa: RUF001

import re
from collections.abc import Iterator
from dataclasses import dataclass

from personas.card_markup import START

LONGEST_VALUE = 200
"""Characters of a fact; more is a description."""
_LABEL = r"[^\W\d_][\w /'’&.-]{0,39}?"
_LINE = re.compile(
    rf"(?:[-*•·+]\s+)?[*_\"]{{0,3}}({_LABEL})[*_\"]{{0,3}}\s*[:：=]\s*[*_]{{0,3}}\s*(\S.*)"
)
_CALL = re.compile(rf"({_LABEL})\s*\(([^()]*)\)")
_BLOCK = re.compile(r"\[[^\[\]]*\]|\{[^{}]*\}", re.DOTALL)
_ELEMENT = re.compile(r"<([A-Za-z][\w-]{1,30})>([^<>\n]{1,200})</\1>")
_HTML = frozenset(["b", "i", "u", "em", "strong", "p", "span", "div", "li", "br", "font", "center"])
_TITLE = re.compile(r"#{1,6}\s+(.*?)\s*#*")
_PART = re.compile(r"[;\n|]")
_PLUS = re.compile(r"[\"”“]\s*\+\s*[\"”“]|\s\+\s|[\"”“]\s*,\s*[\"”“]")
_MANNER = re.compile(
    r"\b(?:personality|traits?|character|mood|tone|speech|speaks?|speaking|voice|style|likes?|"
    r"dislikes?|loves?|hates?|habits?|hobbies|appearance|body|hair|eyes?|face|skin|clothes|clothing|"
    r"outfit|attire|goals?|background|backstory|history|description|summary|about|relationships?|"
    r"quirks?|fears?|motivations?|behaviou?rs?|attitude|mind|mbti|emotions?|sexuality|kinks?|notes?|"
    r"instructions?|rules?|never|always|scenario|setting|example|warning|tip|"
    r"charakter|eigenschaften|verhalten|aussehen|caractère|personnalité|personalidad|carácter|"
    r"характер|внешность)\b|นิสัย|บุคลิก|性格|外見|外貌|성격|외모",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"(?:full |first |real )?name|character|char|name|nombre|nom|имя|ชื่อ|名前|姓名|이름",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Described:
    """``facts`` as label and value, ``prose`` of who somebody is, ``dialogue`` as examples."""

    facts: tuple[tuple[str, str], ...]
    prose: str
    dialogue: str


def tagged(text: str) -> str:
    """The text with lines "age: 52" for elements ``<age>52</age>``, but for those of HTML."""

    def line(match: re.Match[str]) -> str:
        return match[0] if match[1].lower() in _HTML else f"\n{match[1]}: {match[2]}\n"

    return _ELEMENT.sub(line, text)


def described(text: str, names: tuple[str, ...]) -> Described:
    """What a description says; ``names`` are the speakers', whose lines are dialogue."""
    text, dialogue = _without_dialogue(text, names)
    found: list[tuple[str, str]] = []
    prose: list[str] = []
    for line in _titled(_unfolded(text), names):
        pairs = list(_pairs(line, names))
        if not pairs:
            prose.append(line)
        for label, value in pairs:
            if _NAME.fullmatch(label):
                continue
            if _MANNER.search(label) or len(value) > LONGEST_VALUE:
                prose.append(f"{label[:1].upper()}{label[1:]}: {value}")
            else:
                found.append((label, value))
    return Described(_merged(found), "\n".join(prose).strip(), dialogue)


def _titled(text: str, names: tuple[str, ...]) -> Iterator[str]:
    """The lines, of which one below a heading begins with its words."""
    title = ""
    for line in text.splitlines():
        match = _TITLE.fullmatch(line.strip())
        if match and match[1].endswith((".", "!", "?")):
            yield match[1]
        elif match:
            title = match[1].strip(" *_:")
        elif any(map(str.isalnum, line)):
            if line.strip(" =:{}[]()\"'*_") in names:
                continue  # the head of a list
            pair = _LINE.fullmatch(line.strip())
            lead = f"{title}: " if title and not pair and title not in names else ""
            title = ""
            yield f"{lead}{line}"
        else:
            yield line


def _without_dialogue(text: str, names: tuple[str, ...]) -> tuple[str, str]:
    """What stands before the first example of a dialogue, and the examples."""
    start = START.search(text)
    if start is None:
        return text, ""
    before, after = text[: start.start()], text[start.end() :]
    spoken = any(re.search(rf"^{re.escape(name)}\s*:", after, re.MULTILINE) for name in names)
    return (before, after.strip()) if spoken else (f"{before}\n{after}", "")


def _unfolded(text: str) -> str:
    """The text with a line for each pair of the shorthand in brackets."""
    return _BLOCK.sub(lambda match: _block(match[0]), text) if re.search(r"[\[{]", text) else text


def _block(block: str) -> str:
    inside = block[1:-1].strip()
    pairs = [(m[1].strip(), _value(m[2])) for m in _CALL.finditer(inside)]
    if len(pairs) >= 2:
        lines = [f"{label}: {value}" for label, value in pairs if value]
        rest = _CALL.sub("", inside)
        rest = re.sub(r"[\s;,{}+]+", " ", rest).strip(" :")
        return "\n" + "\n".join(lines) + ("\n" + rest if len(rest) > 40 else "") + "\n"
    parts = [part.strip(" ,\"'") for part in _PART.split(inside) if part.strip()]
    if len(parts) >= 2 and sum(bool(_LINE.fullmatch(part)) for part in parts) >= len(parts) / 2:
        return "\n" + "\n".join(parts) + "\n"
    return inside if _LINE.fullmatch(inside) else block


def _pairs(line: str, names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """The pairs that a line is made of; none when it is a sentence."""
    line = line.strip()
    parts = [part.strip() for part in re.split(r"[;|]", line) if part.strip()]
    matches = [_LINE.fullmatch(part) for part in parts]
    if len(parts) < 2 or not all(matches):
        matches = [_LINE.fullmatch(line)]
    for match in matches:
        if match and _is_label(match[1], names) and (value := _value(match[2])):
            yield match[1].strip(), value


def _is_label(label: str, names: tuple[str, ...]) -> bool:
    # "At 9:30 she opens" is a sentence.
    few = len(label.split()) <= 4 and not label[-1].isdigit()
    return few and label.strip() not in names and not re.search(r"[.!?]\s", label)


def _value(text: str) -> str:
    return _PLUS.sub(", ", text).strip(" \t\n\"'“”*_,;]})")


def _merged(found: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Each label once, with all that was said under it."""
    merged: dict[str, tuple[str, str]] = {}
    for label, value in found:
        label = label[:1].upper() + label[1:]
        before = merged.get(label.casefold())
        merged[label.casefold()] = (label, f"{before[1]}, {value}" if before else value)
    return tuple(merged.values())
