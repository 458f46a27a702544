# SPDX-License-Identifier: Apache-2.0
"""A healthy unit: every sample, the right energies, and what others are told while it is in use."""
import json
import pathlib
import subprocess
import time

from bench import MARKER, MonsoonTest, Unit, keep
import usbip

VOLTAGE = 3.7
SECONDS = 60
RATE = 5000
MEAN_OF_WHOLE_PERIODS_A = 0.6 * 2e-3 + 0.4 * 300e-3


class CleanRecording(MonsoonTest):
    alone = smoke = True

    def test_a_minute_has_every_sample_and_the_true_energies(self):
        unit = self.plug_in(queue=256)
        capture, recorder = self.start_recording(unit, "--vout", VOLTAGE, "--option", MARKER, duration=f"{SECONDS}s")
        time.sleep(10)
        self.others_are_told_that_it_is_busy(unit)
        self.finish(recorder, timeout=2 * SECONDS)
        self.verified(capture)
        keep(capture)
        self.assert_safe(unit)
        self.every_sample_is_there(unit, capture)
        self.energies_are_true(unit, capture)

    def others_are_told_that_it_is_busy(self, unit):
        done = self.run_cli("record", unit.uri, "-o", "second.jmk", "--duration", "1s", expect=4)
        self.assertRegex(done.stderr, "busy|in use")
        listed = self.devices()
        self.assertEqual([device["usable"] for device in listed if device["uri"] == unit.uri], [False], listed)

    def every_sample_is_there(self, unit, capture):
        figures = self.report(capture)["capture"]
        dropped, dropped_of_16 = unit.drops()
        print(f"{figures['duration_s']} s: {figures['samples']} samples, lost {figures['lost_samples']}, calibration "
              f"{figures['dead_time_s']} s; a queue of 16 slots would have dropped {dropped_of_16}")
        self.assertEqual(figures["lost_samples"], 0)
        self.assertEqual(figures["sample_rate_hz"], RATE)
        self.assertAlmostEqual(figures["duration_s"], SECONDS, delta=2 / RATE)
        self.assertEqual(dropped, 0)

    def energies_are_true(self, unit, capture):
        report = self.report(capture, "--event", "high=d0")
        self.compare_energies(report, unit.truth(), "high")
        self.assert_close(report["total"]["mean_current_a"], MEAN_OF_WHOLE_PERIODS_A, 1e-3, "mean current")


class Energies(MonsoonTest):
    def energies_of(self, scenario, method):
        unit = self.plug_in(scenario=scenario)
        capture, _ = self.record(unit, "10s", "--vout", VOLTAGE, "--option", MARKER)
        report = self.report(capture, "--event", "high=d0")
        self.assertEqual(report["events"][0]["method"], method)
        self.compare_energies(report, unit.truth(), "high")

    def test_events_of_a_few_samples_across_both_ranges(self):
        self.energies_of("square:2mA,300mA,50ms,10%", "excess")

    def test_events_within_the_fine_range(self):
        self.energies_of("square:1mA,20mA,500ms,40%", "integral")


class Listing(MonsoonTest):
    smoke = True

    def test_a_unit_that_is_not_there_is_reported_missing(self):
        done = self.run_cli("record", "monsoon:?serial=1", "-o", "x.jmk", "--duration", "1s", expect=3)
        self.assertIn("1", done.stderr)

    def test_devices_lists_it_as_usable_and_changes_nothing(self):
        unit = self.plug_in()
        listed = [device for device in self.devices() if device["uri"] == unit.uri]
        self.assertEqual([device["usable"] for device in listed], [True], json.dumps(listed))
        self.assertEqual(unit.outputs(), [])
        self.assert_safe(unit)

    def test_the_usual_tool_attaches_it(self):
        unit = Unit(self.folder)
        self.addCleanup(unit.close)
        attach = ["usbip", "--tcp-port", str(unit.tcp_port), "attach", "-r", "127.0.0.1", "-b", "1-1"]
        subprocess.run(attach, check=True, capture_output=True, timeout=20)
        usbip.wait_for(lambda: self.port_of(unit), 10, "the kernel to list the unit")
        unit.usb = self.port_of(unit)

    def port_of(self, unit):
        for number, (state, name) in usbip.port_states().items():
            serial = pathlib.Path(f"/sys/bus/usb/devices/{name}/serial")
            if state == usbip.IN_USE and serial.exists() and serial.read_text().strip() == str(unit.serial):
                return usbip.Port(number)
        return None
