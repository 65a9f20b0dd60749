"""Writes the answers of the guided form as a persona file."""

from collections.abc import Iterator
from dataclasses import replace

import yaml

from personas import spelling
from personas.blank import BLANK
from personas.example_writer import as_example
from personas.form import Aim, Deed, Form, Want
from personas.languages import canonical
from personas.model import Kind, Persona
from personas.parse import examine
from personas.sections import BEHAVIOR, BRIEFING, CONSTRAINTS, CONTEXT, OBJECTIVES, PHRASES, PROFILE
from personas.voice_writer import with_voice

BACKGROUND = "Background"
"""The heading over what the format has no place for; the persona is told it."""
IN_ROLE = "Stays in the role of the customer for the whole call"
"""What holds when the author sets no limits; the format wants at least one."""
LONGEST_NOTES = 2000
"""Characters of notes that go into the front matter, which may not grow without end."""


def written(form: Form) -> str:
    """The persona file; the checker has no remark on it when ``form_check.problems`` has none,
    but for a form with a ``background``, which makes a section of its own."""
    parts = [
        _front(form),
        *_section(spelling.heading(form.name), spelling.paragraphs(form.who)),
        *_section(f"# {PROFILE}", _facts(form)),
        *_section(f"# {CONTEXT}", spelling.bullets(form.context, CONTEXT)),
        f"# {BEHAVIOR}\n",
        *_section("## Phase 1: Opening (0-30 seconds)", _opening(form)),
        *_section("## Phase 2: Escalation Triggers", _angers(form)),
        *_section("## Phase 3: De-escalation Points", _calms(form)),
        *_section("## Phase 4: Resolution Acceptance", _wants(form)),
        *_section(f"# {OBJECTIVES}", _objectives(form)),
        *_section(f"# {CONSTRAINTS}", _constraints(form)),
    ]
    if unknown := _quoted(form.unknown):
        parts += _section(f"# {PHRASES}", [f"- Unknown: {' '.join(unknown)}"])
    if briefing := spelling.briefing(form.briefing):
        parts += _section(f"# {BRIEFING}", briefing)
    if form.background.strip():
        parts += _section(f"# {BACKGROUND}", spelling.paragraphs(form.background))
    text = "\n".join(parts)
    for engine, settings in form.voice.items():
        text = with_voice(text, engine, settings)
    return text


def sketch(form: Form, slug: str) -> Persona:
    """Who speaks in a form that need not be finished: name, character, story, first lines, mood,
    language and voice; without rules."""
    known = examine(BLANK, slug).persona
    assert known is not None
    first, second, third, fourth = (replace(each, notes=(), lines=()) for each in known.phases)
    said = tuple(filter(None, map(spelling.one_line, form.opening)))
    try:
        language = canonical(form.language)
    except ValueError:
        language = known.language
    return replace(
        known,
        name=spelling.one_line(form.name),
        character=form.who,
        context=tuple(form.context.splitlines()),
        language=language,
        intensity=form.intensity,
        phases=(replace(first, lines=said), second, third, fourth),
        facts=(),
        triggers=(),
        deescalations=(),
        criteria=(),
        objectives=(),
        constraints=(),
        voice=form.voice,
    )


def _front(form: Form) -> str:
    values = {"difficulty": form.difficulty, "language": form.language}
    if scenario := spelling.one_line(form.scenario):
        values = {"scenario": scenario, **values}
    # In one line, however long: the reader takes only the front matter's first words for it.
    text = yaml.safe_dump(values, allow_unicode=True, sort_keys=False, width=1_000_000)
    return f"---\n{text}{_notes(form.notes)}---"


def _notes(notes: str) -> str:
    """Comments of the front matter, which no model is told."""
    plain = notes.translate(str.maketrans("[]{}?:", "()(). "))[:LONGEST_NOTES]
    lines = filter(None, map(spelling.one_line, plain.splitlines()))
    return "".join(f"# {line[:500]}\n" for line in lines)


def _section(heading: str, lines: list[str]) -> Iterator[str]:
    yield "\n".join([heading, *lines]) + "\n"


def _facts(form: Form) -> list[str]:
    lines: list[str] = []
    for row in form.facts:
        if row.value.strip():
            lines += [spelling.fact(row.label, row.value), *_below(asked=row.asked)]
    return lines


def _opening(form: Form) -> list[str]:
    lines = [spelling.spoken(line) for line in form.opening if spelling.one_line(line)]
    return [f"- Intensity: {form.intensity}/10", *(f"- {line}" for line in lines)]


def _angers(form: Form) -> list[str]:
    return [line for r in form.angers for line in _rule("trigger", r, f"(+{r.change})", r.reply)]


def _calms(form: Form) -> list[str]:
    return [
        *(line for r in form.calms for line in _rule("deescalation", r, f"(-{r.change})", r.reply)),
        f"- Threshold: {form.threshold}/10",
    ]


def _wants(form: Form) -> list[str]:
    lines: list[str] = []
    for row in form.wants:
        lines += _rule("criterion", row, "", row.reply)
        if row.words.strip():
            lines += _below(missing=row.missing)
    return lines


def _objectives(form: Form) -> list[str]:
    return [
        line for r in form.objectives for line in _rule("objective", r, f"(weight {r.weight})", "")
    ]


def _rule(kind: Kind, row: Deed | Want | Aim, mark: str, reply: str) -> Iterator[str]:
    """The bullets of a rule with its examples; none of a row without words."""
    if row.words.strip():
        yield spelling.rule(kind, row.words, mark, reply)
        yield from _below(like=row.like, unlike=row.unlike)


def _below(**marks: str) -> Iterator[str]:
    """The bullets below a rule or a fact, for each mark those of its lines."""
    for mark, text in marks.items():
        yield from (f"  - {mark}: {said}" for said in _quoted(text))


def _quoted(text: str) -> list[str]:
    """Each line of the text that has words, in quotation marks."""
    said = dict.fromkeys(as_example(line) for line in text.splitlines())
    return [f'"{each}"' for each in said if any(map(str.isalnum, each))]


def _constraints(form: Form) -> list[str]:
    return spelling.bullets(form.constraints, CONSTRAINTS) or [f"- {IN_ROLE}"]
