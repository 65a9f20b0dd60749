"""Scripts of the lab for tests, and a persona whose rules the word lists find."""

from agent.lab.play import ActorPlayer, Task, play
from agent.simulation.observing.observer import LexicalObserver
from data.lab_runs import LabRun
from personas.model import Persona
from personas.script_model import Script
from personas.script_parse import parse_script
from tests.support.persona_text import FULL, swap
from tests.support.talk import persona_of

TEXT = swap("language: th-TH", "language: en-US", FULL)
"""The persona of most of these tests, in English."""


def script_of(text: str, persona: Persona | None = None, name: str = "it") -> Script:
    """The script of that text, which must have no error."""
    script = parse_script(text, persona or persona_of(TEXT), name)
    assert script.playable, script.findings
    return script


def run_of(text: str, persona: Persona | None = None, seed: int = 0) -> LabRun:
    """The run of that script by the offline actor and the word lists."""
    persona = persona or persona_of(TEXT)
    task = Task(persona, script_of(text, persona), "offline", seed)
    return play(task, ActorPlayer(), LexicalObserver(persona))


def saw(text: str, persona: Persona | None = None) -> list[tuple[int, str]]:
    """The line and the words of each miss of that run."""
    return [(miss.line, miss.saw) for miss in run_of(text, persona).misses]
