"""Character cards of SillyTavern and others, read as drafts of personas.

The formats: https://github.com/malfoyslastname/character-card-spec-v2 (V1 and V2) and
https://github.com/kwaroran/character-card-spec-v3 (V3); ``card_file.py`` and ``card_fields.py``
know what else there is. A card knows who someone is and how they talk, and nothing of what a
trainee may do: those rules are examples that the author replaces.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from personas import spelling
from personas.card_facts import Described, described, tagged
from personas.card_fields import CardFields, cards_in
from personas.card_file import CardError, card_source, is_picture
from personas.card_markup import START, USER, Speakers, named, own, plain
from personas.card_speech import addressed, said
from personas.card_words import example_rules, hello, trainee
from personas.form import Form, Known
from personas.form_text import written
from personas.language_guess import Guess, language_of
from personas.parse import examine
from personas.source import LIMIT

CARDS = (".png", ".json", ".charx", ".byaf", ".webp", ".jpg", ".jpeg", ".apng")
"""Endings of files that cards come in."""
MOST_LINES = 6
"""Opening lines that are taken from a card."""
LONGEST_LINE = 280
"""Characters of an opening line; nobody says more in one breath."""
MOST_PARAGRAPHS = 1000
"""Lines of each part that are taken: how each is to be spelled takes a moment to find out."""
MOST_FACTS = 40
"""Facts that are taken from a card."""
LONGEST_NAME = 80
"""Characters of a name."""
LONGEST_SCENARIO = 70
"""Characters of a scenario that is a title as it is."""

_SENTENCE = re.compile(r"(?<=[.!?…。！？])\s+")  # noqa: RUF001
_ASIDE = re.compile(r"\s*(?:[|｜•~/]{1,2}\s.*|\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】)\s*")  # noqa: RUF001
_WRITING = re.compile(
    r"\b(?:writ\w+|repl(?:y|ies)|respon(?:d|se|ses)|roleplay\w*|role-play\w*|rp|paragraphs?|chat|"
    r"markdown|asterisks?|italics?|narrat\w+|tokens?|words? long|ooc|nsfw|explicit|jailbreak|"
    r"fiction\w*|prose|immersive|perspective|third[- ]person|system|ai|model|assistant|uncensored|"
    r"generate\w*|output|format\w*|continue the)\b",
    re.IGNORECASE,
)

EXAMPLES = (
    "A card has no rules for a call: what angers, what calms, what is wanted and the objectives "
    "are examples. Replace them with this customer's own."
)


@dataclass(frozen=True, slots=True)
class Card:
    """A persona file made of a card, and what its author should know of it."""

    text: str
    name: str
    notes: tuple[str, ...]


def is_card(data: bytes, ending: str) -> bool:
    """Whether a file of that ending, such as ``.png``, is to be read as a card."""
    return ending in CARDS or is_picture(data)


def read_card(data: bytes, stem: str = "") -> Card:
    """A draft of a persona from a file with one card; raises ``CardError``."""
    return read_cards(data, stem)[0]


def read_cards(data: bytes, stem: str = "") -> list[Card]:
    """A draft of a persona for each card in a file: JSON, a picture or an archive. Raises
    ``CardError``. ``stem`` is a name for a card that has none."""
    source = card_source(data)
    return [_card(fields, source.notes, stem) for fields in cards_in(source.values, stem)]


def _card(fields: CardFields, found: tuple[str, ...], stem: str) -> Card:
    notes = [EXAMPLES, *found]
    if fields.name == stem and stem:
        notes.append("The card has no name; the file's stands in for it.")
    form = _form(_Texts(fields), notes)
    text = written(form)
    if len(text.encode()) > LIMIT:
        raise CardError(f"The card makes a persona of over {LIMIT // 1024} KB; shorten the card.")
    if errors := examine(text, "card").errors:
        raise CardError(f"The card makes no persona: {errors[0].message}.")
    return Card(text, form.name, tuple(dict.fromkeys(notes)))


class _Texts:
    """The texts of a card in plain words, with the names put in."""

    def __init__(self, fields: CardFields) -> None:
        self.fields = fields
        self.name = _name(fields.name)
        nickname = _name(fields.nickname)
        # In the card's texts {{char}} stands for the nickname, where there is one.
        self.called = nickname or self.name

    @cached_property
    def language(self) -> Guess:
        """The language of what is said, else of the other texts."""
        about = " ".join(text for key, text in self.fields.about if key == "tags")
        hints = f"{self.fields.language} {about}"
        return language_of(*self.greetings[:1], self._story, hints=hints)

    @cached_property
    def greetings(self) -> list[str]:
        """What is said in each greeting, empty where nothing is; ``USER`` stands in it."""
        return [
            said(named(text, Speakers(self.called, USER)), self.called)
            for text in self.fields.greetings
        ]

    @cached_property
    def described(self) -> Described:
        """The description taken apart."""
        text = named(self.fields.description, Speakers(self.called, self.user))
        return described(plain(tagged(text)), (self.called, self.name, self.user))

    @cached_property
    def user(self) -> str:
        """Who stands for ``{{user}}`` in what is told, which may be in another language."""
        told = language_of(self._story)
        return trainee(told.tag if told.sure else self.language.tag)

    def text(self, text: str) -> str:
        """A text with names for its macros, without markup."""
        return plain(named(text, Speakers(self.called, self.user)))

    @cached_property
    def _story(self) -> str:
        """What is told of the character, without names."""
        texts = (self.fields.description, self.fields.scenario, self.fields.examples)
        return " ".join(plain(named(text, Speakers("", ""))) for text in texts)


def _form(told: _Texts, notes: list[str]) -> Form:
    fields, name = told.fields, told.name
    language, rules = told.language, example_rules(told.language.tag)
    if not language.sure:
        notes.append(f"The language is a guess ({language.tag}); set it in the front matter.")
    if name != spelling.one_line(fields.name)[:LONGEST_NAME]:
        notes.append(f"The card calls itself “{spelling.one_line(fields.name)[:100]}”.")
    opening = _opening(told, notes)
    facts = _facts(told, notes)
    personality = told.text(fields.personality)
    who = [told.described.prose, f"Personality: {personality}" if personality else ""]
    instructions, left = _instructions(told)
    background = _background(told, instructions, notes)
    _tell_losses(fields, left, notes)
    return Form(
        scenario=_scenario(told),
        name=name,
        language=language.tag,
        who=_wrapped("\n\n".join(filter(None, who)), notes) or f"{name}, from a character card.",
        context=_lines(told.text(fields.scenario), notes) or _no_context(told, notes),
        opening=tuple(opening),
        facts=facts,
        angers=rules.angers,
        calms=rules.calms,
        wants=rules.wants,
        objectives=rules.objectives,
        background=background,
        notes=_about(told, left),
    )


def _name(text: str) -> str:
    """The name as people say it: without pictures, and without what else stands beside it."""
    plain_name = named(text, Speakers("", ""))
    plain_name = "".join(" " if unicodedata.category(c) in ("So", "Sk") else c for c in plain_name)
    plain_name = spelling.one_line(plain_name.replace("\u200d", "").replace("\ufe0f", ""))
    bare = spelling.one_line(_ASIDE.sub(" ", plain_name)).strip(" -–—|,:;")  # noqa: RUF001
    return (bare or plain_name or spelling.one_line(text))[:LONGEST_NAME].strip()


def _scenario(told: _Texts) -> str:
    """The title: the first sentence of a card's scenario when it is as short as one."""
    first = spelling.one_line(next(iter(_sentences(told.text(told.fields.scenario))), ""))
    for start in (told.called, told.name, "She", "He", "They"):
        if first.startswith(f"{start} "):
            first = first[len(start) :].strip()
            first = first[:1].upper() + first[1:]
    first = first.rstrip(".。 ")
    return first if 3 < len(first) <= LONGEST_SCENARIO else f"Call from {told.name}"[:80]


