"""Persona files that come or go together: what was picked for an import, and zips."""

import codecs
import io
import logging
import re
import stat
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from personas import prompt_files
from personas.card_file import CardError, archived_card, is_picture
from personas.cards import CARDS, is_card, read_cards
from personas.file_kinds import is_zip, unreadable
from personas.mending import mended
from personas.parse import failure
from personas.prompt_import import NoPrompt
from personas.slugs import writable
from personas.source import LIMIT
from personas.zip_names import member_names

log = logging.getLogger(__name__)

_NAME = re.compile(r"^#{1,6}\s*Persona:\s*(.+)$", re.IGNORECASE | re.MULTILINE)
_TITLE = re.compile(r"^(?:scenario:|#\s*Persona:)\s*(.+)$", re.IGNORECASE | re.MULTILINE)

MOST_FILES = 1000
"""Files that one zip may hold, and that one import may have."""
LARGEST = 20_000_000
"""Bytes of one picked file."""
MOST_BYTES = 64_000_000
"""Bytes that all files of an import may have together, unpacked."""

_ENTRY = b"PK\x01\x02"  # the signature of each entry in a zip's directory
_TEXTS = (".md", ".markdown")
DEEPEST = 3
"""Zips in each other that are opened."""
_HEAD = 512
"""Bytes that are read of a file of another kind, to say what it is."""
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # others can ask for gigabytes of memory


class BundleError(Exception):
    """Nothing of what was picked can be taken; the text is for a person."""


@dataclass(frozen=True, slots=True)
class Loose:
    """One file of what was picked: ``name`` as its owner knows it, ``data`` the persona file.

    ``trouble`` says why it is no persona file; ``notes`` are what to know of one that was made of
    a character card or a prompt, and ``card`` is the name in it.
    """

    name: str
    data: bytes = b""
    trouble: str = ""
    notes: tuple[str, ...] = ()
    card: str = ""

    @property
    def stem(self) -> str:
        """What a name for the file can be made of."""
        own = self.card or PurePosixPath(_slashed(self.name)).stem
        if writable(own):
            return own
        # A name of signs alone: what the file says of itself stands in for it.
        titles = (match[1] for match in _TITLE.finditer(self.data.decode("utf-8", "replace")))
        return next(filter(writable, titles), own)


def opened(picked: Iterable[tuple[str, bytes]]) -> list[Loose]:
    """The persona files in what was picked, zips and character cards opened; what cannot be taken
    is among them, with the reason. Raises ``BundleError`` for more files than can be looked at."""
    opening = _Opening(MOST_BYTES)
    found: list[Loose] = []
    for name, data in picked:
        for loose in opening.open(name, data):
            found.append(loose)
            if len(found) > MOST_FILES:
                raise BundleError(
                    f"That is more than {MOST_FILES:,} files. Nothing was imported; take fewer of "
                    "them at once."
                )
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


class _Opening:
    """Opens what was picked, as long as it does not grow beyond ``left`` bytes all together."""

    def __init__(self, left: int) -> None:
        self._left = left

    def open(self, name: str, data: bytes, deep: int = 0) -> Iterator[Loose]:
        """What is in one file; zips in zips are opened, too."""
        zipped = ending(name) == ".zip" or (is_zip(data) and ending(name) != ".docx")
        # What was picked is counted as it is unpacked.
        self._left -= 0 if zipped and not deep else len(data)
        if trouble := self._too_much(data):
            yield Loose(name, trouble=trouble)
        elif zipped and not unreadable(data, ending(name)):
            yield from self._unpacked(name, data, deep)
        else:
            yield from _one(name, data)

    def _too_much(self, data: bytes) -> str:
        if len(data) > LARGEST:
            return f"It is over {LARGEST // 1_000_000} MB."
        if self._left < 0:
            return (
                f"With it, the files are more than {MOST_BYTES // 1_000_000} MB when they are "
                "unpacked. Import it by itself."
            )
        return ""

    def _unpacked(self, name: str, data: bytes, deep: int) -> Iterator[Loose]:
        if archived_card(data):
            yield from _cards(name, data)
            return
        # The directory is read as a whole when a zip is opened: count before that.
        if data.count(_ENTRY) > MOST_FILES:
            words = f"It holds more than {MOST_FILES:,} files; pack fewer of them at once."
            yield Loose(name, trouble=words)
            return
        if deep >= DEEPEST:
            yield Loose(name, trouble="It is a zip in a zip in a zip; unpack it first.")
            return
        try:
            archive = zipfile.ZipFile(io.BytesIO(data))
        except Exception:  # zipfile and what it calls raise a dozen kinds
            words = "It is no zip, or a damaged one; pack or download it once more."
            yield Loose(name, trouble=words)
            return
        with archive:
            yield from self._members(name, archive, deep)

    def _members(self, name: str, archive: zipfile.ZipFile, deep: int) -> Iterator[Loose]:
        members = [info for info in archive.infolist() if not info.is_dir()]
        names = member_names(members)
        for info in members:
            if _leads_out(info.orig_filename) or _leads_out(names[info.orig_filename]):
                shown = _shown(names[info.orig_filename])
                words = f"{shown} has a name that leads out of its folder; nothing of it is taken."
                yield Loose(name, trouble=words)
                return
        wanted = [info for info in members if not _aside(names[info.orig_filename])]
        if not wanted:
            yield Loose(name, trouble="It holds no file that could be imported.")
        for info in wanted:
            inner = names[info.orig_filename]
            yield from self._member(archive, info, f"{name}/{inner}" if deep else inner, deep)

    def _member(
        self, archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, deep: int
    ) -> Iterator[Loose]:
        """One file of a zip; one that cannot be unpacked costs only itself."""
        if trouble := _closed(info) or self._too_much(b""):
            yield Loose(name, trouble=trouble)
            return
        try:
            content = _content(archive, info)
        except Exception:  # zipfile and what it calls raise a dozen kinds
            yield Loose(name, trouble="It is damaged in the zip; pack it once more.")
            return
        yield from self.open(name, content, deep + 1)


