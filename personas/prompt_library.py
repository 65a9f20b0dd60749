"""The customers in a text: one, those of a library, or the rows of a table."""

# Authors also write full-width colons and typographic dashes.
# ruff: noqa: RUF001

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import yaml

from personas.front_yaml import FENCED
from personas.prompt_chat import answer, without_manners
from personas.prompt_labels import plain_label, role_of
from personas.prompt_parts import Customer, Part, from_values
from personas.prompt_text import (
    BOLD,
    CASE_NAMED,
    DECORATED,
    FENCE,
    HEADING,
    RULE,
    YOU_ARE,
    customer,
)

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_STARS = re.compile(r"[⭐★🌟]")
_CASE = re.compile(
    r"(?:(?:practice|training|test|sample|example|demo)\s+)?(?:scenario|persona|customer|caller|case|"
    r"character|profile|role[- ]?play|test case|simulation|call|exercise|client|user|script|"
    r"สถานการณ์|ลูกค้า|szenario|escenario|scénario|kunde|cliente|client)\s*"
    r"(?:#|no\.?|nr\.?)?\s*(?:\d{1,3}|[A-Z]|[ivx]{1,4})\b[\s.:：)–—-]*(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_NUMBERED = re.compile(r"(?:#|no\.?\s*)?\d{1,3}\s*[.:)–—-]\s*(?P<rest>\S.*)", re.IGNORECASE)


class Cut(NamedTuple):
    """A heading's place in the lines, its level (9 for a label) and words."""

    line: int
    level: int
    title: str


def customers(text: str, title: str = "") -> list[Customer]:
    """The customers in a text: each of a library, or the only one."""
    text, asked = answer(text)
    text, manners = without_manners(text)
    front, text = _front(text)
    for label, words in (("Asked in the chat", asked), ("Said above it in the chat", manners)):
        front += [Part(label, [words], "aside")] if words else []
    lines = text.splitlines()
    if rows := _rows(lines):
        return rows
    pieces = _library(lines)
    if len(pieces) < 2:
        one = customer(lines, title)
        one.parts[:0] = front
        return [one]
    (_, intro), *cases = pieces
    before = _without_rules(intro)
    found = []
    for name, body in cases:
        one = customer(body, name)
        one.parts[:0] = [part for part in front if part.role in ("language", "aside", "difficulty")]
        if "".join(before).strip():
            one.parts.append(Part("Before all scenarios", before))
        found.append(one)
    return found


def _rows(lines: list[str]) -> list[Customer]:
    """A customer for each row of a table whose columns tell of them; none without such a table."""
    table = [line.strip() for line in lines if line.strip().startswith("|")]
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", row.strip("|"))] for row in table]
    if len(cells) < 3 or not all(re.fullmatch(r":?-+:?", cell) for cell in cells[1]):
        return []
    roles = {role_of(name) for name in cells[0]} - {None, "aside", "difficulty", "language"}
    told = roles & {"name", "prompt"} or any(plain_label(c) == "persona" for c in cells[0])
    if len(roles) < 2 or not told or len(set(map(len, cells))) > 1:
        return []
    rest = [line for line in lines if not line.strip().startswith("|")]
    found = []
    for row in cells[2:]:
        values = {
            key: re.sub(r"<br\s*/?>", "\n", cell) for key, cell in zip(cells[0], row, strict=True)
        }
        one = from_values(values)
        if "".join(rest).strip():
            one.parts.append(Part("Around the table", rest))
        found.append(one)
    return found


def _front(text: str) -> tuple[list[Part], str]:
    """The parts in front matter, and the text below it."""
    match = FENCED.match(text)
    if match is None:
        return [], text
    try:
        values = yaml.load(match["yaml"], Loader=_Loader)
    except (yaml.YAMLError, RecursionError, ValueError):
        values = None
    if not isinstance(values, Mapping):
        return [], text
    return from_values(values).parts, text[match.end() :]


def _library(lines: list[str]) -> list[tuple[str, list[str]]]:
    """What stands before the first case, and each case with its title; nothing when it is no
    library."""
    cuts = list(_headings(lines))
    for level in sorted({cut.level for cut in cuts}):
        same = [cut for cut in cuts if cut.level == level]
        for chosen in (
            [cut for cut in same if _case(cut.title) is not None],
            [cut for cut in same if _NUMBERED.fullmatch(_bare(cut.title))],
            same,
        ):
            pieces = _pieces(lines, chosen, level, cuts)
            if len(chosen) > 1 and (_all_cases(chosen) or _all_people(pieces)):
                return pieces
    return _by_rules(lines)


def _all_cases(chosen: list[Cut]) -> bool:
    return all(_case(cut.title) is not None for cut in chosen) and not any(
        "step" in cut.title.casefold() or "phase" in cut.title.casefold() for cut in chosen
    )


def _all_people(pieces: list[tuple[str, list[str]]]) -> bool:
    """Whether each piece tells of a customer of its own, and none is a section of one."""
    cases = pieces[1:]
    return all(role_of(title) is None and is_person(customer(body)) for title, body in cases)


def is_person(one: Customer) -> bool:
    """Whether the parts are enough for a customer: a name or who it is, and something more."""
    roles = {part.role for part in one.parts if part.role not in (None, "aside", "title")}
    text = "\n".join(part.text for part in one.parts)
    return len(roles) >= 2 and bool(roles & {"name", "who"} or YOU_ARE.search(text))


def _case(title: str) -> str | None:
    """What a heading such as ``Scenario 2: Wrong Stick`` says behind its number; None if none."""
    bare = _bare(title)
    match = _CASE.fullmatch(bare) or CASE_NAMED.fullmatch(bare)
    return match["rest"] if match else None


def _bare(title: str) -> str:
    return re.sub(r"[^\w\s.:：)(#&'’,/–—\"“”-]+", " ", title).strip(" *_")


def _headings(lines: list[str]) -> Iterator[Cut]:
    fence = ""
    for number, line in enumerate(lines):
        if match := FENCE.fullmatch(line):
            fence = "" if fence else match[1]
        elif fence:
            continue
        elif match := HEADING.fullmatch(line.strip()):
            yield Cut(number, len(match[1]), match[2])
        elif (match := BOLD.fullmatch(line)) or (match := DECORATED.fullmatch(line)):
            yield Cut(number, 8, match[1])
        elif len(line) < 100 and _case(line.strip(" :")) is not None and line[:1].isalpha():
            yield Cut(number, 9, line.strip(" :"))


def _pieces(
    lines: list[str], chosen: list[Cut], level: int, cuts: list[Cut]
) -> list[tuple[str, list[str]]]:
    """The lines before the first of these headings, and those below each."""
    if not chosen:
        return []
    ends = [cut.line for cut in chosen[1:]]
    above = [c.line for c in cuts if c.level < level and c.line > chosen[-1].line]
    ends.append(above[0] if above else len(lines))
    pieces = [("", lines[: chosen[0].line] + lines[ends[-1] :])]
    for cut, end in zip(chosen, ends, strict=True):
        title = _case(cut.title)
        match = _NUMBERED.fullmatch(_bare(cut.title))
        name = title if title is not None else match["rest"] if match else cut.title
        stars = "".join(_STARS.findall(cut.title))
        pieces.append(
            (f"{name.strip(' *_') or cut.title} {stars}".strip(), lines[cut.line + 1 : end])
        )
    return pieces


def _by_rules(lines: list[str]) -> list[tuple[str, list[str]]]:
    """Prompts one below the other with ``---`` between them, each of which is somebody."""
    parts: list[list[str]] = [[]]
    for line in lines:
        if RULE.fullmatch(line):
            parts.append([])
        else:
            parts[-1].append(line)
    told = [part for part in parts if YOU_ARE.search("\n".join(part[:8]))]
    filled = [part for part in parts if "".join(part).strip()]
    if len(told) < 2 or len(told) < len(filled) - 1:
        return []
    intro = [line for part in filled if part not in told for line in part]
    return [("", intro), *(("", part) for part in told)]


def _without_rules(lines: list[str]) -> list[str]:
    return [line for line in lines if not RULE.fullmatch(line)]
