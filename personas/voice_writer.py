"""Writes a voice's settings into the front matter of a persona's text; the rest stays as it is."""

import json
import re
from collections.abc import Mapping

import yaml

from personas.front_writer import (
    Edit,
    FrontNotWritten,
    added,
    composed,
    leaves,
    replaced,
    rewritten,
    unreadable,
    value_of,
)

Settings = Mapping[str, str | float]
"""Names and numbers of a voice's settings, as ``speaker`` and ``size``."""

_PLAIN = re.compile(r"[A-Za-z][\w-]*", re.ASCII)


def with_voice(text: str, engine: str, settings: Settings) -> str:
    """The text with ``voice: {ENGINE: {…}}`` in its front matter, which is made where there is
    none. Numbers are written to three decimals.

    Other engines, other settings of that one, comments, line ends and everything below stay byte
    for byte. Raises ``FrontNotWritten`` where the front matter cannot be read, or is written in a
    way that cannot be added to.
    """
    values = {name: _scalar(value) for name, value in settings.items()}
    text, before, after = rewritten(
        text, lambda source, root, end: _edits(source, root, engine, values, end)
    )
    if not _says(after, before, engine, settings):
        raise FrontNotWritten(
            "The voice cannot be written between lines like these. Write it by hand, on a line of "
            f"its own: voice: {_flow({engine: _flow(values)})}"
        )
    return text


def _edits(
    source: str, root: yaml.MappingNode | None, engine: str, values: Mapping[str, str], end: str
) -> list[Edit]:
    """What has to be replaced, the last place first."""
    if root is None:
        return [(len(source), len(source), f"voice: {_flow({engine: _flow(values)})}{end}")]
    voice = value_of(root, "voice", folded=True)
    if voice is None:
        return [added(source, root, {"voice": _flow({engine: _flow(values)})}, end, last=True)]
    if not isinstance(voice, yaml.MappingNode):
        if not _is_null(voice):
            raise unreadable()
        return [replaced(source, voice, _flow({engine: _flow(values)}))]
    own = value_of(voice, engine, folded=True)
    if own is None:
        return [added(source, voice, {engine: _flow(values)}, end)]
    if not isinstance(own, yaml.MappingNode):
        return [replaced(source, own, _flow(values))]
    edits = []
    missing = {}
    for name, value in values.items():
        old = value_of(own, name)
        if old is None:
            missing[name] = value
        else:
            edits.append(replaced(source, old, value))
    if missing:
        edits.append(added(source, own, missing, end))
    return sorted(edits, reverse=True)


def _is_null(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and (
        node.tag.endswith(":null") or not node.value.strip()
    )


def _says(made: str, source: str, engine: str, settings: Settings) -> bool:
    """Whether the new front matter says what the old one did, and the voice."""
    try:
        before, after = (list(leaves(composed(each))) for each in (source, made))
    except FrontNotWritten:
        return False
    places = {("voice", engine, name) for name in settings}
    # Where nothing stood, or a name, the settings stand now.
    emptied = (("voice",), ("voice", engine))
    kept = [each for each in before if each[0][:3] not in places and each[0] not in emptied]
    found = sorted((place[-1], words) for place, words in after if place in places)
    wanted = sorted((name, _written(value)) for name, value in settings.items())
    return found == wanted and kept == [each for each in after if each[0] not in places]


def _flow(values: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{name}: {value}" for name, value in values.items()) + "}"


def _scalar(value: str | float) -> str:
    """The value as it stands in the file."""
    if not isinstance(value, str):
        return _written(value)
    plain = _PLAIN.fullmatch(value) and yaml.safe_load(value) == value
    return value if plain else json.dumps(value, ensure_ascii=False)


def _written(value: str | float) -> str:
    """The value as YAML reads it: a name, or a number without needless zeros."""
    if isinstance(value, str):
        return value
    return f"{value:.3f}".rstrip("0").rstrip(".")
