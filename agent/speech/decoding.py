"""pocketsphinx as this app uses it: its settings, and what a hypothesis says."""

import tempfile
from pathlib import Path
from typing import Any, NamedTuple

import pocketsphinx

from agent.speech.pronounce import MODEL

RATE = 16_000

MEAN = "63.34,-0.92,-1.21,17.79,-11.20,0.80,-6.42,-12.94,-4.42,-6.55,3.00,-2.20,-2.30"
"""Cepstral mean of speech as the conditioner gives it, over several voices: a decoder that starts
from its own default mishears the whole first utterance (word error 0.79 against 0.38)."""

# The model's own settings but for its removal of noise, which costs 4 points of word error here.
_FEATURES = Path(__file__).with_name("features.params")

# The language model counts for more than pocketsphinx's default of 6.5, since its sentences are
# few and likely: of 7 to 11.5, 8 errs least on the tune part of the held-out sentences. Twice the
# Gaussians make up for the second pass, which would take 0.1 s at the end of an utterance.
_SEARCH = {"lw": 8.0, "bestpathlw": 12.0, "topn": 8, "fwdflat": False}


class Words(NamedTuple):
    """The files of a vocabulary."""

    model: str
    dictionary: str


def decoder(words: Words, mean: str = MEAN) -> Any:
    """A decoder with the bundled acoustic model; takes 20 ms and 7 MB."""
    made = pocketsphinx.Decoder(
        hmm=str(MODEL / "en-us"),
        dict=words.dictionary,
        lm=words.model,
        featparams=str(_FEATURES),
        loglevel="FATAL",
        **_SEARCH,
    )
    made.set_cmn(mean)
    return made


def compiled(arpa: str) -> bytes:
    """An ARPA language model in pocketsphinx's binary form, which it reads ten times as fast."""
    with tempfile.TemporaryDirectory() as folder:
        text, binary = Path(folder, "text"), Path(folder, "binary")
        text.write_text(arpa, encoding="utf-8")
        scale, settings = pocketsphinx.LogMath(), pocketsphinx.Config(lm=None)
        kind = pocketsphinx.NGramModel.str_to_type("bin")
        pocketsphinx.NGramModel(settings, scale, str(text)).write(str(binary), kind)
        return binary.read_bytes()


def text_of(engine: Any) -> str:
    """The words so far."""
    hypothesis = engine.hyp()
    return hypothesis.hypstr if hypothesis else ""


def confidence_of(engine: Any) -> float:
    """The words' posterior (0-1), as a geometric mean over the words."""
    hypothesis = engine.hyp()
    if not hypothesis or not hypothesis.hypstr:
        return 0.0
    return float(min(1.0, max(hypothesis.prob, 1e-30)) ** (1 / len(hypothesis.hypstr.split())))
