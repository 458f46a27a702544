# SPDX-License-Identifier: Apache-2.0
"""INA219s in the guest: registers of i2c-stub set by hand, and the kernel's own drivers on them."""
import ctypes
import fcntl
import os
import pathlib
import pwd
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "endtoend"))
from harness import BINARY, CliTest  # noqa: E402

import modules  # noqa: E402
from bench import stop  # noqa: E402
from usbip import wait_for  # noqa: E402

DEVICES = pathlib.Path("/sys/bus/i2c/devices")
CONFIGURATION, SHUNT, BUS, POWER, CURRENT, CALIBRATION = range(6)
READY, OVERFLOW = 2, 1
I2C_SLAVE_FORCE, I2C_SMBUS, SMBUS_READ, SMBUS_WRITE, SMBUS_WORD_DATA = 0x0706, 0x0720, 1, 0, 3


class SmbusRequest(ctypes.Structure):
    _fields_ = [("direction", ctypes.c_uint8), ("register", ctypes.c_uint8), ("size", ctypes.c_uint32),
                ("data", ctypes.c_void_p)]


class Stub:
    """i2c-stub with an INA219's registers; what is set stays until it is set again."""

    def __init__(self, address=0x40):
        self.address = address
        modules.unload("ina2xx_adc", "i2c_stub")
        modules.load("i2c-stub", chip_addr=hex(address))
        self.node = wait_for_adapter("SMBus stub driver")
        self.number = int(self.node.rpartition("-")[2])

    def open_node(self):
        modules.load("i2c-dev")
        wait_for(pathlib.Path(self.node).exists, 10, self.node)
        self.set(CONFIGURATION, 0x399F)
        self.set(BUS, READY)
        return self

    def set(self, register, value):
        self._transfer(SMBUS_WRITE, register, value)

    def get(self, register):
        return self._transfer(SMBUS_READ, register, 0)

    def measure(self, shunt_v, bus_v):
        """What a converter would put there: 10 uV and 4 mV a step."""
        self.set(SHUNT, round(shunt_v / 10e-6) & 0xFFFF)
        self.set(BUS, round(bus_v / 4e-3) << 3 | READY)

    def _transfer(self, direction, register, value):
        word = ctypes.c_uint16(swapped(value))
        request = SmbusRequest(direction, register, SMBUS_WORD_DATA, ctypes.cast(ctypes.pointer(word), ctypes.c_void_p))
        descriptor = os.open(self.node, os.O_RDWR)
        try:
            fcntl.ioctl(descriptor, I2C_SLAVE_FORCE, self.address)
            fcntl.ioctl(descriptor, I2C_SMBUS, request)
        finally:
            os.close(descriptor)
        return swapped(word.value)

    def close(self):
        modules.unload("ina2xx_adc", "i2c_stub")


def swapped(word):
    return (word & 0xFF) << 8 | word >> 8


def wait_for_adapter(name, timeout=10):
    """The /dev node of the adapter whose name starts so."""
    def find():
        return next((entry.name for entry in DEVICES.glob("i2c-*")
                     if (entry / "name").exists() and (entry / "name").read_text().startswith(name)), None)
    wait_for(find, timeout, f"an I2C adapter '{name}'")
    return f"/dev/{find()}"


def new_device(adapter, address=0x40):
    """Tells the kernel of an INA219: its driver takes it when it is loaded."""
    (DEVICES / f"i2c-{adapter}/new_device").write_text(f"ina219 {address:#x}")


def delete_device(adapter, address=0x40):
    (DEVICES / f"i2c-{adapter}/delete_device").write_text(f"{address:#x}")


class I2cTest(CliTest):
    turn = "i2c"  # adapters and drivers are the whole kernel's

    def record(self, uri, *arguments, duration="1s", expect=0, user=None):
        capture = self.folder / f"{time.monotonic_ns()}.jmk"
        command = [BINARY, "record", uri, "-o", capture, "--duration", duration, *arguments]
        if user:
            os.chown(self.folder, pwd.getpwnam(user).pw_uid, -1)
            command = ["setpriv", f"--reuid={user}", "--clear-groups", "--no-new-privs", *command]
        done = subprocess.run(list(map(str, command)), stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              cwd=self.folder, timeout=120)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return capture, done

    def start_recording(self, uri, *arguments):
        """A recording that runs: its capture and its process, which ends with the test at the latest."""
        capture = self.folder / f"{time.monotonic_ns()}.jmk"
        command = [BINARY, "record", uri, "-o", capture, "--duration", "120s", "--option", "shunt=0.1", *arguments]
        process = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True, cwd=self.folder)
        self.addCleanup(stop, process)
        wait_for(capture.exists, 30, "the recording to begin")
        return capture, process

    def report(self, capture):
        return self.run_json("report", capture)

    def anomalies(self, capture):
        return [anomaly["kind"] for anomaly in self.report(capture)["quality"]["anomalies"]]
