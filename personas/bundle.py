"""Persona files that come or go together: what was picked for an import, and zips."""

import io
import logging
import stat
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from personas.cards import SIGNATURE, CardError, is_card, read_card
from personas.parse import failure
from personas.source import LIMIT

log = logging.getLogger(__name__)

MOST_FILES = 1000
"""Files that one zip may hold, and that one import may have."""
LARGEST = 20_000_000
"""Bytes of one picked file."""
MOST_BYTES = 64_000_000
"""Bytes that all files of an import may have together, unpacked."""

_ENTRY = b"PK\x01\x02"  # the signature of each entry in a zip's directory
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # others can ask for gigabytes of memory


class BundleError(Exception):
    """Nothing of what was picked can be taken; the text is for a person."""


@dataclass(frozen=True, slots=True)
class Loose:
    """One file of what was picked: ``name`` as its owner knows it, ``data`` the persona file.

    ``trouble`` says why it is no persona file; ``notes`` are what to know of one that was made of
    a character card, and ``card`` is the name on that card.
    """

    name: str
    data: bytes = b""
    trouble: str = ""
    notes: tuple[str, ...] = ()
    card: str = ""

    @property
    def stem(self) -> str:
        """What a name for the file can be made of."""
        return self.card or PurePosixPath(_slashed(self.name)).stem


def opened(picked: Iterable[tuple[str, bytes]]) -> list[Loose]:
    """The persona files in what was picked, zips and character cards opened.

    Raises ``BundleError`` for what is hostile or too much: then nothing is taken.
    """
    found: list[Loose] = []
    left = MOST_BYTES
    for name, data in picked:
        if len(data) > LARGEST:
            size = f"{LARGEST // 1_000_000} MB"
            raise BundleError(f"{_shown(name)} is over {size}. Nothing was imported.")
        for loose in _open(name, data, left):
            left -= len(loose.data)
            found.append(loose)
            if left < 0 or len(found) > MOST_FILES:
                raise BundleError(_too_much())
    return found


def packed(files: Iterable[tuple[str, bytes]]) -> bytes:
    """A zip of these files, by name; the same files give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(files):
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(info, data)
    return out.getvalue()


def _open(name: str, data: bytes, left: int) -> Iterator[Loose]:
    ending = PurePosixPath(_slashed(name)).suffix.casefold()
    if ending == ".zip":
        yield from _unpacked(name, data, left)
    elif is_card(data, ending):
        yield _card(name, data)
    elif ending in (".md", ".markdown"):
        yield _text(name, data)
    else:
        yield Loose(name, trouble="It is no persona file (.md), zip or character card.")


def _text(name: str, data: bytes) -> Loose:
    """A persona file as it is; errors of its text are the checker's matter."""
    if len(data) > LIMIT:
        return Loose(name, trouble=f"It is over {LIMIT // 1024} KB; no persona may be so long.")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return Loose(name, trouble="It is not UTF-8 text; save it as UTF-8 and try again.")
    if "\0" in text:
        return Loose(name, trouble="It has NUL bytes in it, so it is damaged or no text.")
    if not text.strip():
        return Loose(name, trouble="It is empty.")
    return Loose(name, data)


def _card(name: str, data: bytes) -> Loose:
    if name.casefold().endswith(".png") and not data.startswith(SIGNATURE):
        return Loose(name, trouble="It is no PNG picture, or a damaged one; get the original file.")
    try:
        card = read_card(data)
    except CardError as error:
        return Loose(name, trouble=str(error))
    except Exception as error:
        log.exception("reading the card %s failed", name)
        return Loose(name, trouble=f"{failure(error).message}.")
    return Loose(name, card.text.encode(), notes=card.notes, card=card.name)


def _unpacked(name: str, data: bytes, left: int) -> Iterator[Loose]:
    # The directory is read as a whole when a zip is opened: count before that.
    if data.count(_ENTRY) > MOST_FILES:
        raise BundleError(
            f"{_shown(name)} holds more than {MOST_FILES:,} files. Nothing was imported; pack "
            "fewer of them at once."
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield from _members(name, archive, left)
    except BundleError:
        raise
    except Exception as error:  # zipfile and what it calls raise a dozen kinds
        words = f"{_shown(name)} is no zip, or a damaged one. Nothing was imported."
        raise BundleError(words) from error


def _members(name: str, archive: zipfile.ZipFile, left: int) -> Iterator[Loose]:
    members = [info for info in archive.infolist() if not info.is_dir()]
    for info in members:
        if problem := _hostile(info):
            shown = _shown(info.filename)
            raise BundleError(f"{_shown(name)}: {shown} {problem} Nothing was imported.")
    wanted = [info for info in members if not _aside(info.filename)]
    if not wanted:
        raise BundleError(f"{_shown(name)} holds no file. Nothing was imported.")
    for info in wanted:
        content = _content(archive, info)
        left -= len(content)
        if left < 0:
            raise BundleError(_too_much())
        yield from _inner(info.filename, content)


def _inner(name: str, data: bytes) -> Iterator[Loose]:
    ending = PurePosixPath(_slashed(name)).suffix.casefold()
    if ending in (".md", ".markdown"):
        yield _text(name, data)
    elif ending in (".png", ".json"):
        yield _card(name, data) if len(data) <= LARGEST else Loose(name, trouble="It is too large.")
    else:
        yield Loose(name, trouble="It is no persona file (.md) or character card.")


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """What a member holds, counted as it is read: what its header promises may be a lie."""
    ending = PurePosixPath(_slashed(info.filename)).suffix.casefold()
    most = {".md": LIMIT, ".markdown": LIMIT, ".png": LARGEST, ".json": LARGEST}.get(ending, 0)
    if not most:
        return b""
    with archive.open(info) as file:
        return file.read(most + 1)


def _hostile(info: zipfile.ZipInfo) -> str:
    """Why a zip with this member is not to be trusted; empty when it may be."""
    name = _slashed(info.orig_filename)
    parts = name.split("/")
    if ".." in parts or name.startswith("/") or name[1:2] == ":" or "\0" in name:
        return "has a name that leads out of its folder."
    if stat.S_ISLNK(info.external_attr >> 16):
        return "is a link to another file."
    if info.flag_bits & 0x1:
        return "is encrypted; pack it without a password."
    if info.compress_type not in _METHODS:
        return "is packed in an unusual way; use an ordinary zip."
    return ""


def _aside(name: str) -> bool:
    """Whether a member is none of the author's: what systems add, and the folder's own README."""
    parts = _slashed(name).split("/")
    return (
        "__MACOSX" in parts
        or any(part.startswith(".") for part in parts)
        or parts[-1].casefold() in ("readme.md", "thumbs.db", "desktop.ini")
    )


def _slashed(name: str) -> str:
    return name.replace("\\", "/")


def _shown(name: str) -> str:
    """A name as it can be shown in a sentence."""
    plain = "".join(c if c.isprintable() else "?" for c in name)
    return f"“{plain[:80]}”"


def _too_much() -> str:
    return (
        f"That is more than {MOST_FILES:,} files, or than {MOST_BYTES // 1_000_000} MB when it is "
        "unpacked. Nothing was imported; take fewer at once."
    )
