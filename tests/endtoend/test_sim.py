# SPDX-License-Identifier: Apache-2.0
"""Record from the simulated board, report, and compare with its exact truth."""
import json
import os
import pathlib
import pwd
import shutil
import signal
import stat
import subprocess
import time
import unittest

from harness import BINARY, CliTest, ROOT, long_test


class SimulatedBoard(CliTest):
    def record(self, *options, name="x.jmk", duration="10s", expect=0):
        path = self.folder / name
        arguments = [argument for option in ("pace=max", *options) for argument in ("--option", option)]
        self.run_cli("record", "sim:kws", "-o", path, "--duration", duration, *arguments, expect=expect)
        return path

    def test_energies_agree_with_the_exact_truth(self):
        errors = {}
        for rate in ("10kHz", "100kHz", "1MHz"):
            truth_path = self.folder / f"truth-{rate}.json"
            capture = self.record(f"rate={rate}", f"truth={truth_path}", name=f"{rate}.jmk")
            truth = json.loads(truth_path.read_text())
            report = self.run_json("report", capture)
            worst = 0
            for event in report["events"]:
                exact = [e["energy_j"] for e in truth["events"] if e["name"] == event["name"]]
                self.assertEqual(event["energy_j"]["n"], len(exact), event["name"])
                mean = sum(exact) / len(exact)
                worst = max(worst, abs(event["energy_j"]["mean"] - mean) / mean)
            errors[rate] = worst
        self.assertLess(errors["100kHz"], 1e-3)
        self.assertLess(errors["1MHz"], errors["10kHz"])

    def test_a_report_in_which_no_event_counts_ends_with_6(self):
        clipped = self.record("clip=2mA", name="clipped.jmk")
        for arguments in ((clipped,), (clipped, "--useful", "keyword"), (self.record(name="y.jmk"), "--hold", "1s")):
            self.assertIn("no event whose energy counts", self.run_cli("report", *arguments, expect=6).stderr)

    def test_shares_partition_the_observed_energy(self):
        report = self.run_json("report", self.record())
        self.assertAlmostEqual(sum(report["useful_event"]["shares"].values()), 1.0, places=9)

    def test_idle_keeps_clear_of_a_tail_and_a_guard_that_is_given_too_short_is_found(self):
        for decoupling, guard, unsettled in (("0s", None, False), ("20us", None, False), ("1ms", None, False),
                                             ("1ms", "100us", True), ("1ms", "12ms", False)):
            truth_path = self.folder / f"truth-{decoupling}-{guard}.json"
            capture = self.record(f"decoupling={decoupling}", f"truth={truth_path}", "seed=3",
                                  name=f"{decoupling}-{guard}.jmk", duration="30s")
            report = self.run_json("report", capture, *(["--guard", guard] if guard else []))
            found = {finding["code"] for finding in report["findings"]}
            self.assertEqual("idle_unsettled" in found, unsettled, (decoupling, guard))
            sleep_w = json.loads(truth_path.read_text())["sleep_power_w"]
            self.assertEqual(abs(report["idle"]["power_w"]["mean"] / sleep_w - 1) > 0.02, unsettled)

    def test_the_report_obeys_its_schema(self):
        try:
            import jsonschema
        except ImportError:
            self.skipTest("python3-jsonschema is not installed")
        schema = json.loads((ROOT / "docs/report.schema.json").read_text())
        jsonschema.validate(self.run_json("report", self.record(duration="2s")), schema)

    def test_every_grade_of_the_data_is_explained(self):
        schema = json.loads((ROOT / "docs/report.schema.json").read_text())
        grades = schema["properties"]["quality"]["properties"]["grade"]["enum"]
        numbers = (ROOT / "docs/numbers.md").read_text()
        for grade in grades:
            self.assertIn(f"\n- `{grade}`: ", numbers)
        self.assertEqual(len(grades), 3)

    def test_text_fits_eighty_columns(self):
        capture = self.record(duration="2s")
        for command in ("report", "info", "verify"):
            for line in self.run_cli(command, capture).stdout.splitlines():
                self.assertLessEqual(len(line), 80, line)

    def test_an_existing_file_is_not_overwritten(self):
        capture = self.record(duration="1s")
        before = capture.read_bytes()
        self.run_cli("record", "sim:kws", "-o", capture, "--duration", "1s", expect=2)
        self.assertEqual(capture.read_bytes(), before)

    def test_an_unknown_instrument_is_refused_in_words(self):
        done = self.run_cli("record", "nonsense:", "-o", "x.jmk", expect=3)
        self.assertIn("sim:", done.stderr)

    def info(self, path):
        return json.loads(self.run_cli("info", path, "--json").stdout)

    def interrupt(self, number):
        path = self.folder / "interrupted.jmk"
        recorder = subprocess.Popen([BINARY, "record", "sim:kws", "-o", str(path), "--quiet"],
                                    stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        time.sleep(1.5)
        recorder.send_signal(number)
        _, errors = recorder.communicate(timeout=20)
        self.assertEqual(recorder.returncode, 0, errors)
        return path

    def test_ctrl_c_and_sigterm_close_the_capture(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            path = self.interrupt(number)
            self.assertFalse(path.with_name(path.name + "-wal").exists())
            self.run_cli("verify", path)
            self.assertEqual(self.info(path)["end_reason"], "interrupted")
            path.unlink()

    @unittest.skipUnless(os.geteuid() == 0 and shutil.which("setpriv"), "needs root and setpriv to become another user")
    def test_a_closed_capture_opens_read_only_as_another_user(self):
        capture = self.record(duration="1s")
        other = pwd.getpwnam("nobody")
        capture.chmod(0o444)
        self.folder.chmod(stat.S_IRUSR | stat.S_IXUSR | stat.S_IRGRP | stat.S_IXGRP | stat.S_IROTH | stat.S_IXOTH)
        self.addCleanup(self.folder.chmod, 0o700)
        binary = pathlib.Path(shutil.copy(BINARY, "/tmp/joulemark-as-nobody"))
        self.addCleanup(binary.unlink)
        binary.chmod(0o755)
        done = subprocess.run(["setpriv", f"--reuid={other.pw_uid}", f"--regid={other.pw_gid}", "--clear-groups",
                               str(binary), "report", str(capture), "--json", "-"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout)["schema_version"], "1")

    @unittest.skipUnless(os.geteuid() == 0, "needs root to mount a small tmpfs")
    def test_a_full_disk_ends_the_recording_with_a_good_file(self):
        mount = self.folder / "small"
        mount.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", mount], capture_output=True).returncode:
            self.skipTest("cannot mount a tmpfs here")
        self.addCleanup(subprocess.run, ["umount", mount])
        capture = mount / "full.jmk"
        done = self.run_cli("record", "sim:kws", "-o", capture, "--duration", "60s", "--option", "rate=1MHz", expect=9)
        self.assertRegex(done.stderr, "full|space")
        self.run_cli("verify", capture)
        self.assertGreater(self.info(capture)["channels"][0]["samples"], 0)

    @long_test
    def test_an_hour_reports_the_same_as_its_truth(self):
        truth_path = self.folder / "truth.json"
        capture = self.record("rate=10kHz", f"truth={truth_path}", duration="1h")
        truth = json.loads(truth_path.read_text())
        report = self.run_json("report", capture)
        for event in report["events"]:
            exact = [e["energy_j"] for e in truth["events"] if e["name"] == event["name"]]
            self.assert_close(event["energy_j"]["mean"], sum(exact) / len(exact), 2e-3, event["name"])


if __name__ == "__main__":
    unittest.main()
