"""Sets the thresholds of weights that are there, by the personas that they have not learnt from.

``uv run python -m agent.reader.train.thresholds [FILE]``: two minutes, and none of the training's
packages. The training itself does the same after each round.
"""

import sys
from pathlib import Path

from agent.reader.reader import Reader
from agent.reader.train.examples import TURNS, held, personas
from agent.reader.train.figures import best_thresholds, figures, first_right, look, scores_of
from agent.reader.weights import FILE, load, save_thresholds


def main(arguments: list[str]) -> None:
    """Measure, and write what came out beside the file."""
    file = Path(arguments[0]) if arguments else FILE
    weights = load(file)
    score, left_out = scores_of(Reader(weights)), held(personas(TURNS))
    seen = look(score, left_out)
    thresholds = best_thresholds(score, left_out, seen)
    save_thresholds(file, thresholds)
    print(figures(seen, thresholds))
    for what in ("fact", "line"):
        print(f"first right, {what}s: {first_right(score, left_out, what):.2f}")
    print(thresholds)


if __name__ == "__main__":
    main(sys.argv[1:])
