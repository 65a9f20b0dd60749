"""A customer as other tools write one: what stands under which label, before it is a persona."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from personas.prompt_labels import Role, plain_label, role_of


@dataclass(slots=True)
class Part:
    """What stands under a label ("" for what has none), as lines of text.

    ``role`` is where it belongs, None when only its own heading says.
    """

    label: str
    lines: list[str] = field(default_factory=list)
    role: Role | None = None

    @property
    def text(self) -> str:
        """The lines, without empty ones around them."""
        return "\n".join(self.lines).strip("\n").rstrip()


@dataclass(slots=True)
class Customer:
    """The parts of one customer, in their order; ``title`` is what its place in a list says."""

    parts: list[Part] = field(default_factory=list)
    title: str = ""

    def add(self, label: str, text: str, role: Role | None = None) -> None:
        """Put a part behind the others."""
        if text.strip():
            self.parts.append(Part(label, text.splitlines(), role or role_of(label)))

    def of(self, *roles: Role) -> Iterator[Part]:
        """The parts that belong there."""
        return (part for part in self.parts if part.role in roles)


DEEPEST = 6
"""How deeply values may be nested that are taken apart; what is deeper is kept as one text."""


def from_values(values: Mapping[str, Any], title: str = "") -> Customer:
    """The customer in a mapping of a list."""
    customer = Customer(title=title)
    _add_values(customer, values, 0, None)
    return customer


def _add_values(
    customer: Customer, values: Mapping[str, Any], deep: int, within: Role | None
) -> None:
    for key, value in values.items():
        _add_value(customer, str(key), value, deep, within)


def _add_value(
    customer: Customer, label: str, value: object, deep: int, within: Role | None
) -> None:
    role = role_of(label) if plain_label(label) else "aside"
    if within in ("title", "context") and plain_label(label) in ("description", "details"):
        role = "context"
    if isinstance(value, Mapping) and value:
        if role == "fact" or (role is None and not _telling(value)) or deep >= DEEPEST:
            keep: Role | None = role or ("fact" if _flat(value) else None)
            customer.add(label, "\n".join(pairs(value)), keep)
        elif role == "aside":
            _add_aside(customer, label, value)
        else:
            _add_values(customer, value, deep + 1, role)
    elif isinstance(value, list):
        customer.add(label, "\n".join(f"- {line}" for line in map(_shown, value) if line), role)
    elif (text := _shown(value)).strip():
        customer.add(label, text, role)


def _add_aside(customer: Customer, label: str, values: Mapping[str, Any]) -> None:
    """Of what is for machines, difficulty and language are for us, too."""
    rest = {}
    for key, value in values.items():
        if role_of(str(key)) in ("difficulty", "language", "intensity"):
            customer.add(str(key), _shown(value))
        else:
            rest[key] = value
    customer.add(label, "; ".join(pairs(rest)), "aside")


def _telling(values: Mapping[str, Any]) -> bool:
    """Whether the keys are labels of a customer rather than of facts."""
    roles = [role_of(str(key)) for key in values]
    return any(role not in (None, "aside", "fact") for role in roles)


def _flat(values: Mapping[str, Any]) -> bool:
    return all(not isinstance(value, Mapping | list) for value in values.values())


def pairs(values: Mapping[str, Any], before: str = "") -> Iterator[str]:
    """``Key: value`` for each value, also of those within."""
    for key, value in values.items():
        name = f"{before}{key}".replace("_", " ").strip()
        if isinstance(value, Mapping):
            yield from pairs(value, f"{name} ")
        elif shown := _shown(value):
            yield f"{name[:1].upper()}{name[1:]}: {shown}"


_SAYING = (
    "value", "text", "description", "name", "criterion", "criteria", "content", "rubric",
    "question",
)  # fmt: skip
"""Keys under which a thing says in words what it is."""


def _shown(value: object) -> str:
    """A value as a person would write it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        if spoken := _turn(value):
            return spoken
        for key in _SAYING:
            if isinstance(value.get(key), str) and len(value) <= 4 and _flat(value):
                rest = {k: v for k, v in value.items() if k not in (key, "type", "id")}
                behind = f" ({'; '.join(pairs(rest))})" if rest else ""
                return f"{value[key]}{behind}"
        return "; ".join(pairs(value))
    if isinstance(value, list):
        return ", ".join(filter(None, map(_shown, value)))
    return str(value)


def _turn(value: Mapping[str, Any]) -> str:
    """A turn of a transcript as ``who: words``."""
    who = next((value[k] for k in ("speaker", "role", "from") if isinstance(value.get(k), str)), "")
    words = next(
        (
            value[k]
            for k in ("text", "content", "message", "value")
            if isinstance(value.get(k), str)
        ),
        "",
    )
    return f"{who}: {words}" if who and words else ""
