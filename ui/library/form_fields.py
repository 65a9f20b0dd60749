"""The fields of the guided form. What is typed goes into ``values``, a dict as ``Form.to_json``."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from nicegui import ui

from personas.form import MOST_ROWS
from personas.form_check import LONGEST, Problem
from ui import kit

Values = dict[str, Any]

ANGERS = {1: "A little (+1)", 2: "Clearly (+2)", 3: "Very much (+3)"}
CALMS = {1: "A little (-1)", 2: "Clearly (-2)", 3: "Very much (-3)"}
TOO_LONG = LONGEST["text"] + 1
"""Characters that no field may have."""
WEIGHTS = {1: "Good to have", 2: "Important", 3: "Decisive"}


@dataclass(frozen=True, slots=True)
class Column:
    """A field of a row: its key, label, an example, and its choices when it has some, of which
    ``usual`` is that of a row that was just added."""

    key: str
    label: str
    example: str = ""
    options: dict[int, str] | None = None
    usual: int = 1

    @property
    def empty(self) -> str | int:
        """The value of a row that was just added."""
        return "" if self.options is None else self.usual


@dataclass(frozen=True, slots=True)
class Rows:
    """A list of rows: its key in the form, how its rows look, and what adds one; ``more`` is what
    few need, folded below each row."""

    key: str
    columns: tuple[Column, ...]
    add: str
    what: str
    look: str = ""
    more: tuple[Column, ...] = ()


class FormFields:
    """Draws fields and shows problems at them; ``changed`` is called after each change."""

    def __init__(self, values: Values, changed: Callable[[], None]) -> None:
        self._values = values
        self._changed = changed
        self._fields: dict[tuple[str, int], ui.input | ui.textarea | ui.select] = {}
        self._notes: dict[str, ui.element] = {}

    def text(self, key: str, label: str, example: str = "", *, lines: int = 1) -> None:
        """A field for a text, of several lines when ``lines`` is more than one."""
        value = self._values.get(key) or ""
        kind = ui.textarea if lines > 1 else ui.input
        field = kind(label, placeholder=_hint(example), value=value)
        field.props(f"outlined stack-label debounce=250{f' rows={lines} autogrow' * (lines > 1)}")
        self._listen(field, self._values, key)
        self._fields[key, -1] = field.mark(key)

    def select(
        self, key: str, label: str, options: dict[Any, str], *, search: bool = False
    ) -> None:
        """A choice among ``options``."""
        value = self._values.get(key)
        value = value if value in options else next(iter(options))
        field = ui.select(options, label=label, value=value, with_input=search)
        field.props("outlined stack-label")
        self._listen(field, self._values, key)
        self._fields[key, -1] = field.mark(key)

    def rows(self, rows: Rows) -> None:
        """A list of rows that can be added to and taken from."""
        listed = self._values.setdefault(rows.key, [])
        if not listed:
            listed.append(_blank(rows))
        note = self._notes[rows.key] = kit.tag("div").props("aria-live=polite")
        note.set_visibility(False)
        box = kit.tag("div", classes="rh-form-rows").mark(f"rows-{rows.key}")

        def draw() -> None:
            box.clear()
            for place in [key for key in self._fields if key[0] == rows.key]:
                del self._fields[place]
            with box:
                for index in range(len(listed)):
                    self._row(rows, listed, index, draw)

        def add() -> None:
            if len(listed) >= MOST_ROWS:
                ui.notify(f"{MOST_ROWS} are the most here; the editor takes more.", type="warning")
                return
            listed.append(_blank(rows))
            draw()
            self._changed()
            field = self._fields[rows.key, len(listed) - 1]
            field.run_method("focus")

        draw()
        button = kit.button(rows.add, add, kind="quiet").mark(f"add-{rows.key}")
        button.classes("rh-form-add")

    def show(self, problems: Sequence[Problem]) -> None:
        """Show each problem at its field, and no others."""
        at = {(problem.field, problem.row): problem.words for problem in reversed(problems)}
        for place, field in self._fields.items():
            words = at.get(place, "")
            field.props(remove="error error-message")
            if words:
                field.props["error"] = True
                field.props["error-message"] = words
            field.update()
        for key, note in self._notes.items():
            note.clear()
            note.set_visibility((key, -1) in at)
            if (key, -1) in at:
                with note:
                    kit.message(at[key, -1])

    def _row(self, rows: Rows, listed: list[Any], index: int, draw: Callable[[], None]) -> None:
        def remove() -> None:
            del listed[index]
            if not listed:
                listed.append(_blank(rows))
            draw()
            self._changed()

        with kit.tag("div", classes=f"rh-form-row {rows.look}"):
            with kit.tag("div", classes="rh-form-fields"):
                for number, column in enumerate(rows.columns):
                    field = self._cell(rows, column, listed, index)
                    if not number:
                        self._fields[rows.key, index] = field
            kit.icon_button("close", f"Take {rows.what} {index + 1} away", remove).mark(
                f"remove-{rows.key}-{index}"
            )
            if rows.more:
                used = any(listed[index].get(column.key) for column in rows.more)
                with more(used=used):
                    for column in rows.more:
                        self._cell(rows, column, listed, index)

    def _cell(
        self, rows: Rows, column: Column, listed: list[Any], index: int
    ) -> ui.textarea | ui.select:
        plain = not column.key  # the row is a text by itself
        value = listed[index] if plain else listed[index].get(column.key, column.empty)
        field: ui.textarea | ui.select
        if column.options is None:
            # It grows with its text, so that nothing of a long line is out of sight.
            field = ui.textarea(column.label, placeholder=_hint(column.example), value=value)
            field.props("outlined stack-label debounce=250 autogrow rows=1")
        else:
            value = value if value in column.options else column.empty
            field = ui.select(column.options, label=column.label, value=value)
            field.props("outlined stack-label")
        if plain:
            self._listen(field, listed, index)
        else:
            self._listen(field, listed[index], column.key)
        return field.mark(f"{rows.key}-{index}-{column.key}".rstrip("-"))

    def _listen(self, field: ui.input | ui.textarea | ui.select, place: Any, key: Any) -> None:
        def keep(event: Any) -> None:
            value = "" if event.value is None else event.value
            # What is longer is told at the field, and need not be kept to be too long.
            place[key] = value[:TOO_LONG] if isinstance(value, str) else value
            self._changed()

        field.on_value_change(keep)


def _hint(example: str) -> str:
    """The example, so that nobody takes it for an answer."""
    return f"For example: {example}" if example else ""


def _blank(rows: Rows) -> Any:
    if not rows.columns[0].key:
        return ""
    return {column.key: column.empty for column in (*rows.columns, *rows.more)}


def more(title: str = "More", *, used: bool) -> ui.element:
    """What few need, folded under ``title`` until it is ``used``."""
    details = kit.tag("details", classes="rh-details rh-small rh-form-more")
    details.props("open" if used else "")
    with details:
        kit.tag("summary", title)
    return details
