"""The prices of models, read from ``prices.toml``."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("prices.toml")
RATES = (
    "input_text",
    "input_audio",
    "cached_text",
    "cached_audio",
    "output_text",
    "output_audio",
    "minute",
    "characters",
)
"""In US dollars: for a million tokens, a minute of audio, 1,000 characters."""
_OTHERS = ("providers", "models", "source", "read", "note", "since", "until")


class PricesError(ValueError):
    """The file of prices cannot be used; the text says where and why."""


@dataclass(frozen=True, slots=True)
class Price:
    """One entry: ``rates`` in US dollars by the names in ``RATES``; see ``prices.toml``."""

    providers: tuple[str, ...]
    models: tuple[str, ...]
    rates: Mapping[str, float]
    source: str
    read: date
    note: str = ""
    since: date = date.min
    until: date = date.max

    def fits(self, provider: str, model: str, day: date) -> bool:
        """Whether this is that model's price on that day."""
        return (
            self.since <= day <= self.until
            and any(fnmatchcase(provider, pattern) for pattern in self.providers)
            and any(fnmatchcase(model, pattern) for pattern in self.models)
        )


def load_prices(path: Path | None = None) -> tuple[Price, ...]:
    """The entries of that file, or of ours; raises ``PricesError``."""
    path = path or FILE
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8")).get("price", [])
        return tuple(_price(entry) for entry in entries)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise PricesError(f"{path.name}: {error}") from error


def find_price(prices: Sequence[Price], provider: str, model: str, day: date) -> Price | None:
    """The price of that model on that day; None when none is known."""
    return next((price for price in prices if price.fits(provider, model, day)), None)


def _price(entry: dict[str, Any]) -> Price:
    rates = {name: float(entry[name]) for name in RATES if name in entry}
    if not rates or min(rates.values()) < 0:
        raise ValueError(f"the entry for {entry['models']} has no price, or one below 0")
    if unknown := entry.keys() - {*RATES, *_OTHERS}:
        raise ValueError(f"the entry for {entry['models']} has an unknown {min(unknown)!r}")
    return Price(
        tuple(entry["providers"]),
        tuple(entry["models"]),
        rates,
        str(entry["source"]),
        _day(entry["read"]),
        str(entry.get("note", "")),
        _day(entry.get("since", date.min)),
        _day(entry.get("until", date.max)),
    )


def _day(value: object) -> date:
    if not isinstance(value, date):
        raise ValueError(f"{value!r} is no date such as 2026-11-22")
    return value
