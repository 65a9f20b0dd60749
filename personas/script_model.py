"""A lab's script: a trainee's turns against one persona, and what is expected of the call."""

from dataclasses import dataclass, field
from typing import Literal

from personas.model import Finding
from personas.source import version_of

ScriptTrainee = Literal["good", "rude", "clueless", "none"]
"""Who plays where a script has no numbered turns, and who goes on after the last of them."""

Measure = Literal[
    "matched",
    "intensity",
    "phase",
    "reply has",
    "fact told",
    "revealed",
    "revealed unasked",
    "hung up",
    "resolved",
    "score",
    "shown",
    "met",
    "guard",
    "small talk",
]
"""What an expectation looks at; docs/personas-repo.md says how each is written.

Below a turn it is about that turn and the answer to it. At the end, "intensity", "phase", "hung
up", "resolved", "score", "shown" and "met" are about how the call stands then, the others about
every turn of the whole call. "revealed unasked" is a fact that was told before it was asked for.
"""

Bound = Literal["is", "at most", "at least"]


@dataclass(frozen=True, slots=True)
class Expectation:
    """One thing that is expected, in a script's line ``line`` (1-based).

    ``text`` is how the author wrote it. ``target`` names what is meant: a rule by its id, a fact by
    its label (its value where it has none), both as in the persona's file, a phase by its name in
    the record (``deescalation``), the words of a reply, or a guard; "" where the measure needs
    none, for any rule ("nothing matched") and for all guards. ``number`` is what ``bound`` compares
    with (intensity 0-10, score 0-100). ``wanted`` is False where the opposite is expected: after
    "not", "never", "no guard broken" and "nothing matched".
    """

    measure: Measure
    text: str
    line: int
    target: str = ""
    bound: Bound = "is"
    number: int = 0
    wanted: bool = True


@dataclass(frozen=True, slots=True)
class TurnSound:
    """How a turn is said in real sound; in text nothing of it counts. All times are seconds.

    It begins after a silence of ``waits``, or ``interrupts`` into the customer's line before it
    (None: once that is over). ``pauses`` are pieces of the text, each with the silence after it; ()
    when it has none. ``noisy``: there is noise around the trainee.
    """

    waits: float = 0.0
    interrupts: float | None = None
    pauses: tuple[tuple[str, float], ...] = ()
    noisy: bool = False


@dataclass(frozen=True, slots=True)
class ScriptTurn:
    """What the trainee says in the script's line ``line`` (1-based), how that sounds, and what is
    expected after the persona's answer to it."""

    text: str
    line: int
    expected: tuple[Expectation, ...] = ()
    sound: TurnSound = TurnSound()


@dataclass(frozen=True, slots=True)
class Script:
    """A script of the persona ``persona`` (its slug), as its file says.

    ``engine`` is "" where the file names none: then the run decides. ``repeat`` is how often a
    model plays it; all of them must pass. ``noisy``: in real sound there is noise around the
    trainee in the whole call. ``text`` is the whole file. With an error among ``findings`` it
    cannot be played.
    """

    persona: str
    name: str
    text: str
    trainee: ScriptTrainee = "none"
    engine: str = ""
    repeat: int = 1
    noisy: bool = False
    turns: tuple[ScriptTurn, ...] = ()
    at_end: tuple[Expectation, ...] = ()
    findings: tuple[Finding, ...] = field(default=())

    @property
    def version(self) -> str:
        """That of its text."""
        return version_of(self.text)

    @property
    def playable(self) -> bool:
        """Whether it has no error."""
        return not any(finding.level == "error" for finding in self.findings)
