"""How to write what someone typed so that the format reads it back as exactly these words.

Nobody can know all that a mark, a quotation or a heading is made of, so each spelling is read by
the format's own reader, and the first that gives the words back is taken.
"""

# Authors also type full-width and typographic signs.
# ruff: noqa: RUF001

import re
import unicodedata
from collections.abc import Callable, Iterator

from personas import quotes
from personas.marks import clean, normalised
from personas.model import Fact, Kind, Rule
from personas.parsed import KINDS, ParsedPersona, parse_text
from personas.sections import BRIEFING, PERSONA, PHASES, PROFILE
from personas.source import Findings

_OUTSIDE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff]")
_SIGNS = re.compile(r"([\\`*_{}\[\]()#+!<>~|-])")
_QUOTES = re.compile(f"[{quotes.SIGNS}]")
_MEANING = re.compile(rf"[{quotes.SIGNS}'‘’‚\\`*_{{}}\[\]()（）#+<>~|:：=]")
_BESIDE = re.compile(r"^#(?!#)\s*")
"""The mark of a heading that would begin a section beside the briefing."""
_COLUMNS = 100
_SECTIONS = {kind: section for section, kind in KINDS.items()}


def one_line(text: str) -> str:
    """The text in one line, without what no file may hold."""
    return " ".join(_OUTSIDE.sub(" ", text).split())


def rule(kind: Kind, words: str, mark: str = "", reply: str = "") -> str:
    """The bullet of a rule; ``mark`` is as in the file: ``(+2)``, ``(weight 2)`` or nothing."""
    words, tail = one_line(words), f" {mark}" if mark else ""
    said = spoken(reply) if normalised(one_line(reply)) else ""
    line = f"{tail}: {said}" if said else tail

    def read(spelling: str) -> str | None:
        found = as_rule(kind, f"- {spelling}{line}")
        return found.text if found and bool(found.replies) == bool(said) else None

    return f"- {_first(words, read)}{line}"


def as_rule(kind: Kind, bullet: str) -> Rule | None:
    """The rule that the format reads in that line; None when it reads something else."""
    parsed = _read(f"# {_SECTIONS[kind]}\n{bullet}\n")
    rules = parsed.rules(_SECTIONS[kind]) if parsed else ()
    return rules[0] if len(rules) == 1 else None


def spoken(words: str) -> str:
    """A line to say, in quotation marks."""
    words = one_line(words)

    def read(spelling: str) -> str | None:
        parsed = _read(f'# {PHASES[0]}\n- "{spelling}"\n')
        content = parsed.contents.get(PHASES[0]) if parsed else None
        lines = content.lines if content and not content.notes else []
        return lines[0] if len(lines) == 1 else None

    return f'"{_first(words, read)}"'


def fact(label: str, value: str) -> str:
    """The bullet of a fact; without a label when the format would not read it as one."""
    label, value = one_line(label), one_line(value)

    def read(spelling: str) -> str | None:
        facts = _facts(f"- {spelling}")
        return f"{facts[0].label}: {facts[0].value}" if facts and facts[0].label else None

    def read_plain(spelling: str) -> str | None:
        facts = _facts(f"- {spelling}")
        return facts[0].value if facts else None

    if label:
        found = _found(f"{label}: {value}", read)
        if found:
            return f"- {found}"
    return f"- {_first(f'{label} {value}'.strip(), read_plain)}"


def bullets(text: str, section: str) -> list[str]:
    """A bullet for each line of the text."""
    lines = [line for line in map(one_line, text.splitlines()) if clean(line)]
    return [
        f"- {_first(line, lambda spelling: _words(f'- {spelling}', section))}" for line in lines
    ]


def paragraphs(text: str, section: str = PERSONA) -> list[str]:
    """The lines of a text of paragraphs, none of which means anything to the format."""
    written: list[str] = []
    for line in text.splitlines():
        words = one_line(line)
        if words or (written and written[-1]):
            written += [_plain(piece, section) for piece in _folded(words)]
    return written[:-1] if written and not written[-1] else written


def briefing(text: str) -> list[str]:
    """The lines of a briefing, whose markdown stays; none of them begins another section."""
    written: list[str] = []
    for line in map(one_line, text.splitlines()):
        if line.startswith(("```", "~~~")) or not (line or (written and written[-1])):
            continue
        written.append(_BESIDE.sub("## ", line))
    while written and not written[-1]:
        written.pop()
    parsed = _read("\n".join([f"# {BRIEFING}", *written, ""]))
    whole = parsed is not None and parsed.briefing == "\n".join(written)
    return written if whole else paragraphs(text, BRIEFING)


def heading(name: str) -> str:
    """The heading with the persona's name."""

    def read(spelling: str) -> str | None:
        parsed = _read(f"# Persona: {spelling}\n")
        return parsed.name if parsed else None

    return f"# Persona: {_first(one_line(name), read)}"


def _plain(words: str, section: str) -> str:
    return _first(words, lambda spelling: _words(spelling, section)) if words else ""


def _folded(words: str) -> list[str]:
    """Lines of about 100 columns; words that are longer stay whole."""
    lines = [""]
    for word in words.split(" "):
        if lines[-1] and len(lines[-1]) + len(word) >= _COLUMNS:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _spellings(words: str) -> Iterator[str]:
    """Ways to write it, from as it was typed to letters and digits alone."""
    yield words
    yield words.replace("\\", "\\\\").replace('"', '\\"')
    escaped = _SIGNS.sub(r"\\\1", words)
    yield escaped
    yield escaped.replace('"', '\\"')
    yield re.sub(r"^(\d{1,3})([.)])", r"\1\\\2", words)
    yield _QUOTES.sub("'", words)
    yield _SIGNS.sub(r"\\\1", _QUOTES.sub("'", words))
    yield " ".join(_MEANING.sub(" ", words).split())
    yield _letters(words)


def _letters(words: str) -> str:
    """Only what words and numbers are made of, the vowel signs of Thai and others included."""
    kept = (c if unicodedata.category(c)[0] in "LMN" else " " for c in words)
    return " ".join("".join(kept).split())


def _first(words: str, read: Callable[[str], str | None]) -> str:
    return _found(words, read) or _letters(words)


def _found(words: str, read: Callable[[str], str | None]) -> str | None:
    near = None
    for spelling in filter(None, _spellings(words)):
        back = read(spelling)
        if back == words:
            return spelling
        if near is None and back and _same(back, words):
            near = spelling
    return near


def _same(back: str, words: str) -> bool:
    """Whether no word is lost; signs at the ends are, and emphasis."""
    return normalised(back) == normalised(words)


def _read(text: str) -> ParsedPersona | None:
    """The text as the format reads it; None when there is anything to remark on it."""
    found = Findings()
    parsed = parse_text(text, found)
    return None if found.sorted() or parsed.extra or len(parsed.blocks) != 1 else parsed


def _words(spelling: str, section: str) -> str | None:
    lead = f"# {section}: x\n" if section == PERSONA else f"# {section}\n"
    parsed = _read(f"{lead}{spelling}\n")
    said = parsed.words(section) if parsed else ()
    return said[0] if len(said) == 1 else None


def _facts(bullet: str) -> tuple[Fact, ...]:
    parsed = _read(f"# {PROFILE}\n{bullet}\n")
    facts = parsed.facts if parsed else ()
    return facts if len(facts) == 1 else ()
