"""A new persona: by the guided form, from a blank template, or drafted by a text model."""

from dataclasses import replace
from typing import Any

from nicegui import app, run, ui

from agent.providers.drafting import Drafting, drafting
from personas.blank import BLANK
from personas.files import SaveError
from personas.form import Form
from personas.form_check import problems
from personas.form_text import sketch, written
from personas.persona_files import FilesError, PersonaFiles
from personas.slugs import proposed
from personas.voice_writer import Settings
from ui import kit
from ui.context import Studio
from ui.kit.frame import frame
from ui.kit.restricted import STUDIO, admitted
from ui.library import new_form
from ui.library.draft_by_model import draft_by_model
from ui.library.form_fields import FormFields, Values
from ui.library.menu import name_field
from ui.voice.panel import hear_voice

KEPT = "new-persona"
"""Where the session keeps what was typed, for each user of that browser."""
WORDS = 80
"""Characters of a name that make a file's name."""
LONGEST = 300_000
"""Characters above which what was typed is not kept in the session."""


def register(studio: Studio) -> None:
    """The page ``/studio/new``."""

    @ui.page("/studio/new")
    def new_persona() -> None:
        user = admitted(studio, STUDIO)
        if user is None:
            return
        with frame(studio, "New persona"):
            NewPersona(studio, user.name, drafting(studio.settings))


