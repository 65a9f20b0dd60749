"""The engine that needs no key and no network."""

from agent.engines.limits import Limit
from agent.engines.spec import EngineCapabilities, EngineSpec, Probe
from personas.voices import VoiceSyntax

SPEC = EngineSpec(
    name="offline",
    title="Offline",
    module="agent.engines.offline.engine",
    capabilities=EngineCapabilities(prompted=False),
    private=True,
    fallback=True,
    languages=("en",),
    voice=VoiceSyntax(
        "{pitch: 60}",
        named=False,
        numbers=frozenset(("pitch", "rate", "range", "volume")),
        least=0,
    ),
    priced=False,
    limit=lambda settings: Limit(
        "Offline", slow=None, basis="no model reads it: the actor looks its lines up in the file"
    ),
    probes=(
        Probe(
            id="voice",
            title="Offline voice",
            attempt="agent.engines.offline.probes:speak",
            does="espeak-ng speaks",
            package="espeakng-loader",
        ),
        Probe(
            id="recogniser",
            title="Offline recogniser",
            attempt="agent.engines.offline.probes:hear",
            does="Moonshine hears",
            package="moonshine-voice",
        ),
    ),
)
