# SPDX-License-Identifier: Apache-2.0
"""An emulated USB bridge with an INA219 whose current changes, behind the kernel's own hid-cp2112; every conversion of
the chip is known."""
import csv
import functools
import json
import pathlib
import re
import subprocess
import time

import modules
import usbip
from bench import Metronome
from harness import BINARY
from i2c import I2cTest, new_device, wait_for_adapter

LOW_A, HIGH_A, PERIOD_S, VOLTS, SHUNT_OHM = 5e-3, 100e-3, 2.0, 3.3, 0.1
SERIAL = "cp2112"
STANDSTILL_S = 0.02  # hid-cp2112 waits 50 ms for a report, for which kernel and emulator each get several turns


def power_at(current_a):
    """What reaches the target, behind the shunt."""
    return current_a * (VOLTS - SHUNT_OHM * current_a)


class Bridge:
    """`joulemark emulate cp2112`, attached: .node is its adapter, .gpiochip its chip."""

    def __init__(self, folder, *options, scenario="square:5mA,100mA,2s"):
        modules.load("usbhid", "hid-cp2112", "i2c-dev")
        self.truth_file = folder / "truth.csv"
        self._log = folder / "cp2112.log"
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                list(map(str, [BINARY, "emulate", "cp2112", "--port", 0, "--scenario", scenario, "--serial", SERIAL,
                               "--truth", self.truth_file, "--overwrite", *options])), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        usbip.wait_for(self._port, usbip.PATIENCE_S, "the emulated bridge to listen")
        self.usb = usbip.attach(self._port(), SERIAL)
        self.node = wait_for_adapter("CP2112")
        self.number = int(self.node.rpartition("-")[2])
        usbip.wait_for(pathlib.Path(self.node).exists, 10, self.node)
        usbip.wait_for(self._gpiochip, 10, "the bridge's gpiochip")
        self.gpiochip = self._gpiochip()

    def _port(self):
        found = re.search(r"listening on \S+:(\d+)\n", self._log.read_text())
        return int(found.group(1)) if found else None

    @staticmethod
    def _gpiochip():
        devices = pathlib.Path("/sys/bus/gpio/devices").glob("gpiochip*")
        return next((device.name for device in devices if "vhci" in str(device.resolve())), None)

    def truth(self, quantity="current_a"):
        """(begin_ns, end_ns, mean, code) of every conversion that was written down so far."""
        with self.truth_file.open() as file:
            rows = csv.DictReader(line for line in file if line.endswith("\n"))
            return [(int(row["begin_ns"]), int(row["end_ns"]), float(row["mean"]), int(row["code"]))
                    for row in rows if row["quantity"] == quantity]

    def bind(self):
        """Gives the INA219 to the kernel's driver."""
        modules.load("ina2xx-adc")
        new_device(self.number)

    def unplug(self):
        self._process.kill()
        self._process.wait(10)

    def close(self):
        self.usb.detach()
        self._process.kill()
        self._process.wait(10)
        usbip.wait_for(lambda: not pathlib.Path(self.node).exists(), 20, "the bridge to go")


def needs_the_machine(test):
    """Not judged where the guest stood still for so long that the kernel may have given the bridge up."""
    @functools.wraps(test)
    def timed(self):
        with Metronome() as metronome:
            try:
                return test(self)
            except (AssertionError, OSError, subprocess.SubprocessError) as error:
                if metronome.longest_s <= STANDSTILL_S:
                    raise
                trouble = error
        self.skipTest(f"this machine stood still for {metronome.longest_s:.3f} s: run this on a machine less busy; "
                      f"{trouble}")
    return timed


class BridgeTest(I2cTest):
    def plug_in(self, *options, **more):
        bridge = Bridge(self.folder, *options, **more)
        self.addCleanup(bridge.close)
        return bridge

    def ends_with_5(self, capture, process, says):
        output, talk = process.communicate(timeout=30)
        self.assertEqual(process.returncode, 5, output + talk)
        self.assertIn(says, talk)
        self.run_cli("verify", capture)
        report = self.run_json("report", capture)
        self.assertGreater(report["capture"]["samples"], 10)
        return report


