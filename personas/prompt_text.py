"""Role-play prompts in free text: their headings and labels, and the customers in a library."""

# Authors also write full-width colons and typographic dashes.
# ruff: noqa: RUF001

import json
import re
from collections.abc import Mapping

from personas.prompt_labels import plain_label, role_of
from personas.prompt_parts import Customer, Part, from_values
from personas.sections import without_signs

LONGEST_LABEL = 60
FENCE = re.compile(r"\s*(`{3,}|~{3,})\s*(\w*)\s*$")
HEADING = re.compile(r"(#{1,6})\s*(\S.*?)\s*#*")
BOLD = re.compile(
    r"\s*(?:\d{1,2}[.)]\s*)?(?:\*\*|__)([^*_]{2,80}?)\s*[:：]?(?:\*\*|__)\s*[:：]?\s*"
)
DECORATED = re.compile(
    r"\s*(?:[=~<\[-]{1,5})\s*([A-Za-z][^=~<>\[\]]{1,50}?)\s*(?:[=~>\]-]{1,5})\s*[:：]?\s*"
)
_TAG = re.compile(r"\s*</?\s*([A-Za-z][\w -]{1,40})\s*/?>\s*")
_TAGGED = re.compile(r"\s*<([A-Za-z][\w -]{1,40})>(.*)</\1>\s*")
_LABELLED = re.compile(
    r"\s*(?:[-*+•–·]\s+)?(?:\d{1,2}[.)]\s*)?(?:\*\*|__)?(?P<label>[^\W\d_*][^:：*|\"“”]{0,58}?)"
    r"(?:\*\*|__)?\s*[:：]\s*(?:\*\*|__)?\s*(?P<rest>.*)"
)
_INLINE = re.compile(
    r"\*\*([^*:：]{2,40})[:：]?\*\*[:：]?\s*([^*]+?)(?=\s*\*\*[^*]{2,40}[:：]?\*\*|\s*$)"
)
_UNDERLINE = re.compile(r"\s*(?:={3,}|-{3,})\s*")
RULE = re.compile(r"\s*([-*_=])(?:\s*\1){2,}\s*")
_BULLET = re.compile(r"\s*(?:[-*+•–·▪◦‣]|\d{1,2}[.)])\s+")
CASE_NAMED = re.compile(
    r"(?:scenario|persona|customer|caller|character|profile|client)\s*[:：–—-]\s*(?P<rest>\S.*)",
    re.IGNORECASE,
)
YOU_ARE = re.compile(
    r"(?:^|\n)\W*(?:you are|you're|your name is|act as|play(?:ing)?|คุณคือ)\b", re.IGNORECASE
)


def customer(lines: list[str], title: str = "") -> Customer:
    """The customer in these lines, part by part."""
    reader = _Reader(title)
    lines = list(lines)
    for number, line in enumerate(lines):
        below = lines[number + 1] if number + 1 < len(lines) else ""
        reader.take(line, below)
    return reader.done()


