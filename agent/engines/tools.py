"""What engines of all calls share: settings, how they hear and speak offline, how they ask."""

from dataclasses import dataclass

from livekit.agents import APIConnectOptions

from agent.platform.settings import Settings
from agent.speech.hearing.hearing import Hearing
from agent.speech.speaking.speaking import Speaking

CONN_OPTIONS = APIConnectOptions(max_retry=1, retry_interval=0.5, timeout=8.0)
"""A provider that does not answer in this time is given up for the connection; what then happens
is the job's to decide, which tells the trainee meanwhile."""


@dataclass(frozen=True)
class EngineTools:
    """Handed to every engine's ``make``."""

    settings: Settings
    hearing: Hearing
    voice: Speaking
    conn_options: APIConnectOptions = CONN_OPTIONS