def _no_context(told: _Texts, notes: list[str]) -> str:
    notes.append("The card does not say why there is a call; write it under “Scenario Context”.")
    return f"{told.name} calls {told.user}." if told.user == "the agent" else told.name


def _opening(told: _Texts, notes: list[str]) -> list[str]:
    """What is said in the greetings: of the first all, in lines that one breath can hold."""
    found: dict[str, None] = {}
    for line in told.greetings:
        for part in _breaths(addressed(line, told.language.tag)):
            found[part] = None
    lines = list(found)
    if len(lines) > MOST_LINES:
        notes.append(f"The card has {len(lines)} opening lines; the first {MOST_LINES} are taken.")
    if not lines:
        has = "The card's first message says nothing" if told.greetings else "It has no greeting"
        notes.append(f"{has}; write the opening lines.")
        return [hello(told.language.tag, told.name)]
    if not told.greetings[0]:
        notes.append("The first message of the card is told and not spoken, so it is left out.")
    return lines[:MOST_LINES]


def _breaths(line: str) -> Iterator[str]:
    """A line in parts of whole sentences that one breath can hold."""
    part = ""
    for sentence in _sentences(line):
        if part and len(part) + len(sentence) >= LONGEST_LINE:
            yield part
            part = ""
        part = f"{part} {sentence}".strip()
        while len(part) > LONGEST_LINE:
            at = part.rfind(" ", 0, LONGEST_LINE)
            at = at if at > 0 else LONGEST_LINE
            yield part[:at].strip()
            part = part[at:].strip()
    if part:
        yield part


