"""Free ports on loopback."""

import errno
import random
import socket
import sys

UNASKED = range(20_000, 32_768)
"""Below the ports that systems give to outgoing connections: none of these takes one before it is
listened on."""


def free_tcp_port(host: str = "127.0.0.1") -> int:
    """A TCP port that nobody listens on at this moment."""
    return _free_port(socket.SOCK_STREAM, host)


def free_udp_port(host: str = "127.0.0.1") -> int:
    """A UDP port that nobody has bound at this moment."""
    return _free_port(socket.SOCK_DGRAM, host)


def _free_port(kind: socket.SocketKind, host: str) -> int:
    for port in random.SystemRandom().sample(UNASKED, 20):
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def port_problem(host: str, port: int) -> str:
    """Why nobody can listen there, with the remedy; empty when it is free."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            if sys.platform != "win32":
                # There it means sharing the port; elsewhere, taking over a closed one's last
                # minute.
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except PermissionError:
        return f"Port {port} needs special rights. Choose one above 1023 with --port."
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return (
                f"Port {port} is in use by another program. "
                f"Stop it, or choose another port: uv run app.py --port {port + 1}"
            )
        return f"Cannot listen on {host}: {error.strerror}. Choose another --host."
    except (TypeError, ValueError):  # letters that no name of a machine can have
        return f"Cannot listen on {host}: it is no name of a machine. Choose another --host."
    return ""
