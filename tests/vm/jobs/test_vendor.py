# SPDX-License-Identifier: Apache-2.0
"""The vendor's own Python library drives the emulated unit: a reader of its bytes that nobody here wrote. It is not part
of this project: JOULEMARK_PYMONSOON names a folder with its package `Monsoon` (and not one under /tmp, where the guest
has files of its own). Needs python3-usb, python3-numpy and python3-scipy."""
import json
import os
import pathlib
import subprocess
import sys
import unittest

from bench import MonsoonTest

LIBRARY = os.environ.get("JOULEMARK_PYMONSOON", "")
VOLTAGE = 3.7
SCRIPT = """
import json, sys
import numpy
from Monsoon import HVPM, LVPM, sampleEngine
model, serial, samples = sys.argv[1], sys.argv[2], int(sys.argv[3])
unit = {"hvpm": HVPM, "lvpm": LVPM}[model].Monsoon()
unit.setup_usb(serial)
unit.fillStatusPacket()
unit.setVout(3.7)
engine = sampleEngine.SampleEngine(unit)
engine.ConsoleOutput(False)
for channel in (sampleEngine.channels.USBCurrent, sampleEngine.channels.AuxCurrent, sampleEngine.channels.USBVoltage):
    engine.enableChannel(channel)
engine.startSampling(samples)
_, main, usb, aux, volts, _ = (numpy.array(each) for each in engine.getSamples())
unit.setVout(0)
unit.closeDevice()
high = main > 100
figures = {"samples": len(main), "main_v": volts.mean(), "usb_ma": usb.mean(), "aux_ma": aux.mean()}
for name, part in (("low_ma", main[~high]), ("high_ma", main[high])):
    if len(part):
        figures[name] = numpy.median(part)
print(json.dumps(figures))
"""


@unittest.skipUnless(pathlib.Path(LIBRARY, "Monsoon/pmapi.py").exists(), "JOULEMARK_PYMONSOON names no PyMonsoon")
class VendorLibrary(MonsoonTest):
    def read(self, unit, model, samples=10_000):
        environment = {**os.environ, "PYTHONPATH": LIBRARY}
        done = subprocess.run([sys.executable, "-c", SCRIPT, model, str(unit.serial), str(samples)], env=environment,
                              capture_output=True, text=True, timeout=300)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        figures = json.loads(done.stdout.splitlines()[-1])
        print(f"{model}: " + ", ".join(f"{name} {value:.6g}" for name, value in figures.items()))
        self.assertEqual(unit.outputs(), [VOLTAGE, 0])
        self.assert_safe(unit)
        return figures

    def test_it_reads_both_ranges_of_an_hvpm_and_its_other_channels(self):
        figures = self.read(self.plug_in(), "hvpm")
        self.assertAlmostEqual(figures["samples"], 10_000, delta=128)  # its lists are up to a batch short
        for name, truth in (("low_ma", 2), ("high_ma", 300), ("main_v", VOLTAGE), ("usb_ma", 5), ("aux_ma", 1)):
            self.assert_close(figures[name], truth, 1e-3, name)

    def test_it_reads_an_lvpm_but_for_the_sign_of_its_resistors(self):
        """The unit's main fine resistor is 0.0001 ohm x -10; the library reads 246."""
        figures = self.read(self.plug_in("--model", "lvpm"), "lvpm")
        self.assert_close(figures["high_ma"], 300, 1e-3, "coarse: its offset is positive")
        self.assert_close(figures["low_ma"], 2 * (0.05 - 10e-4) / (0.05 + 246e-4), 1e-3, "fine")
        self.assert_close(figures["main_v"], VOLTAGE, 1e-3, "voltage")
