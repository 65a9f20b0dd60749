"""The configuration of our own LiveKit server: loopback only, nothing sent elsewhere."""

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from agent.platform.process.ports import free_tcp_port, free_udp_port
from agent.platform.reconnect import LONGEST, room_timeout

HOST = "127.0.0.1"
# Read by the server beside its configuration; a stray one (the worker writes some into our own
# environment) would change what it does.
_FOREIGN = ("LIVEKIT_", "REDIS_", "UDP_PORT", "NODE_IP", "TURN_")


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the server listens: HTTP and WebSocket on ``tcp``, all media on ``udp``."""

    tcp: int
    udp: int

    @classmethod
    def free(cls) -> "Ports":
        """Two ports that are free at this moment."""
        return cls(free_tcp_port(HOST), free_udp_port(HOST))


def new_key() -> str:
    """A random API key."""
    return "API" + secrets.token_hex(8)


def new_secret() -> str:
    """A random API secret; the server wants 32 characters or more."""
    return secrets.token_urlsafe(36)


def server_environment(
    ports: Ports, key: str, secret: str, environ: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """The child's environment, with its configuration in it: no secret on the command line."""
    kept = {k: v for k, v in environ.items() if not k.upper().startswith(_FOREIGN)}
    # Go lets its heap double before it tidies up; half of that is 15 MB less after 30 calls.
    return {"GOGC": "50", **kept, "LIVEKIT_CONFIG": server_config(ports, key, secret)}


def server_config(ports: Ports, key: str, secret: str) -> str:
    """The configuration as JSON, which is YAML too.

    ``tcp_port`` 0 and ``includes`` together keep media on loopback: the TCP fallback would listen
    on every interface although ``bind_addresses`` is set.
    """
    return json.dumps(
        {
            "port": ports.tcp,
            "bind_addresses": [HOST],
            "rtc": {
                "tcp_port": 0,
                "udp_port": ports.udp,
                "ips": {"includes": [f"{HOST}/32"]},
                "node_ip": HOST,
                "use_external_ip": False,
                "enable_loopback_candidate": True,
                "stun_servers": [],
            },
            "keys": {key: secret},
            # The app closes each room itself; one made anew after a restart must not close early.
            "room": {
                "auto_create": True,
                "empty_timeout": room_timeout(LONGEST),
                "departure_timeout": room_timeout(LONGEST),
            },
            "logging": {"level": "info", "pion_level": "error"},
        }
    )
