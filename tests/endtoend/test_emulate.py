# SPDX-License-Identifier: Apache-2.0
"""joulemark emulate as a script uses it: wait for its line, work with it, stop it."""
import contextlib
import json
import os
import pty
import signal
import socket
import struct
import subprocess
import unittest

from harness import BINARY, CliTest


class EmulateMonsoon(CliTest):
    def start(self, *arguments, unit="monsoon"):
        process = subprocess.Popen([BINARY, "emulate", unit, "--port", "0", *arguments], text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=self.folder)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        line = process.stdout.readline().strip()
        self.assertRegex(line, r"^listening on 127\.0\.0\.1:\d+$")
        return process, int(line.rpartition(":")[2])

    def stop(self, process, how=signal.SIGTERM):
        process.send_signal(how)
        output, errors = process.communicate(timeout=10)
        self.assertEqual(process.returncode, 0, errors)
        return output

    def attach(self, port):
        client = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.addCleanup(client.close)
        client.sendall(struct.pack(">HHI32s", 0x0111, 0x8003, 0, b"1-1"))
        reply = client.recv(8 + 312, socket.MSG_WAITALL)
        self.assertEqual(struct.unpack(">HHI", reply[:8]), (0x0111, 0x0003, 0))
        return client

    def test_stops_at_once_on_either_signal_with_a_client_attached(self):
        for how in (signal.SIGINT, signal.SIGTERM):
            process, port = self.start()
            self.attach(port)
            self.assertIn("violations 0", self.stop(process, how))

    def test_writes_the_exact_energy_of_a_run_that_it_is_stopped_in(self):
        process, port = self.start("--scenario", "constant:10mA", "--vout", "3.7", "--fault", "start-sampling",
                                   "--truth", "truth.json")
        client = self.attach(port)
        client.sendall(struct.pack(">10I8s", 1, 1, 0x10002, 1, 1, 0, 64 * 100, 0, 0, 0, bytes(8)))
        self.assertEqual(len(client.recv(48 + 64 * 100, socket.MSG_WAITALL)), 48 + 64 * 100)  # 300 slots
        output = self.stop(process)
        truth = json.loads((self.folder / "truth.json").read_text())
        self.assertGreaterEqual(truth["duration_s"], 0.06)
        self.assert_close(truth["energy_j"], 3.7 * 0.01 * truth["duration_s"], 1e-9)
        self.assertIn("runs 1, slots %d," % round(truth["duration_s"] * 5000), output)

    def test_refuses_a_port_in_use_and_what_it_cannot_play(self):
        process, port = self.start()
        taken = self.run_cli("emulate", "monsoon", "--port", port, expect=4)
        self.assertIn(str(port), taken.stderr)
        self.stop(process)
        self.assertIn("square:", self.run_cli("emulate", "monsoon", "--scenario", "rock", expect=2).stderr)
        self.assertIn("drift:PPM", self.run_cli("emulate", "monsoon", "--fault", "rock", expect=2).stderr)
        self.run_cli("emulate", "monsoon", "--queue", 1, expect=2)
        self.run_cli("emulate", "monsoon", "--model", "lvpm", "--vout", 5, expect=2)
        self.run_cli("emulate", expect=2)

    def test_refuses_numbers_that_are_none_or_out_of_range(self):
        for unit, option, values in (("cp2112", "--slowness", ("nan", "inf", "2", "1x", "")),
                                     ("cp2112", "--shunt", ("nan", "-nan", "0", "1e9")),
                                     ("cp2112", "--voltage", ("nan", "-1")),
                                     ("cp2112", "--offset", ("nan", "1")),
                                     ("cp2112", "--noise", ("nan", "-inf")),
                                     ("cp2112", "--unplug", ("-1s", "nan", "nans")),
                                     ("cp2112", "--loose", ("-1s", "inf")),
                                     ("monsoon", "--noise", ("nan", "-1")),
                                     ("monsoon", "--vout", ("nan", "inf", "100")),
                                     ("monsoon", "--queue", ("nan", "3.5", "2"))):
            for value in values:
                with self.subTest(unit=unit, option=option, value=value):
                    refused = self.run_cli("emulate", unit, "--port", 0, f"{option}={value}", expect=2, timeout=10)
                    self.assertIn(option, refused.stderr)
                    self.assertEqual(refused.stdout, "")

    def test_a_file_at_truth_is_replaced_when_asked_only(self):
        for unit in ("monsoon", "cp2112"):
            with self.subTest(unit=unit):
                mine = self.folder / "mine.txt"
                mine.write_text("mine")
                refused = self.run_cli("emulate", unit, "--port", 0, "--truth", "mine.txt", expect=2, timeout=10)
                self.assertIn("--truth mine.txt: exists already", refused.stderr)
                self.assertIn("--overwrite", refused.stderr)
                self.assertEqual((refused.stdout, mine.read_text()), ("", "mine"))
                process, _ = self.start("--truth", "mine.txt", "--overwrite", unit=unit)
                process.terminate()
                process.communicate(timeout=10)
                self.assertEqual(process.returncode, 0)

    def test_its_help_shows_how_to_attach(self):
        self.assertIn("usbip attach -r 127.0.0.1 -b 1-1", self.run_cli("emulate", "monsoon", "--help").stdout)


