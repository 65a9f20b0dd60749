"""The prices of models: those of ``prices.toml``, and for all else the list of genai-prices."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
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
_TOKENS = frozenset(RATES[:6])
LISTED = ("0.2.3", date(2026, 11, 10))
"""The version of genai-prices that comes with the app, and the day on which it was published."""
_LISTED_AS = {
    "Gemini": "google",
    "google": "google",
    "Vertex AI": "google",
    "Google Cloud Platform": "google",
}
"""What genai-prices calls the providers of LiveKit's plugins; the others are told by their host."""
_OTHERS = ("providers", "models", "source", "read", "note", "since", "until")


class PricesError(ValueError):
    """The file of prices cannot be used; the text says where and why."""


@dataclass(frozen=True, slots=True)
class Price:
    """One entry: ``rates`` in US dollars by the names in ``RATES``; see ``prices.toml``. One
    without rates is a note on a price of the list."""

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
    """The price of that model on that day; None when none is known.

    What ``prices`` say of tokens, minutes or characters counts, and the list for the others.
    """
    own = next((price for price in prices if price.fits(provider, model, day)), None)
    listed = _listed(provider, model, day)
    if own is None or listed is None:
        return own if own and own.rates else listed
    said = _TOKENS if own.rates.keys() & _TOKENS else frozenset[str]()
    more = {name: rate for name, rate in listed.rates.items() if name not in {*own.rates, *said}}
    if not more:
        return own
    if not own.rates:
        return replace(listed, note=own.note)
    source = f"{own.source}; {listed.source}"
    return replace(own, rates={**more, **own.rates}, source=source, read=min(own.read, listed.read))


def _listed(provider: str, model: str, day: date) -> Price | None:
    """What genai-prices has for it; it comes with the app, and nothing is fetched."""
    # Here, since it holds the prices of a thousand models; only reports of paid calls need them.
    from genai_prices.data_snapshot import get_snapshot

    listed_as = _LISTED_AS.get(provider)
    address = None if listed_as else f"https://{provider}"
    undated = re.sub(r"-\d{4}-\d\d-\d\d$", "", model)  # a snapshot of a model costs what it does
    for name in dict.fromkeys((model, undated)):
        try:
            whose, found = get_snapshot().find_provider_model(name, None, listed_as, address)
        except LookupError:
            continue
        rates = _rates_of(vars(found.get_prices(datetime.combine(day, time(12), UTC))))
        version, published = LISTED
        source = f"genai-prices {version}, after {(whose.pricing_urls or ['its provider'])[0]}"
        return Price((provider,), (model,), rates, source, published) if rates else None
    return None


def _rates_of(listed: Mapping[str, Any]) -> dict[str, float]:
    """Rates by our names; of prices in steps the first one: no turn of a call is that long."""
    found = {
        name: float(getattr(rate, "base", rate))
        for name, rate in listed.items()
        if rate is not None
    }
    hours = found.get("input_audio_hours", found.get("audio_hours"))
    rates = {
        "input_text": found.get("input_mtok"),
        "input_audio": found.get("input_audio_mtok"),
        "cached_text": found.get("cache_read_mtok"),
        "cached_audio": found.get("cache_audio_read_mtok"),
        "output_text": found.get("output_mtok"),
        "output_audio": found.get("output_audio_mtok"),
        "minute": None if hours is None else hours / 60,
        "characters": found["input_mchars"] / 1000 if "input_mchars" in found else None,
    }
    return {name: rate for name, rate in rates.items() if rate is not None}


def _price(entry: dict[str, Any]) -> Price:
    rates = {name: float(entry[name]) for name in RATES if name in entry}
    if min(rates.values(), default=0.0 if entry.get("note") else -1.0) < 0:
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
