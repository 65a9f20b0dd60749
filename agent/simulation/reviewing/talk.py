"""Figures of how somebody talked in a call: from the words and times of its turns, never from the
sound of a voice.

The times are those that the turns were recorded with: from the beginning of speech to its end, with
the pauses inside. What was typed has no speaking time, and records of before have no ends.
"""

import re
import statistics
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from agent.simulation.language.sentences import turn_sentences
from agent.simulation.observing.asking import is_asked
from data.records import Turn

SPOKEN = 10.0
"""Seconds of speech below which a rate says nothing."""
WORDS = 50
"""Words below which a share of them says nothing."""
ANSWERS = 2
"""Answers below which their middle says nothing."""
OVERLAP = 0.3
"""Seconds by which two voices may overlap without one cutting in."""
LETTERS = 4
"""Letters of a word in the scripts that leave no space between words, about."""
_UNSPACED = ("THAI", "LAO", "KHMER", "MYANMAR")
_WORD = re.compile(r"[^\W_]+(?:['\u2019\-.][^\W_]+)*")
_FILLERS = re.compile(
    r"\b(?:u+h+m*|u+m+|e+rm+|er|h+m+|m{2,}|ah)\b|(?<=, )you know(?=,)|(?:เอ่อ|อืม|แบบว่า)", re.I
)


