"""Names in zips are read as they were written, whatever packed them."""

# Letters that look like others.
# ruff: noqa: RUF001

import struct
import zipfile
import zlib

import pytest

from personas.zip_names import member_names


def member(raw: bytes, *, flag: bool = False, extra: bytes = b"") -> zipfile.ZipInfo:
    """A member as zipfile reads it."""
    info = zipfile.ZipInfo("x")
    info.orig_filename = info.filename = raw.decode("utf-8" if flag else "cp437")
    info.flag_bits = 0x800 if flag else 0
    info.extra = extra
    return info


def unicode_path(raw: bytes, name: str) -> bytes:
    text = name.encode()
    return struct.pack("<HHBI", 0x7075, 5 + len(text), 1, zlib.crc32(raw)) + text


def read(*infos: zipfile.ZipInfo) -> list[str]:
    return list(member_names(infos).values())


@pytest.mark.parametrize(
    "name", ["Müßig.md", "สมใจ-บุญมา.md", "山田花子.md", "Sarah.md", "김철수.md", "a/ü/b.md"]
)
def test_utf8_with_and_without_saying_so(name: str) -> None:
    assert read(member(name.encode(), flag=True)) == [name]
    assert read(member(name.encode())) == [name]


def test_macos_s_letters_in_pieces_are_put_together() -> None:
    assert read(member("Mu\u0308ßig.md".encode())) == ["Müßig.md"]


def test_the_unicode_path_wins_when_it_is_of_this_name() -> None:
    raw = b"M?ig.md"
    assert read(member(raw, extra=unicode_path(raw, "Müßig.md"))) == ["Müßig.md"]
    assert read(member(raw, extra=unicode_path(b"other", "Müßig.md"))) == ["M?ig.md"]
    raw = "M\x81ig".encode("latin-1")
    stamp = struct.pack("<HHB", 0x5455, 1, 0)
    assert read(member(raw, extra=stamp + unicode_path(raw, "สมใจ"))) == ["สมใจ"]
    assert read(member(b"a.md", extra=b"\x75\x70\xff\xff")) == ["a.md"]


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("cp437", "Müßig|François Béranger|Zoë|Ärger|Frau Größe"),
        ("cp850", "Müßig|João Conceição|José Núñez|Søren Ødegård|ÅSA ÖBERG|Über uns|Jörg"),
        ("cp1252", "Müßig|José Núñez|Søren Ødegård|Zoë|Ärger|ÅSA ÖBERG|Jörg"),
        ("cp852", "Łukasz Żółć|Jiří Novák"),
        ("cp1250", "Łukasz Żółć"),
        ("cp866", "Иван Петров|ИВАН ПЕТРОВ"),
        ("cp1251", "Иван Петров|иван петров"),
        ("cp874", "สมใจ บุญมา|วิชัย|คุณยายทองดี|แม่ค้าออนไลน์"),
        ("cp932", "山田花子|佐藤健|さとう たけし|スズキ|お客様|クレーマー|高橋一郎|怒った客"),
        ("cp936", "王小明|李娜|客服投诉|愤怒的客户"),
        ("cp950", "陳美玲|王大明"),
        ("cp949", "김철수|박영희 고객|화난 고객"),
        ("cp737", "Μαρία"),
        ("cp1253", "Μαρία Παπαδοπούλου"),
        ("cp862", "שרה כהן"),
        ("cp1255", "שרה כהן"),
        ("cp720", "محمد علي"),
        ("cp1256", "محمد علي"),
        ("cp857", "Ayşe Yılmaz"),
        ("cp1254", "Ayşe Yılmaz"),
    ],
)
def test_what_windows_writes_is_guessed_so_that_one_can_read_it(page: str, names: str) -> None:
    for name in names.split("|"):
        assert read(member(f"{name}.md".encode(page))) == [f"{name}.md"]


def test_all_names_of_a_zip_are_of_one_page() -> None:
    names = ["スズキ.md", "山田.md", "Ann.md", "高橋/ア.md"]
    assert sorted(read(*(member(name.encode("cp932")) for name in names))) == sorted(names)


def test_bytes_of_no_page_are_read_anyhow() -> None:
    assert read(member(bytes(range(128, 256))))
