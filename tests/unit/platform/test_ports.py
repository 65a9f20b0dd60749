"""Free ports: nobody has them, and nobody gets them unasked."""

import socket

from agent.platform.process.ports import UNASKED, free_tcp_port, free_udp_port


def test_no_connection_to_elsewhere_takes_a_port_that_was_found_free() -> None:
    found = {free_tcp_port() for _ in range(20)} | {free_udp_port() for _ in range(20)}
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as outgoing,
    ):
        assert outgoing.getsockname()[1] not in UNASKED
    assert found <= set(UNASKED)
