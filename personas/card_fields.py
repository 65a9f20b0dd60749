"""What a card says, whatever its editor calls it: all names and shapes of fields that occur.

V1 to V3 of the character card, and what Pygmalion, TavernAI, text-generation-webui, Kobold, Agnai,
Chub, JanitorAI, Character.AI, RisuAI and Backyard write.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from personas.card_file import CardError
from personas.card_lore import BOOKS, NO_LORE, Lore, is_book, read_lore
from personas.card_shapes import (
    MOST_TEXTS,
    is_full,
    list_of,
    listed,
    mapping_of,
    parsed,
    plain_key,
    text_of,
    texts_of,
)

LONGEST = 40_000
"""Characters of each text of a card that are taken."""

# As they are compared: without letter case and without signs.
_ALIASES = {
    "name": "name charname aidisplayname displayname charactername ainame participantname",
    "nickname": "nickname chatname callname alias",
    "description": "description charpersona persona desc aipersona definition body context "
    "characterdescription chardescription about bio profile",
    "personality": "personality tavernpersonality traits personalitysummary",
    "scenario": "scenario worldscenario situation setting",
    "greeting": "firstmes chargreeting greeting firstmessage initialmessage welcomemessage "
    "openingmessage openingline intro prologue",
    "greetings": "alternategreetings firstmessages greetings alternatemessages openinglines "
    "alternategreeting altgreetings alternatefirstmessages",
    "group_greetings": "grouponlygreetings groupgreetings",
    "examples": "mesexample exampledialogue exampledialogues exampledialogs exampledialog "
    "customdialogue samplechat examplemessage examplemessages exampleconversation dialogueexamples "
    "examplechats sampledialogue",
    "system": "systemprompt baseprompt mainprompt systeminstruction",
    "post_history": "posthistoryinstructions jailbreak replaceglobalnote ujb",
    "depth": "depthprompt characternote charactersnote insert authorsnote",
    "creator": "creator author creatorname",
    "version": "characterversion",
    "tags": "tags topics categories",
    "source": "source",
    "creator_notes": "creatornotes creatorcomment creatorsnotes tagline shortdescription",
    "creator_notes_more": "creatornotesmultilingual",
    "appearance": "appearance charappearance looks",
    "language": "language lang culture locale",
    "gender": "gender sex pronouns",
    "age": "age",
    "occupation": "occupation job profession",
    "assets": "assets additionalassets emotionimages",
    "extensions": "extensions",
    "spec": "spec",
}
_FIELDS = {alias: field for field, aliases in _ALIASES.items() for alias in aliases.split()}
_ABOUT = ("description", "personality", "scenario", "greeting", "greetings", "examples")
_CARDLIKE = ("spec", "personality", "scenario", "greeting", "greetings", "examples", "gender")
"""Of these a card has one at least; a package or a page on the web has a name and a description."""
_DEEPEST = 5
_MOST_CARDS = 50


@dataclass(frozen=True, slots=True)
class CardFields:
    """A card's texts as they were written, their macros and all; ``facts`` are further fields with
    a short text, ``dropped`` are things with no place in a persona, in words."""

    name: str
    nickname: str = ""
    description: str = ""
    personality: str = ""
    scenario: str = ""
    greetings: tuple[str, ...] = ()
    group_greetings: tuple[str, ...] = ()
    examples: str = ""
    system: str = ""
    post_history: str = ""
    depth: str = ""
    about: tuple[tuple[str, str], ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    language: str = ""
    lore: Lore = NO_LORE
    dropped: tuple[str, ...] = ()
    cut: bool = False


def cards_in(values: Any, stem: str = "") -> list[CardFields]:
    """The cards in a file's values: one, or several in a list; raises ``CardError``.

    ``stem``: what a card without a name is called, such as the file's name.
    """
    several = [_kobold(each) for each in _several(values)]
    found = [fields for each in several if (fields := _card(each, stem))]
    if found:
        return found[:_MOST_CARDS]
    raise CardError(_what_else(values))


def _several(values: Any) -> list[Any]:
    if isinstance(values, list):
        return values[: 2 * _MOST_CARDS]
    if isinstance(values, Mapping):
        for key in ("characters", "cards", "personas", "bots"):
            inner = values.get(key)
            if isinstance(inner, list) and inner and not _level(values)[0]:
                return inner[: 2 * _MOST_CARDS]
    return [values]


def _kobold(values: Any) -> Any:
    """A saved story of Kobold with the names of a card; other values as they are."""
    given = mapping_of(values)
    if "memory" not in given or not any(key in given for key in ("gamestarted", "prompt")):
        return values
    return {
        "name": text_of(mapping_of(given.get("savedsettings")).get("chatopponent")).split("||$||")[
            0
        ],
        "description": given["memory"],
        "first_mes": given.get("prompt"),
        "depth_prompt": given.get("authorsnote"),
        "world_info": given.get("worldinfo"),
    }


def _opponent(settings: Mapping[str, Any]) -> str:
    """The first of those with whom a chat in Kobold is held."""
    return text_of(settings.get("chatopponent")).split("||$||")[0]


def _what_else(values: Any) -> str:
    """Why these values are no card."""
    if isinstance(values, Mapping):
        if is_book(values):
            return (
                "This is a lorebook without a character. Import the card that it belongs to, or "
                "put what the customer knows under “# Background” of a persona."
            )
        if any(key in values for key in ("temperature", "temp", "input_sequence", "prompt_order")):
            return "These are settings of a chat program, and no character card."
        if any(_level(each)[0].get("name") for each in _levels(values)):
            return "This JSON is no character card: it has a name, but nothing about anyone."
    return "This JSON is no character card: it has no name, or nothing about one."


class _Level:
    """One object of the JSON that may be a card, with those around it."""

    def __init__(self, path: list[dict[str, Any]]) -> None:
        self._path = path

    def get(self, field: str) -> Any:
        """The field where it stands, else where an object around it has it; None without one."""
        return next((level[field] for level in self._path if is_full(level.get(field))), None)

    def text(self, field: str) -> str:
        return text_of(self.get(field))


def _card(values: Any, stem: str) -> CardFields | None:
    """The card in these values: the object that says most, and what stands around it."""
    paths = list(_paths(values, []))
    if not paths:
        return None
    path = max(paths, key=lambda path: _weight(path[0]))
    level = _Level(path)
    name = _name(level, stem)
    if not name or not any(is_full(level.get(field)) for field in _ABOUT):
        return None
    if not any(field in each for each in path for field in _CARDLIKE):
        return None
    return _fields(level, name, values)


def _name(level: _Level, stem: str) -> str:
    name = level.get("name")
    # Backyard has a name for its lists, and the one that is spoken.
    return (
        name.strip() if isinstance(name, str) and name.strip() else level.text("nickname") or stem
    )


def _fields(level: _Level, name: str, values: Any) -> CardFields:
    greetings = [*texts_of(level.get("greeting")), *texts_of(level.get("greetings"))]
    extensions = mapping_of(level.get("extensions"))
    depth = level.text("depth") or text_of(extensions.get("depth_prompt"))
    about = [
        ("creator", level.text("creator")),
        ("version", level.text("version")),
        ("tags", listed(level.get("tags"))),
        ("source", listed(level.get("source"))),
        ("notes", level.text("creator_notes")),
        ("notes", level.text("creator_notes_more")),
    ]
    texts = {
        field: level.text(field)
        for field in (
            "description",
            "personality",
            "scenario",
            "examples",
            "system",
            "post_history",
        )
    }
    if _chub(level):
        # There "personality" is what others call the description, which is for readers.
        texts["description"] = level.text("chub")
        about.append(("notes", level.text("description")))
    if appearance := level.text("appearance"):
        texts["description"] += f"\n\nAppearance: {appearance}"
    lore = read_lore(_books(values), extensions)
    whole = [*texts.values(), *greetings, depth]
    return CardFields(
        name=name,
        nickname=level.text("nickname"),
        greetings=tuple(text[:LONGEST] for text in dict.fromkeys(greetings))[:MOST_TEXTS],
        group_greetings=tuple(texts_of(level.get("group_greetings")))[:MOST_TEXTS],
        depth=depth[:LONGEST],
        about=tuple((key, text) for key, text in about if text.strip()),
        facts=tuple(
            (label, text)
            for label in ("age", "gender", "occupation")
            if (text := level.text(label)) and len(text) <= 200
        ),
        language=level.text("language"),
        lore=lore,
        dropped=tuple(_dropped(level, extensions)),
        cut=any(len(text) > LONGEST for text in whole) or len(greetings) > MOST_TEXTS,
        **{field: text[:LONGEST] for field, text in texts.items()},
    )


def _chub(level: _Level) -> bool:
    return level.get("chub") is not None


def _dropped(level: _Level, extensions: Mapping[str, Any]) -> Iterator[str]:
    if any(mapping_of(each).get("uri") != "ccdefault:" for each in list_of(level.get("assets"))):
        yield "Pictures and sounds of the card are left out."
    scripts = ("regex_scripts", "risuai", "tavern_helper", "TavernHelper_scripts")
    if any(is_full(_scripts(extensions.get(key))) for key in scripts):
        yield "Scripts of the card, which other programs run, are left out."


def _scripts(value: Any) -> Any:
    if isinstance(value, Mapping):
        return [value.get(key) for key in ("customScripts", "triggerscript") if value.get(key)]
    return value


def _paths(values: Any, around: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Each object that may be a card, before those in which it stands."""
    if isinstance(values, str) and values.lstrip().startswith("{") and around:
        values = parsed(values)
    if isinstance(values, list) and values and around:
        values = values[0]
    if not isinstance(values, Mapping) or len(around) > _DEEPEST:
        return
    fields, rest = _level(values)
    path = [fields, *around]
    yield path
    for inner in rest:
        yield from _paths(inner, path)


