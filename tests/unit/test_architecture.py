"""Imports go one way."""

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.support.places import ROOT

KNOWS = {
    "personas": {"personas"},
    "data": {"data"},
    "agent": {"agent", "personas", "data"},
    "ui": {"ui", "agent", "personas", "data"},
}
"""What each package may import of ours."""
SHARED = "data.common"
"""What both bottom packages need: it knows nothing of ours, and ``personas`` nothing else of
``data``."""
OURS = {*KNOWS, "app", "tests"}
PAGES = {"nicegui", "fastapi", "starlette"}
"""What only pages and the composition root may import of the web."""


def imports(source: str, package: str, names: bool = False) -> Iterator[tuple[int, str]]:
    """Line and dotted name of every import in a module of ``package``, wherever it stands; with
    ``names``, of each thing that is imported from another."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom) and node.level:
            # One dot in a package of one level stays inside; more dots would leave it.
            inside = package.split(".")[: len(package.split(".")) + 1 - node.level]
            yield node.lineno, ".".join(inside) or "outside"
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names if names else node.names[:1]:
                yield node.lineno, f"{node.module}.{alias.name}" if names else node.module


def breaches(source: str, package: str) -> list[tuple[int, str]]:
    """The imports that a module of ``package`` (dotted) must not have."""
    top = package.split(".")[0]
    forbidden = (OURS | {"outside"}) - (set() if _is_shared(package) else KNOWS[top])
    if top != "ui":
        forbidden |= PAGES
    found = imports(source, package)
    return [
        (line, name)
        for line, name in found
        if name.split(".")[0] in forbidden and not _is_shared(name)
    ]


def _is_shared(name: str) -> bool:
    return f"{name}.".startswith(f"{SHARED}.")


def modules(*folders: str) -> list[Path]:
    """The Python files below these folders of the project."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def _package(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).parent.parts)


@pytest.mark.parametrize("package", KNOWS)
def test_a_package_imports_only_what_stands_below_it(package: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in modules(package)
        for line, name in breaches(path.read_text(encoding="utf-8"), _package(path))
    ]
    assert not found, "\n".join(found)


def test_nothing_imports_the_composition_root() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in modules(*KNOWS, "tests")
        for line, name in imports(path.read_text(encoding="utf-8"), _package(path))
        if name.split(".")[0] == "app"
    ]
    assert not found, "\n".join(found)


def takes_from_a_test(name: str) -> bool:
    """Whether this dotted name is a module of tests, or something in one."""
    parts = name.split(".")
    return parts[0] == "tests" and any(part.startswith("test_") for part in parts[1:])


def test_what_tests_share_stands_in_support() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in modules("tests")
        for line, name in imports(path.read_text(encoding="utf-8"), _package(path), names=True)
        if takes_from_a_test(name)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("top", ["agent", "ui"])
def test_the_packages_inside_one_stand_in_an_order(top: str) -> None:
    """Modules right in ``agent`` or ``ui`` are no package: each of them counts by itself."""
    order: TopologicalSorter[str] = TopologicalSorter()
    for path in modules(top):
        inside = path.relative_to(ROOT / top).with_suffix("").parts
        for _, name in imports(path.read_text(encoding="utf-8"), _package(path), names=True):
            known = name.split(".")
            if known[0] == top and len(known) > 1 and known[1] != inside[0]:
                order.add(inside[0], known[1])
    order.prepare()  # raises where two know each other


@pytest.mark.parametrize(
    ("source", "package"),
    [
        ("import agent.simulation.directing.director", "personas"),
        ("from data.records import Turn", "personas"),
        ("from data.commons import files", "personas"),
        ("from data.records import Turn", "data.common"),
        ("from personas.model import Persona", "data.common"),
        ("from personas import model", "data"),
        ("from nicegui import app", "agent"),
        ("def later():\n    import ui.kit.frame", "agent.engines"),
        ("if TYPE_CHECKING:\n    from ui.context import Studio", "agent"),
        ("from .. import ui", "agent"),
        ("from ...ui import frame", "agent.engines"),
        ("import app", "ui"),
        ("from tests.support.studio import World", "ui"),
    ],
)
def test_a_breach_is_seen(source: str, package: str) -> None:
    assert breaches(source, package)


@pytest.mark.parametrize(
    ("source", "package"),
    [
        ("from personas.model import Persona", "agent"),
        ("from data.records import Turn\nimport agent.protocol.messages as messages", "ui"),
        ("from nicegui import ui\nfrom ui.kit.frame import frame", "ui"),
        ("from .base import Engine", "agent.engines"),
        ("from ..link import Event", "agent.engines"),
        ("from uistring import app", "personas"),
        ("from data.common.observers import Observers", "personas"),
        ("from data.common import files", "data.common"),
    ],
)
def test_what_is_allowed_is_no_breach(source: str, package: str) -> None:
    assert not breaches(source, package)
