"""Files that hold prompts or lists of scenarios: which they are, and their text."""

import codecs
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from personas.language_guess import language_of
from personas.mending import mended, well_decoded
from personas.parsed import parse_text
from personas.pieces import cut
from personas.prompt_draft import PromptDraft
from personas.prompt_import import LISTS, NoPrompt, docx_text, drafts
from personas.prompt_labels import Role
from personas.prompt_library import customers
from personas.prompt_lists import NoList, is_table, listed
from personas.prompt_text import speaks_to
from personas.sections import PERSONA
from personas.source import LIMIT, Findings

TEXTS = (".txt", ".text", ".docx")
"""Endings of texts that are no persona files of ours, whatever they hold."""
ENDINGS = (*LISTS, *TEXTS)

LANGUAGE_FROM = 4000
"""Characters that are looked at to tell the language."""
_OURS = 4
"""Sections of our own from which on a text is a persona file with mistakes, not a prompt."""
_CARD = frozenset(
    ["first_mes", "mes_example", "char_name", "char_persona", "spec", "creator_notes"]
)
_STRONG: frozenset[Role] = frozenset(("objectives", "wants", "angers", "calms", "prompt"))


def text_of(data: bytes, kind: str) -> str:
    """The text in a file's bytes; raises ``NoPrompt``."""
    if kind == ".docx":
        return docx_text(data)
    coding = (
        "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    )
    try:
        text = data.decode(coding)
    except UnicodeDecodeError as error:
        raise NoPrompt("It is not UTF-8 text; save it as UTF-8 and try again.") from error
    if "\0" in text:
        raise NoPrompt("It has NUL bytes in it, so it is damaged or no text.")
    if not text.strip():
        raise NoPrompt("It is empty.")
    return text


def read(name: str, data: bytes, kind: str) -> list[PromptDraft]:
    """The drafts in a file of that ending; ``name`` is without it. Raises ``NoPrompt``."""
    text = text_of(data, kind)
    if kind not in LISTS and len(text.encode()) > LIMIT:
        raise NoPrompt(f"It is over {LIMIT // 1024} KB of text; split it into several files.")
    guess = language_of(text[:LANGUAGE_FROM])
    found = drafts(
        name, well_decoded(_unfenced(text)) if kind in LISTS else mended(text), kind, guess.tag
    )
    if guess.sure:
        return found
    note = f"The language, {guess.tag}, is a guess."
    return [replace(one, notes=(*one.notes, note)) for one in found]


_FENCED = re.compile(
    r"\A[^{\[]{0,400}?(?P<fence>```+|~~~+)[ \t]*\w*[ \t]*\r?\n"
    r"(?P<inside>.*?)\r?\n(?P=fence)[ \t]*\r?\n?.{0,400}\Z",
    re.DOTALL,
)


def _unfenced(text: str) -> str:
    """A list without the code block that a chat model put around it."""
    match = _FENCED.match(text)
    return match["inside"] if match else text


def kind_of(text: str) -> str:
    """The ending that a pasted text would have: it is looked at, since it has no name."""
    head = text.lstrip("\ufeff \t\r\n")
    if head.startswith(("{", "[{", "[\n")) and _is(text, ".json"):
        return ".json" if _is(text, ".json") else ".md"
    for kind in (".csv", ".yaml"):
        if not head.startswith("---") and _is(text, kind):
            return kind
    return ".md"


def _is(text: str, kind: str) -> bool:
    """Whether the text is a list of scenarios, or at least JSON."""
    try:
        found = listed(text, kind)
    except NoList:
        return kind == ".json" and head_is_json(text)
    if kind == ".csv":
        return is_table(text)
    if kind == ".yaml":  # a few lines with labels are a prompt as well, and are read better so
        return len(found) > 1 or bool(re.search(r"(?m)^[\w-]+:\s*(?:[|>]\s*)?$", text))
    return True


def head_is_json(text: str) -> bool:
    """Whether the text is JSON of any kind."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def is_prompt(text: str) -> bool:
    """Whether a markdown text is a prompt or a library rather than a persona file of ours."""
    ours = {piece.heading.key for piece in cut(text) if piece.heading} - {""}
    if len(ours) >= _OURS and (PERSONA in ours or len(ours) > _OURS):
        return False
    found = customers(text)
    roles = {part.role for one in found for part in one.parts} - {None, "aside", "title"}
    return bool(len(roles) > 1 or (roles and not ours) or speaks_to(text) or len(found) > 1)


def is_list(data: bytes) -> bool:
    """Whether a JSON file is a list of scenarios rather than a character card."""
    try:
        values = json.loads(data.decode("utf-8-sig"))
        found = listed(data.decode("utf-8-sig"), ".json")
    except (ValueError, RecursionError, NoList):
        return False
    if any(_CARD & {str(key) for key in each} for each in _mappings(values)):
        return False
    return len(found) > 1 or bool(_STRONG & {part.role for one in found for part in one.parts})


def _mappings(value: Any, deep: int = 0) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        yield value
    if deep < 3 and isinstance(value, Mapping | list):
        for each in value.values() if isinstance(value, Mapping) else value[:50]:
            yield from _mappings(each, deep + 1)


_FRONT = re.compile(r"(?:\A|\n)---[ \t]*\r?\n(?:(?!---)[^\n]*\n){1,40}?---[ \t]*\r?\n\s*\Z")


def several(text: str) -> list[str]:
    """The persona files in a text that holds more than one, each with its front matter."""
    texts: list[str] = []
    front = ""
    for piece in cut(text):
        if piece.heading and piece.heading.key == PERSONA:
            texts.append(front)
            front = ""
        if not texts:
            front += piece.text
            continue
        ahead = _FRONT.search(piece.text)
        body = piece.text[: ahead.start() + 1] if ahead else piece.text
        front = piece.text[ahead.start() :].lstrip("\r\n") if ahead else front
        texts[-1] += body
    if len(texts) < 2:
        return [text]
    whole = [each for each in texts if len(parse_text(each, Findings()).blocks) >= _OURS]
    return texts if len(whole) == len(texts) else [text]