class ChangingValues(BridgeTest):
    def measured(self, capture):
        """Its report. Where the bus did not keep up with the slowest conversions, there is nothing to judge."""
        report = self.report(capture)
        figures = report["capture"]
        print(f"{figures['samples']} samples at {figures['sample_rate_hz']:.2f} Hz, lost {figures['lost_samples']}")
        if figures["lost_samples"] > 0.02 * figures["samples"]:
            self.skipTest(f"{figures['lost_samples']} of {figures['samples']} conversions were missed: here the "
                          "bridge answers too slowly even for averages of 128")
        return report

    @needs_the_machine
    def test_the_current_and_its_energy_are_true(self):
        """But for the tenth of a second that the last conversions leave of five periods, and for an edge that a reading of
        the voltage may hide: half a milliampere each. A steady current is held closer below."""
        bridge = self.plug_in()
        capture, done = self.record(f"i2c:{bridge.node}", "--option", "shunt=0.1", "--option", "adc=128x",
                                    "--option", "bus_interval=4s", duration="10s")
        total = self.measured(capture)["total"]
        mean_a = (LOW_A + HIGH_A) / 2
        self.assert_close(total["mean_current_a"], mean_a, 0.025, "current over five periods")
        mean_w = (power_at(LOW_A) + power_at(HIGH_A)) / 2
        self.assert_close(total["mean_power_w"], mean_w, 0.025, "power")

    @needs_the_machine
    def test_on_a_slow_bus_conversions_average(self):
        bridge = self.plug_in(scenario="constant:50mA")
        capture, done = self.record(f"i2c:{bridge.node}", "--option", "shunt=0.1", duration="2s")
        self.assertRegex(done.stderr, r"so each averages \d+x")
        self.assert_close(self.report(capture)["total"]["mean_current_a"], 50e-3, 2e-3, "current")

    @needs_the_machine
    def test_the_rate_is_that_of_this_chip(self):
        bridge = self.plug_in("--slowness", 1.1, scenario="constant:50mA")
        capture, _ = self.record(f"i2c:{bridge.node}", "--option", "shunt=0.1", "--option", "voltage=3.3",
                                 "--option", "adc=128x", duration="8s")
        period_s = float(self.metadata(capture)["instrument.conversion_period_s"])
        ends = [end for begin, end, _, _ in bridge.truth() if end - begin > 60e6]  # averages of 128: of the recording
        print(f"{period_s * 1e3:.4f} ms; {len(ends)} conversions in truth")
        self.assert_close(period_s, 1.1 * 68.10e-3, 5e-3, "period of conversions")
        figures = self.report(capture)["capture"]
        self.assert_close(figures["sample_rate_hz"], 1 / (1.1 * 68.10e-3), 0.05, "rate, from a look before")

    @needs_the_machine
    def test_markers_of_its_gpiochip_are_on_the_clock_of_the_samples(self):
        """Linux asks this bridge for its lines every 10 jiffies, so they are late by up to that."""
        bridge = self.plug_in()
        capture, _ = self.record(f"i2c:{bridge.node}", "--option", "shunt=0.1", "--option", "voltage=3.3",
                                 "--option", "adc=128x", "--option", f"gpiochip={bridge.gpiochip}",
                                 "--option", "markers=0:high", duration="13s")
        event = next(event for event in self.report(capture)["events"] if event["name"] == "high")
        self.assertGreaterEqual(event["latency_s"]["n"], 5)
        self.assertAlmostEqual(event["latency_s"]["median"], PERIOD_S / 2, delta=0.06)
        self.measured(capture)
        print(f"{event['energy_j']['n']} events of {event['latency_s']['mean']:.3f} s: {event['energy_j']['mean']:.4f} J")
        self.assert_close(event["energy_j"]["mean"], VOLTS * HIGH_A * PERIOD_S / 2, 0.06, "energy of HIGH")

    @needs_the_machine
    def test_devices_lists_it(self):
        bridge = self.plug_in()
        listed = json.loads(self.run_cli("devices", "--json").stdout)["devices"]
        self.assertIn((f"i2c:{bridge.node}?addr=0x40", True), [(device["uri"], device["usable"]) for device in listed])


class Unplugging(BridgeTest):
    @needs_the_machine
    def test_a_bridge_that_is_pulled_leaves_a_capture(self):
        bridge = self.plug_in()
        capture, process = self.start_recording(f"i2c:{bridge.node}")
        time.sleep(4)
        bridge.unplug()
        self.ends_with_5(capture, process, "unplugged")

    @needs_the_machine
    def test_a_sensor_that_comes_loose_leaves_a_capture(self):
        bridge = self.plug_in("--loose", "10s")
        capture, process = self.start_recording(f"i2c:{bridge.node}")
        self.ends_with_5(capture, process, "unplugged")
        self.assertIn("protocol", self.anomalies(capture))


class ByTheKernelsDriver(BridgeTest):
    """By name only: where a transfer fails, as on a busy machine, the thread of Linux 6.1's ina2xx-adc ends, and switching
    its buffer off then stops a thread that is no more: that takes the kernel down, and every other test with it."""
    full = False

    @needs_the_machine
    def test_the_kernels_driver_reads_the_same(self):
        bridge = self.plug_in(scenario="constant:60mA")
        bridge.bind()
        capture, done = self.record("iio:ina219", "--option", "shunt=0.1", duration="6s")
        report = self.run_json("report", capture)
        print(done.stderr.strip().replace("\n", " | "))
        self.assert_close(report["total"]["mean_current_a"], 60e-3, 2e-3, "current")
        self.assert_close(report["total"]["mean_power_w"], power_at(60e-3), 3e-3, "power")

    @needs_the_machine
    def test_a_bridge_that_is_pulled_while_the_kernel_reads_leaves_a_capture(self):
        bridge = self.plug_in()
        bridge.bind()
        capture, process = self.start_recording("iio:ina219")
        time.sleep(4)
        bridge.unplug()
        self.ends_with_5(capture, process, "what it gave before is kept")