def _facts(told: _Texts, notes: list[str]) -> tuple[Known, ...]:
    fields = told.fields
    found = [("Full name", told.name)]
    if told.called != told.name:
        found.append(("Nickname", told.called))
    found += told.described.facts
    known = {label.casefold() for label, _ in found}
    found += [
        (label.capitalize(), told.text(text)) for label, text in fields.facts if label not in known
    ]
    if len(found) > MOST_FACTS:
        notes.append(f"The card has {len(found)} facts; the first {MOST_FACTS} are taken.")
    return tuple(Known(label, value) for label, value in found[:MOST_FACTS] if value)


def _instructions(told: _Texts) -> tuple[str, list[str]]:
    """What the card tells a model of the character, and what it tells it of writing a chat."""
    fields = told.fields
    kept: list[str] = []
    left: list[str] = []
    for text in (fields.system, fields.post_history, fields.depth):
        for line in told.text(text).splitlines():
            for sentence in filter(None, map(str.strip, _sentences(line))):
                (left if _WRITING.search(sentence) else kept).append(sentence)
    return "\n".join(kept), left


def _background(told: _Texts, instructions: str, notes: list[str]) -> str:
    fields = told.fields
    lore = "\n".join(told.text(entry) for entry in fields.lore.entries)
    examples = "\n\n".join(filter(None, (told.text(fields.examples), told.described.dialogue)))
    parts = [
        ("How they talk", "\n".join(_dialogues(examples, told.called))),
        ("What they know", lore),
        ("Instructions of the card", instructions),
    ]
    kept, room = [], LIMIT // 2
    for title, text in parts:
        if text.strip():
            body = _wrapped(text, notes)
            cut = body.encode()[:room].decode("utf-8", "ignore")
            if cut != body:
                notes.append(f"“{title}” was too long and is cut off.")
            room -= len(cut.encode())
            kept.append(f"{title}:\n{cut}")
    if kept:
        notes.append("What has no place in a persona is kept under “Background”.")
    return "\n\n".join(kept)


def _dialogues(text: str, name: str) -> Iterator[str]:
    """The examples without what stands between them, such as <START>, and without what the
    character does in them: on the phone it is only heard."""
    for line in START.sub("\n", text).splitlines():
        if match := re.match(rf"\s*{own(name)}", line, re.IGNORECASE):
            if spoken := said(line[match.end() :], name):
                yield f"{name}: {spoken}"
        elif any(map(str.isalnum, line)) and not re.fullmatch(r"\W*END_OF_DIALOG\w*\W*", line):
            yield line


def _tell_losses(fields: CardFields, left: list[str], notes: list[str]) -> None:
    """Say what of the card is not in the persona."""
    lore = fields.lore
    if lore.off:
        notes.append(f"Switched-off entries of the lorebook are left out: {lore.off}.")
    if lore.left:
        notes.append(f"The lorebook is too long; so many entries are left out: {lore.left}.")
    if lore.decorated:
        notes.append("What the lorebook says to a program (lines with @@) is left out.")
    if lore.linked:
        notes.append(
            f"The card names a lorebook that it does not hold (“{lore.linked[:60]}”); export the "
            "card together with it."
        )
    if fields.group_greetings:
        notes.append(
            "Greetings for a group are kept in the front matter only: a call has one customer."
        )
    if left:
        notes.append(
            "What the card tells a chat program of writing is kept in the front matter only, where "
            f"no model reads it: “{left[0][:120]}”"
        )
    if any(key == "notes" for key, _ in fields.about):
        notes.append("The notes of the card's author are kept in the front matter only.")
    if fields.cut:
        notes.append("Parts of the card are too long and are cut off.")
    notes += fields.dropped


def _about(told: _Texts, left: list[str]) -> str:
    """What is for people only, and must not be told to a model by the card's specification."""
    lines = [
        f"{key} {text if key == 'source' else told.text(text)}" for key, text in told.fields.about
    ]
    lines += [f"greeting for a group {told.text(text)}" for text in told.fields.group_greetings[:5]]
    lines += [f"instruction for a chat program {text}" for text in left[:5]]
    return "\n".join(["from a character card", *lines])


def _lines(text: str, notes: list[str]) -> str:
    """A text with each paragraph in lines that a persona file may have."""
    pieces = (piece for line in text.splitlines() for piece in _sentences(line))
    return _wrapped("\n".join(pieces), notes)


def _sentences(text: str) -> Iterable[str]:
    return _SENTENCE.split(text)


def _wrapped(text: str, notes: list[str]) -> str:
    """The first lines of the text, with spaces in words that no line could hold."""
    lines = text.splitlines()
    if len(lines) > MOST_PARAGRAPHS:
        notes.append(f"Only the first {MOST_PARAGRAPHS:,} lines of each part are taken.")
    return "\n".join(
        " ".join(word[i : i + 200] for word in line.split() for i in range(0, len(word), 200))
        for line in lines[:MOST_PARAGRAPHS]
    )
