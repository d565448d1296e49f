"""Clients that end their connection early."""

import socket
import ssl
import struct
from typing import Final
from urllib.parse import urlsplit

from tests.deploy.support.cloud import Cloud

REQUEST: Final = b"GET /_personalize/status HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


def test_clients_that_end_their_connection_early_leave_nothing_in_the_log(cloud: Cloud) -> None:
    before = len(cloud.server_log())

    for _ in range(5):
        reset(connection_to(cloud))
        leaving = connection_to(cloud)
        leaving.sendall(REQUEST)
        reset(leaving)
        # The server begins to close the connection, and receives more data instead of the client's closing message.
        talking = connection_to(cloud)
        talking.sendall(REQUEST)
        while talking.recv(1 << 16):
            pass
        talking.sendall(REQUEST)
        talking.close()

    cloud.aws.control("GET", "status")
    assert cloud.server_log()[before:] == []


def connection_to(cloud: Cloud) -> ssl.SSLSocket:
    address = urlsplit(cloud.aws.endpoint_url)
    assert address.hostname
    context = ssl.create_default_context(cafile=cloud.aws.environment["AWS_CA_BUNDLE"])
    connection = socket.create_connection((address.hostname, address.port or 443), timeout=30)
    return context.wrap_socket(connection, server_hostname=address.hostname)


def reset(connection: ssl.SSLSocket) -> None:
    """End a connection without the closing messages of TLS and TCP, like a process that is killed."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
