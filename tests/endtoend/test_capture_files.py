# SPDX-License-Identifier: Apache-2.0
"""Capture files as users meet them: others' folders, links, odd names, damage, two recorders, full disks."""
import json
import os
import random
import shutil
import subprocess
import sys
import unittest

from harness import BINARY, CliTest, LONG

NOBODY = 65534
REFUSED = (2, 7)  # 7: the version in its head is one that does not exist yet
needs_root = unittest.skipUnless(os.geteuid() == 0, "needs root to become another user or mount a disk")


def become_nobody():
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)


class CaptureFiles(CliTest):
    def record(self, name="x.jmk", *arguments, expect=0):
        return self.run_cli("record", "sim:kws", "-o", name, "--duration", "2s", "--option", "pace=max", *arguments,
                            expect=expect)

    def run_raw(self, *arguments, **how):
        """Exit code, stdout and stderr, whatever bytes they are."""
        done = subprocess.run([os.fsencode(BINARY), *arguments], capture_output=True, timeout=120, cwd=self.folder,
                              stdin=subprocess.DEVNULL, **how)
        return done.returncode, done.stdout, done.stderr

    def look_in_every_way(self, name, **how):
        for arguments in ([b"info", name], [b"info", name, b"--json"], [b"verify", name], [b"verify", name, b"--json"],
                          [b"report", name], [b"report", name, b"--json", b"-"]):
            code, output, errors = self.run_raw(*arguments, **how)
            self.assertEqual((code, errors), (0, b""), arguments)
            self.assertTrue(output)
            if b"--json" in arguments:
                json.loads(output)

    @needs_root
    def test_a_closed_file_opens_in_a_read_only_folder_as_another_user(self):
        self.record()
        (self.folder / "link.jmk").symlink_to("x.jmk")
        (self.folder / "x.jmk").chmod(0o444)
        self.folder.chmod(0o555)
        before = sorted(os.listdir(self.folder))
        for name in (b"x.jmk", b"./x.jmk", b"link.jmk", os.fsencode(self.folder / "x.jmk")):
            self.look_in_every_way(name, preexec_fn=become_nobody)
        self.assertEqual(before, sorted(os.listdir(self.folder)))
        code, _, errors = self.run_raw(b"record", b"sim:kws", b"-o", b"y.jmk", b"--duration", b"1s",
                                       preexec_fn=become_nobody)
        self.assertEqual(code, 4, errors)
        self.assertIn(b"permission denied", errors)
        self.folder.chmod(0o755)

    @needs_root
    def test_a_file_nobody_may_read_is_refused_with_4(self):
        self.record()
        (self.folder / "x.jmk").chmod(0o000)
        self.folder.chmod(0o755)
        for verb in (b"info", b"verify", b"report"):
            code, _, errors = self.run_raw(verb, b"x.jmk", preexec_fn=become_nobody)
            self.assertEqual(code, 4, errors)
            self.assertIn(b"x.jmk: permission denied", errors)

    @needs_root
    def test_another_users_damaged_file_is_not_repaired_but_what_is_good_of_it_is_kept(self):
        self.record()
        with open(self.folder / "x.jmk", "r+b") as file:
            file.truncate((self.folder / "x.jmk").stat().st_size * 2 // 3)
        self.folder.chmod(0o1777)  # as /tmp: anyone may add a file, none may rename another's
        before = (self.folder / "x.jmk").read_bytes()
        code, _, errors = self.run_raw(b"verify", b"x.jmk", b"--repair", preexec_fn=become_nobody)
        self.assertEqual(code, 4, errors)
        self.assertIn(b"the original is untouched", errors)
        self.assertEqual(before, (self.folder / "x.jmk").read_bytes())
        self.run_cli("verify", "x.jmk.repaired")

    @needs_root
    def test_a_killed_recording_where_nobody_may_write_says_what_to_do(self):
        recorder = subprocess.Popen([BINARY, "record", "sim:kws", "-o", "x.jmk", "-q"], cwd=self.folder)
        while not (self.folder / "x.jmk-wal").exists() or not (self.folder / "x.jmk-wal").stat().st_size:
            self.assertIsNone(recorder.poll())
        recorder.kill()
        recorder.wait()
        (self.folder / "x.jmk-shm").unlink(missing_ok=True)
        self.folder.chmod(0o555)
        for arguments in ((b"info", b"x.jmk"), (b"report", b"x.jmk"), (b"verify", b"x.jmk", b"--repair")):
            code, _, errors = self.run_raw(*arguments, preexec_fn=become_nobody)
            self.assertEqual(code, 4, errors)
            self.assertIn(b"copy both to such a folder", errors)
        self.folder.chmod(0o755)

    def test_a_change_that_was_broken_off_is_undone_by_repair(self):
        self.record()
        good = (self.folder / "x.jmk").read_bytes()
        script = ("import sqlite3, os, sys; d = sqlite3.connect('x.jmk', isolation_level=None); "
                  "d.execute('PRAGMA cache_size=1'); d.execute('PRAGMA cache_spill=1'); d.execute('BEGIN'); "
                  "d.execute('UPDATE samples SET data=randomblob(length(data))'); os.kill(os.getpid(), 9)")
        subprocess.run([sys.executable, "-c", script], cwd=self.folder)
        self.assertGreater((self.folder / "x.jmk-journal").stat().st_size, 0)
        for verb in (b"info", b"report", b"verify"):
            code, _, errors = self.run_raw(verb, b"x.jmk")
            self.assertIn(b"joulemark verify --repair", errors)
            self.assertEqual(code, 4)
        self.assertIn("undid a change", self.run_cli("verify", "x.jmk", "--repair").stdout)
        self.assertEqual((self.folder / "x.jmk").read_bytes(), good)
        self.run_cli("verify", "x.jmk")

    def test_a_repair_keeps_who_may_read_the_file(self):
        self.record()
        with open(self.folder / "x.jmk", "r+b") as file:
            file.truncate((self.folder / "x.jmk").stat().st_size * 2 // 3)
        (self.folder / "x.jmk").chmod(0o600)
        self.run_cli("verify", "x.jmk", "--repair", expect=6)
        self.assertEqual((self.folder / "x.jmk").stat().st_mode & 0o777, 0o600)

    def test_what_belongs_to_a_capture_is_no_place_for_a_result(self):
        self.record()
        for companion in ("x.jmk-wal", "x.jmk-shm", "x.jmk-journal"):
            self.run_cli("report", "x.jmk", "--json", companion, expect=2)
            self.run_cli("report", "x.jmk", "--per-event", companion, expect=2)
        for nothing, says in (("", "it is empty"), ("-", "a capture is a file")):
            self.assertIn(says, self.run_cli(
                "record", "sim:kws", "-o", nothing, "--duration", "1s", expect=2).stderr)
        self.run_cli("record", "sim:kws", "-o", "y.jmk", "--duration", "", expect=2)

    def test_a_name_is_a_name_whatever_it_looks_like(self):
        self.record()
        for name in (b"with  blanks .jmk", b"what?mode=memory.jmk", b"100%20#1.jmk", b"file:x.jmk", b":memory:",
                     b"a'b\"c;.jmk", "Üñ→.jmk".encode(), b"\xff\xfe.jmk", b"-dash.jmk", b"new\nline.jmk"):
            argument = b"./" + name if name.startswith(b"-") else name
            with self.subTest(name=name):
                shutil.copy(self.folder / "x.jmk", os.path.join(os.fsencode(self.folder), name))
                self.look_in_every_way(argument)
                code, _, errors = self.run_raw(b"record", b"sim:kws", b"--overwrite", b"--duration", b"1s", b"-o",
                                               argument, b"--option", b"pace=max")
                self.assertEqual((code, errors), (0, b""))
                self.look_in_every_way(argument)
                self.assertEqual(sorted(os.listdir(os.fsencode(self.folder))), sorted([name, b"x.jmk"]))
                os.unlink(os.path.join(os.fsencode(self.folder), name))

    def test_a_second_recorder_is_refused_and_disturbs_nothing(self):
        first = subprocess.Popen([BINARY, "record", "sim:kws", "-o", "x.jmk"], cwd=self.folder,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            while self.run_raw(b"info", b"x.jmk")[0] != 0:
                self.assertIsNone(first.poll())
            self.record(expect=2)
            self.record("x.jmk", "--overwrite", expect=4)
            self.assertEqual(self.run_raw(b"verify", b"x.jmk", b"--repair")[0], 4)
            for verb in (b"info", b"verify", b"report"):
                self.assertIn(self.run_raw(verb, b"x.jmk")[0], (0, 6))
        finally:
            first.terminate()
        output, errors = first.communicate(timeout=60)
        self.assertEqual((first.returncode, errors), (0, b""), output)
        self.run_cli("verify", "x.jmk")

    def figures(self, name):
        """What a report says, without the file's name and check sum; None when there is no report."""
        code, output, errors = self.run_raw(b"report", name, b"--json", b"-")
        self.assertIn(code, (0, *REFUSED, 6), errors)
        if code in REFUSED:
            self.assertIn(name, errors)
            return None
        report = json.loads(output)
        report["capture"].pop("file"), report["capture"].pop("sha256")
        return report

    def test_random_damage_never_gives_a_silently_different_figure(self):
        self.record()
        good = (self.folder / "x.jmk").read_bytes()
        truth = self.figures(b"x.jmk")
        chance = random.Random(7)
        refused = 0
        for number in range(3000 if LONG else 60):
            damaged = bytearray(good)
            if number % 3 == 0:
                del damaged[chance.randrange(len(good)):]
            for _ in range(chance.choice((1, 1, 3, 100))):
                if damaged:
                    damaged[chance.randrange(len(damaged))] = chance.randrange(256)
            (self.folder / "y.jmk").write_bytes(damaged)
            with self.subTest(number=number):
                self.assertIn(self.run_raw(b"info", b"y.jmk")[0], (0, *REFUSED))
                verified = self.run_raw(b"verify", b"y.jmk")[0]
                self.assertIn(verified, (0, *REFUSED, 6))
                found = self.figures(b"y.jmk")
                refused += found is None
                if found is None or found == truth:
                    continue
                self.assertEqual(verified, 6)
                self.assertEqual(found["quality"]["grade"], "bad")
        self.assertGreater(refused, 0)

    @needs_root
    def test_a_full_disk_keeps_what_fitted_and_exits_with_9(self):
        disk = self.folder / "disk"
        disk.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", disk], capture_output=True).returncode:
            self.skipTest("may not mount a small file system")
        self.addCleanup(subprocess.run, ["umount", "-l", disk])
        done = self.run_cli("record", "sim:kws", "-o", disk / "x.jmk", "--duration", "1000s", "--option", "pace=max",
                            expect=9)
        self.assertIn("no space left", done.stderr)
        self.assertEqual(os.listdir(disk), ["x.jmk"])
        self.run_cli("verify", disk / "x.jmk")
        contents = json.loads(self.run_cli("info", "--json", disk / "x.jmk").stdout)
        self.assertEqual(contents["end_reason"], "disk_full")
        self.assertGreater(contents["channels"][0]["samples"], 500_000)
        self.assertEqual([anomaly["kind"] for anomaly in contents["anomalies"]], ["truncated"])
        whole = self.folder / "whole.jmk"
        seconds = contents["channels"][0]["samples"] / 100_000
        self.run_cli("record", "sim:kws", "-o", whole, "--duration", f"{seconds}s", "--option", "pace=max")
        edges = json.loads(self.run_cli("info", "--json", whole).stdout)["edges"]
        self.assertLessEqual(abs(contents["edges"] - edges), 2)


if __name__ == "__main__":
    unittest.main()
