"""Which of everyone's calls an author looks for: by words, person, persona and result."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from nicegui import ui

from data.calls import Search
from ui import kit
from ui.kit.search import search_field

ANY = ""
RESULTS = {ANY: "Any", "passed": "Passed", "failed": "Not passed", "none": "Not scored"}


@dataclass
class Wanted:
    """What is looked for; "" stands for any. ``persona`` is the name that the customer had."""

    search: str = ""
    person: str = ANY
    persona: str = ANY
    result: str = ANY

    def of(self, people: Mapping[str, str]) -> Search:
        """What to ask the list of calls for; ``people`` are the names that are shown of users."""
        return Search(
            self.person,
            self.persona,
            self.result,
            tuple(
                (word, tuple(user for user, shown in people.items() if word in shown.casefold()))
                for word in self.search.casefold().split()
            ),
        )


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

    def offer(self, people: Mapping[str, str], customers: Iterable[str]) -> None:
        """Let these be chosen: users with the names that are shown of them, and customers."""
        self._root.set_visibility(bool(people))
        for select, options in (
            (self._person, people),
            (self._persona, {name: name for name in customers}),
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
        return select.props("outlined").mark(name)
