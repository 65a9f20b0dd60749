"""What the lines below a label say: facts, rules, lines to say and the rest."""

# Authors also write full-width colons and typographic dashes.
# ruff: noqa: RUF001

import re
from dataclasses import dataclass, field

from personas import spelling
from personas.form import Aim, Deed, Known, Want
from personas.marks import clean, normalised, quotations
from personas.prompt_labels import Role, plain_label, role_of
from personas.prompt_parts import Part
from personas.prompt_rules import (
    BULLET,
    CALM,
    ENDS,
    LONGEST_LABEL,
    LONGEST_LINE,
    add_deed,
    capital,
    deed,
    rule_in,
    short,
)
from personas.prompt_text import label_words, speaks_to
from personas.sections import without_pictures

_BOX = re.compile(r"\s*(?:[-*+•]\s+)?(?:\[[ xX]?\]\s+|[☐☑])", re.MULTILINE)
_GOAL_IS = re.compile(
    r"(?:your|the) (?:(?:primary|main|only|overall) )?(?:goal|objective|aim|task) is (?:to )?",
    re.IGNORECASE,
)
_YOURS = re.compile(
    r"your (?P<label>[\w' ]{2,40}?) (?:is|are) (?P<value>[^.]*\d[^.]*|\S+@\S+)\.?$", re.IGNORECASE
)
_PAIR = re.compile(
    r"(?P<label>[^\W_][^:：=\"“”?!]{0,58}?)\s*(?:[:：=](?!//)|\s[–—-]\s)\s*(?P<value>\S.*)"
)
_BEGINS = re.compile(
    r"\b(?:starts?|begins?|opens?|opening|first (?:words|line|thing)|says? first)\b", re.IGNORECASE
)
_LEVEL = re.compile(r"\b(10|\d)\s*(?:/|out of)\s*10\b")
_WEIGHT = re.compile(
    r"\s*\((?:weight\s*:?\s*)?(?P<share>\d{1,3})\s*(?:%|points?)?\)", re.IGNORECASE
)
_CONTENT = re.compile(
    r"\b(?:happy|satisfied|content|accepts?(?: it)?|agrees?|gives? in|ends? the call|done|"
    r"thanks?)\s+(?:only\s+)?(?:once|when|if|after|as soon as)\s+(?P<deed>.+)",
    re.IGNORECASE,
)
_ANGRY_SIGNS, _CALM_SIGNS = "😡😠🤬😤👎❌💢🔴🔥⬆📈", "😌🙂😊👍✅💚🟢😀😃⬇📉🕊"
STARS = re.compile(r"[⭐★🌟]")


@dataclass(slots=True)
class Sheet:
    """The form while it is filled, and what has no place in it."""

    who: list[str] = field(default_factory=list)
    context: list[str] = field(default_factory=list)
    facts: list[Known] = field(default_factory=list)
    opening: list[str] = field(default_factory=list)
    angers: list[Deed] = field(default_factory=list)
    calms: list[Deed] = field(default_factory=list)
    wants: list[Want] = field(default_factory=list)
    objectives: list[Aim] = field(default_factory=list)
    constraints: list[str] = field(default_factory=list)
    briefing: list[str] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)
    asides: list[str] = field(default_factory=list)
    kept: list[Part] = field(default_factory=list)
    mapped: list[str] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)


def take(part: Part, sheet: Sheet) -> None:
    """Put a part where it belongs; what does not fit there stays under its own label."""
    role, label = part.role, part.label
    lines = _items(part)
    if STARS.search(label) and "difficulty" not in sheet.values:
        sheet.values["difficulty"] = "⭐" * len(STARS.findall(label))
    if role == "wants" and _BOX.search(part.text):
        role = "objectives"  # what is ticked off is the trainee's
    if role in ("name", "title", "difficulty", "language", "intensity") and len(lines) <= 1:
        _take_value(role, lines, part, sheet)
        return
    if role == "who" and label.casefold().strip() == "persona" and _is_short(lines):
        sheet.values.setdefault("guess", clean(lines[0]))
    if role in ("who", "behaviour") and label and _is_short(lines):
        sheet.who.append(f"{label_words(label)}: {clean(lines[0])}")
        if level := _LEVEL.search(lines[0]):
            sheet.values.setdefault("intensity", level[1])
        taken: list[str] = []
    elif role == "aside" and len(part.text) <= 400:
        sheet.asides.append(label)
        sheet.aside.append(f"{label_words(label)} {spelling.one_line(part.text)}")
        return
    elif role is None and (not label or speaks_to(part.text)):
        taken = _free(lines, sheet)
    else:
        taken = _TAKERS[role](lines, sheet) if role in _TAKERS else lines
    if len(taken) < len(lines) and label:
        sheet.mapped.append(label)
    if taken:
        body = part.lines if len(taken) == len(lines) else taken
        sheet.kept.append(Part(label, list(body)))


