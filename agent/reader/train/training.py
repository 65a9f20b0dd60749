"""The training itself, in JAX."""

import logging
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

from agent.reader.network import LEADS, Words, encode, prepare, score
from agent.reader.tokens import Tokens
from agent.reader.train.examples import Batch, Taught, batches, kind_number

log = logging.getLogger(__name__)

MOST = 64
"""Tokens of a turn or a candidate in training."""
STEP = 8
"""Lengths are rounded up to it, so that few shapes have to be compiled."""
ROWS = (10, 18, 60)
"""So are the numbers of candidates, to one of these."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """``rate``: the greatest learning rate of the encoder; the head's is ten times that."""

    epochs: int = 4
    size: int = 24
    rate: float = 5e-5
    dropout: float = 0.1
    decay: float = 0.01
    frozen: int = 2
    """Lowest layers that stay as they are, beside the embeddings."""
    smooth: float = 0.01
    seed: int = 1


Params = dict[str, dict[str, Any]]


class Trainer:
    """Holds the weights while they are learnt."""

    def __init__(self, tokens: Tokens, weights: dict[str, dict[str, np.ndarray]]) -> None:
        self._tokens = tokens
        self._fixed = {"embeddings": jax.tree.map(jnp.asarray, weights["embeddings"])}
        self.params: Params = {
            name: jax.tree.map(jnp.asarray, group)
            for name, group in weights.items()
            if name != "embeddings"
        }
        self._encode = jax.jit(self._encoded)
        self._compare = jax.jit(
            lambda params, turns, words, kind: score(
                jnp, self._all(params), turns, prepare(jnp, self._all(params), words, kind)
            )
        )

    def _all(self, params: Params) -> Params:
        return {**self._fixed, **params}

    def _encoded(self, params: Params, numbers: Any, mask: Any) -> Words:
        return encode(jnp, self._all(params), numbers, mask)

    def learn(
        self,
        taught: Sequence[Taught],
        anyone: Sequence[str],
        recipe: Recipe,
        after: Callable[[int], None],
        done: int = 0,
    ) -> None:
        """Go through everything ``recipe.epochs`` times, of which so many are ``done``; ``after``
        is told each round's number."""
        rng = random.Random(recipe.seed + done)
        round_ = len(batches(taught, anyone, recipe.size, random.Random(0)))
        total = recipe.epochs * round_
        optimiser = self._optimiser(recipe, total, done * round_)
        state = optimiser.init(self.params)
        step = self._step(optimiser, recipe)
        key = jax.random.key(recipe.seed)
        began, number, losses = time.monotonic(), done * round_, []
        for epoch in range(done, recipe.epochs):
            for batch in batches(taught, anyone, recipe.size, rng):
                key, one = jax.random.split(key)
                self.params, state, loss = step(
                    self.params, state, *self._arrays(batch, recipe), one
                )
                losses.append(loss)
                number += 1
                if number % 50 == 0:
                    mean = float(np.mean([float(x) for x in losses[-50:]]))
                    pace = (time.monotonic() - began) / (number - done * round_)
                    log.info("step %d of %d: loss %.4f, %.2f s each", number, total, mean, pace)
            after(epoch + 1)

    def score(self, turns: Sequence[str], candidates: Sequence[tuple[str, str]]) -> np.ndarray:
        """Logits (turns, candidates)."""
        numbers, mask, kind = self._candidates(candidates)
        words = self._encode(self.params, numbers, mask)
        found = np.zeros((len(turns), len(candidates)), np.float32)
        order = sorted(range(len(turns)), key=lambda place: len(turns[place]))
        for start in range(0, len(order), 32):
            part = order[start : start + 32]
            rows, theirs = self._filled([turns[place] for place in part], 32)
            seen = self._compare(self.params, self._encode(self.params, rows, theirs), words, kind)
            found[part] = np.asarray(seen)[: len(part), : len(candidates)]
        return found

    def weights(self) -> dict[str, dict[str, np.ndarray]]:
        """All of them, embeddings too."""
        return jax.tree.map(np.asarray, self._all(self.params))  # type: ignore[no-any-return]

    def _optimiser(self, recipe: Recipe, total: int, done: int) -> Any:
        course = optax.warmup_cosine_decay_schedule(0.0, 1.0, max(1, total // 20), total, 0.05)

        def adam(rate: float) -> Any:
            return optax.adamw(lambda step: rate * course(step + done), weight_decay=recipe.decay)

        labels = dict.fromkeys(self.params, "encoder")
        labels["head"] = "head"
        for number in range(recipe.frozen):
            labels[f"layer{number}"] = "frozen"
        parts = {"encoder": adam(recipe.rate), "head": adam(10 * recipe.rate)}
        return optax.chain(
            optax.clip_by_global_norm(1.0),
            optax.multi_transform({**parts, "frozen": optax.set_to_zero()}, labels),
        )

    def _step(self, optimiser: Any, recipe: Recipe) -> Any:
        def loss(params: Params, batch: tuple[Any, ...], key: Any) -> Any:
            numbers, mask, c_numbers, c_mask, kind, wanted, weight = batch
            keys = iter(jax.random.split(key, 64))

            def drop(x: Any) -> Any:
                kept = 1 - recipe.dropout
                return x * jax.random.bernoulli(next(keys), kept, x.shape) / kept

            for number in range(recipe.frozen):
                params = {
                    **params,
                    f"layer{number}": jax.lax.stop_gradient(params[f"layer{number}"]),
                }
            w = self._all(params)
            turns = encode(jnp, w, numbers, mask, drop)
            words = encode(jnp, w, c_numbers, c_mask, drop)
            z = score(jnp, w, turns, prepare(jnp, w, words, kind), drop)
            aim = wanted * (1 - 3 * recipe.smooth) + recipe.smooth
            return (weight * (jax.nn.softplus(z) - aim * z)).sum() / weight.sum()

        @partial(jax.jit, donate_argnums=(0, 1))
        def step(params: Params, state: Any, *rest: Any) -> Any:
            value, slope = jax.value_and_grad(loss)(params, rest[:-1], rest[-1])
            change, state = optimiser.update(slope, state, params)
            return optax.apply_updates(params, change), state, value

        return step

    def _arrays(self, batch: Batch, recipe: Recipe) -> tuple[np.ndarray, ...]:
        numbers, mask = self._filled(batch.turns, recipe.size)
        c_numbers, c_mask, kind = self._candidates(batch.candidates)
        wanted = np.zeros((len(numbers), len(c_numbers)), np.float32)
        weight = np.zeros_like(wanted)
        rows, columns = batch.wanted.shape
        wanted[:rows, :columns], weight[:rows, :columns] = batch.wanted, batch.weight
        return numbers, mask, c_numbers, c_mask, kind, wanted, weight

    def _candidates(self, candidates: Sequence[tuple[str, str]]) -> tuple[np.ndarray, ...]:
        rows = next(rows for rows in ROWS if rows >= len(candidates))
        numbers, mask = self._filled([f"{LEADS[k]}: {t}" for k, t in candidates], rows)
        kind = np.zeros(rows, np.int32)
        kind[: len(candidates)] = [kind_number(k) for k, _ in candidates]
        return numbers, mask, kind

    def _filled(self, texts: Sequence[str], rows: int) -> tuple[np.ndarray, np.ndarray]:
        found = [self._tokens.encode(text, MOST) for text in texts]
        width = -(-max(map(len, found)) // STEP) * STEP
        numbers = np.zeros((rows, width), np.int32)
        mask = np.zeros((rows, width), np.float32)
        for place, row in enumerate(found):
            numbers[place, : len(row)] = row
            mask[place, : len(row)] = 1
        mask[len(found) :, 0] = 1  # an empty text would divide by zero
        return numbers, mask
