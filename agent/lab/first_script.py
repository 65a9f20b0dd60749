"""A script to begin with, as it fits a persona: it is tried before it is offered."""

from agent.lab.play import ActorPlayer, Remembering, Task, play
from agent.simulation.observing.observer import Observer
from agent.simulation.reviewing.example import example_of
from agent.simulation.trainees import line_finder
from personas.model import Persona, Rule
from personas.script_parse import parse_script
from personas.script_templates import MOST, Template, template_text


def first_script(template: Template, persona: Persona, observer: Observer, engine: str) -> str:
    """The text of that template, in words that ``observer`` reads as they are meant. What settles
    a customer may calm them as well: then so much less is said to calm them before, until the
    script passes as the offline ``engine`` plays it. Takes a second, so not on a loop."""
    eyes = Remembering(observer)
    find = line_finder(persona, eyes)

    def example(rule: Rule) -> str:
        return find(rule) or example_of(rule, persona)

    text = ""
    for calming in range(MOST if template == "early" else 0, -1, -1):
        before, text = text, template_text(template, persona, example, calming)
        if text == before:
            continue
        script = parse_script(text, persona, template)
        if template != "early" or play(Task(persona, script, engine), ActorPlayer(), eyes).passed:
            break
    return text
