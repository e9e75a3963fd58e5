"""Is this address free to listen on?"""

import socket


class PortTaken(Exception):
    """Somebody listens there already; the message says what to do."""


def must_be_free(host: str, port: int) -> None:
    """Raises PortTaken when another program listens on this port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTaken(
                f"Port {port} on {host} is in use by another program (or not ours to open). "
                f"Choose another one: PORT={port + 1}"
            ) from error
