"""What a call has cost: an estimate that says what it leaves out; pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from agent.engines.registry import EngineRegistry
from agent.providers.prices import Price, find_price
from data.journal import CallRecord
from data.records import ModelUse

CURRENCY = "USD"
THINKERS = frozenset(("Gemini", "Vertex AI"))
"""Providers that count a model's thoughts in a request's total only; they are paid as output."""

_WORDS = {"llm": "", "stt": "hearing", "tts": "speaking"}


@dataclass(frozen=True, slots=True)
class CostItem:
    """One model's share: ``amount`` is what it did, ``cost`` in US dollars, None when no price is
    known, ``price`` where it comes from; ``title`` is the engine's."""

    engine: str
    title: str
    model: str
    amount: str
    cost: float | None
    price: Price | None = None


@dataclass(frozen=True, slots=True)
class Estimate:
    """``cost`` is the sum in US dollars of what has a price; ``missing`` tells what it leaves out,
    ``notes`` what it takes for granted, each in a sentence; ``unpriced`` are the titles of the
    engines that cost nothing."""

    cost: float
    lines: tuple[CostItem, ...] = ()
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    unpriced: tuple[str, ...] = ()

    @property
    def free(self) -> bool:
        """Whether nothing was asked of anybody."""
        return not self.lines and not self.missing

    def to_json(self) -> dict[str, Any]:
        """The estimate as JSON-ready values."""
        return {
            "currency": CURRENCY,
            "cost": round(self.cost, 6),
            "text": in_words(self),
            "missing": list(self.missing),
            "notes": list(self.notes),
            "models": [
                {
                    "engine": line.engine,
                    "model": line.model,
                    "amount": line.amount,
                    "cost": None if line.cost is None else round(line.cost, 6),
                    "source": line.price.source if line.price else "",
                    "read": line.price.read.isoformat() if line.price else "",
                }
                for line in self.lines
            ],
        }


def estimate(
    usage: Iterable[ModelUse],
    prices: Sequence[Price],
    day: date,
    registry: EngineRegistry,
    engines: Sequence[str] = (),
) -> Estimate:
    """What that usage cost on that day; ``engines`` are those that the call had."""
    paid = [use for use in usage if registry.recorded(use.engine).priced]
    had = [registry.recorded(engine) for engine in dict.fromkeys(engines)]
    lines: list[CostItem] = []
    notes: list[str] = []
    missing = [
        f"{engine.title} did not say what it used."
        for engine in had
        if engine.priced and not any(use.engine == engine.name for use in paid)
    ]
    for use in paid:
        price = find_price(prices, use.provider, use.model, day)
        cost, gaps = _cost(use, price)
        title = registry.recorded(use.engine).title
        lines.append(CostItem(use.engine, title, use.model, _amount(use), cost, price))
        missing += gaps
        notes += _notes(use, price)
    missing += _silent_parts(paid, registry)
    return Estimate(
        sum(line.cost or 0.0 for line in lines),
        tuple(lines),
        tuple(missing),
        tuple(dict.fromkeys(notes)),
        tuple(engine.title for engine in had if not engine.priced),
    )


def cost_of(record: CallRecord, prices: Sequence[Price], registry: EngineRegistry) -> Estimate:
    """What that call has cost, so far if it still goes on."""
    engines = [record.start.engine, *(use.engine for use in record.engines)]
    day = date.fromtimestamp(record.start.started)
    return estimate(record.usage, prices, day, registry, engines)


def in_words(estimate: Estimate) -> str:
    """The estimate in one line: ``About 0.04 USD: Gemini Live, 3,100 tokens``."""
    if estimate.free:
        engines = ", ".join(estimate.unpriced).lower()
        return f"Free of charge ({engines})" if engines else "Free of charge"
    shares = [
        ", ".join([title, *(line.amount for line in lines)])
        for title, lines in groupby(estimate.lines, lambda line: line.title)
    ]
    return ": ".join(part for part in (_sum_in_words(estimate), "; ".join(shares)) if part)


def _sum_in_words(estimate: Estimate) -> str:
    known = [line.cost for line in estimate.lines if line.cost is not None]
    if not known:
        return "No price known" if estimate.lines else "No estimate"
    whole = len(known) == len(estimate.lines) and not estimate.missing
    if estimate.cost == 0:
        return f"0 {CURRENCY}" if whole else f"0 {CURRENCY} for what has a price"
    if estimate.cost < 0.005:
        return f"Less than 0.01 {CURRENCY}" if whole else f"A little, under 0.01 {CURRENCY} known"
    return f"{'About' if whole else 'At least'} {estimate.cost:.2f} {CURRENCY}"


