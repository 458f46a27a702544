# SPDX-License-Identifier: Apache-2.0
"""Unplugged at any moment: joulemark says so and ends, and no unit is ever given an order that could hurt a target."""
import subprocess

from bench import BINARY, MonsoonTest, Unit
from relay import Relay

START = 2
GONE = (3, 5)  # no such instrument any more, or it left while being used


def never(setup, count):
    return False


class Unplug(MonsoonTest):
    def run_and_pull(self, unit, cut, *arguments):
        """What a command said, and the cable with the requests that went through it. The unit is the same every time: it
        goes on after a cut, as a real one does. A hang is a TimeoutExpired, and so fails the test."""
        relay = Relay(unit.tcp_port, cut)
        try:
            unit.plug_in(relay.port)
            done = subprocess.run([BINARY, *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                  cwd=self.folder, timeout=60)
        finally:
            relay.close()
            unit.pull()
        self.assert_safe(unit)
        return done, relay.requests

    def new_unit(self):
        unit = Unit(self.folder)
        self.addCleanup(unit.close)
        return unit

    def record_and_pull(self, unit, cut, duration="60s"):
        done, requests = self.run_and_pull(unit, cut, "record", unit.uri, "-o", "x.jmk", "--overwrite", "--duration",
                                           duration, "--vout", "3.7")
        self.assertLessEqual(set(unit.outputs()), {3.7})
        return done, requests

    def test_at_any_request_of_devices(self):
        unit = self.new_unit()
        _, requests = self.run_and_pull(unit, never, "devices")
        for last in range(1, 1 + len(requests)):
            with self.subTest(request=last):
                done, _ = self.run_and_pull(unit, lambda setup, count, last=last: count == last, "devices")
                self.assertEqual(done.returncode, 0, done.stderr)

    def test_at_any_request_before_sampling(self):
        unit = self.new_unit()
        done, requests = self.record_and_pull(unit, never, "100ms")
        self.assertEqual(done.returncode, 0, done.stderr)
        start = [request.request for request in requests].index(START)
        for last in range(1, 2 + start):
            with self.subTest(request=last):
                done, seen = self.record_and_pull(unit, lambda setup, count, last=last: count == last)
                self.assertEqual(len(seen), last)
                self.assertIn(done.returncode, GONE, done.stderr)
                self.verified(self.folder / "x.jmk")
        print(f"pulled at each of {start + 1} requests")

    def test_at_any_request_from_stop_on(self):
        """A recording that had all it wanted may be a success: what was asked for is there."""
        unit = self.new_unit()
        _, requests = self.record_and_pull(unit, never, "100ms")
        start = [request.request for request in requests].index(START)
        for last in range(start + 2, 1 + len(requests)):
            with self.subTest(request=last):
                done, _ = self.record_and_pull(unit, lambda setup, count, last=last: count == last, "100ms")
                self.assertIn(done.returncode, (0, 5), done.stderr)
                self.verified(self.folder / "x.jmk")

    def test_while_calibrating(self):
        self.pull_at("unplug@calibrate")

    def test_while_sampling(self):
        self.pull_at("unplug@sample")

    def pull_at(self, fault):
        unit = self.plug_in(faults=[fault])
        done = subprocess.run([BINARY, "record", unit.uri, "-o", "x.jmk", "--vout", "3.7"], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, cwd=self.folder, timeout=60)
        self.assertEqual(done.returncode, 5, done.stderr)
        self.verified(self.folder / "x.jmk")
        self.assert_safe(unit)
        self.assertEqual(unit.outputs(), [3.7])
