"""Character cards of SillyTavern and others, read as drafts of personas.

The formats: https://github.com/malfoyslastname/character-card-spec-v2 (V1 and V2) and
https://github.com/kwaroran/character-card-spec-v3 (V3). A card knows who someone is and how they
talk, and nothing of what a trainee may do: those rules are examples that the author replaces.
"""

import base64
import binascii
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from personas import spelling
from personas.form import Aim, Deed, Form, Known, Want
from personas.form_text import written
from personas.parse import examine
from personas.source import LIMIT

CALLER, TRAINEE = "the customer", "the agent"
MOST_LINES = 6
"""Opening lines that are taken from a card."""
LONGEST_LINE = 280
"""Characters of an opening line; nobody says more in one breath."""
LONGEST_PART = 40_000
"""Characters of each part of a card that are taken."""
MOST_PARAGRAPHS = 1000
"""Lines of each part that are taken: how each is to be spelled takes a moment to find out."""
MOST_ENTRIES = 200
"""Entries of each list of a card, such as its lorebook, that are taken."""

# A quotation ends before the next one begins, or one without an end would be looked for again and
# again.
_QUOTED = re.compile(r'"([^"]{2,})"|“([^“”]{2,})”|«([^«»]{2,})»|「([^「」]{2,})」')
_ACTION = re.compile(r"\*[^*]*\*")
_CHAR = re.compile(r"\{\{\s*char\s*\}\}|<(?:char|bot)>", re.IGNORECASE)
_USER = re.compile(r"\{\{\s*user\s*\}\}|<user>", re.IGNORECASE)
_COMMENT = re.compile(r"\{\{\s*//")
_ORIGINAL = re.compile(r"\{\{\s*original\s*\}\}", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?…。！？])\s+")  # noqa: RUF001

EXAMPLES = (
    "A card has no rules for a call: what angers, what calms, what is wanted and the objectives "
    "are examples. Replace them with this customer's own."
)


class CardError(Exception):
    """No character card can be read there; the text is for a person."""


@dataclass(frozen=True, slots=True)
class Card:
    """A persona file made of a card, and what its author should know of it."""

    text: str
    name: str
    notes: tuple[str, ...]


def is_card(data: bytes, ending: str) -> bool:
    """Whether a file of that ending, such as ``.png``, is to be read as a card."""
    return ending in (".png", ".json") or data.startswith(SIGNATURE)


def read_card(data: bytes) -> Card:
    """A draft of a persona from a card's JSON or PNG; raises ``CardError``."""
    fields = _fields(_json(_embedded(data) if data.startswith(SIGNATURE) else data))
    notes = [EXAMPLES]
    form = _form(fields, notes)
    text = written(form)
    if len(text.encode()) > LIMIT:
        raise CardError(f"The card makes a persona of over {LIMIT // 1024} KB; shorten the card.")
    if errors := examine(text, "card").errors:
        raise CardError(f"The card makes no persona: {errors[0].message}.")
    return Card(text, form.name, tuple(notes))


def _embedded(data: bytes) -> bytes:
    """The JSON inside a picture; a V3 card is taken before the V2 one beside it."""
    try:
        chunks = {keyword.casefold(): text for keyword, text in text_chunks(data)}
    except ValueError as error:
        raise CardError("The picture is damaged or cut off; get the card once more.") from error
    text = chunks.get("ccv3") or chunks.get("chara")
    if text is None:
        raise CardError(
            "There is no character card in this picture. Some sites and messengers remove it; "
            "download the original file."
        )
    try:
        return base64.b64decode(b"".join(text.split()), validate=True)
    except binascii.Error as error:
        raise CardError("The card in this picture is damaged; get it once more.") from error


def _json(data: bytes) -> Mapping[str, Any]:
    try:
        values = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise CardError("The card cannot be read: it is no JSON in UTF-8.") from error
    if not isinstance(values, Mapping):
        raise CardError("This JSON is no character card.")
    return values


