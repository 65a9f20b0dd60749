"""Which word follows which in English at large, by pocketsphinx's own general language model.

Its sentences are not the trade's, so alone it mishears them; as a ground under the trade's
phrases it knows the pairs of everyday words that no list has.
"""

import hashlib
import json
from collections.abc import Collection, Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pocketsphinx

from agent.speech.grams import END, START
from data.common.files import write_shared

Pairs = dict[tuple[str, str], float]
"""The chance (0-1) of the second word after the first."""

LIKELY = 1e-3
"""Chance from which a pair is kept; about 75 followers of a word are."""
_RARE = 1e-8  # what the model gives to a word that it does not know
_KEPT = 2  # files in the folder, 2 MB each


def pairs_of(words: Collection[str], folder: Path) -> Pairs:
    """The likely pairs of all these words, kept in ``folder`` (the first time takes 2 s)."""
    digest = hashlib.sha256(f"{LIKELY}\0{' '.join(sorted(words))}".encode()).hexdigest()[:20]
    place = folder / f"general-{digest}.json"
    try:
        rows = json.loads(place.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        rows = {}
        for (first, second), chance in likely(words, words).items():
            rows.setdefault(first, {})[second] = chance
        write_shared(place, json.dumps(rows).encode())
        _tidy(folder)
    return {(first, second): chance for first in rows for second, chance in rows[first].items()}


def likely(before: Iterable[str], after: Iterable[str]) -> Pairs:
    """The pairs of a word of ``before``, or the start of a sentence, and one of ``after``, or its
    end; those of words that the model does not know are left out."""
    model, scale = _model()
    chance, least = model.prob, scale.log(LIKELY)
    rare = scale.log(_RARE)
    firsts = [START, *(word for word in before if chance([word]) > rare)]
    seconds = [END, *(word for word in after if chance([word]) > rare)]
    found: Pairs = {}
    for first in firsts:
        for second in seconds:
            value = chance([second, first])
            if value > least:
                found[first, second] = round(scale.exp(value), 5)
    return found


def _tidy(folder: Path) -> None:
    made = sorted(folder.glob("general-*.json"), key=lambda path: path.stat().st_mtime)
    for path in made[:-_KEPT]:
        path.unlink(missing_ok=True)


@cache
def _model() -> tuple[Any, Any]:
    """The model and the scale of its logarithms; loads 27 MB in 0.1 s."""
    scale = pocketsphinx.LogMath()
    path = pocketsphinx.get_model_path("en-us/en-us.lm.bin")
    return pocketsphinx.NGramModel(pocketsphinx.Config(lm=None), scale, path), scale
