# SPDX-License-Identifier: Apache-2.0
"""A recorder killed at random moments: what its sink took 1.5 s before is in the file, and nothing wrong ever is."""
import concurrent.futures
import os
import pathlib
import random
import subprocess
import time
import unittest

from harness import BINARY, CliTest, LONG

RECORDER = os.environ.get("JOULEMARK_PATTERN_RECORDER", "pattern_recorder")
KILLS_PER_RATE = 100 if LONG else 4
PROMISED_S = 1.5


def accepted_before(progress, moment_ns):
    """End of the indices that the log says were accepted before the moment."""
    end = 0
    for line in progress.read_text().splitlines(keepends=True):
        stamp_ns, _, index = line.partition(" ")
        if line.endswith("\n") and int(stamp_ns) < moment_ns:
            end = int(index)
    return end


class Killed(CliTest):
    def kill_once(self, rate_hz, number, wait_s):
        capture = self.folder / f"{rate_hz}-{number}.jmk"
        progress = pathlib.Path(f"{capture}.progress")
        recorder = subprocess.Popen([RECORDER, "record", capture, str(rate_hz), progress], stderr=subprocess.PIPE)
        time.sleep(wait_s)
        self.assertIsNone(recorder.poll(), "the recorder ended by itself")
        killed_ns = time.monotonic_ns()
        recorder.kill()
        recorder.communicate()
        if not progress.exists() or not capture.exists():
            return 0  # before the recording had begun
        promised = accepted_before(progress, killed_ns - int(PROMISED_S * 1e9))
        what = f"{rate_hz} Hz, killed after {wait_s:.3f} s"
        if promised:
            self.check_promise(capture, promised, what)
        self.repair_and_check(capture, promised, what)
        for file in self.folder.glob(f"{capture.name}*"):
            file.unlink()
        return promised

    def stored(self, capture, what):
        done = subprocess.run([RECORDER, "check", capture], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, f"{what}: {done.stderr}")
        return int(done.stdout)

    def check_promise(self, capture, promised, what):
        self.run_cli("verify", capture)
        self.assertGreaterEqual(self.stored(capture, what), promised, what)

    def repair_and_check(self, capture, promised, what):
        if promised:
            self.run_cli("verify", capture, "--repair")
            self.assertGreaterEqual(self.stored(capture, what), promised, f"{what}, repaired")
            self.run_cli("verify", capture)

    def kill_often(self, rate_hz):
        moments = random.Random(rate_hz)
        jobs = [(rate_hz, number, moments.uniform(0.05, 5.0)) for number in range(KILLS_PER_RATE)]
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            promised = list(pool.map(lambda job: self.kill_once(*job), jobs))
        self.assertGreater(sum(end > 0 for end in promised), KILLS_PER_RATE / 3, "too few kills late enough to judge")

    def test_at_five_thousand_samples_a_second(self):
        self.kill_often(5_000)

    def test_at_a_million_samples_a_second(self):
        self.kill_often(1_000_000)

    def test_while_it_closes_the_file(self):
        moments = random.Random(3)
        whole = 0
        for number in range(60 if LONG else 6):
            capture = self.folder / f"closing-{number}.jmk"
            recorder = subprocess.Popen([BINARY, "record", "sim:kws", "-o", capture, "-q", "--option", "rate=2MHz",
                                         "--option", "voltage_channel=on"], stdout=subprocess.DEVNULL)
            time.sleep(1)
            recorder.terminate()
            time.sleep(moments.uniform(0, 0.15))
            recorder.kill()
            recorder.wait()
            self.assertFalse(pathlib.Path(f"{capture}-journal").exists())
            self.run_cli("verify", capture)
            self.run_cli("info", capture)
            self.run_cli("verify", capture, "--repair")
            whole += not pathlib.Path(f"{capture}-wal").exists()
        self.assertGreater(whole, 0)


if __name__ == "__main__":
    unittest.main()
