# SPDX-License-Identifier: Apache-2.0
"""Unplugged at any moment: joulemark says so and ends, and no unit is ever given an order that could hurt a target."""
import subprocess

from bench import BINARY, MonsoonTest, Unit
from relay import Relay

START, STOP = 2, 3
GONE = (3, 5)  # no such instrument any more, or it left while being used


class Unplug(MonsoonTest):
    def plug_in_by_relay(self, cut):
        unit = Unit(self.folder)
        self.addCleanup(unit.close)
        relay = Relay(unit.tcp_port, cut)
        self.addCleanup(relay.close)
        unit.plug_in(relay.port)
        return unit, relay

    def run_until_pulled(self, *arguments, timeout=30):
        """The exit code. A hang is a TimeoutExpired, and so fails the test."""
        return subprocess.run([BINARY, *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              cwd=self.folder, timeout=timeout)

    def record_and_pull(self, cut, duration="60s"):
        unit, relay = self.plug_in_by_relay(cut)
        done = self.run_until_pulled("record", unit.uri, "-o", "x.jmk", "--overwrite", "--duration", duration,
                                     "--vout", "3.7")
        self.verified(self.folder / "x.jmk")
        self.assert_safe(unit)
        self.assertLessEqual(set(unit.outputs()), {3.7})
        return done, relay

    def requests_of(self, *arguments):
        """How many vendor requests a command makes of a healthy unit."""
        unit, relay = self.plug_in_by_relay(lambda setup, count: False)
        self.run_cli(*[unit.uri if argument == "URI" else argument for argument in arguments])
        return relay.requests

    def test_at_any_request_of_devices(self):
        for last in range(1, 1 + len(self.requests_of("devices"))):
            with self.subTest(request=last):
                unit, _ = self.plug_in_by_relay(lambda setup, count, last=last: count == last)
                done = self.run_until_pulled("devices")
                self.assertEqual(done.returncode, 0, done.stderr)

    def test_at_any_request_before_sampling(self):
        requests = self.requests_of("record", "URI", "-o", "whole.jmk", "--duration", "100ms", "--vout", "3.7")
        start = [request.request for request in requests].index(START)
        for last in range(1, 2 + start):
            with self.subTest(request=last):
                done, relay = self.record_and_pull(lambda setup, count, last=last: count == last)
                self.assertEqual(len(relay.requests), last)
                self.assertIn(done.returncode, GONE, done.stderr)

    def test_at_any_request_from_stop_on(self):
        """A recording that had all it wanted may be a success: what was asked for is there."""
        def after_sampling():
            started = False
            def cut(setup, count):
                nonlocal started
                started = started or setup.request == START
                return started and setup.request != START
            return cut
        done, _ = self.record_and_pull(after_sampling(), duration="500ms")
        self.assertIn(done.returncode, (0, 5), done.stderr)

    def test_while_calibrating(self):
        self.pull_at("unplug@calibrate")

    def test_while_sampling(self):
        self.pull_at("unplug@sample")

    def pull_at(self, fault):
        unit = self.plug_in(faults=[fault])
        done = self.run_until_pulled("record", unit.uri, "-o", "x.jmk", "--duration", "60s", "--vout", "3.7")
        self.assertEqual(done.returncode, 5, done.stderr)
        self.verified(self.folder / "x.jmk")
        self.assert_safe(unit)
        self.assertEqual(unit.outputs(), [3.7])
