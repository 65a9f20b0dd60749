"""Drafts of personas from the parts of a customer: what fits has its place, the rest is kept."""

# Authors also write full-width colons and typographic dashes.
# ruff: noqa: RUF001

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from personas import spelling
from personas.form import MOST_ROWS, Aim, Deed, Difficulty, Form, Known, Want
from personas.form_check import lowest
from personas.form_text import BACKGROUND, written
from personas.languages import canonical
from personas.marks import normalised
from personas.parse import examine
from personas.parsed import parse_text
from personas.prompt_parts import Customer, Part
from personas.prompt_people import name_in, told_name
from personas.prompt_readings import STARS, Sheet, take
from personas.prompt_text import label_words
from personas.sections import classify, without_pictures
from personas.source import LIMIT, Findings, cannot_be_said

T = TypeVar("T")
_NO_NAME = re.compile(
    r"\b(?:simulators?|simulation|prompts?|templates?|system|personas?|role-?play|scenarios?|"
    r"role play|v\d[\d.]*|version \d[\d.]*|user first|draft)\b",
    re.IGNORECASE,
)
_LANGUAGES = {
    "english": "en-US",
    "thai": "th-TH",
    "german": "de-DE",
    "spanish": "es-ES",
    "french": "fr-FR",
    "italian": "it-IT",
    "japanese": "ja-JP",
    "portuguese": "pt-BR",
}
_FIRST_PERSON = re.compile(
    r"\b(?:the trainee|agent|user|human|they)\s+(?:speaks?|talks?|begins?|starts?|greets?)\s+"
    r"first\b|\b(?:stay|be|remain)\s+silent\s+until|\bwait\s+for\s+(?:the\s+)?(?:greeting|agent|user|trainee)",
    re.IGNORECASE,
)
_USUAL_ANGERS = (Deed("Being told to calm down", 2), Deed("Being interrupted", 1))
_USUAL_CALMS = (Deed("A sincere apology", 2), Deed("Showing understanding", 1))
_USUAL_WANTS = (Want("What the customer asked for is confirmed"),)
_USUAL_OBJECTIVES = (Aim("Asks what the matter is", 1), Aim("Sums up what was agreed", 1))


@dataclass(frozen=True, slots=True)
class PromptDraft:
    """A persona file made of one customer; ``notes`` say what was mapped, guessed and kept."""

    name: str
    text: str
    notes: tuple[str, ...]


def draft(customer: Customer, fallback: str, language: str = "en-US") -> PromptDraft:
    """The draft of a customer; ``fallback`` is what it is called when nothing names it."""
    sheet = Sheet()
    for part in customer.parts:
        take(part, sheet)
    notes: list[str] = []
    form = _form(customer, sheet, fallback, language, notes)
    text = written(form)
    if sheet.kept:
        text += f"\n# {BACKGROUND}\n" + "".join(f"\n{_kept(part)}\n" for part in sheet.kept)
    text = _within_limit(text, notes)
    return PromptDraft(form.name, text, tuple(notes))


def _form(customer: Customer, sheet: Sheet, fallback: str, language: str, notes: list[str]) -> Form:
    everything = "\n".join([customer.title, *(part.text for part in customer.parts)])
    for line in everything.splitlines():
        if STARS.search(line) and "difficulty" not in sheet.values:
            sheet.values["difficulty"] = "⭐" * len(STARS.findall(line))
    name = _name(customer, sheet, everything, fallback, notes)
    scenario = sheet.values.get("title") or without_pictures(STARS.sub("", customer.title)).strip(
        " -–—:"
    )
    _tell(sheet, notes, everything)
    if normalised(scenario) == normalised(name):
        scenario = ""
    language = _language(sheet.values.get("language", ""), language)
    form = Form(
        scenario=spelling.one_line(scenario)[:80] or f"Draft: {name}"[:80],
        name=name,
        who=_lines(sheet.who) or f"{name}, from a text that says no more of the person.",
        difficulty=_difficulty(sheet.values.get("difficulty", "")),
        language=language,
        intensity=_intensity(sheet.values.get("intensity", "")),
        context=_lines(sheet.context) or "The customer calls the company.",
        opening=tuple(_unique(sheet.opening, str)[:MOST_ROWS]) or (_hello(name, language),),
        facts=tuple(_unique([Known("Full name", name), *sheet.facts], lambda f: f.value)),
        angers=tuple(_unique(sheet.angers, lambda d: d.words)[:MOST_ROWS]) or _USUAL_ANGERS,
        calms=(),
        wants=tuple(_unique(sheet.wants, lambda w: w.words)[:MOST_ROWS]) or _USUAL_WANTS,
        objectives=tuple(_unique(sheet.objectives, lambda a: a.words)[:MOST_ROWS])
        or _USUAL_OBJECTIVES,
        constraints=_lines(sheet.constraints),
        briefing="\n".join(sheet.briefing),
        notes="\n".join(["from a prompt or a list of scenarios", *sheet.aside]),
    )
    angry = {normalised(row.words) for row in form.angers}
    calms = [d for d in _unique(sheet.calms, lambda d: d.words) if normalised(d.words) not in angry]
    form = replace(form, calms=tuple(calms[:MOST_ROWS]) or _USUAL_CALMS)
    return replace(form, threshold=max(form.threshold, lowest(form)))


def _hello(name: str, language: str) -> str:
    return f"สวัสดี นี่{name}" if language.startswith("th") else f"Hello, this is {name}."


