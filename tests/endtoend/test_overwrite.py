# SPDX-License-Identifier: Apache-2.0
"""What stands where a capture is to be written: kept, replaced whole, or refused; never mixed or lost unasked."""
import json
import os
import re
import signal
import subprocess
import time
import unittest

from harness import BINARY, CliTest

FAST = ("--option", "pace=max")
POWER = "".join(f"{i * 0.001:.3f},{10 + i % 7}\n" for i in range(5000))


class Overwrite(CliTest):
    def samples(self, name="x.jmk"):
        text = self.run_cli("verify", name).stdout
        return sum(int(count) for count in re.findall(r"(\d+) samples good", text))

    def record(self, name, seconds, *arguments, expect=0):
        return self.run_cli("record", "sim:kws", "-o", name, "--duration", f"{seconds}s", *FAST, *arguments,
                            expect=expect)

    def start_recorder(self, name="x.jmk"):
        recorder = subprocess.Popen([BINARY, "record", "sim:kws", "-o", name], cwd=self.folder,
                                    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(recorder.communicate)
        self.addCleanup(recorder.kill)
        wal = self.folder / f"{name}-wal"
        until = time.monotonic() + 30
        while not (wal.exists() and wal.stat().st_size > 300_000) and time.monotonic() < until:
            time.sleep(0.1)
        return recorder

    def leave_wal(self):
        recorder = self.start_recorder()
        recorder.kill()
        recorder.wait()
        self.assertTrue((self.folder / "x.jmk-wal").exists())

    def import_power(self, *arguments, expect=0):
        (self.folder / "power.csv").write_text("time_s,current_mA\n" + POWER)
        return self.run_cli("import", "power.csv", "-o", "x.jmk", *arguments, expect=expect)

    def test_an_import_over_what_a_killed_recorder_left_is_whole(self):
        self.leave_wal()
        self.import_power("--overwrite")
        self.assertEqual(self.samples(), 5000)
        self.assertEqual(sorted(p.name for p in self.folder.glob("x.jmk*")), ["x.jmk"])

    def test_what_an_import_reads_is_never_written_to(self):
        (self.folder / "power.csv").write_text("time_s,current_mA\n" + POWER)
        (self.folder / "edges.csv").write_text("t_s,line,level\n1,d0,1\n2,d0,0\n")
        run = self.folder / "run"
        run.mkdir()
        (run / "log.txt").write_text("precious")
        kept = {path: path.read_bytes() for path in (self.folder / "edges.csv", run / "log.txt")}
        self.run_cli("import", "power.csv", "-o", "edges.csv", "--overwrite", "--option", "edges=edges.csv", expect=2)
        self.run_cli("import", "run", "-o", "run/log.txt", "--overwrite", expect=2)
        self.run_cli("mlperf", "run", "--json", "run/log.txt", expect=2)
        for path, content in kept.items():
            self.assertEqual(path.read_bytes(), content)

    def test_the_truth_of_a_simulation_overwrites_nothing_unasked(self):
        self.record("x.jmk", 1)
        before = (self.folder / "x.jmk").read_bytes()
        self.record("y.jmk", 1, "--option", "truth=x.jmk", expect=2)
        self.record("y.jmk", 1, "--option", "truth=y.jmk", expect=2)
        for companion in ("-wal", "-shm", "-journal"):
            refused = self.record("y.jmk", 1, "--option", f"truth=./y.jmk{companion}", expect=2)
            self.assertIn(f"y.jmk{companion}: belongs to y.jmk", refused.stderr)
            self.assertEqual(list(self.folder.glob("y.jmk*")), [])
        self.assertEqual((self.folder / "x.jmk").read_bytes(), before)
        self.assertFalse((self.folder / "y.jmk").exists())

    def test_a_pipe_is_not_repaired(self):
        os.mkfifo(self.folder / "pipe")
        self.run_cli("verify", "--repair", "pipe", expect=2, timeout=10)

    def test_a_forgotten_file_name_is_no_file(self):
        self.record("x.jmk", 1)
        self.run_cli("report", "x.jmk", "--json", "--quiet", expect=2)
        self.assertFalse((self.folder / "--quiet").exists())

    def test_a_wal_without_its_file_is_kept_until_told_otherwise(self):
        self.leave_wal()
        (self.folder / "x.jmk").unlink()
        wal = (self.folder / "x.jmk-wal").read_bytes()
        for refused in (self.import_power(expect=2), self.record("x.jmk", 1, expect=2)):
            self.assertIn("--overwrite", refused.stderr)
            self.assertEqual(wal, (self.folder / "x.jmk-wal").read_bytes())
        self.import_power("--overwrite")
        self.assertEqual(self.samples(), 5000)

    def test_a_capture_that_is_being_recorded_is_not_replaced(self):
        recorder = self.start_recorder()
        self.assertIn("recording", self.record("x.jmk", 1, "--overwrite", expect=4).stderr)
        self.assertIn("recording", self.import_power("--overwrite", expect=4).stderr)
        recorder.send_signal(signal.SIGINT)
        said = recorder.communicate(timeout=60)[0].decode()
        self.assertEqual(recorder.returncode, 0)
        self.assertEqual(str(self.samples()), re.search(r"^Samples +(\d+)", said, re.MULTILINE).group(1))

    def test_only_regular_files_are_written(self):
        (self.folder / "folder").mkdir()
        os.mkfifo(self.folder / "fifo")
        (self.folder / "dangling").symlink_to("nowhere")
        (self.folder / "power.csv").write_text("time_s,current_mA\n" + POWER)
        for name in ("folder", "fifo", "dangling"):
            for overwrite in ((), ("--overwrite",)):
                self.assertIn(name, self.record(name, 1, *overwrite, expect=2).stderr)
                self.run_cli("import", "power.csv", "-o", name, *overwrite, expect=2)
        self.assertTrue((self.folder / "folder").is_dir())
        self.assertTrue((self.folder / "fifo").is_fifo())
        self.assertTrue((self.folder / "dangling").is_symlink())
        self.assertFalse((self.folder / "nowhere").exists())

    @unittest.skipUnless(os.geteuid() == 0, "only root can become another user")
    def test_what_is_not_permitted_says_so(self):
        self.record("secret.jmk", 1)
        (self.folder / "secret.jmk").chmod(0)
        self.folder.chmod(0o555)
        for arguments in (["record", "sim:kws", "-o", "y.jmk", "--duration", "1s", *FAST], ["info", "secret.jmk"]):
            done = subprocess.run([BINARY, *arguments], cwd=self.folder, user=65534, capture_output=True, text=True)
            self.assertEqual(done.returncode, 4, done.stderr)
            self.assertIn("permission denied", done.stderr)

    def test_a_link_is_followed(self):
        self.record("real.jmk", 1)
        (self.folder / "x.jmk").symlink_to("real.jmk")
        self.import_power("--overwrite")
        self.assertTrue((self.folder / "x.jmk").is_symlink())
        self.assertEqual(self.samples("real.jmk"), 5000)


class OutputsAndInputs(CliTest):
    def setUp(self):
        super().setUp()
        self.log = self.folder / "log.csv"
        self.log.write_text("t_ms,i_mA\n0,1\n1,2\n2,3\n")
        self.capture = self.folder / "log.jmk"
        self.run_cli("import", self.log, "-o", self.capture, "--option", "voltage=3V")

    def test_no_output_goes_over_an_input(self):
        link = self.folder / "link"
        link.symlink_to(self.capture)
        before = self.log.read_bytes(), self.capture.read_bytes()
        self.run_cli("import", self.log, "-o", self.log, "--overwrite", "--option", "voltage=3V", expect=2)
        for output in (self.capture, link, self.folder / "." / "log.jmk"):
            self.run_cli("report", self.capture, "--json", output, expect=2)
            self.run_cli("report", self.capture, "--per-event", output, expect=2)
        self.assertEqual((self.log.read_bytes(), self.capture.read_bytes()), before)

    def test_two_outputs_do_not_go_to_one_place(self):
        self.run_cli("report", self.capture, "--json", "-", "--per-event", "-", expect=2)
        self.run_cli("report", self.capture, "--json", "out", "--per-event", "./out", expect=2)

    def test_a_link_stays_a_link_and_its_target_gets_the_text(self):
        target, link = self.folder / "target.json", self.folder / "link.json"
        target.write_text("old")
        link.symlink_to(target)
        self.run_cli("report", self.capture, "--json", link)
        self.assertTrue(link.is_symlink())
        self.assertIn("schema_version", target.read_text())

    def test_a_link_to_a_file_that_is_not_there_yet_makes_it(self):
        (self.folder / "results").mkdir()
        (self.folder / "link.json").symlink_to("results/next")
        (self.folder / "results" / "next").symlink_to("new.json")
        self.run_cli("report", self.capture, "--json", "link.json")
        self.assertTrue((self.folder / "link.json").is_symlink())
        self.assertIn("schema_version", (self.folder / "results" / "new.json").read_text())
        (self.folder / "circle").symlink_to("circle")
        self.run_cli("report", self.capture, "--json", "circle", expect=9)

    def test_two_ways_to_a_file_that_is_not_there_yet_are_one_place(self):
        (self.folder / "link").symlink_to("new.json")
        self.run_cli("report", self.capture, "--json", "link", "--per-event", "new.json", expect=2)

    def test_a_result_that_is_replaced_keeps_its_mode(self):
        for mode in (0o600, 0o640, 0o666, 0o444):
            for option in ("--json", "--per-event"):
                out = self.folder / "out"
                out.write_text("old")
                out.chmod(mode)
                self.run_cli("report", self.capture, option, out)
                self.assertEqual(oct(out.stat().st_mode & 0o7777), oct(mode))
                self.assertNotEqual(out.read_text(), "old")
                out.unlink()
        before = os.umask(0o027)
        self.addCleanup(os.umask, before)
        self.run_cli("report", self.capture, "--json", out)
        self.assertEqual(oct(out.stat().st_mode & 0o7777), oct(0o640))

    @unittest.skipUnless(os.geteuid() == 0, "only root can give files away")
    def test_a_result_that_is_replaced_keeps_its_owner(self):
        out = self.folder / "out.json"
        out.write_text("old")
        os.chown(out, 65534, 65534)
        self.run_cli("report", self.capture, "--json", out)
        self.assertEqual((out.stat().st_uid, out.stat().st_gid), (65534, 65534))

    def test_a_name_of_the_longest_length_is_written(self):
        name = "n" * 255
        self.run_cli("report", self.capture, "--json", name)
        self.assertIn("schema_version", (self.folder / name).read_text())

    def as_nobody(self, *arguments):
        return subprocess.run([BINARY, *arguments], cwd=self.folder, user=65534, capture_output=True, text=True)

    @unittest.skipUnless(os.geteuid() == 0, "only root can become another user")
    def test_a_file_that_may_be_written_in_a_folder_that_may_not(self):
        self.capture.chmod(0o644)
        out = self.folder / "out.json"
        out.write_text("old" * 100_000)
        out.chmod(0o666)
        self.folder.chmod(0o555)
        done = self.as_nobody("report", "log.jmk", "--json", "out.json")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(out.read_text())["schema_version"], "1")
        done = self.as_nobody("report", "log.jmk", "--json", "new.json")
        self.assertEqual((done.returncode, done.stderr), (9, "joulemark: new.json: cannot create: Permission denied\n"))

    @unittest.skipUnless(os.geteuid() == 0, "only root can become another user")
    def test_a_file_of_another_in_a_sticky_folder_leaves_nothing_beside_it(self):
        self.capture.chmod(0o644)
        (self.folder / "out.json").write_text("another's")
        self.folder.chmod(0o1777)
        done = self.as_nobody("report", "log.jmk", "--json", "out.json")
        self.assertEqual(done.returncode, 9)
        self.assertRegex(done.stderr, "^joulemark: out.json: cannot")
        self.assertEqual(sorted(p.name for p in self.folder.iterdir()), ["log.csv", "log.jmk", "out.json"])

    def test_an_empty_name_is_no_output(self):
        for arguments in (("report", self.capture, "--json", ""), ("report", self.capture, "--per-event", ""),
                          ("mlperf", self.capture, "--json", ""), ("record", "sim:kws", "-o", "", "--duration", "1s"),
                          ("import", self.log, "-o", "", "--option", "voltage=3V"),
                          ("emulate", "monsoon", "--port", "0", "--truth", "")):
            done = self.run_cli(*arguments, expect=2, timeout=10)
            self.assertIn("it is empty, like an unset variable", done.stderr)
            self.assertEqual(done.stdout, "")

    def test_a_pipe_by_its_number_is_written(self):
        text = self.run_cli("report", self.capture, "--json", "/dev/stdout").stdout
        self.assertIn('"schema_version"', text)

    def test_a_full_standard_output_is_an_error(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run([BINARY, "report", self.capture], stdout=full, stderr=subprocess.PIPE, text=True)
        self.assertEqual(done.returncode, 9)
        self.assertIn("No space left", done.stderr)


if __name__ == "__main__":
    unittest.main()
