"""Free ports on loopback."""

import socket


def free_tcp_port(host: str = "127.0.0.1") -> int:
    """A TCP port that nobody listens on at this moment."""
    return _free_port(socket.SOCK_STREAM, host)


def free_udp_port(host: str = "127.0.0.1") -> int:
    """A UDP port that nobody has bound at this moment."""
    return _free_port(socket.SOCK_DGRAM, host)


def _free_port(kind: socket.SocketKind, host: str) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])
