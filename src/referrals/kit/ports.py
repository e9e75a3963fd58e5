"""Is this address free to listen on?"""

import errno
import socket


class PortTaken(Exception):
    """Nobody can listen there, mostly because somebody does already; the message says what to do."""


def must_be_free(host: str, port: int) -> None:
    """Raises PortTaken when another program listens on this port, or it cannot be opened at all."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            another = port % 65535 + 1 if port >= 1024 else 8000
            if error.errno == errno.EADDRINUSE:
                why = f"Port {port} on {host} is in use by another program. Choose another one: PORT={another}"
            elif error.errno == errno.EACCES:
                why = f"Port {port} on {host} is not ours to open. Choose another one: PORT={another}"
            else:
                why = f"{host} is no address of this machine ({error.strerror}). Choose another one: HOST=127.0.0.1"
            raise PortTaken(why) from error