def _is_short(lines: list[str]) -> bool:
    """Whether it is an attribute, such as a mood, rather than a text."""
    return len(lines) == 1 and len(lines[0].split()) <= 4 and not lines[0].endswith((".", "!"))


def _free(lines: list[str], sheet: Sheet) -> list[str]:
    """Text without a heading: who the customer is, rules in it, and what is ticked off."""
    for line in lines:
        if _BOX.match(line):
            _objectives([BULLET.sub("", line, count=1)], sheet)
            continue
        for sentence in _sentences(line):
            rule_in(sentence, sheet.angers, sheet.calms)
            _end_in(sentence, sheet)
        _told_in(line, sheet)
        sheet.who.append(clean(line))
    return []


def _end_in(sentence: str, sheet: Sheet) -> None:
    """What a sentence says of how the call begins, and of what ends it well."""
    said = quotations(sentence).lines
    if said and _BEGINS.search(sentence):
        sheet.opening.append(short(said[0]))
    if match := _CONTENT.search(sentence):
        sheet.wants.append(Want(capital(match["deed"].strip(" .;"))))


def _take_value(role: Role, lines: list[str], part: Part, sheet: Sheet) -> None:
    value = clean(lines[0]) if lines else ""
    if role == "name" and (len(value) > 60 or len(value.split()) > 6):
        sheet.who.append(value)
    elif role == "title" and (len(value) > 80 or (value.endswith(".") and len(value.split()) > 3)):
        sheet.context += _sentences(value)
    elif role in sheet.values and value:
        if role == "name" and "last" in part.label.casefold():
            sheet.values["name"] += f" {value}"
        elif value != sheet.values[role]:
            sheet.kept.append(part)
    elif value:
        sheet.values[role] = value


def _who(lines: list[str], sheet: Sheet) -> list[str]:
    for line in lines:
        match = _PAIR.fullmatch(line)
        if match and role_of(match["label"]) == "name":
            sheet.values.setdefault("name", clean(match["value"]))
        else:
            sheet.who.append(spelling.one_line(line))
            _told_in(line, sheet)
    return []


def _told_in(line: str, sheet: Sheet) -> None:
    """Facts in sentences, as in "Your order number is 4419."."""
    for sentence in _sentences(line):
        if match := _YOURS.match(sentence):
            sheet.facts.append(Known(capital(match["label"]), match["value"].strip(" .")))


def _context(lines: list[str], sheet: Sheet) -> list[str]:
    sheet.context += [piece for line in lines for piece in _sentences(line)]
    return []


def _facts(lines: list[str], sheet: Sheet) -> list[str]:
    for line in lines:
        pieces = (
            line.split(";") if line.count(";") > 1 or (";" in line and ":" not in line) else [line]
        )
        for piece in map(clean, filter(str.strip, pieces)):
            match = _PAIR.fullmatch(piece)
            if match and plain_label(match["label"]) in ("name", "full name", "customer name"):
                sheet.values.setdefault("name", match["value"].strip(" .;"))
            elif (
                match and len(match["label"]) <= LONGEST_LABEL and len(match["label"].split()) <= 6
            ):
                sheet.facts.append(Known(match["label"], match["value"].strip(" .;")))
            else:
                sheet.facts.append(Known("", piece.strip(" .;")))
    return []


def _opening(lines: list[str], sheet: Sheet) -> list[str]:
    left = []
    for line in lines:
        found = quotations(line)
        said = list(found.lines) or ([] if line.lstrip().startswith("(") else [line])
        for each in said:
            spoken = clean(re.sub(r"\*[^*]+\*|\[[^\]]+\]", " ", each)).strip('"“”„«» ')
            if normalised(spoken):
                sheet.opening.append(short(spoken))
        if not said:
            left.append(line)
    return left


