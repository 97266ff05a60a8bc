"""Servers whose clients keep their connections open."""

from __future__ import annotations

import contextlib
import socket
import threading
from socketserver import TCPServer
from typing import Any


class KeptConnections(TCPServer):
    """Mixed into a threading server: `close_connections` ends idle keep-alive connections, which would otherwise
    still be served after the port is closed."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._connections: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(*arguments, **options)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    def close_connections(self) -> None:
        with self._lock:
            connections = list(self._connections)
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
