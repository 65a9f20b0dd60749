"""What the phases of a call are called, for everyone who reads of them."""

PHASES = {
    "opening": "Opening",
    "escalation": "Escalating",
    "deescalation": "Calming down",
    "resolution": "Ready to agree",
}


def phase_word(name: str) -> str:
    """The phase in words; the name itself when it is none."""
    return PHASES.get(name, name.capitalize())