def ending(name: str) -> str:
    """How a file's name ends, such as ``.png``."""
    return PurePosixPath(_slashed(name)).suffix.casefold()


def _one(name: str, data: bytes) -> Iterator[Loose]:
    """What a single file makes."""
    kind = ending(name)
    if trouble := unreadable(data, kind):
        yield Loose(name, trouble=trouble)
    elif kind in prompt_files.ENDINGS and (kind != ".json" or prompt_files.is_list(data)):
        yield from _prompts(name, data, kind)
    elif is_card(data, kind):
        yield from _cards(name, data)
    elif kind in _TEXTS:
        yield from _text(name, data)
    else:
        yield Loose(name, trouble=_NO_KIND)


_NO_KIND = (
    "It is no persona file (.md), zip, character card (.png, .json), prompt (.txt, .docx) or list "
    "of scenarios (.yaml, .json, .jsonl, .csv)."
)


def _prompts(name: str, data: bytes, kind: str) -> Iterator[Loose]:
    """A draft for each customer in a prompt, or in a list of scenarios."""
    try:
        found = prompt_files.read(PurePosixPath(_slashed(name)).stem, data, kind)
    except NoPrompt as error:
        yield Loose(name, trouble=str(error))
    except Exception as error:
        log.exception("reading the prompt %s failed", name)
        yield Loose(name, trouble=f"{failure(error).message}.")
    else:
        for one in found:
            if one.text:
                yield Loose(name, one.text.encode(), notes=one.notes, card=one.name)
            else:
                yield Loose(name, trouble=f"{one.name}: {' '.join(one.notes)}")


def _text(name: str, data: bytes) -> Iterator[Loose]:
    """A persona file as it is, less what programs put around it; errors of its text are the
    checker's matter. What is a prompt or several files becomes drafts."""
    if len(data) > LIMIT and data.count(b"\n# ") < 2:
        yield Loose(name, trouble=f"It is over {LIMIT // 1024} KB; no persona may be so long.")
        return
    try:
        text = prompt_files.text_of(data, ".md")
    except NoPrompt as error:
        yield Loose(name, trouble=str(error))
        return
    better = mended(text)
    files = prompt_files.several(better)
    if len(files) > 1:
        for file in files:
            yield Loose(name, file.encode(), card=_named(file))
    elif prompt_files.is_prompt(better):
        yield from _prompts(name, data, ".md")
    elif better != text or text.encode() != data.removeprefix(codecs.BOM_UTF8):
        yield Loose(name, better.encode(), notes=(_MENDED,))
    else:
        yield Loose(name, data)


_MENDED = (
    "What a program put around the file, or did to its letters, is taken away: words before or "
    "below it, a code block, wrongly decoded signs, UTF-16."
)


def _named(text: str) -> str:
    """The name of the persona in a text."""
    return next((match[1] for match in _NAME.finditer(text)), "")


def _cards(name: str, data: bytes) -> Iterator[Loose]:
    if ending(name) in (".png", ".apng") and not is_picture(data):
        yield Loose(name, trouble="It is no PNG picture, or a damaged one; get the original file.")
        return
    try:
        cards = read_cards(data, PurePosixPath(_slashed(name)).stem)
    except CardError as error:
        yield Loose(name, trouble=str(error))
    except Exception as error:
        log.exception("reading the card %s failed", name)
        yield Loose(name, trouble=f"{failure(error).message}.")
    else:
        for card in cards:
            yield Loose(name, card.text.encode(), notes=card.notes, card=card.name)


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """What a member holds, counted as it is read: what its header promises may be a lie."""
    kind = ending(info.filename)
    whole = (".zip", *CARDS, *prompt_files.ENDINGS)
    most = LIMIT if kind in _TEXTS else LARGEST if kind in whole else _HEAD
    with archive.open(info) as file:
        return file.read(most + 1)


def _leads_out(name: str) -> bool:
    """Whether a zip with this member is not to be trusted."""
    name = _slashed(name)
    return (
        ".." in name.split("/")
        or name.startswith("/")
        or bool(re.match("[A-Za-z]:", name))
        or "\0" in name
    )


def _closed(info: zipfile.ZipInfo) -> str:
    """Why a member cannot be unpacked; empty when it can."""
    if stat.S_ISLNK(info.external_attr >> 16):
        return "It is a link to another file."
    if info.flag_bits & 0x1:
        return "It is encrypted; pack it without a password."
    if info.compress_type not in _METHODS:
        return "It is packed in an unusual way; use an ordinary zip."
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
