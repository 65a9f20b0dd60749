"""The button that begins a script: from a template, or of a finished call."""

from typing import TYPE_CHECKING

from nicegui import run, ui

from agent.lab.first_script import first_script
from data.calls import Search
from data.endings import ending
from personas.files import SaveError
from personas.script_library import Conflict
from personas.script_templates import TEMPLATES, text_of_call
from personas.slugs import free
from ui import kit
from ui.context import Studio
from ui.kit import words
from ui.lab.result_box import address_of_script

if TYPE_CHECKING:
    from data.summary import Summary
    from personas.model import Persona

CALL = "call"
CALLS = 30
"""Calls that are offered; the newest."""
LOOKED = 200
"""Calls of anybody by that name among which they are looked for."""


def new_script(studio: Studio, slug: str, author: str) -> None:
    """The button; it asks for a name and a beginning, and leads to the script that was written."""

    async def ask() -> None:
        entry = studio.library.get(slug)
        persona = entry.persona if entry is not None and not entry.deleted else None
        if persona is None:
            ui.notify("Mend the persona first: no text of it can be played.", type="warning")
            return
        calls = await run.io_bound(_calls, studio, persona)
        _Dialog(studio, persona, author, calls or [], button)

    kind = "plain" if studio.scripts.entries(slug) else "primary"
    button = kit.button("New script …", ask, kind=kind).mark("new-script")


def _calls(studio: Studio, persona: "Persona") -> "list[Summary]":
    """The finished calls with that persona of which a script can be made."""
    found, _ = studio.archive.over(Search(name=persona.name), LOOKED)
    names = {name.slug for name in studio.versions.names(persona.slug)} | {persona.slug}
    fitting = (call for call in found if call.persona in names and call.turns > 1)
    return [call for call in fitting if ending(call.reason).whole][:CALLS]


class _Dialog:
    def __init__(
        self,
        studio: Studio,
        persona: "Persona",
        author: str,
        calls: "list[Summary]",
        back: ui.button,
    ) -> None:
        self._studio, self._persona, self._author = studio, persona, author
        options: dict[str, str] = {name: label for name, (_, label) in TEMPLATES.items()}
        if calls:
            options |= {CALL: "What a trainee said in a finished call"}
        with kit.asking("New script", back) as opened:
            kit.muted("A script is a trainee of your own. It can be changed before it is played.")
            self._kind = ui.select(options, label="Begin with", value=next(iter(options)))
            self._kind.on_value_change(self._chosen).props("outlined").mark("script-kind")
            rows = {call.call: _call_words(studio, call) for call in calls}
            self._call = ui.select(rows, label="The call", value=next(iter(rows), None))
            self._call.props("outlined").mark("script-call")
            self._name = ui.input("Name of the file").props(
                'outlined suffix=".md" maxlength=64 autocapitalize=off spellcheck=false'
            )
            self._name.classes("rh-file-name").mark("script-name")
            self._name.on("keydown.enter", self._write)
            self._said = kit.tag("div").props("aria-live=assertive")
            with kit.tag("div", classes="rh-line"):
                kit.button("Write it", self._write, kind="primary").mark("write-script")
                kit.button("Cancel", opened.close)
        self._chosen()

    def _chosen(self) -> None:
        self._call.set_visibility(self._kind.value == CALL)
        proposal = TEMPLATES[self._kind.value][0] if self._kind.value in TEMPLATES else "a-call"
        taken = {entry.name for entry in self._studio.scripts.entries(self._persona.slug)}
        self._name.set_value(free(proposal, taken.__contains__))

    async def _write(self) -> None:
        name = (self._name.value or "").strip().removesuffix(".md")
        try:
            text = await self._text()
            entry = await run.io_bound(
                self._studio.scripts.save,
                self._persona.slug,
                name,
                text,
                base=None,
                author=self._author,
            )
        except Conflict:
            kit.say(self._said, f"There is a script {name}.md already. Choose another name.")
        except (SaveError, ValueError) as error:
            kit.say(self._said, str(error))
        else:
            if entry is not None:  # None: the app is stopping
                ui.navigate.to(address_of_script(self._persona.slug, entry.name))

    def _from_template(self) -> str:
        """On a thread: it is tried with the reader that a call would have."""
        studio, persona = self._studio, self._persona
        engine = studio.engines.fallback.name
        return first_script(self._kind.value, persona, studio.observer, engine)

    async def _text(self) -> str:
        if self._kind.value != CALL:
            return await run.io_bound(self._from_template) or ""
        record = await run.io_bound(self._studio.archive.get, str(self._call.value))
        said = [turn for turn in record.turns if turn.speaker == "trainee"] if record else []
        if record is None or not said:
            raise ValueError("That call is gone, or its trainee said nothing. Choose another one.")
        title = f"As in a call of {words.when_inside(record.start.started)}"
        resolved = record.end is not None and record.end.resolved
        return text_of_call([turn.text for turn in said], title, resolved=resolved)


def _call_words(studio: Studio, call: "Summary") -> str:
    user = studio.users.get(call.user)
    who = user.display if user else call.user
    score = f" · score {words.score(call.score)}" if call.score is not None else ""
    how = words.end_in_short(call.reason, call.resolved)
    return f"{words.when(call.started)} · {who} · {how}{score}"
