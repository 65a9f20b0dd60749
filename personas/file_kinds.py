"""What a file is by its first bytes, and what to say of those that no persona can be made of."""

_RAR, _SEVEN, _TAR = "a RAR archive", "a 7z archive", "a tar archive"
_SIGNATURES = (
    (0, b"Rar!\x1a\x07", _RAR),
    (0, b"7z\xbc\xaf\x27\x1c", _SEVEN),
    (0, b"\x1f\x8b", "a gzip archive"),
    (0, b"BZh", "a bzip2 archive"),
    (0, b"\xfd7zXZ\0", "an xz archive"),
    (0, b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (257, b"ustar", _TAR),
)
_ENDINGS = {
    ".rar": _RAR,
    ".7z": _SEVEN,
    ".tar": _TAR,
    ".tgz": _TAR,
    ".gz": "a gzip archive",
    ".bz2": "a bzip2 archive",
    ".xz": "an xz archive",
    ".zst": "a zstd archive",
}
_CHATS = ".jsonl"
_ZIP = b"PK\x03\x04"
_DOCUMENTS = {
    ".odt": "a text document",
    ".xlsx": "a table",
    ".pptx": "a presentation",
    ".epub": "a book",
    ".pdf": "a PDF",
    ".doc": "a Word document",
    ".rtf": "a text document",
    ".pages": "a text document",
}


def is_zip(data: bytes) -> bool:
    """Whether the bytes begin as a zip's do; one without files has an end only."""
    return data.startswith((_ZIP, b"PK\x05\x06"))


def unreadable(data: bytes, ending: str) -> str:
    """Why a file of that ending, such as ``.rar``, is not read, and what to do; empty when it may
    be."""
    for at, signature, kind in _SIGNATURES:
        if data[at : at + len(signature)] == signature:
            return _archive(kind)
    if ending in _ENDINGS:
        return _archive(_ENDINGS[ending])
    document = "a PDF" if data.startswith(b"%PDF") else _DOCUMENTS.get(ending)
    if document:
        return f"It is {document}. Copy its text, and paste it here or save it as a .md file."
    if ending == _CHATS and b'"is_user"' in data[:20_000]:
        return "It is the record of a chat. Import the character card that was talked to."
    return ""


def _archive(kind: str) -> str:
    return f"It is {kind}. Unpack it, and import the files or a zip of them."
