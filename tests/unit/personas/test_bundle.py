"""Exports and imports of many personas: nothing hostile gets in, nothing is lost on the way."""

import stat
import struct
import zipfile
from pathlib import Path

import pytest

from personas import bundle
from personas.arrivals import arrivals, take
from personas.bundle import BundleError, Loose, opened, packed
from personas.library import Library
from personas.parse import examine
from personas.persona_files import PersonaFiles
from tests.support.cards import json_card, png, png_card, zipped
from tests.support.persona_text import FULL, PLAIN, RICH

CRLF = ("\ufeff" + FULL.replace("\n", "\r\n")).encode()


def link(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


def test_there_and_back_again_gives_the_same_bytes() -> None:
    files = [("sarah.md", CRLF), ("ann.md", PLAIN.encode())]
    data = packed(files)
    assert packed(reversed(files)) == data
    assert [(loose.name, loose.data) for loose in opened([("personas.zip", data)])] == sorted(files)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_all_that_a_file_may_have_survives_export_import_and_moves(
    tmp_path: Path, end: str
) -> None:
    text = RICH.replace("\n", end)
    found = examine(text, "sarah")
    assert found.persona is not None
    assert found.findings == ()
    assert found.persona.briefing
    assert found.persona.phrases
    assert found.persona.exam
    assert not found.persona.published
    library = Library(tmp_path)
    (arrival,) = arrivals(opened([("all.zip", packed([("sarah.md", text.encode())]))]), library)
    assert take(arrival, "take", library, "kim").good
    files = PersonaFiles(library)
    files.rename("sarah", "sally", author="kim")
    name = files.archive("sally", author="kim")
    files.restore(name, "susan", author="kim")
    assert (tmp_path / "susan.md").read_bytes() == text.encode()
    entry = library.get("susan")
    assert entry is not None
    assert entry.persona is not None
    assert entry.persona.rules == found.persona.rules
    after = text.replace("Stays calm", "Stays polite")
    library.save("susan", after, base=entry.version, author="kim")
    assert (tmp_path / "susan.md").read_bytes() == after.encode()


def test_folders_and_what_systems_add() -> None:
    data = zipped(
        ("pack/sarah.md", CRLF),
        ("pack/README.md", b"hello"),
        ("__MACOSX/pack/._sarah.md", b"\x00"),
        ("pack/.DS_Store", b"\x00"),
        ("pack/notes.txt", b"x"),
    )
    found = opened([("pack.zip", data)])
    assert [(loose.stem, bool(loose.trouble)) for loose in found] == [
        ("sarah", False),
        ("notes", True),
    ]


@pytest.mark.parametrize(
    "name",
    ["../sarah.md", "a/../../sarah.md", "/etc/sarah.md", "C:/sarah.md", "..\\sarah.md", "\\x.md"],
)
def test_names_that_lead_out_are_refused_with_the_whole_zip(name: str) -> None:
    data = zipped(("good.md", CRLF), (name, CRLF))
    found = opened([("evil.zip", data), ("sarah.md", CRLF)])
    assert troubles(found) == [
        ("evil.zip", "leads out of its folder; nothing of it is taken"),
        ("sarah.md", ""),
    ]


def troubles(found: list[Loose]) -> list[tuple[str, str]]:
    """The end of each trouble's first sentence; the rest says what to do."""
    return [
        (loose.name, loose.trouble.partition(" has a name that ")[2].rstrip(".")) for loose in found
    ]


def test_links_are_refused_and_cost_only_themselves() -> None:
    data = zipped((link("sarah.md"), b"/etc/passwd"), ("ann.md", CRLF))
    evil, ann = opened([("evil.zip", data)])
    assert "is a link" in evil.trouble
    assert ann.data == CRLF


def test_ten_thousand_entries() -> None:
    data = zipped(*((f"p{i}.md", b"x") for i in range(10_000)))
    many, good = opened([("many.zip", data), ("sarah.md", CRLF)])
    assert "more than 1,000 files" in many.trouble
    assert good.data == CRLF


def test_more_files_than_can_be_looked_at() -> None:
    with pytest.raises(BundleError, match="more than 1,000 files"):
        opened((f"p{i}.md", b"x") for i in range(1001))


def test_entries_that_the_directory_s_end_hides_are_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("opened before it was counted")

    data = bytearray(zipped(*((f"p{i}.md", b"x") for i in range(1001))))
    end = data.rindex(b"PK\x05\x06")
    data[end + 8 : end + 12] = struct.pack("<HH", 1, 1)  # "one entry"
    monkeypatch.setattr(zipfile, "ZipFile", never)
    (many,) = opened([("many.zip", bytes(data))])
    assert "more than 1,000 files" in many.trouble


def test_a_file_that_unpacks_to_gigabytes_is_not_unpacked() -> None:
    data = zipped(("bomb.md", b"\0" * 50_000_000))
    assert len(data) < 100_000
    (loose,) = opened([("bomb.zip", data)])
    assert "over 256 KB" in loose.trouble
    assert loose.data == b""


def test_a_promise_of_ten_gigabytes() -> None:
    data = bytearray(zipped(("big.md", CRLF)))
    for signature, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = data.index(signature) + at
        data[place : place + 4] = struct.pack("<I", 0xFFFFFFF0)
    (loose,) = opened([("big.zip", bytes(data))])
    assert loose.data in (b"", CRLF)


def test_a_header_that_promises_little_and_holds_much() -> None:
    data = bytearray(zipped(("small.md", b"#" * 5_000_000)))
    for signature, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = data.index(signature) + at
        data[place : place + 4] = struct.pack("<I", 10)
    found = opened([("lie.zip", bytes(data))])
    assert all(len(loose.data) <= 10 for loose in found)


def test_all_together_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "MOST_BYTES", 500_000)
    data = zipped(*((f"p{i}.md", b"#" * 200_000) for i in range(3)))
    for picked in ([("much.zip", data)], [(f"p{i}.md", b"#" * 200_000) for i in range(3)]):
        found = opened(picked)
        assert [bool(loose.trouble) for loose in found] == [False, False, True]