SQUARE = "square:2mA,300mA,480ms,40%"  # LOW is measured in the fine range, HIGH in the coarse one
MEAN_A = 0.6 * 2e-3 + 0.4 * 300e-3


class EmulateLvpmSerial(CliTest):
    """An LVPM with factory firmware at a real terminal, recorded by another process. Its queue is long: how late a
    busy machine is does not matter here."""

    def start(self, *arguments):
        command = [BINARY, "emulate", "monsoon", "--model", "lvpm-serial", "--queue", "1000000", "--scenario", SQUARE,
                   "--truth", "truth.json", "--overwrite", *arguments]
        with (self.folder / "unit.log").open("w") as log:
            process = subprocess.Popen(command, text=True, stdout=subprocess.PIPE, stderr=log, cwd=self.folder)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        line = process.stdout.readline().strip()
        self.assertRegex(line, r"^serial port /dev/pts/\d+$")
        return process, "monsoon:" + line.split()[-1]

    def record(self, uri, duration, *options, expect=0):
        done = self.run_cli("record", uri, "-o", "run.jmk", "--overwrite", "--duration", duration, *options, expect=expect)
        self.run_cli("verify", "run.jmk")
        return done

    def report(self):
        return self.run_json("report", "run.jmk")

    def outputs(self):
        log = (self.folder / "unit.log").read_text()
        self.assertNotIn("VIOLATION", log)
        return [line.split()[1] for line in log.splitlines() if line.startswith("output ")]

    def kinds(self, report):
        return {anomaly["kind"] for anomaly in report["quality"]["anomalies"]}

    def test_every_sample_and_the_true_current_across_both_ranges(self):
        _, uri = self.start()
        self.record(uri, "4.8s", "--vout", "3.7", "--vout-off-at-end")
        report = self.report()
        self.assertEqual((report["capture"]["samples"], report["capture"]["lost_samples"]), (24000, 0))
        self.assert_close(report["total"]["mean_current_a"], MEAN_A, 1e-3, "mean current")
        truth = json.loads((self.folder / "truth.json").read_text())
        energy_j = 3.7 * MEAN_A * report["capture"]["duration_s"]
        self.assert_close(truth["energy_j"] * report["capture"]["duration_s"] / truth["duration_s"], energy_j, 5e-2)
        self.assert_close(report["total"]["energy_j"], energy_j, 1e-3, "energy of ten whole periods")
        self.assertEqual(report["capture"]["instrument"]["model"], "LVPM")
        self.assertEqual(self.outputs(), ["3.7000", "0.0000"])

    def test_the_output_is_left_alone_unless_asked_and_restored_when_asked(self):
        _, uri = self.start("--vout", "4.1")
        self.record(uri, "1s")
        self.assertEqual(self.outputs(), [])
        self.record(uri, "1s", "--vout", "3.3", "--vout-restore")
        self.assertEqual(self.outputs(), ["3.3000", "4.1000"])
        refused = self.run_cli("record", uri, "-o", "x.jmk", "--vout", "5", expect=2)
        self.assertIn("4.55", refused.stderr)
        self.assertEqual(self.outputs(), ["3.3000", "4.1000"])

    def on_a_terminal(self, *arguments):
        """What stands on each line of the terminal that is stderr in the end."""
        ours, its = pty.openpty()
        recorder = subprocess.Popen([BINARY, *arguments], stdout=subprocess.DEVNULL, stderr=its, cwd=self.folder)
        os.close(its)
        received = b""
        with contextlib.suppress(OSError):  # how a terminal's other end says that nobody is left
            while some := os.read(ours, 4096):
                received += some
        os.close(ours)
        self.assertEqual(recorder.wait(timeout=60), 0)
        lines = []
        for sent in received.decode().split("\r\n"):
            line = ""
            for part in sent.split("\r"):
                line = part + line[len(part):]
            lines.append(line.rstrip())
        return received.decode(), lines

    def test_what_is_said_while_progress_is_shown_has_a_line_of_its_own(self):
        _, uri = self.start()
        received, lines = self.on_a_terminal("record", uri, "-o", "run.jmk", "--duration", "1s", "--vout", "3.7")
        self.assertIn(" lost 0", received)
        self.assertEqual(lines, ["main output: 0 V before, 3.7 V now", "main output: 0 V before, 3.7 V after", ""])

    def test_the_output_is_switched_off_even_when_nobody_can_be_told(self):
        for stderr in ("/dev/full", "closed pipe"):
            with self.subTest(stderr=stderr):
                process, uri = self.start()
                if stderr == "/dev/full":
                    sink = os.open(stderr, os.O_WRONLY)
                else:
                    listener, sink = os.pipe()
                    os.close(listener)
                command = [BINARY, "record", uri, "-o", "run.jmk", "--overwrite", "--duration", "1s", "--vout", "3.7",
                           "--vout-off-at-end"]
                done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=sink, cwd=self.folder, timeout=60)
                os.close(sink)
                self.assertEqual(done.returncode, 0)
                self.assertEqual(self.outputs(), ["3.7000", "0.0000"])
                self.run_cli("verify", "run.jmk")
                process.terminate()

    def test_events_cannot_be_counted_without_a_line(self):
        _, uri = self.start()
        refused = self.run_cli("record", uri, "-o", "x.jmk", "--events", "3", expect=2, timeout=60)
        self.assertIn("has none", refused.stderr)
        self.assertIn("--option marker=", refused.stderr)
        self.assertFalse((self.folder / "x.jmk").exists())

    def test_another_serial_number_is_refused(self):
        _, uri = self.start("--serial", "5")
        refused = self.run_cli("record", uri, "-o", "x.jmk", "--option", "serial=99", "--vout", "3.7", expect=3)
        self.assertIn("serial number 5, not 99", refused.stderr)
        self.assertEqual(self.outputs(), [])

    def test_faults_are_anomalies(self):
        for fault, kind, lost in (("lose:3@3.3s", "gap", 21), ("corrupt@3.3s", "crc_error", 7), ("trip@3s", "instrument_fault", 0)):
            with self.subTest(fault=fault):
                process, uri = self.start("--fault", fault)
                self.record(uri, "5s", "--vout", "3.7")
                report = self.report()
                self.assertIn(kind, self.kinds(report))
                self.assertEqual(report["capture"]["lost_samples"], lost)
                self.assertEqual(self.outputs(), ["3.7000"])
                if kind == "gap":  # of current and voltage
                    self.assertIn(f"gap x{lost}: ", self.run_cli("report", "run.jmk").stdout)
                    self.assertEqual(self.run_cli("info", "run.jmk").stdout.count("  gap at "), 1)
                process.terminate()

    def test_a_unit_that_stalls_leaves_or_never_calibrates_ends_with_5(self):
        for fault, words in (("stall@3s", "no data"), ("unplug@3s", "unplugged"), ("no-calibration", "calibration")):
            with self.subTest(fault=fault):
                process, uri = self.start("--fault", fault)
                done = self.record(uri, "60s", "--vout", "3.7", expect=5)
                self.assertIn(words, done.stderr)
                self.assertEqual(self.outputs(), ["3.7000"])
                process.terminate()

    def test_a_unit_found_sampling_is_stopped_first_and_one_in_use_is_busy(self):
        process, uri = self.start("--fault", "start-sampling", "--vout", "3.7")
        recorder = subprocess.Popen([BINARY, "record", uri, "-o", "first.jmk", "--quiet"], cwd=self.folder,
                                    stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(recorder.communicate)
        self.addCleanup(recorder.kill)
        for line in iter(lambda: (self.folder / "unit.log").read_text(), None):
            if line.count("sampling, ") == 2:  # once by itself, once for the recorder
                break
        self.assertIn("in use", self.run_cli("record", uri, "-o", "x.jmk", expect=4).stderr)
        recorder.kill()  # leaves the unit sampling
        recorder.wait(10)
        self.record(uri, "5s")
        self.assertEqual(self.report()["capture"]["lost_samples"], 0)
        self.assertEqual(self.outputs(), [])

    def test_what_it_cannot_do_is_refused(self):
        self.assertIn("lose", self.run_cli("emulate", "monsoon", "--model", "lvpm-serial", "--fault", "wrap@1s", expect=2).stderr)
        _, uri = self.start()
        for option in ("marker=usb-voltage", "channels=main,usb"):
            self.assertIn("RevE", self.run_cli("record", uri, "-o", "x.jmk", "--option", option, expect=7).stderr)


if __name__ == "__main__":
    unittest.main()
