"""Which of everyone's calls an author looks for: by words, person, persona and result."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nicegui import ui

from ui import kit
from ui.kit import words
from ui.kit.search import finds, search_field

if TYPE_CHECKING:
    from data.calls import Summary

ANY = ""
RESULTS = {ANY: "Any", "passed": "Passed", "failed": "Not passed", "none": "Not scored"}


@dataclass
class Wanted:
    """What is looked for; "" stands for any. ``persona`` is the name that the customer had."""

    search: str = ""
    person: str = ANY
    persona: str = ANY
    result: str = ANY

    def fits(self, call: "Summary", display: str) -> bool:
        """Whether the call is one of those; ``display`` is the name of its trainee."""
        text = f"{display} {call.user} {call.name} {call.scenario} {words.reason(call.reason)}"
        return (
            self.person in (ANY, call.user)
            and self.persona in (ANY, call.name)
            and self.result in (ANY, result_of(call))
            and finds(self.search, text)
        )


def result_of(call: "Summary") -> str:
    """A key of ``RESULTS``."""
    return "none" if call.score is None else "passed" if call.passed else "failed"


class CallsFilter:
    """The fields; ``changed`` is called when something else is wanted."""

    def __init__(self, changed: Callable[[], object]) -> None:
        self.wanted = Wanted()
        self._changed = changed
        with kit.tag("search", classes="rh-filters rh-filters-calls") as self._root:
            self._root.props('aria-label="Calls"')
            self._search = search_field(lambda text: self._want("search", text))
            self._person = self._select("Person", {ANY: "Any"}, "person")
            self._persona = self._select("Customer", {ANY: "Any"}, "persona")
            self._result = self._select("Result", RESULTS, "result")

    def offer(self, calls: "Iterable[Summary]", display: Callable[[str], str]) -> None:
        """Let those be chosen who are in these calls."""
        calls = list(calls)
        self._root.set_visibility(bool(calls))
        people = {call.user: display(call.user) for call in calls}
        for select, options in (
            (self._person, people),
            (self._persona, {call.name: call.name for call in calls}),
        ):
            ordered = dict(sorted(options.items(), key=lambda pair: pair[1].casefold()))
            value = select.value if select.value in options else ANY
            select.set_options({ANY: "Any", **ordered}, value=value)

    def clear(self) -> None:
        """Look for all calls again."""
        for field in (self._search, self._person, self._persona, self._result):
            field.set_value(ANY)

    def _want(self, name: str, value: str) -> None:
        if getattr(self.wanted, name) != value:
            setattr(self.wanted, name, value)
            self._changed()

    def _select(self, label: str, options: dict[str, str], name: str) -> ui.select:
        select = ui.select(options, label=label, value=ANY)
        select.on_value_change(lambda event: self._want(name, event.value or ANY))
        return select.props("outlined").classes("rh-filter").mark(name)
