"""Prompts and lists of scenarios as other tools and people write them, with what is in them.

``prompts.yaml`` has a file's name and text, and of each customer in it the name and the fields that
a draft has; or the words that refuse it.
"""

from pathlib import Path
from typing import Any, NamedTuple

import yaml


class Case(NamedTuple):
    """A file, and its customers (name and fields of the persona) or why it is refused."""

    name: str
    text: str
    expected: list[dict[str, Any]]
    refused: str


def _case(values: dict[str, Any]) -> Case:
    told = values["expected"]
    refused = told if isinstance(told, str) else ""
    return Case(values["name"], values["text"], [] if refused else told, refused)


_VALUES = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
CASES = [_case(values) for values in _VALUES]


def text_of(name: str) -> str:
    """The text of the file of that name."""
    return next(case.text for case in CASES if case.name == name)