def _cost(use: ModelUse, price: Price | None) -> tuple[float | None, list[str]]:
    """The cost of one use, None without a price, and what is not in it."""
    if price is None:
        return None, [f"No price known for {_name(use)}: {_amount(use)}."]
    rates = price.rates
    tokens = _tokens(use)
    counted = {name: count for name, count in tokens.items() if count}
    if counted and any(name in rates for name in ("input_text", "input_audio", "output_audio")):
        gaps = [
            f"{_name(use)}: no price known for {count:,} {_KINDS[name]} tokens."
            for name, count in counted.items()
            if _rate(use, rates, name) is None
        ]
        cost = sum(count * (_rate(use, rates, name) or 0.0) for name, count in counted.items())
        return cost / 1e6, gaps
    if use.seconds and "minute" in rates:
        return use.seconds / 60 * rates["minute"], []
    if use.characters and "characters" in rates:
        return use.characters / 1000 * rates["characters"], []
    if not (counted or use.seconds or use.characters):
        return 0.0, []
    return None, [f"No price known for {_name(use)} by what it reported: {_amount(use)}."]


_KINDS = {
    "input_text": "text input",
    "input_audio": "audio input",
    "cached_text": "cached text",
    "cached_audio": "cached audio",
    "output_text": "text output",
    "output_audio": "audio output",
}


def _notes(use: ModelUse, price: Price | None) -> list[str]:
    notes = [f"{_name(use)}: {price.note}."] if price and price.note else []
    stated = use.input_text + use.input_audio + use.output_text + use.output_audio
    unstated = use.input_tokens + use.output_tokens - stated
    if price and use.kind == "llm" and stated and unstated > 0:
        notes.append(f"{_name(use)}: {unstated:,} tokens of no stated kind are taken for text.")
    if use.thoughts:
        notes.append(f"{_name(use)}: {use.thoughts:,} tokens of its thoughts count as text output.")
    elif use.kind == "llm" and use.provider in THINKERS and use.output_tokens:
        notes.append(f"{_name(use)}: its thoughts, if it had any, were not told and are left out.")
    return notes


def _tokens(use: ModelUse) -> dict[str, int]:
    """Tokens by rate; what has no stated kind is taken for what the model mostly works with."""
    rest_in = max(0, use.input_tokens - use.input_text - use.input_audio)
    rest_out = max(0, use.output_tokens - use.output_text - use.output_audio)
    heard, spoken = use.kind == "stt", use.kind == "tts"
    input_text = use.input_text + (0 if heard and not use.input_audio else rest_in)
    input_audio = use.input_audio + (rest_in if heard and not use.input_audio else 0)
    output_text = use.output_text + (0 if spoken else rest_out)
    output_audio = use.output_audio + (rest_out if spoken else 0)
    cached_audio = min(use.cached_audio, input_audio)
    cached_text = min(max(use.cached_text, use.cached_tokens - cached_audio), input_text)
    return {
        "input_text": input_text - cached_text,
        "input_audio": input_audio - cached_audio,
        "cached_text": cached_text,
        "cached_audio": cached_audio,
        "output_text": output_text,
        "output_audio": output_audio,
    }


def _rate(use: ModelUse, rates: Mapping[str, float], name: str) -> float | None:
    """The price of these tokens. A model that only hears, or only speaks, may have its price for
    audio named as that for all tokens."""
    only_audio = (use.kind, name) in (("stt", "input_audio"), ("tts", "output_audio"))
    other = name.replace("audio", "text") if only_audio else name.replace("cached", "input")
    return rates.get(name, rates.get(other))


def _silent_parts(paid: Sequence[ModelUse], registry: EngineRegistry) -> list[str]:
    """What an engine of several models has done without anybody counting it."""
    words = {"stt": "what it heard", "llm": "the words that it found", "tts": "what it spoke"}
    return [
        f"{engine.title} did not count {words[kind]}."
        for engine in (registry.recorded(name) for name in dict.fromkeys(u.engine for u in paid))
        for kind in engine.counted
        if not any(use.kind == kind for use in paid if use.engine == engine.name)
    ]


def _amount(use: ModelUse) -> str:
    tokens = use.input_tokens + use.output_tokens
    if tokens:
        amount = f"{tokens:,} tokens"
    elif use.seconds:
        amount = f"{use.seconds / 60:.1f} minutes"
    else:
        amount = f"{use.characters:,} characters"
    what = _WORDS.get(use.kind, use.kind)
    return f"{what} {amount}" if what else amount


def _name(use: ModelUse) -> str:
    return use.model or use.provider or "a model without a name"
