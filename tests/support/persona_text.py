"""A whole persona file for tests, and small changes to it."""

FULL = """\
---
scenario: Billing Dispute
difficulty: hard
language: th-TH
patience: 12
voice: {offline: {pitch: 60}, gemini: Kore}
---
# Persona: Sarah Thompson
A gold tier customer who was charged twice.

# Profile Data
- Account: TC-88213
- Has been a customer since 2016

# Scenario Context
The same bill was taken twice this month.

# Emotional State & Behavior Rules
## Phase 1: Opening (0-30 seconds)
- Intensity: 8/10
- Speaks fast
- "I was charged twice!"

## Phase 2: Escalation Triggers
- Being told to calm down (+2): "Do not tell me to calm down!"
- Being transferred

## Phase 3: De-escalation Points
- A sincere apology (-2): "Well. Thank you."
- Owning the mistake (-3)
- Threshold: 4/10

## Phase 4: Resolution Acceptance
- The full refund is confirmed
- A time is named

# Test Objectives
- Verifies identity before discussing the account (weight 2)
- Stays calm

# Constraints
- Never agrees to be called back
"""

PLAIN = """\
# Persona: Ann Lee
A customer who waits for a parcel.

# Profile Data
- Lives in Leeds

# Scenario Context
The parcel is late.

# Emotional State & Behavior Rules
## Phase 1: Opening
- Asks where the parcel is

## Phase 2: Escalation Triggers
- Being told to wait

## Phase 3: De-escalation Points
- An apology

## Phase 4: Resolution Acceptance
- A date is named

# Test Objectives
- Apologises

# Constraints
- Never swears
"""


RICH = (
    FULL.replace("patience: 12", "patience: 12\npublished: no   # not yet\nexam: yes\nhang_up: no")
    .replace("TC-88213", "TC-88213\n  - only after:  A sincere apology")
    .replace("since 2016", 'since 2016\n    +  asked:  "Since  when?"')
    .replace("- Being transferred", '- Being transferred\n    * unlike:  "I will put you through."')
    .replace("(-3)\n", '(-3)\n  - like: "It was  our fault."\n\t- then: Account: TC-1\n')
    .replace("- A time is named", '- A time is named\n  - missing:  "And  when?"')
    .replace("# Constraints", '# Phrases\n- Why:  "What for?"\n\n# Constraints')
) + "\n# Briefing\n\nYou may  offer:\n\n## Limits\n1. A month.\t\n"
"""The same with all that a file may have."""


def line_of(words: str, text: str = FULL) -> int:
    """The line (1-based) on which these words stand."""
    return text[: text.index(words)].count("\n") + 1


def swap(old: str, new: str, text: str = FULL) -> str:
    """The text with one thing changed, which must be there exactly once."""
    assert text.count(old) == 1, old
    return text.replace(old, new)