def _tell(sheet: Sheet, notes: list[str], everything: str) -> None:
    """What was put where, what is ours, and what is kept as it was."""
    if sheet.mapped:
        notes.append(f"In its place by its heading: {_named(sheet.mapped)}.")
    missing = [
        words
        for words, rows in (
            ("what angers", sheet.angers),
            ("what calms", sheet.calms),
            ("what is wanted", sheet.wants),
            ("the objectives", sheet.objectives),
        )
        if not rows
    ]
    if missing:
        said = " and ".join([", ".join(missing[:-1]), missing[-1]] if len(missing) > 1 else missing)
        notes.append(f"The text says nothing of {said}; there are examples. Replace them.")
    if not sheet.opening:
        notes.append("The text has no opening line; write one.")
    if sheet.kept:
        labels = [part.label or "text without a heading" for part in sheet.kept]
        notes.append(f"Kept word for word under “{BACKGROUND}”: {_named(labels)}.")
    if sheet.asides:
        notes.append(f"For people only, as comments at the top: {_named(sheet.asides)}.")
    if _FIRST_PERSON.search(everything):
        notes.append(
            "The text wants the trainee to speak first; here the customer begins the call."
        )


def _named(labels: list[str]) -> str:
    shown = list(dict.fromkeys(label_words(label)[:40] for label in labels))
    more = f" and {len(shown) - 8} more" if len(shown) > 8 else ""
    return ", ".join(shown[:8]) + more


def _name(
    customer: Customer, sheet: Sheet, everything: str, fallback: str, notes: list[str]
) -> str:
    given = spelling.one_line(sheet.values.get("name", "")).strip("\"'“”„«»*_ ")
    guess = sheet.values.get("guess", "")
    told = told_name("\n".join(part.text for part in customer.parts if part.role != "aside"))
    if given and told and _is_case(given, told, everything):
        sheet.values.setdefault("title", given)
        given = told
    name = given or name_in(everything) or name_in(customer.title) or without_pictures(guess)
    if name:
        return name[:80]
    name = (
        _NO_NAME.sub("", without_pictures(customer.title or fallback)).strip(" -–—:,") or "Customer"
    )
    notes.append(
        f"The text names no customer; “{name[:80]}” is its title. Give the customer a name."
    )
    return spelling.one_line(name)[:80]


def _is_case(given: str, told: str, everything: str) -> bool:
    """Whether a ``name`` is that of the case: the text calls the customer otherwise, and nobody
    so."""
    words = set(normalised(given).split())
    said_again = normalised(everything).count(normalised(given)) > 1
    return words.isdisjoint(normalised(told).split()) and not said_again


def _difficulty(value: str) -> Difficulty:
    word = normalised(value)
    stars = len(STARS.findall(value))
    number = re.search(r"\d+", word)
    if stars or number:
        level = stars or int(number[0] if number else 0)
        most = 10 if level > 5 or "10" in word else 5
        share = level / most
        return "easy" if share <= 0.4 else "medium" if share <= 0.6 else "hard"
    if re.search(r"easy|simple|low|beginner|basic|gentle|ง่าย", word):
        return "easy"
    if re.search(r"hard|difficult|high|advanced|expert|tough|challeng|extreme|ยาก", word):
        return "hard"
    return "medium"


def _language(value: str, usual: str) -> str:
    try:
        return canonical(value.replace("_", "-")) if value else usual
    except ValueError:
        return _LANGUAGES.get(normalised(value), usual)


def _intensity(value: str) -> int:
    number = re.search(r"\d+", value)
    return min(int(number[0][:2]), 10) if number else 6


def _kept(part: Part) -> str:
    """A part under its own heading, word for word where nothing in it means anything else."""
    label = label_words(part.label) or "More"
    title = f"More on {label}" if classify(label)[0] else label
    body = re.sub(r"(?m)^(?=#{1,4}\s)", "##", part.text)
    text = f"## {spelling.one_line(title)[:100]}\n{body}"
    found = Findings()
    parsed = parse_text(f"# {BACKGROUND}\n\n{text}\n", found)
    whole = not parsed.blocks and len(parsed.unknown) == 1 and len(found.sorted()) == 1
    if whole and not cannot_be_said(text) and not re.search(r"^\s*---\s*$", text, re.MULTILINE):
        return text
    return "\n".join(
        [
            f"## {spelling.one_line(title)[:100]}",
            *spelling.paragraphs(_broken(part.text), BACKGROUND),
        ]
    )


def _broken(text: str) -> str:
    return "\n".join(
        " ".join(word[i : i + 200] for word in line.split() for i in range(0, len(word), 200))
        for line in text.splitlines()
    )


def _within_limit(text: str, notes: list[str]) -> str:
    """The text as it is when it may be so long; else nothing is taken, in words."""
    if len(text.encode()) > LIMIT:
        raise ValueError(f"It makes a persona of over {LIMIT // 1024} KB; shorten it or split it.")
    if errors := examine(text, "draft").errors:
        raise ValueError(f"It makes no persona: {errors[0].message}.")
    return text


def _lines(lines: Iterable[str]) -> str:
    return _broken("\n".join(dict.fromkeys(filter(None, map(spelling.one_line, lines)))))


def _unique(rows: Iterable[T], key: object) -> list[T]:
    return list(_once(rows, key))


def _once(rows: Iterable[T], key: object) -> Iterator[T]:
    assert callable(key)
    seen: set[str] = set()
    for row in rows:
        words = normalised(str(key(row)))
        if words and words not in seen:
            seen.add(words)
            yield row
