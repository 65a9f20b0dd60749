"""Each engine: is its key there, does the provider take it, does it know the model."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from agent.doctor.check import Check, Group
from agent.doctor.http import LIMIT, ask
from agent.doctor.provider import Outcome, judge, refusal
from agent.engines.observer_choice import Read, reads, text_source
from agent.engines.registry import EngineRegistry
from agent.engines.spec import EngineSpec
from agent.platform.settings import Settings
from agent.providers.provider_request import ProviderRequest
from agent.reader.weights import FILE, REMEDY, load
from personas.model import Persona


def groups(engines: EngineRegistry, settings: Settings, personas: Sequence[Persona]) -> list[Group]:
    """A group for each engine, so that a slow provider holds up no other."""
    return [_group(spec, engines, settings, personas) for spec in engines]


def used(engines: EngineRegistry, settings: Settings, personas: Sequence[Persona]) -> set[str]:
    """The engines that calls would begin with."""
    chosen = {engines.choose(each, settings).name for each in personas}
    return chosen or {engines.ready(settings)[0].name}


def wanted(settings: Settings, personas: Sequence[Persona], engine: str) -> str:
    """Who asks for that engine by name; "" when nobody does."""
    if settings.engine == engine:
        return "REHEARSAL_ENGINE"
    names = [persona.name for persona in personas if persona.engine == engine]
    return f"the persona {names[0]}" if names else ""


def reading(engines: EngineRegistry, settings: Settings, personas: Sequence[Persona]) -> Check:
    """Whether what trainees say is read in the language of every persona."""
    check = Check("reading", "Reading of turns", "ok", "")
    model = text_source(settings)
    read: dict[Read, list[str]] = {"all": [], "examples": [], "nothing": []}
    for persona in personas:
        engine = engines[engines.choose(persona, settings).name]
        read[reads(settings, engine, persona)].append(f"{persona.name} ({persona.language})")
    if not read["nothing"] and not read["examples"]:
        by = f"The text model {model.model} reads them" if model else "This machine reads them"
        return replace(check, found=f"{by}.")
    found = "This machine reads English and Thai, and no text model is asked about the rest."
    if dumb := read["nothing"]:
        found += f" {_few(dumb)} can be spoken to, but no rule of theirs is read."
    if taught := read["examples"]:
        found += f" Of {_few(taught)} only the examples in the file (like:) are read."
    fix = (
        "Set a text model (LLM_BASE_URL and LLM_MODEL, or the key of OpenAI or Google) in "
        ".env.local, and restart; REHEARSAL_OBSERVER=model asks it beside the offline voice, too."
    )
    return replace(check, state="warning", found=found, fix=fix)


def reader(settings: Settings, file: Path = FILE) -> Check:
    """Whether the trained reader can be used; reads its file, so not on a loop."""
    check = Check("reader", "Trained reader", "ok", "")
    if settings.observer == "lexical":
        return replace(check, state="skipped", found="Not in use: REHEARSAL_OBSERVER=lexical.")
    try:
        load(file)
    except ValueError as error:
        found = f"{error} Word lists read turns in English instead, and find less."
        return replace(check, state="warning", found=found, fix=f"{REMEDY}, and restart.")
    return replace(check, found="Its file is whole: it reads turns in English.")


def verdict(
    spec: EngineSpec,
    engines: EngineRegistry,
    settings: Settings,
    personas: Sequence[Persona],
    outcomes: Sequence[Outcome],
) -> Check:
    """What the outcomes of all its providers mean for calls."""
    check = Check(f"engine-{spec.name}", f"Engine: {spec.title}", "ok", "")
    if missing := spec.missing(settings):
        fix = spec.remedy
        by = wanted(settings, personas, spec.name)
        if by:
            found = f"{by} asks for it, but {missing}; another engine plays instead."
            return replace(check, state="warning", found=_capital(found), fix=fix)
        return replace(check, state="skipped", found=f"Not in use: {missing}.", fix=fix)
    in_use = spec.name in used(engines, settings, personas)
    if not outcomes:
        need = "needs no key and no network" if spec.private else "lacks nothing"
        return replace(check, found=f"It {need}{'; calls use it' if in_use else ''}.")
    bad = [outcome for outcome in outcomes if outcome.code]
    found = " ".join(dict.fromkeys(outcome.found for outcome in bad or outcomes))
    fix = " ".join(dict.fromkeys(outcome.fix for outcome in bad))
    if not bad:
        note = " Calls use it." if in_use else ""
        quota = " Whether quota is left shows only in a call."
        return replace(check, found=found + quota + note)
    if all(outcome.harmless for outcome in bad):
        return replace(check, state="warning", found=found, fix=fix)
    if in_use and settings.fall_back:
        other = engines.fallback.title.lower()
        found += f" Calls would begin with it, fail, and go on with the {other} engine."
    return replace(check, state="failed" if in_use else "warning", found=found, fix=fix)


async def ask_provider(request: ProviderRequest, limit: float = LIMIT) -> Outcome:
    """One provider's outcome."""
    if request.key_url:
        # Deepgram's list is open to all, so the key is shown at another door.
        key, models = await asyncio.gather(
            ask(request.key_url, headers=request.headers, limit=limit),
            ask(request.url, headers=request.headers, limit=limit),
        )
        if not key.trouble and key.status != 200:
            return refusal(request, key)
        return judge(request, models)
    outcome = judge(request, await ask(request.url, headers=request.headers, limit=limit))
    if outcome.code == "unknown_model" and request.model_url:
        # A name that is not listed can still be another name of one that is.
        alone = await ask(request.model_url, headers=request.headers, limit=limit)
        if alone.status == 200 and request.able in alone.text:
            return Outcome("", f"{request.title} takes the key and knows {request.model}.")
    return outcome


def _group(
    spec: EngineSpec, engines: EngineRegistry, settings: Settings, personas: Sequence[Persona]
) -> Group:
    async def make() -> Sequence[Check]:
        requests = () if spec.missing(settings) else spec.requests(settings)
        outcomes = await asyncio.gather(*(ask_provider(each) for each in dict.fromkeys(requests)))
        return [verdict(spec, engines, settings, personas, outcomes)]

    return Group(((f"engine-{spec.name}", f"Engine: {spec.title}"),), make)


def _few(names: Sequence[str]) -> str:
    more = f" and {len(names) - 2} more" if len(names) > 2 else ""
    return f"{', '.join(names[:2])}{more}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
