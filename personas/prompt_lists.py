"""Lists of scenarios in the files of other tools: YAML, JSON, JSON lines and tables."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from personas.prompt_labels import role_of
from personas.prompt_parts import Customer, from_values, pairs

NAME = 8
"""Words of a column's name."""
WHOLE = 0.8
"""Share of the lines of a pasted table that have all columns."""
MOST = 200
"""Customers that are taken of one file."""
DEEPEST = 5
"""How deep in a file a list of customers may stand."""
_LISTS = frozenset(
    [
        "scenarios",
        "personas",
        "tests",
        "test_cases",
        "testcases",
        "cases",
        "customers",
        "characters",
        "callers",
        "simulations",
        "agents",
        "items",
        "data",
        "conversations",
        "evaluations",
        "evals",
        "profiles",
        "roleplays",
        "role_plays",
        "users",
        "prompts",
        "examples",
        "calls",
        "clients",
        "test_scenarios",
        "testscenarios",
        "entries",
        "rows",
        "records",
        "results",
    ]
)
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class NoList(Exception):
    """There is no scenario in it; the text is for a person."""


def listed(text: str, kind: str) -> list[Customer]:
    """The customers in a file of that ending, such as ``.yaml``; raises ``NoList``."""
    values = _values(text.lstrip("\ufeff"), kind)
    found = list(_customers(values, "", 0))
    if not found:
        raise NoList(
            "No scenario or persona was found in it: a list of them has keys such as name, "
            "persona, scenario, instructions or criteria."
        )
    if len(found) > MOST:
        raise NoList(f"It holds {len(found):,} scenarios; split it into files of at most {MOST}.")
    return found


def _values(text: str, kind: str) -> Any:
    match kind:
        case ".jsonl" | ".ndjson":
            return [
                _json(line, f"line {n}: ")
                for n, line in enumerate(text.splitlines(), 1)
                if line.strip()
            ]
        case ".json":
            return _json_or_lines(text)
        case ".csv" | ".tsv":
            return _table(text)
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=_Loader)):
            raise NoList(
                "It uses YAML anchors (& and *), which are not read; write the values out."
            )
        documents = list(yaml.load_all(text, Loader=_Loader))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise NoList(
            f"It is no YAML: line {line}: {error.problem or 'it cannot be read'}."
        ) from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise NoList("It is no YAML that can be read.") from error
    return documents[0] if len(documents) == 1 else [d for d in documents if d is not None]


def _json(text: str, where: str = "") -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        at = f"{where}{error}" if isinstance(error, json.JSONDecodeError) else where
        raise NoList(f"It is no JSON: {at}.") from error
    except RecursionError as error:
        raise NoList("It is nested too deeply.") from error


def _json_or_lines(text: str) -> Any:
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > 1 and all(
        line.lstrip().startswith("{") and line.rstrip().endswith("}") for line in lines
    ):
        return [_json(line) for line in lines]
    return _json(text)


def is_table(text: str) -> bool:
    """Whether a text that could be read as a table is one to the eye: it has several columns, and
    nearly every line has as many. A sentence with a comma has two by chance."""
    names, *rows = _rows(text.lstrip("\ufeff"))
    whole = sum(len(row) == len(names) for row in rows)
    return len(names) > 1 and whole >= WHOLE * len(rows)


def _rows(text: str) -> list[list[str]]:
    head = text.split("\n", 1)[0]
    sign = max(",;\t|", key=head.count)
    try:
        rows = list(
            csv.reader(io.StringIO(text, newline=""), delimiter=sign, skipinitialspace=True)
        )
    except csv.Error as error:
        raise NoList(f"The table cannot be read: {error}.") from error
    return [row for row in rows if any(cell.strip() for cell in row)]


def _table(text: str) -> list[dict[str, str]]:
    rows = _rows(text)
    if len(rows) < 2:
        raise NoList("The table has no rows below its first line, which names the columns.")
    names = rows[0]
    if not any(_names_a_column(name) and role_of(name) not in (None, "aside") for name in names):
        raise NoList(
            "The first line of the table names no column that tells of a customer, such as name, "
            "persona, scenario or criteria."
        )
    return [dict(zip(names, row, strict=False)) for row in rows[1:]]


def _names_a_column(name: str) -> bool:
    return len(name.split()) <= NAME and not name.rstrip().endswith((".", "!"))


def _customers(value: Any, title: str, deep: int) -> Iterator[Customer]:
    if deep > DEEPEST:
        return
    if isinstance(value, list):
        yield from _of_list(value, title, deep)
    elif isinstance(value, Mapping):
        yield from _of_mapping(value, title, deep)


