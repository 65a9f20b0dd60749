"""What the trained reader says of some turns, kept as the machine that trained it said it.

``uv run python -m tests.support.stored_readings`` writes the file anew, with the weights that are
there: after a training, after a change of the reader's code, or of the personas' rules. It prints
what is other than before, to be looked at.
"""

import json
from pathlib import Path
from typing import NamedTuple

from agent.reader.observer import ReaderObserver
from agent.reader.reader import Reader
from agent.reader.weights import load
from agent.simulation.directing.certainty import LONE, SURE, UNSURE, decided
from tests.support.heldout import persona_of

FILE = Path(__file__).parent / "stored_readings.json"
MARGIN = 0.02
"""How far a confidence may be from the kept one: matrices are summed in another order on another
machine, which moves it by less than that, and with it what is decided this near to a threshold."""

TURNS = {
    "walter-hughes": (
        "I'm really sorry you've been without a connection for so long, Mister Hughes.",
        "Is there anybody younger in the house who could look at it for you?",
        "We'll do this together, just one little thing after the other.",
        "Could you tell me what the lamps on the box look like right now?",
        "No rush at all, take as long as you need down there.",
        "How are you doing today?",
    ),
    "grace-bennett": (
        "Oh no, I'm so sorry that your coffee machine came to you broken.",
        "Could it be that somebody knocked it over while you unpacked it?",
        "i can send you a new one or give you all your money back whichever you like better",
        "You'll have it in your hands on Friday before noon.",
        "A courier will come by and take the damaged one away, you needn't do anything.",
        "Let me write that down for a second.",
    ),
}


class Reading(NamedTuple):
    """How sure a rule was found, and what was decided by it: ``sure`` or ``unsure``."""

    decision: str
    confidence: float


Readings = dict[str, dict[str, dict[str, Reading]]]
"""By persona, turn and rule (its kind and text); a rule that is not named was not found."""


def read(reader: Reader) -> Readings:
    """All turns, read now."""
    found: Readings = {}
    for slug, turns in TURNS.items():
        persona = persona_of(slug)
        names = {rule.id: f"{rule.kind}: {rule.text}" for rule in persona.rules}
        observer = ReaderObserver(persona, reader)
        for text in turns:
            seen = decided(persona, observer.observe(text))
            rules = {names[m.rule]: Reading("unsure", m.confidence) for m in seen.unsure}
            rules |= {names[m.rule]: Reading("sure", m.confidence) for m in seen.matches}
            found.setdefault(slug, {})[text] = dict(sorted(rules.items()))
    return found


def kept(file: Path = FILE) -> Readings:
    """Those of the file."""
    raw = json.loads(file.read_text(encoding="utf-8"))
    return {
        slug: {
            text: {rule: _reading(told) for rule, told in rules.items()}
            for text, rules in turns.items()
        }
        for slug, turns in raw.items()
    }


def differences(now: Readings, before: Readings) -> list[str]:
    """What is read otherwise than it was, in words."""
    found = []
    for slug, turns in TURNS.items():
        for text in turns:
            one, other = now[slug].get(text, {}), before.get(slug, {}).get(text, {})
            for rule in sorted({*one, *other}):
                if words := _difference(rule, one.get(rule), other.get(rule)):
                    found.append(f"{slug}, {text!r}, {rule}: {words}")
    return found


def _difference(rule: str, now: Reading | None, before: Reading | None) -> str:
    # What is not found is somewhere below the least that is kept.
    one, other = (each or Reading("no", UNSURE) for each in (now, before))
    told = f"{one.decision} ({one.confidence:.2f}), was {other.decision} ({other.confidence:.2f})"
    if abs(one.confidence - other.confidence) > MARGIN + 1e-9:
        return told
    needed = {str(kind): least for kind, least in SURE["reader"].items()}[rule.partition(":")[0]]
    edges = (UNSURE, needed, needed - LONE)
    near = any(abs(other.confidence - edge) <= MARGIN + 1e-9 for edge in edges)
    return told if one.decision != other.decision and not near else ""


def main() -> None:
    """Read, tell what has changed, and keep it."""
    now = read(Reader(load()))
    for line in differences(now, kept() if FILE.exists() else {}):
        print(line)
    told = {
        slug: {
            text: {rule: f"{each.decision} {each.confidence:.2f}" for rule, each in rules.items()}
            for text, rules in turns.items()
        }
        for slug, turns in now.items()
    }
    FILE.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _reading(told: str) -> Reading:
    decision, confidence = told.split()
    return Reading(decision, float(confidence))


if __name__ == "__main__":
    main()