@dataclass(frozen=True, slots=True)
class Talk:
    """The figures of one call; None where ``lacks`` or too little speech leaves none.

    ``share`` (0-1) is the trainee's part of all speaking time; ``longest`` is the longest time
    without a word of the customer, in seconds of speech; ``pace`` is words a minute of speech;
    ``answer`` the middle of the seconds from the customer's last word to the trainee's first;
    ``cut_in`` how often the trainee began while the customer spoke, ``was_cut`` the other way
    round; ``fillers`` is in each 100 words that were spoken; ``questions`` is how many were asked.

    ``turns`` are the trainee's, ``typed`` of them without speech. ``lacks`` is why there are no
    times at all, "" when there are.
    """

    turns: int = 0
    typed: int = 0
    lacks: str = ""
    share: float | None = None
    longest: float | None = None
    pace: float | None = None
    answer: float | None = None
    cut_in: int | None = None
    was_cut: int | None = None
    fillers: float | None = None
    questions: int | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure with its name, how its value is written, why it matters in plain words, and what
    is usual elsewhere with its source ("" where no source is known)."""

    key: str
    name: str
    write: Callable[[float], str]
    matters: str
    usual: str = ""


FIGURES = (
    Figure(
        "share",
        "Share of the talking",
        lambda value: f"{100 * value:.0f} %",
        "Whoever listens more hears what the customer wants, and an upset customer has to get it "
        "out first.",
        "In 25,537 sales calls the sellers who closed most talked 43 % of the time (Gong Labs).",
    ),
    Figure(
        "longest",
        "Longest stretch without the customer",
        lambda value: f"{value:.0f} s",
        "After a long speech the customer has forgotten its beginning. Say one thing, then ask.",
    ),
    Figure(
        "pace",
        "Words a minute",
        lambda value: f"{value:.0f}",
        "Too fast sounds hurried and is hard to write down; numbers and dates want a slower pace.",
    ),
    Figure(
        "answer",
        "Seconds until the answer",
        lambda value: f"{value:.1f} s",
        "A long silence sounds like doubt; an answer that comes at once, like nobody listened.",
        "In everyday talk the gap is about 0.2 s, in ten languages within 0.25 s of it (Stivers "
        "et al., PNAS 2009); a thought about a problem may take longer.",
    ),
    Figure(
        "cut_in",
        "Times the customer was interrupted",
        lambda value: f"{value:.0f}",
        "Being interrupted angers nearly everybody. A short yes is no interruption.",
    ),
    Figure(
        "was_cut",
        "Times the customer interrupted",
        lambda value: f"{value:.0f}",
        "It often means that an explanation went on for too long, or missed the point.",
    ),
    Figure(
        "fillers",
        "Fillers (um, er) in 100 words",
        lambda value: f"{value:.1f}",
        "A few are human; many make a promise sound unsure. Recognisers leave some of them out.",
        "Unplanned talk has about 2 to 6 breaks of all kinds in 100 words (Bortfeld et al. 2001, "
        "Fox Tree 1995, Shriberg 1994).",
    ),
    Figure(
        "questions",
        "Questions asked",
        lambda value: f"{value:.0f}",
        "Questions find the cause, and show the customer that somebody cares about it.",
    ),
)


def talk(turns: Iterable[Turn]) -> Talk:
    """The figures of a call with these turns; those of an earlier call are left out."""
    own = [turn for turn in turns if not turn.replayed]
    said = [turn for turn in own if turn.speaker == "trainee"]
    typed = sum(turn.source == "typed" for turn in said)
    asked = sum(questions(turn.text) for turn in said) if said else None
    spoken = [turn for turn in said if turn.source != "typed"]
    lacks = _lacks(said, spoken)
    if lacks:
        return Talk(len(said), typed, lacks, questions=asked)
    heard = [turn for turn in own if turn.speaker == "persona" and _seconds(turn) > 0]
    mine, theirs = sum(map(_seconds, spoken)), sum(map(_seconds, heard))
    words = sum(word_count(turn.text) for turn in spoken)
    fillers = sum(len(_FILLERS.findall(turn.text)) for turn in spoken)
    gaps = _gaps(own)
    share = mine / (mine + theirs) if theirs and not typed and mine + theirs >= SPOKEN else None
    return Talk(
        turns=len(said),
        typed=typed,
        share=share,
        longest=_longest(own),
        pace=60 * words / mine if mine >= SPOKEN else None,
        answer=statistics.median(gaps) if len(gaps) >= ANSWERS else None,
        cut_in=_cuts(heard, spoken),
        was_cut=_cuts(spoken, heard),
        fillers=100 * fillers / words if words >= WORDS else None,
        questions=asked,
    )


def usual(earlier: Sequence[Talk], key: str) -> float | None:
    """The middle of that figure in earlier calls; None when none of them has it."""
    values = [value for each in earlier if (value := getattr(each, key)) is not None]
    return statistics.median(values) if values else None


def missing(figures: Talk, key: str) -> str:
    """Why there is no such figure of that call, in a few words."""
    if figures.lacks:
        return figures.lacks
    if key == "share" and figures.typed:
        return "some turns were typed, and these have no speaking time"
    return "too little was said to tell"


def word_count(text: str) -> int:
    """Words of a text; where a script leaves no spaces, about, by the number of letters."""
    unspaced = sum(
        unicodedata.category(sign) == "Lo" and unicodedata.name(sign, "").startswith(_UNSPACED)
        for sign in text
    )
    spaced = sum(
        not unicodedata.name(found[0][0], "").startswith(_UNSPACED)
        for found in _WORD.finditer(text)
    )
    return spaced + (max(1, round(unspaced / LETTERS)) if unspaced else 0)


def questions(text: str) -> int:
    """Sentences of a turn that ask something; a request is none."""
    return sum(said.rstrip().endswith("?") or is_asked(said, said) for said in turn_sentences(text))


def _lacks(said: Sequence[Turn], spoken: Sequence[Turn]) -> str:
    if not said:
        return "the trainee said nothing"
    if not spoken:
        return "every turn was typed, and typed turns have no speaking time"
    if all(turn.end is None for turn in spoken):
        return "this record is of before the ends of turns were kept"
    return "" if any(_seconds(turn) > 0 for turn in spoken) else "too little was said to tell"


def _seconds(turn: Turn) -> float:
    return 0.0 if turn.end is None else max(0.0, turn.end - turn.begin)


def _longest(turns: Sequence[Turn]) -> float | None:
    """Speech in a row; what was typed between is silence of nobody, so it ends a row as well."""
    longest = row = 0.0
    for turn in turns:
        mine = turn.speaker == "trainee" and turn.source != "typed"
        row = row + _seconds(turn) if mine else 0.0
        longest = max(longest, row)
    return longest or None


def _gaps(turns: Sequence[Turn]) -> list[float]:
    """Seconds from each line of the customer to the spoken answer that follows it; an answer that
    began before the end of the line is none."""
    gaps = []
    for line, answer in pairwise(turns):
        speakers = line.speaker, answer.speaker, answer.source
        if speakers == ("persona", "trainee", "voice") and line.end is not None:
            gaps.append(answer.begin - line.end)
    return [gap for gap in gaps if gap >= 0]


def _cuts(talked: Sequence[Turn], others: Sequence[Turn]) -> int:
    """In how many of the first turns one of the others began, and went on with, before its end."""
    begins = sorted(turn.begin for turn in others if _seconds(turn) > 0)
    cut, place = 0, 0
    for turn in sorted(talked, key=lambda each: each.begin):
        while place < len(begins) and begins[place] <= turn.begin:
            place += 1
        cut += place < len(begins) and begins[place] < turn.over - OVERLAP
    return cut
