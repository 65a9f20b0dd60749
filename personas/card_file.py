"""Where a card's JSON stands: in a JSON file, in the chunks of a PNG, in the EXIF data of other
pictures, or in an archive (CHARX, BYAF).

The formats: https://github.com/kwaroran/character-card-spec-v3 (PNG, CHARX),
https://www.w3.org/TR/png-3/#11textinfo (chunks).
"""

import base64
import binascii
import io
import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MOST_CHUNKS = 20_000
"""Chunks that are looked at; a picture has a few hundred."""
LARGEST_TEXT = 16_000_000
"""Bytes that the text of one chunk, or a file in an archive, may have when it is unpacked."""
MOST_FILES = 2000
"""Files that an archive with a card may hold."""
_KEYWORDS = ("ccv3", "chara")
"""Keywords of the chunks that hold a card, the newer one first."""
_ARCHIVED = b"PK\x01\x02"


class CardError(Exception):
    """No character card can be read there; the text is for a person."""


@dataclass(frozen=True, slots=True)
class CardSource:
    """A card's JSON as it was found, and what to tell of how it was found."""

    values: Any
    notes: tuple[str, ...] = ()


def is_picture(data: bytes) -> bool:
    """Whether the bytes are a picture of a kind that cards come in."""
    return data.startswith((SIGNATURE, b"\xff\xd8\xff")) or data[8:12] == b"WEBP"


def archived_card(data: bytes) -> bool:
    """Whether a zip, which may stand behind a picture, is one card: CHARX, or Backyard's BYAF."""
    if data.count(_ARCHIVED) > MOST_FILES:
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return bool(_of_archive(archive.namelist()))
    except Exception:  # zipfile and what it calls raise a dozen kinds
        return False


def card_source(data: bytes) -> CardSource:
    """The JSON of the card in a file's bytes; raises ``CardError``."""
    if data.startswith(b"PK") or (data.startswith(b"\xff\xd8") and archived_card(data)):
        return _archive(data)
    if data.startswith(SIGNATURE):
        return _picture(data)
    if is_picture(data):
        return _exif(data)
    return CardSource(as_json(data))


def as_json(data: bytes) -> Any:
    """The values in a JSON text; a text in a text is opened, too. Raises ``CardError``."""
    try:
        # What editors write into a string by hand, such as the end of a line, is no JSON, but
        # everybody reads it.
        values = json.loads(_decoded(data), strict=False)
        for _ in range(3):
            if not isinstance(values, str):
                break
            values = json.loads(values, strict=False)
    except (ValueError, RecursionError) as error:
        raise CardError("The card cannot be read: it is no JSON in UTF-8.") from error
    return values


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    text = data.decode("utf-8-sig").strip()
    if text.startswith("```"):
        text = text.partition("\n")[2].removesuffix("```")
    return text


def _picture(data: bytes) -> CardSource:
    """The newest card of a PNG that can be read."""
    try:
        chunks = [(keyword.casefold(), text) for keyword, text in text_chunks(data)]
    except ValueError as error:
        raise CardError("The picture is damaged or cut off; get the card once more.") from error
    found = [text for wanted in _KEYWORDS for keyword, text in chunks if keyword == wanted]
    assets = any(keyword.startswith("chara-ext-asset") for keyword, _ in chunks)
    notes = ["Pictures and sounds of the card are left out."] if assets else []
    for text in found:
        try:
            return CardSource(_from_chunk(text), tuple(notes))
        except CardError:
            notes.append("One of the cards in this picture is damaged; this is the other one.")
    if found:
        raise CardError("The card in this picture is damaged; get it once more.")
    try:
        return _exif(data)
    except CardError:
        raise _none() from None


def _none() -> CardError:
    return CardError(
        "There is no character card in this picture. Some sites and messengers remove it; "
        "download the original file."
    )


def _from_chunk(text: bytes) -> Any:
    """The values in a chunk: JSON in base64 as all write it, or plain as some do."""
    plain = b"".join(text.split())
    if plain[:1] in (b"{", b"[") or plain.startswith(b"\xef\xbb\xbf"):
        return as_json(text)
    plain = plain.translate(bytes.maketrans(b"-_", b"+/")).rstrip(b"=")
    try:
        values = base64.b64decode(plain + b"=" * (-len(plain) % 4), validate=True)
    except binascii.Error as error:
        raise CardError("The card in this picture is damaged; get it once more.") from error
    if values[:2] in (b"\x1f\x8b", b"x\x9c", b"x\xda"):
        values = _inflated(values)
    return as_json(values)


