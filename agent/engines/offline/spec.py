"""The engine that needs no key and no network."""

from agent.engines.limits import Limit
from agent.engines.spec import EngineCapabilities, EngineSpec, Probe
from agent.speech.hearing.model_folder import LANGUAGES, deaf
from agent.speech.speaking.delivery import RANGES
from agent.speech.speaking.speakers import SPEAKERS
from personas.voices import LARGEST, VoiceSyntax

SPEC = EngineSpec(
    name="offline",
    title="Offline",
    module="agent.engines.offline.engine",
    capabilities=EngineCapabilities(prompted=False),
    private=True,
    fallback=True,
    languages=lambda settings: LANGUAGES,
    deaf=deaf,
    voice=VoiceSyntax(
        "{size: 0.85, tone: 0.9}",
        named=False,
        # The last four, and what is free, are espeak-ng's, for languages other than English.
        numbers=RANGES | dict.fromkeys(("pitch", "rate", "range", "volume"), (0, LARGEST)),
        names={"speaker": tuple(SPEAKERS)},
        free=("variant", "voice"),
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
            does="hibari speaks English",
            package="hibari-tts",
            instead="espeak-ng speaks in its place.",
        ),
        Probe(
            id="espeak",
            title="Offline voice, other languages",
            attempt="agent.engines.offline.probes:speak_otherwise",
            does="espeak-ng speaks",
            package="espeakng-loader",
        ),
        Probe(
            id="recogniser",
            title="Offline recogniser",
            attempt="agent.engines.offline.probes:hear",
            does="Moonshine hears",
            package="moonshine-voice",
            instead="Turns are typed.",
        ),
    ),
)
