"""Where a call begins, in words: the phase that was asked for, and the one that it can be."""

from agent.simulation.directing.course import PHASES, PhaseName, State
from agent.simulation.directing.director import begin
from data.journal import CallRecord
from personas.model import Persona

PHASE_WORDS: dict[PhaseName, str] = {
    "opening": "phase 1, the opening",
    "escalation": "phase 2, getting angrier",
    "deescalation": "phase 3, calming down",
    "resolution": "phase 4, ready to agree",
}


def phase_words(phase: str) -> str:
    """The phase with its number in the persona's file; the name itself when it is none."""
    return next((words for name, words in PHASE_WORDS.items() if name == phase), phase)


def usual_intensity(persona: Persona, phase: str) -> int:
    """An intensity (0-10) with which that phase of the persona makes sense."""
    threshold, own = persona.threshold, persona.intensity
    if phase == "resolution":
        return threshold
    if phase == "deescalation":
        return min(10, max(threshold + 1, (threshold + own + 1) // 2))
    if phase == "escalation":
        return min(10, max(threshold + 1, own + 1))
    return own


def begun(state: State) -> str:
    """Where the call begins: ``phase 3, calming down, at 5 of 10``."""
    return f"{phase_words(state.phase)}, at {state.intensity} of 10"


def put_right(persona: Persona, phase: str, intensity: int | None) -> str:
    """Why the call begins in another phase than the one asked for; "" when it does not."""
    state = begin(persona, phase, intensity)
    if not phase or state.phase == phase:
        return ""
    level, threshold = state.intensity, persona.threshold
    side = "still above" if level > threshold else "already at or below"
    return (
        f"At {level} of 10 {persona.name} is {side} the threshold of {threshold}, so the call "
        f"begins in {phase_words(state.phase)}."
    )


def stood(persona: Persona, record: CallRecord, turn: int) -> State:
    """Where that call stood before the turn of that index, as far as its record tells."""
    judged = [each for each in record.turns if each.index < turn and each.phase]
    if judged:
        return begin(persona, judged[-1].phase, judged[-1].intensity)
    return begin(persona, record.start.phase, record.start.intensity)


def number(phase: str) -> int:
    """The phase's number in the persona's file, 1-4; ValueError when it is none."""
    return [str(name) for name in PHASES].index(phase) + 1
