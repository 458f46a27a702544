# SPDX-License-Identifier: Apache-2.0
"""What can go wrong with a unit: each shows as its anomaly and exit code, in a capture that verifies."""
from bench import MonsoonTest


class Faults(MonsoonTest):
    def record_with(self, *faults, duration="5s", options=(), expect=0):
        unit = self.plug_in(faults=faults)
        capture, done = self.record(unit, duration, *options, expect=expect)
        return self.report(capture), done

    def assert_anomaly(self, report, *kinds):
        found = {anomaly["kind"] for anomaly in report["quality"]["anomalies"]}
        self.assertTrue(found.intersection(kinds), f"{report['quality']} has none of {kinds}")

    def test_dropped_observations_are_a_gap_of_that_size_where_they_were_lost(self):
        unit = self.plug_in(faults=["drop:37@3s"])
        capture, _ = self.record(unit, "5s")
        report = self.report(capture, "--window", "before=2s..2.9s", "--window", "across=2.9s..3.1s")
        self.assertEqual(report["capture"]["lost_samples"], 37)
        self.assert_anomaly(report, "gap")
        flags = {event["name"]: event["flags"] for event in report["events"]}
        self.assertEqual(flags["before"], [])
        self.assertNotEqual(flags["across"], [])

    def test_strict_does_not_take_losses(self):
        report, done = self.record_with("drop:37@2s", duration="3s", options=["--strict"], expect=6)
        self.assertEqual(report["capture"]["lost_samples"], 37)
        self.assertIn("lost", done.stderr)

    def test_packets_lost_on_the_way_are_a_gap_too(self):
        report, _ = self.record_with("lose:4@2s", duration="4s")
        self.assertEqual(report["capture"]["lost_samples"], 12)
        self.assert_anomaly(report, "gap")

    def test_a_dropped_counter_that_wraps_is_no_loss_of_65536(self):
        report, _ = self.record_with("wrap@2s", duration="4s")
        self.assertEqual(report["capture"]["lost_samples"], 12)

    def test_a_corrupt_packet_is_left_out_and_said(self):
        report, _ = self.record_with("corrupt@2s", duration="4s")
        self.assert_anomaly(report, "protocol", "crc_error")
        self.assertLessEqual(report["capture"]["lost_samples"], 3)

    def test_a_stall_ends_with_5_and_keeps_what_came(self):
        report, done = self.record_with("stall@2s", duration="60s", expect=5)
        self.assertAlmostEqual(report["capture"]["samples"], 10_000, delta=100)
        self.assertRegex(done.stderr, "stall|no data|nothing")

    def test_unplugging_ends_with_5_and_keeps_what_came(self):
        unit = self.plug_in(faults=["unplug@2s"])
        capture, done = self.record(unit, "60s", expect=5)
        self.assertLessEqual(self.report(capture)["capture"]["samples"], 10_000)
        self.assertGreater(self.report(capture)["capture"]["samples"], unit.fetched() - 100)
        self.assertRegex(done.stderr, "unplug|gone|left|disconnect")

    def test_drift_of_the_clock_is_found(self):
        """Or it is said that this machine was too late too often to see it."""
        unit = self.plug_in(faults=["drift:1000"])
        capture, _ = self.record(unit, "20s")
        report = self.report(capture)
        self.assertEqual(report["capture"]["lost_samples"], 0)
        self.assert_anomaly(report, "clock_drift")
        told = self.metadata(capture)
        found = {name: told.get(f"instrument.{name}") for name in ("clock_drift_ppm", "clock_drift_sigma_ppm")}
        severity, = (each["severity"] for each in report["quality"]["anomalies"] if each["kind"] == "clock_drift")
        if severity == "info":
            self.skipTest(f"run this on a machine less busy: {found}")
        print(f"drift of {found['clock_drift_ppm']} +- {found['clock_drift_sigma_ppm']} ppm found")
        self.assertAlmostEqual(float(found["clock_drift_ppm"]), 1000, delta=3 * float(found["clock_drift_sigma_ppm"]) + 1)

    def test_an_output_that_trips_is_said(self):
        report, _ = self.record_with("trip@2s", duration="4s", options=["--vout", "3.7"])
        self.assert_anomaly(report, "instrument_fault")

    def test_bad_dac_calibration_refuses_the_voltage_and_nothing_else(self):
        unit = self.plug_in(faults=["bad-daccal"])
        done = self.run_cli("record", unit.uri, "-o", "x.jmk", "--duration", "1s", "--vout", "3.7", expect=8)
        self.assertRegex(done.stderr.lower(), "daccal|calibrat")
        self.assert_safe(unit)
        self.assertEqual(unit.outputs(), [])
        self.assert_usable(unit)

    def test_a_unit_found_sampling_is_stopped_and_used(self):
        unit = self.plug_in(faults=["start-sampling"])
        capture, _ = self.record(unit, "2s", "--vout", "3.7")
        self.assertEqual(self.report(capture)["capture"]["lost_samples"], 0)

    def test_without_calibration_it_gives_up_in_words(self):
        unit = self.plug_in(faults=["no-calibration"])
        done = self.run_cli("record", unit.uri, "-o", "x.jmk", "--duration", "60s", expect=5, timeout=40)
        self.assertIn("calibrat", done.stderr)
        self.assert_safe(unit)
        self.verified(self.folder / "x.jmk")