def text_chunks(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Keyword and text of each ``tEXt``, ``zTXt`` and ``iTXt`` chunk; raises ValueError for what is
    no whole PNG."""
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
        if kind in (b"tEXt", b"zTXt", b"iTXt"):
            keyword, _, rest = bytes(view[at + 8 : end]).partition(b"\0")
            yield keyword.decode("latin-1"), _chunk_text(kind, rest)
        at = end + 4
    raise ValueError("too many chunks")


def _chunk_text(kind: bytes, rest: bytes) -> bytes:
    """The text behind the keyword; empty when it cannot be unpacked."""
    packed = False
    if kind == b"zTXt":
        packed, rest = True, rest[1:]
    elif kind == b"iTXt":
        packed = rest[:1] == b"\1"
        # Language and translated keyword, each with a zero at its end, stand before the text.
        rest = rest[2:].partition(b"\0")[2].partition(b"\0")[2]
    try:
        return _inflated(rest) if packed else rest
    except CardError:
        return b""


def _inflated(data: bytes) -> bytes:
    # 47: zlib or gzip, whichever its head says.
    unpacker = zlib.decompressobj(47)
    try:
        text = unpacker.decompress(data, LARGEST_TEXT)
    except zlib.error as error:
        raise CardError("The card in this picture is damaged; get it once more.") from error
    if not unpacker.eof:
        raise CardError("The card in this picture is cut off or far too large.")
    return text


def _exif(data: bytes) -> CardSource:
    """A card that stands as JSON in the metadata of a picture, as old TavernAI wrote it."""
    text = data.decode("latin-1")
    for sign in ('{"name"', '{"spec"', '{"data"', '{"char_name"', '{"public_id"'):
        at = text.find(sign)
        if at < 0:
            continue
        # The bytes behind it are the picture's.
        piece = data[at : at + LARGEST_TEXT].decode("utf-8", "replace")
        try:
            return CardSource(json.JSONDecoder(strict=False).raw_decode(piece)[0])
        except (ValueError, RecursionError):
            continue
    raise _none()


def _archive(data: bytes) -> CardSource:
    """The card of a CHARX or BYAF file."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if len(archive.infolist()) > MOST_FILES:
                raise CardError("The card holds too many files.")
            kind = _of_archive(archive.namelist())
            if kind == "byaf":
                return _backyard(archive)
            if kind != "charx":
                raise CardError("There is no card.json in this archive, so it is no CHARX card.")
            others = [name for name in archive.namelist() if _asset(name)]
            notes = ("Pictures and sounds of the card are left out.",) if others else ()
            return CardSource(as_json(_read(archive, "card.json")), notes)
    except CardError:
        raise
    except Exception as error:  # zipfile and what it calls raise a dozen kinds
        words = "The card is an archive that is damaged or cut off; get it once more."
        raise CardError(words) from error


def _asset(name: str) -> bool:
    return not name.endswith(("/", ".json", ".risum"))


def _of_archive(names: list[str]) -> str:
    if "card.json" in names:
        return "charx"
    if "manifest.json" in names and any(name.startswith("characters/") for name in names):
        return "byaf"
    return ""


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    if archive.getinfo(name).compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise CardError("The card is packed in an unusual way; export it once more.")
    with archive.open(name) as file:
        data = file.read(LARGEST_TEXT + 1)
    if len(data) > LARGEST_TEXT:
        raise CardError("The card is far too large.")
    return data


def _backyard(archive: zipfile.ZipFile) -> CardSource:
    """Backyard keeps the character and its scenarios in files of their own."""
    names = sorted(name for name in archive.namelist() if name.endswith(".json"))
    people = [n for n in names if n.startswith("characters/")]
    if not people:
        raise CardError("There is no character in this archive.")
    values = dict(_mapping(as_json(_read(archive, people[0]))))
    scenarios = [
        _mapping(as_json(_read(archive, name))) for name in names if name.startswith("scenarios/")
    ]
    first: Mapping[str, Any] = scenarios[0] if scenarios else {}
    values["scenario"] = first.get("narrative", "")
    values["greetings"] = [each.get("firstMessages") for each in scenarios]
    values["example_dialogue"] = first.get("exampleMessages", "")
    values["system_prompt"] = first.get("formattingInstructions", "")
    notes = []
    if len(people) > 1:
        notes.append("Only the first character of this file is taken.")
    if any("/images/" in name for name in archive.namelist()):
        notes.append("Pictures and sounds of the card are left out.")
    return CardSource(values, tuple(notes))


def _mapping(values: Any) -> Mapping[str, Any]:
    return values if isinstance(values, Mapping) else {}
