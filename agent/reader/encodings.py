"""What the reader made of a persona's words, kept on the disk: learning a persona takes seconds.

A file for each persona, of its latest version. It can always be made again, so a file that cannot
be read or written costs time only.
"""

import hashlib
import json
import logging
import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import numpy as np

from data.common.files import write_shared

log = logging.getLogger(__name__)

FORM = 1
"""Of the files; one with another number is made again."""
TROUBLES = (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile)


class Encodings(NamedTuple):
    """``rows`` are the words of candidates (kind, text), float16 (S, 384), ``directions`` those of
    texts, float32 (384,)."""

    rows: Mapping[tuple[str, str], np.ndarray]
    directions: Mapping[str, np.ndarray]

    def __or__(self, other: "Encodings") -> "Encodings":
        return Encodings({**self.rows, **other.rows}, {**self.directions, **other.directions})


NOTHING = Encodings({}, {})


class EncodingStore:
    """The files in ``folder``, of the weights in the file ``weights``."""

    def __init__(self, folder: Path, weights: Path) -> None:
        self._folder = folder
        self._weights = weights
        self._name = ""

    def of(self, slug: str) -> Encodings:
        """What is kept of that persona; nothing when there is none that can be used."""
        try:
            with self._path(slug).open("rb") as opened, np.load(opened) as file:
                texts = json.loads(bytes(file["texts"]))
                ends = np.cumsum(file["lengths"])
                rows = np.split(file["rows"], ends[:-1]) if len(ends) else []
                found = zip(texts["rows"], rows, strict=True)
                directions = zip(texts["directions"], file["directions"], strict=True)
                return Encodings(
                    {(kind, text): row for (kind, text), row in found}, dict(directions)
                )
        except FileNotFoundError:
            return NOTHING
        except TROUBLES as error:
            log.info("what was learnt of %s is learnt again: %s", slug, error)
            return NOTHING

    def keep(self, slug: str, known: Encodings) -> None:
        """Keep it, in the place of what was kept of that persona."""
        texts = {"rows": list(known.rows), "directions": list(known.directions)}
        rows, width = list(known.rows.values()), 384
        file = BytesIO()
        np.savez(
            file,
            texts=np.frombuffer(json.dumps(texts).encode(), np.uint8),
            lengths=np.array([len(row) for row in rows], np.int64),
            rows=np.concatenate(rows) if rows else np.zeros((0, width), np.float16),
            directions=np.array(list(known.directions.values()), np.float32).reshape(-1, width),
        )
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            write_shared(self._path(slug), file.getvalue())
        except OSError as error:
            log.info("what was learnt of %s is not kept: %s", slug, error)

    def _path(self, slug: str) -> Path:
        """By the weights, since others make something else of the same words."""
        if not self._name:
            digest = hashlib.sha256(self._weights.read_bytes()).hexdigest()[:12]
            self._name = f"{digest}-{FORM}"
        return self._folder / f"{slug}-{self._name}.npz"
