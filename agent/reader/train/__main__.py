"""Makes the reader's weights from the data beside this file and the pinned base.

``uv run --group train python -m agent.reader.train``: about 80 minutes on two quiet cores. One that
was stopped goes on after its last whole round with ``--resume``.
"""

import argparse
import logging
from collections.abc import Sequence
from pathlib import Path

from agent.reader.tokens import Tokens
from agent.reader.train import base
from agent.reader.train.examples import BLIND, TURNS, Taught, harmless, held, personas
from agent.reader.train.figures import best_thresholds, figures, first_right, look, scores_whole
from agent.reader.train.training import Recipe, Trainer
from agent.reader.weights import FILE, load, save

log = logging.getLogger("agent.reader.train")


def main() -> None:
    """Train, measure after each round, and write what came out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=Recipe().epochs)
    parser.add_argument("--personas", type=int, help="learn from the first so many only")
    parser.add_argument(
        "--resume", action="store_true", help="go on after the rounds that the file has"
    )
    parser.add_argument("--out", type=Path, default=FILE)
    chosen = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    everyone, anyone = personas(TURNS), harmless()
    left_out = held(everyone)
    taught = [one for one in everyone if one not in left_out][: chosen.personas]
    blind = personas(BLIND) if BLIND.exists() else []
    place = base.folder()
    vocabulary = base.vocabulary(place)
    begin, done = base.weights(place, Recipe().seed), 0
    if chosen.resume:
        kept = load(chosen.out)
        done = int(kept.notes["round"])
        begin = {**kept.groups, "embeddings": begin["embeddings"]}  # these do not learn
    trainer = Trainer(Tokens(vocabulary), begin)
    recipe = Recipe(epochs=chosen.epochs)
    log.info("%d personas, %d turns; %d held", len(taught), _turns(taught), len(left_out))

    def after(epoch: int) -> None:
        score = scores_whole(trainer.score)
        seen = look(score, left_out)
        thresholds = best_thresholds(trainer.score, left_out, seen)
        log.info("round %d, held: %s", epoch, figures(seen, thresholds))
        if blind:
            log.info("blind: %s", figures(look(score, blind), thresholds))
        told = {
            "facts": first_right(trainer.score, left_out, "fact"),
            "lines": first_right(trainer.score, left_out, "line"),
        }
        log.info("first right of the held: %s; thresholds %s", told, thresholds)
        save(chosen.out, trainer.weights(), vocabulary, thresholds, {"round": epoch})

    trainer.learn(taught, anyone, recipe, after, done)


def _turns(taught: Sequence[Taught]) -> int:
    return sum(len(one.utterances) for one in taught)


if __name__ == "__main__":
    main()
