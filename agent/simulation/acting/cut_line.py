"""Which line it was that broke off, and what of it is still to be said; pure."""

from collections.abc import Iterable

from agent.simulation.language.sentences import sentence_spans

LEAST = 8
"""Letters of a line that must have been heard for it to be known again, behind another one."""


def cut_line(lines: Iterable[str], heard: str) -> tuple[str, str]:
    """The line that ``heard`` ends in the middle of, and the line from the sentence that was cut;
    two empty texts when it is none of them. Signs and letter case do not count: a voice leaves
    them out."""
    said = "".join(c for c in heard.casefold() if c.isalnum())
    line, known = max(((line, _known(line, said)) for line in lines), key=lambda pair: pair[1])
    if not known:
        return "", ""
    begins = [begin for begin, _ in sentence_spans(line)]
    return line, line[max(at for at in begins if _letters(line[:at]) <= known) :]


def _known(line: str, said: str) -> int:
    """Letters at the beginning of the line with which ``said`` ends; 0 for too few, or for all."""
    plain = "".join(c for c in line.casefold() if c.isalnum())
    for count in range(len(plain) - 1, LEAST - 1, -1):
        if said.endswith(plain[:count]):
            return count
    return len(said) if plain.startswith(said) and plain != said else 0


def _letters(text: str) -> int:
    return sum(c.isalnum() for c in text.casefold())
