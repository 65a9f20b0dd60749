"""The YAML in front of a markdown file: where it stands, and its keys and values as nodes."""

import re
from collections.abc import Iterator
from typing import NamedTuple

import yaml

from personas.source import Findings

# YAML takes time that grows with the square of its nesting.
LONGEST = 16 * 1024
MOST_SIGNS = 1000

FENCED = re.compile(
    r"\ufeff?(?:[ \t\r\n]*[\r\n])?(?P<open>---[ \t]*(?:\r\n|\n|\r))"
    r"(?P<yaml>.*?)(?<=[\r\n])(?:---|\.\.\.)[ \t]*(?:\r\n|\n|\r|\Z)",
    re.DOTALL,
)
OPENED = re.compile(r"\ufeff?\s*---[ \t]*(?=[\r\n])")
_END = re.compile(r"\r\n|\n|\r")
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class FrontYaml(NamedTuple):
    """The front matter of a text; ``node`` is None when there is none that can be read.

    ``first`` is the line (1-based) on which the YAML begins, ``end`` the offset and ``line`` the
    line of what stands below.
    """

    node: yaml.MappingNode | None
    first: int
    end: int
    line: int


def find_front(text: str, found: Findings, example: str = "difficulty: hard") -> FrontYaml:
    """The front matter of a text; ``example`` is a line that could stand in it."""
    match = FENCED.match(text)
    if match is None:
        if opened := OPENED.match(text):
            line = _lines_to(text, opened.end()) + 1
            found.error(
                line,
                "the front matter is never closed; write --- on a line of its own below it",
            )
            return FrontYaml(None, line, opened.end(), line)
        return FrontYaml(None, 1, 0, 1)
    first = _lines_to(text, match.start("yaml")) + 1
    node = _read(match["yaml"], first, found, example)
    return FrontYaml(node, first, match.end(), _lines_to(text, match.end()) + 1)


def keys_of(
    node: yaml.MappingNode, first: int, found: Findings
) -> Iterator[tuple[str, int, yaml.Node]]:
    """Each key in small letters ("?" where it is none), its line and its value; one that is written
    twice is noted as an error and left out. ``first`` is the line on which the YAML begins."""
    seen: dict[str, int] = {}
    for key_node, value in node.value:
        line = first + key_node.start_mark.line
        key = str(key_node.value).casefold() if is_scalar(key_node) else "?"
        if key in seen:
            found.error(line, f"{key} is written twice (lines {seen[key]} and {line})")
            continue
        seen[key] = line
        yield key, line, value


def is_scalar(node: yaml.Node) -> bool:
    """Whether it is a single value, no list and no mapping."""
    return isinstance(node, yaml.ScalarNode)


def _lines_to(text: str, offset: int) -> int:
    return len(_END.findall(text, 0, offset))


def _read(source: str, first: int, found: Findings, example: str) -> yaml.MappingNode | None:
    # YAML refuses control characters with no line; they have a finding of their own by now.
    source = yaml.reader.Reader.NON_PRINTABLE.sub(" ", source)
    if len(source) > LONGEST or sum(map(source.count, "[{-?:")) > MOST_SIGNS:
        found.error(first, "unreadable front matter: it is too long; the text goes below it")
        return None
    try:
        # Without anchors nothing can be nested in itself or grow when it is copied.
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(source, Loader=_Loader)):
            found.error(first, "unreadable front matter: & and * have no meaning here; quote them")
            return None
        node = yaml.compose(source, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line, problem = _explain(error, source)
        found.error(first + line, f"unreadable front matter: {problem}")
        return None
    except (yaml.YAMLError, RecursionError):
        found.error(first, "unreadable front matter: it is no YAML, or nested too deeply")
        return None
    if isinstance(node, yaml.MappingNode):
        return node
    if node is not None:
        found.error(
            first + node.start_mark.line,
            f"unreadable front matter: write one 'key: value' a line, such as '{example}'",
        )
    return None


def _explain(error: yaml.MarkedYAMLError, source: str) -> tuple[int, str]:
    """The line (0-based in the YAML) an author must mend, and what is wrong there."""
    problem = error.problem or "it is not YAML"
    context, mark = error.context_mark, error.problem_mark
    # What is opened and never closed is only noticed further down, even at the end.
    opened = any(word in str(error.context) for word in ("flow", "quoted", "simple key"))
    if context and opened and (mark is None or mark.line > context.line):
        return context.line, f"{error.context}, {problem}"
    last = max(len(_END.split(source.rstrip())) - 1, 0)
    return min(mark.line if mark else 0, last), problem
