"""Words for figures, and for those that cannot be had here."""

import importlib
from collections.abc import Sequence
from typing import Any

import numpy as np


class LeftOut(Exception):
    """A benchmark cannot run here; the words name the remedy."""


def of_group(module: str) -> Any:
    """That module of the dependency group ``bench``; raises LeftOut when it is not there."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise LeftOut(
            f"{error}: run it as uv run --group bench python -m tests.bench NAME"
        ) from error


def spread(values: Sequence[float], unit: str = "s", digits: int = 2) -> str:
    """Median, 95th percentile and maximum of the values."""
    if not values:
        return "none measured"
    median, high = np.percentile(values, [50, 95])
    shown = [f"{value:.{digits}f}" for value in (median, high, max(values))]
    return f"median {shown[0]} {unit}, p95 {shown[1]}, max {shown[2]} ({len(values)} values)"
