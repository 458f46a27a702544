# SPDX-License-Identifier: Apache-2.0
"""An emulated unit on a real USB port, and the real joulemark to drive it."""
import itertools
import json
import os
import pathlib
import re
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "endtoend"))
from harness import BINARY, CliTest  # noqa: E402

import usbip  # noqa: E402

MARKER = "marker=usb-voltage,threshold=1.5"
# LOW is measured by the fine range, HIGH by the coarse one. The period keeps edges out of most calibrations, whose slots
# nobody observes.
SQUARE = "square:2mA,300mA,480ms,40%"
PATIENT = 1_000_000  # slots: a unit that waits for its host, where lateness is not the question

numbers = itertools.count(1)


class Unit:
    """`joulemark emulate monsoon` in a process of its own. Its log tells what was done to it."""

    def __init__(self, folder, *options, faults=(), scenario=SQUARE, queue=PATIENT):
        self.serial = os.getpid() % 600 * 100 + next(numbers)  # tests run at once, in processes of their own
        self.uri = f"monsoon:?serial={self.serial}"
        self._log = folder / f"unit-{self.serial}.log"
        self._truth = folder / f"unit-{self.serial}.truth.json"
        command = [BINARY, "emulate", "monsoon", "--port", 0, "--serial", self.serial, "--scenario", scenario,
                   "--queue", queue, "--truth", self._truth, *(option for fault in faults for option in ("--fault", fault)), *options]
        with self._log.open("w") as log:
            self._process = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        usbip.wait_for(lambda: self._found(r"listening on \S+:(\d+)\n"), usbip.PATIENCE_S,
                       "the emulated unit to listen")
        self.tcp_port = int(self._found(r"listening on \S+:(\d+)\n")[0])
        self.usb = None

    def plug_in(self, tcp_port=None):
        self.usb = usbip.attach(tcp_port or self.tcp_port, self.serial)

    def pull(self):
        if self.usb:
            self.usb.detach()
        self.usb = None

    def log(self):
        return self._log.read_text()

    def _found(self, pattern):
        return re.findall(pattern, self.log())

    def outputs(self):
        """The voltages that were set, in turn."""
        return [round(float(volts), 4) for volts in self._found(r"(?m)^output (\S+) V$")]

    def sampling(self):
        return len(self._found(r"(?m)^sampling, ")) > len(self._found(r"(?m)^sampling ended "))

    def drops(self):
        """Observations that did not fit into its queue during the last run, would not have fitted into one of a real
        unit's length (16 slots), and into the emulated unit's default one (256)."""
        pattern = r"slots, (\d+) dropped \((\d+) with a queue of 16, (\d+) with one of 256\)"
        return tuple(map(int, self._found(pattern)[-1]))

    def fetched(self):
        """Observations of the last run that left the unit by the time it ended."""
        slots, dropped, left = self._found(r"after (\d+) slots, (\d+) dropped .*?, (\d+) not fetched")[-1]
        return int(slots) - int(dropped) - int(left)

    def truth(self):
        """The exact energies of the last run."""
        return json.loads(self._truth.read_text())

    def close(self):
        self.pull()
        self._process.terminate()
        try:
            self._process.wait(10)
        finally:
            self._process.kill()


class MonsoonTest(CliTest):
    def plug_in(self, *options, **more):
        unit = Unit(self.folder, *options, **more)
        self.addCleanup(unit.close)
        unit.plug_in()
        return unit

    def record(self, unit, duration, *arguments, expect=0, timeout=180):
        """The capture, closed and verified, and what was said. A capture may be missing only where nothing began."""
        capture = self.folder / f"{unit.serial}-{time.monotonic_ns()}.jmk"
        done = self.run_cli("record", unit.uri, "-o", capture, "--duration", duration, *arguments, expect=expect,
                            timeout=timeout)
        self.assert_safe(unit)
        return self.verified(capture), done

    def start_recording(self, unit, *arguments, duration="60s"):
        capture = self.folder / f"{unit.serial}-{time.monotonic_ns()}.jmk"
        command = [BINARY, "record", unit.uri, "-o", capture, "--duration", duration, "--quiet", *arguments]
        process = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        self.addCleanup(stop, process)
        return capture, process

    def finish(self, process, expect=0, timeout=60):
        output, talk = process.communicate(timeout=timeout)
        self.assertEqual(process.returncode, expect, output + talk)
        return talk

    def verified(self, capture):
        if capture.exists():
            self.run_cli("verify", capture)
        return capture

    def report(self, capture, *arguments):
        return self.run_json("report", capture, *arguments)

    def devices(self):
        return json.loads(self.run_cli("devices", "--json").stdout)["devices"]

    def compare_energies(self, report, truth, name):
        """Mean energy of the events, and idle power, within 0.1 % of the scenario's truth."""
        event = next(event for event in report["events"] if event["name"] == name)
        recorded_s = report["capture"]["duration_s"]
        exact = [event["energy_j"] for event in truth["events"]
                 if event["name"] == "inference" and event["end_s"] <= recorded_s]
        self.assertAlmostEqual(event["energy_j"]["n"], len(exact), delta=1)
        mean = sum(exact) / len(exact)
        print(f"{name} by {event['method']}: {event['energy_j']['n']} events, mean off by "
              f"{event['energy_j']['mean'] / mean - 1:+.4%}")
        self.assert_close(event["energy_j"]["mean"], mean, 1e-3, "energy of an event")
        if truth["idle"]["power_w"] and len(truth["events"]) == len(exact):
            self.assert_close(report["idle"]["power_w"]["mean"], truth["idle"]["power_w"], 1e-3, "idle power")

    def assert_safe(self, unit):
        """Nothing was ordered that a real unit may answer with a random voltage or a crash."""
        self.assertNotIn("VIOLATION", unit.log())

    def assert_usable(self, unit):
        capture, _ = self.record(unit, "1s")
        self.assertEqual(self.report(capture)["capture"]["lost_samples"], 0)


class Metronome:
    """How long this machine let a thread wait that wanted to run every 5 ms: .longest_s."""

    def __enter__(self):
        self.longest_s = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._tick, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()

    def _tick(self):
        last = time.monotonic()
        while not self._stop.wait(0.005):
            now = time.monotonic()
            self.longest_s = max(self.longest_s, now - last)
            last = now


def cpu_seconds(process):
    """Processor time of a process that still runs."""
    fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def stop(process):
    process.kill()
    process.communicate()