def test_an_encrypted_zip() -> None:
    data = bytearray(zipped(("sarah.md", CRLF)))
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + at] |= 1
    (secret,) = opened([("secret.zip", bytes(data))])
    assert "encrypted; pack it without a password" in secret.trouble


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_unusual_packing_is_refused(method: int) -> None:
    info = zipfile.ZipInfo("sarah.md")
    info.compress_type = method
    odd, good = opened([("odd.zip", zipped((info, CRLF), ("ann.md", CRLF)))])
    assert "ordinary zip" in odd.trouble
    assert good.data == CRLF


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no zip, or a damaged one"),
        (b"hello", "no zip, or a damaged one"),
        (b"PK\x03\x04" + b"\0" * 100, "no zip, or a damaged one"),
        (zipped(("sarah.md", CRLF))[:-10], "no zip, or a damaged one"),
        (zipped(), "holds no file"),
        (zipped(("README.md", b"x")), "holds no file"),
    ],
)
def test_what_is_no_zip(data: bytes, words: str) -> None:
    bad, good = opened([("a.zip", data), ("sarah.md", CRLF)])
    assert words in bad.trouble
    assert good.data == CRLF


def test_a_damaged_member_costs_only_itself() -> None:
    data = bytearray(zipped(("sarah.md", CRLF), ("ann.md", CRLF)))
    data[60] ^= 0xFF
    bad, good = opened([("a.zip", bytes(data))])
    assert "damaged" in bad.trouble
    assert good.data == CRLF


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("pack.rar", b"Rar!\x1a\x07\x01\x00", "a RAR archive. Unpack it"),
        ("pack.zip", b"Rar!\x1a\x07\x00", "a RAR archive. Unpack it"),
        ("pack.7z", b"7z\xbc\xaf\x27\x1c", "a 7z archive. Unpack it"),
        ("pack.tar.gz", b"\x1f\x8b\x08", "a gzip archive. Unpack it"),
        ("pack.tar", b"a" * 257 + b"ustar", "a tar archive. Unpack it"),
        ("ann.pdf", b"%PDF-1.7", "a PDF. Copy its text"),
        ("ann.docx", zipped(("word/document.xml", b"x")), "The Word file is damaged"),
        ("chat.jsonl", b'{"is_user": true}', "record of a chat"),
    ],
)
def test_other_archives_and_documents_are_refused_in_words(
    name: str, data: bytes, words: str
) -> None:
    for picked in ([(name, data)], [("all.zip", zipped((f"a/{name}", data)))]):
        (loose,) = opened(picked)
        assert words in loose.trouble


