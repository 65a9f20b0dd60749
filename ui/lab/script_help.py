"""The words of expectations, folded, beside the script that is written."""

from itertools import groupby

from personas.expectations import FORMS
from personas.script_model import Measure
from ui import kit

MEANINGS: dict[Measure, str] = {
    "matched": "what the trainee did, by a rule's words",
    "intensity": "how upset the customer is, 0 to 10",
    "phase": "opening, escalation, deescalation or resolution",
    "reply has": "words in the customer's answer",
    "fact told": "the answer tells this fact of the file",
    "revealed": "the fact is kept",
    "revealed unasked": "the fact is kept until the trainee asks for it",
    "hung up": "the customer ends the call",
    "resolved": "the customer accepts a solution",
    "score": "of the scorecard, 0 to 100",
    "shown": "an objective of the trainee",
    "met": "something that the customer waits for",
    "guard": "the customer stays in its role, and keeps to its file",
    "small talk": "no example of a rule is a sentence that is said in any call",
}
"""What each measure looks at, in words."""


def script_help() -> None:
    """Everything that can be written, with what it means."""
    with kit.tag("details", classes="rh-details rh-lab-help").mark("script-help"):
        kit.tag("summary", "How a script is written")
        with kit.tag("ul", classes="rh-bullets rh-small"):
            for words in (
                "Numbered lines are what the trainee says.",
                "A bullet below one, “- expect: …”, is about that turn and the answer to it.",
                "A bullet below “# At the end” is about the whole call.",
                "Several stand in one bullet, with “;” between them.",
                "“trainee: good”, “rude” or “clueless” in the lines at the top plays by itself, "
                "after the numbered lines if there are any.",
                "What stands below “# Notes” is for people.",
            ):
                kit.tag("li", words)
        with kit.tag("dl", classes="rh-lab-forms rh-small"):
            for measure, forms in groupby(FORMS, lambda form: form.measure):
                every = list(forms)
                for form in every:
                    kit.tag("dt", form.words)
                end = "; at the end only" if every[0].only_end else ""
                kit.tag("dd", f"{MEANINGS[measure]}{end}")