def _fields(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The card's fields: below ``data`` from V2 on, at the top in V1."""
    inner = values.get("data")
    fields = inner if isinstance(inner, Mapping) else values
    known = ("description", "personality", "scenario", "first_mes", "mes_example")
    if not _plain(fields, "name") or not any(_plain(fields, name) for name in known):
        raise CardError("This JSON is no character card: it has no name, or nothing about one.")
    return fields


def _form(fields: Mapping[str, Any], notes: list[str]) -> Form:
    name = spelling.one_line(_plain(fields, "name"))[:80]
    # In the card's texts {{char}} stands for the nickname, where there is one.
    told = _Texts(fields, spelling.one_line(_plain(fields, "nickname"))[:80] or name)
    personality = told.text("personality")
    who = [told.text("description"), f"Personality: {personality}" if personality else ""]
    lines = _opening([told.text("first_mes"), *told.texts("alternate_greetings")])
    if not lines:
        lines = [f"Hello, this is {name}."]
        notes.append("The card has no first message; write the opening lines.")
    if any(told.text(name).count("\n") >= MOST_PARAGRAPHS for name in ("description", "scenario")):
        notes.append(f"Only the first {MOST_PARAGRAPHS:,} lines of each part are taken.")
    if background := _background(told, notes):
        notes.append("What has no place in a persona is kept under “Background”.")
    return Form(
        scenario=f"Draft: {name}"[:80],
        name=name,
        who=_wrapped("\n\n".join(filter(None, who))) or f"{name}, from a character card.",
        context=_lines(told.text("scenario")) or f"{CALLER.capitalize()} calls {TRAINEE}.",
        opening=tuple(lines),
        facts=(Known("Full name", name),),
        angers=(Deed("Being told to calm down", 2), Deed("Being interrupted", 1)),
        calms=(Deed("A sincere apology", 2), Deed("Showing understanding", 1)),
        wants=(Want("What the customer asked for is confirmed"),),
        objectives=(Aim("Asks what the matter is", 1), Aim("Sums up what was agreed", 1)),
        background=background,
        notes=_about(told),
    )


class _Texts:
    """The texts of a card, with the names put in."""

    def __init__(self, fields: Mapping[str, Any], name: str) -> None:
        self._fields = fields
        self._name = name

    def text(self, name: str) -> str:
        """A text; empty when there is none."""
        return self.named(_plain(self._fields, name))

    def texts(self, name: str) -> list[str]:
        """The first texts of a list; empty when there is none."""
        given = _list(self._fields.get(name))[:MOST_ENTRIES]
        return [self.named(value) for value in given if _is_text(value)]

    def named(self, text: str) -> str:
        """The text with the names in place of what stands for them."""
        text = _ORIGINAL.sub("", _without_comments(text[:LONGEST_PART]))
        text = _CHAR.sub(lambda _: self._name, text)
        return _USER.sub(TRAINEE, text).strip()

    def lore(self) -> list[str]:
        """The entries of the lorebook that are in use, as ``keys: content``."""
        book = self._fields.get("character_book")
        entries = _list(book.get("entries")) if isinstance(book, Mapping) else []
        found = []
        for entry in entries[:MOST_ENTRIES]:
            if isinstance(entry, Mapping) and entry.get("enabled") is not False:
                names = [key for key in _list(entry.get("keys")) if _is_text(key)]
                content = self.named(_plain(entry, "content"))
                found.append(f"{', '.join(names[:5])}: {content}" if names else content)
        return [text for text in found if text.strip()]


def _without_comments(text: str) -> str:
    """The text without what a card's author says to other authors."""
    pieces, at = [], 0
    while (begin := _COMMENT.search(text, at)) and (end := text.find("}}", begin.end())) >= 0:
        pieces.append(text[at : begin.start()])
        at = end + 2
    return "".join([*pieces, text[at:]])


def _background(told: _Texts, notes: list[str]) -> str:
    parts = [
        ("How they talk", told.text("mes_example").replace("<START>", "")),
        ("What they know", "\n".join(told.lore())),
        ("Instructions of the card", told.text("system_prompt")),
        ("More instructions of the card", told.text("post_history_instructions")),
    ]
    kept, room = [], LIMIT // 2
    for title, text in parts:
        if text.strip():
            body = _wrapped(text)
            cut = body.encode()[:room].decode("utf-8", "ignore")
            if cut != body or len(text.splitlines()) > MOST_PARAGRAPHS:
                notes.append(f"“{title}” was too long and is cut off.")
            room -= len(cut.encode())
            kept.append(f"{title}:\n{cut}")
    return "\n\n".join(kept)


def _about(told: _Texts) -> str:
    """What is for people only, and must not be told to a model by the card's specification."""
    named = [
        ("creator", told.text("creator")),
        ("version", told.text("character_version")),
        ("tags", ", ".join(told.texts("tags")[:30])),
        ("source", " ".join(told.texts("source")[:5])),
        ("notes", told.text("creator_notes")),
    ]
    lines = [f"{name} {text}" for name, text in named if text]
    return "\n".join(["from a character card", *lines])


def _opening(messages: Iterable[str]) -> list[str]:
    """What is said in these messages, without what is done: quoted words if there are any."""
    lines: list[str] = []
    for message in messages:
        quoted = [next(filter(None, match)) for match in _QUOTED.findall(message)]
        said = " ".join(quoted) or _ACTION.sub(" ", message)
        line = _short(spelling.one_line(said))
        if any(c.isalnum() for c in line) and line not in lines:
            lines.append(line)
        if len(lines) == MOST_LINES:
            break
    return lines


def _short(line: str) -> str:
    """The first sentences of a line."""
    short = ""
    for sentence in _SENTENCE.split(line):
        if short and len(short) + len(sentence) >= LONGEST_LINE:
            break
        short = f"{short} {sentence}".strip()
    return short[:LONGEST_LINE]


def _lines(text: str) -> str:
    """A text with each paragraph in lines that a persona file may have."""
    pieces = (piece for line in text.splitlines() for piece in _SENTENCE.split(line))
    return _wrapped("\n".join(pieces))


def _wrapped(text: str) -> str:
    """The first lines of the text, with spaces in words that no line could hold."""
    return "\n".join(
        " ".join(word[i : i + 200] for word in line.split() for i in range(0, len(word), 200))
        for line in text.splitlines()[:MOST_PARAGRAPHS]
    )


def _plain(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    return value if isinstance(value, str) else ""


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _is_text(value: object) -> bool:
    return isinstance(value, str)


SIGNATURE = b"\x89PNG\r\n\x1a\n"
MOST_CHUNKS = 20_000
"""Chunks that are looked at; a picture has a few hundred."""


def text_chunks(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Keyword and bytes of each ``tEXt`` chunk; raises ValueError for what is no whole PNG."""
    if not data.startswith(SIGNATURE):
        raise ValueError("no PNG")
    view, at = memoryview(data), len(SIGNATURE)
    for _ in range(MOST_CHUNKS):
        if at + 12 > len(view):
            raise ValueError("the PNG is cut off")
        length, kind = int.from_bytes(view[at : at + 4]), bytes(view[at + 4 : at + 8])
        end = at + 8 + length
        if end + 4 > len(view):
            raise ValueError("the PNG is cut off")
        if kind == b"IEND":
            return
        if kind == b"tEXt":
            keyword, _, text = bytes(view[at + 8 : end]).partition(b"\0")
            yield keyword.decode("latin-1"), text
        at = end + 4
    raise ValueError("too many chunks")
