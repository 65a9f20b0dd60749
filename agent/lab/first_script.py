"""A script to begin with, as it fits a persona: it is tried before it is offered."""

from collections.abc import Callable

from agent.lab.play import ActorPlayer, Remembering, Task, play
from agent.simulation.observing.observer import Observer
from agent.simulation.reviewing.example import example_of
from agent.simulation.trainees import line_finder
from personas.model import Persona, Rule
from personas.script_parse import parse_script
from personas.script_templates import MOST, Template, early_text, template_text


def first_script(
    template: Template, persona: Persona, make: Callable[[Persona], Observer], engine: str
) -> str:
    """The text of that template. One whose trainee speaks to the persona's own rules is in words
    that the observer which ``make`` gives reads as they are meant, and passes as the offline
    ``engine`` plays it, where it can; that takes a second, so not on a loop."""
    if template != "early":
        return template_text(template, persona)
    return _early(persona, Remembering(make(persona)), engine)


def _early(persona: Persona, eyes: Remembering, engine: str) -> str:
    """What settles a customer may calm them as well: then so much less is said to calm them
    before."""
    find = line_finder(persona, eyes)

    def example(rule: Rule) -> str:
        return find(rule) or example_of(rule, persona)

    text = ""
    for calming in range(MOST, -1, -1):
        before, text = text, early_text(persona, example, calming)
        if text == before:
            continue
        script = parse_script(text, persona, "early")
        if play(Task(persona, script, engine), ActorPlayer(), eyes).passed:
            break
    return text
