"""A text model fills an imported draft; only what its source says is taken for a fact."""

import json
import re
from dataclasses import dataclass, replace

from agent.providers.drafting import DraftFailed, Drafting
from personas.form import Deed, Form, Known
from personas.form_check import lowest
from personas.form_text import BACKGROUND, written
from personas.marks import normalised
from personas.model import Persona, Rule
from personas.parse import examine

LONGEST = 60_000
"""Characters of a source that a model is given; nothing of it is cut."""
_FEWEST = 0.5
"""Of a fact's words, how many must stand in the source."""
_SHARE = 0.3
"""Of what the model tells of the customer, how much must have a word of the source in it."""
_SHORT = 4
"""Characters from which on a word is one of the matter rather than of grammar."""

_TASK = """\
You fill the form of a customer for a training call from an author's text, which is a role-play
prompt, a scenario or a draft. Take every fact, line and rule that the text has, in its words; add
no name, number, date or other fact that is not in it. Where the text names no rule, make such as
follow from what it tells of this customer. {form}"""


@dataclass(frozen=True, slots=True)
class Filled:
    """The filled persona file; ``left_out`` are the model's facts that its source has not."""

    text: str
    left_out: tuple[str, ...] = ()


async def fill(model: Drafting, draft: str, source: str) -> Filled:
    """The draft filled from its source by the model; what the draft has is kept. Raises
    ``DraftFailed`` for an answer that does not fit, and the draft stays as it is."""
    if len(source) > LONGEST:
        raise DraftFailed(f"The text is over {LONGEST:,} characters, too long for the text model.")
    persona = examine(draft, "draft").persona
    if persona is None:
        raise DraftFailed("The draft has errors; mend them first.")
    form = await model.form(
        json.dumps({"text": source}, ensure_ascii=False), persona.language, _TASK
    )
    return merged(persona, form, source)


def merged(persona: Persona, form: Form, source: str) -> Filled:
    """The draft's own content with what the model added and the source bears out."""
    words = _words(source)
    added = [fact for fact in form.facts if _is_told(fact.value, words)]
    left_out = tuple(f"{f.label}: {f.value}" for f in form.facts if f not in added)
    told = [form.who, *form.context.splitlines(), *form.opening, *(w.words for w in form.wants)]
    told += [row.words for row in form.angers]
    known = sum(bool(_matter(line) & words) for line in told)
    if known < _SHARE * len(told):
        raise DraftFailed("The text model wrote of something else than this text. Try again.")
    facts = {normalised(f.value): Known(f.label, f.value) for f in persona.facts}
    facts |= {normalised(f.value): f for f in added if normalised(f.value) not in facts}
    opening = [line for line in persona.phases[0].lines if _is_told(line, words)]
    filled = replace(
        form,
        name=persona.name,
        facts=tuple(facts.values()),
        opening=tuple(dict.fromkeys([*opening, *form.opening])),
        angers=_with_own(persona.triggers, form.angers, words),
        calms=_with_own(persona.deescalations, form.calms, words),
    )
    filled = replace(filled, threshold=max(filled.threshold, lowest(filled)))
    text = written(filled) + _background(persona.text)
    if errors := examine(text, "draft").errors:
        raise DraftFailed(f"The text model's answer makes no persona: {errors[0].message}.")
    return Filled(text, left_out)


def _with_own(own: tuple[Rule, ...], rows: tuple[Deed, ...], words: set[str]) -> tuple[Deed, ...]:
    """The draft's own rules that its source tells, then the model's others."""
    kept = [
        Deed(rule.text, min(abs(rule.change) or 1, 3), " ".join(rule.replies[:1]))
        for rule in own
        if _is_told(rule.text, words)
    ]
    seen = {normalised(deed.words) for deed in kept}
    return (*kept, *(row for row in rows if normalised(row.words) not in seen))


def _is_told(text: str, words: set[str]) -> bool:
    """Whether the source has every number in it, and at least half of its words."""
    parts = _words(text)
    numbers = {part for part in parts if any(map(str.isdigit, part))}
    return bool(parts) and numbers <= words and len(parts & words) >= _FEWEST * len(parts)


def _matter(text: str) -> set[str]:
    return {word for word in _words(text) if len(word) >= _SHORT}


def _words(text: str) -> set[str]:
    """The words of a text for comparison; of Thai, which has no spaces, runs of four letters."""
    found = set(re.findall(r"\w+", normalised(text)))
    thai = "".join(re.findall("[\u0e00-\u0e7f]+", text))
    return found | {thai[at : at + 4] for at in range(max(0, len(thai) - 3))}


def _background(text: str) -> str:
    """The draft's sections for what has no place, word for word."""
    match = re.search(rf"(?m)^# {BACKGROUND}[ \t]*$", text)
    return f"\n{text[match.start() :]}" if match else ""
