"""Words for figures."""

from collections.abc import Sequence

import numpy as np


def spread(values: Sequence[float], unit: str = "s", digits: int = 2) -> str:
    """Median, 95th percentile and maximum of the values."""
    if not values:
        return "none measured"
    median, high = np.percentile(values, [50, 95])
    shown = [f"{value:.{digits}f}" for value in (median, high, max(values))]
    return f"median {shown[0]} {unit}, p95 {shown[1]}, max {shown[2]} ({len(values)} values)"