class _Reader:
    """Takes the lines of one customer and cuts them into parts."""

    def __init__(self, title: str) -> None:
        self._customer = Customer(title=title)
        self._part = Part("")
        self._fence, self._fenced, self._kind = "", [""], ""
        self._skip = self._spoken = False

    def done(self) -> Customer:
        """The customer; a code block that never ends is text."""
        self._part.lines += self._fenced[1:] if self._fence else []
        self._close()
        return self._customer

    def take(self, line: str, below: str) -> None:
        """Take a line; ``below`` is the one after it."""
        if self._skip:
            self._skip = False
        elif self._fence:
            self._in_fence(line)
        elif match := FENCE.fullmatch(line):
            self._fence, self._fenced, self._kind = match[1], [line], match[2]
        elif title := _title(line, below):
            if line.startswith("# ") and not role_of(title[0]):
                self._customer.title = self._customer.title or title[0]
            self._skip = bool(_UNDERLINE.fullmatch(below) and not line.lstrip().startswith("#"))
            self._begin(title[0], title[1])
        elif len(found := _INLINE.findall(line)) > 1 and line.strip().startswith("**"):
            self._take_inline(found)
        elif match := _known_label(line):
            before = self._part
            self._begin(match["label"], match["rest"])
            if self._part.role in ("name", "title", "difficulty", "language", "aside", "intensity"):
                self._close()
                self._part = Part(before.label, [], before.role)
        elif self._spoken and not line.strip():
            self._close()  # what follows a line that stood behind its label is not spoken
        elif not (RULE.fullmatch(line) or _TAG.fullmatch(line)):
            self._part.lines.append(line)

    def _take_inline(self, found: list[tuple[str, str]]) -> None:
        """``**Tone:** brisk **Pace:** quick`` in one line: parts if all have a meaning."""
        if self._part.role and not any(role_of(label) in ("name", "opening") for label, _ in found):
            self._part.lines += [f"{label}: {value}" for label, value in found]
            return
        before = self._part
        for label, value in found:
            self._begin(label, value)
        self._close()
        self._part = Part(before.label, [], before.role)

    def _in_fence(self, line: str) -> None:
        self._fenced.append(line)
        if not line.strip().startswith(self._fence):
            return
        self._fence = ""
        inside = "\n".join(self._fenced[1:-1])
        values = (
            _values(inside)
            if self._kind.casefold() in ("", "json", "jsonc", "yaml", "yml")
            else None
        )
        if values:
            self._customer.parts += from_values(values).parts
        elif self._kind.casefold() in ("", "text", "md", "markdown", "txt", "plaintext"):
            inner = customer(self._fenced[1:-1])
            self._close()
            self._customer.parts += inner.parts
        else:
            self._part.lines += self._fenced

    def _begin(self, label: str, rest: str) -> None:
        self._close()
        shown = label.strip(" *_:：#")
        self._part = Part(shown, [rest] if rest.strip() else [], role_of(shown))
        self._spoken = self._part.role == "opening" and bool(rest.strip())

    def _close(self) -> None:
        part = self._part
        if part.text.strip():
            self._customer.parts.append(part)
        elif part.label and part.role is None:
            # A heading over others, such as a document's title, names the customer or the story.
            self._customer.title = self._customer.title or part.label
        self._part, self._spoken = Part(""), False


def _title(line: str, below: str) -> tuple[str, str] | None:
    """The heading in a line, and what stands behind it; None when it is no heading."""
    words = line.strip()
    if not words or len(words) > 200:
        return None
    if match := HEADING.fullmatch(words):
        title = match[2]
        if (named := CASE_NAMED.fullmatch(without_signs(title))) and role_of(title.split(":")[0]):
            return title.split(":")[0], named["rest"]
        label, colon, rest = title.partition(":")
        return (label, rest.strip()) if colon and role_of(label) else (title, "")
    if match := _TAGGED.fullmatch(words):
        return match[1], match[2]
    for pattern in (_TAG, BOLD, DECORATED):
        if match := pattern.fullmatch(words):
            closing = words.startswith("</")
            known = pattern is not DECORATED or role_of(match[1]) or words.isupper()
            return (match[1], "") if known and not closing and not RULE.fullmatch(words) else None
    if _UNDERLINE.fullmatch(below) and len(words) <= LONGEST_LABEL and not _BULLET.match(line):
        return words, ""
    bare = words.rstrip(":：")
    ends = bare != words and not re.match(r"[-*+•–·]\s", words)
    if (
        role_of(bare)
        and len(bare.split()) <= (9 if ends else 5)
        and (ends or bare.isupper() or _plain_title(line))
    ):
        return bare, ""
    return None


def _plain_title(line: str) -> bool:
    """A line that is a known label and nothing else, set as a title: no bullet, no full stop."""
    words = re.sub(r"^\d{1,2}[.)]\s+", "", line.strip())
    return (
        not _BULLET.match(words) and words[:1].isupper() and words[-1].isalnum() and len(words) > 3
    )


def _known_label(line: str) -> re.Match[str] | None:
    """``Background: …`` at the beginning of a line, where the label has a meaning for us."""
    match = _LABELLED.fullmatch(line)
    if match is None or not match["rest"].strip() or len(match["label"].split()) > 6:
        return None
    label = match["label"]
    role = role_of(label)
    if role is None:
        loud = label.isupper() and len(label) > 3 and not _BULLET.match(line)
        return match if loud else None
    # "- Account: TC-1" is a fact of the list that it stands in, and no part of its own.
    if _BULLET.match(line) and role not in ("name", "opening", "language", "difficulty"):
        return None
    if line[:1].isspace() and not label.isupper():
        return None
    return match


def _values(text: str) -> Mapping[str, object] | None:
    """The mapping in a JSON or YAML text; None when it is none."""
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, Mapping) else None


def speaks_to(text: str) -> bool:
    """Whether the text tells somebody whom to play, as in "You are Ava"."""
    return bool(YOU_ARE.search(text))


def label_words(label: str) -> str:
    """A label as a heading: with spaces and a capital letter."""
    plain = plain_label(label)
    bare = without_signs(label) if " " in label.strip() or label[:1].isupper() else plain
    return bare[:1].upper() + bare[1:]
