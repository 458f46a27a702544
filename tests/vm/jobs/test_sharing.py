# SPDX-License-Identifier: Apache-2.0
"""One unit after another user, alive or dead: it is always usable again, and its output stays as it was."""
import pathlib
import signal
import subprocess
import time

from bench import BINARY, MonsoonTest
import usbip

START_STOP = pathlib.Path(BINARY).with_name("start_stop")


class Sharing(MonsoonTest):
    def test_the_unit_of_a_killed_recorder_is_usable_by_the_next(self):
        unit = self.plug_in()
        for _ in range(3):
            capture, recorder = self.start_recording(unit)
            usbip.wait_for(unit.sampling, usbip.PATIENCE_S, "sampling to begin")
            time.sleep(2.5)
            recorder.send_signal(signal.SIGKILL)
            recorder.communicate(timeout=10)
            self.run_cli("verify", capture, "--repair")
            self.assert_usable(unit)

    def test_sigterm_ends_a_recording_properly(self):
        unit = self.plug_in()
        capture, recorder = self.start_recording(unit)
        usbip.wait_for(unit.sampling, usbip.PATIENCE_S, "sampling to begin")
        time.sleep(1)
        recorder.terminate()
        self.finish(recorder)
        self.verified(capture)
        self.assertFalse(unit.sampling())

    def test_the_output_is_left_alone_unless_asked(self):
        unit = self.plug_in("--vout", 4.1)
        self.record(unit, "500ms")
        self.run_cli("devices")
        self.assertEqual(unit.outputs(), [])
        self.record(unit, "500ms", "--vout", "3.3", "--vout-restore")
        self.assertEqual(unit.outputs(), [3.3, 4.1])
        self.record(unit, "500ms", "--vout", "3.0", "--vout-off-at-end")
        self.assertEqual(unit.outputs(), [3.3, 4.1, 3.0, 0])


class Loop(MonsoonTest):
    longest = True

    def test_two_hundred_starts_and_stops(self):
        unit = self.plug_in("--vout", 4.1)
        started = time.monotonic()
        done = subprocess.run([START_STOP, unit.uri, "200"], capture_output=True, text=True, timeout=300)
        print(f"{done.stdout.strip()}, {time.monotonic() - started:.0f} s")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assert_safe(unit)
        self.assertEqual(unit.outputs(), [])
        self.assert_usable(unit)
