"""Events and commands as JSON-ready values, for jobs in other processes."""

from typing import Any, get_args

from agent.protocol.link import Command, Event

_EVENTS = {kind.__name__: kind for kind in get_args(Event)}
_COMMANDS = {kind.__name__: kind for kind in get_args(Command)}


def pack(value: Event | Command) -> dict[str, Any]:
    """The value with the name of its kind."""
    return {"kind": type(value).__name__, "value": value.to_json()}


def event(values: Any) -> Event:
    """The event of what ``pack`` gave; ValueError when it is none."""
    return _unpack(_EVENTS, values)  # type: ignore[no-any-return]


def command(values: Any) -> Command:
    """The command of what ``pack`` gave; ValueError when it is none."""
    return _unpack(_COMMANDS, values)  # type: ignore[no-any-return]


def _unpack(kinds: dict[str, Any], values: Any) -> Any:
    try:
        return kinds[values["kind"]].from_json(values["value"])
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"nothing that goes over the link: {error!r}") from error
