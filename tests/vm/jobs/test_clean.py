# SPDX-License-Identifier: Apache-2.0
"""A healthy unit: every sample, the right energies, and what others are told while it is in use."""
import json
import subprocess
import time

from bench import MARKER, Metronome, MonsoonTest, Unit, cpu_seconds
import usbip

VOLTAGE = 3.7
SECONDS = 60
DEFAULT_QUEUE = 256
IN_FLIGHT = 128 * 3  # transfers that the recorder keeps in flight, of three observations each
RATE = 5000
LONGEST_PAUSE_S = (DEFAULT_QUEUE + IN_FLIGHT) / RATE
MEAN_OF_WHOLE_PERIODS_A = 0.6 * 2e-3 + 0.4 * 300e-3


class AMinute(MonsoonTest):
    """In the smoke of a unit whose queue no delay of the machine fills, else of one with the default queue."""
    alone = True

    def record_a_minute(self, unit):
        capture, recorder = self.start_recording(unit, "--vout", VOLTAGE, "--option", MARKER, duration=f"{SECONDS}s")
        time.sleep(10)
        self.others_are_told_that_it_is_busy(unit)
        before = cpu_seconds(recorder)
        time.sleep(30)
        print(f"the recorder takes {(cpu_seconds(recorder) - before) / 30:.1%} of an emulated core")
        self.finish(recorder, timeout=5 * SECONDS)
        self.assert_safe(unit)
        return self.verified(capture)

    def others_are_told_that_it_is_busy(self, unit):
        done = self.run_cli("record", unit.uri, "-o", "second.jmk", "--duration", "1s", expect=4)
        self.assertRegex(done.stderr, "busy|in use")
        listed = self.devices()
        self.assertEqual([device["usable"] for device in listed if device["uri"] == unit.uri], [False], listed)

    def every_sample_is_there(self, unit, capture):
        figures = self.report(capture)["capture"]
        dropped, of_unit, of_default = unit.drops()
        print(f"{figures['duration_s']} s: {figures['samples']} samples, lost {figures['lost_samples']}, calibration "
              f"{figures['dead_time_s']} s; a queue of 16 slots would have dropped {of_unit}, one of 256 {of_default}")
        self.assertEqual(figures["lost_samples"], 0)
        self.assertAlmostEqual(figures["dead_time_s"], SECONDS / 1.25 * 10 / RATE, delta=10 / RATE)
        self.assertEqual(figures["sample_rate_hz"], RATE)
        self.assertAlmostEqual(figures["duration_s"], SECONDS, delta=2 / RATE)
        self.assertEqual(dropped, 0)

    def energies_are_true(self, unit, capture):
        report = self.report(capture, "--event", "high=d0")
        self.compare_energies(report, unit.truth(), "high")
        self.assert_close(report["total"]["mean_current_a"], MEAN_OF_WHOLE_PERIODS_A, 1e-3, "mean current")


class Patient(AMinute):
    smoke, full = True, False

    def test_a_minute_has_every_sample_and_the_true_energies(self):
        unit = self.plug_in()
        capture = self.record_a_minute(unit)
        self.every_sample_is_there(unit, capture)
        self.energies_are_true(unit, capture)


class Default(AMinute):
    def test_a_minute_has_every_sample_of_a_unit_with_the_default_queue(self):
        unit = self.plug_in(queue=DEFAULT_QUEUE)
        with Metronome() as metronome:
            capture = self.record_a_minute(unit)
        print(f"the longest that this machine stood still: {metronome.longest_s:.3f} s")
        if metronome.longest_s > LONGEST_PAUSE_S:
            self.skipTest(f"that is longer than queue and transfers hold, {LONGEST_PAUSE_S:.3f} s; the unit dropped "
                          f"{unit.drops()[0]}: run this on a machine less busy")
        self.every_sample_is_there(unit, capture)
        self.energies_are_true(unit, capture)


class Energies(MonsoonTest):
    def energies_of(self, scenario, method):
        unit = self.plug_in(scenario=scenario)
        capture, _ = self.record(unit, "10s", "--vout", VOLTAGE, "--option", MARKER)
        report = self.report(capture, "--event", "high=d0")
        self.assertEqual(report["events"][0]["method"], method)
        self.compare_energies(report, unit.truth(), "high")

    def test_events_of_a_few_samples_across_both_ranges(self):
        self.energies_of("square:2mA,300mA,48ms,10%", "excess")

    def test_events_within_the_fine_range(self):
        self.energies_of("square:1mA,20mA,480ms,40%", "integral")


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
        with usbip.attaching():
            subprocess.run(attach, check=True, capture_output=True, timeout=usbip.PATIENCE_S)
        unit.usb = usbip.attached(unit.serial)
