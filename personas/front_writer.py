"""How a line comes into the front matter of a persona's text while all else of it stays byte for
byte."""

import re
from collections.abc import Callable, Iterator, Mapping

import yaml

from personas.front_yaml import FENCED, LONGEST, MOST_SIGNS, OPENED

Edit = tuple[int, int, str]
"""From where to where a text is replaced, and by what."""
Leaf = tuple[tuple[str, ...], str]
"""The keys that lead to a value, and the value as it is written."""
Edits = Callable[[str, yaml.MappingNode | None, str], list[Edit]]
"""What is to be replaced in a front matter: given its text, what YAML reads there (None: nothing)
and the line end that is used there; the last place first."""

LINE_END = re.compile(r"\r\n|\n|\r")
_MEND = "Mend the lines between the two --- at the top first; the checker says what is wrong there."


class FrontNotWritten(Exception):
    """The text is as it was; the words are for a person and name the remedy."""


def rewritten(text: str, edits: Edits) -> tuple[str, str, str]:
    """The text with these edits of its front matter, which is made where there is none; and what
    stood in the front matter before, and stands there now.

    Raises ``FrontNotWritten`` where the front matter cannot be read.
    """
    match = FENCED.match(text)
    if match is None:
        if OPENED.match(text):
            raise FrontNotWritten(_MEND)
        found = LINE_END.search(text)
        end = found[0] if found else "\n"
        at = int(text.startswith("\ufeff"))
        lines = "".join(words for _, _, words in edits("", None, end))
        made = f"{text[:at]}---{end}{lines}---{end}{text[at:]}" if lines else text
        return made, "", lines
    source = made = match["yaml"]
    end = LINE_END.findall(match["open"])[0]
    root = composed(source)
    if root is not None and not isinstance(root, yaml.MappingNode):
        raise FrontNotWritten(_MEND)
    for start, stop, words in edits(source, root, end):
        made = made[:start] + words + made[stop:]
    return text[: match.start("yaml")] + made + text[match.end("yaml") :], source, made


def unreadable() -> FrontNotWritten:
    """What is there already is nothing that could be added to."""
    return FrontNotWritten(_MEND)


def added(
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


def replaced(source: str, node: yaml.Node, words: str) -> Edit:
    """These words in place of a value, also of one that is empty."""
    start, stop = node.start_mark.index, node.end_mark.index
    if start == stop and source[start - 1 : start] == ":":
        words = f" {words}"
    return start, stop, words


def value_of(node: yaml.MappingNode, name: str, *, folded: bool = False) -> yaml.Node | None:
    """The value of that key; ``folded``: in any letter case."""
    for key, value in node.value:
        if isinstance(key, yaml.ScalarNode):
            found = key.value.casefold() if folded else key.value
            if found == name:
                return value  # type: ignore[no-any-return]
    return None


def composed(source: str) -> yaml.Node | None:
    """What YAML reads there; raises ``FrontNotWritten``."""
    # Control characters are refused by YAML and only remarked on by the checker.
    source = yaml.reader.Reader.NON_PRINTABLE.sub(" ", source)
    if len(source) > LONGEST or sum(map(source.count, "[{-?:")) > MOST_SIGNS:
        raise FrontNotWritten(_MEND)
    try:
        # Not by libyaml, which counts a BOM otherwise. Without aliases nothing grows when copied.
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(source, yaml.SafeLoader)):
            raise FrontNotWritten(_MEND)
        return yaml.compose(source, yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError):
        raise FrontNotWritten(_MEND) from None


def leaves(node: yaml.Node | None, place: tuple[str, ...] = ()) -> Iterator[Leaf]:
    """What is written at the end of every path of keys, in its order."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            name = str(key.value)
            name = name.casefold() if len(place) < 2 else name
            yield from leaves(value, (*place, name))
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            yield from leaves(value, (*place, str(number)))
    elif isinstance(node, yaml.ScalarNode):
        yield place, node.value
