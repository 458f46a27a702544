# SPDX-License-Identifier: Apache-2.0
"""An emulated unit on a real USB port, and the real joulemark to drive it."""
import json
import pathlib
import socket
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "endtoend"))
from harness import BINARY, CliTest  # noqa: E402

import usbip  # noqa: E402

MARKER = "marker=usb-voltage,threshold=1.5"
SQUARE = "square:2mA,300mA,100ms,30%"  # LOW is measured by the fine range, HIGH by the coarse one


class Unit:
    """`joulemark emulate monsoon` in a process of its own; its port number is its serial number too."""

    def __init__(self, folder, *options, faults=(), scenario=SQUARE):
        self.tcp_port = free_tcp_port()
        self.uri = f"monsoon:?serial={self.tcp_port}"
        self._state = folder / f"unit-{self.tcp_port}.json"
        command = [BINARY, "emulate", "monsoon", "--port", self.tcp_port, "--serial", self.tcp_port,
                   "--scenario", scenario, "--state", self._state, *options]
        for fault in faults:
            command += ["--fault", fault]
        self._talk = (folder / f"unit-{self.tcp_port}.log").open("w+")
        self._process = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=self._talk,
                                         stderr=self._talk)
        self.usb = None

    def plug_in(self, tcp_port=None):
        self.usb = usbip.attach(tcp_port or self.tcp_port)

    def state(self):
        """What the unit says of itself and of its past, no older than this call."""
        return json.loads(self._state.read_text())

    def log(self):
        self._talk.flush()
        return pathlib.Path(self._talk.name).read_text()

    def close(self):
        if self.usb:
            self.usb.detach()
            self.usb.wait_until_gone()
        self._process.terminate()
        try:
            self._process.wait(10)
        finally:
            self._process.kill()
            self._talk.close()


def free_tcp_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class MonsoonTest(CliTest):
    def plug_in(self, *options, **more):
        unit = Unit(self.folder, *options, **more)
        self.addCleanup(unit.close)
        unit.plug_in()
        return unit

    def record(self, unit, duration, *arguments, expect=0, timeout=60):
        """The capture, closed and verified, and what was said. A capture may be missing only where nothing began."""
        capture = self.folder / f"{unit.tcp_port}-{time.monotonic_ns()}.jmk"
        done = self.run_cli("record", unit.uri, "-o", capture, "--duration", duration, *arguments, expect=expect,
                            timeout=timeout)
        self.assert_safe(unit)
        return self.verified(capture), done

    def start_recording(self, unit, *arguments, duration="60s"):
        capture = self.folder / f"{unit.tcp_port}-{time.monotonic_ns()}.jmk"
        command = [BINARY, "record", unit.uri, "-o", capture, "--duration", duration, "--quiet", *arguments]
        process = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        self.addCleanup(stop, process)
        return capture, process

    def finish(self, process, expect=0, timeout=60):
        output, talk = process.communicate(timeout=timeout)
        self.assertEqual(process.returncode, expect, output + talk)
        return talk

    def verified(self, capture):
        if capture.exists():
            self.run_cli("verify", capture)
        return capture

    def report(self, capture, *arguments):
        return self.run_json("report", capture, *arguments)

    def anomalies(self, capture):
        """{kind: message}"""
        return {anomaly["kind"]: anomaly["message"] for anomaly in self.report(capture)["quality"]["anomalies"]}

    def assert_safe(self, unit):
        """Nothing was ordered that a real unit may answer with a random voltage or a crash."""
        self.assertEqual(unit.state()["violations"], [], unit.log())

    def assert_usable(self, unit):
        capture, _ = self.record(unit, "1s")
        self.assertEqual(self.report(capture)["capture"]["lost_samples"], 0)


def stop(process):
    process.kill()
    process.communicate()
