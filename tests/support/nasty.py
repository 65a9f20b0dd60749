"""Texts as nobody should write them, and somebody will, for all that reads what people wrote."""

from tests.support.persona_text import FULL

BIG = 60_000
"""Characters of the long ones; a persona file may have 256 KB."""
DIGITS = "1" * 5000
"""More than Python reads as a number."""

RUNS = {
    "one letter": "a" * BIG,
    "dots": "x." * (BIG // 2),
    "no letters": "\u202e" * (BIG // 3),
    "nothing but NUL": "\0" * BIG,
    "spaces": " " * BIG,
    "tabs": "\t" * BIG,
    "old line ends": "\r" * BIG,
    "two signs for a line's end": "\r\n" * (BIG // 2),
    "blank lines": "\n " * (BIG // 2),
    "escaped quotation marks": '\\"' * (BIG // 2),
    "quotation marks": '"' * BIG,
    "opening quotation marks": "“" * (BIG // 3),
    "brackets": "(" * BIG,
    "weights": "(weight 1" * (BIG // 9),
    "a weight and spaces": "(weight" + "\t" * BIG + "x",
    "a change and spaces": "(+" + " " * BIG + "x",
    "a whole weight and spaces": "(weight 1" + " " * BIG + "x",
    "an intensity and spaces": "(intensity" + " " * BIG + "x",
    "changes and spaces": ("(+" + " " * 50) * (BIG // 52),
    "comments": "(weight" + "<!-- a --> " * (BIG // 11),
    "emphasis": "*_" * (BIG // 2),
    "digits": "9" * BIG,
    "accents": "e" + "\u0301" * (BIG // 2),
    "a colon far away": "a:" + "\n " * (BIG // 2) + ":",
}
"""What may stand anywhere in a file."""

PLACES = {
    "alone": "{}",
    "in front": "{}" + FULL,
    "the name": FULL.replace("Sarah Thompson", "{}"),
    "a line": FULL.replace("I was charged twice!", "{}"),
    "an opening": FULL.replace("- Speaks fast", "- {}"),
    "a trigger": FULL.replace("- Being transferred", "- {}"),
    "a change": FULL.replace("(+2)", "(+{})"),
    "a reply": FULL.replace("Do not tell me to calm down!", "{}"),
    "an objective": FULL.replace("- Stays calm", "- {}"),
    "a weight": FULL.replace("weight 2", "weight {}"),
    "an intensity": FULL.replace("8/10", "{}"),
    "a fact": FULL.replace("- Account: TC-88213", "- {}"),
    "an example": FULL.replace("- Stays calm", '- Stays calm\n  - like: "{}"'),
    "a bare example": FULL.replace("- Stays calm", "- Stays calm\n  - unlike: {}"),
    "a change of a fact": FULL.replace("- Stays calm", "- Stays calm\n  - then: Account: {}"),
    "a fact that changes": FULL.replace("- Stays calm", "- Stays calm\n  - then: {}: x"),
    "a condition": FULL.replace("TC-88213", "TC-88213\n  - only after: {}"),
    "an odd mark": FULL.replace("- Stays calm", "- Stays calm\n  - {}: x"),
    "a phrase": f'{FULL}\n# Phrases\n- Why: "{{}}"\n',
    "a kind of phrase": f"{FULL}\n# Phrases\n- {{}}\n",
    "a briefing": f"{FULL}\n# Briefing\n{{}}\n",
    "a heading": FULL.replace("# Constraints", "# {}\n# Constraints"),
    "a language": FULL.replace("th-TH", "{}"),
    "a scenario": FULL.replace("Billing Dispute", "{}"),
}
"""Where in a whole file; filled in by :func:`put`."""

FRONTS = (
    "patience: " + DIGITS,
    "patience: .inf",
    "patience: .nan",
    "patience: !!bool maybe",
    "patience: !!timestamp soon",
    "patience: 1e999",
    "scenario: " + "a" * 15_000,
    "language: " + "a-" * 7_000,
    "difficulty: !!python/object/apply:os.system [echo]",
    "difficulty: hard\ndifficulty: easy",
    "exam: " + DIGITS,
    "exam: .nan",
    "exam: !!bool maybe",
    "exam: yes\nexam: no",
    "hang_up: {yes: no}",
    "published: &a yes\nrecording: *a",
    "recording: " + "yes" * 5_000,
    "voice: {offline: {volume: .inf}}",
    "voice: {offline: {volume: -.inf}}",
    "voice: {offline: {pitch: .nan}}",
    "voice: {offline: {rate: " + DIGITS + "}}",
    "voice: {offline: {range: 1" + ":1" * 490 + ".5}}",
    "voice: {offline: {pitch: !!int ''}}",
    "voice: {offline: {pitch: !!float soft}}",
    "voice: {offline: {pitch: !!timestamp soon}}",
    "voice: {offline: {pitch: !!binary '?'}}",
    "voice: {offline: {loud: !!bool maybe}}",
    "voice: {offline: {voice: " + "a" * 200 + "}}",
    "voice: {gemini: " + "a" * 200 + "}",
    "voice: {gemini: Kore, gemini: Puck}",
    "voice: {offline: {pitch: 1, pitch: 2}}",
    "voice: {offline: {pitch: [1, 2]}}",
    "voice: {pipeline: {speed: .inf}}",
    "voice: " + "{a: " * 300 + "b" + "}" * 300,
    "- " * 400 + "a",
    "a: &a [x]\nb: [*a, *a, *a]",
    "a: &a {x: y}\n<<: *a",
    "a: &a [*a]",
)
"""Front matters that cannot be taken as they are."""


def put(run: str, place: str) -> str:
    """The text with a run at that place."""
    return PLACES[place].replace("{}", RUNS[run])


def front(lines: str) -> str:
    """A whole file with this front matter."""
    return "---\n" + lines + FULL[FULL.index("\n---\n# ") :]


LEVELS = (
    ("8/10", DIGITS),
    ("8/10", f"8/{DIGITS}"),
    ("4/10", f"-{DIGITS}"),
    ("(+2)", f"(+{DIGITS})"),
    ("(-2)", f"(-{DIGITS})"),
    ("weight 2", f"weight {DIGITS}"),
    ("weight 2", "weight 00000000199"),
    ("weight 2", "weight 0" + "1" * 8),
)
"""What stands in ``FULL``, and a number in its place that is none."""
