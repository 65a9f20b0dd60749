"""All checks at once, each told as soon as it is there."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial

from agent.doctor import engines, machine, probes, services
from agent.doctor.check import Check, Group, plain
from agent.doctor.services import ViewSource
from agent.engines.registry import EngineRegistry
from agent.platform.server.endpoint import Endpoint
from agent.platform.settings import Settings
from agent.speech.speaking.speaker_models import SpeakerModels
from personas.library import Entry
from personas.model import Persona

LIMIT = 45.0
"""Seconds after which a group that has not ended is told as failed."""


class Doctor:
    """What is looked at in one round; ``examine`` makes the round."""

    def __init__(
        self,
        settings: Settings,
        entries: Callable[[], Sequence[Entry]],
        look: ViewSource,
        registry: EngineRegistry,
        speakers: SpeakerModels,
        endpoint: Callable[[], Endpoint | None] = lambda: None,
    ) -> None:
        self._settings = settings
        self._entries = entries
        self._look = look
        self._engines = registry
        self._speakers = speakers
        self._endpoint = endpoint

    def groups(self) -> list[Group]:
        """The groups of this moment, in the order in which they are shown."""
        settings, personas, known = self._settings, self._personas(), self._engines
        return [
            services.group(self._look),
            *engines.groups(known, settings, personas),
            *(
                probes.group(spec.probes, partial(self._begins_with, spec.name, personas))
                for spec in known
                if spec.probes
            ),
            Group((("reading", "Reading of turns"),), partial(self._reading, personas)),
            Group((("reader", "Trained reader"),), self._reader),
            Group((("settings", "Settings"),), self._warnings),
            *machine.groups(settings, self._entries, known.fallback.name, self._speakers),
        ]

    async def examine(self, groups: Sequence[Group] | None = None) -> AsyncIterator[Check]:
        """Make all checks at once and give each as it comes; never raises for what it finds."""
        chosen = self.groups() if groups is None else groups
        tasks = [asyncio.create_task(attempt(group)) for group in chosen]
        try:
            for done in asyncio.as_completed(tasks):
                for check in await done:
                    yield check
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def ticket(self, user: str) -> tuple[str, str, bool] | None:
        """Server URL and token with which that user's browser may try the way there, and whether
        the server is our own; None while there is none."""
        endpoint = self._endpoint()
        if endpoint is None:
            return None
        from agent.platform.server.tokens import (
            trainee_token,  # slow to import, and loaded with the worker anyway
        )

        token = trainee_token(
            key=endpoint.key,
            secret=endpoint.secret,
            identity=f"doctor-{user}",
            name=user,
            room=f"doctor-{secrets.token_hex(8)}",
        )
        return endpoint.url, token, not self._settings.livekit_url

    def _begins_with(self, engine: str, personas: Sequence[Persona]) -> bool:
        return engine in engines.used(self._engines, self._settings, personas)

    def _personas(self) -> list[Persona]:
        return [entry.persona for entry in self._entries() if entry.persona is not None]

    async def _reading(self, personas: Sequence[Persona]) -> list[Check]:
        return [engines.reading(self._engines, self._settings, personas)]

    async def _reader(self) -> list[Check]:
        return [await asyncio.to_thread(engines.reader, self._settings)]

    async def _warnings(self) -> list[Check]:
        warnings = " ".join(self._settings.warnings)
        if warnings:
            fix = "Correct .env.local or .env, and restart."
            return [Check("settings", "Settings", "warning", warnings, fix)]
        return [Check("settings", "Settings", "ok", "All of them can be read.")]


async def attempt(group: Group, limit: float = LIMIT) -> Sequence[Check]:
    """The group's checks, or what kept them from being made."""
    try:
        return await asyncio.wait_for(group.make(), limit)
    except TimeoutError:
        found = f"This check did not end within {limit:g} s."
        return group.all("failed", found, "Try again; the machine may be very busy.")
    except Exception as error:
        found = f"This check itself broke: {type(error).__name__}: {plain(str(error))}"
        return group.all("failed", found, "Please report this with the app's log.")
