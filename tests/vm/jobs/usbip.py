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
PATIENCE_S = 60  # for what takes a second on a guest that has nothing else to do
FREE, IN_USE = 4, 6


class Port:
    """A port of the virtual host controller with a unit in it. Where the unit has gone by itself, another one may have
    come to the same port: it is left alone."""

    def __init__(self, number, serial):
        self.number = number
        self._serial = str(serial)

    def holds_it(self):
        state, name = port_states()[self.number]
        return state == IN_USE and serial_of(name) == self._serial

    def detach(self):
        with attaching():
            if self.holds_it():
                with contextlib.suppress(OSError):  # it has gone by itself just now
                    (VHCI / "detach").write_text(str(self.number))
        wait_for(lambda: not self.holds_it(), PATIENCE_S, f"port {self.number} to be free")


@contextlib.contextmanager
def attaching():
    """For one process at a time: two that attach at once would choose the same port."""
    with open(LOCK, "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def attach(tcp_port, serial, timeout=PATIENCE_S):
    """Imports device 1-1 of the server on loopback and waits until the kernel has configured it."""
    connection = connect(tcp_port, timeout)
    device_id, speed = request_import(connection)
    with connection, attaching():
        wait_for(lambda: free_port(speed) is not None, timeout, "a free port")
        number = free_port(speed)
        (VHCI / "attach").write_text(f"{number} {connection.fileno()} {device_id} {speed}")
    port = Port(number, serial)
    wait_for(port.holds_it, timeout, f"the kernel to configure the device of port {number}")
    return port


def attached(serial, timeout=PATIENCE_S):
    """The port of a unit that something else attached."""
    def port():
        return next((number for number in port_states() if Port(number, serial).holds_it()), None)
    wait_for(lambda: port() is not None, timeout, f"the kernel to list unit {serial}")
    return Port(port(), serial)


def connect(tcp_port, timeout):
    """The server may still be starting: a refused connection is tried again. Without delay, as `usbip attach` has it: else
    a command waits up to 40 ms for the answer to the one before."""
    deadline = time.monotonic() + timeout
    while True:
        try:
            connection = socket.create_connection(("127.0.0.1", tcp_port), timeout=None)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return connection
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
    """One that the hub knows to be free, if there is one. The controller frees a port before the hub has noticed that its
    device left: a new one there would be taken for the old one, come back, and never be configured."""
    hub = "ss" if speed >= SUPER_SPEED else "hs"
    rows = [line.split() for line in (VHCI / "status").read_text().splitlines()[1:]]
    ports = [(int(row[1]), int(row[2])) for row in rows if row[0] == hub]
    bus = sorted(int(root.name[3:]) for root in VHCI.glob("usb[0-9]*"))[hub == "ss"]
    devices = pathlib.Path("/sys/bus/usb/devices")
    return next((number for place, (number, state) in enumerate(ports, 1)
                 if state == FREE and not (devices / f"{bus}-{place}").exists()), None)


def serial_of(name):
    """Of a device that the kernel has configured; None before, and when it has gone."""
    device = pathlib.Path("/sys/bus/usb/devices") / name
    try:
        return (device / "serial").read_text().strip() if pathlib.Path(f"{device}:1.0").exists() else None
    except OSError:
        return None


def wait_for(condition, timeout, what):
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {timeout} s for {what}")
        time.sleep(0.02)
