"""What a command prints, whatever letters the console or the file behind it can hold."""

import io
import json
from typing import Any, TextIO


def print_json(values: Any, out: TextIO) -> None:
    """One JSON object; with escapes where ``out`` holds only some letters, and of half a character,
    as in the name of a file that is no text."""
    take_all_letters(out)
    ascii_only = "utf" not in (getattr(out, "encoding", None) or "utf-8").lower()
    json.dump(values, out, ensure_ascii=ascii_only, indent=2)
    out.write("\n")


def take_all_letters(out: TextIO) -> None:
    """Have ``out`` show letters that it does not know as escapes, instead of failing."""
    if isinstance(out, io.TextIOWrapper):
        out.reconfigure(errors="backslashreplace")