def _levels(values: Any) -> Iterator[Any]:
    if isinstance(values, Mapping):
        yield values
        yield from (inner for inner in values.values() if isinstance(inner, Mapping))


def _level(values: Any) -> tuple[dict[str, Any], list[Any]]:
    """The known fields of an object by our names, and the values under names that are unknown."""
    fields: dict[str, Any] = {}
    rest: list[Any] = []
    given = mapping_of(values)
    plain = {plain_key(key): value for key, value in list(given.items())[:500]}
    if "tavernpersonality" in plain and "personality" in plain:
        fields["chub"] = plain.pop("personality")
    for key, value in plain.items():
        field = _FIELDS.get(key)
        if field and not _holds_more(field, value):
            if not is_full(fields.get(field)):
                fields[field] = value
            elif field in ("description", "greetings"):
                fields[field] = _joined(fields[field], value, field)
        elif key not in BOOKS and isinstance(value, Mapping | str | list):
            rest.append(value)
    return fields, rest


def _holds_more(field: str, value: Any) -> bool:
    """Whether what stands under a field's name is an object around the card instead."""
    if field == "name":
        return not isinstance(value, str)
    return (
        field == "description"
        and isinstance(value, Mapping)
        and any(_FIELDS.get(plain_key(key)) in ("name", *_CARDLIKE) for key in value)
    )


def _joined(first: Any, second: Any, field: str) -> Any:
    """Both of two fields that are one to us: a description and what is remembered of it."""
    if field == "greetings":
        return [*list_of(first), *list_of(second)]
    one, other = text_of(first), text_of(second)
    return one if other in one else other if one in other else f"{one}\n\n{other}"


def _weight(fields: Mapping[str, Any]) -> int:
    return sum(is_full(value) for value in fields.values())


def _books(values: Any, deep: int = 0) -> Iterator[Any]:
    """All lorebooks, wherever they stand in the file."""
    if not isinstance(values, Mapping) or deep > _DEEPEST:
        return
    for key, value in values.items():
        plain = plain_key(key)
        if plain in BOOKS:
            yield value
        elif (isinstance(value, Mapping) and plain not in _FIELDS) or plain == "extensions":
            yield from _books(value, deep + 1)
