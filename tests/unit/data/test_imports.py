"""The texts that personas were imported with: they follow a rename, and cost nobody anything."""

from pathlib import Path

import pytest

from data.imports import Imports


def test_the_last_text_is_known_and_follows_the_persona(tmp_path: Path) -> None:
    imports = Imports(tmp_path / "imports")
    assert imports.text("ann") is None
    imports.note("ann", "one\r\n")
    imports.note("ann", "two\r\n")
    assert Imports(tmp_path / "imports").text("ann") == "two\r\n"
    for old, new in (("ann", "archive.ann"), ("archive.ann", "eve"), ("nobody", "eve")):
        imports.renamed(old, new)
    assert (imports.text("ann"), imports.text("eve")) == (None, "two\r\n")


@pytest.mark.parametrize("name", ["../out", "", "a/b", "A", ".."])
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    imports = Imports(tmp_path / "imports")
    imports.note(name, "text")
    assert imports.text(name) is None
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_what_cannot_be_read_or_written_is_not_known(tmp_path: Path) -> None:
    (tmp_path / "imports").write_text("no folder")
    imports = Imports(tmp_path / "imports")
    imports.note("ann", "one")
    assert imports.text("ann") is None
