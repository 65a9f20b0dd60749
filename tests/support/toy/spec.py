"""What differs between the toy and other engines."""

from agent.engines.limits import Limit
from agent.engines.spec import EngineCapabilities, EngineSpec, Probe, needs
from agent.providers.provider_request import ProviderRequest
from personas.voices import LARGEST, VoiceSyntax

SPEC = EngineSpec(
    name="toy",
    title="Toy",
    module="tests.support.toy.engine",
    imports=("wave",),
    capabilities=EngineCapabilities(replies_itself=False, prompted=False),
    settings=("TOY_KEY", "TOY_URL"),
    missing=needs("TOY_KEY"),
    remedy="Wind it up.",
    egress=lambda settings: "every beep goes to the neighbours",
    languages=lambda settings: ("nl",),
    voice=VoiceSyntax("{beep: 440}", named=False, numbers={"beep": (20, LARGEST)}),
    priced=False,
    limit=lambda settings: Limit("Toy", 100, 10, "its spring breaks", "the box it came in"),
    requests=lambda settings: (
        ProviderRequest(
            "compatible",
            "The toy shop",
            settings.of_engine("TOY_URL"),
            settings.of_engine("TOY_KEY"),
            "tin",
            "TOY_MODEL",
        ),
    ),
    probes=(
        Probe(
            id="spring",
            title="Toy spring",
            attempt="tests.support.toy.probes:wind",
            does="the spring holds",
            package="toy-spring",
        ),
    ),
)