def test_zips_and_cards_in_folders_and_in_zips() -> None:
    charx = zipped(("card.json", json_card(3)), ("assets/a.png", png()))
    inner = zipped(("b/sarah.md", CRLF), ("__MACOSX/b/._sarah.md", b"x"), ("mira.charx", charx))
    found = opened([("a/all.zip", zipped(("x/inner.zip", inner), ("y/ann.md", CRLF)))])
    assert [(loose.name, loose.stem, loose.trouble) for loose in found] == [
        ("x/inner.zip/b/sarah.md", "sarah", ""),
        ("x/inner.zip/mira.charx", "Mira Holt", ""),
        ("y/ann.md", "ann", ""),
    ]


def test_zips_in_zips_end_somewhere() -> None:
    data = zipped(("sarah.md", CRLF))
    for _ in range(6):
        data = zipped(("a.zip", data))
    (loose,) = opened([("a.zip", data)])
    assert "unpack it first" in loose.trouble


def test_zips_in_zips_do_not_grow_without_end() -> None:
    data = zipped(*((f"p{i}.json", b" " * 19_000_000) for i in range(6)))
    data = zipped(*((f"a{i}.zip", data) for i in range(6)))
    found = opened([("a.zip", data)])
    assert sum("more than 64 MB" not in loose.trouble for loose in found) <= 4


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("สมใจ-บุญมา.md", "สมใจ-บุญมา"),
        ("山田花子.md", "山田花子"),
        ("😀.md", "Billing Dispute"),
        ("___.md", "Billing Dispute"),
        ("pack\\sarah.md", "sarah"),
    ],
)
def test_what_a_name_is_made_of(name: str, stem: str) -> None:
    (loose,) = opened([(name, FULL.encode())])
    assert loose.stem == stem


@pytest.mark.parametrize("raw", ["สมใจ.md".encode(), "สมใจ.md".encode("cp874")])
def test_names_without_the_flag(raw: bytes) -> None:
    data = zipped(("a" * len(raw), CRLF)).replace(b"a" * len(raw), raw)
    (loose,) = opened([("thai.zip", data)])
    assert (loose.name, loose.data) == ("สมใจ.md", CRLF)


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.md", "é".encode("latin-1"), "not UTF-8"),
        ("a.md", b"# a\0b", "NUL bytes"),
        ("a.md", b"#" * (256 * 1024 + 1), "over 256 KB"),
        ("a.md", b" \n", "empty"),
        ("a.txt", b"x", "Nothing in it tells of a customer"),
        ("a", b"x", "no persona file"),
        ("a.png", png(), "no character card"),
        ("a.png", b"<html>Not found</html>", "no PNG picture"),
        ("a.json", b"[]", "no character card"),
    ],
)
def test_files_that_are_no_personas(name: str, data: bytes, words: str) -> None:
    (loose,) = opened([(name, data)])
    assert words in loose.trouble
    assert loose.data == b""


def test_a_huge_picture() -> None:
    big, good = opened([("big.png", png() + b"\0" * 20_000_001), ("sarah.md", CRLF)])
    assert "over 20 MB" in big.trouble
    assert good.data == CRLF


def test_cards_alone_and_in_a_zip() -> None:
    data = zipped(("cards/mira.png", png_card()), ("cards/mira.json", json_card()))
    found = opened([("cards.zip", data), ("x.png", png_card())])
    assert [(loose.stem, loose.trouble) for loose in found] == [("Mira Holt", "")] * 3
