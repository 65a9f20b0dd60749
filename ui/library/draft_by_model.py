"""“Draft with a model”: a few sentences in, a filled form out, and the way back."""

from collections.abc import Callable

from nicegui import ui

from agent.providers.drafting import LONGEST, DraftFailed, Drafting
from personas.form import Form
from ui import kit


def draft_by_model(
    model: Drafting, present: Callable[[], Form], take: Callable[[Form], None]
) -> None:
    """The card with the sentences; ``present`` is the form as it is, ``take`` fills it."""
    who = f"They go to {model.receiver}." if model.receiver else "They stay on this machine."
    with kit.tag("section", classes="rh-card").props('aria-label="Draft with a model"'):
        with kit.tag("div", classes="rh-stack-tight"):
            kit.heading("Draft with a model", 2)
            kit.muted(f"A few sentences are enough; the form below is filled with them. {who}")
        sentences = ui.textarea(
            "What you have in mind",
            placeholder="A shop owner whose parcel is a week late. She has called twice already.",
        )
        sentences.props(f"outlined stack-label autogrow rows=2 maxlength={LONGEST}")
        sentences.mark("sentences")
        said = kit.tag("div", classes="rh-said").props("aria-live=polite")

        async def draft() -> None:
            if not (sentences.value or "").strip():
                kit.say(said, "Write a sentence about the customer first.")
                return
            before = present()
            button.disable()
            kit.say(said, "The model is writing. This takes up to a minute.", "quiet")
            try:
                made = await model.draft(sentences.value, before.language)
            except DraftFailed as failed:
                if not said.is_deleted:
                    kit.say(said, f"{failed} The form is as it was.")
            else:
                if not said.is_deleted:  # the page was left meanwhile
                    before = present()
                    _offer_way_back(said, before, present, take)
                    take(made)
            finally:
                button.enable()

        button = kit.button("Draft", draft).classes("rh-form-add").mark("draft")


def _offer_way_back(
    said: ui.element, before: Form, present: Callable[[], Form], take: Callable[[Form], None]
) -> None:
    def back() -> None:
        drafted = present()
        take(before)
        kit.say(said, "The form is as it was before.", "good")
        with said:
            kit.button("Take the draft again", lambda: take(drafted), kind="quiet")

    kit.say(said, "The form is filled. Read it through: a model makes things up.", "good")
    with said:
        kit.button("Back to what was there", back, kind="quiet").mark("draft-back")
