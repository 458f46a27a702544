# SPDX-License-Identifier: Apache-2.0
"""A cable that can be pulled at a chosen request: passes USB/IP on to a server until told to cut the connection."""
import collections
import socket
import struct
import threading

import usbip

HEADER = struct.Struct(">IIIIIIi12x8s")  # command, sequence, device, direction, endpoint, flags, length, setup
SETUP = struct.Struct("<BBHHH")
SUBMIT, TO_DEVICE = 1, 0

Setup = collections.namedtuple("Setup", "request_type request value index length")


class Relay:
    """Accepts one client on .port. Vendor requests are put to cut(setup, count), count from 1; True pulls the cable
    before the device sees that request. pull() does it at any time."""

    def __init__(self, server_port, cut=lambda setup, count: False):
        self.requests = []
        self._cut = cut
        self._sockets = []
        self._server_port = server_port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def pull(self):
        for end in self._sockets:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # closed by its other side already

    def close(self):
        self.pull()
        self._listener.close()

    def _serve(self):
        client, _ = self._listener.accept()
        server = usbip.connect(self._server_port, usbip.PATIENCE_S)
        self._sockets = [client, server]
        for end in self._sockets:
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=self._pump_replies, args=(server, client), daemon=True).start()
        try:
            server.sendall(usbip.receive(client, 40))
            while self._pass_on(client, server):
                pass
        except OSError:
            pass  # an end is gone; so is the other, now
        self.pull()

    def _pass_on(self, client, server):
        message = usbip.receive(client, HEADER.size)
        command, _, _, direction, endpoint, _, length, setup = HEADER.unpack(message)
        if command == SUBMIT and endpoint == 0 and self._is_cut(Setup(*SETUP.unpack(setup))):
            return False
        if command == SUBMIT and direction == TO_DEVICE and length > 0:
            message += usbip.receive(client, length)
        server.sendall(message)
        return True

    def _is_cut(self, setup):
        if setup.request_type & 0x60 != 0x40:
            return False
        self.requests.append(setup)
        return self._cut(setup, len(self.requests))

    def _pump_replies(self, server, client):
        try:
            while chunk := server.recv(65536):
                client.sendall(chunk)
        except OSError:
            pass
        self.pull()
