"""The checks on a whole persona file: what is missing, empty, doubled or out of reach."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from itertools import islice

from personas.briefing import check_briefing
from personas.content import Content, Setting
from personas.frontmatter import LONGEST_NAME
from personas.model import Rule
from personas.outline import Block
from personas.parsed import KINDS, ParsedPersona
from personas.sections import (
    BEHAVIOR,
    BRIEFING,
    CONSTRAINTS,
    CONTEXT,
    OBJECTIVES,
    PERSONA,
    PHASES,
    PHRASES,
    PROFILE,
)
from personas.source import Findings, last_line, shown

INTENSITY = 6
"""Where the persona starts when the file does not say."""
THRESHOLD = 4
"""At or below which a resolution is accepted when the file sets no number anywhere."""

MANY_RULES = 120
"""Beyond so many, reading a turn takes noticeable time, and no call comes to most of them."""

_HOW = {
    PROFILE: '"# Profile Data" with bullets such as "- Account: TC-88213"',
    CONTEXT: '"# Scenario Context" with what led to the call',
    BEHAVIOR: '"# Emotional State & Behavior Rules" above the four phases',
    PHASES[0]: '"## Phase 1: Opening" with a bullet such as - "Where is my money?"',
    PHASES[1]: '"## Phase 2: Escalation Triggers" with bullets such as '
    '- Being told to calm down (+2): "What she says then."',
    PHASES[2]: '"## Phase 3: De-escalation Points" with bullets such as - A sincere apology (-2) '
    "and - Threshold: 4/10",
    PHASES[3]: '"## Phase 4: Resolution Acceptance" with bullets such as '
    "- The full refund is confirmed",
    OBJECTIVES: '"# Test Objectives" with bullets such as - Verifies identity (weight 2)',
    CONSTRAINTS: '"# Constraints" with bullets such as - Never agrees to call back',
}
_MAY_BE = {
    PHRASES: 'bullets such as - Unknown: "I could not say."',
    BRIEFING: "who the trainee is, what they may offer and what their system shows",
}
_HOW_LEVEL = "write a whole number from 0 to 10, such as"


def check(parsed: ParsedPersona, found: Findings) -> tuple[int, int]:
    """Note all that is wrong with what was read; the intensity at the start and the threshold."""
    _check_name(parsed, found)
    _check_missing(parsed, found)
    _check_empty(parsed, found)
    _check_same_words(parsed, found)
    _check_number(parsed, found)
    check_briefing(parsed, found)
    intensity = _check_intensity(parsed, found)
    return intensity, _check_threshold(parsed, intensity, found)


def _check_name(parsed: ParsedPersona, found: Findings) -> None:
    block = parsed.blocks.get(PERSONA)
    if block is None:
        found.error(1, 'no name; write "# Persona: Name" as the first heading')
    elif not block.title:
        found.error(block.line, 'no name; write it after the colon: "# Persona: Name"')
    elif len(block.title) > LONGEST_NAME:
        found.error(block.line, f"the name is over {LONGEST_NAME} characters; shorten it")


def _check_missing(parsed: ParsedPersona, found: Findings) -> None:
    missing = {section: how for section, how in _HOW.items() if section not in parsed.blocks}
    end = last_line(parsed.text) if missing else 1
    for section, how in missing.items():
        line = end
        if section in PHASES and BEHAVIOR in parsed.blocks:
            line = parsed.blocks[BEHAVIOR].line
        found.error(line, f"no section {section!r}; write {how}{_meant(section, parsed.unknown)}")


def _meant(section: str, unknown: Iterable[Block]) -> str:
    titles = {block.title.casefold(): block for block in islice(unknown, 50)}
    close = get_close_matches(section.casefold(), titles, n=1, cutoff=0.75)
    if not close:
        return ""
    return f"; is {titles[close[0]].heading!r} on line {titles[close[0]].line} meant?"


def _check_empty(parsed: ParsedPersona, found: Findings) -> None:
    for section in (*PHASES, OBJECTIVES):
        if (block := parsed.blocks.get(section)) is not None:
            _check_content(parsed, section, block, found)
    for section in (PROFILE, CONTEXT, CONSTRAINTS):
        if section in parsed.blocks and not parsed.words(section):
            found.warn(parsed.blocks[section].line, f"{section} is empty; write {_HOW[section]}")
    for section, how in _MAY_BE.items():
        if section in parsed.blocks and parsed.blocks[section].empty:
            note = f"{section} is empty; write {how}, or take it away"
            found.warn(parsed.blocks[section].line, note)


def _check_content(parsed: ParsedPersona, section: str, block: Block, found: Findings) -> None:
    content = parsed.contents[section]
    if not (content.rules or content.notes or content.lines):
        found.error(block.line, f"{section} is empty; write {_HOW[section]}")
    elif section == PHASES[0] and not content.lines:
        found.warn(block.line, "no opening line in quotes; the persona has to make one up")
    elif section in KINDS and not content.rules:
        # Nothing could then be shown, calmed or resolved by what the trainee says.
        note = found.warn if section == PHASES[1] else found.error
        note(block.line, f"{section} has no bullet that says what the trainee does")


def _check_number(parsed: ParsedPersona, found: Findings) -> None:
    lines = sorted(rule.line for rule in parsed.all_rules)
    if len(lines) > MANY_RULES:
        found.warn(
            lines[MANY_RULES],
            f"{len(lines)} rules; over {MANY_RULES} are read slowly, and one call comes to few of "
            "them: make two customers of this one",
        )


def _check_same_words(parsed: ParsedPersona, found: Findings) -> None:
    # The same words may be both criterion and objective, but not upset and calm at once.
    for sections in (PHASES[1:3], PHASES[3:], (OBJECTIVES,)):
        contents = [content for name, content in parsed.contents.items() if name in sections]
        keys = [key for content in contents for key in content.keys]
        if len(set(keys)) < len(keys):
            _name_same_words(contents, found)


def _name_same_words(contents: Iterable[Content], found: Findings) -> None:
    seen: dict[str, Rule] = {}
    for content in contents:
        for key, rule in zip(content.keys, content.rules, strict=True):
            first = seen.setdefault(key, rule)
            if first is not rule:
                a, b = sorted((first.line, rule.line))
                found.error(
                    b, f"two rules with the same words, on lines {a} and {b}: {shown(rule.text)!r}"
                )


def _stated(
    parsed: ParsedPersona, name: str, home: tuple[str, ...], found: Findings
) -> Setting | None:
    """The one place where a level is stated; a second one is an error, another place a warning."""
    stated: list[Setting] = []
    for section, content in parsed.contents.items():
        for setting in content.settings.get(name, ()):
            if section in home:
                stated.append(setting)
            else:
                found.warn(
                    setting.line, f"{name.title()} is read in {' or '.join(home)} only; not here"
                )
    for setting in stated[1:]:
        found.error(
            setting.line,
            f"{name.title()} is written twice, on lines {stated[0].line} and {setting.line}",
        )
    return stated[0] if stated else None


def _check_intensity(parsed: ParsedPersona, found: Findings) -> int:
    stated = _stated(parsed, "intensity", PHASES[:1], found)
    if stated is None:
        return INTENSITY
    if stated.value is None:
        found.error(stated.line, f"bad intensity; {_HOW_LEVEL} - Intensity: 8/10")
        return INTENSITY
    return stated.value


def _check_threshold(parsed: ParsedPersona, intensity: int, found: Findings) -> int:
    stated = _stated(parsed, "threshold", PHASES[2:], found)
    lowest = max(0, intensity + _calming(parsed.rules(PHASES[2])))
    block = parsed.blocks.get(PHASES[2])
    if stated is None:
        if block is not None:
            _note_no_threshold(parsed, block, found)
        return max(THRESHOLD, lowest)
    if stated.value is None:
        found.error(stated.line, f"bad threshold; {_HOW_LEVEL} - Threshold: 4/10")
        return THRESHOLD
    if stated.value < lowest and parsed.rules(PHASES[2]):
        found.error(
            stated.line,
            f"the threshold {stated.value} can never be reached: from intensity {intensity} all "
            f"de-escalation points together, repeats included, lead to {lowest}",
        )
    return stated.value


def _calming(rules: Sequence[Rule]) -> int:
    """What all of them together can bring down."""
    reach = {rule.change: min(rule.reach, 0) for rule in {r.change: r for r in rules}.values()}
    return sum(reach[rule.change] for rule in rules)


def _note_no_threshold(parsed: ParsedPersona, block: Block, found: Findings) -> None:
    # A file that sets no number at all is plain prose and gets defaults throughout.
    if parsed.marked:
        found.error(
            block.line,
            "no threshold: when is a resolution accepted? Write - Threshold: 4/10 in Phase 3",
        )
    elif not block.empty:
        found.warn(block.line, f"no threshold; {THRESHOLD}/10 or what can be reached is taken")