class NewPersona:
    """The form of one author; ``values`` is what was typed, as ``Form.to_json`` has it."""

    def __init__(self, studio: Studio, author: str, model: Drafting | None) -> None:
        self._studio = studio
        self._author = author
        self._shelf = PersonaFiles(studio.library)
        self._values, self._named = _kept(author)
        self._proposed = ""
        self._tried = False
        self._busy = False
        with kit.tag("div", classes="rh-form"):
            self._head()
            if model is not None:
                draft_by_model(model, lambda: self.form, self._take)
            self._body = kit.tag("div", classes="rh-stack")
            self._end()
        self._draw()

    @property
    def form(self) -> Form:
        """What was typed."""
        return Form.from_json(self._values)

    def _head(self) -> None:
        with kit.tag("div", classes="rh-line-between"):
            kit.page_title(
                "New persona",
                "Every part needs an answer; a short one will do. All of it can be changed "
                "later, in the text.",
            )
            with kit.tag("div", classes="rh-line"):
                self._blank = kit.button(
                    "Start from a blank template", self._ask_blank, kind="quiet"
                ).mark("blank")
                kit.link_button("Import", "/studio/import", kind="quiet")

    def _end(self) -> None:
        with kit.tag("div", classes="rh-card rh-form-end"):
            self._name = name_field("Name of the file", "").mark("file-name")
            self._name.on_value_change(self._rename)
            create = kit.button("Create", self._create, kind="primary").mark("create")
            create.props("no-wrap")
            self._clear = kit.button("Clear the form", self._ask_clear, kind="quiet").mark("clear")
            self._said = kit.tag("div", classes="rh-said").props("aria-live=assertive")

    def _draw(self) -> None:
        self._body.clear()
        with self._body:
            self._fields = FormFields(self._values, self._changed)
            new_form.draw(self._fields, self._values, self._draw_voice)
        self._show_name()

    def _draw_voice(self) -> None:
        with kit.tag("div", classes="rh-line"):
            hear_voice(self._studio, lambda: sketch(self.form, self._name.value or ""), self._speak)
            self._voice = kit.muted("").mark("own-voice").props("role=status")
        self._show_voice()

    def _speak(self, settings: Settings) -> None:
        """The customer has that voice from now on."""
        self._values["voice"] = {self._studio.voice.key: settings}
        self._show_voice()
        self._changed()

    def _show_voice(self) -> None:
        chosen = self.form.voice.get(self._studio.voice.key)
        self._voice.set_text(f"Now: the one that {'you chose' if chosen else 'fits'}.")

    def _changed(self) -> None:
        """Keep what was typed, name the file by it, and take back what is no longer a problem."""
        self._keep()
        self._show_name()
        if self._tried:
            self._fields.show(problems(self.form))

    def _keep(self) -> None:
        kept = {**self._values, "file": self._named}
        if len(str(kept)) < LONGEST:
            everyone = app.storage.user.get(KEPT, {})
            app.storage.user[KEPT] = {**everyone, self._author: kept}

    def _forget(self) -> None:
        everyone = dict(app.storage.user.get(KEPT, {}))
        everyone.pop(self._author, None)
        app.storage.user[KEPT] = everyone

    def _show_name(self) -> None:
        """Propose a name for the file, until the author has given one."""
        if not self._named:
            form = self.form
            self._proposed = proposed(
                form.name[:WORDS], form.scenario[:WORDS], taken=self._shelf.taken
            )
            self._name.set_value(self._proposed)
        elif self._name.value != self._named:
            self._name.set_value(self._named)

    def _rename(self) -> None:
        name = (self._name.value or "").strip()
        if not name or name not in (self._proposed, self._named):
            self._named = name
            self._keep()

    def _take(self, form: Form) -> None:
        """Fill the form with another one's answers."""
        self._values = new_form.values_of(replace(form, voice=self.form.voice))
        self._tried = False
        self._draw()
        self._keep()

    async def _create(self) -> None:
        self._tried = True
        found = problems(self.form)
        self._fields.show(found)
        if found:
            words = [p.words for p in found if not p.field]
            number = f"{len(found)} things are" if len(found) > 1 else "One thing is"
            kit.say(self._said, " ".join(words) or f"{number} still to be done; see above.")
            ui.run_javascript(
                'document.querySelector(".rh-form .q-field--error, .rh-form .rh-message-bad")'
                '?.scrollIntoView({block: "center"})'
            )
            return
        kit.say(self._said, "")
        await self._write(self._name.value or "", written(self.form), self._said)

    async def _write(self, slug: str, text: str, said: ui.element) -> None:
        """Write the file and go to its editor; on a failure say why, and keep everything."""
        if self._busy:
            return
        self._busy = True
        try:
            await run.io_bound(self._shelf.create, slug.strip(), text, author=self._author)
        except (FilesError, SaveError) as error:
            kit.say(said, str(error))
        else:
            if text != BLANK:
                self._forget()
            ui.navigate.to(f"/studio/{slug.strip()}")
        finally:
            self._busy = False

    def _ask_blank(self) -> None:
        with kit.asking("Start from a blank template", self._blank) as opened:
            kit.muted(
                "A whole persona file whose every line says what belongs there. You write over it "
                "in the editor. What is in this form stays here."
            )
            said = kit.tag("div").props("aria-live=assertive")
            name = proposed("new-customer", taken=self._shelf.taken)
            field = name_field("Name of the file", name).mark("blank-name")

            async def create() -> None:
                await self._write(field.value or "", BLANK, said)

            with kit.tag("div", classes="rh-line"):
                kit.button("Create", create, kind="primary").mark("blank-create")
                kit.button("Cancel", opened.close)

    def _ask_clear(self) -> None:
        with kit.asking("Clear the form?", self._clear) as opened:
            kit.muted("All that was typed here goes away. Persona files are not touched.")

            def clear() -> None:
                self._values, self._named, self._tried = new_form.start(), "", False
                self._forget()
                kit.say(self._said, "")
                self._draw()
                opened.close()

            with kit.tag("div", classes="rh-line"):
                kit.button("Clear it", clear, kind="danger").mark("do-it")
                kit.button("Cancel", opened.close)


def _kept(author: str) -> tuple[Values, str]:
    """What the author typed before a reload, and the file's name if it was given one."""
    everyone: Any = app.storage.user.get(KEPT)
    kept = everyone.get(author) if isinstance(everyone, dict) else None
    if not isinstance(kept, dict):
        return new_form.start(), ""
    name = kept.get("file")
    return new_form.values_of(Form.from_json(kept)), name if isinstance(name, str) else ""