def _behaviour(lines: list[str], sheet: Sheet) -> list[str]:
    for line in lines:
        for sentence in _sentences(line):
            rule_in(sentence, sheet.angers, sheet.calms)
        if level := _LEVEL.search(line):
            sheet.values.setdefault("intensity", level[1])
        sheet.constraints.append(clean(line))
    return []


def _triggers(lines: list[str], sheet: Sheet) -> list[str]:
    left = []
    for line in _apart(lines):
        calm = any(sign in line for sign in _CALM_SIGNS) and not any(
            s in line for s in _ANGRY_SIGNS
        )
        if match := CALM.search(line):
            sheet.calms.append(deed(match["deed"]))
        elif not add_deed(line, sheet.calms if calm else sheet.angers):
            left.append(line)
    return left


def _soothing(lines: list[str], sheet: Sheet) -> list[str]:
    return [line for line in _apart(lines) if not add_deed(line, sheet.calms)]


def _apart(lines: list[str]) -> list[str]:
    """Several in one line, with a semicolon between them, each by itself."""
    return [
        piece
        for line in lines
        for piece in ([line] if quotations(line).lines else line.split(";"))
        if piece.strip()
    ]


def _wants(lines: list[str], sheet: Sheet) -> list[str]:
    return _rows(lines, lambda words: sheet.wants.append(Want(words)))


def _objectives(lines: list[str], sheet: Sheet) -> list[str]:
    if len(lines) == 1 and lines[0].count(",") > 1 and ":" not in lines[0]:
        lines = [piece for piece in re.split(r",\s*(?:and\s+)?", lines[0].strip(" .")) if piece]
    return _rows(lines, lambda words: sheet.objectives.append(_aim(words)))


def _aim(words: str) -> Aim:
    """An objective, its weight or share in brackets as one of our three."""
    match = _WEIGHT.search(words)
    if match is None:
        return Aim(words, 1)
    share = int(match["share"])
    weight = share if 1 <= share <= 3 else 1 if share < 25 else 2 if share < 50 else 3
    return Aim(_WEIGHT.sub("", words).strip(), weight)


def _rows(lines: list[str], add: object) -> list[str]:
    assert callable(add)
    left = []
    for line in lines:
        whole = _sentences(line) if len(line) > 120 else [line]
        for piece in (part for each in whole for part in each.split(";")):
            words = capital(_GOAL_IS.sub("", without_pictures(clean(piece)).strip(" .;")))
            if not normalised(words) or len(words) > LONGEST_LINE:
                left.append(piece)
            else:
                add(words)
    return left


def _constraints(lines: list[str], sheet: Sheet) -> list[str]:
    sheet.constraints += [clean(line) for line in lines]
    return []


def _briefing(lines: list[str], sheet: Sheet) -> list[str]:
    sheet.briefing += lines
    return []


def _aside(lines: list[str], sheet: Sheet) -> list[str]:
    return lines


_TAKERS = {
    "who": _who,
    "fact": _facts,
    "context": _context,
    "behaviour": _behaviour,
    "angers": _triggers,
    "calms": _soothing,
    "wants": _wants,
    "objectives": _objectives,
    "opening": _opening,
    "constraints": _constraints,
    "briefing": _briefing,
}


def _items(part: Part) -> list[str]:
    """The bullets, table rows and paragraphs of a part, one string each, without their signs."""
    items: list[str] = []
    blank = True
    for line in part.lines:
        words = line.strip().lstrip("> ")
        if not words:
            blank = True
        elif words.startswith("|"):
            cells = [cell.strip() for cell in words.strip("|").split("|")]
            if not all(re.fullmatch(r":?-{2,}:?", cell) for cell in cells):
                items.append(": ".join(cells) if len(cells) == 2 else " | ".join(cells))
            blank = True
        elif _BOX.match(line) and part.role is None and not part.label:
            items.append(words)
        elif match := BULLET.match(line):
            items.append(line[match.end() :].strip())
            blank = False
        elif (
            blank
            or not items
            or words.startswith("**")
            or _PAIR.fullmatch(words)
            or _PAIR.fullmatch(items[-1])
        ):
            items.append(words)
            blank = False
        else:
            items[-1] = f"{items[-1]} {words}"
    return [item for item in items if item.strip()]


def _sentences(text: str) -> list[str]:
    return [piece for piece in ENDS.split(clean(text)) if piece.strip()]
