"""Writes a voice's settings into the front matter of a persona's text; the rest stays as it is."""

import json
import re
from collections.abc import Iterator, Mapping

import yaml

from personas.front_yaml import FENCED, LONGEST, MOST_SIGNS, OPENED

Settings = Mapping[str, str | float]
"""Names and numbers of a voice's settings, as ``speaker`` and ``size``."""

_PLAIN = re.compile(r"[A-Za-z][\w-]*", re.ASCII)
_END = re.compile(r"\r\n|\n|\r")
_MEND = "Mend the lines between the two --- at the top first; the checker says what is wrong there."
Edit = tuple[int, int, str]
"""From where to where a text is replaced, and by what."""
Leaf = tuple[tuple[str, ...], str]
"""The keys that lead to a value, and the value as it is written."""


class VoiceNotWritten(Exception):
    """The text is as it was; the words are for a person and name the remedy."""


def with_voice(text: str, engine: str, settings: Settings) -> str:
    """The text with ``voice: {ENGINE: {…}}`` in its front matter, which is made where there is
    none. Numbers are written to three decimals.

    Other engines, other settings of that one, comments, line ends and everything below stay byte
    for byte. Raises ``VoiceNotWritten`` where the front matter cannot be read, or is written in a
    way that cannot be added to.
    """
    values = {name: _scalar(value) for name, value in settings.items()}
    match = FENCED.match(text)
    if match is None:
        if OPENED.match(text):
            raise VoiceNotWritten(_MEND)
        found = _END.search(text)
        end = found[0] if found else "\n"
        at = int(text.startswith("\ufeff"))
        line = f"voice: {_flow({engine: _flow(values)})}"
        return f"{text[:at]}---{end}{line}{end}---{end}{text[at:]}"
    source = match["yaml"]
    end = _END.findall(match["open"])[0]
    made = source
    for start, stop, words in _edits(source, _composed(source), engine, values, end):
        made = made[:start] + words + made[stop:]
    if not _says(made, source, engine, settings):
        raise VoiceNotWritten(
            "The voice cannot be written between lines like these. Write it by hand, on a line of "
            f"its own: voice: {_flow({engine: _flow(values)})}"
        )
    return text[: match.start("yaml")] + made + text[match.end("yaml") :]


def _edits(
    source: str, root: yaml.Node | None, engine: str, values: Mapping[str, str], end: str
) -> list[Edit]:
    """What has to be replaced, the last place first."""
    if root is None:
        return [(len(source), len(source), f"voice: {_flow({engine: _flow(values)})}{end}")]
    if not isinstance(root, yaml.MappingNode):
        raise VoiceNotWritten(_MEND)
    voice = _value(root, "voice", folded=True)
    if voice is None:
        return [_added(source, root, {"voice": _flow({engine: _flow(values)})}, end, last=True)]
    if not isinstance(voice, yaml.MappingNode):
        if not _is_null(voice):
            raise VoiceNotWritten(_MEND)
        return [_replaced(source, voice, _flow({engine: _flow(values)}))]
    own = _value(voice, engine, folded=True)
    if own is None:
        return [_added(source, voice, {engine: _flow(values)}, end)]
    if not isinstance(own, yaml.MappingNode):
        return [_replaced(source, own, _flow(values))]
    edits = []
    missing = {}
    for name, value in values.items():
        old = _value(own, name)
        if old is None:
            missing[name] = value
        else:
            edits.append(_replaced(source, old, value))
    if missing:
        edits.append(_added(source, own, missing, end))
    return sorted(edits, reverse=True)


def _added(
    source: str, node: yaml.MappingNode, values: Mapping[str, str], end: str, *, last: bool = False
) -> Edit:
    """More keys for a mapping; ``last`` puts them at the end of one that fills the source."""
    words = [f"{name}: {value}" for name, value in values.items()]
    if node.flow_style:
        if not node.value:
            at = node.end_mark.index - 1
            return at, at, ", ".join(words)
        at = node.value[-1][1].end_mark.index
        return at, at, "".join(f", {each}" for each in words)
    first = node.value[0][0].start_mark
    indent = " " * first.column
    if last:
        return len(source), len(source), "".join(f"{indent}{each}{end}" for each in words)
    return first.index, first.index, "".join(f"{each}{end}{indent}" for each in words)


def _replaced(source: str, node: yaml.Node, words: str) -> Edit:
    start, stop = node.start_mark.index, node.end_mark.index
    if start == stop and source[start - 1 : start] == ":":
        words = f" {words}"
    return start, stop, words


def _value(node: yaml.MappingNode, name: str, *, folded: bool = False) -> yaml.Node | None:
    """The value of that key; ``folded``: in any letter case."""
    for key, value in node.value:
        if isinstance(key, yaml.ScalarNode):
            found = key.value.casefold() if folded else key.value
            if found == name:
                return value  # type: ignore[no-any-return]
    return None


def _is_null(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and (
        node.tag.endswith(":null") or not node.value.strip()
    )


def _composed(source: str) -> yaml.Node | None:
    # Control characters are refused by YAML and only remarked on by the checker.
    source = yaml.reader.Reader.NON_PRINTABLE.sub(" ", source)
    if len(source) > LONGEST or sum(map(source.count, "[{-?:")) > MOST_SIGNS:
        raise VoiceNotWritten(_MEND)
    try:
        # Not by libyaml, which counts a BOM otherwise. Without aliases nothing grows when copied.
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(source, yaml.SafeLoader)):
            raise VoiceNotWritten(_MEND)
        return yaml.compose(source, yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError):
        raise VoiceNotWritten(_MEND) from None


def _says(made: str, source: str, engine: str, settings: Settings) -> bool:
    """Whether the new front matter says what the old one did, and the voice."""
    try:
        before, after = (list(_leaves(_composed(each))) for each in (source, made))
    except VoiceNotWritten:
        return False
    places = {("voice", engine, name) for name in settings}
    # Where nothing stood, or a name, the settings stand now.
    emptied = (("voice",), ("voice", engine))
    kept = [each for each in before if each[0][:3] not in places and each[0] not in emptied]
    found = sorted((place[-1], words) for place, words in after if place in places)
    wanted = sorted((name, _written(value)) for name, value in settings.items())
    return found == wanted and kept == [each for each in after if each[0] not in places]


def _leaves(node: yaml.Node | None, place: tuple[str, ...] = ()) -> Iterator[Leaf]:
    """What is written at the end of every path of keys, in its order."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            name = str(key.value)
            name = name.casefold() if len(place) < 2 else name
            yield from _leaves(value, (*place, name))
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            yield from _leaves(value, (*place, str(number)))
    elif isinstance(node, yaml.ScalarNode):
        yield place, node.value


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
