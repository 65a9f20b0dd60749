"""The report's part about engines: who spoke from when on, and what it cost."""

import logging

from agent.engines.cost import CostItem, Estimate, cost_of, in_words
from agent.engines.registry import EngineRegistry
from agent.providers.line_failure import failure_words
from agent.providers.prices import PricesError, load_prices
from data.journal import CallRecord
from data.records import EngineUse
from ui import kit

log = logging.getLogger(__name__)


def voices(record: CallRecord, engines: EngineRegistry) -> str:
    """Who spoke, in a line: ``Voice: Gemini Live, Offline from turn 7 on``."""
    words, engine = f"Voice: {engines.recorded(record.start.engine).title}", record.start.engine
    for use in record.engines:
        if use.engine != engine:
            engine = use.engine
            words += f", {engines.recorded(engine).title} from turn {use.turn + 1} on"
    return words


def course(record: CallRecord, engines: EngineRegistry) -> list[str]:
    """What happened to the engine in the call, a sentence for each change."""
    engine = record.start.engine
    steps = [f"The voice at the beginning: {engines.recorded(engine).title}."]
    for use in record.engines:
        steps.append(_step(use, engine, engines))
        engine = use.engine
    return steps


def estimated(record: CallRecord, engines: EngineRegistry) -> Estimate | None:
    """What the call has cost; None when the file of prices cannot be used, which is logged."""
    try:
        return cost_of(record, load_prices(), engines)
    except PricesError as error:
        log.warning("no cost is estimated: %s", error)
        return None


def engine_card(record: CallRecord, found: Estimate | None, engines: EngineRegistry) -> None:
    """For authors: the course of engines, and the cost with where its figures come from."""
    with kit.tag("section", classes="rh-card").mark("engines"):
        kit.heading("Voice and cost", 2)
        with kit.tag("ul", classes="rh-advice rh-advice-good"):
            for step in course(record, engines):
                kit.tag("li", step)
        if found is None:
            kit.message(
                "The cost is not known: agent/providers/prices.toml cannot be read.", "warn"
            )
        else:
            _cost(found)


def _step(use: EngineUse, before: str, engines: EngineRegistry) -> str:
    why = failure_words(use.reason)
    if use.engine == before:
        return f"Before turn {use.turn + 1} its line was set up again. {why}"
    return f"From turn {use.turn + 1} on {engines.recorded(use.engine).title} spoke. {why}"


def _cost(found: Estimate) -> None:
    kit.tag("p", in_words(found), "rh-strong rh-number").mark("cost")
    for gap in found.missing:
        kit.tag("p", f"Not in it: {gap}", "rh-small")
    if not found.lines:
        return
    with kit.tag("details", classes="rh-details"):
        kit.tag("summary", "How this is estimated")
        with kit.tag("ul", classes="rh-advice rh-advice-good rh-small"):
            for line in found.lines:
                kit.tag("li", _line(line))
            for note in found.notes:
                kit.tag("li", note)
            kit.tag(
                "li", "List prices, without taxes; yours can stand in agent/providers/prices.toml."
            )


def _line(line: CostItem) -> str:
    what = f"{line.model or 'A model without a name'}, {line.amount}"
    if line.cost is None or line.price is None:
        return f"{what}: no price known."
    price = line.price
    return f"{what}: {line.cost:.4f} USD. Prices read on {price.read}: {price.source}"
