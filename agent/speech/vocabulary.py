"""What the recogniser expects to hear: phrases of the trade and the persona's own words.

Made in a process of its own (``python -m agent.speech.vocabulary``), since it takes longer than
a live call may wait for Python's lock, and kept by content.
"""

import hashlib
import json
import os
import sys
import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import psutil

from agent.speech.contractions import lengthened, shortened
from agent.speech.decoding import compiled
from agent.speech.general import likely, pairs_of
from agent.speech.grams import END, START, Grams
from agent.speech.listened_for import ACTS, examples, fragments
from agent.speech.pronounce import LISTENING, as_text, dictionary
from agent.speech.spoken import sentences
from agent.speech.voice import Espeak, enter_data_folder
from agent.speech.wordings import WORDINGS, played
from data.common.files import write_shared
from personas.model import Persona

PHRASES = Path(__file__).parents[1] / "simulation" / "language" / "phrases_en.txt"
_FORMAT = "6"  # counts up when the same words give another model
_RESERVE = 0.8
_OWN = 0.5  # weight of a persona's sentence beside a phrase of the trainee's
_WORDINGS = 80  # sentences that each turn of phrase is played into
_LISTENING = 3.0  # weight of "mm-hm" and the like as whole utterances
_FRAGMENT = 0.4
_GENERAL = 20.0  # times that each word counts as seen in English at large
_EACH = 4.0 / _WORDINGS  # their weight: together four phrases
_WORD = 24  # letters of the longest word that is listened for
_KEPT = 60  # vocabularies in the folder, 1.9 MB each


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A language model and a dictionary on disk."""

    model: Path
    dictionary: Path

    @property
    def ready(self) -> bool:
        """Whether both have been made."""
        return self.model.is_file() and self.dictionary.is_file()

    def wanted(self) -> None:
        """A call has it: those that were wanted longer ago go first."""
        with suppress(OSError):
            os.utime(self.model)


def phrases(path: Path = PHRASES) -> list[str]:
    """The lines of a phrase list, without comments."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]


def own_words(persona: Persona) -> list[str]:
    """The sentences of a persona that tell what may be spoken about in its call."""
    texts = [persona.name, *persona.context]
    for fact in persona.facts:
        texts += [fact.label, fact.value]
    for phase in persona.phases:
        texts += phase.lines
    for rule in persona.rules:
        texts += [rule.text, *rule.replies]
    return [text for text in texts if text]


def locate(folder: Path, own: Sequence[str], base: Path = PHRASES) -> Vocabulary:
    """Where the vocabulary for these sentences is kept, made or not."""
    digest = hashlib.sha256(f"{_FORMAT}\0".encode() + base.read_bytes())
    digest.update(WORDINGS.read_bytes() + ACTS.read_bytes())
    digest.update("\0".join(own).encode())
    stem = folder / digest.hexdigest()[:20]
    return Vocabulary(stem.with_suffix(".lm"), stem.with_suffix(".dict"))


def build(folder: Path, own: Sequence[str], base: Path = PHRASES) -> Vocabulary:
    """Make the vocabulary for these sentences unless it is there."""
    place = locate(folder, own, base)
    if place.ready:
        return place
    folder.mkdir(parents=True, exist_ok=True)
    said = list(_forms(own, _OWN))
    common = _common(base, folder)
    words = {word for words, _ in said for word in words} | {gram[0] for gram in common.counts[0]}
    known = dictionary(words - {START, END}, _sounds)
    grams = common.copy()
    for sentence, weight in said:
        if all(word in known for word in sentence):
            grams.add(sentence, weight)
    new = known.keys() - {gram[0] for gram in common.counts[0]}
    grams.add_pairs(likely(new, known) | likely(known.keys() - new, new), _GENERAL)
    write_shared(place.dictionary, as_text(known).encode())
    write_shared(place.model, compiled(grams.arpa(dict.fromkeys(known, 1.0))))
    _tidy(folder, {place.model, locate(folder, [], base).model})
    return place


@cache
def _common(base: Path, folder: Path) -> Grams:
    """What all personas share."""
    grams = Grams(reserve=_RESERVE)
    lines = [*phrases(base), *examples()]
    for sentence, weight in (*_forms(lines, 1.0), *_forms(_wordings(), _EACH)):
        grams.add(sentence, weight)
    known = {gram[0] for gram in grams.counts[0]}
    for words in fragments(known):
        for form in _both(words):
            if known.issuperset(form):
                grams.add(form, _FRAGMENT, whole=False)
    for word in LISTENING:
        grams.add([word], _LISTENING)
    grams.add_pairs(pairs_of([gram[0] for gram in grams.counts[0]], folder), _GENERAL)
    return grams


def _wordings() -> list[str]:
    lines = WORDINGS.read_text(encoding="utf-8").splitlines()
    return [" ".join(words) for words in played(lines, _WORDINGS)]


def _tidy(folder: Path, needed: set[Path]) -> None:
    """Forget the vocabularies that were made or wanted longest ago, but for the ``needed`` ones:
    what all personas share serves a call until its own has been made."""
    made = sorted(folder.glob("*.lm"), key=lambda path: path.stat().st_mtime, reverse=True)
    for model in [path for path in made[_KEPT:] if path not in needed]:
        model.unlink(missing_ok=True)
        model.with_suffix(".dict").unlink(missing_ok=True)


def _forms(texts: Iterable[str], weight: float) -> Iterable[tuple[list[str], float]]:
    """The sentences of these texts, with and without the short forms of speech."""
    for text in texts:
        for words in sentences(text):
            forms = _both(words)
            for form in forms:
                yield form, weight / len(forms)


def _both(words: Sequence[str]) -> list[list[str]]:
    forms = [lengthened(words), shortened(words)]
    return forms if forms[0] != forms[1] else forms[:1]


def _sounds(word: str) -> str:
    """IPA of a word; none for what is too long for espeak-ng, which it would end."""
    return _espeak().phonemes(word) if len(word) <= _WORD else ""


@cache
def _espeak() -> Espeak:
    return Espeak()


def main(lines: Iterable[str]) -> None:
    """Build one vocabulary for each line of JSON: ``{"folder", "own", "base"}``."""
    for line in lines:
        order = json.loads(line)
        build(Path(order["folder"]), order["own"], Path(order["base"]))


def _end_with(parent: int) -> None:
    """End this process when its parent is gone; a killed app must leave nothing behind."""
    with suppress(psutil.Error):
        psutil.Process(parent).wait()
    os._exit(1)


if __name__ == "__main__":
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    enter_data_folder()
    main(sys.stdin)
