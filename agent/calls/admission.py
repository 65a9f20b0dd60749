"""Whether a call may be made: by whom, with which persona text, and where in it the call begins."""

import secrets
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from agent.engines.registry import Choice
from agent.platform.settings import RecordMode
from agent.protocol.brief import LARGEST, Brief
from agent.protocol.messages import LONGEST_TURN
from agent.protocol.scene import FROM_THE_TOP, Scene
from agent.simulation.directing.director import begin
from data.records import CallStart
from personas.library import Library
from personas.model import Persona
from personas.parse import examine

STOPPING = "Rehearsal is being stopped."


class Refused(Exception):
    """A call cannot be made; the text is for a person."""


@dataclass(frozen=True, slots=True)
class CallOptions:
    """What an author may ask of a call.

    ``engine`` is "" for the usual one. ``draft`` is a persona text that has not been saved: the
    call then follows its author's page instead of the file. ``scene`` is where it begins, and
    ``past_text`` the text of the earlier call that it goes on from, None for the file's of today.
    ``record``: the trainee knows of the recording, and has agreed where that is asked.
    ``live_hints``: their page tells them what to do next, unless it is an exam.
    """

    engine: str = ""
    draft: str | None = None
    scene: Scene = FROM_THE_TOP
    record: bool = False
    live_hints: bool = False
    past_text: str | None = None


DEFAULT_OPTIONS = CallOptions()


class Admission:
    """The one who is asked before a call begins.

    ``most()`` calls go on at once, ``most_each(user)`` of them with one user; ``readiness`` says in
    words what keeps all calls from being made, "" when nothing does. ``is_author(user)`` says who
    may call what is unpublished. ``record`` is which calls are recorded. ``Refused`` is raised with
    words for the user.
    """

    def __init__(
        self,
        library: Library,
        *,
        most: Callable[[], int],
        most_each: Callable[[str], int],
        readiness: Callable[[], str],
        choose_engine: Callable[[Persona, str], Choice],
        is_author: Callable[[str], bool],
        record: RecordMode = "no",
    ) -> None:
        self.most = most
        self.stopping = False
        self.choose_engine = choose_engine
        self.record = record
        self._library = library
        self._is_author = is_author
        self._most_each = most_each
        self._readiness = readiness
        self._slots: Counter[str] = Counter()

    def problem(self) -> str:
        """Why nobody can make a call now, in words; empty when one can be made."""
        words = STOPPING if self.stopping else self._readiness()
        if not words and not self.free_lines():
            words = f"{_all_lines(self.most())} busy. Try again when another call has ended."
        return words

    def free_lines(self) -> int:
        """How many more calls can go on at once; none while the app stops."""
        return 0 if self.stopping else max(0, self.most() - self._slots.total())

    def take_slot(self, user: str) -> None:
        """One more call of that user begins; it counts until ``free_slot``."""
        if words := self.problem():
            raise Refused(words)
        most = self._most_each(user)
        if self._slots[user] >= most:
            going_on = "a call is" if most == 1 else f"{most} calls are"
            raise Refused(
                f"With your account {going_on} going on already. End one first, here or in the "
                "tab where you began it; a call that nobody is in ends by itself within a minute."
            )
        self._slots[user] += 1

    def free_slot(self, user: str) -> None:
        """A call of that user is over, or did not begin after all."""
        self._slots[user] -= 1
        if not self._slots[user]:
            del self._slots[user]

    def saved(self, slug: str, user: str) -> Persona:
        """The persona of that file, as that user can call it now."""
        entry = self._library.get(slug)
        hidden = entry is not None and not entry.published and not self._is_author(user)
        if entry is None or entry.deleted or hidden:
            raise Refused("There is no such persona. Choose another one on the Simulations page.")
        if entry.persona is None:
            raise Refused("This persona's file has an error; an author must mend it first.")
        return entry.persona

    def unsaved(self, slug: str, text: str) -> Persona:
        """The persona of an unsaved text; takes a tenth of a second for the longest."""
        found = examine(text, slug, self._library.engines)
        if found.persona is None:
            first = found.errors[0]
            raise Refused(f"This text cannot be called yet: line {first.line}: {first.message}.")
        return found.persona

    def of_earlier(self, slug: str, text: str) -> Persona:
        """The persona as an earlier call had it, whatever has become of its file; slow as that of
        an unsaved text."""
        found = examine(text, slug, self._library.engines)
        if found.persona is None:
            raise Refused(
                "The customer's text of that call cannot be read any more, so this moment cannot "
                "be tried again. Practise the whole call instead."
            )
        return found.persona

    def recorded(self, persona: Persona, options: CallOptions) -> bool:
        """Whether such a call is recorded: never one whose trainee was not told of it before, nor
        with a persona whose file refuses it, nor a try."""
        return not self._unrecorded(persona, options)

    def start(self, user: str, persona: Persona, options: CallOptions) -> CallStart:
        """The head of the record of a new call."""
        return CallStart(
            call=secrets.token_hex(8),
            user=user,
            persona=persona.slug,
            name=persona.name,
            scenario=persona.scenario,
            version=persona.version,
            engine=self.choose_engine(persona, options.engine).name,
            language=persona.language,
            started=time.time(),
            draft=options.draft is not None,
            unrecorded=self._unrecorded(persona, options),
            pinned=options.past_text is not None,
            live_hints=options.live_hints and not persona.exam,
            **_where(persona, options.scene),
        )

    def _unrecorded(self, persona: Persona, options: CallOptions) -> str:
        """As ``CallStart.unrecorded``."""
        if self.record == "no":
            return "off"
        if options.scene.origin:
            return "try"
        if not persona.recording:
            return "persona"
        return "" if options.record else "declined"


def check(brief: Brief) -> None:
    """Refuse what no job could play, or could even be told of."""
    turns = brief.scene.turns
    anew = bool(brief.scene.line)
    if turns and not anew and not (turns[-1].speaker == "trainee" and turns[-1].text.strip()):
        raise Refused("Nothing is said in the turn to go on from. Write what the trainee says.")
    if turns and not anew and (length := len(turns[-1].text)) > LONGEST_TURN:
        raise Refused(
            f"A turn may have {LONGEST_TURN:,} characters; the one to go on from has {length:,}. "
            "Shorten it."
        )
    if (size := brief.size) > LARGEST:
        what = "The persona's text with the turns before" if turns else "The persona's text"
        remedy = "Go on from an earlier turn, or shorten the text." if turns else "Shorten it."
        remedy = "Try an earlier moment of that call." if anew else remedy
        limit = LARGEST // 1000
        raise Refused(f"{what} has {size // 1000} kB; a call takes {limit} kB at most. {remedy}")


def _where(persona: Persona, scene: Scene) -> dict[str, Any]:
    """What a call's head says of where it began."""
    values: dict[str, Any] = {"origin": scene.origin, "taken": len(scene.past)}
    if scene.phase or scene.intensity is not None:
        try:
            state = begin(persona, scene.phase, scene.intensity)
        except ValueError:
            raise Refused(f"There is no phase {scene.phase!r} to begin in.") from None
        values |= {"phase": state.phase, "intensity": state.intensity}
    return values


def _all_lines(most: int) -> str:
    return (
        "The one line of this machine is" if most == 1 else f"All {most} lines of this machine are"
    )
