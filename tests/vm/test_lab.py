# SPDX-License-Identifier: Apache-2.0
"""The lab itself: what a command sees and says in the guest, and that no guest stays behind."""
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import lab

LAB = [sys.executable, lab.__file__]


@unittest.skipIf(lab.why_not_here(), lab.why_not_here())
class Lab(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="joulemark-lab-")
        self.addCleanup(folder.cleanup)
        self.results = pathlib.Path(folder.name) / "results"

    def start(self, *command, timeout=60):
        arguments = ["--results", str(self.results), "--timeout", str(timeout), "--", *command]
        return subprocess.Popen([*LAB, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def guests(self):
        """Ids of the processes that carry this test's folder in their command line."""
        def command_line(process):
            try:
                return pathlib.Path(f"/proc/{process}/cmdline").read_bytes()
            except OSError:
                return b""
        mine = os.fsencode(f"path={self.results}")
        return [process for process in os.listdir("/proc") if process.isdigit() and mine in command_line(process)]

    def test_status_output_and_files_come_back_and_nothing_else(self):
        mark = pathlib.Path(__file__).with_name("written-in-the-guest")
        job = f"echo said; echo kept > $LAB_RESULTS/file; touch '{mark}'; test -d /sys/devices/platform/vhci_hcd.0; " \
              "exit $((3 + $?))"
        guest = self.start("bash", "-c", job)
        output, talk = guest.communicate(timeout=90)
        self.assertEqual((guest.returncode, output), (3, "said\n"), talk)
        self.assertEqual((self.results / "file").read_text(), "kept\n")
        self.assertFalse(mark.exists())

    def test_a_guest_that_does_not_end_is_killed_and_its_log_shown(self):
        guest = self.start("sleep", "1000", timeout=5)
        _, talk = guest.communicate(timeout=30)
        self.assertEqual(guest.returncode, lab.TIMED_OUT)
        self.assertIn("Linux version", talk)
        self.assertEqual(self.guests(), [])

    def test_a_killed_lab_leaves_no_guest(self):
        guest = self.start("sleep", "1000")
        deadline = time.monotonic() + 20
        while not self.guests() and time.monotonic() < deadline:
            time.sleep(0.1)
        self.assertTrue(self.guests())
        guest.send_signal(signal.SIGKILL)
        guest.communicate(timeout=10)
        while self.guests() and time.monotonic() < deadline:
            time.sleep(0.1)
        self.assertEqual(self.guests(), [])


if __name__ == "__main__":
    unittest.main()
