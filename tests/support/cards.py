"""Character cards for tests, as their editors write them."""

import base64
import io
import json
import struct
import zipfile
import zlib
from typing import Any

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def card(version: int = 2, **fields: Any) -> dict[str, Any]:
    """A card of that version of the specification; ``fields`` replace its usual ones."""
    usual: dict[str, Any] = {
        "name": "Mira Holt",
        "description": "{{char}} runs a bakery.\n# She hates waiting.\n\n- Speaks fast.",
        "personality": "impatient, fair",
        "scenario": "{{char}} calls {{user}} about a broken oven. It broke on Friday.",
        "first_mes": '*She sighs.* "My oven is dead!" *She waits.* "Can you help, {{user}}?"',
        "mes_example": "<START>\n{{user}}: hi\n{{char}}: Finally.",
    }
    if version == 1:
        return usual | fields
    more = {
        "creator_notes": "Made for [fun]: enjoy",
        "system_prompt": "",
        "post_history_instructions": "",
        "alternate_greetings": [
            "Hello? <BOT> here.",
            '"My oven is dead!" "Can you help, {{user}}?"',
        ],
        "tags": ["baker", "angry"],
        "creator": "someone",
        "character_version": "1.2",
        "extensions": {},
        "character_book": {
            "extensions": {},
            "entries": [
                {"keys": ["oven", "heat"], "content": "The oven is a Volta 3.", "enabled": True},
                {"keys": ["secret"], "content": "Not this.", "enabled": False},
            ],
        },
    }
    spec = {"spec": f"chara_card_v{version}", "spec_version": f"{version}.0"}
    return {**spec, "data": usual | more | fields}


def json_card(version: int = 2, **fields: Any) -> bytes:
    """The card as a JSON file."""
    return json.dumps(card(version, **fields), ensure_ascii=False).encode()


def png(*chunks: tuple[bytes, bytes]) -> bytes:
    """A picture of one pixel with these chunks before its end."""
    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    parts = [(b"IHDR", header), *chunks, (b"IDAT", zlib.compress(b"\0\0")), (b"IEND", b"")]
    return SIGNATURE + b"".join(_chunk(kind, data) for kind, data in parts)


def png_card(keyword: str = "chara", version: int = 2, **fields: Any) -> bytes:
    """The card in a picture."""
    return png(embedded(keyword, json_card(version, **fields)))


def embedded(keyword: str, data: bytes) -> tuple[bytes, bytes]:
    """The chunk that holds a card's JSON."""
    return b"tEXt", keyword.encode() + b"\0" + base64.b64encode(data)


def compressed(keyword: str, data: bytes) -> tuple[bytes, bytes]:
    """The same, compressed."""
    return b"zTXt", keyword.encode() + b"\0\0" + zlib.compress(base64.b64encode(data))


def international(keyword: str, data: bytes, *, packed: bool = False) -> tuple[bytes, bytes]:
    """The same as international text, with a language and a keyword in it."""
    text = base64.b64encode(data)
    head = keyword.encode() + (b"\0\1\0" if packed else b"\0\0\0") + b"en\0Karte\0"
    return b"iTXt", head + (zlib.compress(text) if packed else text)


def zipped(*members: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    """A zip of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
