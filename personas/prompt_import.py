"""Drafts of personas from role-play prompts and scenario lists of other tools; pure.

A text in any form becomes customers, of which each has parts under labels (``prompt_text``,
``prompt_lists``, ``prompt_parts``); what the labels mean is in ``prompt_labels``, and
``prompt_draft`` writes the persona.
"""

import io
import re
import zipfile
from collections.abc import Iterator

from personas import prompt_draft
from personas.prompt_draft import PromptDraft
from personas.prompt_library import customers
from personas.prompt_lists import MOST, NoList, listed
from personas.prompt_parts import Customer, Part
from personas.prompt_text import speaks_to
from personas.source import LIMIT

LISTS = (".yaml", ".yml", ".json", ".jsonl", ".ndjson", ".csv", ".tsv")
"""Endings of files that hold lists."""
_FEWEST_WORDS = 2
"""Words from which on a text may tell of somebody."""
LONGEST = 2_000_000
"""Characters of a list; of a text in one piece no more than a persona file may have."""


class NoPrompt(Exception):
    """Nothing of it can become a persona; the text is for a person."""


def drafts(name: str, text: str, ending: str, language: str = "en-US") -> list[PromptDraft]:
    """A draft for each customer in the text of a file; raises ``NoPrompt``.

    ``name`` is the file's, without its ending; ``language`` is taken where the text names none.
    """
    if len(text) > LONGEST:
        raise NoPrompt(f"It has over {LONGEST:,} characters; split it.")
    if ending in LISTS:
        try:
            found = listed(text, ending)
        except NoList as error:
            raise NoPrompt(str(error)) from error
        found = [_with_prompts(one) for one in found]
    else:
        found = customers(text)
    if len(found) > MOST:
        raise NoPrompt(f"It holds {len(found):,} customers; split it into files of at most {MOST}.")
    if not any(part.text for one in found for part in one.parts):
        raise NoPrompt("It is empty.")
    if all(len(part.text.split()) < _FEWEST_WORDS for one in found for part in one.parts):
        raise NoPrompt("Nothing in it tells of a customer: write who it is and what happened.")
    return list(_drafted(found, name, language))


def _drafted(found: list[Customer], name: str, language: str) -> Iterator[PromptDraft]:
    plain = re.sub(r"[-_.]+", " ", name).strip().title() or "Customer"
    for number, one in enumerate(found, start=1):
        fallback = plain if len(found) == 1 else f"{plain} {number}"
        try:
            yield prompt_draft.draft(one, fallback, language)
        except ValueError as error:
            yield PromptDraft(one.title or fallback, "", (str(error),))


def _is_prompt(part: Part) -> bool:
    """Whether what stands under a label is a text with parts of its own."""
    return (
        part.role == "prompt"
        or (part.role in ("who", "context") and part.text.count("\n") > 3)
        or (part.role == "behaviour" and speaks_to(part.text))
    )


def _with_prompts(one: Customer) -> Customer:
    """The customer with long texts in its values taken apart by the labels within them."""
    parts: list[Part] = []
    for part in one.parts:
        if not _is_prompt(part):
            parts.append(part)
            continue
        inner = customers(part.text)
        if len(inner) != 1:
            parts.append(part)
            continue
        for each in inner[0].parts:
            if each.label or part.role in ("prompt", "behaviour"):
                parts.append(each)
            else:
                parts.append(Part(part.label, each.lines, part.role))
    return Customer(parts, one.title)


def docx_text(data: bytes) -> str:
    """The paragraphs of a Word file, headings with ``#``; raises ``NoPrompt``."""
    from xml.etree import ElementTree

    try:
        with (
            zipfile.ZipFile(io.BytesIO(data)) as archive,
            archive.open("word/document.xml") as file,
        ):
            source = file.read(20 * LIMIT + 1)
    except Exception as error:  # zipfile and what it calls raise a dozen kinds
        raise NoPrompt("It is no Word file (.docx), or a damaged one.") from error
    # A document type could name entities that grow without end; Word writes none.
    if len(source) > 20 * LIMIT or b"<!DOCTYPE" in source[:2000] or b"<!ENTITY" in source:
        raise NoPrompt("The Word file is too large or unusual; save its text as .txt or .md.")
    space = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    try:
        root = ElementTree.fromstring(source)
    except ElementTree.ParseError as error:
        raise NoPrompt("The Word file is damaged; save it once more.") from error
    lines = []
    for paragraph in root.iter(f"{space}p"):
        style = paragraph.find(f"{space}pPr/{space}pStyle")
        kind = str(style.get(f"{space}val", "")) if style is not None else ""
        bullet = paragraph.find(f"{space}pPr/{space}numPr") is not None
        words = "".join(
            (node.text or "")
            if node.tag == f"{space}t"
            else "\n"
            if node.tag == f"{space}br"
            else ""
            for node in paragraph.iter()
        )
        level = re.search(r"\d", kind)
        head = (
            "#" * int(level[0] if level else 1) + " " if "eading" in kind or kind == "Title" else ""
        )
        lines.append(f"{head or ('- ' if bullet else '')}{words}" if words.strip() else "")
    return "\n".join(lines)
