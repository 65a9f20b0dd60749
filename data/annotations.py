"""What coaches and the trainee say of a call that is over, beside what was read in it."""

import logging
import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

from data.records import CallStart, Record
from data.store import Store

log = logging.getLogger(__name__)

Kind = Literal["objective", "turn", "comment", "claim"]

LONGEST = 2_000
"""Characters of a comment or note."""
MOST = 500
"""Annotations of one call: a page has to draw them all."""
_REMEDY = "what coaches said of calls is not shown until a good copy of it is put back"


class AnnotationError(ValueError):
    """It cannot be kept; the text is for a person."""


@dataclass(frozen=True, slots=True)
class Annotation(Record):
    """One word of the person ``by`` ("" for one who is gone), ``at`` seconds since the epoch.

    ``objective``: a coach says whether the objective ``rule`` was shown (``yes``), in ``turn`` if
    it is named. ``turn``: whether that turn counts for the rule, of which the reader was not sure.
    In both, a ``yes`` of None takes back what was said before, and ``reader`` is whether the
    objective had been read as shown (None for a rule that is none). ``comment``: ``text`` at that
    turn, and at the second ``moment`` of the call when it is of what is heard there. ``claim``: the
    trainee says to have done what the objective ``rule`` asks for, which waits for a coach.

    ``words`` are the rule's at that time: its file may change, or go.
    """

    kind: Kind
    by: str
    at: float
    rule: str = ""
    words: str = ""
    turn: int | None = None
    yes: bool | None = None
    reader: bool | None = None
    text: str = ""
    moment: float | None = None


@dataclass(frozen=True, slots=True)
class AnnotatedCall:
    """A call and what was said of it, in the order in which it was said.

    ``user`` is the trainee; ``persona`` what the persona was called when the call ``started``.
    """

    call: str
    user: str
    persona: str
    name: str
    scenario: str
    started: float
    annotations: tuple[Annotation, ...] = ()


class Annotations:
    """Every annotation; safe to use from any thread, but ``add`` and ``remove`` write to the disk.

    A document for each call that has any. Raises ``StoreError``.
    """

    def __init__(self, store: Store) -> None:
        self._table = store.table("annotations", key="call", remedy=_REMEDY)
        self._lock = threading.Lock()
        self._calls = {each.call: each for each in _read(self._table.all())}

    def of(self, call: str) -> tuple[Annotation, ...]:
        """What was said of that call."""
        with self._lock:
            known = self._calls.get(call)
        return known.annotations if known else ()

    def calls(self) -> list[AnnotatedCall]:
        """Every call of which anything was said, the newest first."""
        with self._lock:
            return sorted(self._calls.values(), key=lambda call: call.started, reverse=True)

    def add(self, start: CallStart, annotation: Annotation) -> None:
        """Keep one more; raises ``AnnotationError``, ``OSError``."""
        annotation = _checked(annotation)
        with self._lock:
            known = self._calls.get(start.call) or AnnotatedCall(
                start.call, start.user, start.persona, start.name, start.scenario, start.started
            )
            if len(known.annotations) >= MOST:
                raise AnnotationError("This call has as many comments as can be kept.")
            self._keep(replace(known, annotations=(*known.annotations, annotation)))

    def remove(self, call: str, annotation: Annotation) -> None:
        """Forget that one; raises ``OSError``."""
        with self._lock:
            known = self._calls.get(call)
            if known is not None:
                left = tuple(each for each in known.annotations if each != annotation)
                self._keep(replace(known, annotations=left))

    def forget(self, *calls: str) -> None:
        """Forget all that was said of these calls; raises ``OSError``."""
        with self._lock:
            self._table.remove(*(call for call in calls if call in self._calls))
            for call in calls:
                self._calls.pop(call, None)

    def by(self, name: str) -> tuple[tuple[str, Annotation], ...]:
        """What that person said, each with its call."""
        said = ((call.call, each) for call in self.calls() for each in call.annotations)
        return tuple((call, each) for call, each in said if each.by == name)

    def forget_person(self, name: str) -> None:
        """Take that name off all that it said, which stays; raises ``OSError``."""
        with self._lock:
            for call in list(self._calls.values()):
                if any(each.by == name for each in call.annotations):
                    said = (
                        replace(each, by="") if each.by == name else each
                        for each in call.annotations
                    )
                    self._keep(replace(call, annotations=tuple(said)))

    def _keep(self, call: AnnotatedCall) -> None:
        said = [each.to_json() for each in call.annotations]
        kept = {name: getattr(call, name) for name in _HEAD}
        self._table.put({**kept, "annotations": said})
        self._calls[call.call] = call


_HEAD = ("call", "user", "persona", "name", "scenario", "started")


def _checked(annotation: Annotation) -> Annotation:
    text = annotation.text.strip()
    if annotation.kind == "comment" and not text:
        raise AnnotationError("Write your comment first.")
    if len(text) > LONGEST:
        raise AnnotationError(f"That is too long: {LONGEST} characters are kept at most.")
    return replace(annotation, text=text)


def _read(documents: Iterable[dict[str, Any]]) -> Iterable[AnnotatedCall]:
    """The calls of these documents; what makes no sense is left out, and named in the log."""
    for document in documents:
        try:
            said = tuple(Annotation.from_json(each) for each in document["annotations"])
            head = {name: document[name] for name in _HEAD}
            yield AnnotatedCall(**{**head, "started": float(head["started"])}, annotations=said)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            log.warning("Annotations of call %s are unreadable: %s", document.get("call"), error)