def _of_list(values: list[Any], title: str, deep: int) -> Iterator[Customer]:
    if _is_chat(values):
        yield from_values(_chat(values), title)
        return
    for value in values:
        if isinstance(value, str) and len(value.split()) > 3:
            yield from_values({"prompt": value})
        else:
            yield from _customers(value, "", deep + 1)


def _of_mapping(values: Mapping[str, Any], title: str, deep: int) -> Iterator[Customer]:
    below = list(_lists(values, deep))
    if below:
        shared = {k: v for k, v in values.items() if not any(k == key for key, _ in below)}
        for _, found in below:
            for one in found:
                if rest := "\n".join(pairs(shared)):
                    one.add("Of the whole file", rest, "aside")
                yield one
    elif _tells(values):
        yield from_values(_opened(values), title)
    else:
        below_each = {key: list(_customers(v, str(key), deep + 1)) for key, v in values.items()}
        rest = "\n".join(pairs({key: v for key, v in values.items() if not below_each[key]}))
        for one in (one for each in below_each.values() for one in each):
            one.add("Of the whole file", rest, "aside")
            yield one


def _lists(values: Mapping[str, Any], deep: int) -> Iterator[tuple[str, list[Customer]]]:
    """The lists of customers in a mapping, by their key."""
    for key, value in values.items():
        plain = str(key).casefold().replace("-", "_").replace(" ", "_")
        if plain not in _LISTS and plain.replace("_", "") not in _LISTS:
            continue
        if isinstance(value, list):
            found = list(_of_list(value, "", deep + 1)) if _plural(value) else []
        elif isinstance(value, Mapping) and all(
            isinstance(v, Mapping | str) for v in value.values()
        ):
            found = (
                [
                    from_values(_opened(v), str(name))
                    if isinstance(v, Mapping)
                    else from_values({"prompt": v}, str(name))
                    for name, v in value.items()
                ]
                if not _tells(value)
                else []
            )
        else:
            found = []
        if found:
            yield str(key), found


def _plural(values: list[Any]) -> bool:
    """Whether the list holds customers rather than words or turns."""
    return not _is_chat(values) and any(
        (isinstance(v, Mapping) and (_tells(v) or list(_customers(v, "", 1))))
        or (isinstance(v, str) and len(v.split()) > 8)
        for v in values
    )


def _tells(values: Mapping[str, Any]) -> bool:
    """Whether the keys are those of a customer: two at least, or a prompt or a character."""
    roles = {role_of(str(key)) for key in values} - {None, "aside", "language", "difficulty"}
    if isinstance(values.get("messages"), list) or isinstance(values.get("vars"), Mapping):
        return True
    nested = sum(isinstance(v, Mapping) and _tells(v) for v in values.values()) > 1
    strong = {"prompt", "who", "context", "opening", "wants", "objectives", "name", "behaviour"}
    return (len(roles) >= 2 and bool(roles & strong)) or (bool(roles & strong) and not nested)


def _opened(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with chats taken apart, and what only groups others in their place."""
    found: dict[str, Any] = {}
    for key, value in values.items():
        if isinstance(value, list) and _is_chat(value):
            found.update(_chat(value))
        elif isinstance(value, Mapping) and _groups(str(key), value):
            found.update({k: v for k, v in _opened(value).items() if k not in found})
        else:
            found[str(key)] = value
    return found


def _groups(key: str, values: Mapping[str, Any]) -> bool:
    """Whether a mapping within a customer only groups what tells of it."""
    role = role_of(key)
    if role == "aside":  # "model: {messages: …}"
        return isinstance(values.get("messages"), list) or any(
            role_of(str(k)) == "prompt" for k in values
        )
    return role in (None, "fact") and _tells(values)


def _is_chat(values: list[Any]) -> bool:
    return bool(values) and all(
        isinstance(v, Mapping) and isinstance(v.get("content"), str) and "role" in v for v in values
    )


def _chat(turns: list[Any]) -> dict[str, Any]:
    """What the system was told is the prompt; the rest is an example of a talk."""
    told = [t["content"] for t in turns if str(t["role"]).casefold() in ("system", "developer")]
    rest = [t for t in turns if str(t["role"]).casefold() not in ("system", "developer")]
    found: dict[str, Any] = {"prompt": "\n\n".join(told)} if told else {}
    if rest:
        found["example talk"] = rest
    return found
