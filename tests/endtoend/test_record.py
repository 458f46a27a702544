# SPDX-License-Identifier: Apache-2.0
"""joulemark record as a user meets it: limits, exit codes, signals."""
import json
import os
import pathlib
import pty
import re
import signal
import sqlite3
import subprocess
import time
import tty
import unittest

from harness import BINARY, CliTest


def figure(name, text):
    return re.search(rf"^{name} +(\S+)", text, re.MULTILINE).group(1)


class Record(CliTest):
    def record(self, *arguments, expect=0):
        return self.run_cli("record", "sim:kws", "-o", "x.jmk", *arguments, "--option", "pace=max", expect=expect)

    def test_a_duration_is_exact_to_the_sample(self):
        done = self.record("--duration", "1234.56ms")
        self.assertEqual(figure("Samples", done.stdout), "123456")
        self.assertEqual(figure("Lost", done.stdout), "0")
        self.assertEqual(done.stderr, "")

    def test_events_end_a_recording(self):
        done = self.record("--events", "3")
        self.assertRegex(done.stdout, r"Events +3 inference \(d0\)")

    def test_lines_of_a_code_are_no_events(self):
        done = self.record("--duration", "100ms", "--markers", "code:d0-d1,strobe=d2")
        self.assertRegex(done.stdout, r"Markers +code:d0-d1,strobe=d2\n")
        for line in ("d0", "d1", "d2"):
            self.assertNotIn(f"({line})", done.stdout)

    def test_losses_are_recorded_and_strict_exits_with_6(self):
        lossy = ("--duration", "2s", "--option", "gap=1s,samples=500")
        self.assertEqual(figure("Lost", self.record(*lossy).stdout), "500")
        done = self.record(*lossy, "--strict", "--overwrite", expect=6)
        self.assertEqual(figure("Samples", done.stdout), "199500")

    def test_the_truth_covers_exactly_what_was_recorded(self):
        self.record("--duration", "777ms", "--option", "truth=truth.json")
        self.assertEqual(json.loads((self.folder / "truth.json").read_text())["duration_s"], 0.777)

    def test_a_refused_recording_touches_nothing(self):
        self.record("--duration", "1s", "--option", "truth=truth.json")
        before = [(self.folder / name).read_bytes() for name in ("x.jmk", "truth.json")]
        done = self.record("--duration", "2s", "--option", "truth=truth.json", expect=2)
        self.assertIn("--overwrite", done.stderr)
        self.assertEqual(before, [(self.folder / name).read_bytes() for name in ("x.jmk", "truth.json")])

    def test_nonsense_is_refused_with_its_exit_code(self):
        for arguments, expect, says in (
            (["record", "sim:toaster", "-o", "y.jmk"], 3, "sim:kws"),
            (["record", "sim:kws", "-o", "y.jmk", "--option", "volume=11"], 2, "wake_rate"),
            (["record", "sim:kws", "-o", "y.jmk", "--option", "rate=9GHz"], 2, "2.00 MHz"),
            (["record", "sim:kws", "-o", "y.jmk", "--duration", "10"], 2, "unit"),
            (["record", "sim:kws", "-o", "y.jmk", "--duration", "-1s"], 2, "more than 0"),
            (["record", "sim:kws", "-o", "y.jmk", "--events", "0"], 2, "--events: '0' is not a number of events"),
            (["record", "sim:kws", "-o", "y.jmk", "--events", "1x"], 2, "--events: '1x' is not a number of events"),
            (["record", "sim:kws", "-o", "y.jmk", "--events", "9223372036854775808"], 2,
             "--events: '9223372036854775808' is more events than can be counted"),
            (["record", "sim:kws", "-o", "y.jmk", "--duration", "1s", "--until-signal"], 2, "--until-signal"),
            (["record", "sim:kws"], 2, "--output"),
            (["record", "sim:kws", "-o", "no/such/folder/y.jmk", "--duration", "1s"], 2, "there is no folder no/such/folder"),
        ):
            done = self.run_cli(*arguments, expect=expect)
            self.assertIn(says, done.stderr, arguments)
            self.assertFalse((self.folder / "y.jmk").exists())

    def test_help_shows_an_example_and_the_options_of_the_instruments(self):
        text = self.run_cli("record", "--help").stdout
        self.assertIn("joulemark record sim:kws -o", text)
        self.assertIn("edge_resolution", text)
        self.assertLessEqual(max(map(len, text.splitlines())), 80)

    def samples(self):
        """What is there while it is still being recorded."""
        done = subprocess.run([BINARY, "info", "--json", "x.jmk"], cwd=self.folder, capture_output=True, text=True)
        return json.loads(done.stdout)["channels"][0]["samples"] if done.returncode == 0 else 0

    def test_a_capture_deleted_or_renamed_meanwhile_ends_the_recording_at_once(self):
        for take_away in (lambda file: file.unlink(), lambda file: file.rename(self.folder / "moved.jmk")):
            recorder = subprocess.Popen([BINARY, "record", "sim:kws", "-o", "x.jmk", "--overwrite"], cwd=self.folder,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            deadline = time.monotonic() + 30
            while self.samples() == 0 and time.monotonic() < deadline:
                time.sleep(0.05)
            take_away(self.folder / "x.jmk")
            _, errors = recorder.communicate(timeout=30)
            self.assertEqual(recorder.returncode, 9, errors)
            self.assertIn("x.jmk: the file was deleted or renamed while it was being written", errors)

    def test_the_log_of_another_recording_is_not_folded_into_a_closed_capture(self):
        self.record("--duration", "1s")
        whole = (self.folder / "x.jmk").read_bytes()
        recorder = subprocess.Popen([BINARY, "record", "sim:kws", "-o", "x.jmk", "--overwrite"], cwd=self.folder,
                                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        log = self.folder / "x.jmk-wal"
        deadline = time.monotonic() + 30
        while not (log.exists() and log.stat().st_size > 0) and time.monotonic() < deadline:
            time.sleep(0.05)
        recorder.kill()
        recorder.wait()
        (self.folder / "x.jmk").write_bytes(whole)
        for command in (["info"], ["verify"], ["verify", "--repair"], ["report"]):
            done = self.run_cli(*command, "x.jmk", expect=2)
            self.assertIn("the log of another recording, x.jmk-wal", done.stderr)
        self.assertEqual((self.folder / "x.jmk").read_bytes(), whole)
        log.rename(self.folder / "kept-wal")
        self.run_cli("verify", "x.jmk")

    def test_a_reader_at_the_end_is_waited_for(self):
        recorder = subprocess.Popen([BINARY, "record", "sim:kws", "-o", "x.jmk", "--until-signal", "--quiet"],
                                    cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(recorder.communicate)
        self.addCleanup(recorder.kill)
        time.sleep(2)
        reader = sqlite3.connect(self.folder / "x.jmk")
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        recorder.send_signal(signal.SIGINT)
        time.sleep(1)
        self.assertIsNone(recorder.poll(), "it ended while the file was read")
        reader.close()
        _, errors = recorder.communicate(timeout=30)
        self.assertEqual(recorder.returncode, 0, errors)
        self.assertFalse((self.folder / "x.jmk-wal").exists())
        self.run_cli("verify", "x.jmk")

    def test_a_reader_that_reads_on_neither_breaks_nor_holds_a_recording(self):
        recorder = subprocess.Popen([BINARY, "record", "sim:kws", "-o", "x.jmk", "--until-signal"],
                                    cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(recorder.communicate)
        self.addCleanup(recorder.kill)
        time.sleep(2)
        reader = sqlite3.connect(f"file:{self.folder}/x.jmk?mode=ro", uri=True)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM blocks").fetchone()
        time.sleep(1)
        recorder.send_signal(signal.SIGINT)
        output, errors = recorder.communicate(timeout=9)
        self.assertEqual(recorder.returncode, 0, errors)
        self.assertIn("x.jmk-wal stays beside it", errors)
        self.assertIn("intact", self.run_cli("verify", "x.jmk").stdout)
        self.assertEqual(self.recorded(), figure("Samples", output))
        self.assertTrue((self.folder / "x.jmk-wal").exists())
        reader.close()
        self.assertEqual(self.recorded(), figure("Samples", output))
        self.assertEqual([file.name for file in self.folder.iterdir()], ["x.jmk"])
        self.run_cli("verify", "x.jmk")

    def recorded(self):
        """What is there of a recording that was ended."""
        found = json.loads(self.run_cli("info", "x.jmk", "--json").stdout)
        self.assertTrue(found["closed"])
        return str(found["channels"][0]["samples"])

    def start(self, redirection, *arguments):
        recorder = subprocess.Popen(["sh", "-c", f'exec "$0" "$@" {redirection}', BINARY, "record", *arguments],
                                    cwd=self.folder)
        self.addCleanup(recorder.wait)
        self.addCleanup(recorder.kill)
        deadline = time.monotonic() + 30
        while self.samples() == 0 and time.monotonic() < deadline:
            time.sleep(0.05)
        return recorder

    def test_nothing_opened_gets_the_number_of_a_closed_stream(self):
        """What is said on stderr would go into it: a byte there stops the recording, or damages the capture."""
        recorder = self.start("0<&- 1>&- 2>&-", "sim:kws", "-o", "x.jmk")
        open_files = pathlib.Path(f"/proc/{recorder.pid}/fd")
        self.assertEqual({str((open_files / number).readlink()) for number in "012"}, {"/dev/null"})

    def test_a_child_gets_none_of_the_recorder_s_files(self):
        recorder = self.start("", "sim:kws", "-o", "x.jmk")
        for file in pathlib.Path(f"/proc/{recorder.pid}/fd").iterdir():
            if int(file.name) <= 2 or not str(file.readlink()).startswith("pipe:"):
                continue
            flags = re.search(r"flags:\s+(\d+)", file.parent.with_name("fdinfo").joinpath(file.name).read_text())
            self.assertTrue(int(flags.group(1), 8) & os.O_CLOEXEC, file)

    def test_a_closed_standard_output_is_an_error(self):
        done = subprocess.run(["sh", "-c", 'exec "$0" record sim:kws -o x.jmk --duration 1s --option pace=max 1>&-',
                               BINARY], cwd=self.folder)
        self.assertEqual(done.returncode, 9)

    def test_signals_close_the_file_and_further_ones_change_nothing(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            recorder = subprocess.Popen([BINARY, "record", "sim:kws", "-o", "x.jmk", "--overwrite"], cwd=self.folder,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            deadline = time.monotonic() + 30
            while self.samples() == 0 and time.monotonic() < deadline:
                time.sleep(0.05)
            asked = time.monotonic()
            for _ in range(5):
                recorder.send_signal(number)
            output, errors = recorder.communicate(timeout=20)
            self.assertLess(time.monotonic() - asked, 10)  # a loaded machine; 0.1 s and closing the file elsewhere
            self.assertEqual(recorder.returncode, 0, errors)
            self.assertIn("(interrupted)", output)
            self.assertGreater(int(figure("Samples", output)), 0)
            self.assertEqual([path.name for path in self.folder.iterdir()], ["x.jmk"])
            (self.folder / "x.jmk").unlink()

    def test_a_signal_ends_a_process_that_still_opens_its_instrument(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            ours, its = pty.openpty()
            tty.setraw(its)
            recorder = subprocess.Popen([BINARY, "record", "monsoon:" + os.ttyname(its), "-o", "x.jmk"], cwd=self.folder,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            self.addCleanup(recorder.wait)
            self.addCleanup(recorder.kill)
            self.assertEqual(os.read(ours, 4), b"\3\3\0\6")  # it was told to stop, and will not answer for four seconds
            recorder.send_signal(number)
            self.assertEqual(recorder.wait(timeout=2), -number)
            self.assertEqual(list(self.folder.iterdir()), [])
            os.close(ours)
            os.close(its)


if __name__ == "__main__":
    unittest.main()
