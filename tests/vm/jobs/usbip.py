# SPDX-License-Identifier: Apache-2.0
"""Attaches a USB/IP server's device to this kernel, as `usbip attach` does, and knows the port to detach it by."""
import contextlib
import fcntl
import pathlib
import socket
import struct
import time

VHCI = pathlib.Path("/sys/devices/platform/vhci_hcd.0")
LOCK = "/run/usbip.lock"
VERSION, REQUEST_IMPORT = 0x0111, 0x8003
DEVICE = struct.Struct(">256s32sIII HHH BBBBBB")  # path, bus id, bus, number, speed, ids, descriptor bytes
SUPER_SPEED = 5
FREE, IN_USE = 4, 6


class Port:
    """A port of the virtual host controller with a device in it."""

    def __init__(self, number):
        self.number = number

    def name(self):
        """The kernel's name of the device, such as 1-2; None when it is gone."""
        state = port_states().get(self.number)
        return state[1] if state and state[0] == IN_USE else None

    def detach(self):
        with contextlib.suppress(OSError):  # gone already: its server ended
            (VHCI / "detach").write_text(str(self.number))

    def wait_until_gone(self, timeout=10):
        wait_for(lambda: port_states()[self.number][0] == FREE, timeout, f"port {self.number} to be free")


def attach(tcp_port, timeout=20):
    """Imports device 1-1 of the server on loopback and waits until the kernel has configured it."""
    connection = connect(tcp_port, timeout)
    device_id, speed = request_import(connection)
    with connection, open(LOCK, "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two attaching at once would choose the same port
        number = free_port(speed)
        (VHCI / "attach").write_text(f"{number} {connection.fileno()} {device_id} {speed}")
    port = Port(number)
    wait_for(lambda: configured(port.name()), timeout, f"the kernel to configure the device of port {number}")
    return port


def connect(tcp_port, timeout):
    """The server may still be starting: a refused connection is tried again."""
    deadline = time.monotonic() + timeout
    while True:
        try:
            return socket.create_connection(("127.0.0.1", tcp_port), timeout=None)
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def request_import(connection):
    connection.sendall(struct.pack(">HHI32s", VERSION, REQUEST_IMPORT, 0, b"1-1"))
    _, _, status = struct.unpack(">HHI", receive(connection, 8))
    if status != 0:
        raise ConnectionError(f"the USB/IP server refuses its device 1-1: status {status}")
    _, _, bus, device, speed, *_ = DEVICE.unpack(receive(connection, DEVICE.size))
    return bus << 16 | device, speed


def receive(connection, size):
    data = b""
    while len(data) < size:
        chunk = connection.recv(size - len(data))
        if not chunk:
            raise ConnectionError("the USB/IP server closed the connection")
        data += chunk
    return data


def port_states():
    """{port: (state, device name)} of the controller; lines are `hs  0000 006 002 00010002 000003 1-1`."""
    rows = [line.split() for line in (VHCI / "status").read_text().splitlines()[1:]]
    return {int(row[1]): (int(row[2]), row[6]) for row in rows}


def free_port(speed):
    hub = "ss" if speed >= SUPER_SPEED else "hs"
    rows = [line.split() for line in (VHCI / "status").read_text().splitlines()[1:]]
    return next(int(row[1]) for row in rows if row[0] == hub and int(row[2]) == FREE)


def configured(name):
    return name is not None and pathlib.Path(f"/sys/bus/usb/devices/{name}:1.0").exists()


def wait_for(condition, timeout, what):
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {timeout} s for {what}")
        time.sleep(0.02)
